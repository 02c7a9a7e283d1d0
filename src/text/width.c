#include "text/width.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

enum { NOT_A_CHARACTER = 0xFFFD, EMOJI_STYLE = 0xFE0F };

/* Reads a code point of text [n]; returns its length. */
static size_t decode(const char *text, size_t n, int *code) {
    size_t size;
    *code = utf8_character(text, n, &size);
    if (*code == UTF8_NONE) *code = NOT_A_CHARACTER;
    return size;
}

/* A code point newer than utf8proc's tables counts like others of its block. */
static size_t columns_of(int code) {
    if (utf8proc_category(code) == UTF8PROC_CATEGORY_CN)
        return (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFF) ? 2 : 1;
    return (size_t)utf8proc_charwidth(code);
}

static bool is_regional(int code) { return code >= 0x1F1E6 && code <= 0x1F1FF; }

static bool is_mark(int code) {
    utf8proc_category_t category = utf8proc_category(code);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

Cluster width_cluster(const char *text, size_t n) {
    Cluster cluster = {0};
    cluster.size = decode(text, n, &cluster.first);
    cluster.columns = is_regional(cluster.first) ? 2 : columns_of(cluster.first);
    cluster.joins_left = is_mark(cluster.first);
    utf8proc_int32_t state = 0;
    for (int last = cluster.first, code; cluster.size < n; last = code) {
        size_t size = decode(text + cluster.size, n - cluster.size, &code);
        if (utf8proc_grapheme_break_stateful(last, code, &state)) break;
        size_t columns = code == EMOJI_STYLE ? 2 : columns_of(code);
        if (columns > cluster.columns) cluster.columns = columns;
        cluster.size += size;
    }
    return cluster;
}

size_t width_measure(const char *text) {
    size_t columns = 0;
    for (size_t n = strlen(text); n > 0;) {
        Cluster cluster = width_cluster(text, n);
        columns += cluster.columns;
        text += cluster.size;
        n -= cluster.size;
    }
    return columns;
}

/* Writes a stand-in to shown [16] for a character that draws nothing or that a terminal would obey. */
static bool replace_invisible(int code, char *shown) {
    switch (utf8proc_category(code)) {
        case UTF8PROC_CATEGORY_CC:
            if (code >= 0x80) break;
            code = code == 0x7F ? 0x2421 : 0x2400 + code;  // ␀ … ␟, ␡
            shown[utf8proc_encode_char(code, (utf8proc_uint8_t *)shown)] = '\0';
            return true;
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
            break;
        default:
            if ((code & 0xFFFE) != 0xFFFE) return false;  // U+FFFE, U+1FFFF …: not characters
    }
    snprintf(shown, 16, "U+%04X", (unsigned)code);
    return true;
}

/* Appends a cluster in a form that is safe for a terminal; returns its columns. With out NULL it only
   measures. */
static size_t print_cluster(const char *text, Cluster cluster, Buffer *out) {
    char shown[16];
    if (replace_invisible(cluster.first, shown)) {
        if (out) buffer_string(out, shown);
        return width_measure(shown);
    }
    if (out && cluster.joins_left) buffer_string(out, "\u25CC");
    if (out && cluster.first == NOT_A_CHARACTER)
        buffer_string(out, "\uFFFD");
    else if (out)
        buffer_append(out, text, cluster.size);
    return cluster.joins_left ? 1 : cluster.columns;
}

/* The length of the clusters at the start of text [n] that fit into `columns`; *taken is their
   width. */
static size_t fitting(const char *text, size_t n, size_t columns, size_t *taken) {
    size_t end = 0;
    *taken = 0;
    while (end < n) {
        Cluster cluster = width_cluster(text + end, n - end);
        size_t wide = print_cluster(text + end, cluster, NULL);
        if (columns && *taken + wide > columns) break;
        *taken += wide;
        end += cluster.size;
    }
    return end;
}

size_t width_print(const char *text, size_t columns, const char *ellipsis, Buffer *out) {
    size_t n = strlen(text), taken, end = fitting(text, n, columns, &taken);
    bool cut = end < n;
    size_t dots = width_measure(ellipsis);
    if (cut) end = columns > dots ? fitting(text, n, columns - dots, &taken) : (taken = 0);
    for (size_t at = 0; at < end;) {
        Cluster cluster = width_cluster(text + at, n - at);
        print_cluster(text + at, cluster, out);
        at += cluster.size;
    }
    if (cut) buffer_string(out, ellipsis);
    return taken + (cut ? dots : 0);
}

bool width_runs_left(const char *text) {
    for (size_t n = strlen(text), size; n > 0; text += size, n -= size) {
        int code;
        size = decode(text, n, &code);
        switch (utf8proc_get_property(code)->bidi_class) {
            case UTF8PROC_BIDI_CLASS_R:
            case UTF8PROC_BIDI_CLASS_AL:
            case UTF8PROC_BIDI_CLASS_AN:
                return true;
            default:
                break;
        }
    }
    return false;
}
