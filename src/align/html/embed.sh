#!/bin/sh
# embed.sh FILES: the files as C arrays, on stdout. page.css becomes
#
#     const unsigned char page_css[] = {0x2f,0x2a, ... };
#     const size_t page_css_size = sizeof page_css;
#
# Arrays, not strings: C11 promises strings of 4095 characters only.
set -eu
echo '#include "align/html/page.h"'
for file; do
    name=$(basename "$file" | tr '.-' '__')
    echo "const unsigned char ${name}[] = {"
    od -An -v -tx1 "$file" | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'
    echo "};"
    echo "const size_t ${name}_size = sizeof $name;"
done
