/* The shortlist: which words it offers. The ways to get its file wrong: tests/hostile/test_firefox.c. */
#include "model/shortlist.h"

#include "../base/scratch.h"
#include "base/buffer.h"

enum { SOURCE = 4, TARGET = 20, FREQUENT = 3, N_IDS = 7 };

/* The file without its checksum, as numbers that tests change. */
typedef struct {
    uint64_t magic, checksum, frequent, best, n_offsets, n_ids, offsets[SOURCE + 1];
    uint32_t ids[N_IDS + 1];  // the last one is not part of the file
} File;

static const File sound = {.magic = UINT64_C(0xF11A48D5013417F5),
                           .frequent = FREQUENT,
                           .best = 4,
                           .n_offsets = SOURCE + 1,
                           .n_ids = N_IDS,
                           .offsets = {0, 0, 2, 6, 7},
                           .ids = {5, 9, 19, 5, 1, 11, 12}};

enum { FILE_SIZE = offsetof(File, ids) + N_IDS * sizeof(uint32_t) };

/* The definition in shortlist.h, word by word. */
static uint64_t checksum_of(const File *file) {
    uint64_t h = 0, w;
    for (size_t at = 2 * sizeof w; at + sizeof w <= FILE_SIZE; at += sizeof w) {
        memcpy(&w, (const char *)file + at, sizeof w);
        h = h ^ (w + UINT64_C(0x9e3779b9) + 64 * h + h / 4);
    }
    return h;
}

static bool open_bytes(const void *bytes, size_t n, bool shared, Shortlist *s, Error *err) {
    return shortlist_open(scratch_write("lex.bin", bytes, n), SOURCE, TARGET, shared, s, err);
}

static void expect(bool shared, const int *source, size_t n, const int *expected, size_t n_ids) {
    File file = sound;
    Shortlist s;
    Error err = {0};
    Arena arena = {0};
    size_t found;
    file.checksum = checksum_of(&file);
    if (!open_bytes(&file, FILE_SIZE, shared, &s, &err)) fail_msg("%s", err.text);
    const int *ids = shortlist_candidates(&s, source, n, 0, &found, &arena, &err);
    assert_non_null(ids);
    assert_int_equal(found, n_ids);
    assert_memory_equal(ids, expected, n_ids * sizeof *ids);
    shortlist_close(&s);
    arena_free(&arena);
}

static void candidates_are_sorted_and_unique(void **state) {
    (void)state;
    static const int source[] = {2, 1, 0};
    static const int expected[] = {0, 1, 2, 5, 9, 11, 19};
    expect(false, source, 3, expected, 7);
    static const int other[] = {3, 3, 3};
    static const int expected_other[] = {0, 1, 2, 12};
    expect(false, other, 3, expected_other, 4);
}

static void pieces_of_a_shared_vocabulary_may_be_copied(void **state) {
    (void)state;
    static const int source[] = {3, 0};
    static const int expected[] = {0, 1, 2, 3, 12};
    expect(true, source, 2, expected, 5);
}

static void the_end_is_always_a_candidate(void **state) {
    (void)state;
    static const int source[] = {1}, expected[] = {5, 9, 17};
    File file = sound;
    Shortlist s;
    Error err = {0};
    Arena arena = {0};
    size_t n;
    file.frequent = 0;
    file.checksum = checksum_of(&file);
    assert_true(open_bytes(&file, FILE_SIZE, false, &s, &err));
    const int *ids = shortlist_candidates(&s, source, 1, 17, &n, &arena, &err);
    assert_int_equal(n, 3);
    assert_memory_equal(ids, expected, sizeof expected);
    shortlist_close(&s);
    arena_free(&arena);
}

/* Fails unless the bytes are refused with a message that names the file and holds `message`. */
static void refused(const void *bytes, size_t n, const char *message) {
    Shortlist s;
    Error err = {0};
    assert_false(open_bytes(bytes, n, true, &s, &err));
    assert_contains(err.text, scratch_path("lex.bin"));
    assert_contains(err.text, message);
    shortlist_close(&s);
}

static void every_short_file_is_refused(void **state) {
    (void)state;
    File file = sound;
    file.checksum = checksum_of(&file);
    for (size_t n = 0; n < FILE_SIZE; n++) refused(&file, n, "bytes");
    refused(&file, FILE_SIZE + 4, "bytes do not hold 5 offsets and 7 ids");
    refused(&file, FILE_SIZE + 1, "bytes do not hold 5 offsets and 7 ids");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_are_sorted_and_unique),
        cmocka_unit_test(pieces_of_a_shared_vocabulary_may_be_copied),
        cmocka_unit_test(the_end_is_always_a_candidate),
        cmocka_unit_test(every_short_file_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
