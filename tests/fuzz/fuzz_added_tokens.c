/* added_tokens.json, tokenizer_config.json and a text, with bytes 0xFF between them. The first byte is
   the number of rows of the vocabulary. */
#include "fuzz.h"
#include "text/added_tokens.h"

static const char *write_or_empty(const char *name, FuzzInput file) {
    return file.n ? fuzz_write(name, file.bytes, file.n) : fuzz_write(name, "{}", 2);
}

/* The stretches and the tokens between them are the text again. */
static void check_stretches(const AddedTokens *added, const char *text, size_t n) {
    for (size_t at = 0; at < n;) {
        AddedStretch stretch = added_tokens_next(added, text, n, at);
        require(stretch.begin == at && at <= stretch.end && stretch.end <= n);
        at = stretch.end;
        if (!stretch.token) {
            require(at > stretch.begin);  // else it would never end
            continue;
        }
        require(stretch.token->length && stretch.token->length <= n - at);
        require(memcmp(text + at, stretch.token->text, stretch.token->length) == 0);
        at += stretch.token->length;
    }
}

static void check(const AddedTokens *added, Vocab *vocab, FuzzInput text, Arena *arena) {
    Error err = {0};
    for (size_t i = 0; i < added->n; i++) {
        const AddedToken *token = &added->items[i];
        require(token->id >= 0 && (size_t)token->id < vocab->n);
        require(strlen(token->text) == token->length && fuzz_is_utf8(token->text, token->length));
        require(added_tokens_is_special(added, token->text) == token->special);
    }
    if (!added_tokens_extend(added, vocab, arena, &err)) {
        require(strstr(err.text, added->items[0].path) || strstr(err.text, ".json: "));
    } else {
        for (size_t i = 0; i < added->n; i++) {
            const AddedToken *token = &added->items[i];
            require(vocab_find(vocab, token->text, token->length) == token->id);
        }
    }
    check_stretches(added, (const char *)text.bytes, text.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    size_t n_ids = (size_t)fuzz_byte(&input) + 1;
    FuzzInput list = fuzz_part(&input), config = fuzz_part(&input);
    AddedTokens added;
    Vocab vocab;
    Arena arena = {0};
    Error err = {0};
    char folder[640];
    write_or_empty("tokenizer_config.json", config);
    snprintf(folder, sizeof folder, "%s", write_or_empty("added_tokens.json", list));
    *strrchr(folder, '/') = '\0';
    require(vocab_alloc(&vocab, n_ids, &arena, &err));
    require(vocab_add(&vocab, "vocab.json", "<x>", 0, &arena, &err));  // one that may be there too
    if (added_tokens_load(folder, n_ids, &added, &arena, &err))
        check(&added, &vocab, input, &arena);
    else
        require(strstr(err.text, folder));
    arena_free(&arena);
    return 0;
}
