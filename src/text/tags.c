#include "text/tags.h"

#include <stdio.h>
#include <string.h>

#include "text/languages.h"

static bool is_tag(const char *piece) {
    if (piece[0] != '>') return false;  // nearly all
    size_t n = strlen(piece);
    return tags_length(piece, n) == n;
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

/* The tag with exactly these bytes, whole or between its signs, or NULL. Quick, for the usual case. */
static const char *find_exactly(const Vocab *vocab, const char *language) {
    char tag[64];
    bool is_whole = is_tag(language);
    int n =
        snprintf(tag, sizeof tag, "%s%s%s", is_whole ? "" : ">>", language, is_whole ? "" : "<<");
    int id = n < (int)sizeof tag ? vocab_find(vocab, tag, (size_t)n) : -1;
    return id < 0 ? NULL : vocab->pieces[id];
}

static LanguageMatch match(const char *language, const char *piece) {
    return is_tag(piece) ? languages_compare(language, piece + 2, strlen(piece) - 4)
                         : LANGUAGES_DIFFER;
}

static const char *refuse(const Vocab *vocab, const char *language, Error *err) {
    Buffer known = {0};
    tags_list(vocab, TAGS_LANGUAGES, &known);
    error_kind(err, XATTN_USAGE, "no target language \"%s\"; %s%s", language,
               known.data ? "the model knows" : "the model has only one",
               known.data ? known.data : "");
    buffer_free(&known);
    return NULL;
}

static const char *refuse_several(const Vocab *vocab, const char *language, LanguageMatch best,
                                  Error *err) {
    Buffer names = {0};
    for (size_t i = 0; i < vocab->n; i++) {
        const char *piece = vocab->pieces[i];
        if (match(language, piece) == best)
            buffer_format(&names, " %.*s", (int)(strlen(piece) - 4), piece + 2);
    }
    error_kind(err, XATTN_USAGE, "the target language \"%s\" may be any of these:%s", language,
               names.data ? names.data : "");
    buffer_free(&names);
    return NULL;
}

const char *tags_find(const Vocab *vocab, const char *language, Error *err) {
    LanguageMatch best = LANGUAGES_DIFFER;
    size_t n_best = 0;
    const char *found = find_exactly(vocab, language);
    if (found) return found;
    for (size_t i = 0; i < vocab->n; i++) {
        LanguageMatch now = match(language, vocab->pieces[i]);
        if (now < best || now == LANGUAGES_DIFFER) continue;
        n_best = now > best ? 1 : n_best + 1;
        if (n_best == 1) found = vocab->pieces[i];
        best = now;
    }
    if (n_best > 1) return refuse_several(vocab, language, best, err);
    return found ? found : refuse(vocab, language, err);
}
