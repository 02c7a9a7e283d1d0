/* xattn.h: the public interface of libxattn, an encoder-decoder transformer translator that shows what
   its cross-attention looked at

       xattn_error error;
       xattn_model *model = xattn_open("models/en-fr", NULL, &error);
       if (!model) return fprintf(stderr, "%s\n", error.text), 1;

       const char *text = "The cat sat on the mat.";
       xattn_options options = {XATTN_OPTIONS, .attention = true};
       xattn_translation *t;
       if (!xattn_translate(model, &text, 1, &options, &t, &error))
           return fprintf(stderr, "%s\n", error.text), 1;
       puts(t->text);

       xattn_translation_free(t);
       xattn_close(model);

   Build with `pkg-config --cflags --libs xattn`, or in CMake with find_package(xattn) and xattn::xattn.

   Texts are NUL-terminated UTF-8. The library reads each byte that is not UTF-8 as U+FFFD, and returns
   valid UTF-8. Numbers in its texts have a decimal point in every locale.

   Errors      A function that can fail returns false or NULL and fills *error; `error` may be NULL.
               Success leaves *error unchanged. The library prints nothing and never exits.
   Lifetime    The caller frees every pointer that a function returns, with the function named after its
               type, which accepts NULL. The declarations name the exceptions. A result is independent:
               a translation outlives its model, and a map its translation. Freeing a result frees
               everything that it points to. Do not write to results.
   Threads     An open model and a finished result never change, so any number of threads may use them
               at the same time. Close a model only when no call uses it. A call works on its caller's
               thread and on options.threads - 1 others, which end before it returns. It calls the
               caller's functions (result, step, observe, cancel) on the caller's thread only, one at a
               time; these may call the library.
   Signals     The library installs no handlers, and the threads that it starts block signals to the
               process. A model's files are mapped into memory: if another program makes one shorter
               while the model is open, reading the missing part raises SIGBUS.
               xattn_open_options.copy avoids that.
   Fork        A child may use a model that its parent opened, if no call was running at the fork.

   Growing     Later versions will add fields and functions. Programs that are already built keep
               working, because of three rules:
                 - The library allocates its results, and programs only hold pointers to them. So
                   results may get new fields at their end.
                 - Structs of options, which programs fill in, begin with their size; XATTN_OPTIONS and
                   similar macros set it. A field that a program does not know is zero, and zero keeps
                   its meaning.
                 - All other structs are final: tokens, words, labels, links, runners-up, ablations,
                   errors and buffers. So arrays of them have a fixed stride. */
#ifndef XATTN_H
#define XATTN_H

#include <stdbool.h>
#include <stddef.h>

#define XATTN_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/* The XATTN_VERSION of the library in use. */
const char *xattn_version(void);

/* ---- Errors ---- */

typedef enum {
    XATTN_OK,
    XATTN_NOT_FOUND,    // no such file or folder
    XATTN_UNREADABLE,   // exists, but cannot be read
    XATTN_MALFORMED,    // not a model, or a damaged one
    XATTN_UNSUPPORTED,  // a kind of model that xattn does not run
    XATTN_USAGE,        // wrong arguments or options
    XATTN_BAD_TEXT,     // text number error.index cannot be read
    XATTN_NO_MEMORY,
    XATTN_CANCELLED,  // one of the caller's functions cancelled the call
} xattn_error_kind;

typedef struct {
    xattn_error_kind kind;
    ptrdiff_t index;  // the number of the faulty text; -1: no text
    char text[1024];  // the cause and the place, in a line without control characters
} xattn_error;

/* Bytes that functions append to. Starts as {0}; the caller frees it with xattn_buffer_free. */
typedef struct {
    char *data;  // [size], followed by a NUL that `size` does not count; NULL at first
    size_t size, capacity;
    bool failed;  // private: memory ran out
} xattn_buffer;

/* Frees the memory and leaves {0}. */
void xattn_buffer_free(xattn_buffer *buffer);

/* ---- Models ---- */

typedef struct xattn_model xattn_model;

/* The type of a model's weights in memory. */
typedef enum {
    XATTN_AS_STORED,  // F32, F16 or int8, as in its files (BF16 becomes F32)
    XATTN_F32,        // 32-bit floats
    XATTN_INT8,       // rounded to 8 bits: smaller, faster, slightly less exact
} xattn_weights;

typedef struct {
    size_t size;  // XATTN_OPEN_OPTIONS
    xattn_weights weights;
    // Copy the files into memory instead of mapping them. Opening takes longer, and the files may
    // change or disappear afterwards.
    bool copy;
} xattn_open_options;
#define XATTN_OPEN_OPTIONS .size = sizeof(xattn_open_options)

/* Loads a model from a Hugging Face MarianMT directory; a directory in Marian's own format, such as a
   model of Firefox Translations or an archive of OPUS-MT; a file of weights in one of these; or a
   download in the Hugging Face cache, by its name or its root. `options` may be NULL. */
xattn_model *xattn_open(const char *path, const xattn_open_options *options, xattn_error *error);
void xattn_close(xattn_model *model);

/* Facts about a model. */
typedef struct {
    size_t d_model, encoder_layers, decoder_layers, decoder_heads;
    size_t source_vocabulary, target_vocabulary;
    size_t source_limit, target_limit;  // most pieces of a sentence, with </s>
    size_t parameters;
    bool has_alignment_head;  // a head was trained to align words; its map is the default
    size_t alignment_layer, alignment_head;
    size_t beam;           // default beam, from its files; 1: greedy search
    float length_penalty;  // default of beam search, from its files
    bool has_shortlist;    // a Firefox model with lex*.bin, the likely words of a sentence
} xattn_info;

/* Belongs to the model, and is valid as long as it is open. */
const xattn_info *xattn_describe(const xattn_model *model);

/* ---- Pieces and words ---- */

typedef enum { XATTN_SOURCE, XATTN_TARGET } xattn_side;

/* A text as the model sees it. Each of its sentences ends with </s>. */
typedef struct {
    size_t n;
    const char **pieces;  // [n]; the last is </s>
    int *ids;             // [n], in the vocabulary of its side
} xattn_tokens;

/* Cuts a text into pieces, without a limit of length, and without cutting it into sentences. */
xattn_tokens *xattn_tokenize(const xattn_model *model, xattn_side side, const char *text,
                             xattn_error *error);
void xattn_tokens_free(xattn_tokens *tokens);

/* Appends the text of n pieces. */
bool xattn_detokenize(const xattn_model *model, xattn_side side, const char *const *pieces,
                      size_t n, xattn_buffer *text, xattn_error *error);

/* The piece with an id, or NULL; it is valid as long as the model is open. And the id of a piece, or -1
   if the vocabulary lacks it. */
const char *xattn_piece(const xattn_model *model, xattn_side side, int id);
int xattn_id(const xattn_model *model, xattn_side side, const char *piece);

/* Pieces grouped into words as people see them. */
typedef struct {
    const char *text;  // without the spaces around it
    size_t first, n;   // pieces first … first + n - 1, n > 0
    bool spaced;       // a space precedes it in the text, or it is the first
} xattn_word;

typedef struct {
    size_t n;
    const xattn_word *items;  // [n] in order; each piece is in exactly one
} xattn_words;

xattn_words *xattn_words_of(const xattn_tokens *tokens, xattn_error *error);
void xattn_words_free(xattn_words *words);

/* Finds the next sentence of text [n] from byte *at on: bytes *begin … *end - 1, without the spaces
   around it. Moves *at past it. False if there is none. xattn translates a text by these sentences. */
bool xattn_next_sentence(const char *text, size_t n, size_t *at, size_t *begin, size_t *end);

/* ---- Translations ---- */

/* One of the most probable tokens of a step. */
typedef struct {
    const char *piece;
    int id;
    float logprob;
} xattn_runner_up;

/* A translation, with scores and attention on request. The translation of a blank text is the text,
   without tokens. */
typedef struct xattn_translation {
    const char *source_text;  // the given text
    // In capitals if the source is, for some models; `source` and `target` are in small letters
    // then (docs/MODEL.md, Files).
    const char *text;
    const char *pivot_text;  // xattn_pivot: the first model's translation; else NULL
    xattn_tokens source, target;
    size_t n_sentences;  // each was translated by itself, and has a </s>

    bool source_cut;  // a sentence was too long for the model, and lost its end
    bool target_cut;  // the length limit came before </s>
    bool repeats;     // it ends in a loop, a common failure of models
    bool untagged;    // the model has several target languages, and none was named
    bool unsplit;     // xattn_score: the sides have different numbers of sentences, so each was
                      // read as one sentence

    // With options.scores; else NULL and 0.
    const float *logprobs;    // [target.n] log p of each target piece, natural log
    double score;             // their sum
    double normalized_score;  // beam search: score / target.n^length_penalty; else score

    // With options.attention; else NULL. Row t of a map is the attention that *predicted* target
    // piece t. It sums to 1. Between different sentences the attention is 0.
    size_t n_layers, n_heads;  // of the decoder
    const float *attention;    // [n_layers][n_heads][target.n][source.n]
    // The default map: the model's alignment head if it has one (then map_is_trained is true), else
    // XATTN_MEAN of the last layer.
    int map_layer, map_head;
    bool map_is_trained;

    // With options.runners_up; else NULL. Best first.
    size_t n_runners_up;
    const xattn_runner_up *runners_up;  // [target.n][n_runners_up]

    // The rest of an n-best list, best first, freed with this translation. If a text has several
    // sentences, its k-th alternative consists of the k-th of each sentence, even if another
    // combination has a better score.
    size_t n_alternatives;
    const struct xattn_translation *const *alternatives;
} xattn_translation;

/* A part of the decoder's cross-attention to switch off, to see its effect. */
enum { XATTN_UNIFORM = -1 };
typedef struct {
    int layer;  // from 0
    int head;   // from 0: set its result to 0. XATTN_UNIFORM: all heads look at all pieces equally
} xattn_ablation;

/* A matrix of the forward pass, with a row for each piece. The encoder shows all rows in one call. The
   decoder shows them step by step, in order, with a call for each. docs/MODEL.md has the equations. */
typedef struct {
    const char *scope;  // its place: "decoder.layer1.cross"
    const char *name;   // "query"
    int head;           // of an attention, from 0; -1: none, or all
    size_t n_rows, n_columns;
    const float *values;  // [n_rows][n_columns], valid during the call
} xattn_activation;

/* A step of the decoder, with the chosen or given target piece. Valid during the call. */
typedef struct {
    size_t sentence;             // of the text, from 0
    const xattn_tokens *source;  // of that sentence
    size_t position;             // of the piece in that sentence's translation, from 0
    const char *piece;
    int id;
    float logprob;  // 0 unless options.scores or options.runners_up is set
    bool given;     // by a prefix, or in xattn_score
    size_t n_layers, n_heads;
    const float *attention;  // [n_layers][n_heads][source->n]; NULL without options.attention
    size_t n_runners_up;
    const xattn_runner_up *runners_up;  // [n_runners_up]; NULL without options.runners_up
} xattn_step;

/* How to search, and what to keep. Zero always means the model's default, or "no". So with everything
   zero a translation has only its text, from the search that the model's files describe. */
typedef struct {
    size_t size;  // XATTN_OPTIONS

    // The search
    size_t beam;        // hypotheses for each sentence; 1: greedy search. 0: the model's default;
                        // greedy search with step, observe or prefix, which need it. At most 4096
    size_t nbest;       // translations of each text, at most `beam`; 0 or 1: only the best
    size_t max_length;  // most target pieces of a sentence, with </s>; 0: the model's limit
    float length_penalty;    // beam search ranks by score / length^this; 0: default
    bool no_length_penalty;  // rank by the score alone
    // For a model with several target languages: with "fra", or "fr", a text without a tag gets
    // >>fra<< in front. NULL: texts stay as they are.
    const char *target_language;
    bool no_split;  // take every text as one sentence
    // Do not copy addresses, emoji and characters that the vocabulary lacks, but translate them,
    // too (docs/MODEL.md). prefix, step and observe imply this, because they show exactly what the
    // model reads and writes.
    bool no_copy;
    bool no_shortlist;  // for a Firefox model: use the whole vocabulary
    size_t threads;     // threads for the texts of a call; 0 or 1: only the caller's

    // What to keep
    bool scores;        // logprobs, score and normalized_score
    bool attention;     // the cross-attention of every layer and head
    size_t runners_up;  // the most probable tokens of every step

    // What to switch off: [n_ablations]
    const xattn_ablation *ablations;
    size_t n_ablations;

    // The beginning of the translation, for a single text in greedy search: ids of target pieces
    // [n_prefix]. The search continues after them, so you may pass a translation cut off anywhere.
    // A </s> ends a sentence, and the next id begins the next sentence. A sentence that reached the
    // length limit has no </s>, so a prefix cannot go beyond it. A piece that the shortlist lacks
    // has the log-probability -infinity.
    const int *prefix;
    size_t n_prefix;

    // The caller's functions, or NULL. All get `context`, and all run on the caller's thread.
    void *context;

    // Gets the translation of text number `index`. Texts come in order, in groups, while others are
    // still in progress; count them for a progress bar. If xattn_translate got an array, the
    // translation also goes into it; if not, it is freed after this call.
    void (*result)(void *context, size_t index, const xattn_translation *translation);

    // Gets every step of the decoder, for a single text in greedy search or xattn_score. Sentences
    // are translated one after the other then. Return false to cancel.
    bool (*step)(void *context, const xattn_step *step);

    // Gets every matrix of the forward pass, for a single sentence in greedy search or xattn_score.
    // The shortlist is off then, so that there are logits for the whole vocabulary.
    void (*observe)(void *context, const xattn_activation *activation);

    // Called before every step on the caller's thread. Return true to cancel: the call fails with
    // XATTN_CANCELLED as soon as the other threads have finished their current steps.
    bool (*cancel)(void *context);
} xattn_options;
#define XATTN_OPTIONS .size = sizeof(xattn_options)

/* Translates n texts. Passing many at once is faster and gives the same result. `options` may be NULL.
   On success translations[i] is the translation of texts[i]; on failure there is nothing to free.
   `translations` may be NULL if options->result is set. */
bool xattn_translate(const xattn_model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation **translations,
                     xattn_error *error);

/* Takes targets[i] as the translation of texts[i] instead of searching for one; the result has its
   scores and attention. If both sides have the same number of sentences, they are read sentence by
   sentence, as in xattn_translate. Options of the search have no effect; a prefix is an error. */
bool xattn_score(const xattn_model *model, const char *const *texts, const char *const *targets,
                 size_t n, const xattn_options *options, xattn_translation **translations,
                 xattn_error *error);

/* Translates n texts through a third language: `second` translates the result of `first`, sentence by
   sentence. A result is second's translation of pivot_text, but its source pieces are those of the
   text: each map is a map of second multiplied by the default map of first, so that rows still sum to
   1. Scores and runners-up are second's. The options apply to both models, except nbest,
   target_language and ablations, which apply to second; step, observe and prefix are errors. */
bool xattn_pivot(const xattn_model *first, const xattn_model *second, const char *const *texts,
                 size_t n, const xattn_options *options, xattn_translation **translations,
                 xattn_error *error);

void xattn_translation_free(xattn_translation *translation);

/* ---- Maps ---- */

/* Which maps of a translation to make. All zero: the default map, by pieces. */
enum { XATTN_MEAN = -1, XATTN_ALL = -2 };
typedef struct {
    size_t size;  // XATTN_MAP_OPTIONS

    // Set has_layer or has_head to choose. A head without a layer means map_layer. A layer without
    // a head means map_head in map_layer, and the mean of the heads in another layer; XATTN_ALL
    // layers without a head mean all heads of each.
    bool has_layer, has_head;
    int layer;  // from 0, or XATTN_ALL
    int head;   // from 0, XATTN_ALL, or XATTN_MEAN for the mean of the layer's heads

    bool words;   // merge pieces into words: a source word gets the sum of its columns, a target
                  // word the mean of its rows, so rows still sum to 1
    bool tokens;  // the same, with the parts between spaces in both texts as words
    bool no_eos;  // leave out </s>; the other cells do not change
} xattn_map_options;
#define XATTN_MAP_OPTIONS .size = sizeof(xattn_map_options)

/* A piece or word of one side. */
typedef struct {
    const char *text;  // a piece as in the vocabulary (▁chat), or a word
    bool starts;       // a word starts here; false: a piece that continues the word before it
    bool spaced;       // a space precedes it in the text, or it is the first
    bool eos;          // </s>, the end of a sentence
} xattn_label;

typedef struct {
    size_t n_target, n_source;
    const xattn_label *target;  // [n_target], rows
    const xattn_label *source;  // [n_source], columns
    const float *cells;         // [n_target][n_source]
    int layer, head;            // head may be XATTN_MEAN; -1, -1: a table from the caller
    size_t n_heads;             // of the layer
    bool words;                 // the labels are words
    bool is_trained;            // the map of the model's alignment head
} xattn_map;

/* Maps of a translation, layer by layer, head by head, with the same labels. */
typedef struct {
    size_t n;
    const xattn_map *const *items;  // [n]
    const char *title;              // the translation, or the title of a table
} xattn_maps;

/* Makes maps of a translation with attention. `options` may be NULL. Maps of a blank text have no rows
   and no columns. */
xattn_maps *xattn_maps_of(const xattn_translation *translation, const xattn_map_options *options,
                          xattn_error *error);

/* Makes a map of any other table, such as self-attention from xattn_options.observe: cells
   [n_rows][n_columns], from 0 to 1, with the labels of rows and columns. Copies everything. */
xattn_maps *xattn_maps_of_table(const char *title, const char *const *rows, size_t n_rows,
                                const char *const *columns, size_t n_columns, const float *cells,
                                xattn_error *error);
void xattn_maps_free(xattn_maps *maps);

typedef enum {
    XATTN_TERMINAL,  // shades and percentages, for a terminal
    XATTN_TSV,       // a table for spreadsheets, pandas and R
    XATTN_NPY,       // NumPy: float32 [layers][heads][n_target][n_source]; bytes, not text
    XATTN_PHARAOH,   // word links, "0-0 1-2", a line for each map
    XATTN_SVG,       // a picture
} xattn_format;

/* How to draw. All zero: without colour, in Unicode. */
typedef struct {
    size_t size;      // XATTN_STYLE
    bool color;       // terminal: escape sequences for 256 colours
    bool ascii;       // terminal: draw in ASCII; the words stay as they are
    size_t width;     // terminal: its columns; 0: no limit
    bool lines;       // svg: lines between the two sentences instead of a heat map
    float threshold;  // pharaoh: see xattn_links_of
} xattn_style;
#define XATTN_STYLE .size = sizeof(xattn_style)

/* Appends the maps in a format. `style` may be NULL. */
bool xattn_maps_draw(const xattn_maps *maps, xattn_format format, const xattn_style *style,
                     xattn_buffer *out, xattn_error *error);

/* Appends a translation as a JSON object on one line, without a line end (docs/alignment.schema.json).
   If `maps` is not NULL, the object includes these maps; the translation must have attention then. */
bool xattn_translation_json(const xattn_translation *translation, const xattn_map_options *maps,
                            xattn_buffer *out, xattn_error *error);

/* Write a page to explore in a browser, one file that loads nothing else: its beginning, any number of
   translations with attention, its end. `maps` chooses the map that the page shows first, and may be
   NULL. The page shows log-probabilities and runners-up if the translation has them. */
bool xattn_html_begin(const char *title, xattn_buffer *out, xattn_error *error);
bool xattn_html_translation(const xattn_translation *translation, const xattn_map_options *maps,
                            xattn_buffer *out, xattn_error *error);
bool xattn_html_end(xattn_buffer *out, xattn_error *error);

/* ---- Word links ---- */

typedef struct {
    size_t source, target;  // numbers of words, from 0
} xattn_link;

/* A set of links, sorted by source and target. Starts as {0}; the caller frees it with
   xattn_links_free, even after a failure. A function replaces the contents of its result, which may not
   be one of its arguments. */
typedef struct {
    xattn_link *items;  // [n]
    size_t n, capacity;
} xattn_links;

/* Links every target word to the source word that it looked at most, or, with a threshold above 0,
   every pair of words whose cell is above it. </s> is not a word: it has no links, and neither has a
   target word that looked at </s> most (unless the map leaves </s> out). */
bool xattn_links_of(const xattn_map *map, float threshold, xattn_links *links, xattn_error *error);

/* Reads a line of pairs i-j between spaces or tabs, in any order; an empty line has no links, and
   numbers must be less than a million. And appends links in this notation, without a line end. */
bool xattn_links_parse(const char *line, xattn_links *links, xattn_error *error);
bool xattn_links_write(const xattn_links *links, xattn_buffer *out, xattn_error *error);

/* Exchanges source and target, for the links of a model that translates back. */
bool xattn_links_flip(const xattn_links *links, xattn_links *flipped, xattn_error *error);

/* Combine the links of two directions, both as source-target: their intersection, or grow-diag-final
   (Koehn et al. 2003). */
bool xattn_links_intersect(const xattn_links *a, const xattn_links *b, xattn_links *links,
                           xattn_error *error);
bool xattn_links_grow_diag_final(const xattn_links *a, const xattn_links *b, xattn_links *links,
                                 xattn_error *error);
void xattn_links_free(xattn_links *links);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
