/* A program with threads of its own that uses the library from all of them, and OpenBLAS itself.
   `make tsan` runs this file under ThreadSanitizer. */
#define _GNU_SOURCE  // RTLD_DEFAULT
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tiny_model.h"
#include "xattn.h"

enum { THREADS = 4, ROUNDS = 3 };

static char *directory;

/* Opens, translates and closes, again and again; what it read in the end, or NULL. */
static void *work(void *argument) {
    static const char *const text[] = {"the cat sat on the mat"};
    xattn_translation **last = argument;
    xattn_error err;
    for (int round = 0; round < ROUNDS; round++) {
        xattn_model *model;
        xattn_translation *translation = NULL;
        xattn_options options = {XATTN_OPTIONS, .threads = 2, .scores = true};
        if (!(model = xattn_open(directory, NULL, &err))) return NULL;
        bool ok = xattn_translate(model, text, 1, &options, &translation, &err);
        xattn_close(model);
        if (!ok) return NULL;
        xattn_translation_free(*last);
        *last = translation;
    }
    return NULL;
}

static void threads_open_translate_and_close(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    xattn_translation *found[THREADS] = {0};
    void *symbol = dlsym(RTLD_DEFAULT, "openblas_get_num_threads");
    int (*get_threads)(void) = NULL;
    memcpy(&get_threads, &symbol, sizeof symbol);
    int before = get_threads ? get_threads() : 0;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &found[i]), 0);
    for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_non_null(found[i]);
        assert_string_equal(found[i]->text, found[0]->text);
        assert_true(found[i]->score == found[0]->score);
    }
    for (size_t i = 0; i < THREADS; i++) xattn_translation_free(found[i]);
    if (get_threads) assert_int_equal(get_threads(), before);
}

static int make(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    directory = tiny_model_write(&options);
    return directory == NULL;
}

static int remove_it(void **state) {
    (void)state;
    tiny_model_remove(directory);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_open_translate_and_close)};
    return cmocka_run_group_tests(tests, make, remove_it);
}
