/* The tasks: right answers, right alignments, and nothing that is held out among what is learned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "learn/tasks.h"

enum { MANY = 3000 };

static const char *piece_of(const Pieces *pieces, int id) {
    const char *piece = pieces->items[id], *space = "▁";
    return strncmp(piece, space, strlen(space)) == 0 ? piece + strlen(space) : piece;
}

/* The text, with a space before every ▁ but the first. */
static void text_of(const Pieces *pieces, const int *ids, size_t n, char *text) {
    *text = '\0';
    for (size_t i = 0; i + 1 < n; i++) {
        const char *piece = piece_of(pieces, ids[i]);
        strcat(text, i && piece != pieces->items[ids[i]] ? " " : "");
        strcat(text, piece);
    }
}

typedef void Check(const Pieces *pieces, const Example *example, const char *source,
                   const char *target);

static void check(size_t task, Check *is_right) {
    Arena arena = {0};
    Error err;
    Pieces pieces;
    Random random = random_start(7);
    assert_true(task_pieces(&tasks[task], &pieces, &arena, &err));
    for (size_t i = 0; i < MANY; i++) {
        char source[256], target[64];
        Example e = task_example(&tasks[task], &pieces, &random, i % 2);
        assert_true(e.n_source <= MOST_PIECES && e.n_target <= MOST_PIECES);
        assert_true(e.source[e.n_source - 1] == EOS && e.target[e.n_target - 1] == EOS);
        for (size_t k = 0; k < e.n_source; k++) assert_int_not_equal(e.source[k], UNKNOWN);
        for (size_t k = 0; k < e.n_target; k++) assert_int_not_equal(e.target[k], UNKNOWN);
        text_of(&pieces, e.source, e.n_source, source);
        text_of(&pieces, e.target, e.n_target, target);
        is_right(&pieces, &e, source, target);
    }
    arena_free(&arena);
}

/* ---- numbers, read by a reader that knows nothing of how they are made ---- */

static const struct {
    const char *word;
    size_t value;
} words[] = {{"one", 1},        {"two", 2},       {"three", 3},     {"four", 4},
             {"five", 5},       {"six", 6},       {"seven", 7},     {"eight", 8},
             {"nine", 9},       {"ten", 10},      {"eleven", 11},   {"twelve", 12},
             {"thirteen", 13},  {"fourteen", 14}, {"fifteen", 15},  {"sixteen", 16},
             {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20},
             {"thirty", 30},    {"forty", 40},    {"fifty", 50},    {"sixty", 60},
             {"seventy", 70},   {"eighty", 80},   {"ninety", 90}};

static size_t value_of(const char *word) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, word) == 0) return words[i].value;
    return 0;
}

static size_t read_number(const char *text) {
    char copy[256];
    size_t total = 0, group = 0;
    strcpy(copy, text);
    for (char *word = strtok(copy, " -"); word; word = strtok(NULL, " -")) {
        if (strcmp(word, "thousand") == 0) {
            total = 1000 * group;
            group = 0;
        } else if (strcmp(word, "hundred") == 0) {
            group *= 100;
        } else {
            group += value_of(word);  // and: 0
        }
    }
    return total + group;
}

/* A word may stand for a digit if the digit is in its value. */
static void number_is_right(const Pieces *pieces, const Example *e, const char *source,
                            const char *target) {
    char digits[16];
    snprintf(digits, sizeof digits, "%zu", read_number(source));
    assert_string_equal(target, digits);
    int before = 0;
    for (size_t t = 0; digits[t]; t++) {
        assert_int_equal(e->truth[t] == NOWHERE, digits[t] == '0');
        if (e->truth[t] == NOWHERE) continue;
        const char *word = piece_of(pieces, e->source[e->truth[t]]);
        size_t value = value_of(word + (*word == '-')), digit = (size_t)(digits[t] - '0');
        assert_true(value % 10 == digit || value / 10 == digit);
        assert_true(e->truth[t] >= before);  // from left to right
        before = e->truth[t];
    }
}

static void numbers(void **state) {
    (void)state;
    check(0, number_is_right);
}

/* ---- dates ---- */

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

static const char *ending_of(int day) {
    if (day == 1 || day == 21 || day == 31) return "st";
    if (day == 2 || day == 22) return "nd";
    return day == 3 || day == 23 ? "rd" : "th";
}

static void date_is_right(const Pieces *pieces, const Example *e, const char *source,
                          const char *target) {
    char styles[3][64];
    int year, month, day;
    assert_int_equal(sscanf(target, "%4d-%2d-%2d", &year, &month, &day), 3);
    const char *name = month_names[month - 1];
    snprintf(styles[0], sizeof styles[0], "the %d%s of %s %d", day, ending_of(day), name, year);
    snprintf(styles[1], sizeof styles[1], "%s %d, %d", name, day, year);
    snprintf(styles[2], sizeof styles[2], "%d %s %d", day, name, year);
    assert_true(strcmp(source, styles[0]) == 0 || strcmp(source, styles[1]) == 0 ||
                strcmp(source, styles[2]) == 0);
    for (size_t t = 0; t < 10; t++) {
        bool nowhere = t == 4 || t == 7 || (t == 8 && day < 10);
        assert_int_equal(e->truth[t] == NOWHERE, nowhere);
        if (nowhere) continue;
        const char *piece = piece_of(pieces, e->source[e->truth[t]]);
        if (t == 5 || t == 6)
            assert_string_equal(piece, name);
        else
            assert_true(piece[0] == target[t] && piece[1] == '\0');
    }
    for (size_t t = 1; t < 4; t++) assert_int_equal(e->truth[t], e->truth[t - 1] + 1);
}

static void dates(void **state) {
    (void)state;
    check(1, date_is_right);
}

/* ---- reversed words ---- */

static void reversed_is_right(const Pieces *pieces, const Example *e, const char *source,
                              const char *target) {
    (void)pieces;
    size_t n = strlen(source);
    assert_int_equal(strlen(target), n);
    for (size_t t = 0; t < n; t++) {
        assert_int_equal(target[t], source[n - 1 - t]);
        assert_int_equal(e->truth[t], n - 1 - t);
    }
}

static void reversed_words(void **state) {
    (void)state;
    check(2, reversed_is_right);
}

/* ---- what is held out ---- */

static int by_source(const void *a, const void *b) {
    return memcmp(((const Example *)a)->source, ((const Example *)b)->source,
                  sizeof(int[MOST_PIECES]));
}

static void what_is_held_out_is_not_learned(void **state) {
    (void)state;
    static Example learned[MANY];
    for (size_t task = 0; task < N_TASKS; task++) {
        Arena arena = {0};
        Error err;
        Pieces pieces;
        Random random = random_start(8);
        assert_true(task_pieces(&tasks[task], &pieces, &arena, &err));
        for (size_t i = 0; i < MANY; i++)
            learned[i] = task_example(&tasks[task], &pieces, &random, false);
        qsort(learned, MANY, sizeof *learned, by_source);
        for (size_t i = 0; i < MANY; i++) {
            Example e = task_example(&tasks[task], &pieces, &random, true);
            assert_null(bsearch(&e, learned, MANY, sizeof e, by_source));
            assert_true(e.n_source >= 4);
        }
        arena_free(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(dates),
        cmocka_unit_test(reversed_words),
        cmocka_unit_test(what_is_held_out_is_not_learned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
