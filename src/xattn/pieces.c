/* pieces.c: the public interface to pieces, words and sentences */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "text/sentences.h"
#include "text/words.h"
#include "xattn/model.h"

/* The public tokens and their memory. */
typedef struct {
    xattn_tokens shown;  // first, so that both have the same address
    Arena memory;
} TokenResult;

xattn_tokens *xattn_tokenize(const xattn_model *model, xattn_side side, const char *text,
                             xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    TokenResult *result = calloc(1, sizeof *result);
    bool cut;
    if (!result) {
        error_memory(err, sizeof *result, "pieces");
        return NULL;
    }
    if (tokenizer_encode(&model->model->tokenizer, side, text, strlen(text), SIZE_MAX,
                         &result->shown, &cut, &result->memory, err))
        return &result->shown;
    xattn_tokens_free(&result->shown);
    return NULL;
}

void xattn_tokens_free(xattn_tokens *tokens) {
    TokenResult *result = (TokenResult *)tokens;
    if (result) arena_free(&result->memory);
    free(result);
}

bool xattn_detokenize(const xattn_model *model, xattn_side side, const char *const *pieces,
                      size_t n, xattn_buffer *text, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    return tokenizer_join(&model->model->tokenizer, side, pieces, n, text, err) &&
           buffer_ok(text, "a text", err);
}

static const Vocab *vocab_of(const xattn_model *model, xattn_side side) {
    const Tokenizer *t = &model->model->tokenizer;
    return side == XATTN_SOURCE ? t->source.vocab : t->target.vocab;
}

const char *xattn_piece(const xattn_model *model, xattn_side side, int id) {
    const Vocab *vocab = vocab_of(model, side);
    return id >= 0 && (size_t)id < vocab->n ? vocab->pieces[id] : NULL;
}

int xattn_id(const xattn_model *model, xattn_side side, const char *piece) {
    return vocab_find(vocab_of(model, side), piece, strlen(piece));
}

/* The same for words. */
typedef struct {
    xattn_words shown;
    WordList list;
} WordResult;

xattn_words *xattn_words_of(const xattn_tokens *tokens, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    WordResult *result = calloc(1, sizeof *result);
    if (!result) {
        error_memory(err, sizeof *result, "words");
        return NULL;
    }
    if (!words_split(tokens->pieces, tokens->n, &result->list, err)) {
        free(result);
        return NULL;
    }
    result->shown = (xattn_words){.n = result->list.n, .items = result->list.items};
    return &result->shown;
}

void xattn_words_free(xattn_words *words) {
    WordResult *result = (WordResult *)words;
    if (result) word_list_free(&result->list);
    free(result);
}

bool xattn_next_sentence(const char *text, size_t n, size_t *at, size_t *begin, size_t *end) {
    Sentence sentence;
    if (!sentences_next(text, n, at, &sentence)) return false;
    *begin = sentence.begin;
    *end = sentence.end;
    return true;
}
