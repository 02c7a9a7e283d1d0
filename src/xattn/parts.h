/* parts.h: what of a text the model reads, and what is copied

       I love 田中! 😀  See https://example.com.

       text     I love Z4!             Z4 stands for 田中
       copied   😀
       text     See Z4.                Z4 stands for https://example.com

   A text is cut into sentences (sentences.h) and what cannot be translated is found in each (spans.h).
   What becomes of a span depends on where it stands:

     - An emoji or a sign at the beginning or the end of a sentence, and #topics at its end, are parts
       of their own, which are copied; so is a sentence with no letter or digit outside its spans, and
       what cuts leave without a word of two letters.
     - A sign elsewhere cuts the sentence in two. So does any span with a letter or digit right beside
       it, and what there are no more names for.
     - Any other span is read as a stand-in: one of six names such as Z4 that is not in the text,
       which models copy, put where they belong, and inflect nothing around. It must come out once;
       it is then replaced by what it stands for (copy.h). If it does not, the sentence is read again,
       in parts, cut at its spans: nothing is lost.
     - A quote, dash or ellipsis that the vocabulary lacks is read as its ASCII form. Soft hyphens
       are left out.

   A sentence longer than the model can read is cut in two: at the colon, semicolon or dash nearest to
   its middle, else at a comma, else at a space, else anywhere but in a span; and so on with the
   halves. */
#ifndef XATTN_PARTS_H
#define XATTN_PARTS_H

#include "base/arena.h"
#include "text/spans.h"

enum { STAND_INS = 6 };

typedef struct {
    const char *name;  // that the model reads
    const char *span;  // what it stands for
} StandIn;

typedef struct {
    size_t begin, end;  // bytes of the text, without the spaces around them
    bool copied;
    bool begins;       // a sentence begins here
    const char *text;  // what the model reads, or what is copied
    size_t n_stand_ins;
    StandIn stand_ins[STAND_INS];
} Part;

/* Starts as {0}; used again and again, it keeps its memory. */
typedef struct {
    Part *items;  // [n]
    size_t n, capacity;
} PartList;

/* How to make parts. Starts with what is above `known` set and the rest zero; ends with part_maker_free. */
typedef struct {
    const TokenizerSide *side;
    size_t most_pieces;  // that the model can read, </s> included; SIZE_MAX: cut nothing
    bool copy;           // look for spans
    bool lower;          // text in capitals is read in small letters
    const char *tag;     // [n_tag] what the text begins with, for every part: the target language
    size_t n_tag;
    Arena *arena;  // where strings go
    Known known;
    SpanList spans;  // of the sentence at hand, counted from its beginning
    Buffer masked;   // the part at hand as the model reads it
} PartMaker;

/* Adds the parts of a sentence, or of a slice, bytes begin … end - 1 of a text. `other`: text in which no stand-in may
   be either, or NULL. */
bool parts_of_sentence(PartMaker *maker, const char *text, size_t begin, size_t end,
                       const char *other, PartList *parts, Error *err);

/* The same for a sentence of a given translation: a span has the name that it has in `like`, the parts
   of the source; one that is not there cuts. */
bool parts_of_target(PartMaker *maker, const char *text, size_t begin, size_t end,
                     const PartList *like, PartList *parts, Error *err);

/* The same for a part, which is cut at all its spans. */
bool parts_apart(PartMaker *maker, const char *text, const Part *part, PartList *parts, Error *err);

void part_maker_free(PartMaker *maker);
void part_list_free(PartList *parts);

#endif
