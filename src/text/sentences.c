#include "text/sentences.h"

#include <string.h>
#include <utf8proc.h>

#include "base/ascii.h"
#include "base/utf8.h"

/* The character at byte `at` < n, or UTF8_NONE, which is no space and no stop; *at moves behind it. */
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

static bool is_space(int c) {
    return c == '\t' || c == '\n' || c == '\r' || utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
}

static bool is_wide_stop(int c) {
    static const int stops[] = {0x3002, 0xFF01, 0xFF1F, 0xFF61, 0};  // 。！？｡
    return is_among(c, stops);
}

static bool is_stop(int c) {
    static const int stops[] = {'.',    '!',    '?',    0x2026, 0x0964, 0x061F,
                                0x06D4, 0x1362, 0x104B, 0x17D4, 0x0589, 0};
    return is_among(c, stops) || is_wide_stop(c);
}

/* Quotes that open in one language close in another: behind a stop they close. */
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

/* What may stand between a space and the first letter of a sentence. */
static bool is_opening(int c) {
    utf8proc_category_t category = utf8proc_category(c);
    return is_space(c) || is_closing(c) || c == 0xBF || c == 0xA1 ||  // ¿ ¡
           category == UTF8PROC_CATEGORY_PS || category == UTF8PROC_CATEGORY_PD;
}

/* The first character at or behind `at` that passes no `skip`; 0 if there is none. */
static int first_not(bool (*skip)(int), const char *text, size_t n, size_t at) {
    while (at < n) {
        int c = next_character(text, n, &at);
        if (!skip(c)) return c;
    }
    return 0;
}

/* Whether word [n], without its dot, is in a list that ends with NULL; case does not matter. */
static bool is_listed(const char *word, size_t n, const char *const *list) {
    for (; *list; list++)
        if (strlen(*list) == n && ascii_equal(*list, word, n)) return true;
    return false;
}

/* Abbreviations that stand before a name: English, Spanish, Portuguese, French, German, Italian. */
static const char *const before_names[] = {
    "mr",  "mrs", "ms",    "dr",   "prof", "rev",  "hon", "gen", "col", "capt",   "lt",  "sgt",
    "sen", "rep", "gov",   "pres", "st",   "mt",   "ft",  "vs",  "sr",  "sra",    "srs", "srta",
    "dra", "drs", "profa", "exmo", "exma", "dña",  "ud",  "uds", "mme", "mlle",   "hr",  "fr",
    "frl", "bzw", "ca",    "vgl",  "sig",  "dott", "avv", "ing", "cf",  "approx", NULL};

/* Abbreviations that stand before a number. */
static const char *const before_numbers[] = {"no",  "nos", "nr",  "n",    "p",   "pp", "pag",
                                             "vol", "art", "fig", "chap", "sec", "eq", "cap",
                                             "núm", "nº",  "pág", "abs",  "kap", NULL};

static bool is_number(const char *word, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (word[i] < '0' || word[i] > '9') return false;
    return n > 0;
}

static bool is_single_capital(const char *word, size_t n) {
    size_t at = 0;
    return n > 0 && utf8proc_category(next_character(word, n, &at)) == UTF8PROC_CATEGORY_LU &&
           at == n;
}

/* Rule 3, for the dot at byte `dot` of a sentence that begins at `begin`; `next` is the first
   character of what follows. */
static bool is_abbreviation(const char *text, size_t begin, size_t dot, int next) {
    size_t start = dot;
    while (start > begin && !strchr(" \t([\"'", text[start - 1])) start--;
    const char *word = text + start;
    size_t n = dot - start;
    return is_listed(word, n, before_names) || is_single_capital(word, n) ||
           (n && memchr(word, '.', n)) || (n <= 2 && is_number(word, n)) ||
           (next >= '0' && next <= '9' && is_listed(word, n, before_numbers));
}

/* A run of stops in the sentence, with the closing quotes behind it. */
typedef struct {
    size_t first, end;
    bool single_dot, wide;
} Stop;

/* Reads the run whose first character stands at `at`. */
static Stop read_stop(const char *text, size_t n, size_t at) {
    Stop stop = {.first = at, .end = at};
    size_t n_stops = 0;
    for (size_t next = at; next < n; stop.end = next) {
        int c = next_character(text, n, &next);
        if (is_stop(c)) {
            n_stops++;
            stop.wide = is_wide_stop(c);
        } else if (!is_closing(c)) {
            break;
        }
    }
    stop.single_dot = n_stops == 1 && text[at] == '.';
    return stop;
}

static bool ends_sentence(const char *text, size_t n, size_t begin, const Stop *stop) {
    size_t at = stop->end;
    if (stop->wide || at == n) return true;
    if (!is_space(next_character(text, n, &at))) return false;
    int next = first_not(is_opening, text, n, at);
    if (utf8proc_category(next) == UTF8PROC_CATEGORY_LL) return false;
    return !stop->single_dot || !is_abbreviation(text, begin, stop->first, next);
}

bool sentences_next(const char *text, size_t n, size_t *at, Sentence *sentence) {
    size_t next = *at, visible;  // visible: behind the last character that is not a space
    do {
        *at = next;
        if (*at == n) return false;
    } while (is_space(next_character(text, n, &next)));
    sentence->begin = visible = *at;
    while (*at < n) {
        size_t here = *at;
        int c = next_character(text, n, at);
        if (!is_space(c)) visible = *at;
        if (!is_stop(c)) continue;
        Stop stop = read_stop(text, n, here);
        *at = visible = stop.end;
        if (ends_sentence(text, n, sentence->begin, &stop)) break;
    }
    sentence->end = visible;
    return true;
}

bool sentences_need_no_space(const char *text, size_t n) {
    bool wide = false;
    for (size_t at = 0; at < n;) {
        int c = next_character(text, n, &at);
        wide = is_wide_stop(c) || (wide && is_closing(c));
    }
    return wide;
}
