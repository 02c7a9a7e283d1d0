#include "xattn/unknown.h"

#include "base/buffer.h"
#include "text/spelling.h"
#include "text/words.h"

bool unknown_is_said(const Model *model, const Hypothesis *h) {
    for (size_t t = 0; t < h->n; t++)
        if (h->ids[t] == model->tokenizer.target.unknown) return true;
    return false;
}

/* The attention of piece t to source piece s. */
static float looked(const Model *model, const Hypothesis *h, size_t n_src, size_t t, size_t s) {
    const Config *c = &model->config;
    const float *row = h->attention + t * h->attention_size;
    size_t heads = c->decoder_heads, layer = c->decoder_layers - 1;
    float sum = 0;
    if (c->has_alignment_head)
        return row[(c->alignment_head.layer * heads + c->alignment_head.head) * n_src + s];
    for (size_t head = 0; head < heads; head++) sum += row[(layer * heads + head) * n_src + s];
    return sum;
}

/* The source word that piece t looked at most; never </s>, the last piece. */
static const Word *word_of(const Model *model, const WordList *words, size_t n_src,
                           const Hypothesis *h, size_t t) {
    size_t best = 0, w = 0;
    for (size_t s = 1; s + 1 < n_src; s++)
        if (looked(model, h, n_src, t, s) > looked(model, h, n_src, t, best)) best = s;
    while (words->items[w].first + words->items[w].n <= best) w++;
    return &words->items[w];
}

bool unknown_replace(const Model *model, const Tokens *source, const Hypothesis *h,
                     const char **pieces, Arena *arena, Error *err) {
    WordList words;
    const Word *last = NULL;
    if (!words_split((const char *const *)source->pieces, source->n, &words, err)) return false;
    bool ok = true;
    for (size_t t = 0; ok && t < h->n; t++) {
        if (h->ids[t] != model->tokenizer.target.unknown) {
            last = NULL;
            continue;
        }
        const Word *word = word_of(model, &words, source->n, h, t);
        if (word == last) {
            pieces[t] = "";
            continue;
        }
        Buffer piece = {0};
        buffer_format(&piece, "%s%s", SPACE_MARK, word->text);
        ok = buffer_ok(&piece, "a piece", err) &&
             (pieces[t] = arena_string(arena, piece.data, piece.size, err)) != NULL;
        buffer_free(&piece);
        last = word;
    }
    word_list_free(&words);
    return ok;
}
