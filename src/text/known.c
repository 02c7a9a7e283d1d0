#include "text/known.h"

#include <string.h>

#include "base/utf8.h"
#include "text/capitals.h"
#include "text/spelling.h"

/* How many pieces in front say no more than the space that encoding puts before a text, which a
   vocabulary may lack: "▁", or its three bytes. In a sentence it need not be there. */
static int pieces_of_space(const Known *k) {
    static const char space[] = SPACE_MARK;
    enum { N = sizeof space - 1 };
    const Piece *items = k->pieces.items;
    if (k->pieces.n > 1 && items->length == N && memcmp(items->text, space, N) == 0) return 1;
    for (int i = 0; i < N; i++) {
        int id = i + 1 < k->pieces.n ? tokenizer_id(k->side, &items[i]) : -1;
        if (id < 0 || spelling_byte(k->side->vocab->pieces[id]) != (unsigned char)space[i])
            return 0;
    }
    return N;
}

/* Whether all pieces of the last text are in the vocabulary and stand for characters, not for bytes. */
static bool all_known(const Known *k) {
    for (int i = pieces_of_space(k); i < k->pieces.n; i++) {
        int id = tokenizer_id(k->side, &k->pieces.items[i]);
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
    if (size != n || code <= 0) return known_text(k, text, n, known, err);
    size_t slot = (size_t)code % KNOWN_CACHE;
    if (k->cache[slot].code != code) {
        if (!known_text(k, text, n, &k->cache[slot].known, err)) return false;
        k->cache[slot].code = code;
    }
    *known = k->cache[slot].known;
    return true;
}

size_t known_token(const Known *k, const char *text, size_t n, size_t at) {
    return k->side->added ? added_tokens_length(k->side->added, text, n, at) : 0;
}

void known_free(Known *k) {
    piece_list_free(&k->pieces);
    buffer_free(&k->small);
}
