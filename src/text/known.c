#include "text/known.h"

#include "base/utf8.h"
#include "text/capitals.h"
#include "text/spelling.h"

enum { SOFT_HYPHEN = 0xAD };

/* Whether all pieces of the last text are in the vocabulary and say characters, not bytes. */
static bool all_known(const Known *k) {
    for (int i = 0; i < k->pieces.n; i++) {
        const Piece *piece = &k->pieces.items[i];
        int id =
            k->side->spm_ids ? piece->id : vocab_find(k->side->vocab, piece->text, piece->length);
        if (id < 0 || id == k->side->unknown || spelling_byte(k->side->vocab->pieces[id]) >= 0)
            return false;
    }
    return true;
}

static bool ask(Known *k, const char *text, size_t n, bool *known, Error *err) {
    if (!sentencepiece_encode(k->side->pieces, text, n, &k->pieces, err)) return false;
    *known = all_known(k);
    return true;
}

bool known_text(Known *k, const char *text, size_t n, bool *known, Error *err) {
    if (!ask(k, text, n, known, err)) return false;
    if (*known || !k->small_will_do) return true;
    buffer_clear(&k->small);
    capitals_lower(text, n, &k->small);
    return buffer_ok(&k->small, "a text in small letters", err) &&
           ask(k, k->small.data, k->small.size, known, err);
}

bool known_character(Known *k, const char *text, size_t n, bool *known, Error *err) {
    size_t size;
    int code = utf8_character(text, n, &size);
    if (code == SOFT_HYPHEN) return *known = true;  // it is left out
    if (size != n || code <= 0) return known_text(k, text, n, known, err);
    size_t slot = (size_t)code % KNOWN_CACHE;
    if (k->cache[slot].code != code) {
        if (!known_text(k, text, n, &k->cache[slot].known, err)) return false;
        k->cache[slot].code = code;
    }
    *known = k->cache[slot].known;
    return true;
}

void known_free(Known *k) {
    piece_list_free(&k->pieces);
    buffer_free(&k->small);
}
