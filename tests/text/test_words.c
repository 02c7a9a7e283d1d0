/* Words as people see them, from pieces; and clusters and their widths on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "text/width.h"
#include "text/words.h"

/* Pieces written with | between them, words expected with | between them and their piece counts. */
static void expect_words(const char *pieces_text, const char *words_text) {
    char copy[512];
    const char *pieces[64];
    size_t n = 0;
    assert_true(strlen(pieces_text) < sizeof copy);
    strcpy(copy, pieces_text);
    for (char *at = strtok(copy, "|"); at; at = strtok(NULL, "|")) pieces[n++] = at;

    WordList words;
    Error err = {0};
    Buffer got = {0};
    assert_true(words_split(pieces, n, &words, &err));
    size_t next = 0;
    for (size_t i = 0; i < words.n; i++) {
        const Word *word = words.items + i;
        assert_int_equal(word->first, next);  // together they hold every piece once
        assert_true(word->n > 0);
        next += word->n;
        buffer_format(&got, "%s%s%s", i ? "|" : "", word->spaced || !i ? "" : "+", word->text);
        if (word->n != 1) buffer_format(&got, "/%zu", word->n);
    }
    assert_int_equal(next, n);
    assert_string_equal(got.data ? got.data : "", words_text);
    buffer_free(&got);
    word_list_free(&words);
}

static void pieces_of_a_word_are_joined(void **state) {
    (void)state;
    expect_words("▁The|▁c|at|▁sat|.|</s>", "The|cat/2|sat|+.|</s>");
    expect_words("▁an|ti|con|sti|tu|tion", "anticonstitution/6");
    expect_words("", "");
    expect_words("</s>", "</s>");
}

static void french_elisions_end_at_their_apostrophe(void **state) {
    (void)state;
    expect_words("▁s|'|est|▁as|sis", "s'/2|+est|assis/2");
    expect_words("▁J|’|ai|▁l|'|eau", "J’/2|+ai|l'/2|+eau");
    expect_words("▁jusqu|'|à|▁qu|'|Émile", "jusqu'/2|+à|qu'/2|+Émile");
    expect_words("▁d|'|œ|uf|▁L|'|y", "d'/2|+œuf/2|L'/2|+y");
    expect_words("▁l|'|▁eau", "l'/2|eau");
    expect_words("▁aujourd|'|hui|▁quelqu|'|un", "aujourd'hui/3|quelqu'un/3");
}

static void other_apostrophes_stay_inside(void **state) {
    (void)state;
    expect_words("▁don|'|t|▁c|'|mon|▁O|'|Brien|▁Tom|'|s", "don't/3|c'mon/3|O'Brien/3|Tom's/3");
    expect_words("▁dogs|'|▁'|hi|'", "dogs|+'|'|+hi|+'");
}

static void hyphens_and_numbers_stay_inside(void **state) {
    (void)state;
    expect_words("▁peut|-|être|▁-|▁dit|-|il", "peut-être/3|-|dit-il/3");
    expect_words("▁3|.|14|▁1|,|000|▁12|:|30|▁U|.|S|.", "3.14/3|1,000/3|12:30/3|U.S/3|+.");
    expect_words("▁a|,|b|▁5|,|x|▁x|,|5", "a|+,|+b|5|+,|+x|x|+,|+5");
}

static void punctuation_stands_alone(void **state) {
    (void)state;
    expect_words("▁(|Oui|)|,|▁non|!|!|?|...|▁«|▁a|▁»", "(|+Oui|+)|+,|non|+!!/2|+?|+...|«|a|»");
    expect_words("▁Fin|...|Mais", "Fin|+...|+Mais");
}

static void scripts_without_spaces_go_by_character(void **state) {
    (void)state;
    expect_words("▁|我|爱|你|。", "我/2|+爱|+你|+。");
    expect_words("▁ネ|コ|a|b", "ネ|+コ|+ab/2");
    expect_words("▁고|양이|가", "고양이가/3");  // Korean has spaces
    expect_words("▁ที่|นี่", "ที่|+นี่");
}

static void bytes_become_the_character_they_spell(void **state) {
    (void)state;
    expect_words("▁|<0xF0>|<0x9F>|<0x90>|<0x88>|▁a", "🐈/5|a");
    expect_words("▁a|<0xE2>|<0x80>|▁b", "a|+\uFFFD\uFFFD/2|b");  // no character
    expect_words("▁caf|<0xC3>|<0xA9>|s|<0xC3>", "cafés/4|+\uFFFD");
    expect_words("▁n|<0x00>|o", "n|+\uFFFD|+o");
    expect_words("▁<0x2>|<0xé>", "<0x2>|+<0xé>");  // not bytes: whole pieces
    expect_words("👩|\u200D|👧|🇫|🇷", "👩\u200D👧/3|+🇫🇷/2");
    expect_words("▁e|\u0301|t", "e\u0301t/3");
}

static void a_piece_is_never_cut(void **state) {
    (void)state;
    expect_words("▁the|▁mat|.\"|</s>", "the|mat|+.\"|</s>");
    expect_words("▁l'eau|▁New▁York|x", "l'eau|New Yorkx/2");
    expect_words(">>fra<<|▁The", ">>fra<<|The");
    expect_words("▁a|<unk>|▁b", "a|+<unk>|b");
    expect_words("▁a|.▁b|c", "a|+. bc/2");
    expect_words("▁a|▁<|</s>", "a|<|</s>");
}

static void a_blank_piece_goes_to_the_next_word(void **state) {
    (void)state;
    expect_words("▁|▁|Xy|z|▁|w|▁", "Xyz/4|w/3");
    expect_words("▁|</s>", "▁|</s>");
    expect_words("▁|.", "./2");
}

static void widths_are_those_of_a_terminal(void **state) {
    (void)state;
    assert_int_equal(width_measure("chat"), 4);
    assert_int_equal(width_measure("e\u0301te\u0301"), 3);
    assert_int_equal(width_measure("我a"), 3);
    assert_int_equal(width_measure("👩\u200D👩\u200D👧"), 2);
    assert_int_equal(width_measure("🇫🇷"), 2);
    assert_int_equal(width_measure("\u2764\uFE0F"), 2);
    assert_int_equal(width_measure("ที่"), 1);
    assert_int_equal(width_measure("سلام"), 4);
    assert_int_equal(width_measure(""), 0);
}

static void expect_print(const char *text, size_t columns, const char *expected, size_t wide) {
    Buffer out = {0};
    assert_int_equal(width_print(text, columns, "…", &out), wide);
    assert_string_equal(out.data ? out.data : "", expected);
    assert_int_equal(width_measure(expected), wide);
    buffer_free(&out);
}

static void nothing_is_invisible_and_nothing_is_obeyed(void **state) {
    (void)state;
    expect_print("a\x1b[31m\tb\x7f", 0, "a␛[31m␉b␡", 9);
    expect_print("\u200B\u202E\xC2\x85", 0, "U+200BU+202EU+0085", 18);
    expect_print("\u0301x", 0, "◌\u0301x", 2);
    expect_print("\uFFFE\U0001FFFF\uFFFD", 0, "U+FFFEU+1FFFF\uFFFD", 14);
    expect_print("a\u2028", 0, "aU+2028", 7);
    expect_print("👩\u200D👧", 0, "👩\u200D👧", 2);
}

static void long_text_is_shortened_between_clusters(void **state) {
    (void)state;
    expect_print("chat", 4, "chat", 4);
    expect_print("chats", 4, "cha…", 4);
    expect_print("我爱你", 5, "我爱…", 5);
    expect_print("我爱你", 4, "我…", 3);
    expect_print("e\u0301e\u0301e\u0301", 2, "e\u0301…", 2);
    expect_print("ab", 1, "…", 1);
    Buffer out = {0};
    assert_int_equal(width_print("abcdef", 4, "..", &out), 4);
    assert_string_equal(out.data, "ab..");
    buffer_free(&out);
}

static void right_to_left_is_recognised(void **state) {
    (void)state;
    assert_true(width_runs_left("سلام"));
    assert_true(width_runs_left("a שלום"));
    assert_false(width_runs_left("chat 12 我 👩"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_a_word_are_joined),
        cmocka_unit_test(french_elisions_end_at_their_apostrophe),
        cmocka_unit_test(other_apostrophes_stay_inside),
        cmocka_unit_test(hyphens_and_numbers_stay_inside),
        cmocka_unit_test(punctuation_stands_alone),
        cmocka_unit_test(scripts_without_spaces_go_by_character),
        cmocka_unit_test(bytes_become_the_character_they_spell),
        cmocka_unit_test(a_piece_is_never_cut),
        cmocka_unit_test(a_blank_piece_goes_to_the_next_word),
        cmocka_unit_test(widths_are_those_of_a_terminal),
        cmocka_unit_test(nothing_is_invisible_and_nothing_is_obeyed),
        cmocka_unit_test(long_text_is_shortened_between_clusters),
        cmocka_unit_test(right_to_left_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
