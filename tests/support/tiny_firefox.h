/* tiny_firefox.h: tiny models of Firefox Translations for tests, generated

       TinyFirefox options = tiny_firefox_default();
       options.floats = true;
       char *directory = tiny_firefox_write(&options);
       …
       tiny_model_remove(directory);

   Weights are pseudo-random: the same on every machine, and the same as int8 and as floats. A failure
   here fails the running test. */
#ifndef XATTN_TINY_FIREFOX_H
#define XATTN_TINY_FIREFOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int32_t d, heads, ffn, encoder_layers, decoder_layers, source_vocab, target_vocab;
    bool floats;            // weights are f32, not intgemm8
    bool attention;         // the decoder has self-attention, not SSRUs
    bool separate, untied;  // tables and vocabularies for each side; a separate output matrix
    bool shortlist;
    int32_t positions;  // the number of trained positions (Wpos); 0: sinusoids
    float eos_bias;     // the logit of </s>: with 100 a translation ends at once, with -100 never
    float unk_bias;     // the logit of <unk>
    // A fault, or NULL.
    const char *from, *to;   // replaces the first `from` in the settings
    const char *missing;     // leave out this tensor
    const char *unexpected;  // add this tensor
    const char *misshapen;   // add an element to this vector
} TinyFirefox;

/* d 12, 3 heads, f 20, 2 + 2 layers, 60 pieces, shared, int8, SSRUs, no shortlist. */
TinyFirefox tiny_firefox_default(void);

/* Writes model.xxyy.bin, vocab.xxyy.spm (or srcvocab and trgvocab) and perhaps lex.xxyy.s2t.bin to a
   new directory. Returns its path, to free with tiny_model_remove. </s> is piece 0 and <unk> is 1; the
   others are ▁a … ▁z, a … z, ▁aa, ▁ab … from 2 on, in reverse order in a separate target vocabulary.
   The shortlist has 2 frequent pieces, and offers w + 1 and w + 3 for piece w. */
char *tiny_firefox_write(const TinyFirefox *options);

/* Writes the same model, with floats and attention, like an unpacked archive of OPUS-MT: a *.npz,
   decoder.yml that names it, opus.vocab.yml (or src.vocab.yml and trg.vocab.yml) with the ids, and
   source.spm and target.spm with other ids. */
char *tiny_opus_write(const TinyFirefox *options);
#define TINY_OPUS_WEIGHTS "opus.transformer-align.model1.npz.best-perplexity.npz"

/* Corrects the checksum of a shortlist file. */
void tiny_shortlist_mend(char *file, size_t size);

#endif
