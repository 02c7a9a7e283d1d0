#!/bin/sh
# test_manual.sh: the manual page has the commands and options of --help, and no others
. tests/cli/tap.sh

page=man/xattn.1
"$xattn" --help | awk '/^  [a-z]+ +[A-Z]/ { print $1 }' >"$tmp/commands"
{
    "$xattn" --help
    echo --version
    while read -r command; do "$xattn" "$command" --help; done <"$tmp/commands"
} >"$tmp/help"

# The manual writes --beam as "Fl -beam", and a command's description begins with ".It Cm align".
long_options() { grep -oE -e '--[a-z][a-z-]*' | sort -u; }
long_options <"$tmp/help" >"$tmp/options"
sed 's/Fl -/--/g' "$page" | long_options >"$tmp/options_in_page"
sed -n 's/^\.It Cm \([a-z]*\)$/\1/p' "$page" | grep -xF -f "$tmp/commands" >"$tmp/commands_in_page"

check "--help has commands and options" [ -s "$tmp/commands" -a -s "$tmp/options" ]
check "the manual has the same options" status 0 diff "$tmp/options" "$tmp/options_in_page"
check "the manual has the same commands" status 0 diff "$tmp/commands" "$tmp/commands_in_page"
if command -v mandoc >/dev/null 2>&1; then
    check "mandoc finds nothing wrong" status 0 mandoc -T lint "$page"
else
    skip "mandoc is not installed"
fi
finish
