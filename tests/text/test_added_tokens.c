/* Tokens that were added to a vocabulary: texts cut up as transformers cuts them
   (scripts/parity/added_tokens.py wrote tests/goldens/added), and the older file, which has no
   properties. What is refused: tests/hostile/test_configs.c. */
#include "text/added_tokens.h"

#include "../base/scratch.h"
#include "base/buffer.h"
#include "text/spans.h"
#include "tiny_model.h"

enum { SIZE = 512, RESIZED = 640 };  // of the vocabulary, before and after

/* They are nothing to copy, though the vocabulary lacks their signs. */
static void expect_spans(const Tokenizer *tokenizer, const char *text, const char *expected) {
    Known known = {.side = &tokenizer->source};
    SpanList spans = {0};
    Buffer found = {0};
    Error err = {0};
    buffer_string(&found, "");
    assert_true(spans_find(&known, text, strlen(text), &spans, &err));
    for (size_t i = 0; i < spans.n; i++)
        buffer_format(&found, "%.*s|", (int)(spans.items[i].end - spans.items[i].begin),
                      text + spans.items[i].begin);
    assert_string_equal(found.data, expected);
    buffer_free(&found);
    span_list_free(&spans);
    known_free(&known);
}

static void as_in_transformers(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Tokenizer tokenizer;
    size_t size, n = 0;
    if (!tokenizer_load("tests/goldens/added", RESIZED, 0, &tokenizer, &arena, &err))
        fail_msg("%s", err.text);
    char *file = tiny_file_read("tests/goldens/added", "added_tokens.tsv", &size);
    for (char *text = file, *next; *text; text = next, n++) {
        char *ids = strchr(text, '\t') + 1;
        next = strchr(ids, '\n') + 1;
        ids[-1] = next[-1] = '\0';
        Tokens tokens;
        Buffer found = {0};
        bool cut;
        assert_true(tokenizer_encode(&tokenizer, XATTN_SOURCE, text, strlen(text), SIZE_MAX,
                                     &tokens, &cut, &arena, &err));
        for (size_t i = 0; i < tokens.n; i++)
            buffer_format(&found, "%s%d", i ? " " : "", tokens.ids[i]);
        if (strcmp(found.data, ids) != 0) fail_msg("%s: %s, expected %s", text, found.data, ids);
        buffer_free(&found);
        for (size_t most = 2; most < tokens.n; most++) {  // cut off anywhere
            Tokens some;
            assert_true(tokenizer_encode(&tokenizer, XATTN_SOURCE, text, strlen(text), most, &some,
                                         &cut, &arena, &err));
            assert_true(cut && some.n == most && some.ids[most - 1] == 0);
            assert_memory_equal(some.ids, tokens.ids, (most - 1) * sizeof(int));
        }
    }
    assert_true(n > 15);
    expect_spans(&tokenizer, "a <ent> b {x} <keep><entity>, 田<ent>田 x<ent>", "田|田|");
    expect_spans(&tokenizer, "a <end> b 田{x} .foo, <ent", "<|>|田|<|");
    expect_spans(&tokenizer, "<ent>#topic <ent>a@b.fr", "#topic|a@b.fr|");
    // A special one says nothing, another itself.
    Buffer said = {0};
    const char *const pieces[] = {"▁Le", "<keep>", "<ent>", "▁chat", "</s>"};
    assert_true(tokenizer_join(&tokenizer, XATTN_TARGET, pieces, 5, &said, &err));
    assert_string_equal(said.data, "Le<ent> chat");
    buffer_free(&said);
    assert_string_equal(tokenizer_piece(&tokenizer, XATTN_TARGET, SIZE), "<ent>");
    assert_int_equal(vocab_find(&tokenizer.vocabs[0], "<entity>", 8), SIZE + 1);
    free(file);
    tokenizer_free(&tokenizer);
    arena_free(&arena);
}

static void the_older_file(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    AddedTokens added;
    assert_true(added_tokens_load(scratch_folder, 10, &added, &arena, &err));
    assert_int_equal(added.n, 0);
    AddedStretch none = added_tokens_next(&added, "abc", 3, 1);
    assert_true(none.begin == 1 && none.end == 3 && !none.token);
    scratch_write_text("added_tokens.json", "{\"<b>\": 7, \"<bc>\": 8, \"</s>\": 0}");
    assert_true(added_tokens_load(scratch_folder, 10, &added, &arena, &err));
    assert_int_equal(added.n, 2);
    AddedStretch found = added_tokens_next(&added, "a<b><bc>", 8, 0);
    assert_true(found.begin == 0 && found.end == 1 && found.token->id == 7);
    found = added_tokens_next(&added, "a<b><bc>", 8, 4);
    assert_true(found.end == 4 && found.token->id == 8 && !found.token->special);
    assert_false(added_tokens_is_special(&added, "<b>"));
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_in_transformers),
        cmocka_unit_test(the_older_file),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
