#include "base/json.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"

static const size_t max_file = 100 * 1000 * 1000;  // cJSON needs about 10 times as much memory

static size_t line_of(const char *text, size_t offset) {
    size_t line = 1;
    for (size_t i = 0; i < offset; i++) line += text[i] == '\n';
    return line;
}

static bool check_utf8(const char *name, const char *text, size_t n, Error *err) {
    for (size_t i = 0, step; i < n; i += step) {
        step = 1;
        bool is_ascii = (unsigned char)text[i] < 0x80;  // most are, and this is faster
        if (!is_ascii && utf8_character(text + i, n - i, &step) == UTF8_NONE)
            return error_set(err, "%s: byte %zu (line %zu) is not UTF-8", name, i,
                             line_of(text, i));
    }
    return true;
}

static bool only_spaces(const char *text, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!strchr(" \t\r\n", text[i]) || !text[i]) return false;
    return true;
}

/* Whether the text contains an escaped NUL, which a C string cannot hold: \u0000 after an even number
   of backslashes. */
static bool spells_nul(const char *text, size_t n) {
    const char *end = text + n, *at = text;
    while ((at = memchr(at, '\\', (size_t)(end - at))) && end - at >= 6) {
        if (memcmp(at, "\\u0000", 6) == 0) return true;
        at += 2;  // skips the escaped character
    }
    return false;
}

cJSON *json_parse_object(const char *name, const void *bytes, size_t n, Error *err) {
    const char *text = bytes, *end = NULL;
    if (!check_utf8(name, text, n, err)) return NULL;
    if (memchr(text, '\0', n) || spells_nul(text, n)) {
        error_set(err, "%s: holds a NUL character", name);
        return NULL;
    }
    errno = 0;
    cJSON *object = cJSON_ParseWithLengthOpts(text, n, &end, 0);
    if (!object && errno == ENOMEM) {  // cJSON does not report it
        error_kind(err, XATTN_NO_MEMORY, "%s: out of memory for its JSON", name);
        return NULL;
    }
    if (!object) {
        size_t at = end ? (size_t)(end - text) : 0;
        error_set(err, "%s: not JSON: syntax error at byte %zu (line %zu), or nested too deep",
                  name, at, line_of(text, at < n ? at : n));
        return NULL;
    }
    bool whole = only_spaces(end, n - (size_t)(end - text));
    if (!whole)
        error_set(err, "%s: text after the end of the JSON, at byte %zu", name,
                  (size_t)(end - text));
    else if (!cJSON_IsObject(object))
        whole = error_set(err, "%s: expected a JSON object {…} on the outside", name);
    if (!whole) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

cJSON *json_load_object(const char *path, Error *err) {
    MappedFile file;
    cJSON *object = NULL;
    if (!file_map(path, &file, err)) return NULL;
    if (file.size > max_file)
        error_set(err, "%s: %zu bytes, expected at most %zu", path, file.size, max_file);
    else
        object = json_parse_object(path, file.data, file.size, err);
    file_unmap(&file);
    return object;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool json_check_keys(const cJSON *object, const char *name, Error *err) {
    size_t n = (size_t)cJSON_GetArraySize(object), filled = 0;
    const char **keys = malloc((n + 1) * sizeof *keys), *twice = NULL;
    if (!keys) return error_memory(err, (n + 1) * sizeof *keys, "the keys of a JSON object");
    const cJSON *entry;
    cJSON_ArrayForEach (entry, object) keys[filled++] = entry->string;
    qsort(keys, n, sizeof *keys, by_text);
    for (size_t i = 1; i < n && !twice; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0) twice = keys[i];
    free((void *)keys);
    return !twice || error_set(err, "%s: \"%s\" occurs twice", name, twice);
}

bool json_integer(const cJSON *value, const char *name, const char *key, long long least,
                  long long most, long long *out, Error *err) {
    if (!cJSON_IsNumber(value))
        return error_set(err, "%s: \"%s\" is %s, expected an integer from %lld to %lld", name, key,
                         value ? "not a number" : "missing", least, most);
    double number = value->valuedouble;
    if (!(number >= (double)least && number <= (double)most) || number != floor(number))
        return error_set(err, "%s: \"%s\" is %.17g, expected an integer from %lld to %lld", name,
                         key, number, least, most);
    *out = (long long)number;
    return true;
}
