/* xattn.h: the public interface of libxattn, an encoder-decoder transformer translator

       xattn_error error;
       xattn_model *model = xattn_open("models/en-fr", &error);
       if (!model) return fprintf(stderr, "%s\n", error.text), 1;

       const char *texts[] = {"The cat sat on the mat."};
       xattn_translation result;
       if (!xattn_translate(model, texts, 1, NULL, &result, &error))
           return fprintf(stderr, "%s\n", error.text), 1;
       puts(result.text);

       xattn_translation_free(&result);
       xattn_close(model);

   Texts are NUL-terminated UTF-8; invalid bytes are read as U+FFFD. Nothing is printed and nothing
   exits: what fails returns false or NULL and says why. A model is only read once it is open, so
   threads may share one; every call has its own working memory.
   Link with -lxattn -lopenblas -lcjson -lutf8proc -lz -lm -lpthread. */
#ifndef XATTN_H
#define XATTN_H

#include <stdbool.h>
#include <stddef.h>

#define XATTN_VERSION "0.1.0"

typedef struct xattn_model xattn_model;

typedef struct {
    char text[1024];    // what went wrong and where, one line
    ptrdiff_t culprit;  // index of the text that it is about, -1 if about none
} xattn_error;

/* One matrix of the forward pass, with a row for each piece. The encoder makes all rows of a name at
   once; the decoder makes them step by step, a call each, in order. docs/MODEL.md has the equations. */
typedef struct {
    const char *scope;  // where it is made: "decoder.layer1.cross"
    const char *name;   // "query"
    int head;           // of the attention, from 0; -1: of none or of all
    size_t n_rows, n_columns;
    const float *values;  // [n_rows][n_columns], good during the call
} xattn_activation;

/* Something that the decoder's cross-attention has to do without, to see what it was good for. */
enum { XATTN_UNIFORM = -1 };
typedef struct {
    int layer;  // from 0
    int head;  // from 0, what it found becomes 0; XATTN_UNIFORM: all heads look at all pieces alike
} xattn_ablation;

/* What to search for and what to keep of it. All zero is greedy search for the text alone. */
typedef struct {
    int max_length;        // most target pieces, </s> included; 0: as the model's files say
    int beam;              // hypotheses a sentence in beam search; 0 or 1: greedy search
    int nbest;             // translations wanted a text, at most `beam`; 0 or 1: the best alone
    float length_penalty;  // exponent α of score / length^α, by which beam search ranks
    bool scores;           // fill in logprobs and score
    bool attention;        // keep the cross-attention of every layer and head
    int runners_up;        // most probable tokens of every step to keep
    int threads;           // that share the texts of a call; 0 or 1: the caller's alone

    // Called with every activation as it is computed; NULL: nobody watches. Only for one sentence at
    // a time, in greedy search or with a given translation. The shortlist is left aside, so that there
    // are logits of the whole vocabulary.
    void (*observe)(void *context, const xattn_activation *activation);
    void *observe_context;

    const xattn_ablation *ablations;  // [n_ablations] read during the call
    size_t n_ablations;

    // Of Firefox models alone:
    bool no_shortlist;  // consider the whole vocabulary, not only the shortlist's words
    bool no_split;      // take a text as one sentence, however many it seems to hold
} xattn_options;

/* A sentence as the model sees it. */
typedef struct {
    size_t n;
    char **pieces;  // [n], the last one is </s>
    int *ids;       // [n], in the model's vocabulary
} xattn_tokens;

/* A token that might have come instead, or the one that did. */
typedef struct {
    const char *piece;
    int id;
    float logprob;
} xattn_runner_up;

/* A translation and how it came about. An empty or blank text has an empty one: text "", n = 0. */
typedef struct xattn_translation {
    const char *text;  // in capitals if it answers a text in capitals and the model asks for that:
        // source and target are those of the small letters then (docs/MODEL.md, Files)
    xattn_tokens source, target;
    bool source_cut;  // the source was longer than the model can read: its end was left out
    bool target_cut;  // the length limit came before the model's own </s>
    bool repeats;     // it ends by repeating itself: the model lost its way
    float *logprobs;  // [target.n] log p of each target piece, natural log; NULL unless asked for
    double score;     // their sum; 0 unless asked for
    double normalized_score;   // score / target.n^length_penalty of a beam search, else score
    size_t n_layers, n_heads;  // of the decoder
    float *attention;          // [n_layers][n_heads][target.n][source.n]; NULL unless asked for.
        // Row t is what was looked at to *predict* target piece t; it sums to 1.
    size_t n_runners_up;
    xattn_runner_up *runners_up;  // [target.n][n_runners_up] best first; NULL unless asked for
    size_t n_alternatives;
    struct xattn_translation *alternatives;  // the next best ones of an n-best list, best first; of
        // a text of several sentences the k-th has the k-th best of each, whatever the sum of scores
    void *memory;  // private: all of the above lies in it
} xattn_translation;

/* What a model declares about itself. */
typedef struct {
    size_t d_model, encoder_layers, decoder_layers, decoder_heads;
    size_t source_vocabulary, target_vocabulary;
    size_t parameters;
    bool has_alignment_head;  // trained to align words: the one whose map to look at first
    size_t alignment_layer, alignment_head;
    float length_penalty;  // that its files ask beam search to use
} xattn_info;

/* The library's XATTN_VERSION. */
const char *xattn_version(void);

/* What a model's weights are in memory. */
typedef enum {
    XATTN_AS_STORED,  // F32, F16 or int8, as in its files (BF16 as F32)
    XATTN_F32,        // floats
    XATTN_INT8,       // rounded to 8 bits: smaller and faster, and a little less exact
} xattn_weights;

/* Loads a Hugging Face MarianMT directory, or a model of Firefox Translations: its directory, or the
   .bin in it. The model is the caller's, to close with xattn_close. */
xattn_model *xattn_open(const char *path, xattn_error *error);
xattn_model *xattn_open_as(const char *path, xattn_weights weights, xattn_error *error);
void xattn_close(xattn_model *model);
xattn_info xattn_describe(const xattn_model *model);

/* Translates n texts, together where that is faster; what comes out does not depend on it.
   options may be NULL. On success every translations[i] is filled and is the caller's, to free with
   xattn_translation_free; on failure none is. */
bool xattn_translate(const xattn_model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation *translations,
                     xattn_error *error);

/* Reads targets[i] as the translation of texts[i] instead of searching for one: the result says what
   the model makes of it. max_length and what is about search are ignored. */
bool xattn_score(const xattn_model *model, const char *const *texts, const char *const *targets,
                 size_t n, const xattn_options *options, xattn_translation *translations,
                 xattn_error *error);

void xattn_translation_free(xattn_translation *translation);

#endif
