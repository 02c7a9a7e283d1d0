#include "xml.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { DEEPEST = 32 };

typedef struct {
    const char *text, *end, *at;
    const char *names[DEEPEST];  // of the open elements
    size_t lengths[DEEPEST], depth;
} Parser;

static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-_:.", c));
}

static bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t'; }

static bool starts(const Parser *p, const char *what) {
    size_t n = strlen(what);
    return (size_t)(p->end - p->at) >= n && memcmp(p->at, what, n) == 0;
}

static void skip_spaces(Parser *p) {
    while (p->at < p->end && is_space(*p->at)) p->at++;
}

static size_t take_name(Parser *p) {
    const char *from = p->at;
    while (p->at < p->end && is_name(*p->at)) p->at++;
    return (size_t)(p->at - from);
}

/* A character reference, or one of the five entities that need no declaration. */
static const char *take_entity(Parser *p) {
    static const char *const known[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    for (size_t i = 0; i < 5; i++)
        if (starts(p, known[i])) {
            p->at += strlen(known[i]);
            return NULL;
        }
    char *stop;
    bool hexadecimal = starts(p, "&#x");
    if (!starts(p, "&#")) return "an unknown entity";
    long value = strtol(p->at + (hexadecimal ? 3 : 2), &stop, hexadecimal ? 16 : 10);
    if (*stop != ';' || value < 0x20 || value > 0x10FFFF) return "a wrong character reference";
    p->at = stop + 1;
    return NULL;
}

/* A character that XML allows. */
static const char *take_character(Parser *p) {
    utf8proc_int32_t c;
    utf8proc_ssize_t left = p->end - p->at;
    utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)p->at, left < 4 ? left : 4, &c);
    if (n <= 0) return "not UTF-8";
    if ((c < 0x20 && !strchr("\t\n\r", c)) || !c || c == 0xFFFE || c == 0xFFFF)
        return "a character that XML does not allow";
    p->at += n;
    return NULL;
}

/* Text up to the byte `stop`, which stays. */
static const char *take_text(Parser *p, char stop) {
    const char *fault = NULL;
    while (!fault && p->at < p->end && *p->at != stop) {
        if (*p->at == '<') return "a bare <";
        fault = *p->at == '&' ? take_entity(p) : take_character(p);
    }
    return fault;
}

static const char *take_attributes(Parser *p) {
    const char *fault = NULL;
    for (skip_spaces(p); !fault && p->at < p->end && is_name(*p->at); skip_spaces(p)) {
        take_name(p);
        if (!starts(p, "=\"")) return "an attribute without =\"";
        p->at += 2;
        fault = take_text(p, '"');
        if (!fault && p->at++ == p->end) return "an attribute that does not end";
    }
    return fault;
}

static const char *take_end_tag(Parser *p) {
    p->at += 2;
    const char *name = p->at;
    size_t n = take_name(p);
    if (!p->depth) return "an end tag too many";
    p->depth--;
    if (p->lengths[p->depth] != n || memcmp(p->names[p->depth], name, n) != 0)
        return "an end tag of another element";
    return p->at < p->end && *p->at++ == '>' ? NULL : "an end tag without >";
}

static const char *take_start_tag(Parser *p) {
    const char *name = ++p->at, *fault;
    size_t n = take_name(p);
    if (!n) return "a tag without a name";
    if (p->depth == DEEPEST) return "nested too deep";
    if ((fault = take_attributes(p))) return fault;
    if (starts(p, "/>")) {
        p->at += 2;
        return NULL;
    }
    if (!starts(p, ">")) return "a tag without >";
    p->at++;
    p->names[p->depth] = name;
    p->lengths[p->depth++] = n;
    return NULL;
}

static const char *take_document(Parser *p) {
    const char *fault = NULL;
    if (starts(p, "<?xml ")) {
        p->at = memchr(p->at, '>', (size_t)(p->end - p->at));
        if (!p->at++) return "a declaration that does not end";
    }
    skip_spaces(p);
    if (!starts(p, "<")) return "no element";
    do {
        fault = starts(p, "</")  ? take_end_tag(p)
                : starts(p, "<") ? take_start_tag(p)
                                 : take_text(p, '<');
    } while (!fault && p->depth && p->at < p->end);
    if (fault) return fault;
    if (p->depth) return "an element that does not end";
    skip_spaces(p);
    return p->at == p->end ? NULL : "text behind the document";
}

const char *xml_fault(const char *text, size_t n, size_t *at) {
    Parser parser = {.text = text, .end = text + n, .at = text};
    const char *fault = take_document(&parser);
    *at = parser.at ? (size_t)(parser.at - text) : n;
    return fault;
}
