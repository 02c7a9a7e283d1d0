/* The sentence splitter, on bytes of any kind: no text is lost, none is invented, none comes twice. */
#include "fuzz.h"
#include "text/sentences.h"

/* Whether there is nothing but spaces, of any kind that the splitter knows, in text [n]. */
static bool is_blank(const uint8_t *text, size_t n) {
    for (size_t at = 0, size; at < n; at += size) {
        utf8proc_int32_t c = 0;
        size = fuzz_character(text + at, n - at);
        if (!size) return false;
        utf8proc_iterate(text + at, (utf8proc_ssize_t)size, &c);
        bool is_break = (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
        if (!is_break && utf8proc_category(c) != UTF8PROC_CATEGORY_ZS) return false;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    const char *text = (const char *)bytes;
    Sentence s;
    size_t at = 0, end = 0;
    while (sentences_next(text, n, &at, &s)) {
        require(end <= s.begin && s.begin < s.end && s.end <= at && at <= n);
        require(is_blank(bytes + end, s.begin - end));
        require(!is_blank(bytes + s.begin, 1) && !is_blank(bytes + s.end - 1, 1));
        end = s.end;
        (void)sentences_need_no_space(text + s.begin, s.end - s.begin);
    }
    require(at == n && is_blank(bytes + end, n - end));
    return 0;
}
