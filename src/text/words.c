#include "text/words.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "text/characters.h"
#include "text/lists.h"
#include "text/spelling.h"
#include "text/width.h"

static const char END[] = "</s>";

/* ---- Text to words ---- */

typedef enum { SPACE, LETTER, CHARACTER, SYMBOL } Kind;  // CHARACTER: of a script without spaces

bool words_unspaced(int c) {
    static const struct {
        int first, last;
    } ranges[] = {
        {0x0E00, 0x0EFF},    // Thai, Lao
        {0x1000, 0x109F},    // Myanmar
        {0x1780, 0x17FF},    // Khmer
        {0x3005, 0x3007},    // 々 〆 〇
        {0x3041, 0x30FF},    // Hiragana, Katakana
        {0x31F0, 0x31FF},    // Katakana for Ainu
        {0x3400, 0x9FFF},    // Han
        {0xF900, 0xFAFF},    // Han, compatibility
        {0xFF66, 0xFF9D},    // half-width Katakana
        {0x1B000, 0x1B16F},  // old kana
        {0x20000, 0x3FFFF},  // Han, the rarer planes
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].first && c <= ranges[i].last) return true;
    return false;
}

static Kind kind_of(int code) {
    if (code >= '\t' && code <= '\r') return SPACE;
    switch (utf8proc_category(code)) {
        case UTF8PROC_CATEGORY_ZS:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
            return SPACE;
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ME:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
        case UTF8PROC_CATEGORY_PC:
            return words_unspaced(code) ? CHARACTER : LETTER;
        default:
            return SYMBOL;
    }
}

static bool is_apostrophe(int code) { return code == '\'' || code == 0x2019; }
static bool is_hyphen(int code) { return code == '-' || code == 0x2010 || code == 0x2011; }

/* Whether a French word that begins with this letter takes an elision: a vowel, y or h. */
static bool is_vowel(int code) {
    utf8proc_int32_t base[4];
    int boundary = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char(code, base, 4, UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD, &boundary);
    if (n <= 0 || n > 4) return false;
    return base[0] == 0xE6 || base[0] == 0x153 ||  // æ œ
           (base[0] > 0 && base[0] < 0x80 && strchr("aeiouyh", (int)base[0]));
}

/* A walk along a text, one cluster at a time. */
typedef struct {
    const char *text;
    size_t n;
    size_t word, at;            // where the current word and the current cluster begin
    Cluster last, now, next;    // clusters before, at and after `at`; size 0: none
    Kind word_kind, last_kind;  // of the word's first cluster; of the last cluster
} Walk;

/* Whether the current symbol belongs to the word before it. */
static bool symbol_joins(const Walk *w) {
    int symbol = w->now.first;
    bool letter_next = w->next.size && kind_of(w->next.first) == LETTER;
    if (w->last_kind == SYMBOL)
        return w->last.size == w->now.size &&
               memcmp(w->text + w->at - w->last.size, w->text + w->at, w->now.size) == 0;
    if (w->last_kind != LETTER) return false;
    if (is_apostrophe(symbol))
        return letter_next || lists_have(LIST_ELISIONS, w->text + w->word, w->at - w->word);
    if (is_hyphen(symbol) || symbol == '.') return letter_next;
    if (symbol == ',' || symbol == ':')
        return character_is_digit(w->last.first) && letter_next &&
               character_is_digit(w->next.first);
    return false;
}

/* Whether the current letter continues a word that a symbol has joined. */
static bool letter_joins(const Walk *w) {
    if (w->last_kind == LETTER) return true;
    if (w->last_kind != SYMBOL || w->word_kind != LETTER) return false;
    bool elision = is_apostrophe(w->last.first) && is_vowel(w->now.first) &&
                   lists_have(LIST_ELISIONS, w->text + w->word, w->at - w->last.size - w->word);
    return !elision;
}

static Cluster cluster_at(const char *text, size_t n, size_t at) {
    return at < n ? width_cluster(text + at, n - at) : (Cluster){0};
}

/* Sets starts[i] for every byte i of text [n] where a word begins. */
static void mark_words(const char *text, size_t n, bool *starts) {
    Walk w = {.text = text, .n = n, .now = cluster_at(text, n, 0), .last_kind = SPACE};
    while (w.now.size) {
        Kind kind = kind_of(w.now.first);
        w.next = cluster_at(text, n, w.at + w.now.size);
        bool joins = kind == SPACE || (kind == SYMBOL && symbol_joins(&w)) ||
                     (kind == LETTER && letter_joins(&w));
        if (!joins) {
            starts[w.at] = true;
            w.word = w.at;
            w.word_kind = kind;
        }
        w.at += w.now.size;
        w.last = w.now;
        w.now = w.next;
        w.last_kind = kind;
    }
}

/* ---- Words of pieces ---- */

/* The bytes of piece i without the spaces around them. */
static void trimmed(const Spelling *s, size_t i, size_t *begin, size_t *end) {
    *begin = i ? s->ends[i - 1] : 0;
    *end = s->ends[i];
    while (*begin < *end && s->text.data[*begin] == ' ') ++*begin;
    while (*begin < *end && s->text.data[*end - 1] == ' ') --*end;
}

/* Adds an empty word, which begins with the blank pieces before it (rule 9). */
static Word *open_word(WordList *words, size_t first) {
    Word *word = words->items + words->n++;
    *word = (Word){.text = "", .first = first};
    return word;
}

static bool set_text(Word *word, const Spelling *s, size_t begin, size_t end, WordList *words,
                     Error *err) {
    const char *text = begin < end ? s->text.data + begin : SPACE_MARK;
    word->text = arena_string(&words->memory, text, begin < end ? end - begin : strlen(text), err);
    return word->text != NULL;
}

/* Collects pieces into words. A word that starts inside a piece does not begin a new one (rule 8). */
static bool collect(const Spelling *s, const bool *starts, WordList *words, Error *err) {
    Word *word = NULL;
    size_t blanks = 0, word_begin = 0, word_end = 0;  // blanks: blank pieces before the next word
    for (size_t i = 0, begin, end; i < s->n; i++) {
        trimmed(s, i, &begin, &end);
        if (begin == end) {
            blanks++;
            continue;
        }
        if (!word || starts[begin]) {
            if (word && !set_text(word, s, word_begin, word_end, words, err)) return false;
            word = open_word(words, i - blanks);
            word->spaced = begin == 0 || s->text.data[begin - 1] == ' ';
            word_begin = begin;
        }
        word->n = i + 1 - word->first;
        word_end = end;
        blanks = 0;
    }
    if (!word && s->n) {
        word = open_word(words, 0);
        word->spaced = true;
    }
    if (!word) return true;
    word->n = s->n - word->first;
    return set_text(word, s, word_begin, word_end, words, err);
}

static bool split_body(const char *const *pieces, size_t n, WordList *words, Error *err) {
    Spelling s;
    bool *starts = NULL, ok = spelling_make(pieces, n, &s, err);
    if (ok && !(starts = calloc(s.text.size + 1, sizeof *starts))) {
        error_memory(err, s.text.size + 1, "the words of a text");
        ok = false;
    }
    if (ok) {
        mark_words(s.text.data, s.text.size, starts);
        ok = collect(&s, starts, words, err);
    }
    free(starts);
    spelling_free(&s);
    return ok;
}

bool words_split(const char *const *pieces, size_t n, WordList *words, Error *err) {
    *words = (WordList){0};
    words->items = arena_array(&words->memory, n, sizeof *words->items, "words", err);
    bool ok = words->items != NULL;
    for (size_t first = 0, end; ok && first < n; first = end + 1) {
        size_t n_before = words->n;
        for (end = first; end < n && strcmp(pieces[end], END) != 0;) end++;
        ok = split_body(pieces + first, end - first, words, err);
        for (size_t w = n_before; w < words->n; w++) words->items[w].first += first;
        if (ok && end < n)
            *open_word(words, end) = (Word){.text = END, .first = end, .n = 1, .spaced = true};
    }
    if (!ok) word_list_free(words);
    return ok;
}

void word_list_free(WordList *words) {
    arena_free(&words->memory);
    *words = (WordList){0};
}
