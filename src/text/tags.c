#include "text/tags.h"

#include <string.h>

static bool is_tag(const char *piece) {
    size_t n = strlen(piece);
    return n > 4 && tags_length(piece, n) == n;
}

size_t tags_count(const Vocab *vocab) {
    size_t n = 0;
    for (size_t i = 0; i < vocab->n; i++) n += is_tag(vocab->pieces[i]);
    return n;
}

void tags_list(const Vocab *vocab, TagsStyle style, Buffer *out) {
    const size_t most = out->size + 700, marks = style == TAGS_WHOLE ? 0 : 2;
    for (size_t i = 0; i < vocab->n; i++) {
        const char *piece = vocab->pieces[i];
        if (!is_tag(piece)) continue;
        if (out->size > most) {
            buffer_string(out, " …");
            return;
        }
        buffer_format(out, " %.*s", (int)(strlen(piece) - 2 * marks), piece + marks);
    }
}

size_t tags_length(const char *text, size_t n) {
    if (n < 5 || memcmp(text, ">>", 2) != 0) return 0;
    for (size_t i = 2; i + 2 <= n && (unsigned char)text[i] > ' '; i++)
        if (i > 2 && memcmp(text + i, "<<", 2) == 0) return i + 2;
    return 0;
}

bool tags_append(const Vocab *vocab, const char *language, Buffer *out, Error *err) {
    Buffer tag = {0}, known = {0};
    buffer_format(&tag, ">>%s<<", language);
    bool ok = buffer_ok(&tag, "a tag", err);
    if (ok && vocab_find(vocab, tag.data, tag.size) < 0) {
        tags_list(vocab, TAGS_LANGUAGES, &known);
        ok = error_kind(err, XATTN_USAGE, "no target language \"%s\"; %s%s", language,
                        known.data ? "the model knows" : "the model has only one",
                        known.data ? known.data : "");
    }
    if (ok) buffer_append(out, tag.data, tag.size);
    buffer_free(&tag);
    buffer_free(&known);
    return ok;
}
