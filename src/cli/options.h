/* options.h: the options of the command line

   Options are data: option_table.c lists them with the field for each value, and option_rules.c has the
   combinations that are not allowed. */
#ifndef XATTN_OPTIONS_H
#define XATTN_OPTIONS_H

#include <stdbool.h>

#include "xattn.h"

typedef enum {
    COMMAND_TRANSLATE,
    COMMAND_ALIGN,
    COMMAND_SCORE,
    COMMAND_TOKENIZE,
    COMMAND_DETOKENIZE,
    COMMAND_INSPECT,
    COMMAND_TRACE,
    COMMAND_BENCH,
    COMMAND_GET,
    COMMAND_MODELS,
    N_COMMANDS
} Command;

/* The options, in the order in which --help lists them. */
typedef enum {
    OPTION_MODEL,
    OPTION_INPUT,
    OPTION_OUTPUT,
    OPTION_OUTPUT_DIR,
    OPTION_BEAM,
    OPTION_LENGTH_PENALTY,
    OPTION_MAX_LENGTH,
    OPTION_TARGET_LANG,
    OPTION_INT8,
    OPTION_F32,
    OPTION_THREADS,
    OPTION_NO_SHORTLIST,
    OPTION_NO_SPLIT,
    OPTION_NO_COPY,
    OPTION_NBEST,
    OPTION_SCORES,
    OPTION_JSON,
    OPTION_ALIGN,
    OPTION_FORMAT,
    OPTION_LAYER,
    OPTION_HEAD,
    OPTION_WORDS,
    OPTION_PIECES,
    OPTION_TOKENS,
    OPTION_LINK_WORDS,
    OPTION_NO_EOS,
    OPTION_TARGET,
    OPTION_PAIRS,
    OPTION_ASCII,
    OPTION_COLOR,
    OPTION_STYLE,
    OPTION_THRESHOLD,
    OPTION_REVERSE,
    OPTION_SYMMETRIZE,
    OPTION_ABLATE_HEAD,
    OPTION_UNIFORM_ATTENTION,
    OPTION_IDS,
    OPTION_TARGET_SIDE,
    OPTION_INDEX,
    OPTION_AVAILABLE,
    OPTION_STRICT,
    OPTION_QUIET,
    OPTION_HELP,
    N_OPTIONS
} OptionId;

typedef enum {
    FORMAT_TERMINAL,
    FORMAT_JSON,
    FORMAT_TSV,
    FORMAT_NPY,
    FORMAT_PHARAOH,
    FORMAT_SVG,
    FORMAT_HTML,
    N_FORMATS
} Format;

typedef enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorWhen;
typedef enum { STYLE_HEAT, STYLE_LINES } Style;
typedef enum { SYMMETRIZE_INTERSECT, SYMMETRIZE_GROW_DIAG_FINAL } Symmetrize;

enum { MAX_ABLATIONS = 256 };

typedef struct {
    Command command;
    bool given[N_OPTIONS];  // which options are on the command line
    const char *model;      // NULL: the default model
    const char *onward;     // a second model, which translates the first one's result, or NULL
    const char *input;      // "-": stdin; NULL: texts, or stdin without texts
    const char *output;     // NULL: stdout
    char **texts;           // [n_texts] of argv
    int n_texts;
    xattn_weights weights;  // of the model
    bool quiet, strict;

    // Search: translate and align
    int max_length;  // 0: the model's limit
    int beam, nbest;
    float length_penalty;                  // only if given
    const char *target_language;           // NULL: from tags in the texts
    bool no_shortlist, no_split, no_copy;  // as in xattn_options
    int threads;                           // at least 1

    // Ablations of cross-attention: translate, align, score, trace
    xattn_ablation ablations[MAX_ABLATIONS];
    size_t n_ablations;

    bool json;              // translate, score
    bool align, scores;     // translate
    bool ids, target_side;  // tokenize, detokenize

    const char *index;  // get, models: the address of the index, or NULL
    bool available;     // models: list those of the index, too

    // align
    Format format;
    int layer, head;  // only if given; as in xattn_map_options
    bool words, tokens, link_words, no_eos;
    ColorWhen color_when;
    bool color, ascii;
    const char *target;   // the given translation of the text, or NULL
    bool pairs;           // lines are source TAB translation; always true in score
    float threshold;      // of links in the pharaoh format; 0: argmax
    Style style;          // of the svg format
    const char *reverse;  // a model that translates back, or NULL
    Symmetrize symmetrize;
} Options;

/* Exit statuses. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Parses the whole command line. If it returns true, go on with *options. If false, exit with *status:
   it has printed help or the version on stdout, or a usage error on stderr. */
bool options_parse(int argc, char **argv, Options *options, int *status);

#endif
