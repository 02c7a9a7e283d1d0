/* Out of memory, at every place in turn: the whole program runs again and again, and the k-th request
   for memory fails, for k = 1, 2, … until a run meets no failure. Every run must end well: status 1
   with one message and, on stdout, the beginning of the right answer, in whole lines; or, where the
   program could do without, the whole right answer. No crash, nothing left allocated, no file left.

   The linker puts this file between the program and the allocator (--wrap, see the Makefile), and in
   front of main. cJSON, a shared library, gets the same functions by its hooks; utf8proc is not asked
   for anything that allocates; the standard library and OpenBLAS keep their own. A run is a forked
   child with that command line.

   While a model is loaded all commands do the same: every request is failed for `inspect`, every
   13th for the others. After that every request is, for all. (Under the sanitizers, where a run takes
   thirty times as long, every 7th and every 91st.) */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "model/model.h"
#include "tiny_firefox.h"
#include "tiny_model.h"

#if defined XATTN_LEAK_CHECK || defined __SANITIZE_THREAD__
enum { STEP = 7 };
#else
enum { STEP = 1 };
#endif
enum { STRIDE = 13 * STEP, STATUS_LEAK = 97, MAX_ARGUMENTS = 16 };

/* What parent and child tell each other, in memory that they share. */
static struct {
    long fails;               // the number of the request that fails
    bool fails_on;            // and all after it
    atomic_long requests;     // so far
    atomic_bool failed;       // one did
    long requests_at_load;    // when the model was there
    atomic_long n_allocated;  // pieces of memory in use
} * shared;

/* ---- Between the program and the allocator */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
bool __real_model_load(const char *path, Precision precision, Model **model, Error *err);
_Noreturn void __real__Exit(int status);
int __real_main(int argc, char **argv);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
bool __wrap_model_load(const char *path, Precision precision, Model **model, Error *err);
_Noreturn void __wrap__Exit(int status);
int __wrap_main(int argc, char **argv);

static bool in_child;

/* Counts a request; true if it is one to refuse. */
static bool refuse(void) {
    if (!in_child) return false;
    long number = atomic_fetch_add(&shared->requests, 1) + 1;
    if (number != shared->fails && !(shared->fails_on && number > shared->fails)) return false;
    atomic_store(&shared->failed, true);
    errno = ENOMEM;
    return true;
}

static void *counted(void *memory) {
    if (in_child && memory) atomic_fetch_add(&shared->n_allocated, 1);
    return memory;
}

void *__wrap_malloc(size_t size) { return refuse() ? NULL : counted(__real_malloc(size)); }

void *__wrap_calloc(size_t n, size_t size) {
    return refuse() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *memory, size_t size) {
    if (refuse()) return NULL;
    void *bigger = __real_realloc(memory, size);
    return memory ? bigger : counted(bigger);
}

void __wrap_free(void *memory) {
    if (in_child && memory) atomic_fetch_sub(&shared->n_allocated, 1);
    __real_free(memory);
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset) {
    return refuse() ? MAP_FAILED : __real_mmap(address, size, protection, flags, fd, offset);
}

bool __wrap_model_load(const char *path, Precision precision, Model **model, Error *err) {
    bool ok = __real_model_load(path, precision, model, err);
    shared->requests_at_load = atomic_load(&shared->requests);
    return ok;
}

/* The end of the program, where everything has been freed. With SANITIZE=asan it leaves by exit, and
   LeakSanitizer looks. */
void __wrap__Exit(int status) {
    __real__Exit(atomic_load(&shared->n_allocated) ? STATUS_LEAK : status);
}

/* Statuses that are not the program's own. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "exitcode=98"; }
const char *__lsan_default_options(void);
const char *__lsan_default_options(void) { return "exitcode=97"; }

/* ---- One run */

static char *marian, *firefox;  // folders of two models; the first also holds the files below
static char answer[512];        // that of -o

typedef struct {
    int status;  // negative: the signal that ended it
    char *out, *messages;
} Outcome;

static void redirect(int from, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", marian, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || dup2(fd, from) != from) abort();
    close(fd);
}

static _Noreturn void run_child(char **argv) {
    int argc = 0;
    while (argv[argc]) argc++;
    redirect(STDOUT_FILENO, "stdout");
    redirect(STDERR_FILENO, "stderr");
    cJSON_InitHooks(&(cJSON_Hooks){__wrap_malloc, __wrap_free});
    in_child = true;
    exit(__real_main(argc, argv));
}

/* Runs the program and lets a request fail, none if the number is 0, or all from that one on. */
static Outcome run(char **argv, long fails, bool fails_on) {
    int status;
    size_t size;
    memset(shared, 0, sizeof *shared);
    shared->fails = fails;
    shared->fails_on = fails_on;
    unlink(answer);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) run_child(argv);
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    return (Outcome){WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
                     tiny_file_read(marian, "stdout", &size),
                     tiny_file_read(marian, "stderr", &size)};
}

static void outcome_free(Outcome *outcome) {
    free(outcome->out);
    free(outcome->messages);
}

/* ---- What it must look like */

/* How many files the run left: `answer`, or a temporary one, `answer.XXXXXX`. */
static int count_answers(void) {
    int n = 0;
    DIR *entries = opendir(marian);
    assert_non_null(entries);
    for (const struct dirent *entry; (entry = readdir(entries));)
        n += strncmp(entry->d_name, "answer", 6) == 0;
    closedir(entries);
    return n;
}

static bool is_beginning(const char *text, const char *whole) {
    size_t n = strlen(text);
    return strncmp(text, whole, n) == 0 && (n == 0 || text[n - 1] == '\n');
}

static bool is_memory_message(const char *text) {
    const char *end = strchr(text, '\n');
    return strncmp(text, "xattn: ", 7) == 0 && strstr(text, "memory") && end && end[1] == '\0';
}

static bool ended_well(const Outcome *outcome, const Outcome *right) {
    if (outcome->status == 0) return strcmp(outcome->out, right->out) == 0;
    return outcome->status == 1 && is_memory_message(outcome->messages) &&
           is_beginning(outcome->out, right->out) && count_answers() == 0;
}

static void check_run(char **argv, long fails, bool fails_on, const Outcome *right) {
    Outcome outcome = run(argv, fails, fails_on);
    if (!ended_well(&outcome, right))
        fail_msg("%s: request %ld fails%s: status %d, \"%.300s\", and on stdout \"%.300s\"",
                 argv[1], fails, fails_on ? ", and all after it" : "", outcome.status,
                 outcome.messages, outcome.out);
    outcome_free(&outcome);
}

/* Fails the requests of that command line, while the model loads fewer of them if not asked for all. */
static void check_command(const char *const *arguments, bool all_of_loading) {
    char *argv[MAX_ARGUMENTS] = {(char *)"xattn"};
    for (size_t i = 0; arguments[i]; i++) argv[i + 1] = (char *)arguments[i];
    Outcome right = run(argv, 0, false);
    if (right.status != 0) fail_msg("%s: status %d, %s", argv[1], right.status, right.messages);
    long n_load = shared->requests_at_load, n = shared->requests;
    assert_true(n_load > 0 && n >= n_load);
    long k = 1;
    do {
        check_run(argv, k, false, &right);
        k += all_of_loading || k >= n_load ? STEP : STRIDE;
    } while (shared->failed);  // the number varies a little: alignment depends on addresses
    assert_true(k > n - n / 10);
    for (k = 1; k <= n; k += STRIDE) check_run(argv, k, true, &right);
    outcome_free(&right);
}

/* ---- The commands */

#define COMMAND(...) check_command((const char *const[]){__VA_ARGS__, NULL}, false)

/* A file with that text n times over. */
static void write_lines(const char *name, const char *text, int n, char path[512]) {
    snprintf(path, 512, "%s/%s", marian, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    while (n-- > 0) fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void loading(void **state) {
    (void)state;
    check_command((const char *const[]){"inspect", marian, NULL}, true);
}

static void loading_firefox(void **state) {
    (void)state;
    check_command((const char *const[]){"inspect", firefox, NULL}, true);
}

static void translate(void **state) {
    (void)state;
    COMMAND("translate", "-q", "-m", marian, "a cat", "", "the mat is black");
    COMMAND("translate", "-q", "-m", marian, "--json", "--align", "a cat");
    COMMAND("translate", "-q", "-m", firefox, "a cat. The mat is black.");
}

static void translate_by_beam_search(void **state) {
    (void)state;
    COMMAND("translate", "-q", "-m", marian, "--beam", "3", "--nbest", "2", "a cat", "mat");
    COMMAND("translate", "-q", "-m", firefox, "--beam", "2", "--json", "--align", "a cat");
}

/* More lines than are translated together, so that some have been written when memory ends. */
static void translate_a_file(void **state) {
    (void)state;
    char in[512];
    write_lines("lines", "a cat\n\n\n\n\n\n\n\n\n\n", 30, in);
    COMMAND("translate", "-q", "-m", marian, "--max-length", "4", "-i", in);
    COMMAND("translate", "-q", "-m", marian, "--max-length", "4", "-i", in, "-o", answer);
}

static void align(void **state) {
    (void)state;
    COMMAND("align", "-q", "-m", marian, "a cat", "no");
    COMMAND("align", "-q", "-m", marian, "--layer", "all", "--head", "all", "--format", "json",
            "a");
    COMMAND("align", "-q", "-m", marian, "--words", "--format", "tsv", "a cat");
    COMMAND("align", "-q", "-m", marian, "--head", "mean", "--format", "npy", "a cat");
    COMMAND("align", "-q", "-m", marian, "--target", "the mat", "a cat");
}

static void align_as_links(void **state) {
    (void)state;
    COMMAND("align", "-q", "-m", marian, "--format", "pharaoh", "a cat");
    COMMAND("align", "-q", "-m", marian, "--format", "pharaoh", "--reverse", firefox, "a cat");
}

static void align_as_pictures(void **state) {
    (void)state;
    COMMAND("align", "-q", "-m", marian, "--format", "svg", "a cat");
    COMMAND("align", "-q", "-m", marian, "--format", "svg", "--style", "lines", "a cat");
    COMMAND("align", "-q", "-m", marian, "--format", "html", "a cat");
}

static void score(void **state) {
    (void)state;
    char in[512];
    write_lines("pairs", "a cat\tthe mat\n", 3, in);
    COMMAND("score", "-q", "-m", marian, "-i", in);
    COMMAND("score", "-q", "-m", firefox, "--json", "-i", in);
}

static void pieces(void **state) {
    (void)state;
    COMMAND("tokenize", "-q", "-m", marian, "a cat", "the mat");
    COMMAND("tokenize", "-q", "-m", firefox, "--ids", "a cat");
    COMMAND("detokenize", "-q", "-m", marian, "--ids", "4 5 6");
}

/* ---- */

static int prepare(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    TinyFirefox firefox_options = tiny_firefox_default();
    options.max_length = 6;
    firefox_options.shortlist = true;
    marian = tiny_model_write(&options);
    firefox = tiny_firefox_write(&firefox_options);
    snprintf(answer, sizeof answer, "%s/answer", marian);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return shared == MAP_FAILED ? -1 : 0;
}

static int clean_up(void **state) {
    (void)state;
    tiny_model_remove(marian);
    tiny_model_remove(firefox);
    return 0;
}

int __wrap_main(int argc, char **argv) {
    (void)argc;
    (void)argv;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading),
        cmocka_unit_test(loading_firefox),
        cmocka_unit_test(translate),
        cmocka_unit_test(translate_by_beam_search),
        cmocka_unit_test(translate_a_file),
        cmocka_unit_test(align),
        cmocka_unit_test(align_as_links),
        cmocka_unit_test(align_as_pictures),
        cmocka_unit_test(score),
        cmocka_unit_test(pieces),
    };
    return cmocka_run_group_tests(tests, prepare, clean_up);
}
