#!/bin/sh
# Lines: as many come out as go in, whatever they hold, and it does not matter how they come in.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

in=$tmp/in

# as_many NUMBER NAME: the input file gives that many lines.
as_many() {
    number=$1
    shift
    status 0 "$xattn" translate -i "$in" && [ "$(lines "$out")" -eq "$number" ]
}
# as_if TEXT: the first line of the output is the translation of TEXT.
as_if() {
    "$xattn" translate "$1" >"$tmp/expected" 2>/dev/null
    head -n 1 "$out" | cmp -s - "$tmp/expected"
}
empty_line() { [ -z "$(sed -n "$1p" "$out")" ]; }

printf '' >"$in"
check "no line" as_many 0
check "no line: nothing is printed" [ ! -s "$out" ]

printf '\n\nA cat.\n\n' >"$in"
check "empty lines stay" as_many 4
check "empty lines stay empty" eval 'empty_line 1 && empty_line 2 && ! empty_line 3 && empty_line 4'

printf '   \n\t\n \t \n\302\240\n' >"$in"
check "only spaces" as_many 4
check "only spaces: they are the translation" cmp "$in" "$out"
printf '  A cat.   A dog. \tA bird.\t\t\n' >"$in"
blanks() { as_many 1 && printf '  Un chat.   Un chien. \tUn oiseau.\t\t\n' | cmp -s - "$out"; }
check "spaces and tabs around sentences survive" blanks

printf 'A cat.' >"$in"
check "no newline at the end" as_many 1
check "no newline at the end: same text" as_if "A cat."

printf 'A cat.\r\nA dog.\r\n\r\n' >"$in"
check "CRLF" as_many 3
check "CRLF: every line ends as it did" [ "$(tr -dc '\r\n' <"$out" | od -An -c | tr -d ' ')" = '\r\n\r\n\r\n' ]
tr -d '\r' <"$out" >"$tmp/bare" && mv "$tmp/bare" "$out"
check "CRLF: same text as with LF" as_if "A cat."
printf 'A cat.\r\nA dog.\n' >"$in"
check "CRLF and LF" as_many 2
check "CRLF and LF: every line ends as it did" [ "$(tr -dc '\r\n' <"$out" | od -An -c | tr -d ' ')" = '\r\n\n' ]
bare_source() { status 0 "$xattn" translate --json -i "$in" && prints '"source":"A cat."'; }
check "CRLF: the CR is not part of the source" bare_source

printf 'A cat.\rA dog.\r\rA bird.\n\r\n' >"$in"
check "a lone CR does not end a line" as_many 2

printf '\357\273\277A cat.\nA dog.\n' >"$in"
check "a byte order mark" as_many 2
check "a byte order mark: same text as without" as_if "A cat."
check "a byte order mark is no reason to warn" silent
check "a byte order mark is not part of the source" bare_source

# UTF-16, whole and byte by byte; what is wrong in it; UTF-32
printf 'A cat.\n\nA caf\303\251 \360\237\230\200.\r\nA dog' >"$in"
"$xattn" translate -i "$in" >"$tmp/expected" 2>"$err"
for order in LE BE; do
    { [ $order = LE ] && printf "\\377\\376" || printf "\\376\\377"; iconv -f UTF-8 -t UTF-16$order "$in"; } >"$tmp/utf16"
    utf16() { status 0 "$xattn" translate -i "$tmp/utf16" && silent && cmp -s "$out" "$tmp/expected"; }
    check "UTF-16$order with a byte order mark" utf16
    utf16_slowly() {
        awk 'BEGIN { for (i = 0; i < 100; i++) print i }' | while read -r i; do
            dd if="$tmp/utf16" bs=1 count=1 skip="$i" 2>/dev/null
        done | "$xattn" translate >"$out" 2>"$err" && cmp -s "$out" "$tmp/expected"
    }
    check "UTF-16$order byte by byte" utf16_slowly
done
printf '\377\376A\000 \000\000\330c\000\n\000A\000\334' >"$tmp/utf16"
half_pair() { status 0 "$xattn" translate -i "$tmp/utf16" && says "line 1 of $tmp/utf16, byte 3: not UTF-8" && says "line 2 of"; }
check "UTF-16: half a pair, half a unit" half_pair
printf '\377\376' >"$tmp/utf16"
only_mark() { status 0 "$xattn" translate -i "$tmp/utf16" && [ ! -s "$out" ]; }
check "UTF-16: only the mark" only_mark
printf '\377\376\000\000A\000\000\000' >"$tmp/utf32"
utf32() { status 1 "$xattn" translate -i "$tmp/utf32" && says "$tmp/utf32: UTF-32; expected UTF-8 or UTF-16"; }
check "UTF-32 is refused" utf32
printf '\000\000\376\377\000\000\000A' >"$tmp/utf32"
check "UTF-32, the other byte first" utf32
printf '\376A cat.\n' >"$tmp/utf16"
not_utf16() { status 0 "$xattn" translate -i "$tmp/utf16" && says "byte 1: not UTF-8"; }
check "the byte FE alone is no mark" not_utf16

printf '\314\201\314\202\nA cat.\n\314\201\n' >"$in"
check "only combining marks" as_many 3

printf '\342\200\213\n\342\200\215\n\357\273\277\n\302\205\n\342\200\250A\342\200\251\n' >"$in"
check "invisible characters and other line ends" as_many 5

printf 'A cat.\t\033[2J A\001 dog.\177 \302\233\n\013\014\n\302\233\302\205A bird.\n' >"$in"
only_tabs() {
    as_many 3 && [ -z "$(tr -d '\t\n\040-\176\200-\377' <"$out")" ] && grep -q "$(printf '\t')" "$out" &&
        ! LC_ALL=C grep -q "$(printf '\302[\200-\237]')" "$out"
}
check "control characters become spaces, except tabs" only_tabs

# Bytes that are not UTF-8
printf 'A cat.\nA \377dog \300\200.\nA bird.\n' >"$in"
check "invalid UTF-8" as_many 3
check "invalid UTF-8: line and byte are named" says "line 2 of $in, byte 3: not UTF-8 (and 2 more)"
check "invalid UTF-8: nothing else is said" [ "$(lines "$err")" -eq 1 ]
strict() { status 1 "$xattn" "$@"; }
check "invalid UTF-8 with --strict" strict translate --strict -i "$in"
check "invalid UTF-8 with --strict: what came before it is there" as_if "A cat."
check "invalid UTF-8 with --strict: and no more" [ "$(lines "$out")" -eq 1 ]
check "invalid UTF-8 with --strict: says where" says "line 2 of $in, byte 3: not UTF-8"
check "invalid UTF-8, --strict and tokenize" strict tokenize --strict -i "$in"
quiet() { status 0 "$xattn" translate --quiet -i "$in" && silent; }
check "invalid UTF-8 with --quiet" quiet
printf 'A cat.\nA bird \342\226' >"$in"
check "a character cut by the end of the file" as_many 2
check "a character cut by the end: named" says "line 2 of $in, byte 8"

printf 'A \000cat.\n\000\000\n\000' >"$in"
check "NUL" as_many 3
check "NUL: line and byte are named" says "line 1 of $in, byte 3: a NUL"
check "NUL: the text behind it is translated, too" as_if "$(printf 'A \357\277\275cat.')"

bad_argument() {
    status 0 "$xattn" translate "A cat." "$(printf 'A \377dog.')" && [ "$(lines "$out")" -eq 2 ] &&
        says "text 2, byte 3: not UTF-8"
}
check "an argument that is not UTF-8" bad_argument
lines_in_argument() {
    printf 'A cat.\n\n\nA dog.\n' >"$in"
    status 0 "$xattn" translate "$(cat "$in")" && cp "$out" "$tmp/argument" &&
        status 0 "$xattn" translate -i "$in" && cmp -s "$out" "$tmp/argument" && [ "$(lines "$out")" -eq 4 ]
}
check "lines in an argument are lines of its translation" lines_in_argument

# Long lines
awk 'BEGIN { print "A dog."; for (i = 0; i < 250000; i++) printf "cat "; print ""; print "A cat." }' >"$in"
long_line() {
    status 0 "$xattn" translate --no-split --max-length 8 -i "$in" && [ "$(lines "$out")" -eq 3 ]
}
check "a line of 1 MB" long_line
check "a line of 1 MB: what was left out is said" says "line 2 of $in: too long, only its first"
check "a line of 1 MB with --strict" strict translate --no-split --strict --max-length 8 -i "$in"
check "a line of 1 MB with --strict: all lines are there" [ "$(lines "$out")" -eq 3 ]
awk 'BEGIN { print "A cat."; for (i = 0; i < 5000; i++) printf "\303\251\303\251\303\251\303\251"
             for (i = 0; i < 500; i++) printf "no spaces, "; printf "\n" }' >"$in"
long_word() {
    status 0 "$xattn" translate --max-length 8 -i "$in" && [ "$(lines "$out")" -eq 2 ]
}
check "a long word" long_word
{
    echo "A cat."
    head -c 9000000 /dev/zero | tr '\000' a
} >"$in"
check "a line of 9 MB is refused" strict translate -i "$in"
check "a line of 9 MB: says which" says "line 2 of $in: longer than"
check "a line of 9 MB: what came before it is there" as_if "A cat."

cut_target() {
    status 0 "$xattn" translate --max-length 3 -i "$in" && [ "$(lines "$out")" -eq 2 ] &&
        says "line 2 of $in: the translation was cut after 3 pieces" && ! says "line 1 of"
}
printf 'No.\nThe black cat sat on the mat.\n' >"$in"
check "--max-length: cuts are reported" cut_target
check "--max-length with --strict" strict translate --strict --max-length 3 -i "$in"
check "--max-length with --strict: all lines are there" [ "$(lines "$out")" -eq 2 ]

# Many lines: more than are translated together, most of them short
awk 'BEGIN { for (i = 1; i <= 2000; i++) print i % 50 ? (i % 3 ? "" : "No.") : "A cat " i "." }' >"$in"
check "2,000 lines" as_many 2000
in_order() {
    "$xattn" translate "No." "A cat 50." "A cat 2000." >"$tmp/expected"
    sed -n '3p;50p;2000p' "$out" | cmp -s - "$tmp/expected" && empty_line 1 && empty_line 1999
}
check "2,000 lines: in order" in_order

# The same text on all ways, together and one by one
sentences 50 >"$in"
"$xattn" translate -i "$in" >"$tmp/together" 2>/dev/null
check "50 sentences" [ "$(lines "$tmp/together")" -eq 50 ]
same() { status 0 "$@" && cmp -s "$out" "$tmp/together" && silent; }
check "standard input is the same as -i" same "$xattn" translate <"$in"
check "-i - is standard input" same "$xattn" translate -i - <"$in"
check "- is standard input" same "$xattn" translate - <"$in"
arguments() {
    set --
    while IFS= read -r line; do set -- "$@" "$line"; done <"$in"
    same "$xattn" translate "$@"
}
check "arguments are the same as lines" arguments
one_by_one() {
    while IFS= read -r line; do "$xattn" translate "$line"; done <"$in" >"$tmp/single"
    cmp -s "$tmp/single" "$tmp/together"
}
check "one by one is the same as all at once" one_by_one
pipe() {
    status 0 sh -c "cat '$in' | '$xattn' translate | cat" && cmp -s "$out" "$tmp/together"
}
check "through pipes" pipe
byte_by_byte() {
    head -n 2 "$in" | while IFS= read -r line; do
        printf '%.3s' "$line"
        sleep 0.2
        printf '%s\n' "${line#???}"
    done | "$xattn" translate >"$out" 2>"$err"
    head -n 2 "$tmp/together" | cmp -s - "$out"
}
check "a line that comes in pieces" byte_by_byte

a_file_name() {
    status 0 "$xattn" translate "$in" && says "text 1 is the name of a file; to read the file: -i $in" &&
        status 0 "$xattn" translate --quiet "$in" && silent &&
        status 0 "$xattn" translate "A cat." && silent
}
check "a text that is the name of a file: a hint" a_file_name

missing() { status 1 "$xattn" translate -i "$tmp/missing" && says "$tmp/missing: No such file"; }
directory() { status 1 "$xattn" translate -i "$tmp" && says "$tmp: Is a directory"; }
check "-i: no such file" missing
check "-i: a directory" directory

finish
