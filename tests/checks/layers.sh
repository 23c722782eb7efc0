#!/bin/sh
# layers.sh - a folder may include itself and folders of a lower rank; a library stays behind its folder.
cd "$(dirname "$0")/../../server" || exit 2
bad=0

grep -n '^#include "' */*.[ch] | awk -F'[/:"]' '
BEGIN { split("base 0 pki 1 net 1 keeper 2 store 2 http 2 access 3 inventory 3 ca 4 identity 5 notify 5 api 6 acme 6 est 6 publish 6 jobs 6 cli 6", a, " ")
        for (i = 1; i in a; i += 2) rank[a[i]] = a[i + 1] }
{ to = $5; if (to != $1 && to in rank && rank[to] >= rank[$1]) { print "server/" $0 " reaches up or aside"; bad = 1 } }
END { exit bad }' || bad=1

only() {   # only HEADER-PATTERN FOLDER-PATTERN
    found=$(grep -rnE "^#include <$1" . | grep -vE "^\./($2)")
    [ -z "$found" ] || { echo "$found"; echo "<$1> belongs to $2 only"; bad=1; }
}
only 'sqlite3\.h' 'store/'
only 'microhttpd\.h' 'http/'
only 'jansson\.h' 'base/json|http/|api/|acme/|est/|publish/|jobs/|cli/|app_open\.c|init\.c|main\.c'
only 'gnutls/' 'pki/|keeper/|http/tls|http/conn|identity/canary|net/probe|acme/jose|app_open\.c|http/'
only 'curl/' 'net/'
only 'zlib\.h' 'base/unzip'
exit $bad
