/* spans.h: the parts of a text that cannot be translated

       Send 田中 the file notes.pdf 😀  ->  田中   notes.pdf 😀

   The library copies these spans from the text to its translation:

     names    addresses, e-mail, @people, #topics, files, `code` (names.h); and words with a letter or
              digit that the vocabulary cannot spell (known.h), together with a sign that it cannot
              spell either (5€, C#)
     emoji    with their skin tones, joined ones, flags and keycaps
     signs    other characters that the vocabulary cannot spell

   Added tokens (added_tokens.h) are left to the model.

   Adjacent spans, and spans with only spaces between them, become one; it counts as a name if it
   contains a name. In a script without spaces a span has only the unknown characters, not whole words.

   Quotes, dashes and ellipses that the vocabulary cannot spell are not copied: the model reads them as
   ASCII ("plain" spans). */
#ifndef XATTN_SPANS_H
#define XATTN_SPANS_H

#include "text/known.h"

typedef enum { SPAN_NAME, SPAN_EMOJI, SPAN_SIGN, SPAN_PLAIN } SpanKind;

typedef struct {
    size_t begin, end;  // bytes of the text
    SpanKind kind;
    bool topic;         // only #topics, emoji and signs
    const char *plain;  // the ASCII form of a SPAN_PLAIN
} TextSpan;

/* Starts as {0}, and keeps its memory for the next text. */
typedef struct {
    TextSpan *items;  // [n] in order, not adjacent
    size_t n, capacity;
} SpanList;

/* Replaces the contents of `spans` with the spans of text [n]. Takes time linear in n. */
bool spans_find(Known *known, const char *text, size_t n, SpanList *spans, Error *err);
void span_list_free(SpanList *spans);

#endif
