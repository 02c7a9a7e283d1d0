/* languages.h: codes that name the same language

   Models have fr, fra, zho_Hans or pt_BR in their tags, and people type others of these. A code is a
   language of two or three letters (ISO 639-1, 639-2) and perhaps a script or a region after _ or -.
   Capitals do not matter. */
#ifndef XATTN_LANGUAGES_H
#define XATTN_LANGUAGES_H

#include <stddef.h>

typedef enum {
    LANGUAGES_DIFFER,
    LANGUAGES_RELATED,  // the second has a script or a region, the first has none: zh and zho_Hans
    LANGUAGES_EQUAL,    // fr, fra, FRE; pt-br and por_BR
} LanguageMatch;

/* Compares a code with the first n bytes of another. */
LanguageMatch languages_compare(const char *asked, const char *known, size_t n);

#endif
