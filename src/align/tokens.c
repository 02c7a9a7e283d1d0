#include "align/tokens.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "text/spelling.h"

static const char BLANKS[] = " \t\r\n";

/* The number of characters of text [n] in NFKC, without spaces and invisible characters. */
static size_t count_characters(const char *text, size_t n) {
    size_t count = 0;
    for (size_t at = 0, size; at < n; at += size) {
        utf8proc_int32_t form[32];
        int boundary = 0, c = utf8_character(text + at, n - at, &size);
        utf8proc_ssize_t length =
            c == UTF8_NONE
                ? 0
                : utf8proc_decompose_char(
                      c, form, 32, UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_IGNORE, &boundary);
        if (length <= 0 || length > 32) {
            count += length != 0 || c == UTF8_NONE;
            continue;
        }
        for (utf8proc_ssize_t i = 0; i < length; i++) {
            utf8proc_category_t category = utf8proc_category(form[i]);
            count += category != UTF8PROC_CATEGORY_ZS && category != UTF8PROC_CATEGORY_CC &&
                     category != UTF8PROC_CATEGORY_MN;  // marks may be composed
        }
    }
    return count;
}

/* Lists the tokens of a text and returns the number of their characters. ends [n] has the end of each
   among these. */
static size_t list_tokens(const char *text, TextTokens *tokens, size_t *ends) {
    size_t count = 0;
    for (text += strspn(text, BLANKS); *text; text += strspn(text, BLANKS)) {
        size_t size = strcspn(text, BLANKS);
        count += count_characters(text, size);
        ends[tokens->n] = count;
        tokens->items[tokens->n++] = (TextToken){text, size};
        text += size;
    }
    return count;
}

static bool is_end(const char *piece) { return strcmp(piece, "</s>") == 0; }

/* Finds the token of every piece. A piece without a character belongs to the token of the next one. */
static void match(const xattn_tokens *pieces, const Spelling *s, const size_t *ends, size_t n_text,
                  TextTokens *tokens) {
    size_t n_pieces = 0, at = 0, token = 0;
    for (size_t i = 0; i < s->n; i++) {
        size_t begin = i ? s->ends[i - 1] : 0;
        if (!is_end(pieces->pieces[i]))
            n_pieces += count_characters(s->text.data + begin, s->ends[i] - begin);
    }
    for (size_t i = 0; i < s->n; i++) {
        size_t begin = i ? s->ends[i - 1] : 0;
        tokens->token_of[i] = SIZE_MAX;
        if (is_end(pieces->pieces[i]) || !tokens->n) continue;
        size_t place =
            n_pieces ? (size_t)((double)at / (double)n_pieces * (double)n_text + 1e-6) : 0;
        while (token + 1 < tokens->n && ends[token] <= place) token++;
        tokens->token_of[i] = token;
        at += count_characters(s->text.data + begin, s->ends[i] - begin);
    }
}

bool tokens_match(const xattn_tokens *pieces, const char *text, TextTokens *tokens, Arena *arena,
                  Error *err) {
    static const char what[] = "the tokens of a text";
    size_t most = strlen(text) / 2 + 1;
    size_t *ends = arena_array(arena, most, sizeof *ends, what, err);
    *tokens = (TextTokens){.items = arena_array(arena, most, sizeof *tokens->items, what, err),
                           .token_of = arena_array(arena, pieces->n, sizeof(size_t), what, err)};
    if (!ends || !tokens->items || !tokens->token_of) return false;
    size_t n_text = list_tokens(text, tokens, ends);
    Spelling s;
    bool ok = spelling_make(pieces->pieces, pieces->n, &s, err);
    if (ok) match(pieces, &s, ends, n_text, tokens);
    spelling_free(&s);
    return ok;
}
