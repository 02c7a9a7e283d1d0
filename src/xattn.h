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

   Texts are NUL-terminated UTF-8; bytes that are not UTF-8 are read as U+FFFD. What the library
   returns is valid UTF-8, and its numbers have a point in any locale.

   Errors      A function that can fail returns false or NULL and fills *error, which may be NULL. After
               a success *error is as it was. The library prints nothing and never exits.
   Lifetime    A pointer that a function returns is the caller's to free, with the function named after
               its type; every one of these accepts NULL. Exceptions say so where they are declared.
               A result stands alone: a translation outlives its model, a map its translation. All that
               a result points to goes with it. Do not write to results.
   Threads     An open model and a finished result never change, so any number of threads may use them
               at the same time. Close a model when no call is using it any more. A call works on its
               caller's thread and on options.threads - 1 others, which have ended when it returns. It
               calls the caller's functions (result, step, observe, cancel) on the caller's thread
               only, one at a time; these may call the library.
   Signals     The library installs no handlers, and the threads that it starts block the signals that
               are sent to the process. A model's files are mapped into memory: if one is made shorter
               while its model is open, the next look at the missing part raises SIGBUS.
               xattn_open_options.copy avoids that.
   Fork        A child may use a model that its parent opened, if no call was running at the fork.

   Growing     Later versions will add fields and functions. Programs that are built already go on
               working, because of three rules:
                 - The library allocates what it returns, and programs only hold pointers to it. So
                   results may get new fields at their end.
                 - The structs that programs fill in and that may grow, those of options, begin with
                   their size; XATTN_OPTIONS and its like set it. A field that a program does not know
                   is zero, and zero keeps its meaning.
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

/* The library's own XATTN_VERSION. */
const char *xattn_version(void);

/* ---- Errors ---- */

typedef enum {
    XATTN_OK,
    XATTN_NOT_FOUND,    // there is no such file or folder
    XATTN_UNREADABLE,   // it exists, but cannot be read
    XATTN_MALFORMED,    // it is not a model, or a damaged one
    XATTN_UNSUPPORTED,  // it is a model of a kind that xattn does not run
    XATTN_USAGE,        // wrong arguments or options
    XATTN_BAD_TEXT,     // one of the texts cannot be read; error.index says which
    XATTN_NO_MEMORY,
    XATTN_CANCELLED,  // by one of the caller's functions
} xattn_error_kind;

typedef struct {
    xattn_error_kind kind;
    ptrdiff_t index;  // the text that the error is about; -1: none of them
    char text[1024];  // what went wrong and where: one line, without control characters
} xattn_error;

/* Bytes that functions append to. Starts as {0}; the caller frees it with xattn_buffer_free. */
typedef struct {
    char *data;  // [size] bytes, and a NUL that is not counted; NULL until something was appended
    size_t size, capacity;
    bool failed;  // private: memory ran out
} xattn_buffer;

/* Frees the memory and leaves {0}. */
void xattn_buffer_free(xattn_buffer *buffer);

/* ---- Models ---- */

typedef struct xattn_model xattn_model;

/* What a model's weights are in memory. */
typedef enum {
    XATTN_AS_STORED,  // F32, F16 or int8, as in its files (BF16 as F32)
    XATTN_F32,        // floats
    XATTN_INT8,       // rounded to 8 bits: smaller and faster, and a little less exact
} xattn_weights;

typedef struct {
    size_t size;  // XATTN_OPEN_OPTIONS
    xattn_weights weights;
    // Copy the files into memory instead of mapping them. Opening takes longer, and the files may
    // change or disappear afterwards.
    bool copy;
} xattn_open_options;
#define XATTN_OPEN_OPTIONS .size = sizeof(xattn_open_options)

/* Loads a model: a Hugging Face MarianMT directory; one of Marian's own, as Firefox Translations and
   OPUS-MT's archives have it; a file of weights in one; or the root of a download in the Hugging Face
   cache. options may be NULL. */
xattn_model *xattn_open(const char *path, const xattn_open_options *options, xattn_error *error);
void xattn_close(xattn_model *model);

/* What a model declares about itself. */
typedef struct {
    size_t d_model, encoder_layers, decoder_layers, decoder_heads;
    size_t source_vocabulary, target_vocabulary;
    size_t source_limit, target_limit;  // most pieces of a sentence, </s> included
    size_t parameters;
    bool has_alignment_head;  // trained to align words: the one whose map to look at first
    size_t alignment_layer, alignment_head;
    size_t beam;           // that its files ask for; 1: greedy search
    float length_penalty;  // and what they ask beam search to use
    bool has_shortlist;    // of the words that a sentence may need: a Firefox model with lex*.bin
} xattn_info;

/* The model's own, valid as long as it is open. */
const xattn_info *xattn_describe(const xattn_model *model);

/* ---- Pieces and words ---- */

typedef enum { XATTN_SOURCE, XATTN_TARGET } xattn_side;

/* A text as the model sees it. Of several sentences each has its </s>. */
typedef struct {
    size_t n;
    const char **pieces;  // [n], the last one is </s>
    int *ids;             // [n], in the model's vocabulary
} xattn_tokens;

/* Cuts a text into pieces, without any limit and without looking for sentences. */
xattn_tokens *xattn_tokenize(const xattn_model *model, xattn_side side, const char *text,
                             xattn_error *error);
void xattn_tokens_free(xattn_tokens *tokens);

/* Appends the text that n pieces spell. */
bool xattn_detokenize(const xattn_model *model, xattn_side side, const char *const *pieces,
                      size_t n, xattn_buffer *text, xattn_error *error);

/* The piece of an id, NULL if there is no such id; valid as long as the model is open. And the id of a
   piece, -1 if the vocabulary has no such piece. */
const char *xattn_piece(const xattn_model *model, xattn_side side, int id);
int xattn_id(const xattn_model *model, xattn_side side, const char *piece);

/* Pieces grouped into words as people see them. */
typedef struct {
    const char *text;  // without the spaces around it
    size_t first, n;   // pieces first … first + n - 1, n > 0
    bool spaced;       // a space stands before it in the text, or it is the first
} xattn_word;

typedef struct {
    size_t n;
    const xattn_word *items;  // [n] in order; together they hold every piece once
} xattn_words;

xattn_words *xattn_words_of(const xattn_tokens *tokens, xattn_error *error);
void xattn_words_free(xattn_words *words);

/* Finds the next sentence of text [n] from byte *at on: bytes *begin … *end - 1, without the spaces
   around it. *at moves behind it. False if there is none. Texts are translated by these sentences. */
bool xattn_next_sentence(const char *text, size_t n, size_t *at, size_t *begin, size_t *end);

/* ---- Translations ---- */

/* A token that might have come instead, or the one that did. */
typedef struct {
    const char *piece;
    int id;
    float logprob;
} xattn_runner_up;

/* A translation and how it came about. A blank text is its own, with no tokens. */
typedef struct xattn_translation {
    const char *source_text;  // as it was given
    // In capitals if the source is and the model asks for that; source and target are then those of the
    // small letters (docs/MODEL.md, Files).
    const char *text;
    const char *pivot_text;  // xattn_pivot: what the first model made of the text; else NULL
    xattn_tokens source, target;
    size_t n_sentences;  // translated one by one; each has a </s> of its own

    bool source_cut;  // a sentence was longer than the model can read, and lost its end
    bool target_cut;  // the length limit came before the model's own </s>
    bool repeats;     // it ends by repeating itself: the model lost its way
    bool untagged;    // the model has several target languages, and nobody said which one
    bool unsplit;     // xattn_score: the two sides have different numbers of sentences, so each was
                      // read as one

    // Where scores were asked for; else NULL and 0.
    const float *logprobs;    // [target.n] log p of each target piece, natural log
    double score;             // their sum
    double normalized_score;  // score / target.n^length_penalty of a beam search, else score

    // Where attention was asked for; else NULL. Row t of a map is the attention that *predicted* target
    // piece t. It sums to 1; between different sentences it is 0.
    size_t n_layers, n_heads;  // of the decoder
    const float *attention;    // [n_layers][n_heads][target.n][source.n]
    // The map to look at first: the model's alignment head if it has one, and then map_is_trained; else
    // XATTN_MEAN of the last layer.
    int map_layer, map_head;
    bool map_is_trained;

    // Where runners-up were asked for; else NULL. Best first.
    size_t n_runners_up;
    const xattn_runner_up *runners_up;  // [target.n][n_runners_up]

    // The rest of an n-best list, best first; freed with this one. Of a text of several sentences, the
    // k-th alternative has the k-th of each sentence, whatever the sum of their scores.
    size_t n_alternatives;
    const struct xattn_translation *const *alternatives;
} xattn_translation;

/* A part of the decoder's cross-attention to take away, to see what it is good for. */
enum { XATTN_UNIFORM = -1 };
typedef struct {
    int layer;  // from 0
    int head;   // from 0: its result becomes 0. XATTN_UNIFORM: all heads look at all pieces alike
} xattn_ablation;

/* One matrix of the forward pass, with a row for each piece. The encoder makes all rows of a name at
   once; the decoder makes them step by step, a call each, in order. docs/MODEL.md has the equations. */
typedef struct {
    const char *scope;  // where it is made: "decoder.layer1.cross"
    const char *name;   // "query"
    int head;           // of the attention, from 0; -1: of none or of all
    size_t n_rows, n_columns;
    const float *values;  // [n_rows][n_columns], valid during the call
} xattn_activation;

/* One step of the decoder: the target piece that it chose, or was given. Valid during the call. */
typedef struct {
    size_t sentence;             // of the text, from 0
    const xattn_tokens *source;  // of that sentence
    size_t position;             // of the piece in that sentence's translation, from 0
    const char *piece;
    int id;
    float logprob;  // 0 unless scores or runners-up were asked for
    bool given;     // by a prefix or by xattn_score
    size_t n_layers, n_heads;
    const float *attention;  // [n_layers][n_heads][source->n]; NULL unless asked for
    size_t n_runners_up;
    const xattn_runner_up *runners_up;  // [n_runners_up]; NULL unless asked for
} xattn_step;

/* How to search, and what to keep. All zero asks for the text alone, as the model's files want it: zero
   always means the model's own value, or the plainest. */
typedef struct {
    size_t size;  // XATTN_OPTIONS

    // The search
    size_t beam;        // hypotheses a sentence; 1: greedy search. 0: the model's own, but greedy
                        // search with step, observe or prefix, which need it
    size_t nbest;       // translations of a text, at most `beam`; 0 or 1: the best alone
    size_t max_length;  // most target pieces of a sentence, </s> included; 0: the model's own
    float length_penalty;    // beam search ranks by score / length^this; 0: the model's own
    bool no_length_penalty;  // rank by the score itself
    // Of a model with several target languages, "fra": a text without a tag gets >>fra<< in front. NULL:
    // texts stay as they are.
    const char *target_language;
    bool no_split;  // take every text as one sentence
    // Translate also what cannot be translated: addresses, emoji, characters that the vocabulary lacks
    // (docs/MODEL.md). prefix, step and observe do so too, for they are about what the model itself
    // reads and says.
    bool no_copy;
    bool no_shortlist;  // of a Firefox model: consider the whole vocabulary
    size_t threads;     // that share the texts of a call; 0 or 1: the caller's alone

    // What to keep
    bool scores;        // logprobs, score and normalized_score
    bool attention;     // the cross-attention of every layer and head
    size_t runners_up;  // the most probable tokens of every step

    // What to take away: [n_ablations], read during the call
    const xattn_ablation *ablations;
    size_t n_ablations;

    // How the translation begins, of a single text in greedy search: ids of target pieces [n_prefix].
    // Given the ids of a translation, cut off anywhere, the search goes on from there. A </s> among them
    // ends a sentence, and the next id is the first of the next sentence; a sentence that hit the length
    // limit has no </s>, so nothing can be given beyond it. A piece that the shortlist lacks has the
    // log-probability -infinity.
    const int *prefix;
    size_t n_prefix;

    // The caller's functions; NULL: none. All get `context`, and all run on the caller's thread.
    void *context;

    // Takes the translation of text number `index`. Texts come in order, in groups, while others are
    // still to be done: count them for a progress bar. If xattn_translate was given an array, the
    // translation stays in it; if not, it is freed after this call.
    void (*result)(void *context, size_t index, const xattn_translation *translation);

    // Is shown every step of the decoder: of a single text, in greedy search or xattn_score. Sentences
    // are then translated one after the other. Return false to cancel.
    bool (*step)(void *context, const xattn_step *step);

    // Is shown everything that is computed: of a single sentence, in greedy search or xattn_score. The
    // shortlist is not used then, so that there are logits of the whole vocabulary.
    void (*observe)(void *context, const xattn_activation *activation);

    // Is asked before every step that the caller's thread takes. Return true to cancel: the call fails
    // with XATTN_CANCELLED once the other threads have finished the steps that they are in.
    bool (*cancel)(void *context);
} xattn_options;
#define XATTN_OPTIONS .size = sizeof(xattn_options)

/* Translates n texts. It is faster to pass many at once; the result is the same. options may be NULL.
   On success translations[i] is that of texts[i]; on failure there is nothing to free. translations
   may be NULL if options->result takes them. */
bool xattn_translate(const xattn_model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation **translations,
                     xattn_error *error);

/* Reads targets[i] as the translation of texts[i] instead of searching for one: the result is what the
   model makes of it. If both sides have the same number of sentences, they are read sentence by
   sentence, as xattn_translate does. Options of the search are ignored; a prefix is refused. */
bool xattn_score(const xattn_model *model, const char *const *texts, const char *const *targets,
                 size_t n, const xattn_options *options, xattn_translation **translations,
                 xattn_error *error);

/* Translates n texts through a language between: what `first` makes of a text is translated by `second`,
   sentence by sentence. A translation is second's of pivot_text, with the text's own pieces as its source:
   its maps are second's, each multiplied with the map of first that is to be looked at first, so that a
   row still sums to 1. Scores and runners-up are second's. The options are for both, nbest,
   target_language and ablations for second; step, observe and prefix are refused. */
bool xattn_pivot(const xattn_model *first, const xattn_model *second, const char *const *texts,
                 size_t n, const xattn_options *options, xattn_translation **translations,
                 xattn_error *error);

void xattn_translation_free(xattn_translation *translation);

/* ---- Maps ---- */

/* Which maps of a translation to make. All zero: the one to look at first, by pieces. */
enum { XATTN_MEAN = -1, XATTN_ALL = -2 };
typedef struct {
    size_t size;  // XATTN_MAP_OPTIONS

    // Set has_layer or has_head to choose. A head without a layer is one of map_layer. A layer without a
    // head is map_head if it is map_layer, else the mean of its heads; XATTN_ALL layers without a head
    // are all heads of each.
    bool has_layer, has_head;
    int layer;  // from 0, or XATTN_ALL
    int head;   // from 0, XATTN_ALL, or XATTN_MEAN of the layer's heads

    bool words;  // merge pieces into words: a source word has the sum of its columns, a target word
                 // the mean of its rows, so rows still sum to 1
    bool tokens;  // the same, where words are what stands between the spaces of both texts
    bool no_eos;  // leave out </s>; what remains is not scaled up
} xattn_map_options;
#define XATTN_MAP_OPTIONS .size = sizeof(xattn_map_options)

/* One side's piece or word. */
typedef struct {
    const char *text;  // a piece as in the vocabulary (▁chat), or a word without spaces around it
    bool starts;       // a word starts here; false: a piece that continues the word before it
    bool spaced;       // a space stands before it in the text, or it is the first
    bool eos;          // </s>, the end of a sentence
} xattn_label;

typedef struct {
    size_t n_target, n_source;
    const xattn_label *target;  // [n_target], rows
    const xattn_label *source;  // [n_source], columns
    const float *cells;         // [n_target][n_source]
    int layer, head;            // head may be XATTN_MEAN; -1, -1: of a table of the caller's
    size_t n_heads;             // of the layer
    bool words;                 // labels are words
    bool is_trained;            // it is the model's alignment head's
} xattn_map;

/* Maps of one translation, layer by layer, head by head. They share their labels. */
typedef struct {
    size_t n;
    const xattn_map *const *items;  // [n]
    const char *title;              // the translation, or that of a table
} xattn_maps;

/* The maps of a translation that kept its attention. options may be NULL. The maps of a blank text have
   no rows and no columns. */
xattn_maps *xattn_maps_of(const xattn_translation *translation, const xattn_map_options *options,
                          xattn_error *error);

/* A map of any other table, such as self-attention from xattn_options.observe: cells
   [n_rows][n_columns], from 0 to 1, and the labels of rows and columns. All is copied. */
xattn_maps *xattn_maps_of_table(const char *title, const char *const *rows, size_t n_rows,
                                const char *const *columns, size_t n_columns, const float *cells,
                                xattn_error *error);
void xattn_maps_free(xattn_maps *maps);

typedef enum {
    XATTN_TERMINAL,  // shades and percentages, for a terminal
    XATTN_TSV,       // a table for spreadsheets, pandas and R
    XATTN_NPY,       // numpy's: float32 [layers][heads][n_target][n_source]; bytes, not text
    XATTN_PHARAOH,   // word links, "0-0 1-2", a line a map
    XATTN_SVG,       // a picture
} xattn_format;

/* How to draw. All zero is plain. */
typedef struct {
    size_t size;      // XATTN_STYLE
    bool color;       // terminal: escape sequences for 256 colours
    bool ascii;       // terminal: draw with ASCII only; the words themselves stay as they are
    size_t width;     // terminal: columns that it has; 0: any number
    bool lines;       // svg: the two sentences joined by lines, not a heat map
    float threshold;  // pharaoh: see xattn_links_of
} xattn_style;
#define XATTN_STYLE .size = sizeof(xattn_style)

/* Appends the maps in one of the formats; style may be NULL. */
bool xattn_maps_draw(const xattn_maps *maps, xattn_format format, const xattn_style *style,
                     xattn_buffer *out, xattn_error *error);

/* Appends a translation as a JSON object on one line, without a line end: docs/alignment.schema.json.
   If `maps` is not NULL, with these of its maps, for which it must have its attention. */
bool xattn_translation_json(const xattn_translation *translation, const xattn_map_options *maps,
                            xattn_buffer *out, xattn_error *error);

/* A page to explore in a browser, one file that loads nothing else: its beginning, any number of
   translations with their attention, its end. `maps` chooses the map that the page shows first; it may
   be NULL. The page shows log-probabilities and runners-up if they were kept. */
bool xattn_html_begin(const char *title, xattn_buffer *out, xattn_error *error);
bool xattn_html_translation(const xattn_translation *translation, const xattn_map_options *maps,
                            xattn_buffer *out, xattn_error *error);
bool xattn_html_end(xattn_buffer *out, xattn_error *error);

/* ---- Word links ---- */

typedef struct {
    size_t source, target;  // words from 0
} xattn_link;

/* A set of links, sorted by source, then target, each once. Starts as {0}, is the caller's, to free
   with xattn_links_free also after a failure. Functions replace what their result held, which is not
   one of their arguments. */
typedef struct {
    xattn_link *items;  // [n]
    size_t n, capacity;
} xattn_links;

/* Every target word with the source word that it looked at most, or, with a threshold above 0, every
   cell above it. </s> is no word: it has no links, and a target word that looked at </s> most has none
   either (unless the map left </s> out). */
bool xattn_links_of(const xattn_map *map, float threshold, xattn_links *links, xattn_error *error);

/* Reads one line of pairs i-j between spaces or tabs, in any order; an empty line has no links. Words
   must be less than a million. And appends links in that notation, without a line end. */
bool xattn_links_parse(const char *line, xattn_links *links, xattn_error *error);
bool xattn_links_write(const xattn_links *links, xattn_buffer *out, xattn_error *error);

/* Source and target change places: for the links of a model that translates back. */
bool xattn_links_flip(const xattn_links *links, xattn_links *flipped, xattn_error *error);

/* The links of two directions, both as source-target, made one: those that both have, or
   grow-diag-final (Koehn et al. 2003). */
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
