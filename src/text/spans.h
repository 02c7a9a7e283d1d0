/* spans.h: what in a text cannot be translated

       Send 田中 the file notes.pdf 😀  ->  田中   notes.pdf 😀

   These are copied from the text to its translation (xattn/parts.h):

     names    addresses, e-mail, @people, #topics, files, `code` (names.h); and words with a letter or
              digit that the vocabulary cannot spell (known.h), together with a sign that it cannot
              spell either (5€, C#)
     emoji    with their skin tones, joined ones, flags and keycaps
     signs    other characters that the vocabulary cannot spell

   Neighbours, with nothing or only spaces between them, are one span: of names if there is a name in
   it. Of a script written without spaces only the unknown characters are taken, not whole words.

   Quotes, dashes and an ellipsis that the vocabulary cannot spell need not be copied, for it spells
   others: they are spans to be read as ASCII ("plain"). */
#ifndef XATTN_SPANS_H
#define XATTN_SPANS_H

#include "text/known.h"

typedef enum { SPAN_NAME, SPAN_EMOJI, SPAN_SIGN, SPAN_PLAIN } SpanKind;

typedef struct {
    size_t begin, end;  // bytes of the text
    SpanKind kind;
    bool topic;         // nothing but #topics, emoji and signs
    const char *plain;  // what a SPAN_PLAIN is read as
} TextSpan;

/* Starts as {0}; used again and again, it keeps its memory. */
typedef struct {
    TextSpan *items;  // [n] in order, apart from each other
    size_t n, capacity;
} SpanList;

/* Replaces what `spans` held by those of text [n], in time linear in n. */
bool spans_find(Known *known, const char *text, size_t n, SpanList *spans, Error *err);
void span_list_free(SpanList *spans);

#endif
