/* tags.h: the target language, asked for in front of a text

   Models with several target languages have tags such as >>fra<< in their vocabulary. In front of a
   text a tag is one token. It has no spaces: ">> On Monday he wrote: x << y" is text. */
#ifndef XATTN_TAGS_H
#define XATTN_TAGS_H

#include "base/buffer.h"
#include "text/vocab.h"

/* How many tags a vocabulary has. */
size_t tags_count(const Vocab *vocab);

/* Appends a vocabulary's tags, " >>fra<< >>deu<<", or their languages, " fra deu"; cut after some. */
typedef enum { TAGS_WHOLE, TAGS_LANGUAGES } TagsStyle;
void tags_list(const Vocab *vocab, TagsStyle style, Buffer *out);

/* The length of the tag in front of text [n], whether or not a vocabulary knows it; 0 if there is
   none. */
size_t tags_length(const char *text, size_t n);

/* Appends the tag of a language, ">>fra<<". False, with an error that lists the languages, if the
   vocabulary lacks it. */
bool tags_append(const Vocab *vocab, const char *language, Buffer *out, Error *err);

#endif
