/* parts.h: which parts of a text the model reads, and which are copied

       I love 田中! 😀  See https://example.com.

       text     I love Z4!             Z4 is a stand-in for 田中
       copied   😀
       text     See Z4.                Z4 is a stand-in for https://example.com

   A text is cut into sentences (sentences.h), and each is searched for spans that cannot be translated
   (spans.h). The treatment of a span depends on its place:

     - An emoji or a sign at the beginning or the end of a sentence, and #topics at its end, are parts
       of their own, which are copied; so are a sentence without a letter or digit outside its spans,
       and a rest without a word of two letters.
     - A sign elsewhere cuts the sentence in two. So does any span right beside a letter or digit,
       and a span for which no name is left.
     - Any other span is read as a stand-in: one of six names such as Z4, not in the text. Models
       copy these to the right place and do not inflect them. It must occur in the translation
       exactly once; its span then replaces it (copy.h). Otherwise the sentence is read once more, in
       parts, cut at its spans, so that nothing is lost.
     - A quote, dash or ellipsis that the vocabulary lacks is read as its ASCII form.

   A sentence that is too long for the model is cut in two (clauses.h), not inside a span; its halves
   may be cut again. */
#ifndef XATTN_PARTS_H
#define XATTN_PARTS_H

#include "base/arena.h"
#include "text/spans.h"

enum { STAND_INS = 6 };

typedef struct {
    const char *name;  // the stand-in
    const char *span;  // its span
} StandIn;

typedef struct {
    size_t begin, end;  // bytes of the text, without the spaces around them
    bool copied;
    bool begins;       // the first part of a sentence
    const char *text;  // the text to read, or to copy
    size_t n_stand_ins;
    StandIn stand_ins[STAND_INS];
} Part;

/* Starts as {0}, and keeps its memory for the next text. */
typedef struct {
    Part *items;  // [n]
    size_t n, capacity;
} PartList;

/* How to make parts. The caller sets the members above `known` and zeroes the rest; part_maker_free
   ends it. */
typedef struct {
    const TokenizerSide *side;
    size_t most_pieces;  // most pieces of a part, with </s>; SIZE_MAX: do not cut
    bool copy;           // look for spans
    bool lower;          // read text in capitals as small letters
    const char *tag;     // [n_tag] the tag of the target language, for every part
    size_t n_tag;
    Arena *arena;  // for strings
    Known known;
    SpanList spans;  // of the current sentence; offsets count from its beginning
    Buffer masked;   // the current part as the model reads it
} PartMaker;

/* Adds the parts of a sentence, or of a slice of it: bytes begin … end - 1 of a text. A stand-in may
   not occur in `other` either, unless that is NULL. */
bool parts_of_sentence(PartMaker *maker, const char *text, size_t begin, size_t end,
                       const char *other, PartList *parts, Error *err);

/* The same for a sentence of a given translation. A span gets the name that it has in `like`, the parts
   of the source; if it has none there, it cuts the sentence. */
bool parts_of_target(PartMaker *maker, const char *text, size_t begin, size_t end,
                     const PartList *like, PartList *parts, Error *err);

/* The same for a part, cut at all its spans. */
bool parts_apart(PartMaker *maker, const char *text, const Part *part, PartList *parts, Error *err);

void part_maker_free(PartMaker *maker);
void part_list_free(PartList *parts);

#endif
