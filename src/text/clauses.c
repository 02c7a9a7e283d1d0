#include "text/clauses.h"

#include "base/utf8.h"
#include "text/characters.h"
#include "text/lists.h"

/* Places to cut, from worst to best. */
typedef enum { ANYWHERE, AT_SPACE, AT_CONJUNCTION, AT_COMMA, AT_CLAUSE, N_PLACES } PlaceKind;

/* Whether text [n], which begins with a space, goes on with a conjunction. Looks at a few spaces and one
   word only, because every space of a text may be asked. */
static bool is_conjunction(const char *text, size_t n) {
    enum { FEW = 16 };  // bytes of either
    size_t begin = 0, end, size;
    while (begin < n && character_is_space(utf8_character(text + begin, n - begin, &size))) {
        begin += size;
        if (begin >= FEW) return false;
    }
    for (end = begin; end < n && end - begin < FEW; end += size)
        if (character_is_space(utf8_character(text + end, n - end, &size))) break;
    return lists_have(LIST_CONJUNCTIONS, text + begin, end - begin);
}

/* The kind of the place between character `last` and text [n]. */
static PlaceKind place_of(const char *text, size_t n, int last) {
    size_t size;
    switch (last) {
        case 0xFF1B:  // ；
        case 0xFF1A:  // ：
            return AT_CLAUSE;
        case 0xFF0C:  // ，
        case 0x3001:  // 、
            return AT_COMMA;
        default:
            if (!character_is_space(utf8_character(text, n, &size))) return ANYWHERE;
    }
    bool conjunction = is_conjunction(text, n);
    if (last == ';' || last == ':' || last == 0x2014 || last == 0x2013) return AT_CLAUSE;
    if (last == ',') return conjunction ? AT_CLAUSE : AT_COMMA;
    return conjunction ? AT_CONJUNCTION : AT_SPACE;
}

size_t clauses_cut(const char *text, const SpanList *spans, size_t begin, size_t end) {
    size_t n_spans = spans ? spans->n : 0;
    size_t middle = begin + (end - begin) / 2, quarter = (end - begin) / 4;
    size_t best[N_PLACES] = {0}, size;
    int last = 0;
    for (size_t at = begin, i = 0; at < end; at += size) {
        int c = utf8_character(text + at, end - at, &size);
        while (i < n_spans && spans->items[i].end <= at) i++;
        bool inside = i < n_spans && spans->items[i].begin < at;
        PlaceKind kind = place_of(text + at, end - at, last);
        bool central = at >= begin + quarter && at <= end - quarter;
        size_t far = at > middle ? at - middle : middle - at, old = best[kind];
        if (at > begin && !inside && (central || kind <= AT_SPACE) &&
            (!old || far < (old > middle ? old - middle : middle - old)))
            best[kind] = at;
        last = c;
    }
    for (int kind = N_PLACES; kind-- > 0;)
        if (best[kind]) return best[kind];
    return end;
}

size_t clauses_slice(const char *text, size_t begin, size_t end) {
    if (end - begin <= CLAUSES_SLICE) return end;
    size_t most = begin + CLAUSES_SLICE;
    while (most > begin && ((unsigned char)text[most] & 0xC0) == 0x80) most--;
    return clauses_cut(text, NULL, begin, most > begin ? most : begin + CLAUSES_SLICE);
}
