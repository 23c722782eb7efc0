#!/bin/sh
# headers.sh - every header compiles on its own: whoever includes one needs to know nothing else.
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

ls server/*.h server/*/*.h | split -n r/2 - "$work/half."
for half in "$work"/half.*; do
    (while read -r header; do
        "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -DSIGNET_VERSION='""' -Iserver -Ibuild/gen -Wall -Wextra -Werror -fsyntax-only -x c \
            -include "$header" /dev/null || echo "$header does not compile on its own"
    done < "$half" > "$half.said" 2>&1) &
done
wait
cat "$work"/half.*.said
[ -z "$(cat "$work"/half.*.said)" ]
