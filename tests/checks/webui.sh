#!/bin/sh
# webui.sh - the packed console: the same twice, small where it counts, complete, and naming no host but in its licences.
cd "$(dirname "$0")/../.." || exit 2
[ -d webui/node_modules ] || { echo "webui/node_modules is missing: make build/gen/assets.inc"; exit 1; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
bad=0

node webui/pack.mjs "$work/a" | sed "s|$work/a||" > "$work/a.tsv"
node webui/pack.mjs "$work/b" | sed "s|$work/b||" > "$work/b.tsv"
diff -r "$work/a" "$work/b" && diff "$work/a.tsv" "$work/b.tsv" || { echo "packing twice gives two results"; bad=1; }

# What the first paint needs: the page, what it names, and nothing that a screen fetches later.
base=$(grep -o '/assets/[0-9a-f]*/' "$work/a/index.html" | head -1)
shell=$(grep -o "$base[^\"]*" "$work/a/index.html" | sed "s|^$base||" | sort -u)
size=$(for f in index.html $shell; do stat -c %s "$work/a/$f.gz"; done | awk '{ s += $1 } END { print s }')
[ "$size" -le 61440 ] || { echo "the shell is $size bytes gzipped: at most 61440"; bad=1; }

hosts=$(grep -rhoE "https?://[a-z0-9.-]+" "$work/a" --include=*.js --include=*.mjs --include=*.css --include=*.html --include=*.svg | grep -v '^http://www\.w3\.org' | sort -u)
[ -z "$hosts" ] || { echo "the console names a host: $hosts"; bad=1; }

(cd "$work/a" && grep -roE "(from ?|import ?\(?)['\"]\.[^'\"]+" --include=*.js --include=*.mjs . | sed "s/:[^'\"]*['\"]/ /" | while read -r from to; do
    [ -f "$(dirname "$from")/$to" ] || echo "$from imports $to, which is not packed"
done) > "$work/missing"
[ -s "$work/missing" ] && { cat "$work/missing"; bad=1; }
exit $bad
