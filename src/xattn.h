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

   Texts are NUL-terminated UTF-8; bytes that are not UTF-8 are read as U+FFFD. What the library returns
   is valid UTF-8. Numbers have a point, whatever locale the host is in.

   Errors      A function that can fail returns false or NULL and fills *error, which may be NULL. On
               success *error is left alone. Nothing is printed and nothing exits.
   Lifetime    What a function returns by pointer is the caller's, to free with the function named after
               its type; all of these accept NULL. A result needs nothing that it was made from: a
               translation outlives its model, a map its translation. What a result points to goes with
               it. Results are not to be written to.
   Threads     A model does not change once it is open, and a result never: any number of threads may
               use them at the same time. Close a model when no call uses it any more. A call works on
               the caller's thread and on options.threads - 1 others, which it joins before it returns.
               It calls the caller's functions (result, step, observe, cancel) on the caller's thread
               alone, one at a time; they may call the library.
   Signals     The library installs no handlers and waits for none; threads that it starts block all
               signals. A model's files are mapped, not read: where one becomes shorter while its model
               is open, the next look at what is gone raises SIGBUS. xattn_open_options.copy rules
               that out.
   Fork        A child may use an open model if no call was running when it was made.

   Growing     Later versions add, and programs that were built before go on working, by three rules:
                 - What the library makes, only the library allocates, and the caller has pointers to it.
                   So results may get new fields at their end.
                 - What the caller makes and may get new fields (the three structs of options) begins
                   with its own size, which XATTN_OPTIONS and its like fill in. Fields that a program does
                   not know are zero, and zero means what it always meant.
                 - All other structs (tokens, words, labels, links, runners-up, ablations, errors,
                   buffers) stay as they are: arrays of them have a fixed stride. */
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
    XATTN_UNREADABLE,   // it is there and cannot be read
    XATTN_MALFORMED,    // it is no model, or a damaged one
    XATTN_UNSUPPORTED,  // it is a model, of a kind that xattn does not run
    XATTN_USAGE,        // an argument or an option cannot be
    XATTN_BAD_TEXT,     // one of the texts cannot be read: error.index says which
    XATTN_NO_MEMORY,
    XATTN_CANCELLED,  // the caller's function wanted it so
} xattn_error_kind;

typedef struct {
    xattn_error_kind kind;
    ptrdiff_t index;  // of the text that it is about; -1: about none
    char text[1024];  // what went wrong and where: one line, without control characters
} xattn_error;

/* Bytes that functions append to: starts as {0}, is the caller's, to free with xattn_buffer_free. */
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
    bool copy;  // read the files into memory instead of mapping them: slower to open, and the files
                // may change or go afterwards
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

/* The next sentence of text [n] from byte *at on: bytes *begin … *end - 1, without the spaces around
   them; *at moves behind it. False if there is none. Translations are made of these. */
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
    const char *source_text;  // that was given
    const char *text;  // in capitals if it answers a text in capitals and the model asks for that:
        // source and target are those of the small letters then (docs/MODEL.md, Files)
    xattn_tokens source, target;
    size_t n_sentences;  // translated one by one: each has a </s> of its own
    bool source_cut;  // some of the source was longer than the model can read: its end is left out
    bool target_cut;  // the length limit came before the model's own </s>
    bool repeats;     // it ends by repeating itself: the model lost its way
    bool
        untagged;  // the model has several target languages, and neither the text nor the options name
    // one
    bool unsplit;  // xattn_score: source and target have different numbers of sentences, so each
                   // was read as one
    const float
        *logprobs;  // [target.n] log p of each target piece, natural log; NULL unless asked for
    double score;   // their sum; 0 unless asked for
    double normalized_score;   // score / target.n^length_penalty of a beam search, else score
    size_t n_layers, n_heads;  // of the decoder
    const float *attention;    // [n_layers][n_heads][target.n][source.n]; NULL unless asked for.
        // Row t is what was looked at to *predict* target piece t; it sums to 1. Between sentences
        // all is 0.
    int map_layer,
        map_head;  // the map to look at first: the model's alignment head if it has one, else
    bool map_is_trained;  // XATTN_MEAN of the last layer; whether it is that head
    size_t n_runners_up;
    const xattn_runner_up
        *runners_up;  // [target.n][n_runners_up] best first; NULL unless asked for
    size_t n_alternatives;
    const struct xattn_translation *const
        *alternatives;  // the next best ones of an n-best list, best
    // first; of a text of several sentences the k-th has the k-th best of each, whatever the sum
    // of scores. They go with this one
} xattn_translation;

/* Something that the decoder's cross-attention has to do without, to see what it was good for. */
enum { XATTN_UNIFORM = -1 };
typedef struct {
    int layer;  // from 0
    int head;  // from 0: what it found becomes 0; XATTN_UNIFORM: all heads look at all pieces alike
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

/* One step of the decoder: the target piece that it ended with. Valid during the call. */
typedef struct {
    size_t sentence;             // of the text, from 0
    const xattn_tokens *source;  // of that sentence
    size_t position;             // of the piece in that sentence's translation, from 0
    const char *piece;
    int id;
    float logprob;  // 0 unless scores or runners-up were asked for
    bool given;     // it is of the prefix or of the given translation
    size_t n_layers, n_heads;
    const float *attention;  // [n_layers][n_heads][source->n]; NULL unless asked for
    size_t n_runners_up;
    const xattn_runner_up *runners_up;  // [n_runners_up]; NULL unless asked for
} xattn_step;

/* What to search for and what to keep of it. All zero is the text alone; zero always means the
   model's own value or the plainest thing. */
typedef struct {
    size_t size;  // XATTN_OPTIONS

    // The search
    size_t beam;  // hypotheses a sentence in beam search; 1: greedy search; 0: the model's own, but
                  // greedy search where only that can be: with step, observe or prefix
    size_t nbest;       // translations wanted a text, at most `beam`; 0 or 1: the best alone
    size_t max_length;  // most target pieces of a sentence, </s> included; 0: the model's own
    float
        length_penalty;  // exponent α of score / length^α, by which beam search ranks; 0: the model's
    bool no_length_penalty;       // rank by the score itself: α = 0
    const char *target_language;  // "fra", of a model with several: a text gets its tag >>fra<< in
    // front, if it has none; NULL: texts are as they are
    bool no_split;  // take every text as one sentence, however many it seems to hold
    bool
        no_copy;  // translate also what cannot be translated: addresses, emoji, characters that the
                  // vocabulary lacks (docs/MODEL.md). So do prefix, step and observe, which are
                  // about what the model itself reads and says
    bool no_shortlist;  // consider the whole vocabulary, not only a Firefox model's shortlist
    size_t threads;     // that share the texts of a call; 0 or 1: the caller's alone

    // What to keep
    bool scores;        // logprobs and score
    bool attention;     // the cross-attention of every layer and head
    size_t runners_up;  // most probable tokens of every step

    // What to take away: [n_ablations], read during the call
    const xattn_ablation *ablations;
    size_t n_ablations;

    // How the translation of a single text begins, in greedy search: ids of target pieces [n_prefix].
    // With the ids of a translation, cut off anywhere, it goes on from there; a </s> among them ends a
    // sentence and begins the next, so what follows a sentence that was cut cannot be given. A piece that
    // a shortlist lacks has a log-probability of -infinity.
    const int *prefix;
    size_t n_prefix;

    // The caller's functions and what they get; NULL: none. All are called on the caller's thread.
    void *context;

    // Text number `index` is done: its translation. Texts come in order, some at a time, long before the
    // last is done. The translation is then freed if xattn_translate was given no array for it, and else
    // stays the caller's. Count them for a progress bar.
    void (*result)(void *context, size_t index, const xattn_translation *translation);

    // A step of the decoder is done. Only of a single text, in greedy search or with a given
    // translation; its sentences are translated one after the other. False: cancel.
    bool (*step)(void *context, const xattn_step *step);

    // Something was computed. Only of a single sentence, in greedy search or with a given translation.
    // The shortlist is left aside, so that there are logits of the whole vocabulary.
    void (*observe)(void *context, const xattn_activation *activation);

    // Asked at every step of the decoder. True: the call ends with XATTN_CANCELLED, at the latest when
    // other threads have done a step of theirs.
    bool (*cancel)(void *context);
} xattn_options;
#define XATTN_OPTIONS .size = sizeof(xattn_options)

/* Translates n texts, together where that is faster; what comes out does not depend on it. options may
   be NULL. On success translations[i] is that of texts[i]; on failure nothing is there to free.
   translations may be NULL if options->result takes them. */
bool xattn_translate(const xattn_model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation **translations,
                     xattn_error *error);

/* Reads targets[i] as the translation of texts[i] instead of searching for one: the result says what
   the model makes of it. Both are split into sentences as xattn_translate does, if both have as many.
   What is about search is ignored; a prefix is refused. */
bool xattn_score(const xattn_model *model, const char *const *texts, const char *const *targets,
                 size_t n, const xattn_options *options, xattn_translation **translations,
                 xattn_error *error);

void xattn_translation_free(xattn_translation *translation);

/* ---- Maps ---- */

/* Which maps of a translation to make, and of what. All zero: the one to look at first, of pieces. */
enum { XATTN_MEAN = -1, XATTN_ALL = -2 };
typedef struct {
    size_t size;  // XATTN_MAP_OPTIONS
    bool has_layer,
        has_head;  // what follows counts. A layer alone is the mean over its heads, or its
                   // head that the model aligns with; all layers alone are all their heads;
                   // a head alone is of the layer to look at first
    int layer;     // from 0; XATTN_ALL: one map after the other
    int head;      // from 0; XATTN_MEAN: over the layer's heads; XATTN_ALL: one after the other
    bool words;    // merge pieces into words: a source word has the sum of its columns, a
                   // target word the mean of its rows, so rows still sum to 1
    bool no_eos;   // leave </s> out; what remains is not scaled up
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

/* The maps of a translation that kept its attention. options may be NULL. A blank text's have no rows
   and columns. */
xattn_maps *xattn_maps_of(const xattn_translation *translation, const xattn_map_options *options,
                          xattn_error *error);

/* One map of a table of one's own, such as self-attention from xattn_options.observe: cells
   [n_rows][n_columns], 0 to 1, and the labels of its rows and columns. */
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

/* Appends a translation as a JSON object, in one line without its end: docs/alignment.schema.json. With
   `maps`, with these of its maps; it needs its attention then. */
bool xattn_translation_json(const xattn_translation *translation, const xattn_map_options *maps,
                            xattn_buffer *out, xattn_error *error);

/* A page to explore in a browser, in one file that loads nothing: its beginning, a translation with its
   attention as often as there are some, its end. `maps` says which map the page shows first; it may be
   NULL. Log-probabilities and runners-up are shown if they were kept. */
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
