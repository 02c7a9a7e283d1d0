/* The tokenizer: against goldens of the sentencepiece package (scripts/parity/tokenizer.py), on
   models small enough to reason about, and on files that are not what they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "spm_file.h"
#include "text/sentencepiece.h"

#define GOLDENS "tests/goldens/text/sentencepiece.txt"
#define BYTES_OF(literal) literal, sizeof(literal) - 1

/* ---- small models, written byte by byte ---- */

static char path[] = "/tmp/xattn-test-XXXXXX";

static int make_path(void **state) {
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state) {
    (void)state;
    return unlink(path);
}

static void write_model(const Buffer *b) {
    remove(path);  // a file that is cut and written again may go to the disk first
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(b->data ? b->data : "", 1, b->size, file), b->size);
    assert_int_equal(fclose(file), 0);
}

static SentencePiece *load_rows(const SpmRow *rows, bool byte_fallback) {
    Buffer b = {0};
    SentencePiece *sp;
    Error err = {0};
    spm_file_pieces(&b, rows);
    if (byte_fallback) spm_file_byte_pieces(&b);
    write_model(&b);
    buffer_free(&b);
    if (!sentencepiece_load(path, &sp, &err)) fail_msg("%s", err.text);
    return sp;
}

/* ---- what encode and decode give, as strings ---- */

/* Pieces with | between them; an unknown in brackets. */
static void expect_pieces(const SentencePiece *sp, const char *text, size_t n, const char *wanted) {
    PieceList pieces = {0};
    Buffer got = {0};
    Error err = {0};
    assert_true(sentencepiece_encode(sp, text, n, &pieces, &err));
    for (int i = 0; i < pieces.n; i++) {
        const Piece *piece = &pieces.items[i];
        bool unknown = strcmp(sentencepiece_piece(sp, piece->id), "<unk>") == 0;
        if (i) buffer_byte(&got, '|');
        if (unknown) buffer_byte(&got, '[');
        buffer_append(&got, piece->text, piece->length);
        if (unknown) buffer_byte(&got, ']');
    }
    assert_string_equal(got.data ? got.data : "", wanted);
    buffer_free(&got);
    piece_list_free(&pieces);
}

static void expect_split(const SentencePiece *sp, const char *text, const char *wanted) {
    expect_pieces(sp, text, strlen(text), wanted);
}

/* The pieces are given with | between them. */
static void expect_text(const SentencePiece *sp, const char *joined, const char *wanted) {
    char copy[256];
    const char *pieces[32];
    int n = 0;
    Buffer got = {0};
    Error err = {0};
    snprintf(copy, sizeof copy, "%s", joined);
    for (char *at = strtok(copy, "|"); at; at = strtok(NULL, "|")) pieces[n++] = at;
    assert_true(sentencepiece_decode(sp, pieces, n, &got, &err));
    assert_string_equal(got.data ? got.data : "", wanted);
    buffer_free(&got);
}

/* ---- goldens ---- */

static char *read_file(const char *name, size_t *n) {
    FILE *file = fopen(name, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *n = (size_t)ftell(file);
    rewind(file);
    char *data = malloc(*n + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *n, file), *n);
    data[*n] = '\0';
    fclose(file);
    return data;
}

/* Replaces the hexadecimal string by the bytes it stands for, and a NUL; "-" stands for none. */
static size_t from_hex(char *text) {
    size_t n = 0;
    unsigned byte;
    for (; text[2 * n] && sscanf(text + 2 * n, "%2x", &byte) == 1; n++) text[n] = (char)byte;
    text[n] = '\0';
    return n;
}

static void check_decoded(const SentencePiece *sp, const char *const *pieces, int n, char *wanted,
                          int line) {
    Buffer text = {0};
    Error err = {0};
    size_t size = from_hex(wanted);
    buffer_string(&text, "kept ");  // decode appends
    assert_true(sentencepiece_decode(sp, pieces, n, &text, &err));
    if (text.size - 5 != size || memcmp(text.data + 5, wanted, size) != 0)
        fail_msg("%s:%d: got \"%s\"", GOLDENS, line, text.data + 5);
    buffer_free(&text);
}

static void check_encode(const SentencePiece *sp, PieceList *pieces, char *input, char *ids,
                         char *decoded, int line) {
    Error err = {0};
    char **strings = NULL;
    int n = 0;
    assert_true(sentencepiece_encode(sp, input, from_hex(input), pieces, &err));
    strings = calloc((size_t)pieces->n + 1, sizeof *strings);
    assert_non_null(strings);
    for (char *at = strtok(ids, ",-"); at; at = strtok(NULL, ",-"), n++) {
        char *unknown = strchr(at, ':');
        int id = atoi(at);
        if (n >= pieces->n || pieces->items[n].id != id)
            fail_msg("%s:%d: piece %d: got %d, expected %d", GOLDENS, line, n,
                     n < pieces->n ? pieces->items[n].id : -1, id);
        const char *text = unknown ? unknown + 1 : sentencepiece_piece(sp, id);
        size_t size = unknown ? from_hex(unknown + 1) : strlen(text);
        assert_int_equal(pieces->items[n].length, size);
        assert_memory_equal(pieces->items[n].text, text, size);
        strings[n] = calloc(size + 1, 1);
        assert_non_null(strings[n]);
        memcpy(strings[n], text, size);
    }
    assert_int_equal(pieces->n, n);
    check_decoded(sp, (const char *const *)strings, n, decoded, line);
    while (n > 0) free(strings[--n]);
    free(strings);
}

static void check_decode(const SentencePiece *sp, char *hex, char *decoded, int line) {
    const char *pieces[32];
    int n = 0;
    for (char *at = strtok(hex, ",-"); at; at = strtok(NULL, ",-")) {
        from_hex(at);
        pieces[n++] = at;
    }
    check_decoded(sp, pieces, n, decoded, line);
}

static void equals_the_sentencepiece_package(void **state) {
    (void)state;
    size_t size;
    int number = 0, cases = 0;
    SentencePiece *sp = NULL;
    PieceList pieces = {0};
    Error err = {0};
    char *data = read_file(GOLDENS, &size);
    for (char *line = data, *end; (end = strchr(line, '\n')); line = end + 1) {
        char *word[4] = {line, end, end, end};
        *end = '\0';
        number++;
        for (int i = 1; i < 4; i++) {
            word[i] = word[i - 1] + strcspn(word[i - 1], " ");
            if (*word[i]) *word[i]++ = '\0';
        }
        if (strcmp(word[0], "model") == 0) {
            sentencepiece_free(sp);
            if (!sentencepiece_load(word[1], &sp, &err)) fail_msg("%s", err.text);
        } else if (strcmp(word[0], "encode") == 0) {
            check_encode(sp, &pieces, word[1], word[2], word[3], number);
            cases++;
        } else if (strcmp(word[0], "decode") == 0) {
            check_decode(sp, word[1], word[2], number);
            cases++;
        }
    }
    assert_true(cases > 400);
    piece_list_free(&pieces);
    sentencepiece_free(sp);
    free(data);
}

/* ---- segmentation ---- */

static const SpmRow TINY[] = {
    {"<unk>", 0, SPM_UNKNOWN}, {"</s>", 0, SPM_CONTROL}, {"▁", -2, SPM_NORMAL},
    {"a", -1, SPM_NORMAL},     {"b", -1, SPM_NORMAL},    {"ab", -2, SPM_NORMAL},
    {"abb", -4, SPM_NORMAL},   {"é", -3, SPM_NORMAL},    {NULL, 0, 0}};

static void the_best_sum_wins_and_the_first_found_of_equals(void **state) {
    (void)state;
    SentencePiece *sp = load_rows(TINY, false);
    assert_int_equal(sentencepiece_size(sp), 8);
    assert_string_equal(sentencepiece_piece(sp, 6), "abb");
    expect_split(sp, "ab", "▁|ab");     // a + b is the same -2, found later
    expect_split(sp, "abb", "▁|ab|b");  // -3 before -4
    expect_split(sp, "ba", "▁|b|a");
    sentencepiece_free(sp);
}

static void spaces_are_trimmed_and_an_empty_text_has_no_pieces(void **state) {
    (void)state;
    SentencePiece *sp = load_rows(TINY, false);
    expect_split(sp, "", "");
    expect_split(sp, "    ", "");
    expect_split(sp, "▁", "");  // as trailing spaces are
    expect_split(sp, "  a   b  ", "▁|a|▁|b");
    sentencepiece_free(sp);
}

static void spaces_can_be_kept(void **state) {
    (void)state;
    Buffer b = {0};
    SentencePiece *sp;
    Error err = {0};
    spm_file_pieces(&b, TINY);
    spm_file_bytes(&b, 3, BYTES_OF("\x20\x00"));  // NormalizerSpec: remove_extra_whitespaces off
    write_model(&b);
    if (!sentencepiece_load(path, &sp, &err)) fail_msg("%s", err.text);
    expect_split(sp, "", "");
    expect_split(sp, " ", "▁|▁");
    expect_split(sp, " a  b ", "▁|▁|a|▁|▁|b|▁");
    expect_text(sp, "▁|▁|a|▁", " a ");  // only the space that encoding put there is dropped
    sentencepiece_free(sp);
    spm_file_bytes(&b, 3,
                   BYTES_OF("\x18\x00\x28\x00"));  // add_dummy_prefix, escape_whitespaces off
    write_model(&b);
    if (!sentencepiece_load(path, &sp, &err)) fail_msg("%s", err.text);
    expect_split(sp, "a b", "a|[ ]|b");
    expect_text(sp, "▁|a", " a");
    sentencepiece_free(sp);
    buffer_free(&b);
}

static void unknown_characters_join_and_keep_their_text(void **state) {
    (void)state;
    SentencePiece *sp = load_rows(TINY, false);
    expect_split(sp, "axyza", "▁|a|[xyz]|a");
    expect_split(sp, "x y", "▁|[x]|▁|[y]");
    expect_split(sp, "</s><unk>", "▁|[</s><unk>]");  // special pieces are not found in text
    sentencepiece_free(sp);
}

static void an_unknown_character_costs_10_more_than_the_worst_piece(void **state) {
    (void)state;
    static const SpmRow rows[] = {{"<unk>", 0, SPM_UNKNOWN}, {"▁", -2, SPM_NORMAL},
                                  {"xy", -5, SPM_NORMAL},    {"a", -8, SPM_NORMAL},
                                  {"ya", -1, SPM_NORMAL},    {NULL, 0, 0}};
    SentencePiece *sp = load_rows(rows, false);
    expect_split(sp, "xya", "▁|xy|a");  // -13, before -18 - 1 for x as an unknown
    expect_split(sp, "zya", "▁|[z]|ya");
    sentencepiece_free(sp);
}

static void an_unknown_character_costs_the_same_whatever_its_length(void **state) {
    (void)state;
    static const SpmRow rows[] = {{"<unk>", 0, SPM_UNKNOWN},
                                  {"▁", -2, SPM_NORMAL},
                                  {"ax", -1, SPM_NORMAL},
                                  {"a", -20, SPM_NORMAL},
                                  {"xé", -20, SPM_NORMAL},
                                  {"x☃", -20, SPM_NORMAL},
                                  {"x\xF0\x9F\x98\x80", -20, SPM_NORMAL},
                                  {NULL, 0, 0}};
    SentencePiece *sp = load_rows(rows, false);
    expect_split(sp, "axé", "▁|ax|[é]");  // -1 - 30, before -20 - 20
    expect_split(sp, "ax☃", "▁|ax|[☃]");
    expect_split(sp, "ax\xF0\x9F\x98\x80", "▁|ax|[\xF0\x9F\x98\x80]");
    sentencepiece_free(sp);
}

static void bytes_that_are_not_utf8_become_replacement_characters(void **state) {
    (void)state;
    SentencePiece *sp = load_rows(TINY, false);
    expect_pieces(sp, BYTES_OF("a\xFF\xC3(b"), "▁|a|[\xEF\xBF\xBD\xEF\xBF\xBD(]|b");
    expect_pieces(sp, BYTES_OF("\xED\xA0\x80"), "▁|[\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD]");
    expect_pieces(sp, BYTES_OF("\xE2\x96"), "▁|[\xEF\xBF\xBD\xEF\xBF\xBD]");
    expect_pieces(sp, BYTES_OF("\xC3\xA9\xC3"), "▁|é|[\xEF\xBF\xBD]");
    sentencepiece_free(sp);
}

static void byte_fallback_spells_unknown_characters(void **state) {
    (void)state;
    SentencePiece *sp = load_rows(TINY, true);
    expect_split(sp, "a☃", "▁|a|<0xE2>|<0x98>|<0x83>");
    expect_pieces(sp, BYTES_OF("\0"), "▁|<0x00>");
    expect_text(sp, "▁|a|<0xE2>|<0x98>|<0x83>|b", "a☃b");
    expect_text(sp, "<0xE2>|<0x98>|a|<0x83>",
                "\xEF\xBF\xBD\xEF\xBF\xBD"
                "a\xEF\xBF\xBD");
    expect_text(sp, "<0xE2>|</s>|<0x98>", "\xEF\xBF\xBD\xEF\xBF\xBD");
    sentencepiece_free(sp);
}

static void user_defined_pieces_come_first_and_unused_ones_never(void **state) {
    (void)state;
    static const SpmRow rows[] = {{"<unk>", 0, SPM_UNKNOWN},    {"a", -1, SPM_NORMAL},
                                  {"b", -1, SPM_NORMAL},        {"▁", -2, SPM_NORMAL},
                                  {"ab", 5, SPM_UNUSED},        {"aba", -9, SPM_USER_DEFINED},
                                  {"b b", 0, SPM_USER_DEFINED}, {NULL, 0, 0}};
    SentencePiece *sp = load_rows(rows, false);
    expect_split(sp, "ab", "▁|a|b");
    expect_split(sp, "abab", "▁|aba|b");
    expect_split(sp, "bab b", "▁|b|a|b|▁|b");  // kept with its space, which then becomes ▁
    expect_text(sp, "▁|ab|aba", "ababa");
    sentencepiece_free(sp);
}

/* Sums of a million pieces, where neighbouring 32-bit floats are 0.5 apart: without starting them
   again, ab (-6.6) would be found first and a + b (-6.5) not be seen to be better. */
static void a_long_line_is_cut_like_a_short_one(void **state) {
    (void)state;
    static const SpmRow rows[] = {{"<unk>", 0, SPM_UNKNOWN}, {"▁", -2, SPM_NORMAL},
                                  {"a", -3.3f, SPM_NORMAL},  {"b", -3.2f, SPM_NORMAL},
                                  {"ab", -6.6f, SPM_NORMAL}, {NULL, 0, 0}};
    enum { PAIRS = 1000000 };
    SentencePiece *sp = load_rows(rows, false);
    PieceList pieces = {0};
    Error err = {0};
    char *text = malloc(2 * PAIRS);
    assert_non_null(text);
    for (size_t i = 0; i < 2 * PAIRS; i++) text[i] = i % 2 ? 'b' : 'a';
    assert_true(sentencepiece_encode(sp, text, 2 * PAIRS, &pieces, &err));
    assert_int_equal(pieces.n, 1 + 2 * PAIRS);
    assert_true(sentencepiece_encode(sp, "a", 1, &pieces, &err));  // the list serves again
    assert_int_equal(pieces.n, 2);
    free(text);
    piece_list_free(&pieces);
    sentencepiece_free(sp);
}

/* ---- decoding ---- */

static void decoding_drops_leading_spaces_and_control_pieces(void **state) {
    (void)state;
    SentencePiece *sp = load_rows(TINY, false);
    expect_text(sp, "", "");
    expect_text(sp, "▁|a|▁|b", "a b");
    expect_text(sp, "▁|▁|a", "a");
    expect_text(sp, "</s>|▁|a|</s>", "a");
    expect_text(sp, "a|▁", "a ");
    expect_text(sp, "<unk>|a", " ⁇ a");
    expect_text(sp, "▁other|a", "▁othera");  // no piece of this model, so it is not touched
    sentencepiece_free(sp);
}

static void what_is_not_a_file_is_refused(void **state) {
    (void)state;
    SentencePiece *sp;
    Error err = {0};
    assert_false(sentencepiece_load("/no/such/file.spm", &sp, &err));
    assert_string_equal(err.text, "/no/such/file.spm: No such file or directory");
    assert_false(sentencepiece_load("/tmp", &sp, &err));
    assert_non_null(strstr(err.text, "a directory"));
}

/* ---- the charsmap ---- */

static void a_rule_rewrites_the_text(void **state) {
    (void)state;
    Buffer b = {0};
    SentencePiece *sp;
    Error err = {0};
    spm_file_pieces(&b, TINY);
    spm_file_charsmap(&b, SPM_TRIE_SIZE, SPM_UNITS, 0, "bb", 3);
    write_model(&b);
    if (!sentencepiece_load(path, &sp, &err)) fail_msg("%s", err.text);
    expect_split(sp, "aA A", "▁|ab|b|▁|b|b");
    sentencepiece_free(sp);
    buffer_free(&b);
}

/* ---- any other damage: refused or usable, never a crash ---- */

static void try_to_use(const char *data, size_t n) {
    static const char text[] =
        "  Où est ﬁn ½ <name>s \xFF\xE2 aaa Ａ\xCC\x81 New York City\xF0\x9F\x91\xA8 ";
    static const char *const decoded[] = {"▁a", "<0xC3>", "<unk>", "<0xA9>", "b"};
    SentencePiece *sp;
    Error err = {0};
    const Buffer model = {(char *)(uintptr_t)data, n, n, false};
    write_model(&model);
    if (!sentencepiece_load(path, &sp, &err)) {
        assert_true(err.text[0]);
        return;
    }
    PieceList pieces = {0};
    Buffer out = {0};
    assert_true(sentencepiece_encode(sp, text, sizeof text - 1, &pieces, &err));
    assert_true(sentencepiece_decode(sp, decoded, 5, &out, &err));
    buffer_free(&out);
    piece_list_free(&pieces);
    sentencepiece_free(sp);
}

static void truncated_and_altered_files_do_no_harm(void **state) {
    (void)state;
    static const unsigned char masks[] = {0x01, 0x80, 0xFF};
    size_t n;
    char *data = read_file("tests/goldens/text/rules.spm", &n);
    for (size_t i = 0; i < n; i += 3) try_to_use(data, i);
    for (size_t i = 0; i < n; i++) {
        char before = data[i];
        data[i] = (char)(before ^ masks[i % sizeof masks]);
        try_to_use(data, n);
        data[i] = before;
    }
    free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_sentencepiece_package),
        cmocka_unit_test(the_best_sum_wins_and_the_first_found_of_equals),
        cmocka_unit_test(spaces_are_trimmed_and_an_empty_text_has_no_pieces),
        cmocka_unit_test(spaces_can_be_kept),
        cmocka_unit_test(unknown_characters_join_and_keep_their_text),
        cmocka_unit_test(an_unknown_character_costs_10_more_than_the_worst_piece),
        cmocka_unit_test(an_unknown_character_costs_the_same_whatever_its_length),
        cmocka_unit_test(bytes_that_are_not_utf8_become_replacement_characters),
        cmocka_unit_test(byte_fallback_spells_unknown_characters),
        cmocka_unit_test(user_defined_pieces_come_first_and_unused_ones_never),
        cmocka_unit_test(a_long_line_is_cut_like_a_short_one),
        cmocka_unit_test(decoding_drops_leading_spaces_and_control_pieces),
        cmocka_unit_test(what_is_not_a_file_is_refused),
        cmocka_unit_test(a_rule_rewrites_the_text),
        cmocka_unit_test(truncated_and_altered_files_do_no_harm),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
