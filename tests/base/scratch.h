/* scratch.h: a folder for the files that a test makes; gone when its program ends

       cmocka_run_group_tests(tests, scratch_make, scratch_remove)

   The folder is flat. Names are given without it. */
#ifndef XATTN_TESTS_SCRATCH_H
#define XATTN_TESTS_SCRATCH_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char scratch_folder[] = "/tmp/xattn-test-XXXXXX";

/* FOLDER/NAME; good for the next three calls. */
static inline const char *scratch_path(const char *name) {
    static char paths[4][512];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_folder, name);
    return path;
}

static inline int scratch_make(void **state) {
    (void)state;
    return mkdtemp(scratch_folder) ? 0 : -1;
}

static inline int scratch_remove(void **state) {
    (void)state;
    DIR *folder = opendir(scratch_folder);
    if (!folder) return -1;
    for (const struct dirent *entry; (entry = readdir(folder));)
        remove(scratch_path(entry->d_name));
    closedir(folder);
    return rmdir(scratch_folder);
}

/* Writes n bytes to a file of that name, in place of what it may hold. */
static inline const char *scratch_write(const char *name, const void *bytes, size_t n) {
    const char *path = scratch_path(name);
    remove(path);  // a file that is cut and written again may go to the disk first
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *scratch_write_text(const char *name, const char *text) {
    return scratch_write(name, text, strlen(text));
}

/* Fails unless `text` contains `part`, and shows both. */
#define assert_contains(text, part)                                      \
    do {                                                                 \
        if (!strstr(text, part)) {                                       \
            print_error("\"%s\" does not contain \"%s\"\n", text, part); \
            fail();                                                      \
        }                                                                \
    } while (0)

#endif
