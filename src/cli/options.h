/* options.h: the command line, from one table

   Every option stands once in options.c with the commands that take it and its line of help. What
   is parsed, what is refused and what --help prints all come from there, so they cannot disagree. */
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
    N_COMMANDS
} Command;

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

typedef enum { SYMMETRIZE_INTERSECT, SYMMETRIZE_GROW_DIAG_FINAL } Symmetrize;

enum { MAX_ABLATIONS = 256 };

typedef struct {
    Command command;
    const char *model;   // NULL: the default model
    const char *input;   // "-" for stdin; NULL: texts, or stdin if there are none
    const char *output;  // NULL: stdout
    char **texts;        // [n_texts] of argv
    int n_texts;
    xattn_weights weights;  // of the model
    bool quiet, strict;

    // Search: translate and align
    int max_length;  // 0: the model's own
    int beam, nbest;
    float length_penalty;
    bool has_length_penalty;      // else the model's own
    bool no_shortlist, no_split;  // as in xattn_options
    int threads;                  // at least 1

    // What cross-attention does without: translate, align, score, trace
    xattn_ablation ablations[MAX_ABLATIONS];
    size_t n_ablations;

    bool json;              // translate, score
    bool align, scores;     // translate
    bool ids, target_side;  // tokenize, detokenize

    // align
    Format format;
    int layer, head;           // as in MapChoice
    bool has_layer, has_head;  // somebody chose
    bool words, no_eos;
    bool color, ascii;
    const char *target;   // the given translation of the one text, or NULL
    bool pairs;           // lines are source TAB translation; always so in score
    float threshold;      // of links in the pharaoh format; 0: argmax
    bool svg_lines;       // two rows of words joined by lines
    const char *reverse;  // a model that translates back, or NULL
    Symmetrize symmetrize;
} Options;

/* Exit statuses. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Parses the whole command line. True: go on with *options. False: end with *status; what there was
   to say (help or version on stdout, a usage error on stderr) has been said. */
bool options_parse(int argc, char **argv, Options *options, int *status);

#endif
