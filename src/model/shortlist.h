/* shortlist.h: which target words a sentence may need (the lexical shortlist of Marian's models)

       u64 magic 0xF11A48D5013417F5, checksum, frequent, best, n_offsets, n_ids
       u64 offsets [n_offsets], u32 ids [n_ids]              all little-endian

   The ids from offsets[w] to offsets[w + 1] - 1 are the `best` likeliest translations of the source
   piece w. The candidates of a sentence are those of all its pieces, the `frequent` ids that come
   first in the vocabulary, and, if both languages share one vocabulary, the pieces themselves, so
   that a name can be copied. Some hundreds of 32,000: most of the work of the output layer goes.

   Marian takes the candidates of a batch together. Here they are a sentence's own, so that its
   translation does not depend on what it was batched with.

   The checksum is over all that follows it, in u64 words: h ← h xor (w + 0x9e3779b9 + 64 h + h / 4).
   Source: marian-dev, src/data/shortlist.h and src/common/hash.h. */
#ifndef XATTN_SHORTLIST_H
#define XATTN_SHORTLIST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/file.h"

typedef struct {
    MappedFile file;
    size_t frequent, n_offsets;
    const uint64_t *offsets;  // [n_offsets]; one more than the source vocabulary has pieces
    const uint32_t *ids;      // [offsets[n_offsets - 1]]
    bool shared;              // source ids are target ids
} Shortlist;

/* Maps the file and checks all of it for a model with these vocabularies. The caller closes it, also
   after a failure. */
bool shortlist_open(const char *path, size_t source_vocab, size_t target_vocab, bool shared,
                    Shortlist *shortlist, Error *err);
void shortlist_close(Shortlist *shortlist);

/* The candidates of a source sentence [n]: their ids in rising order, each once, with `eos` always
   among them; *n_ids of them, in the arena. NULL if out of memory. */
const int *shortlist_candidates(const Shortlist *shortlist, const int *source, size_t n, int eos,
                                size_t *n_ids, Arena *arena, Error *err);

#endif
