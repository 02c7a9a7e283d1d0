/* vocab.json: every piece is found. The ways to get it wrong: tests/hostile/test_configs.c. */
#include "text/vocab.h"

#include "../base/scratch.h"
#include "base/buffer.h"

static void pieces_are_found_and_nothing_else(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    const char *path =
        scratch_write_text("vocab.json",
                           "{\"</s>\": 0, \"\xE2\x96\x81the\": 3, \"\": 2, \"t\\\"\\n\": 1, "
                           "\"caf\\u00e9\": 4}");
    if (!vocab_load(path, 5, &vocab, &arena, &err)) fail_msg("%s", err.text);
    assert_int_equal(vocab.n, 5);
    assert_string_equal(vocab.pieces[0], "</s>");
    assert_string_equal(vocab.pieces[4], "caf\xC3\xA9");
    assert_int_equal(vocab_find(&vocab, "</s>", 4), 0);
    assert_int_equal(vocab_find(&vocab, "t\"\n", 3), 1);
    assert_int_equal(vocab_find(&vocab, "", 0), 2);
    assert_int_equal(vocab_find(&vocab, "\xE2\x96\x81the quick", 6), 3);  // the length counts
    assert_int_equal(vocab_find(&vocab, "\xE2\x96\x81the quick", 5), -1);
    assert_int_equal(vocab_find(&vocab, "\xE2\x96\x81the quick", 7), -1);
    assert_int_equal(vocab_find(&vocab, "</S>", 4), -1);
    assert_int_equal(vocab_find(&vocab, "</s>\0", 5), -1);
    arena_free(&arena);
}

static void large_vocabularies_are_found_whole(void **state) {
    (void)state;
    enum { N = 20000 };
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    Buffer json = {0};
    for (int i = 0; i < N; i++)
        buffer_format(&json, "%s\"piece%d\": %d", i ? ", " : "{", i, (i * 7919) % N);
    buffer_string(&json, "}");
    const char *path = scratch_write("vocab.json", json.data, json.size);
    buffer_free(&json);
    if (!vocab_load(path, N, &vocab, &arena, &err)) fail_msg("%s", err.text);
    for (int i = 0; i < N; i++) {
        char piece[32];
        snprintf(piece, sizeof piece, "piece%d", i);
        assert_int_equal(vocab_find(&vocab, piece, strlen(piece)), (i * 7919) % N);
        assert_string_equal(vocab.pieces[(i * 7919) % N], piece);
    }
    assert_int_equal(vocab_find(&vocab, "piece20000", 10), -1);
    arena_free(&arena);
}

/* Embeddings that were resized to a round number: the last ids have no piece. Others must have one. */
static void the_last_ids_may_have_no_piece(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        const char *message;
    } cases[] = {
        {"{\"a\": 0, \"b\": 1}", 2, NULL},
        {"{\"a\": 0, \"b\": 1}", 9, NULL},
        {"{\"a\": 0, \"b\": 1}", 1026, NULL},
        {"{\"a\": 0, \"b\": 1}", 1027, "2 pieces, the model has embeddings for 1027"},
        {"{\"a\": 0, \"b\": 3}", 9, "no piece has the id 1, and one has 3"},
        {"{}", 9, "0 pieces, the model has embeddings for 9"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Arena arena = {0};
        Error err = {0};
        Vocab vocab;
        const char *path = scratch_write_text("vocab.json", cases[i].text);
        assert_true(vocab_load(path, cases[i].n, &vocab, &arena, &err));
        assert_int_equal(vocab_complete(&vocab, path, &err), cases[i].message == NULL);
        if (cases[i].message)
            assert_contains(err.text, cases[i].message);
        else
            for (size_t id = 2; id < cases[i].n; id++)
                assert_string_equal(vocab.pieces[id], "<unk>");
        assert_int_equal(vocab_find(&vocab, "<unk>", 5), -1);
        arena_free(&arena);
    }
}

static void refused(const char *path, size_t n, const char *message) {
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    assert_false(vocab_load(path, n, &vocab, &arena, &err));
    assert_contains(err.text, path);
    assert_contains(err.text, message);
    arena_free(&arena);
}

/* The hash of vocab.c, by which its table can be attacked. */
static uint64_t hash(const char *text) {
    uint64_t h = 14695981039346656037u;
    for (; *text; text++) h = (h ^ (unsigned char)*text) * 1099511628211u;
    return h ^ h >> 32;
}

static void pieces_made_to_collide_are_refused(void **state) {
    (void)state;
    enum { N = 1100, SLOTS = 4096 };
    Buffer json = {0};
    for (unsigned i = 0, found = 0; found < N; i++) {
        char piece[32];
        snprintf(piece, sizeof piece, "%x", i);
        if (hash(piece) % SLOTS != 7) continue;
        buffer_format(&json, "%s\"%s\": %u", found ? ", " : "{", piece, found);
        found++;
    }
    buffer_string(&json, "}");
    const char *path = scratch_write("vocab.json", json.data, json.size);
    buffer_free(&json);
    refused(path, N, "collides with 1000 pieces, more than happens by chance");
}

static void what_is_no_file_is_refused(void **state) {
    (void)state;
    refused(scratch_path("missing"), 3, "No such file");
    refused(scratch_folder, 3, "a directory");
    const char *fifo = scratch_path("fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    alarm(20);
    refused(fifo, 3, "not a regular file");
    alarm(0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_found_and_nothing_else),
        cmocka_unit_test(large_vocabularies_are_found_whole),
        cmocka_unit_test(the_last_ids_may_have_no_piece),
        cmocka_unit_test(pieces_made_to_collide_are_refused),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
