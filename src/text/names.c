#include "text/names.h"

#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "text/characters.h"
#include "text/lists.h"

static bool is_one_of(char c, const char *set) { return c && strchr(set, c); }

static bool is_ascii_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }
static bool is_ascii_word(char c) {
    return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

/* The number of bytes at the beginning of text [n] that belong to words or to `others`, a set of ASCII
   characters. */
static size_t run(const char *text, size_t n, const char *others) {
    size_t end = 0, size;
    for (; end < n; end += size) {
        int c = utf8_character(text + end, n - end, &size);
        if (!character_is_identifier(c) && !(c > 0 && c < 0x80 && strchr(others, c))) break;
    }
    return end;
}

/* The length of a name without final marks that belong to the sentence around it. */
static size_t trim(const char *text, size_t n) {
    size_t open = 0, close = 0;
    for (size_t i = 0; i < n; i++) {
        open += text[i] == '(';
        close += text[i] == ')';
    }
    while (n && (is_one_of(text[n - 1], ".,;:!?'*]}") || (text[n - 1] == ')' && close > open))) {
        close -= text[n - 1] == ')';
        n--;
    }
    return n;
}

/* https://… and www.…, up to the next space, quote, angle bracket, or mark of another script. */
static size_t match_address(const char *text, size_t n) {
    size_t scheme = 0, end;
    while (scheme < n && (is_ascii_word(text[scheme]) || is_one_of(text[scheme], "+-."))) scheme++;
    bool has_scheme = scheme && n - scheme > 3 && memcmp(text + scheme, "://", 3) == 0;
    if (!has_scheme && !(n > 4 && ascii_equal(text, "www.", 4))) return 0;
    size_t begin = end = has_scheme ? scheme + 3 : 4;
    for (size_t size; end < n; end += size) {
        int c = utf8_character(text + end, n - end, &size);
        if (!character_is_identifier(c) && !(c > ' ' && c < 0x7F && !strchr("<>\"`|", c))) break;
    }
    end = trim(text, end);
    return end > begin ? end : 0;
}

static size_t match_mail(const char *text, size_t n) {
    size_t local = run(text, n, ".%+-");
    if (!local || local == n || text[local] != '@') return 0;
    size_t host = run(text + local + 1, n - local - 1, ".-");
    while (host && is_one_of(text[local + host], ".-")) host--;
    bool dotted = host && memchr(text + local + 1, '.', host) && text[local + 1] != '.';
    return dotted ? local + 1 + host : 0;
}

/* @tom and #paris; a number alone (#1) is no topic. */
static size_t match_tag(const char *text, size_t n, bool *topic) {
    if (n < 2 || (*text != '@' && *text != '#')) return 0;
    size_t end = run(text + 1, n - 1, *text == '@' ? ".-" : ""), digits = 0;
    while (end && is_one_of(text[end], ".-")) end--;
    while (digits < end && text[1 + digits] >= '0' && text[1 + digits] <= '9') digits++;
    *topic = *text == '#';
    return digits < end ? end + 1 : 0;
}

static bool is_stem(char c) { return is_ascii_word(c) || (unsigned char)c >= 0x80; }

/* Whether name [n] has an ending that files or hosts have. */
static bool has_ending(const char *name, size_t n) {
    size_t dot = n;
    while (dot && name[dot - 1] != '.') dot--;
    if (dot < 2 || dot == n) return false;
    size_t stem = dot - 1, ending = n - dot;
    if (ending == 1 && (stem < 2 || name[dot] < 'a')) return false;  // B.C is no file
    return lists_have(LIST_FILE_ENDINGS, name + dot, ending) && is_stem(name[stem - 1]);
}

static bool begins_path(const char *text, size_t n) {
    static const char *const roots[] = {"/", "./", "../", "~/"};
    for (size_t i = 0; i < 4; i++) {
        size_t root = strlen(roots[i]);
        if (n > root && memcmp(text, roots[i], root) == 0 && is_ascii_word(text[root])) return true;
    }
    return n > 3 && is_ascii_letter(text[0]) && text[1] == ':' && text[2] == '\\';
}

static size_t match_file(const char *text, size_t n) {
    bool path = begins_path(text, n);
    size_t drive = path && text[1] == ':' ? 2 : 0;
    size_t end = drive + run(text + drive, n - drive, "./\\~-+%");
    while (end && is_one_of(text[end - 1], ".-")) end--;
    const char *slash = memchr(text, '/', end);
    size_t host = slash ? (size_t)(slash - text) : end;
    bool is_host = slash && has_ending(text, host);
    if (is_host) end = trim(text, end + run(text + end, n - end, "./\\~-+%?=&#:;@!$,"));
    return path || is_host || has_ending(text, end) ? end : 0;
}

/* `code`, ``code`` or ```code```, up to the next run of backticks. */
static size_t match_code(const char *text, size_t n) {
    size_t ticks = 0;
    while (ticks < n && text[ticks] == '`') ticks++;
    const char *close = ticks && ticks < n ? memchr(text + ticks, '`', n - ticks) : NULL;
    if (!close) return 0;
    size_t end = (size_t)(close - text);
    while (end < n && text[end] == '`') end++;
    return end;
}

size_t names_match(const char *text, size_t n, bool *topic) {
    size_t size;
    *topic = false;
    if (n && *text == '`') return match_code(text, n);
    if ((size = match_address(text, n)) || (size = match_mail(text, n)) ||
        (size = match_tag(text, n, topic)))
        return size;
    return match_file(text, n);
}
