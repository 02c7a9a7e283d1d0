/* vocab.json, for a model whose number of rows is the first byte. */
#include "base/json.h"
#include "fuzz.h"
#include "text/vocab_json.h"

/* What the reader of the usual form accepts, cJSON reads in the same way. */
static void compare_readers(const FuzzInput *input, size_t rows) {
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    require(vocab_alloc(&vocab, rows, &arena, &err));
    if (vocab_json_read((const char *)input->bytes, input->n, &vocab, &arena)) {
        cJSON *object = json_parse_object("vocab.json", input->bytes, input->n, &err), *entry;
        require(object);
        cJSON_ArrayForEach (entry, object)
            require(vocab_find(&vocab, entry->string, strlen(entry->string)) == entry->valueint);
        cJSON_Delete(object);
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    size_t rows = (size_t)fuzz_byte(&input) + 1;
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    compare_readers(&input, rows);
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
