#include "text/sentencepiece.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "text/sentencepiece_model.h"

/* The best segmentation of the text up to a position. */
struct Arrival {
    float score;
    int id;    // of its last piece
    int from;  // where that piece starts; -1 if no segmentation ends here yet
};

static void arrive(struct Arrival *best, size_t from, int id, float score) {
    if (best->from < 0 || score > best->score) *best = (struct Arrival){score, id, (int)from};
}

/* The length of the character that starts here, according to its first byte. */
static size_t character_length(const char *text, size_t n) {
    unsigned char lead = (unsigned char)*text;
    size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return length < n ? length : n;
}

/* Large floats are far apart. Only differences between scores matter, so on a long text the sums
   restart from 0 at position `at`. Positions up to `reached` have arrivals already, which move
   along. */
static void restart_sums(struct Arrival *best, size_t at, size_t reached) {
    float origin = best[at].score;
    if (fabsf(origin) <= 100000.0f) return;
    for (size_t i = at; i <= reached; i++) best[i].score -= origin;
}

/* Offers every piece that starts at position `at`, shortest first, to the position where it ends. If no
   piece is exactly the character at `at`, offers the unknown piece, too. Returns the farthest of these
   positions. */
static size_t extend(const SentencePiece *sp, const char *text, size_t n, size_t at, size_t length,
                     struct Arrival *best) {
    float so_far = best[at].score;
    bool covered = false;
    size_t reached = at + length;
    uint32_t node = TRIE_ROOT;
    for (size_t end = at; end < n && (node = trie_step(&sp->trie, node, text[end]));) {
        int id = trie_value(&sp->trie, node);
        end++;
        if (id < 0) continue;
        const PieceInfo *piece = &sp->pieces[id];
        if (piece->type != NORMAL && piece->type != USER_DEFINED) continue;
        arrive(&best[end], at, id, so_far + piece->score);
        if (end == at + length) covered = true;
        if (end > reached) reached = end;
    }
    if (!covered) arrive(&best[at + length], at, sp->unknown, so_far + sp->unknown_score);
    return reached;
}

/* Fills best[0 ... n]. Pieces start only where characters do. */
static void find_best(const SentencePiece *sp, const char *text, size_t n, struct Arrival *best) {
    size_t reached = 0, length;
    for (size_t i = 0; i <= n; i++) best[i] = (struct Arrival){0, 0, -1};
    for (size_t at = 0; at < n; at += length) {
        length = character_length(text + at, n - at);
        restart_sums(best, at, reached);
        size_t end = extend(sp, text, n, at, length, best);
        if (end > reached) reached = end;
    }
}

static bool add_item(PieceList *pieces, Piece piece, Error *err) {
    if (!pieces->items || pieces->n == pieces->capacity) {
        if (pieces->capacity > INT_MAX / 2) return error_set(err, "more than %d pieces", INT_MAX);
        int wanted = pieces->capacity ? 2 * pieces->capacity : 32;
        size_t n_bytes = (size_t)wanted * sizeof *pieces->items;
        Piece *items = realloc(pieces->items, n_bytes);
        if (!items) return error_memory(err, n_bytes, "the pieces of a text");
        pieces->items = items;
        pieces->capacity = wanted;
    }
    pieces->items[pieces->n++] = piece;
    return true;
}

static bool add_known(const SentencePiece *sp, PieceList *pieces, int id, Error *err) {
    return add_item(pieces, (Piece){sp->pieces[id].text, sp->pieces[id].length, id}, err);
}

/* Adds text [n], a character that no piece covers. */
static bool add_unknown(const SentencePiece *sp, PieceList *pieces, const char *text, size_t n,
                        Error *err) {
    Piece *last = pieces->n ? &pieces->items[pieces->n - 1] : NULL;
    for (size_t i = 0; sp->byte_fallback && i < n; i++)
        if (!add_known(sp, pieces, sp->byte_ids[(unsigned char)text[i]], err)) return false;
    if (sp->byte_fallback) return true;
    if (!last || last->id != sp->unknown)
        return add_item(pieces, (Piece){text, n, sp->unknown}, err);
    last->length += n;
    return true;
}

/* Lists the pieces of the best segmentation of text [n]. `from` leads backwards from the end of the
   text. A first pass reverses these links, so that each leads to the end of the next piece; a second
   pass lists the pieces in order. */
static bool list_pieces(const SentencePiece *sp, const char *text, size_t n, PieceList *pieces,
                        Error *err) {
    struct Arrival *best = pieces->best;
    int next = 0;
    for (int end = (int)n, from; end > 0; end = from) {
        from = best[end].from;
        best[end].from = next;
        next = end;
    }
    for (int at = 0; next; at = next, next = best[at].from) {
        int id = best[next].id;
        if (!(id == sp->unknown ? add_unknown(sp, pieces, text + at, (size_t)(next - at), err)
                                : add_known(sp, pieces, id, err)))
            return false;
    }
    return true;
}

static bool reserve_best(PieceList *pieces, size_t n, Error *err) {
    if (n <= pieces->best_capacity) return true;
    size_t wanted = n + n / 2, n_bytes = wanted * sizeof *pieces->best;
    if (n > INT_MAX || wanted > SIZE_MAX / sizeof *pieces->best)
        return error_set(err, "a text of %zu bytes, at most %d", n - 1, INT_MAX - 1);
    struct Arrival *best = realloc(pieces->best, n_bytes);
    if (!best) return error_memory(err, n_bytes, "the segmentation of a text");
    pieces->best = best;
    pieces->best_capacity = wanted;
    return true;
}

bool sentencepiece_encode(const SentencePiece *sp, const char *text, size_t n, PieceList *pieces,
                          Error *err) {
    pieces->n = 0;
    if (!normalizer_run(&sp->normalizer, text, n, &pieces->normalized, err)) return false;
    size_t size = pieces->normalized.size;
    if (!reserve_best(pieces, size + 1, err)) return false;
    find_best(sp, pieces->normalized.data, size, pieces->best);
    return list_pieces(sp, pieces->normalized.data, size, pieces, err);
}

void piece_list_free(PieceList *pieces) {
    free(pieces->items);
    free(pieces->best);
    buffer_free(&pieces->normalized);
    *pieces = (PieceList){0};
}
