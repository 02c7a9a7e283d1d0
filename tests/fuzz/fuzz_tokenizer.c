/* Text of any kind through tokenizers that are sound; the first byte picks one, and how many tokens
   there may be. */
#include "fuzz_model.h"
#include "fuzz_pieces.h"
#include "text/tokenizer.h"

/* Text whose characters are all known comes back: only spaces, and what looks like one, may change. */
static void check_round_trip(const SentencePiece *sp, const PieceList *list) {
    Buffer out = {0};
    buffer_string(&out, "");
    fuzz_decode(sp, list, &out);
    require(fuzz_is_utf8(out.data, out.size));
    const char *symbol = "\xE2\x96\x81", *from = list->normalized.data, *to = out.data;
    bool all_known = true;
    for (int i = 0; i < list->n; i++) {
        const char *piece = sentencepiece_piece(sp, list->items[i].id);
        all_known = all_known && strcmp(piece, "<unk>") != 0;
    }
    while (all_known && from) {
        while (*from == ' ' || strncmp(from, symbol, 3) == 0) from += *from == ' ' ? 1 : 3;
        while (*to == ' ') to++;
        require(*from == *to);
        if (!*from) break;
        from++;
        to++;
    }
    buffer_free(&out);
}

typedef struct {
    const char *path;
    SentencePiece *sp;
    bool falls_back;
} Model;

static void check_pieces(Model *model, FuzzInput input) {
    PieceList list = {0};
    Error err = {0};
    if (!model->sp) {
        require(sentencepiece_load(model->path, &model->sp, &err));
        model->falls_back = fuzz_falls_back(model->sp);
    }
    fuzz_encode(model->sp, model->falls_back, input.bytes, input.n, &list);
    require(fuzz_is_utf8(list.normalized.data ? list.normalized.data : "", list.normalized.size));
    if (!input.n || !memchr(input.bytes, '\0', input.n)) check_round_trip(model->sp, &list);
    piece_list_free(&list);
}

/* Text to ids and back, in a model with tags, where an unknown tag may be refused. */
static void check_tokens(size_t most, FuzzInput input) {
    static Tokenizer tokenizer;
    static Arena model_arena;
    const TinyModel options = {.source_vocab = 61};
    Error err = {0};
    if (!tokenizer.source.pieces) {
        TinyModel tiny = tiny_model_default();
        tiny.tags = true;
        char *directory = tiny_model_write(&tiny);
        require(tokenizer_load(directory, tiny.source_vocab, 0, &tokenizer, &model_arena, &err));
        tiny_model_remove(directory);
    }
    Arena arena = {0};
    Tokens tokens;
    Buffer text = {0};
    bool cut;
    if (tokenizer_encode(&tokenizer, XATTN_SOURCE, (const char *)input.bytes, input.n, most,
                         &tokens, &cut, &arena, &err)) {
        require(tokens.n >= 1 && tokens.n <= most && tokens.ids[tokens.n - 1] == 0);
        require(!cut || tokens.n == most);
        for (size_t i = 0; i < tokens.n; i++)
            require(tokens.ids[i] >= 0 && tokens.ids[i] < (int)options.source_vocab);
        require(tokenizer_join(&tokenizer, XATTN_SOURCE, (const char *const *)tokens.pieces,
                               tokens.n, &text, &err));
    } else {
        require(strstr(err.text, "unknown tag >>"));
    }
    buffer_free(&text);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static Model models[] = {{.path = "models/en-fr/source.spm"},
                             {.path = "tests/goldens/text/raw.spm"},
                             {.path = "tests/goldens/text/rules.spm"},
                             {.path = "tests/goldens/marian-odd/target.spm"}};
    enum { N = sizeof models / sizeof models[0] };
    FuzzInput input = {bytes, n};
    uint8_t pick = fuzz_byte(&input);
    check_pieces(&models[pick % N], input);
    check_tokens(2 + pick / N, input);
    return 0;
}
