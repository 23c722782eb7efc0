#!/bin/sh
# embed.sh OUT - what the binary carries: migrations, the REST contract, the console. Writes tables (.inc) and one embedded.S of .incbin lines.
set -eu
out=$1
mkdir -p "$out"
s=$out/embedded.S.new
printf '.section .rodata\n' > "$s"

# symbol file: symbol and symbol_end, the file's bytes between, a NUL behind
incbin() { printf '.global %s\n.global %s_end\n.balign 16\n%s:\n.incbin "%s"\n%s_end:\n.byte 0\n' "$1" "$1" "$1" "$2" "$1" >> "$s"; }

: > "$out/migrations.inc"
for f in db/migrations/*.sql; do
    n=$(basename "$f" | sed 's/^0*\([0-9]*\)-.*/\1/')
    incbin "embedded_migration_$n" "$f"
    printf 'MIGRATION(%s, embedded_migration_%s)\n' "$n" "$n" >> "$out/migrations.inc"
done

incbin embedded_openapi server/api/openapi.json
printf 'OPENAPI(embedded_openapi)\n' > "$out/openapi.inc"

# The console: webui/pack.mjs lays the files out under $out/assets and prints: symbol TAB file TAB url path TAB type TAB encoding
: > "$out/assets.inc"
if [ -f webui/pack.mjs ]; then
    node webui/pack.mjs "$out/assets" > "$out/assets.tsv"
    while IFS="$(printf '\t')" read -r symbol file url type encoding; do
        incbin "$symbol" "$file"
        printf 'ASSET(%s, "%s", "%s", "%s")\n' "$symbol" "$url" "$type" "$encoding" >> "$out/assets.inc"
    done < "$out/assets.tsv"
fi

printf '.section .note.GNU-stack,"",@progbits\n' >> "$s"
mv "$s" "$out/embedded.S"
