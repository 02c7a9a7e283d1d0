#include "cli/option_table.h"

#include <limits.h>

#include "base/threads.h"

/* The offset of a field. Does not compile if the field has another type. */
#define FIELD(type, member) \
    (offsetof(Options, member) + 0 * sizeof(1 ? (type *)0 : &((Options *)0)->member))
#define IS_TRUE(member) .kind = VALUE_TRUE, .field = FIELD(bool, member)
#define TEXT(member) .kind = VALUE_TEXT, .field = FIELD(const char *, member)
#define COUNT(member, from, to) \
    .kind = VALUE_COUNT, .field = FIELD(int, member), .least = (from), .most = (to)
#define NUMBER(member, from, to) \
    .kind = VALUE_NUMBER, .field = FIELD(float, member), .least = (from), .most = (to)
#define CHOICE(type, member, list) \
    .kind = VALUE_CHOICE, .field = FIELD(type, member), .words = (list)

static const char *const formats[] = {"terminal", "json", "tsv",  "npy",
                                      "pharaoh",  "svg",  "html", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const styles[] = {"heat", "lines", NULL};
static const char *const symmetrizations[] = {"intersect", "grow-diag-final", NULL};
_Static_assert(sizeof formats / sizeof *formats == N_FORMATS + 1, "a name for each format");

const CommandSpec command_table[N_COMMANDS] = {
    [COMMAND_TRANSLATE] = {"translate", "[TEXT ...]",
                           "Translates each TEXT, or each line of standard input, to one line."},
    [COMMAND_ALIGN] = {"align", "[TEXT ...]",
                       "Translates, and shows which source words each target word looked at: "
                       "the cross-attention map."},
    [COMMAND_SCORE] =
        {"score", "",
         "Reads lines of source TAB translation, or source ||| translation; prints the "
         "log-probability, the number of pieces and the perplexity of each translation."},
    [COMMAND_TOKENIZE] = {"tokenize", "[TEXT ...]",
                          "Splits each TEXT into the pieces that the model reads."},
    [COMMAND_DETOKENIZE] = {"detokenize", "[PIECES ...]",
                            "Turns pieces or ids, separated by spaces, back into text."},
    [COMMAND_INSPECT] = {"inspect", "[DIR]",
                         "Loads and checks a model; prints its configuration and tensors."},
    [COMMAND_TRACE] = {"trace", "-o DIR TEXT",
                       "Writes every intermediate activation of a translation as .npy files."},
    [COMMAND_BENCH] = {"bench", "[FILE]",
                       "Times every stage of a translation on this machine, with built-in "
                       "sentences or the lines of FILE."},
    [COMMAND_GET] =
        {"get", "LANG-LANG ...",
         "Downloads Firefox's model of a language pair, such as en-de; -m en-de finds it."},
    [COMMAND_MODELS] = {"models", "", "Lists the installed models that -m finds by language pair."},
};

const OptionSpec option_table[N_OPTIONS] = {
    [OPTION_MODEL] =
        {"model", 'm', "DIR", LINES | R | B, .kind = VALUE_MODEL,
         .help = "a MarianMT, Marian or Firefox model, or a pair such as en-de (default: "
                 "$XATTN_MODEL, else the model that comes with xattn); translate and align "
                 "accept a second -m, which translates the result of the first"},
    [OPTION_INPUT] = {"input", 'i', "FILE", LINES, TEXT(input),
                      .help = "read lines from FILE; - is standard input"},
    [OPTION_OUTPUT] = {"output", 'o', "FILE", LINES | I, TEXT(output),
                       .help = "write to FILE, which appears when all is done; - is "
                               "standard output"},
    [OPTION_OUTPUT_DIR] = {"output", 'o', "DIR", R, TEXT(output),
                           .help = "the folder to fill: new, empty, or an earlier trace, which is "
                                   "replaced"},
    [OPTION_BEAM] = {"beam", 'b', "N", T | A, COUNT(beam, 1, 64),
                     .help =
                         "beam search with N hypotheses; 1 is greedy search (default: the "
                         "setting in the model's files; 1 for the model that comes with xattn)"},
    [OPTION_LENGTH_PENALTY] =
        {"length-penalty", 0, "A", T | A, NUMBER(length_penalty, -100, 100),
         .help = "beam search: rank by log-probability / length^A (default: the model's setting)"},
    [OPTION_MAX_LENGTH] = {"max-length", 0, "N", T | A | R, COUNT(max_length, 1, INT_MAX),
                           .help = "stop a translation after N pieces, including </s>"},
    [OPTION_TARGET_LANG] = {"target-lang", 0, "LANG", T | A | S | R, TEXT(target_language),
                            .help = "the target language, such as fra, if the model has several "
                                    "(`inspect` lists them)"},
    [OPTION_INT8] = {"int8", 0, NULL, T | A | S | I | R | B,
                     .help = "round weights to 8 bits: faster, slightly less exact (default: as "
                             "stored)"},
    [OPTION_F32] = {"f32", 0, NULL, T | A | S | I | R | B,
                    .help = "widen weights to 32-bit floats, even if they are stored as int8"},
    [OPTION_THREADS] = {"threads", 0, "N", T | A | S | B, COUNT(threads, 1, THREADS_MOST),
                        .help = "translate on N threads (default: one per processor core)"},
    [OPTION_NO_SHORTLIST] = {"no-shortlist", 0, NULL, T | A, IS_TRUE(no_shortlist),
                             .help = "Firefox models: choose from the whole vocabulary"},
    [OPTION_NO_SPLIT] = {"no-split", 0, NULL, T | A | S, IS_TRUE(no_split),
                         .help = "translate each text whole instead of sentence by sentence"},
    [OPTION_NO_COPY] =
        {"no-copy", 0, NULL, T | A | S, IS_TRUE(no_copy),
         .help = "translate addresses, emoji and unknown characters instead of copying them"},
    [OPTION_NBEST] = {"nbest", 0, "K", T, COUNT(nbest, 1, INT_MAX),
                      .help =
                          "print the K best of a beam: LINE ||| TRANSLATION ||| SCORE, with lines "
                          "counted from 0"},
    [OPTION_SCORES] = {"scores", 0, NULL, T, IS_TRUE(scores),
                       .help = "print the log-probability, a tab, then the translation"},
    [OPTION_JSON] = {"json", 0, NULL, T | S, IS_TRUE(json),
                     .help = "one JSON object per line: both texts, pieces, ids, scores"},
    [OPTION_ALIGN] = {"align", 0, NULL, T, IS_TRUE(align),
                      .help = "with --json: add the cross-attention of one layer and head"},
    [OPTION_FORMAT] = {"format", 0, "FORMAT", A, CHOICE(Format, format, formats),
                       .help = "terminal (default), json, tsv, npy, pharaoh, svg or html"},
    [OPTION_LAYER] = {"layer", 0, "L", T | A, .kind = VALUE_LAYER, .field = FIELD(int, layer),
                      .help = "decoder layer, from 0; in align also `all`"},
    [OPTION_HEAD] = {"head", 0, "H", T | A, .kind = VALUE_HEAD, .field = FIELD(int, head),
                     .help = "head, from 0, or `mean`; in align also `all`"},
    [OPTION_WORDS] = {"words", 0, NULL, A,
                      .help = "merge pieces into words (default except for json, tsv and npy)"},
    [OPTION_PIECES] = {"pieces", 0, NULL, A, .help = "show the model's pieces, not words"},
    [OPTION_TOKENS] = {"tokens", 0, NULL, A, IS_TRUE(tokens),
                       .help = "words are the parts between spaces, in both texts"},
    [OPTION_LINK_WORDS] =
        {"link-words", 0, NULL, A, IS_TRUE(link_words),
         .help = "pharaoh: print the words of both sides after the links, separated by tabs"},
    [OPTION_NO_EOS] = {"no-eos", 0, NULL, A, IS_TRUE(no_eos),
                       .help = "leave out the row and the column of </s>"},
    [OPTION_TARGET] = {"target", 0, "TEXT", A | R, TEXT(target),
                       .help = "use TEXT as the translation instead of translating"},
    [OPTION_PAIRS] = {"pairs", 0, NULL, A, IS_TRUE(pairs),
                      .help = "lines are source TAB translation, or source ||| translation"},
    [OPTION_ASCII] = {"ascii", 0, NULL, A, IS_TRUE(ascii),
                      .help = "terminal: draw with ASCII characters only"},
    [OPTION_COLOR] = {"color", 0, "WHEN", A, CHOICE(ColorWhen, color_when, colors),
                      .help = "terminal: auto (default), always or never; NO_COLOR is honoured"},
    [OPTION_STYLE] = {"style", 0, "STYLE", A, CHOICE(Style, style, styles),
                      .help = "svg: heat (default), or lines between two rows of words"},
    [OPTION_THRESHOLD] =
        {"threshold", 0, "P", A, NUMBER(threshold, 0, 1),
         .help = "pharaoh: link every pair of words above P instead of each target word's best"},
    [OPTION_REVERSE] = {"reverse", 0, "DIR", A, TEXT(reverse),
                        .help = "pharaoh: combine with the links of a model that translates back"},
    [OPTION_SYMMETRIZE] = {"symmetrize", 0, "HOW", A,
                           CHOICE(Symmetrize, symmetrize, symmetrizations),
                           .help = "with --reverse: intersect, or grow-diag-final (default)"},
    [OPTION_ABLATE_HEAD] = {"ablate-head", 0, "L.H", T | A | S | R, .kind = VALUE_ABLATION,
                            .help = "switch off cross-attention head H of layer L, such as 1.0; "
                                    "repeatable"},
    [OPTION_UNIFORM_ATTENTION] = {"uniform-attention", 0, "L", T | A | S | R, .kind = VALUE_UNIFORM,
                                  .help = "make cross-attention of layer L look at all pieces "
                                          "equally; repeatable"},
    [OPTION_IDS] = {"ids", 0, NULL, K | D, IS_TRUE(ids),
                    .help = "use numbers in the model's vocabulary instead of pieces"},
    [OPTION_TARGET_SIDE] = {"target-side", 0, NULL, K | D, IS_TRUE(target_side),
                            .help = "use the target language's pieces, not the source language's"},
    [OPTION_INDEX] = {"index", 0, "URL", G | M, TEXT(index),
                      .help =
                          "the address of the index (default: $XATTN_INDEX, else Mozilla's index)"},
    [OPTION_AVAILABLE] = {"available", 0, NULL, M, IS_TRUE(available),
                          .help = "also list the models that `xattn get` can download"},
    [OPTION_STRICT] = {"strict", 0, NULL, LINES, IS_TRUE(strict),
                       .help = "fail on text that is not UTF-8 or that had to be cut"},
    [OPTION_QUIET] = {"quiet", 'q', NULL, LINES | R | G, IS_TRUE(quiet),
                      .help = "no warnings and no progress on standard error"},
    [OPTION_HELP] = {"help", 'h', NULL, ANY, .help = "print this help"},
};

bool option_is_for(OptionId id, Command command) {
    return option_table[id].commands & 1U << command;
}
