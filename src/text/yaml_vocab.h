/* yaml_vocab.h: the vocabulary of a Marian model, vocab.yml

       </s>: 0
       <unk>: 1
       ",": 2
       '''': 3                      single quotes: '' is a quote
       "\u2581the": 4               double quotes: \" \\ \xNN \uNNNN \UNNNNNNNN and letters

   Each piece has a line, as Marian's own marian-vocab and Python's yaml write it. Comments and `---`
   are skipped. Older files are JSON, which is a kind of YAML, and vocab_load reads them. */
#ifndef XATTN_YAML_VOCAB_H
#define XATTN_YAML_VOCAB_H

#include "text/vocab.h"

/* Reads vocab.yml for a model of n rows. Each id is below n and occurs once; as with vocab_load, ids
   may be missing until vocab_complete. The result lies in the arena. */
bool yaml_vocab_load(const char *path, size_t n, Vocab *vocab, Arena *arena, Error *err);

#endif
