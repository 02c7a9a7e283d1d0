/* vocab.json, for a model whose number of rows is the first byte. */
#include "fuzz.h"
#include "text/vocab.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    size_t rows = (size_t)fuzz_byte(&input) + 1;
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    const char *path = fuzz_write("vocab.json", input.bytes, input.n);
    if (vocab_load(path, rows, &vocab, &arena, &err) && vocab_complete(&vocab, path, &err)) {
        require(vocab.n == rows);
        for (size_t id = 0; id < rows; id++) {
            int found = vocab_find(&vocab, vocab.pieces[id], strlen(vocab.pieces[id]));
            require(found == (int)id || strcmp(vocab.pieces[id], "<unk>") == 0);
        }
        (void)vocab_find(&vocab, (const char *)input.bytes, input.n);
    } else {
        require(strstr(err.text, "vocab.json: "));
    }
    arena_free(&arena);
    return 0;
}
