/* Pieces given to the tokens of a text. */
#include "align/tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

/* expected: the token of every piece, - where it has none. */
static void check(const char *text, const char *pieces, const char *expected) {
    char copy[512];
    const char *list[64];
    int ids[64] = {0};
    xattn_tokens all = {.pieces = list, .ids = ids};
    Arena arena = {0};
    TextTokens tokens;
    Error err;
    Buffer got = {0};
    strcpy(copy, pieces);
    for (char *p = strtok(copy, " "); p; p = strtok(NULL, " ")) list[all.n++] = p;
    if (!tokens_match(&all, text, &tokens, &arena, &err)) fail_msg("%s", err.text);
    buffer_string(&got, "");
    for (size_t i = 0; i < all.n; i++) {
        if (tokens.token_of[i] == SIZE_MAX)
            buffer_string(&got, i ? " -" : "-");
        else
            buffer_format(&got, "%s%zu", i ? " " : "", tokens.token_of[i]);
    }
    if (strcmp(got.data, expected) != 0) fail_msg("%s: %s, expected %s", text, got.data, expected);
    buffer_free(&got);
    arena_free(&arena);
}

static void pieces_go_to_the_token_they_begin_in(void **state) {
    (void)state;
    check("L' eau est froide .", "▁L ' ▁ eau ▁est ▁froid e . </s>", "0 0 1 1 2 3 3 4 -");
    check("don't", "▁don ' t </s>", "0 0 0 -");
    check("New York's parks", "▁New ▁York ' s ▁park s </s>", "0 1 1 1 2 2 -");
    check("end.\"", "▁end .\" </s>", "0 0 -");
    check(" a  b\tc ", "▁a ▁b ▁c </s>", "0 1 2 -");
}

static void a_piece_may_reach_over_two(void **state) {
    (void)state;
    check("no . ( yes", "▁no .( ▁yes </s>", "0 1 3 -");
}

static void characters_are_counted_as_unicode_has_them_in_common(void **state) {
    (void)state;
    check("½ cup ﬁn", "▁1 ⁄ 2 ▁cup ▁fin </s>", "0 0 0 1 2 -");
    check("e\u0301te\u0301 là", "▁été ▁là </s>", "0 1 -");
    check("Ａ B", "▁A ▁B </s>", "0 1 -");
    check("soft\u00ADware is", "▁soft ware ▁is </s>", "0 0 1 -");
    check("caf\u00E9 !", "▁caf <0xC3> <0xA9> ▁! </s>", "0 0 0 1 -");
}

static void sentences_have_ends_of_their_own(void **state) {
    (void)state;
    check("No. Yes.", "▁No . </s> ▁Yes . </s>", "0 0 - 1 1 -");
    check("", "</s>", "-");
}

static void what_does_not_match_is_scaled(void **state) {
    (void)state;
    check("aaaa bbbb", "▁aa ▁bb </s>", "0 1 -");
    check("a b", "▁aaaa ▁bbbb ▁cc </s>", "0 0 1 -");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_go_to_the_token_they_begin_in),
        cmocka_unit_test(a_piece_may_reach_over_two),
        cmocka_unit_test(characters_are_counted_as_unicode_has_them_in_common),
        cmocka_unit_test(sentences_have_ends_of_their_own),
        cmocka_unit_test(what_does_not_match_is_scaled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
