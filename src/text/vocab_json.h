/* vocab_json.h: a vocab.json as programs write it, read in one pass

   Parsing a large vocabulary with cJSON, which allocates every name and number, takes a fifth of the time
   of loading a small model. This reader knows the form that Python's json module and its like produce:
   {"PIECE": id, …} with white space anywhere, strings of UTF-8 with the escapes \", \\, \/ and \uXXXX,
   and plain decimal numbers. It refuses everything else without a word, and cJSON then decides what it
   is. */
#ifndef XATTN_VOCAB_JSON_H
#define XATTN_VOCAB_JSON_H

#include "text/vocab.h"

/* Adds the entries of text [n] to a vocabulary from vocab_alloc. False if the text has another form, or
   if an entry is refused; the vocabulary then holds some of them. */
bool vocab_json_read(const char *text, size_t n, Vocab *vocab, Arena *arena);

#endif
