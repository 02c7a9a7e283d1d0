/* tiny_firefox.h: tiny models of Firefox Translations for tests, written from nothing

       TinyFirefox options = tiny_firefox_default();
       options.floats = true;
       char *directory = tiny_firefox_write(&options);
       …
       tiny_model_remove(directory);

   Weights are pseudo-random, the same on every machine and whether they are stored as int8 or as
   floats. What fails here fails the running test. */
#ifndef XATTN_TINY_FIREFOX_H
#define XATTN_TINY_FIREFOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int32_t d, heads, ffn, encoder_layers, decoder_layers, source_vocab, target_vocab;
    bool floats;            // weights are f32, not intgemm8
    bool attention;         // the decoder has self-attention, not SSRUs
    bool separate, untied;  // tables and vocabularies a side; an output matrix of its own
    bool shortlist;
    int32_t positions;  // trained ones, so many (Wpos); 0: sinusoids
    float eos_bias;     // the logit of </s>: 100 ends at once, -100 never
    float unk_bias;     // that of <unk>
    // One thing wrong, or NULL.
    const char *from, *to;   // in the settings, the first occurrence
    const char *missing;     // this tensor is left out
    const char *unexpected;  // this one is added
    const char *misshapen;   // this one, a vector, gets one element more
} TinyFirefox;

/* d 12, 3 heads, f 20, 2 + 2 layers, 60 pieces, shared, int8, SSRUs, no shortlist. */
TinyFirefox tiny_firefox_default(void);

/* Writes model.xxyy.bin, vocab.xxyy.spm (srcvocab and trgvocab) and perhaps lex.xxyy.s2t.bin into a
   new directory and returns its path, to free with tiny_model_remove. Of V pieces </s> is 0 and <unk> 1;
   the others are ▁a … ▁z, a … z, ▁aa, ▁ab … from 2 on, in the target's own vocabulary backwards. The
   shortlist has 2 frequent pieces and offers piece w the pieces w + 1 and w + 3. */
char *tiny_firefox_write(const TinyFirefox *options);

/* Writes the same model, which has floats and attention, as an archive of OPUS-MT has it, unzipped: one
   *.npz, decoder.yml that names it, opus.vocab.yml (src.vocab.yml and trg.vocab.yml) with the ids, and
   source.spm and target.spm with others. */
char *tiny_opus_write(const TinyFirefox *options);
#define TINY_OPUS_WEIGHTS "opus.transformer-align.model1.npz.best-perplexity.npz"

/* Sets the checksum of a shortlist file right. */
void tiny_shortlist_mend(char *file, size_t size);

#endif
