/* Texts as people paste them, through the model that comes with xattn: paragraphs, blanks, and what
   cannot be translated. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xattn.h"

static xattn_model *model;
static xattn_error problem;

static int load(void **state) {
    (void)state;
    model = xattn_open("models/en-fr", NULL, &problem);
    if (!model) print_error("%s\n", problem.text);
    return !model;
}

static int unload(void **state) {
    (void)state;
    xattn_close(model);
    return 0;
}

static xattn_translation *translate(const char *text, xattn_options options) {
    xattn_translation *t;
    if (!xattn_translate(model, &text, 1, &options, &t, &problem)) fail_msg("%s", problem.text);
    assert_string_equal(t->source_text, text);
    return t;
}

static xattn_translation *plain(const char *text) {
    return translate(text, (xattn_options){XATTN_OPTIONS});
}

static size_t count(const char *text, const char *part) {
    size_t n = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part)) n++;
    return n;
}

/* The next line of a table that is a case; false at its end. */
static bool next_case(FILE *table, char line[2048]) {
    do {
        if (!fgets(line, 2048, table)) return false;
    } while (*line == '#' || *line == '\n');
    line[strcspn(line, "\n")] = '\0';
    return true;
}

/* ---- Paragraphs ---- */

/* Every sentence has the translation that it has alone. */
static void check_paragraph(char *line) {
    char text[2048] = "", expected[4096] = "";
    size_t n = 0;
    for (char *s = strtok(line, "|"); s; s = strtok(NULL, "|"), n++) {
        strcat(text, s);
        s[strcspn(s, "\n")] = '\0';
        xattn_translation *alone = plain(s);
        assert_int_equal(alone->n_sentences, 1);
        assert_true(alone->target.n > 1 && !alone->target_cut);
        strcat(expected, alone->text);
        xattn_translation_free(alone);
    }
    xattn_translation *t = plain(text);
    assert_int_equal(t->n_sentences, n);
    assert_string_equal(t->text, expected);
    xattn_translation_free(t);
}

static void no_sentence_of_a_paragraph_is_lost(void **state) {
    (void)state;
    char line[2048];
    size_t n = 0;
    FILE *table = fopen("tests/goldens/text/paragraphs.txt", "r");
    assert_non_null(table);
    for (; next_case(table, line); n++) check_paragraph(line);
    fclose(table);
    assert_int_equal(n, 25);
}

static void blanks_survive(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"  No.  ", "  Non.  "},
        {"No.\n\n\nYes.\n", "Non.\n\n\nOui.\n"},
        {"No.\r\nYes.\r\n", "Non.\r\nOui.\r\n"},
        {"\tNo.\tYes.\t\t", "\tNon.\tOui.\t\t"},
        {"No.   Yes. ", "Non.   Oui. "},
        {"No.\rYes.\v", "Non. Oui. "},
        {" \n\t ", " \n\t "},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        xattn_translation *t = plain(pairs[i][0]);
        assert_string_equal(t->text, pairs[i][1]);
        xattn_translation_free(t);
    }
}

/* A text with no stop in it that is longer than the model can read, a number in every clause. */
static void long_sentences_are_cut_at_clauses(void **state) {
    (void)state;
    char text[30000] = "", number[64];
    for (int i = 100; i < 400; i++) {
        snprintf(number, sizeof number, "%sthere are %d people in room %d", i > 100 ? ", " : "", i,
                 i);
        strcat(text, number);
    }
    xattn_translation *t = plain(text);
    assert_false(t->source_cut || t->target_cut);
    assert_int_equal(t->n_sentences, 1);
    size_t n_found = 0;
    for (int i = 100; i < 400; i++) {
        snprintf(number, sizeof number, "%d", i);
        n_found += strstr(t->text, number) != NULL;
    }
    xattn_translation_free(t);
    if (n_found < 270) fail_msg("only %zu of 300 numbers", n_found);
    t = translate(text, (xattn_options){XATTN_OPTIONS, .no_split = true});
    assert_true(t->source_cut);
    xattn_translation_free(t);
}

/* ---- What cannot be translated ---- */

static void check_copies(const char *text, const char *translation, char *const *spans) {
    static const char *const names[] = {"Z4", "Q8", "J5", "X3", "K9", "V7"};
    for (; *spans; spans++)
        if (count(translation, *spans) != count(text, *spans))
            fail_msg("%s -> %s: %s", text, translation, *spans);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strstr(text, names[i]) && strstr(translation, names[i]))
            fail_msg("%s -> %s: whence %s?", text, translation, names[i]);
}

/* A line of the table: the text, and what of it has to be in its translation, as often. */
static void check_copied(char *line, const xattn_options *options) {
    char *spans[16] = {NULL};
    size_t n = 0;
    char *text = strtok(line, "\t");
    while (n < 15 && (spans[n] = strtok(NULL, "\t")) != NULL) n++;
    assert_true(n > 0);
    xattn_translation *t = translate(text, *options);
    check_copies(text, t->text, spans);
    for (size_t k = 0; k < t->n_alternatives; k++)
        check_copies(text, t->alternatives[k]->text, spans);
    xattn_translation_free(t);
}

static void check_table(xattn_options options) {
    char line[2048];
    size_t n = 0;
    FILE *table = fopen("tests/goldens/text/copied.tsv", "r");
    assert_non_null(table);
    for (; next_case(table, line); n++) check_copied(line, &options);
    fclose(table);
    assert_true(n >= 60);
}

static void what_cannot_be_translated_is_copied(void **state) {
    (void)state;
    check_table((xattn_options){XATTN_OPTIONS});
}

static void alternatives_copy_it_too(void **state) {
    (void)state;
    check_table((xattn_options){XATTN_OPTIONS, .beam = 4, .nbest = 4, .scores = true,
                                .attention = true, .runners_up = 2});
}

#define CSI "\xC2\x9B"  // U+009B

/* A span is copied without its control characters, which a terminal would obey. */
static void copied_spans_have_no_control_characters(void **state) {
    (void)state;
    xattn_translation *t = plain("I saw " CSI "31m田" CSI "中 \x1B[2J田中.");
    assert_int_equal(count(t->text, CSI) + count(t->text, "\x1B"), 0);
    assert_int_equal(count(t->text, "田"), 2);
    xattn_translation_free(t);
}

/* Every row is a distribution, and a piece that was copied looks at itself. */
static void check_map(const xattn_translation *t) {
    for (size_t map = 0; map < t->n_layers * t->n_heads; map++)
        for (size_t i = 0; i < t->target.n; i++) {
            const float *row = t->attention + (map * t->target.n + i) * t->source.n;
            double sum = 0;
            for (size_t j = 0; j < t->source.n; j++) sum += (double)row[j];
            assert_true(fabs(sum - 1) < 1e-5);
        }
}

static size_t place_of(const xattn_tokens *tokens, const char *piece) {
    size_t at = tokens->n;
    for (size_t i = 0; i < tokens->n; i++)
        if (strstr(tokens->pieces[i], piece)) {
            assert_int_equal(at, tokens->n);  // once
            at = i;
        }
    assert_true(at < tokens->n);
    return at;
}

static void maps_show_what_was_copied(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"I love you 😀", "😀"},
        {"😀 I love you.", "😀"},
        {"The page https://example.com/a is broken. He left.", "https://example.com/a"},
        {"😀", "😀"},
        {"He left. 😀", "😀"},
        {"SEND IT TO A@B.FR NOW!", "A@B.FR"},
    };
    const xattn_info *info = xattn_describe(model);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        xattn_translation *t = translate(
            texts[i][0],
            (xattn_options){XATTN_OPTIONS, .attention = true, .scores = true, .runners_up = 3});
        check_map(t);
        size_t row = place_of(&t->target, texts[i][1]), column = place_of(&t->source, texts[i][1]);
        size_t map = info->alignment_layer * t->n_heads + info->alignment_head;
        assert_true(t->attention[(map * t->target.n + row) * t->source.n + column] > 0.5F);
        assert_string_equal(t->source.pieces[t->source.n - 1], "</s>");
        assert_string_equal(t->target.pieces[t->target.n - 1], "</s>");
        assert_string_equal(t->runners_up[row * 3].piece, t->target.pieces[row]);
        double sum = 0;
        for (size_t k = 0; k < t->target.n; k++) sum += (double)t->logprobs[k];
        assert_true(fabs(sum - t->score) < 1e-3);
        xattn_translation_free(t);
    }
}

/* A copied piece has no more runners-up than the model's own. */
static void runners_up_are_as_many_in_every_part(void **state) {
    (void)state;
    size_t n_pieces = xattn_describe(model)->target_vocabulary;
    xattn_options options = {XATTN_OPTIONS, .runners_up = n_pieces + 1000};
    xattn_translation *t = translate("😀 I love you.", options);
    assert_true(t->n_runners_up <= n_pieces);
    for (size_t i = 0; i < t->target.n * t->n_runners_up; i++)
        assert_non_null(xattn_piece(model, XATTN_TARGET, t->runners_up[i].id));
    xattn_translation_free(t);
}

/* Without copying and splitting the model reads the text as it is. */
static void without_it_ids_are_those_of_the_text(void **state) {
    (void)state;
    static const char *const texts[] = {"I love you 😀", "See https://example.com. Then 田中 left.",
                                        "soft­ware  and a\tb", "A → B [x]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        xattn_translation *t =
            translate(texts[i], (xattn_options){XATTN_OPTIONS, .no_copy = true, .no_split = true});
        xattn_tokens *tokens = xattn_tokenize(model, XATTN_SOURCE, texts[i], &problem);
        assert_int_equal(t->source.n, tokens->n);
        assert_memory_equal(t->source.ids, tokens->ids, tokens->n * sizeof *tokens->ids);
        xattn_tokens_free(tokens);
        xattn_translation_free(t);
    }
}

/* The model never sees a soft hyphen, wherever it stands. */
static void soft_hyphens_are_left_out(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        {"The c\u00ADat sat on the mat.", "The cat sat on the mat."},
        {"\u00ADThe cat saw notes.pdf and\u00AD 😀.", "The cat saw notes.pdf and 😀."},
        {"He left.\u00AD She stayed.\u00AD", "He left. She stayed."},
        {"He left. \u00ADShe stayed.\n\u00AD", "He left. She stayed.\n"},
        {"See https://a.b/c\u00ADd and no\u00ADtes.pdf.", "See https://a.b/cd and notes.pdf."},
        {"\u00AD", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        xattn_translation *soft = plain(pairs[i][0]), *bare = plain(pairs[i][1]);
        assert_string_equal(soft->text, bare->text);
        assert_int_equal(soft->source.n, bare->source.n);
        for (size_t k = 0; k < bare->source.n; k++)
            assert_string_equal(soft->source.pieces[k], bare->source.pieces[k]);
        xattn_translation_free(soft);
        xattn_translation_free(bare);
    }
}

/* xattn_score gives a translation the score that the search found, if it reads the same pieces: a model
   sometimes writes others, or a sign that only the target's vocabulary has, which is then no span. */
static void a_reader_scores_the_same(void **state) {
    (void)state;
    static const char *const texts[] = {"I love you 😀",
                                        "The page https://a.org is broken. He left.",
                                        "No. Yes.",
                                        "See notes.pdf and a.txt.",
                                        "Go home → sleep well",
                                        "He likes 田中! 😀"};
    enum { N = sizeof texts / sizeof texts[0] };
    size_t n_same = 0;
    for (size_t i = 0; i < N; i++) {
        xattn_options options = {XATTN_OPTIONS, .scores = true};
        xattn_translation *found = translate(texts[i], options), *read;
        assert_true(xattn_score(model, &texts[i], &found->text, 1, &options, &read, &problem));
        assert_string_equal(read->text, found->text);
        assert_false(read->unsplit);
        bool same = read->target.n == found->target.n &&
                    memcmp(read->target.ids, found->target.ids, found->target.n * sizeof(int)) == 0;
        n_same += same;
        if (same && fabs(read->score - found->score) > 1e-3)
            fail_msg("%s: %f, not %f", texts[i], read->score, found->score);
        xattn_translation_free(found);
        xattn_translation_free(read);
    }
    assert_true(n_same >= N - 1);
}

/* Where a translation has other spans than its text, both are read as they are. */
static void spans_of_one_side_are_read(void **state) {
    (void)state;
    static const char *const texts[] = {"I love you 😀", "I love you", "See a.pdf."};
    static const char *const given[] = {"Je t'aime", "Je t'aime 田中", "Voir b.pdf."};
    xattn_options options = {XATTN_OPTIONS, .scores = true};
    xattn_translation *t[3];
    assert_true(xattn_score(model, texts, given, 3, &options, t, &problem));
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(t[i]->text, given[i]);
        assert_true(isfinite(t[i]->score) && t[i]->score < 0);
        xattn_translation_free(t[i]);
    }
}

/* The source's word replaces <unk>, if the source can be read as it is. Returns how often. */
static size_t check_unknown(const xattn_model *odd, const char *text) {
    xattn_options options = {XATTN_OPTIONS, .no_split = true, .beam = 2, .nbest = 2};
    xattn_translation *said, *bare;
    size_t n = 0;
    assert_true(xattn_translate(odd, &text, 1, &options, &said, &problem));
    options.no_copy = true;
    assert_true(xattn_translate(odd, &text, 1, &options, &bare, &problem));
    bool same = said->source.n == bare->source.n && said->target.n == bare->target.n &&
                memcmp(said->source.ids, bare->source.ids, bare->source.n * sizeof(int)) == 0;
    assert_null(said->attention);  // nobody asked for it
    for (size_t i = 0; same && i < bare->target.n; i++) {
        assert_int_equal(said->target.ids[i], bare->target.ids[i]);
        if (strcmp(bare->target.pieces[i], "<unk>") != 0) {
            assert_string_equal(said->target.pieces[i], bare->target.pieces[i]);
            continue;
        }
        const char *piece = said->target.pieces[i];
        assert_true(!*piece || strstr(text, piece + strlen("▁")));
        n += *piece && strstr(said->text, piece + strlen("▁"));
    }
    if (n) assert_true(strlen(said->text) > strlen(bare->text));
    xattn_translation_free(said);
    xattn_translation_free(bare);
    return n;
}

static void unknown_becomes_the_word_looked_at(void **state) {
    (void)state;
    char line[8192];
    size_t n = 0;
    xattn_model *odd = xattn_open("tests/goldens/marian-odd", NULL, &problem);
    FILE *table = fopen("tests/goldens/marian-odd/greedy.tsv", "r");
    assert_true(odd && table);
    while (fgets(line, sizeof line, table)) {
        line[strcspn(line, "\t\n")] = '\0';
        n += check_unknown(odd, line);
    }
    fclose(table);
    xattn_close(odd);
    assert_true(n > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_sentence_of_a_paragraph_is_lost),
        cmocka_unit_test(blanks_survive),
        cmocka_unit_test(long_sentences_are_cut_at_clauses),
        cmocka_unit_test(what_cannot_be_translated_is_copied),
        cmocka_unit_test(alternatives_copy_it_too),
        cmocka_unit_test(copied_spans_have_no_control_characters),
        cmocka_unit_test(maps_show_what_was_copied),
        cmocka_unit_test(runners_up_are_as_many_in_every_part),
        cmocka_unit_test(without_it_ids_are_those_of_the_text),
        cmocka_unit_test(soft_hyphens_are_left_out),
        cmocka_unit_test(a_reader_scores_the_same),
        cmocka_unit_test(spans_of_one_side_are_read),
        cmocka_unit_test(unknown_becomes_the_word_looked_at),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
