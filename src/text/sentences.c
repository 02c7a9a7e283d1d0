#include "text/sentences.h"

#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "text/characters.h"
#include "text/lists.h"

/* ---- Characters ---- */

/* Reads the character at byte *at < n, and moves *at past it. UTF8_NONE counts as neither a space nor a
   stop. */
static int next_character(const char *text, size_t n, size_t *at) {
    size_t size;
    int c = utf8_character(text + *at, n - *at, &size);
    *at += size;
    return c;
}

static bool is_among(int c, const int *set) {
    while (*set && *set != c) set++;
    return *set != 0;
}

static bool is_wide_stop(int c) {
    static const int stops[] = {0x3002, 0xFF01, 0xFF1F, 0xFF61, 0};  // 。！？｡
    return is_among(c, stops);
}

static bool is_stop(int c) {
    static const int stops[] = {'.',    '!',    '?',    0x2026, 0x0964, 0x0965, 0x061F,
                                0x06D4, 0x1362, 0x1367, 0x104B, 0x17D4, 0x17D5, 0x0589,
                                0x203C, 0x2047, 0x2048, 0x2049, 0};
    return is_among(c, stops) || is_wide_stop(c);
}

static bool is_digit(int c) { return c >= '0' && c <= '9'; }
static bool is_roman(int c) { return c > 0 && c < 0x80 && strchr("IVXLCDM", c); }

/* Letters and numbers, of any script. */
static bool is_word(int c) {
    utf8proc_category_t category = utf8proc_category(c);
    return character_is_letter(c) || category == UTF8PROC_CATEGORY_ND ||
           category == UTF8PROC_CATEGORY_NL || c == UTF8_NONE;
}

/* Some quotes open in one language and close in another. After a stop they count as closing. */
static bool is_closing(int c) {
    switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_PE:
        case UTF8PROC_CATEGORY_PI:
        case UTF8PROC_CATEGORY_PF:
            return true;
        default:
            return c == '"' || c == '\'';
    }
}

/* An emoji, a character that joins or varies one, or the small number of a note. */
static bool is_attached(int c) {
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_SO || category == UTF8PROC_CATEGORY_SK ||
           category == UTF8PROC_CATEGORY_NO || c == 0xFE0F || c == 0x200D;
}

/* A character that may stand between a space and the first letter of a sentence. */
static bool is_opening(int c) {
    utf8proc_category_t category = utf8proc_category(c);
    return (character_is_space(c) && !character_is_break(c)) || is_closing(c) || c == 0xBF ||
           c == 0xA1 ||  // ¿ ¡
           category == UTF8PROC_CATEGORY_PS || category == UTF8PROC_CATEGORY_PD;
}

/* Whether a word may begin after this character. */
static bool begins_word(int c) {
    return character_is_space(c) || is_closing(c) || utf8proc_category(c) == UTF8PROC_CATEGORY_PS;
}

/* ---- Words ---- */

/* Whether word [n] has characters of one kind only, and at least one. */
static bool all(bool (*kind)(int), const char *word, size_t n) {
    for (size_t at = 0; at < n;)
        if (!kind(next_character(word, n, &at))) return false;
    return n > 0;
}

static bool is_single(bool (*kind)(int), const char *word, size_t n) {
    size_t at = 0;
    return n > 0 && kind(next_character(word, n, &at)) && at == n;
}

/* Whether word [n] consists of one or two letters between dots: U.S, Ph.D, J.-M. */
static bool is_dotted(const char *word, size_t n) {
    size_t n_dots = 0, n_letters = 0;
    for (size_t at = 0; at < n;) {
        int c = next_character(word, n, &at);
        if (c == '.' || (c == '-' && n_dots)) {
            n_dots += c == '.';
            n_letters = 0;
        } else if (!character_is_letter(c) || ++n_letters > 2) {
            return false;
        }
    }
    return n_dots > 0;
}

static bool is_digit_or_dot(int c) { return is_digit(c) || c == '.'; }

/* Whether the word at byte `at` is one that begins sentences. An initial (A.) does not count. */
static bool begins_sentence(const char *text, size_t n, size_t at, size_t least) {
    size_t end = at, next = at, letters = 0;
    while (next < n && letters <= 12) {
        int c = next_character(text, n, &next);
        if (!character_is_letter(c)) break;
        end = next;
        letters++;
    }
    if (end < n && text[end] == '\'') return lists_have(LIST_BEGINNERS, text + at, end + 1 - at);
    if (letters < least || (letters == 1 && end < n && text[end] == '.')) return false;
    return lists_have(LIST_BEGINNERS, text + at, end - at);
}

static bool begins_number(const char *text, size_t n, size_t at) {
    size_t next = at;
    int first = next_character(text, n, &next);
    return is_digit(first) ||
           (is_roman(first) && next < n && is_roman(next_character(text, n, &next)) &&
            (next == n || !character_is_letter(next_character(text, n, &next))));
}

/* ---- Stops ---- */

/* The state of reading a sentence. */
typedef struct {
    const char *text;
    size_t n;
    size_t begin, word;  // where the sentence begins, and the last word in it
    int before;          // the character before the current one
    bool begun, small;   // a letter or number has been seen; the first letter is small
} Reading;

/* A run of stops, with the closing quotes after it. */
typedef struct {
    size_t first, end;
    bool single_dot, dots, wide;  // one dot; several dots or …; the last is wide (。)
    bool closed, alone;           // quotes or brackets follow; it is alone in brackets
} Stop;

/* The length of a note such as [12], or of a space and a closing », at the beginning of text [n]. */
static size_t note_size(const char *text, size_t n) {
    size_t at = 1;
    if (n && text[0] == '[') {
        int c = 0;
        while (at < n && is_digit(c = next_character(text, n, &at))) continue;
        return c == ']' && at > 2 ? at : 0;
    }
    at = 0;
    if (!n || !character_is_space(next_character(text, n, &at)) || at == n) return 0;
    int quote = next_character(text, n, &at);
    if (quote != 0xBB && quote != 0x203A) return 0;  // » ›
    size_t end = at;
    if (at == n) return end;
    int c = next_character(text, n, &at);
    return character_is_space(c) || is_stop(c) || c == ',' ? end : 0;
}

/* Reads the run of stops that begins at byte `at`. */
static Stop read_stop(const Reading *r, size_t at) {
    Stop stop = {.first = at, .end = at};
    size_t n_stops = 0, n_dots = 0;
    for (size_t next = at; next < r->n; stop.end = next) {
        int c = next_character(r->text, r->n, &next);
        size_t note = note_size(r->text + stop.end, r->n - stop.end);
        if (is_stop(c)) {
            n_stops++;
            n_dots += c == '.' ? 1 : c == 0x2026 ? 2 : 0;
            stop.wide = is_wide_stop(c);
        } else if (note) {
            next = stop.end + note;
            stop.closed = stop.closed || c != '[';
        } else if (is_closing(c)) {
            stop.closed = true;
        } else if (!is_attached(c)) {
            break;
        }
    }
    stop.single_dot = n_stops == 1 && r->text[at] == '.';
    stop.dots = n_dots > 1 && n_dots >= n_stops;
    stop.alone = (r->before == '(' || r->before == '[') && stop.closed;
    return stop;
}

/* Rule 5. The text goes on at byte `next`. */
static bool is_abbreviation(const Reading *r, const Stop *stop, size_t next) {
    const char *word = r->text + r->word;
    size_t n = stop->first - r->word, at = r->word;
    if (!n) return false;
    if (r->word == r->begin && (all(is_digit_or_dot, word, n) || all(is_roman, word, n) ||
                                is_single(character_is_letter, word, n)))
        return true;
    if (is_single(character_is_capital, word, n)) return !begins_sentence(r->text, r->n, next, 3);
    if (lists_have(LIST_INNER, word, n)) return true;
    if (begins_number(r->text, r->n, next) && lists_have(LIST_BEFORE_NUMBERS, word, n)) return true;
    bool title = lists_have(LIST_TITLES, word, n);
    if (title && character_is_capital(next_character(r->text, r->n, &at))) return true;
    bool open = title || is_dotted(word, n) || (n <= 2 && all(is_digit, word, n)) ||
                lists_have(LIST_EITHER, word, n);
    return open && !begins_sentence(r->text, r->n, next, 1);
}

/* Whether the dot follows a whole word, not an abbreviation or a number. */
static bool ends_word(const Reading *r, const Stop *stop) {
    const char *word = r->text + r->word;
    size_t n = stop->first - r->word;
    if (!stop->single_dot) return true;
    for (int list = LIST_TITLES; list <= LIST_BEFORE_NUMBERS; list++)
        if (lists_have((List)list, word, n)) return false;
    return n > 1 && !memchr(word, '.', n) && all(character_is_letter, word, n);
}

static bool ends_sentence(const Reading *r, const Stop *stop) {
    size_t at = stop->end, next = at;
    if (at == r->n) return true;
    int c = next_character(r->text, r->n, &at);
    if (character_is_break(c) || (stop->wide && !stop->alone)) return true;
    if (!character_is_space(c) || stop->alone || !r->begun) return false;
    for (bool opened = false; character_is_space(c) || is_opening(c);) {
        if (character_is_break(c) || at == r->n) return true;
        next = at;
        c = next_character(r->text, r->n, &at);
        if (!opened && is_stop(c)) return false;
        opened = opened || !character_is_space(c);
    }
    if (character_is_small(c))
        return r->small && !stop->closed && !stop->dots && ends_word(r, stop);
    return !stop->single_dot || !is_abbreviation(r, stop, next);
}

bool sentences_next(const char *text, size_t n, size_t *at, Sentence *sentence) {
    size_t next = *at, visible;  // visible: the end of the last character that is no space
    do {
        *at = next;
        if (*at == n) return false;
    } while (character_is_space(next_character(text, n, &next)));
    Reading r = {.text = text, .n = n, .begin = *at, .word = *at};
    sentence->begin = visible = *at;
    while (*at < n) {
        size_t here = *at;
        int c = next_character(text, n, at);
        if (character_is_break(c)) break;
        if (is_stop(c)) {
            Stop stop = read_stop(&r, here);
            *at = visible = stop.end;
            r.before = '.';
            if (ends_sentence(&r, &stop)) break;
            continue;
        }
        if (begins_word(c)) r.word = *at;
        if (!character_is_space(c)) visible = *at;
        if (!r.begun && is_word(c)) r.small = character_is_small(c);
        r.begun = r.begun || is_word(c);
        r.before = c;
    }
    sentence->end = visible;
    return true;
}

bool sentences_need_no_space(const char *text, size_t n) {
    while (n > 0) {
        size_t at = utf8_before(text, n), size;
        int c = utf8_character(text + at, n - at, &size);
        if (is_wide_stop(c)) return true;
        if (!is_closing(c)) return false;
        n = at;
    }
    return false;
}
