/* Mapped files: what is no file is refused, and nothing hangs. */
#include "base/file.h"

#include "scratch.h"

static void refused(const char *path, const char *message) {
    MappedFile file;
    Error err = {0};
    assert_false(file_map(path, &file, &err));
    assert_contains(err.text, path);
    assert_contains(err.text, message);
    assert_null(file.data);
    file_unmap(&file);
}

static void a_file_is_mapped_whole(void **state) {
    (void)state;
    MappedFile file;
    Error err = {0};
    char bytes[10000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7);
    assert_true(file_map(scratch_write("ten-thousand", bytes, sizeof bytes), &file, &err));
    assert_int_equal(file.size, sizeof bytes);
    assert_memory_equal(file.data, bytes, sizeof bytes);
    file_unmap(&file);
    assert_null(file.data);
    file_unmap(&file);
}

/* The bytes are there again when they are read again, to the ends of any part. */
static void released_bytes_are_read_again(void **state) {
    (void)state;
    MappedFile file;
    Error err = {0};
    static char bytes[100000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7);
    assert_true(file_map(scratch_write("many", bytes, sizeof bytes), &file, &err));
    static const size_t parts[][2] = {{0, 100000}, {1, 99999}, {4096, 8192}, {5000, 100}, {7, 0}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        file_release(&file, file.data + parts[i][0], parts[i][1]);
        assert_memory_equal(file.data, bytes, sizeof bytes);
    }
    file_unmap(&file);
}

/* A copy stays what it was, whatever becomes of the file, and is never given back. */
static void a_copied_file_may_change(void **state) {
    (void)state;
    MappedFile file;
    Error err = {0};
    static char bytes[100000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7);
    const char *path = scratch_write("copied", bytes, sizeof bytes);
    file_copy(true);
    assert_true(file_map(path, &file, &err));
    refused(scratch_path("not-there"), "No such file");
    file_copy(false);
    assert_int_equal(truncate(path, 10), 0);
    file_release(&file, file.data, file.size);
    assert_int_equal(file.size, sizeof bytes);
    assert_memory_equal(file.data, bytes, sizeof bytes);
    assert_null(file_at(file.data));
    file_unmap(&file);
    assert_null(file.data);
}

static void an_empty_file_has_no_bytes(void **state) {
    (void)state;
    MappedFile file;
    Error err = {0};
    assert_true(file_map(scratch_write("empty", "", 0), &file, &err));
    assert_int_equal(file.size, 0);
    assert_non_null(file.data);
    file_unmap(&file);
}

static void files_are_equal_byte_for_byte(void **state) {
    (void)state;
    char a[200], b[200], c[200], d[200], empty[200];
    snprintf(a, sizeof a, "%s", scratch_write("a", "12345", 5));
    snprintf(b, sizeof b, "%s", scratch_write("b", "12345", 5));
    snprintf(c, sizeof c, "%s", scratch_write("c", "12346", 5));
    snprintf(d, sizeof d, "%s", scratch_write("d", "123456", 6));
    snprintf(empty, sizeof empty, "%s", scratch_write("nothing", "", 0));
    assert_true(file_equals(a, a));
    assert_true(file_equals(a, b));
    assert_true(file_equals(empty, empty));
    assert_false(file_equals(a, c));
    assert_false(file_equals(a, d));
    assert_false(file_equals(d, a));
    assert_false(file_equals(a, empty));
    assert_false(file_equals(a, scratch_path("missing")));
    assert_false(file_equals(scratch_folder, scratch_folder));
}

static void a_missing_file_is_named(void **state) {
    (void)state;
    refused(scratch_path("missing"), "No such file");
    refused("", "No such file");
}

static void a_directory_is_no_file(void **state) {
    (void)state;
    refused(scratch_folder, "a directory, expected a file");
}

static void a_device_is_no_file(void **state) {
    (void)state;
    refused("/dev/zero", "not a regular file");
}

static void a_fifo_does_not_hang(void **state) {
    (void)state;
    const char *path = scratch_path("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(20);
    refused(path, "not a regular file");
    alarm(0);
}

/* They are sparse: nothing is really written. */
static void a_file_that_is_too_large_is_refused(void **state) {
    (void)state;
    MappedFile file;
    Error err = {0};
    const bool small = sizeof(size_t) < 8;  // where an object has less than 2 GiB
    const off_t most = small ? PTRDIFF_MAX : (off_t)1 << 36;
    const char *path = scratch_write("large", "", 0);
    assert_int_equal(truncate(path, most), 0);
    if (file_map(path, &file, &err)) file_unmap(&file);      // the limit itself is allowed,
    if (*err.text) assert_contains(err.text, "cannot map");  // where so much can be mapped
    assert_int_equal(truncate(path, most + 1), 0);
    refused(path, small ? "2147483648 bytes, expected at most 2147483647"
                        : "68719476737 bytes, expected at most 68719476736");
}

static void an_unreadable_file_is_named(void **state) {
    (void)state;
    if (geteuid() == 0) skip();  // nothing is unreadable for root
    const char *path = scratch_write("secret", "x", 1);
    assert_int_equal(chmod(path, 0), 0);
    refused(path, "Permission denied");
}

static void an_address_belongs_to_the_file_mapped_there(void **state) {
    (void)state;
    MappedFile a, b;
    Error err = {0};
    assert_true(file_map(scratch_write("a", "12345", 5), &a, &err));
    assert_true(file_map(scratch_write("b", "123", 3), &b, &err));
    assert_string_equal(file_at(a.data), scratch_path("a"));
    assert_string_equal(file_at(a.data + 4), scratch_path("a"));
    assert_string_equal(file_at(b.data + 2), scratch_path("b"));
    assert_null(file_at(b.data + 3));
    assert_null(file_at(&err));
    const unsigned char *gone = a.data;
    file_unmap(&a);
    assert_null(file_at(gone));
    assert_string_equal(file_at(b.data), scratch_path("b"));
    file_unmap(&b);
}

/* More files than are kept in mind: no name for the last, and again one when others are gone. */
static void many_files_are_mapped(void **state) {
    (void)state;
    enum { N = 40 };
    MappedFile files[N], late;
    Error err = {0};
    const char *path = scratch_write("again", "12345", 5);
    for (size_t i = 0; i < N; i++) assert_true(file_map(path, &files[i], &err));
    assert_string_equal(file_at(files[0].data), path);
    assert_null(file_at(files[N - 1].data));
    for (size_t i = 0; i < N; i++) file_unmap(&files[i]);
    assert_true(file_map(path, &late, &err));
    assert_string_equal(file_at(late.data), path);
    file_unmap(&late);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_mapped_whole),
        cmocka_unit_test(released_bytes_are_read_again),
        cmocka_unit_test(a_copied_file_may_change),
        cmocka_unit_test(an_empty_file_has_no_bytes),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(a_directory_is_no_file),
        cmocka_unit_test(a_device_is_no_file),
        cmocka_unit_test(a_fifo_does_not_hang),
        cmocka_unit_test(files_are_equal_byte_for_byte),
        cmocka_unit_test(an_unreadable_file_is_named),
        cmocka_unit_test(a_file_that_is_too_large_is_refused),
        cmocka_unit_test(an_address_belongs_to_the_file_mapped_there),
        cmocka_unit_test(many_files_are_mapped),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
