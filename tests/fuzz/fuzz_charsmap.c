/* The normalizer's rules: a text up to a byte 0xFF, then a charsmap whose size field is set right, so
   that not every input fails there. Whatever the rules, running them ends and stays in bounds. */
#include "fuzz.h"
#include "text/normalizer.h"

enum { BLOCK = 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    uint8_t flags = fuzz_byte(&input);
    FuzzInput text = fuzz_part(&input);
    Normalizer normalizer = {.add_dummy_prefix = flags & 1,
                             .remove_extra_whitespaces = flags & 2,
                             .escape_whitespaces = flags & 4};
    Buffer charsmap = {0}, out = {0};
    Error err = {0};
    size_t trie = input.n / BLOCK * BLOCK;  // the rest are replacements
    for (int i = 0; i < 4; i++) buffer_byte(&charsmap, (char)(trie >> 8 * i));
    buffer_append(&charsmap, input.bytes, input.n);
    buffer_byte(&charsmap, '\0');
    require(!charsmap.failed);
    const unsigned char *rules = (const unsigned char *)charsmap.data;
    if (normalizer_set_charsmap(&normalizer, rules, trie ? charsmap.size : 0, &err)) {
        require(normalizer_run(&normalizer, (const char *)text.bytes, text.n, &out, &err));
        require(out.size <= 3 + (text.n + 1) * (charsmap.size + 3) * 3);
        if (!trie) require(fuzz_is_utf8(out.data ? out.data : "", out.size));
    } else {
        require(strstr(err.text, "charsmap: "));
    }
    buffer_free(&charsmap);
    buffer_free(&out);
    return 0;
}
