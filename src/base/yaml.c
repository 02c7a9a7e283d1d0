#include "base/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_KEYS = 4096 };  // a key is found by a linear search

typedef struct {
    Yaml *yaml;
    const char **values;  // the next free one
    size_t line;
    Arena *arena;
    Error *err;
} Parser;

static bool refuse(const Parser *p, const char *why) {
    return error_set(p->err, "%s: line %zu: %s", p->yaml->name, p->line, why);
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* Removes spaces from both ends of [*at, *end). */
static void trim(const char **at, const char **end) {
    while (*at < *end && is_space(**at)) ++*at;
    while (*end > *at && is_space((*end)[-1])) --*end;
}

/* Adds the value [at, end), which may be in quotes, to the last entry. */
static bool add_value(Parser *p, const char *at, const char *end) {
    trim(&at, &end);
    size_t n = (size_t)(end - at);
    char quote = n && (*at == '"' || *at == '\'') ? *at : '\0';
    if (quote) {
        if (n < 2 || end[-1] != quote || memchr(at + 1, quote, n - 2) || memchr(at, '\\', n))
            return refuse(p, "quotes do not match, or hold an escape");
        at++;
        n -= 2;
    } else if (n && strchr("{}[]&*!|>%@`", *at)) {
        return refuse(p, "this kind of YAML value is not supported");
    }
    *p->values = arena_string(p->arena, at, n, p->err);
    if (!*p->values) return false;
    p->values++;
    p->yaml->entries[p->yaml->n - 1].n++;
    return true;
}

/* A list [a, b], from the byte after its opening bracket. */
static bool add_inline_list(Parser *p, const char *at, const char *end) {
    if (end[-1] != ']') return refuse(p, "a list that is not closed in its line");
    end--;
    trim(&at, &end);
    p->yaml->entries[p->yaml->n - 1].is_list = true;
    while (at < end) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        if (!add_value(p, at, comma ? comma : end)) return false;
        at = comma ? comma + 1 : end;
    }
    return true;
}

static bool add_item(Parser *p, const char *at, const char *end) {
    YamlEntry *entry = p->yaml->n ? &p->yaml->entries[p->yaml->n - 1] : NULL;
    if (!entry || (entry->n && !entry->is_list))
        return refuse(p, "a list item that belongs to no key");
    entry->is_list = true;
    return add_value(p, at, end);
}

static bool add_entry(Parser *p, const char *at, const char *end) {
    const char *colon = memchr(at, ':', (size_t)(end - at));
    if (!colon || colon == at || (colon + 1 < end && !is_space(colon[1])))
        return refuse(p, "expected `key: value`");
    const char *key = arena_string(p->arena, at, (size_t)(colon - at), p->err);
    if (!key) return false;
    if (p->yaml->n == MOST_KEYS) return refuse(p, "more than 4096 keys");
    if (yaml_find(p->yaml, key)) return refuse(p, "a duplicate key");
    p->yaml->entries[p->yaml->n++] = (YamlEntry){.key = key, .line = p->line, .values = p->values};
    at = colon + 1;
    trim(&at, &end);
    if (at == end) return true;  // a list follows, or nothing
    return *at == '[' ? add_inline_list(p, at + 1, end) : add_value(p, at, end);
}

/* The end of [at, end) without its comment, which begins with # at the start or after a space, outside
   quotes. */
static const char *without_comment(const char *at, const char *end) {
    char quote = '\0';
    for (const char *c = at; c < end; c++) {
        if (quote ? *c == quote : (*c == '"' || *c == '\'')) quote = quote ? '\0' : *c;
        if (!quote && *c == '#' && (c == at || is_space(c[-1]))) return c;
    }
    return end;
}

static bool parse_line(Parser *p, const char *start, const char *end) {
    const char *at = start;
    end = without_comment(start, end);
    trim(&at, &end);
    size_t n = (size_t)(end - at);
    if (n == 0 || (n == 3 && memcmp(at, "---", 3) == 0)) return true;
    if (memchr(at, '\0', n)) return refuse(p, "a NUL byte");
    if (*at == '-' && (n == 1 || is_space(at[1]))) return add_item(p, at + 1, end);
    if (at != start) return refuse(p, "a map inside a map is not supported");
    return add_entry(p, at, end);
}

bool yaml_parse(const char *name, const char *text, size_t n, Yaml *yaml, Arena *arena,
                Error *err) {
    size_t n_lines = 1, n_commas = 0;
    for (size_t i = 0; i < n; i++) {
        n_lines += text[i] == '\n';
        n_commas += text[i] == ',';
    }
    *yaml = (Yaml){.name = name};
    yaml->entries = arena_array(arena, n_lines, sizeof *yaml->entries, "settings", err);
    const char **values = arena_array(arena, n_lines + n_commas, sizeof *values, "settings", err);
    if (!yaml->entries || !values) return false;
    Parser parser = {yaml, values, 1, arena, err};
    for (const char *at = text, *stop = text + n; at < stop; parser.line++) {
        const char *newline = memchr(at, '\n', (size_t)(stop - at));
        const char *end = newline ? newline : stop;
        if (!parse_line(&parser, at, end)) return false;
        at = newline ? newline + 1 : stop;
    }
    return true;
}

const YamlEntry *yaml_find(const Yaml *yaml, const char *key) {
    for (size_t i = 0; i < yaml->n; i++)
        if (strcmp(yaml->entries[i].key, key) == 0) return &yaml->entries[i];
    return NULL;
}

const char *yaml_text(const Yaml *yaml, const char *key, const char *otherwise, Error *err) {
    const YamlEntry *entry = yaml_find(yaml, key);
    if (!entry) return otherwise;
    if (!entry->is_list && entry->n == 1) return entry->values[0];
    error_set(err, "%s: \"%s\" in line %zu must be one value", yaml->name, key, entry->line);
    return NULL;
}

bool yaml_size(const Yaml *yaml, const char *key, size_t least, size_t most, size_t *out,
               Error *err) {
    const char *text = yaml_text(yaml, key, "", err);
    if (!text) return false;
    if (!*text) return error_set(err, "%s: no \"%s\"", yaml->name, key);
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    *out = (size_t)value;
    return (*text >= '0' && *text <= '9' && !*end && !errno && value >= least && value <= most) ||
           error_set(err, "%s: \"%s\" is %s, expected a whole number from %zu to %zu", yaml->name,
                     key, text, least, most);
}

bool yaml_flag(const Yaml *yaml, const char *key, bool otherwise, bool *out, Error *err) {
    const char *text = yaml_text(yaml, key, otherwise ? "true" : "false", err);
    if (!text) return false;
    *out = strcmp(text, "true") == 0;
    return *out || strcmp(text, "false") == 0 ||
           error_set(err, "%s: \"%s\" is %s, expected true or false", yaml->name, key, text);
}
