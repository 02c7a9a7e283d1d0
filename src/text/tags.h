/* tags.h: tags that name the target language

   A model with several target languages has tags such as >>fra<< in its vocabulary. In front of a text
   a tag is one token. A tag has no spaces: ">> On Monday he wrote: x << y" is text. */
#ifndef XATTN_TAGS_H
#define XATTN_TAGS_H

#include "base/buffer.h"
#include "text/vocab.h"

/* The number of tags in a vocabulary. */
size_t tags_count(const Vocab *vocab);

/* Appends a vocabulary's tags, " >>fra<< >>deu<<", or their languages, " fra deu". Leaves out the rest
   of a long list. */
typedef enum { TAGS_WHOLE, TAGS_LANGUAGES } TagsStyle;
void tags_list(const Vocab *vocab, TagsStyle style, Buffer *out);

/* The length of the tag in front of text [n], in the vocabulary or not; 0 if there is no tag. */
size_t tags_length(const char *text, size_t n);

/* The tag of a language, ">>fra<<", which belongs to the vocabulary. The language is the one in a tag, or
   another code for it (languages.h) that fits only one tag, or a tag itself. NULL, with an error that
   lists the languages, if the vocabulary has none or several. */
const char *tags_find(const Vocab *vocab, const char *language, Error *err);

#endif
