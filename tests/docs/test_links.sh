#!/bin/sh
# test_links.sh: links between the documents lead somewhere, and docs/SOURCE.md knows every source file
set -u

here=tests/docs
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n_tests=0
n_failed=0

result() { # STATUS NAME; what is wrong is in $scratch/wrong
    n_tests=$((n_tests + 1))
    [ "$1" -eq 0 ] && echo "ok $n_tests - $2" && return
    n_failed=$((n_failed + 1))
    echo "not ok $n_tests - $2"
    sed 's/^/# /' "$scratch/wrong"
}

links() { awk -f $here/links.awk "$@" >"$scratch/wrong"; }

# shellcheck disable=SC2046  # no spaces in our names
links $(find . -name '*.md' ! -path './build/*' ! -path '*/.*/*' | sed 's|^\./||' | sort)
result $? "every relative link and anchor resolves"

refuses() { # LINK
    printf '# A *title*, 2\n\n[fine](page.md#a-title-2)\n[link](%s)\n' "$1" >"$scratch/page.md"
    ! links "$scratch/page.md"
    result $? "a link to $1 is seen to lead nowhere"
}
refuses missing.md
refuses '#missing'
refuses page.md#a-title
refuses ../nothing/page.md

# docs/SOURCE.md: all of src, a row for x.c and x.h together, and nothing that is not there.
stems() { sed 's/\.[a-z]*$//' | sort -u; }
find src -type f | stems >"$scratch/files"
sed -n 's/^| \[[^]]*\](\.\.\/\(src\/[^)]*\)).*/\1/p' docs/SOURCE.md | stems >"$scratch/listed"
{
    comm -23 "$scratch/files" "$scratch/listed" | sed 's/^/no row for /'
    comm -13 "$scratch/files" "$scratch/listed" | sed 's/^/a row for something that is gone: /'
} >"$scratch/wrong"
[ ! -s "$scratch/wrong" ]
result $? "docs/SOURCE.md has a row for every file of src"

echo "1..$n_tests"
[ "$n_failed" -eq 0 ]
