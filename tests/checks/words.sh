#!/bin/sh
# words.sh - what the house has banned, each with its reason.
cd "$(dirname "$0")/../.." || exit 2
bad=0

ban() {   # ban REASON PATTERN PATHS...
    reason=$1 pattern=$2
    shift 2
    found=$(git -c safe.directory='*' grep -nE "$pattern" -- "$@" ':!tests/checks/words.sh' 2>/dev/null)
    [ -z "$found" ] || { echo "$found"; echo "  ^ $reason"; bad=1; }
}

ban 'randomness comes from random_fill() alone' '\b(s?rand|random|drand48|rand_r)\(' 'server/*.[ch]'
ban 'time comes from clock_now() and clock_mono_ms()' '[^_a-z](time\(NULL\)|gettimeofday\()' 'server/*.[ch]'
ban 'unbounded copies' '\b(strcat|sprintf|gets|strtok)\(' 'server/*.[ch]'
ban 'nothing is executed' '\b(system|popen|execv|execl|execve|execvp)\(' 'server/*.[ch]'
ban 'statements stand in db/queries' 'sqlite3_exec\(.*(SELECT|INSERT|UPDATE|DELETE)' 'server/*.[ch]'
ban 'markup is built by the library, as text' 'dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(' 'webui/*.js'
ban 'the console loads nothing from elsewhere' "(src|href|import|from|url\()[ =]*[\"'(]+https?://" 'webui/*.js' 'webui/*.css' 'webui/*.html'
ban 'unfinished business belongs into an issue' '\b(TODO|FIXME|XXX|HACK)\b' '*.[ch]' '*.js' '*.mjs' '*.sql' '*.sh' 'Makefile'
ban 'a test that cannot fail, or does not run' 'assert_true\(1\)|assert\.ok\(true\)|test\.skip\(|\bit\.skip\(' 'tests/*'
ban 'paths of one machine' '/(home/[a-z]+|root)/' '*.[ch]' '*.mjs' '*.sh' 'Makefile' 'README.md' 'webui/*.js'
exit $bad
