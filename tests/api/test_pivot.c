/* Translations through a third language: the result of each model alone, and the product of their maps,
   computed here letter by letter. scripts/parity/pivot.py compares real ones with NumPy. */
#include "api.h"

enum { MOST_LETTERS = 4000 };

static xattn_translation *pivot(const xattn_model *first, const xattn_model *second,
                                const char *text, xattn_options options) {
    xattn_translation *t;
    xattn_error error;
    if (!xattn_pivot(first, second, &text, 1, &options, &t, &error)) fail_msg("%s", error.text);
    return t;
}

/* The piece that each letter of a text belongs to; spaces, ▁ and </s> have none. The number of letters. */
static size_t owners(const xattn_tokens *tokens, size_t owner[MOST_LETTERS], char *letters) {
    size_t n = 0;
    for (size_t i = 0; i < tokens->n; i++) {
        const char *piece = tokens->pieces[i];
        if (strcmp(piece, "</s>") == 0) continue;
        for (; *piece; piece++) {
            bool is_mark = strncmp(piece, "\u2581", 3) == 0;
            if (is_mark) piece += 2;
            if (is_mark || *piece == ' ') continue;
            assert_true(n < MOST_LETTERS);
            letters[n] = *piece;
            owner[n++] = i;
        }
    }
    return n;
}

/* second[t][·] · bridge · first[·][s] by the letters, which must be the same on both sides. */
static float product(const xattn_translation *a, const float *first, const xattn_translation *b,
                     const float *second, size_t t, size_t s) {
    static size_t of_first[MOST_LETTERS], of_second[MOST_LETTERS];
    static char one[MOST_LETTERS], other[MOST_LETTERS];
    size_t n = owners(&a->target, of_first, one), m = owners(&b->source, of_second, other);
    double sum = 0.0;
    assert_int_equal(n, m);
    assert_memory_equal(one, other, n);
    for (size_t p = 0; p < b->source.n; p++) {
        double through = 0.0, count = 0.0;
        for (size_t i = 0; i < n; i++) {
            if (of_second[i] != p) continue;
            through += (double)first[of_first[i] * a->source.n + s];
            count += 1.0;
        }
        if (count == 0.0) through = (double)first[(a->target.n - 1) * a->source.n + s];
        sum += (double)second[t * b->source.n + p] * through / (count > 0.0 ? count : 1.0);
    }
    return (float)sum;
}

/* The first model's map to look at first. */
static float *look(const xattn_translation *t) {
    size_t size = t->target.n * t->source.n;
    float *map = calloc(size, sizeof *map);
    assert_non_null(map);
    size_t first = t->map_head == XATTN_MEAN ? 0 : (size_t)t->map_head;
    size_t n = t->map_head == XATTN_MEAN ? t->n_heads : 1;
    for (size_t h = first; h < first + n; h++)
        for (size_t i = 0; i < size; i++)
            map[i] += t->attention[((size_t)t->map_layer * t->n_heads + h) * size + i] / (float)n;
    return map;
}

static void expect_product(const xattn_model *first, const xattn_model *second, const char *text) {
    const xattn_options all = {XATTN_OPTIONS, .attention = true, .scores = true, .runners_up = 2};
    xattn_translation *a = translate_one(first, text, all);
    xattn_translation *b = translate_one(second, a->text, all);
    xattn_translation *c = pivot(first, second, text, all);
    assert_same_target(b, c);
    assert_string_equal(c->pivot_text, a->text);
    assert_string_equal(c->source_text, text);
    if (!b->target.n) {  // the first model said nothing
        assert_int_equal(c->source.n, 0);
        xattn_translation_free(a);
        xattn_translation_free(b);
        xattn_translation_free(c);
        return;
    }
    assert_int_equal(c->source.n, a->source.n);
    for (size_t i = 0; i < c->source.n; i++)
        assert_string_equal(c->source.pieces[i], a->source.pieces[i]);
    assert_true(c->n_layers == b->n_layers && c->n_runners_up == 2);
    float *map = look(a);
    size_t n_src = c->source.n, n_tgt = c->target.n;
    for (size_t i = 0; i < c->n_layers * c->n_heads; i++)
        for (size_t t = 0; t < n_tgt; t++) {
            const float *row = c->attention + (i * n_tgt + t) * n_src;
            float sum = 0.0F;
            for (size_t s = 0; s < n_src; s++) {
                float expected = product(a, map, b, b->attention + i * n_tgt * b->source.n, t, s);
                assert_true(fabsf(row[s] - expected) < 2e-6F);
                sum += row[s];
            }
            assert_true(fabsf(sum - 1.0F) < 1e-5F);
        }
    free(map);
    xattn_translation_free(a);
    xattn_translation_free(b);
    xattn_translation_free(c);
}

static void two_tiny_models(void **state) {
    (void)state;
    xattn_model *first = open_marian(), *second = open_splitting(), *third;
    TinyModel options = tiny_model_default();
    options.separate_vocabs = true;
    third = open_and_remove(tiny_model_write(&options));
    static const char *const texts[] = {"a cat", "the mat is black", "no", "be my guest today"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect_product(first, third, texts[i]);
        expect_product(third, first, texts[i]);
        expect_product(second, first, texts[i]);
    }
    xattn_close(first);
    xattn_close(second);
    xattn_close(third);
}

/* French has letters that the tiny model has no piece for. */
static void the_shipped_model_and_a_tiny_one(void **state) {
    (void)state;
    xattn_error error;
    xattn_model *first = xattn_open("models/en-fr", NULL, &error), *second = open_marian();
    assert_non_null(first);
    static const char *const texts[] = {"The black cat sat on the mat.", "I don't know.",
                                        "He went to the station because it was raining."};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_product(first, second, texts[i]);
    xattn_close(first);
    xattn_close(second);
}

/* Each sentence goes through both models alone, and stays where it was. */
static void sentences_keep_their_place(void **state) {
    (void)state;
    static const char text[] = "A cat sat. It was black. Dogs ran away!";
    static const char *const parts[] = {"A cat sat.", "It was black.", "Dogs ran away!"};
    xattn_model *splitting = open_splitting(), *plain = open_marian();
    for (size_t order = 0; order < 2; order++) {
        const xattn_model *first = order ? plain : splitting, *second = order ? splitting : plain;
        const xattn_options keep = {XATTN_OPTIONS, .attention = true};
        xattn_translation *whole = pivot(first, second, text, keep);
        size_t row = 0, column = 0, n_src = whole->source.n;
        assert_int_equal(whole->n_sentences, 3);
        for (size_t i = 0; i < 3; i++) {
            xattn_translation *part = pivot(first, second, parts[i], keep);
            for (size_t t = 0; t < part->target.n; t++)
                for (size_t s = 0; s < n_src; s++) {
                    bool inside = s >= column && s < column + part->source.n;
                    float expected =
                        inside ? part->attention[t * part->source.n + s - column] : 0.0F;
                    assert_true(fabsf(whole->attention[(row + t) * n_src + s] - expected) < 1e-6F);
                }
            row += part->target.n;
            column += part->source.n;
            xattn_translation_free(part);
        }
        assert_true(row == whole->target.n && column == n_src);
        xattn_translation_free(whole);
    }
    xattn_close(splitting);
    xattn_close(plain);
}

static void lists_and_blanks(void **state) {
    (void)state;
    xattn_model *first = open_marian(), *second = open_splitting();
    const char *const texts[] = {"a cat", "", "  ", "the mat"};
    xattn_translation *t[4];
    xattn_error error;
    const xattn_options options = {XATTN_OPTIONS, .beam = 3, .nbest = 3, .attention = true};
    assert_true(xattn_pivot(first, second, texts, 4, &options, t, &error));
    for (size_t i = 0; i < 4; i++) {
        bool blank = i == 1 || i == 2;
        assert_int_equal(t[i]->target.n == 0, blank);
        assert_int_equal(t[i]->n_alternatives, blank ? 0 : 2);
        for (size_t k = 0; k < t[i]->n_alternatives; k++) {
            const xattn_translation *other = t[i]->alternatives[k];
            assert_string_equal(other->pivot_text, t[i]->pivot_text);
            assert_int_equal(other->source.n, t[i]->source.n);
            float sum = 0.0F;
            for (size_t s = 0; s < other->source.n; s++) sum += other->attention[s];
            assert_true(fabsf(sum - 1.0F) < 1e-5F);
        }
        xattn_translation_free(t[i]);
    }
    xattn_close(first);
    xattn_close(second);
}

static bool never(void *context, const xattn_step *step) {
    (void)context, (void)step;
    return false;
}

static void what_is_of_one_model_is_refused(void **state) {
    (void)state;
    xattn_model *first = open_marian(), *second = open_splitting();
    const char *text = "a cat";
    const int prefix[] = {5};
    const xattn_options refused[] = {{XATTN_OPTIONS, .step = never},
                                     {XATTN_OPTIONS, .prefix = prefix, .n_prefix = 1}};
    for (size_t i = 0; i < 2; i++) {
        xattn_translation *t;
        xattn_error error;
        assert_false(xattn_pivot(first, second, &text, 1, &refused[i], &t, &error));
        assert_int_equal(error.kind, XATTN_USAGE);
    }
    // A text that the first cannot read is named.
    const char *const texts[] = {"a", ">>xyz<< b"};
    xattn_translation *t[2];
    xattn_error error;
    assert_false(xattn_pivot(first, second, texts, 2, NULL, t, &error));
    assert_int_equal(error.index, 1);
    xattn_close(first);
    xattn_close(second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_tiny_models),
        cmocka_unit_test(the_shipped_model_and_a_tiny_one),
        cmocka_unit_test(sentences_keep_their_place),
        cmocka_unit_test(lists_and_blanks),
        cmocka_unit_test(what_is_of_one_model_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
