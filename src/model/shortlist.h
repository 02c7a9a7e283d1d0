/* shortlist.h: the target words that a sentence may need (the lexical shortlist of Marian's models)

       u64 magic 0xF11A48D5013417F5, checksum, frequent, best, n_offsets, n_ids
       u64 offsets [n_offsets], u32 ids [n_ids]              all little-endian

   The ids from offsets[w] to offsets[w + 1] - 1 are the `best` likeliest translations of source piece
   w. The candidates of a sentence are those of all its pieces, the first `frequent` ids of the
   vocabulary, and, if both languages share a vocabulary, the pieces themselves, so that names can be
   copied. These are a few hundred of 32,000 ids, which saves most of the work of the output layer.

   Marian joins the candidates of a batch. Here each sentence has its own, so that its translation does
   not depend on the batch.

   The checksum covers everything after it, in u64 words: h ← h xor (w + 0x9e3779b9 + 64 h + h / 4).
   Source: marian-dev, src/data/shortlist.h and src/common/hash.h. */
#ifndef XATTN_SHORTLIST_H
#define XATTN_SHORTLIST_H

#include <stdint.h>

#include "base/arena.h"
#include "base/file.h"

typedef struct {
    MappedFile file;
    size_t frequent, n_offsets;
    const uint64_t *offsets;  // [n_offsets], one more than the source vocabulary's pieces
    const uint32_t *ids;      // [offsets[n_offsets - 1]]
    bool shared;              // source ids are target ids
} Shortlist;

/* Maps the file and checks it completely, for a model with these vocabularies. The caller closes it,
   even after a failure. */
bool shortlist_open(const char *path, size_t source_vocab, size_t target_vocab, bool shared,
                    Shortlist *shortlist, Error *err);
void shortlist_close(Shortlist *shortlist);

/* The *n_ids candidates of a source sentence [n], in rising order without duplicates, always with
   `eos`. They lie in the arena. NULL if out of memory. */
const int *shortlist_candidates(const Shortlist *shortlist, const int *source, size_t n, int eos,
                                size_t *n_ids, Arena *arena, Error *err);

#endif
