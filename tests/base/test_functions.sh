#!/bin/sh
# Functions of the C library that src does not call, because the library runs inside other programs: their
# locale may be any, their threads call at the same time, and their children inherit what is open.
set -u

# FILES...: prints every line that calls one of them; false if there is one.
check_functions() {
    awk '
        function forbid(pattern, reason) {
            if (code ~ "(^|[^a-zA-Z0-9_])(" pattern ")\\(") {
                print "# " FILENAME ":" FNR ": " reason; wrong = 1
            }
        }
        FNR == 1 { inside = 0 }
        {  # the line without comments
            code = $0
            if (inside && !sub(/^.*\*\//, "", code)) next
            inside = 0
            gsub(/\/\/.*|\/\*.*\*\//, "", code)
            if (sub(/\/\*.*/, "", code)) inside = 1
        }
        {
            if (FILENAME !~ /base\/number\.c$/) forbid("strto(d|f|ld)|atof|uselocale", "the locale decides; see base/number.h")
            forbid("setlocale", "the locale belongs to the host")
            forbid("to(lower|upper)|is(alpha|alnum|digit|space|upper|lower|punct|xdigit|print)|strn?casecmp|strcoll", "the locale decides; see base/ascii.h")
            forbid("strerror", "not safe in threads; see error_system")
            forbid("strtok|localtime|gmtime|ctime|asctime|rand|srand|tmpnam|getpw(nam|uid)|ttyname", "not safe in threads")
            forbid("sprintf|vsprintf|strcpy|strcat|gets", "no limit")
            forbid("system|popen", "a shell")
            forbid("dup", "children inherit it: F_DUPFD_CLOEXEC")
            if (code ~ /[^a-z_]open\(/ && code !~ /O_CLOEXEC|"\/dev\/null"/) forbid("open", "children inherit it: O_CLOEXEC")
            if (code !~ /"[rwa]b?\+?e/) forbid("fopen", "children inherit it: mode \"re\"")
        }
        END { exit wrong }' "$@"
}

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# shellcheck disable=SC2046  # no spaces in our names
if check_functions $(find src -name '*.[ch]' | sort); then
    echo "ok 1 - src calls none of them"
else
    echo "not ok 1 - src calls none of them"
fi

# refuses NUMBER CODE: the check itself sees a call
refuses() {
    echo "    $2" >"$tmp/wrong.c"
    if check_functions "$tmp/wrong.c" >/dev/null; then
        echo "not ok $1 - refuses $2"
    else
        echo "ok $1 - refuses $2"
    fi
}
refuses 2 'return strerror(errno);'
refuses 3 'double x = strtod(text, &end);'
refuses 4 'if (isalpha(c)) c = tolower(c);'
refuses 5 'int fd = open(path, O_RDONLY);'
refuses 6 'FILE *file = fopen(path, "r");'
refuses 7 'fd = dup(1);'
echo 1..7
