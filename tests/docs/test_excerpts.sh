#!/bin/sh
# test_excerpts.sh: the code that the documents quote is the code (excerpts.awk says how it is quoted)
#
#     UPDATE=1 tests/docs/test_excerpts.sh     writes the code of today into the documents instead
# shellcheck source=tests/cli/tap.sh disable=SC1091
. tests/cli/tap.sh

here=tests/docs

expand() { awk -f $here/excerpts.awk "$1" >"$tmp/new" 2>"$out"; }
up_to_date() { expand "$1" && diff "$1" "$tmp/new" >"$out"; }

for document in docs/*.md docs/*/*.md exercises/*/*.md; do
    grep -q '^<!-- code: ' "$document" || continue
    if [ "${UPDATE:-}" ]; then
        if expand "$document"; then cat "$tmp/new" >"$document"; else cat "$out"; fi
        continue
    fi
    up_to_date "$document"
    status=$?
    [ $status -eq 0 ] || echo "quoted code has changed; 'make docs' brings it up to date" >>"$out"
    result $status "$document quotes the source"
done
[ "${UPDATE:-}" ] && exit

# The check itself: a drifted line, a name that is gone, a text that is gone.
quote() { printf '%s\n' "<!-- code: $1 -->" '```c' "$2" '```' >"$tmp/page.md"; }
refuses() { # NAME
    ! up_to_date "$tmp/page.md"
    result $? "$1"
}
cat >"$tmp/sum.c" <<'SOURCE'
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
quote "$tmp/sum.c sum | int c | c += b" "int c = a;
c += b;"
up_to_date "$tmp/page.md"
result $? "lines of a function are found and moved to the left"
quote "$tmp/sum.c sum | int c | c += b" "int c = a;
c -= b;"
refuses "a line that differs is seen"
quote "$tmp/sum.c summ" "int c = a;"
refuses "a function that is gone is seen"
quote "$tmp/sum.c sum | int c | c *= b" "int c = a;"
refuses "a line that is gone is seen"
quote "$tmp/none.c sum" "int c = a;"
refuses "a file that is gone is seen"
quote "$tmp/sum.c sum" ""
expand "$tmp/page.md"
[ "$(sed -n '3p;4p;$p' "$tmp/new" | tr '\n' '~')" = '/* The sum~   of two. */~```~' ]
result $? "a function comes with the comment above it"

finish
