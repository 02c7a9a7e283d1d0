/* ZIP archives: what is read, and every way to get them wrong that a byte or two can make. */
#include "model/zip.h"

#include "../base/scratch.h"
#include "base/buffer.h"
#include "zip_file.h"

static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabcbcbcbcbcbcbcbc";

static Buffer sample(bool zip64) {
    ZipFile file = {.zip64 = zip64};
    Buffer bytes = {0};
    zip_file_add(&file, "b/stored", text, sizeof text, false);
    zip_file_add(&file, "a", text, sizeof text, true);
    zip_file_add(&file, "nothing", "", 0, false);
    zip_file_add(&file, "nothing deflated", "", 0, true);
    zip_file_finish(&file, &bytes);
    return bytes;
}

static bool read_all(const void *bytes, size_t n, Zip *zip, Arena *arena, Error *err) {
    const MappedFile file = {.data = bytes, .size = n};
    bool ok = zip_open("x.zip", &file, zip, arena, err);
    for (size_t i = 0; ok && i < zip->n; i++) ok = zip_read(zip, &zip->entries[i], arena, err);
    return ok;
}

static void refused(const void *bytes, size_t n, const char *message) {
    Arena arena = {0};
    Error err = {0};
    Zip zip;
    assert_false(read_all(bytes, n, &zip, &arena, &err));
    assert_contains(err.text, "x.zip: ");
    assert_contains(err.text, message);
    bool is_other = strstr(message, "encrypted") || strstr(message, "not supported");
    assert_int_equal(err.kind, is_other ? XATTN_UNSUPPORTED : XATTN_MALFORMED);
    arena_free(&arena);
}

static void expect_entries(const Buffer *bytes) {
    Arena arena = {0};
    Error err = {0};
    Zip zip;
    if (!read_all(bytes->data, bytes->size, &zip, &arena, &err)) fail_msg("%s", err.text);
    assert_int_equal(zip.n, 4);
    const ZipEntry *stored = zip_find(&zip, "b/stored"), *deflated = zip_find(&zip, "a");
    assert_true(stored && deflated && zip_find(&zip, "nothing") && !zip_find(&zip, "b"));
    assert_true(deflated->n_stored < sizeof text && deflated->n_bytes == sizeof text);
    assert_string_equal((const char *)deflated->bytes, text);
    assert_string_equal((const char *)stored->bytes, text);
    assert_ptr_equal(stored->bytes, stored->stored);  // not copied
    arena_free(&arena);
}

static void entries_are_read(void **state) {
    (void)state;
    for (int zip64 = 0; zip64 < 2; zip64++) {
        Buffer bytes = sample(zip64);
        expect_entries(&bytes);
        buffer_free(&bytes);
    }
    Buffer bytes = sample(false);  // with a comment at the end
    bytes.data[bytes.size - 2] = 5;
    buffer_string(&bytes, "hello");
    expect_entries(&bytes);
    buffer_free(&bytes);
}

static void every_short_file_is_refused(void **state) {
    (void)state;
    for (int zip64 = 0; zip64 < 2; zip64++) {
        Buffer bytes = sample(zip64);
        for (size_t n = 0; n < bytes.size; n++) refused(bytes.data, n, "");
        buffer_free(&bytes);
    }
}

/* Where things are in the first entry of sample(false), and in its entry of the directory. */
enum { LOCAL_DATA = 38, CRC = 16, N_STORED = 20, N_BYTES = 24, N_NAME = 28, PLACE = 42, NAME = 46 };

typedef struct {
    const char *name;
    int from_end;       // `at` counts from the end record, not from the directory
    size_t at, n;       // the bytes to change
    const char *bytes;  // what to
    const char *message;
} Edit;

static const Edit edits[] = {
    {"encrypted", 0, 8, 1, "\1", "b/stored is encrypted"},
    {"bzip2", 0, 10, 1, "\x0C", "b/stored: compression method 12 is not supported"},
    {"another CRC", 0, CRC, 1, "\0", "b/stored is damaged: its CRC-32 is"},
    {"stored with another size", 0, N_BYTES, 1, "\7", "49 bytes stored cannot be 7 bytes"},
    {"bytes past the end", 0, N_STORED, 8, "\0\7\0\0\0\7\0\0", "1792 bytes in 1792"},
    {"bytes past the directory", 0, N_STORED, 8, "\xFF\0\0\0\xFF\0\0\0", "which is past the end"},
    {"4 GiB of bytes", 0, N_BYTES, 4, "\xFE\xFF\xFF\xFF", "more than the file can hold"},
    {"ZIP64 without the field", 0, N_BYTES, 4, "\xFF\xFF\xFF\xFF", "more than the file can hold"},
    {"its header elsewhere", 0, PLACE, 1, "\1", "its header is not where the directory has it"},
    {"its header past the end", 0, PLACE, 4, "\0\0\0\x7F", "its header is not where"},
    {"a name past the directory", 0, N_NAME, 2, "\xFF\xFF", "goes past the directory's end"},
    {"no name", 0, N_NAME, 2, "\0\0", "name is empty, too long, or holds a NUL"},
    {"a NUL in a name", 0, NAME, 1, "\0", "name is empty, too long, or holds a NUL"},
    {"a name that is not UTF-8", 0, NAME, 1, "\xFF", "name is not UTF-8"},
    {"not a directory", 0, 0, 1, "X", "lacks an entry where one should be"},
    {"one entry more", 1, 10, 1, "\5", "too short for its entries"},
    {"more entries than room", 1, 10, 2, "\xFF\xFF", "too short for its entries"},
    {"directory past the end", 1, 16, 4, "\0\0\0\x7F", "its directory lies past its end"},
    {"directory too long", 1, 12, 4, "\0\0\0\x7F", "its directory lies past its end"},
    {"the second of two disks", 1, 4, 1, "\1", "it is one of several files"},
};

static void a_changed_archive_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        Buffer bytes = sample(false);
        size_t end = bytes.size - 22, directory = 0;
        memcpy(&directory, bytes.data + end + 16, 4);
        memcpy(bytes.data + (edits[i].from_end ? end : directory) + edits[i].at, edits[i].bytes,
               edits[i].n);
        print_message("%s\n", edits[i].name);
        refused(bytes.data, bytes.size, edits[i].message);
        buffer_free(&bytes);
    }
}

/* The second entry of the directory has the place or the name of the first. */
static void entries_that_share_are_refused(void **state) {
    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        ZipFile file = {0};
        Buffer bytes = {0};
        zip_file_add(&file, "a", text, sizeof text, false);
        zip_file_add(&file, twice ? "a" : "b", text, sizeof text, false);
        if (!twice) file.directory.data[NAME + 1 + PLACE] = 0;
        zip_file_finish(&file, &bytes);
        refused(bytes.data, bytes.size, twice ? "a occurs twice" : " overlaps ");
        buffer_free(&bytes);
    }
}

static void what_does_not_inflate_is_damaged(void **state) {
    (void)state;
    ZipFile file = {0};
    Buffer bytes = {0};
    zip_file_add(&file, "a", text, sizeof text, true);
    zip_file_finish(&file, &bytes);
    bytes.data[31] = '\xFF';
    refused(bytes.data, bytes.size, "a is damaged: it does not inflate to 49 bytes");
    buffer_free(&bytes);
}

/* A bomb: an entry of a few bytes that declares a gigabyte. */
static void no_memory_for_what_cannot_be(void **state) {
    (void)state;
    ZipFile file = {0};
    Buffer bytes = {0};
    zip_file_add(&file, "a", text, sizeof text, true);
    size_t n = 1 << 30;
    memcpy(file.directory.data + N_BYTES, &n, 4);
    zip_file_finish(&file, &bytes);
    refused(bytes.data, bytes.size, "more than the file can hold");
    buffer_free(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_read),
        cmocka_unit_test(every_short_file_is_refused),
        cmocka_unit_test(a_changed_archive_is_refused),
        cmocka_unit_test(entries_that_share_are_refused),
        cmocka_unit_test(what_does_not_inflate_is_damaged),
        cmocka_unit_test(no_memory_for_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
