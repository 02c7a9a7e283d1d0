/* sentencepiece_index.c: what a model derives from its pieces */
#include <float.h>
#include <math.h>
#include <string.h>

#include "text/sentencepiece_model.h"
#include "text/spelling.h"

static const float UNKNOWN_PENALTY = 10.0f;

static bool index_byte(SentencePiece *sp, int id, Error *err) {
    int byte = spelling_byte(sp->pieces[id].text);
    if (byte < 0)
        return error_set(err, "piece %d: byte piece \"%s\", expected <0x00> to <0xFF>", id,
                         sp->pieces[id].text);
    if (!sp->byte_fallback)
        return error_set(err, "piece %d: byte piece \"%s\" in a model without byte fallback", id,
                         sp->pieces[id].text);
    sp->byte_ids[byte] = id;
    return true;
}

static bool index_unknown(SentencePiece *sp, int id, Error *err) {
    if (sp->unknown >= 0) return error_set(err, "two unknown pieces, %d and %d", sp->unknown, id);
    sp->unknown = id;
    return true;
}

static bool index_piece(SentencePiece *sp, int id, Error *err) {
    PieceInfo *piece = &sp->pieces[id];
    int before;
    if (!trie_insert(&sp->trie, piece->text, piece->length, id, &before, err)) return false;
    if (before >= 0)
        return error_set(err, "pieces %d and %d are the same, \"%s\"", before, id, piece->text);
    switch (piece->type) {
        case UNKNOWN:
            return index_unknown(sp, id, err);
        case BYTE:
            return index_byte(sp, id, err);
        case USER_DEFINED:
            piece->score = (float)(0.1 * (double)(piece->length - 1));
            return trie_insert(&sp->normalizer.kept, piece->text, piece->length, id, &before, err);
        case NORMAL:
            sp->unknown_score = fminf(sp->unknown_score, piece->score);
            return true;
        default:
            return true;
    }
}

/* Makes room in both tries: for all pieces, and for those that normalization keeps as they are. */
static bool make_tries(SentencePiece *sp, Error *err) {
    size_t n_bytes = 0, n_kept = 0;
    for (int id = 0; id < sp->n; id++) {
        n_bytes += sp->pieces[id].length;
        if (sp->pieces[id].type == USER_DEFINED) n_kept += sp->pieces[id].length;
    }
    return trie_init(&sp->trie, n_bytes, &sp->arena, err) &&
           (!n_kept || trie_init(&sp->normalizer.kept, n_kept, &sp->arena, err));
}

bool sentencepiece_index(SentencePiece *sp, Error *err) {
    if (!make_tries(sp, err)) return false;
    memset(sp->byte_ids, -1, sizeof sp->byte_ids);
    sp->unknown = -1;
    sp->unknown_score = FLT_MAX;
    for (int id = 0; id < sp->n; id++)
        if (!index_piece(sp, id, err)) return false;
    sp->unknown_score -= UNKNOWN_PENALTY;
    if (sp->unknown < 0) return error_set(err, "no unknown piece");
    for (int byte = 0; sp->byte_fallback && byte < 256; byte++)
        if (sp->byte_ids[byte] < 0)
            return error_set(err, "byte fallback without a piece <0x%02X>", (unsigned)byte);
    return true;
}
