#!/bin/sh
# test_excerpts.sh: the code that the documents quote is the code (excerpts.awk says how it is quoted)
#
#     UPDATE=1 tests/docs/test_excerpts.sh     writes the code of today into the documents instead
set -u

here=tests/docs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n_tests=0
n_failed=0

result() { # STATUS NAME; what is wrong is in $scratch/diff
    n_tests=$((n_tests + 1))
    [ "$1" -eq 0 ] && echo "ok $n_tests - $2" && return
    n_failed=$((n_failed + 1))
    echo "not ok $n_tests - $2"
    head -n 40 "$scratch/diff" | sed 's/^/# /'
}

expand() { awk -f $here/excerpts.awk "$1" >"$scratch/new" 2>"$scratch/diff"; }
up_to_date() { expand "$1" && diff "$1" "$scratch/new" >"$scratch/diff"; }

for document in docs/*.md docs/*/*.md exercises/*/*.md; do
    grep -q '^<!-- code: ' "$document" || continue
    if [ "${UPDATE:-}" ]; then
        if expand "$document"; then cat "$scratch/new" >"$document"; else cat "$scratch/diff"; fi
        continue
    fi
    up_to_date "$document"
    status=$?
    [ $status -eq 0 ] || echo "quoted code has changed; 'make docs' brings it up to date" >>"$scratch/diff"
    result $status "$document quotes the source"
done
[ "${UPDATE:-}" ] && exit

# The check itself: a drifted line, a name that is gone, a text that is gone.
quote() { printf '%s\n' "<!-- code: $1 -->" '```c' "$2" '```' >"$scratch/page.md"; }
refuses() { # NAME
    ! up_to_date "$scratch/page.md"
    result $? "$1"
}
cat >"$scratch/sum.c" <<'SOURCE'
/* The sum of two. */
static int sum(int a, int b);

/* The sum
   of two. */
static int sum(int a,
               int b) {
    int c = a;
    c += b;
    return c;
}
SOURCE
quote "$scratch/sum.c sum | int c | c += b" "int c = a;
c += b;"
up_to_date "$scratch/page.md"
result $? "lines of a function are found and moved to the left"
quote "$scratch/sum.c sum | int c | c += b" "int c = a;
c -= b;"
refuses "a line that differs is seen"
quote "$scratch/sum.c summ" "int c = a;"
refuses "a function that is gone is seen"
quote "$scratch/sum.c sum | int c | c *= b" "int c = a;"
refuses "a line that is gone is seen"
quote "$scratch/none.c sum" "int c = a;"
refuses "a file that is gone is seen"
quote "$scratch/sum.c sum" ""
expand "$scratch/page.md"
[ "$(sed -n '3p;4p;$p' "$scratch/new" | tr '\n' '~')" = '/* The sum~   of two. */~```~' ]
result $? "a function comes with the comment above it"

echo "1..$n_tests"
[ "$n_failed" -eq 0 ]
