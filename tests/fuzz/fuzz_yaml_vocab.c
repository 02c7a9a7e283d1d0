/* Marian's vocab.yml for a small model; the first byte is the number of its pieces. */
#include "fuzz.h"
#include "text/yaml_vocab.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    if (n == 0) return 0;
    size_t n_pieces = (size_t)bytes[0] + 1;
    const char *path = fuzz_write("vocab.yml", bytes + 1, n - 1);
    Vocab vocab;
    Arena arena = {0};
    Error err = {0};
    if (yaml_vocab_load(path, n_pieces, &vocab, &arena, &err) &&
        vocab_complete(&vocab, path, &err)) {
        require(vocab.n == n_pieces);
        for (size_t i = 0; i < n_pieces; i++) {
            require(fuzz_is_utf8(vocab.pieces[i], strlen(vocab.pieces[i])));
            int id = vocab_find(&vocab, vocab.pieces[i], strlen(vocab.pieces[i]));
            require(id == (int)i || strcmp(vocab.pieces[i], "<unk>") == 0);
        }
    } else {
        require(strstr(err.text, path));
    }
    arena_free(&arena);
    return 0;
}
