/* yaml_vocab.h: the vocabulary of a Marian model, vocab.yml

       </s>: 0
       <unk>: 1
       ",": 2
       '''': 3                      single quotes: '' is a quote
       "\u2581the": 4               double quotes: \" \\ \xNN \uNNNN \UNNNNNNNN and letters

   a line a piece, as Marian's own marian-vocab and Python's yaml write it; comments and `---` are
   skipped. Older ones are JSON, which is a kind of YAML: those go to vocab_load. */
#ifndef XATTN_YAML_VOCAB_H
#define XATTN_YAML_VOCAB_H

#include "text/vocab.h"

/* Reads vocab.yml for a model of n rows: each id below n once. As with vocab_load some may be missing
   until vocab_complete. Everything lies in the arena. */
bool yaml_vocab_load(const char *path, size_t n, Vocab *vocab, Arena *arena, Error *err);

#endif
