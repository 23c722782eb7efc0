# queries.awk - db/queries/*.sql -> one table: Q(name, "text")
/^-- [a-z_0-9]+:/ { if (name) end(); name = toupper(substr($2, 1, length($2) - 1)); next }
/^--/ || /^[ \t]*$/ { next }
{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); text = text (text ? " \\\n  " : "  ") "\"" $0 " \"" }
function end() { printf "Q(%s,\n%s)\n", name, text; text = "" }
END { if (name) end() }
