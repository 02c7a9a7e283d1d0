#!/bin/sh
# test_links.sh: links between the documents lead somewhere, and docs/SOURCE.md knows every source file
# shellcheck source=tests/cli/tap.sh disable=SC1091
. tests/cli/tap.sh

here=tests/docs

links() { awk -f $here/links.awk "$@" >"$out"; }

# shellcheck disable=SC2046  # no spaces in our names
links $(find . -name '*.md' ! -path './build/*' ! -path '*/.*/*' | sed 's|^\./||' | sort)
result $? "every relative link and anchor resolves"

refuses() { # LINK
    printf '# A *title*, 2\n\n[fine](page.md#a-title-2)\n[link](%s)\n' "$1" >"$tmp/page.md"
    ! links "$tmp/page.md"
    result $? "a link to $1 is seen to lead nowhere"
}
refuses missing.md
refuses '#missing'
refuses page.md#a-title
refuses ../nothing/page.md

# docs/SOURCE.md: all of src, a row for x.c and x.h together, and nothing that is not there.
stems() { sed 's/\.[a-z]*$//' | sort -u; }
find src -type f | stems >"$tmp/files"
sed -n 's/^| \[[^]]*\](\.\.\/\(src\/[^)]*\)).*/\1/p' docs/SOURCE.md | stems >"$tmp/listed"
{
    comm -23 "$tmp/files" "$tmp/listed" | sed 's/^/no row for /'
    comm -13 "$tmp/files" "$tmp/listed" | sed 's/^/a row for something that is gone: /'
} >"$out"
[ ! -s "$out" ]
result $? "docs/SOURCE.md has a row for every file of src"

finish
