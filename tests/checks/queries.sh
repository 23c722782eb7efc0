#!/bin/sh
# queries.sh - all migrations applied to an empty file, every named statement explained there: a typo fails, and so does a full scan
# that nobody has said yes to.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# May look at every row: small tables that are read whole, the end of the journal, the trigram index, which shows as a scan, the
# list that a statement is handed, and the numbers of an index's parts.
allowed=' principal_by_name principal_list credential_list authority_list session_tidy setting_all journal_head find_words collection_list collection_count find_in_use has_use issuer_named seen_list seen_rotate '

for migration in db/migrations/*.sql; do
    sqlite3 -bail "$work/empty.db" < "$migration" > "$work/said" || { cat "$work/said"; echo "$migration does not load"; exit 1; }
done

awk '
/^-- [a-z_0-9]+:/ { if (name) print ";"; name = substr($2, 1, length($2) - 1); print ".print [" name "]"; print "EXPLAIN QUERY PLAN"
                    if (name in seen) { print name " stands twice" > "/dev/stderr"; exit 1 } seen[name] = 1; next }
/^--/ || /^[ \t]*$/ { next }
{ sub(/;[ \t]*$/, ""); print }
END { if (name) print ";" }' db/queries/*.sql > "$work/explain.sql"
sqlite3 -bail "$work/empty.db" < "$work/explain.sql" > "$work/plans" 2> "$work/errors" || true
if [ -s "$work/errors" ]; then
    tail -n 1 "$work/plans"
    cat "$work/errors"
    exit 1
fi

awk -v allowed="$allowed" '
/^\[/ { name = substr($0, 2, length($0) - 2) }
/SCAN (asked|part)( |$)|SCAN CONSTANT ROW/ { next }
/SCAN/ && index(allowed, " " name " ") == 0 { print "db/queries: " name " looks at every row: " $0; bad = 1 }
END { exit bad }' "$work/plans"
