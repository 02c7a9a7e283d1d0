/* Where a text is cut into sentences, and where it is not. */
#include "text/sentences.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/buffer.h"

/* The text's sentences with | between them. */
static void expect(const char *text, const char *expected) {
    Buffer got = {0};
    Sentence s;
    size_t at = 0, n = strlen(text), last = 0;
    while (sentences_next(text, n, &at, &s)) {
        assert_true(s.begin >= last && s.begin < s.end && s.end <= at && at <= n);
        if (got.size) buffer_byte(&got, '|');
        buffer_append(&got, text + s.begin, s.end - s.begin);
        last = s.end;
    }
    buffer_byte(&got, '\0');
    assert_string_equal(got.data, expected);
    buffer_free(&got);
}

static void stops_end_sentences(void **state) {
    (void)state;
    expect("It rained. We left.", "It rained.|We left.");
    expect("  Really?!  Yes... No!\t2019 was dry.  ", "Really?!|Yes...|No!|2019 was dry.");
    expect("No stop at the end", "No stop at the end");
    expect("Wait… What?", "Wait…|What?");
    expect("यह है। वह है।", "यह है।|वह है।");
    expect("هل هذا؟ نعم.", "هل هذا؟|نعم.");
    expect("", "");
    expect(" \t \xC2\xA0 ", "");
    expect("?", "?");
    expect("One.\xC2\xA0Two.", "One.|Two.");
}

static void wide_stops_need_no_space(void **state) {
    (void)state;
    expect("你好。再见！真的？「是。」好", "你好。|再见！|真的？|「是。」|好");
    assert_true(sentences_need_no_space("你好。」", strlen("你好。」")));
    assert_false(sentences_need_no_space("Hi. ", 4));
    assert_false(sentences_need_no_space("你好。a", strlen("你好。a")));
    assert_false(sentences_need_no_space("", 0));
}

static void quotes_and_brackets_belong_to_their_sentence(void **state) {
    (void)state;
    expect("\"Why?\" He left. (So did they.) «Non.» “Yes.” ‘No.’ ¿Y tú? - Nada.",
           "\"Why?\"|He left.|(So did they.)|«Non.»|“Yes.”|‘No.’|¿Y tú?|- Nada.");
}

static void a_small_letter_goes_on(void **state) {
    (void)state;
    expect("\"Why?\" asked Tom. ok. then", "\"Why?\" asked Tom. ok. then");
    expect("Yahoo! and others… and so on.", "Yahoo! and others… and so on.");
    expect("He said: \"No!\" - and left.", "He said: \"No!\" - and left.");
    expect("Sim. é isso. É.", "Sim. é isso.|É.");
}

static void no_space_no_end(void **state) {
    (void)state;
    expect("See example.com or 3.14.", "See example.com or 3.14.");
    expect("a.b.C?d!E", "a.b.C?d!E");
}

static void abbreviations_go_on(void **state) {
    (void)state;
    expect("Mr. Smith met Dr. Wu. They spoke.", "Mr. Smith met Dr. Wu.|They spoke.");
    expect("O Sr. Silva e a Sra. Dias. Fim.", "O Sr. Silva e a Sra. Dias.|Fim.");
    expect("(Mr. X) \"Prof. Y\" MR. Z", "(Mr. X) \"Prof. Y\" MR. Z");
    expect("J. R. R. Tolkien. É. Zola.", "J. R. R. Tolkien.|É. Zola.");
    expect("In the U.S. Army. At 5 p.m. Tom left.", "In the U.S. Army.|At 5 p.m. Tom left.");
    expect("See No. 5. He said no. Five of us.", "See No. 5. He said no.|Five of us.");
    expect("Am 3. Oktober. Im Jahr 1990. Ende.", "Am 3. Oktober.|Im Jahr 1990.|Ende.");
    expect("1. First. 2. Second.", "1. First.|2. Second.");
    expect("Mr.! Smith. Mr... Smith", "Mr.!|Smith.|Mr...|Smith");
}

static void bytes_of_no_character_are_letters(void **state) {
    (void)state;
    expect("A\xFF. B\x80.\xE2\x82 C", "A\xFF.|B\x80.\xE2\x82 C");
    expect("\xC3", "\xC3");
}

/* A megabyte of every kind of trouble takes no time to speak of. */
static void time_is_linear(void **state) {
    (void)state;
    static const char *const parts[] = {".", "a.", ". ", "Mr. ", "\" ", "1. ", " ", "(", "¿", "a"};
    enum { SIZE = 1 << 20 };
    char *text = malloc(SIZE + 8);
    assert_non_null(text);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t n = 0, at = 0;
        Sentence s;
        for (; n < SIZE; n += strlen(parts[i])) memcpy(text + n, parts[i], strlen(parts[i]));
        clock_t start = clock();
        while (sentences_next(text, n, &at, &s)) continue;
        assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_end_sentences),
        cmocka_unit_test(wide_stops_need_no_space),
        cmocka_unit_test(quotes_and_brackets_belong_to_their_sentence),
        cmocka_unit_test(a_small_letter_goes_on),
        cmocka_unit_test(no_space_no_end),
        cmocka_unit_test(abbreviations_go_on),
        cmocka_unit_test(bytes_of_no_character_are_letters),
        cmocka_unit_test(time_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
