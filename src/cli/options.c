#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "align/map.h"
#include "base/number.h"
#include "base/threads.h"
#include "xattn.h"

enum { T = 1 << COMMAND_TRANSLATE, A = 1 << COMMAND_ALIGN, K = 1 << COMMAND_TOKENIZE };
enum { D = 1 << COMMAND_DETOKENIZE, I = 1 << COMMAND_INSPECT, S = 1 << COMMAND_SCORE };
enum { R = 1 << COMMAND_TRACE, B = 1 << COMMAND_BENCH };

static const struct {
    const char *name, *arguments, *summary;
} commands[N_COMMANDS] = {
    [COMMAND_TRANSLATE] = {"translate", "[TEXT ...]",
                           "Translates each TEXT, or each line of standard input, to one line."},
    [COMMAND_ALIGN] = {"align", "[TEXT ...]",
                       "Translates, and shows what each target word looked at: the "
                       "cross-attention map."},
    [COMMAND_SCORE] = {"score", "",
                       "Reads source TAB translation lines; prints for each log-probability, "
                       "pieces, perplexity."},
    [COMMAND_TOKENIZE] = {"tokenize", "[TEXT ...]",
                          "Splits each TEXT into the pieces that the model reads."},
    [COMMAND_DETOKENIZE] = {"detokenize", "[PIECES ...]",
                            "Turns pieces, or ids, separated by spaces back into text."},
    [COMMAND_INSPECT] = {"inspect", "[DIR]",
                         "Loads and checks a model; prints its configuration and tensors."},
    [COMMAND_TRACE] = {"trace", "-o DIR TEXT",
                       "Writes every intermediate activation of a translation as .npy files."},
    [COMMAND_BENCH] = {"bench", "[FILE]",
                       "Times every stage of a translation here, on sentences of its own or on "
                       "FILE's lines."},
};

static const struct {
    int key;  // the short option, or a number of its own
    const char *name, *argument;
    int commands;
    const char *help;
} table[] = {
    {'m', "model", "DIR", T | A | S | K | D | R | B,
     "a MarianMT or Firefox model (else $XATTN_MODEL, else the model that came with xattn)"},
    {'i', "input", "FILE", T | A | S | K | D, "read lines from FILE; - is standard input"},
    {'o', "output", "FILE", T | A | S | K | D | I, "write to FILE, which appears when all is done"},
    {'o', "output", "DIR", R,
     "the folder to fill: new, empty, or an earlier trace, which it replaces"},
    {'b', "beam", "N", T | A, "beam search with N hypotheses; 1 (default) is greedy search"},
    {'l', "length-penalty", "A", T | A,
     "rank by log-probability / length^A (default: as the model says)"},
    {'n', "max-length", "N", T | A | R, "stop a translation after N pieces, </s> included"},
    {'8', "int8", NULL, T | A | S | I | R | B,
     "round weights to 8 bits: faster, a little less exact (default: as they are stored)"},
    {'3', "f32", NULL, T | A | S | I | R | B,
     "make floats of weights, also of those stored as int8"},
    {'N', "threads", "N", T | A | S | B, "translate on N threads (default: one a processor core)"},
    {'V', "no-shortlist", NULL, T | A, "Firefox models: choose from the whole vocabulary"},
    {'O', "no-split", NULL, T | A, "Firefox models: take a text as one sentence"},
    {'k', "nbest", "K", T, "the K best of a beam: LINE ||| TRANSLATION ||| SCORE, lines from 0"},
    {'s', "scores", NULL, T, "log-probability, a tab, then the translation"},
    {'j', "json", NULL, T | S, "one JSON object a line: pieces, ids, scores, both texts"},
    {'a', "align", NULL, T, "with --json: add the cross-attention of one layer and head"},
    {'f', "format", "FORMAT", A, "terminal (default), json, tsv, npy, pharaoh, svg or html"},
    {'L', "layer", "L", T | A, "decoder layer, from 0; in align also `all`"},
    {'H', "head", "H", T | A, "head, from 0, or `mean`; in align also `all`"},
    {'w', "words", NULL, A, "merge pieces into words (default but for json, tsv and npy)"},
    {'p', "pieces", NULL, A, "show the model's pieces as they are"},
    {'e', "no-eos", NULL, A, "leave out the row and the column of </s>"},
    {'T', "target", "TEXT", A | R, "of this translation of the one text, not of the model's own"},
    {'P', "pairs", NULL, A, "lines are source TAB translation: maps of given translations"},
    {'A', "ascii", NULL, A, "terminal: draw with ASCII characters only"},
    {'c', "color", "WHEN", A, "terminal: auto (default), always or never; NO_COLOR is honoured"},
    {'y', "style", "STYLE", A, "svg: heat (default), or lines between two rows of words"},
    {'d', "threshold", "P", A, "pharaoh: every pair of words above P, not each target word's best"},
    {'r', "reverse", "DIR", A, "pharaoh: join with the links of a model that translates back"},
    {'z', "symmetrize", "HOW", A,
     "pharaoh: with --reverse: intersect, or grow-diag-final (default)"},
    {'x', "ablate-head", "L.H", T | A | S | R,
     "cross-attention without head H of layer L, such as 1.0; may be repeated"},
    {'u', "uniform-attention", "L", T | A | S | R,
     "cross-attention of layer L looks at all pieces alike; may be repeated"},
    {'I', "ids", NULL, K | D, "numbers in the model's vocabulary instead of pieces"},
    {'t', "target-side", NULL, K | D, "the target language's pieces, not the source's"},
    {'S', "strict", NULL, T | A | S | K | D, "text that is not UTF-8, or was cut, is a failure"},
    {'q', "quiet", NULL, T | A | S | K | D | R, "no warnings and no progress on standard error"},
    {'h', "help", NULL, T | A | S | K | D | I | R | B, "this text"},
};
enum { N_TABLE = sizeof table / sizeof table[0] };

/* These have a short form, the others only a long one. */
static bool has_short(int key) { return key && strchr("mioqbh", key); }

static void print_overview(FILE *out) {
    fprintf(out,
            "xattn %s: translates with an encoder-decoder transformer, and shows its "
            "cross-attention\n\nusage: xattn COMMAND [OPTIONS] [ARGUMENTS]\n\n",
            xattn_version());
    for (int c = 0; c < N_COMMANDS; c++)
        fprintf(out, "  %-11s %s\n", commands[c].name, commands[c].summary);
    fprintf(out,
            "\n  xattn translate \"The cat sat on the mat.\"\n"
            "  xattn align \"The cat sat on the mat.\"\n\n"
            "`xattn COMMAND --help` lists the options of a command. Exit status: 0 success, 1 the "
            "work\nfailed, 2 wrong usage.\n");
}

static void print_help(Command command) {
    printf("usage: xattn %s [OPTIONS] %s\n\n%s\n\n", commands[command].name,
           commands[command].arguments, commands[command].summary);
    for (int i = 0; i < N_TABLE; i++) {
        if (!(table[i].commands & 1 << command)) continue;
        char label[64], shorter[8] = "    ";
        if (has_short(table[i].key)) snprintf(shorter, sizeof shorter, "-%c, ", table[i].key);
        snprintf(label, sizeof label, "%s--%s%s%s", shorter, table[i].name,
                 table[i].argument ? " " : "", table[i].argument ? table[i].argument : "");
        printf("  %-24s %s\n", label, table[i].help);
    }
}

static bool usage_error(Command command) {
    fprintf(stderr, "Try `xattn %s --help`.\n", commands[command].name);
    return false;
}

/* A whole number from 0 up, or one of the words allowed. */
static bool parse_number(Command command, const char *option, const char *text, int least,
                         int *out) {
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (*text && !*end && !errno && value >= least && value <= INT_MAX) {
        *out = (int)value;
        return true;
    }
    fprintf(stderr, "xattn %s: --%s %s: expected a whole number from %d\n", commands[command].name,
            option, text, least);
    return usage_error(command);
}

static bool parse_index(Command command, const char *option, const char *text, int *out) {
    if (strcmp(text, "all") == 0 && command == COMMAND_ALIGN)
        *out = MAP_ALL;
    else if (strcmp(text, "mean") == 0 && strcmp(option, "head") == 0)
        *out = MAP_MEAN;
    else
        return parse_number(command, option, text, 0, out);
    return true;
}

/* A number from least to most. */
static bool parse_float(Command command, const char *option, const char *text, float least,
                        float most, float *out) {
    double value;
    if (number_parse(text, &value) && value >= (double)least && value <= (double)most) {
        *out = (float)value;
        return true;
    }
    fprintf(stderr, "xattn %s: --%s %s: expected a number from %g to %g\n", commands[command].name,
            option, text, (double)least, (double)most);
    return usage_error(command);
}

/* One of n words, whose place goes to *out. */
static bool parse_word(Command command, const char *option, const char *text,
                       const char *const *words, int n, int *out) {
    for (int i = 0; i < n; i++)
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return true;
        }
    fprintf(stderr, "xattn %s: --%s %s: expected", commands[command].name, option, text);
    for (int i = 0; i < n; i++)
        fprintf(stderr, "%s %s", i == 0 ? "" : i < n - 1 ? "," : " or", words[i]);
    fputc('\n', stderr);
    return usage_error(command);
}

static bool parse_format(Command command, const char *text, Format *format) {
    static const char *const names[N_FORMATS] = {"terminal", "json", "tsv", "npy",
                                                 "pharaoh",  "svg",  "html"};
    int found = 0;
    if (!parse_word(command, "format", text, names, N_FORMATS, &found)) return false;
    *format = (Format)found;
    return true;
}

static bool parse_style(Command command, const char *text, bool *lines) {
    static const char *const names[] = {"heat", "lines"};
    int found = 0;
    if (!parse_word(command, "style", text, names, 2, &found)) return false;
    *lines = found == 1;
    return true;
}

static bool parse_symmetrize(Command command, const char *text, Symmetrize *how) {
    static const char *const names[] = {"intersect", "grow-diag-final"};
    int found = 0;
    if (!parse_word(command, "symmetrize", text, names, 2, &found)) return false;
    *how = (Symmetrize)found;
    return true;
}

static bool terminal_shows_color(void) {
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

static bool parse_color(Command command, const char *text, bool *color) {
    static const char *const names[] = {"auto", "always", "never"};
    int found = 0;
    if (!parse_word(command, "color", text, names, 3, &found)) return false;
    if (found) *color = found == 1;
    return true;
}

static bool add_ablation(Options *o, const char *option, int layer, int head) {
    if (o->n_ablations < MAX_ABLATIONS) {
        o->ablations[o->n_ablations++] = (xattn_ablation){layer, head};
        return true;
    }
    fprintf(stderr, "xattn %s: --%s: at most %d of these\n", commands[o->command].name, option,
            MAX_ABLATIONS);
    return usage_error(o->command);
}

/* LAYER.HEAD, two whole numbers from 0. */
static bool parse_head(Options *o, const char *text) {
    char rest;
    unsigned layer, head;
    bool is_number = strspn(text, "0123456789.") == strlen(text);
    if (is_number && sscanf(text, "%4u.%4u%c", &layer, &head, &rest) == 2)
        return add_ablation(o, "ablate-head", (int)layer, (int)head);
    fprintf(stderr, "xattn %s: --ablate-head %s: expected LAYER.HEAD, from 0, such as 1.0\n",
            commands[o->command].name, text);
    return usage_error(o->command);
}

static bool parse_uniform(Options *o, const char *text) {
    int layer = 0;
    return parse_number(o->command, "uniform-attention", text, 0, &layer) &&
           add_ablation(o, "uniform-attention", layer, XATTN_UNIFORM);
}

static bool check_most(Command command, const char *option, int value, int most) {
    if (value <= most) return true;
    fprintf(stderr, "xattn %s: --%s %d: at most %d\n", commands[command].name, option, value, most);
    return usage_error(command);
}

/* What an option says goes into *o; false after a usage error. */
static bool apply(int key, const char *text, Options *o, int *words) {
    switch (key) {
        case 'm':
            o->model = text;
            return true;
        case 'i':
            o->input = text;
            return true;
        case 'o':
            o->output = text;
            return true;
        case 'j':
            return o->json = true;
        case 'a':
            return o->align = true;
        case 's':
            return o->scores = true;
        case 'b':
            return parse_number(o->command, "beam", text, 1, &o->beam) &&
                   check_most(o->command, "beam", o->beam, 64);
        case 'k':
            return parse_number(o->command, "nbest", text, 1, &o->nbest);
        case 'l':
            return o->has_length_penalty = parse_float(o->command, "length-penalty", text, -100,
                                                       100, &o->length_penalty);
        case 'T':
            o->target = text;
            return true;
        case 'P':
            return o->pairs = true;
        case 'y':
            return parse_style(o->command, text, &o->svg_lines);
        case 'd':
            return parse_float(o->command, "threshold", text, 0, 1, &o->threshold);
        case 'r':
            o->reverse = text;
            return true;
        case 'z':
            return parse_symmetrize(o->command, text, &o->symmetrize);
        case 'n':
            return parse_number(o->command, "max-length", text, 1, &o->max_length);
        case 'N':
            return parse_number(o->command, "threads", text, 1, &o->threads) &&
                   check_most(o->command, "threads", o->threads, THREADS_MOST);
        case 'f':
            return parse_format(o->command, text, &o->format);
        case 'L':
            return o->has_layer = parse_index(o->command, "layer", text, &o->layer);
        case 'H':
            return o->has_head = parse_index(o->command, "head", text, &o->head);
        case 'w':
            *words = 1;
            return true;
        case 'p':
            *words = 0;
            return true;
        case 'e':
            return o->no_eos = true;
        case 'A':
            return o->ascii = true;
        case 'c':
            return parse_color(o->command, text, &o->color);
        case 'x':
            return parse_head(o, text);
        case 'u':
            return parse_uniform(o, text);
        case 'I':
            return o->ids = true;
        case 't':
            return o->target_side = true;
        case '8':
            o->weights = XATTN_INT8;
            return true;
        case '3':
            o->weights = XATTN_F32;
            return true;
        case 'V':
            return o->no_shortlist = true;
        case 'O':
            return o->no_split = true;
        case 'S':
            return o->strict = true;
        case 'q':
            return o->quiet = true;
        default:
            return usage_error(o->command);  // getopt has said what is wrong
    }
}

/* getopt's two ways of listing the options of a command. */
static void list_options(Command command, struct option *longs, char *shorts) {
    int n = 0;
    for (int i = 0; i < N_TABLE; i++) {
        if (!(table[i].commands & 1 << command)) continue;
        longs[n++] = (struct option){
            .name = table[i].name, .has_arg = table[i].argument != NULL, .val = table[i].key};
        if (!has_short(table[i].key)) continue;
        *shorts++ = (char)table[i].key;
        if (table[i].argument) *shorts++ = ':';
    }
    longs[n] = (struct option){0};
    *shorts = '\0';
}

/* What is wrong with the options of align as they are together; NULL if nothing is. */
static const char *check_align(const Options *o) {
    bool is_pharaoh = o->format == FORMAT_PHARAOH;
    if (o->target && (o->n_texts != 1 || o->input)) return "--target needs exactly one TEXT";
    if (o->target && o->pairs) return "either --target or --pairs, not both";
    if ((o->target || o->pairs) && o->beam > 1) return "a given translation needs no --beam";
    if (o->pairs && o->n_texts) return "--pairs is about lines, not arguments";
    if (o->reverse && !is_pharaoh) return "--reverse needs --format pharaoh";
    if (o->threshold > 0 && !is_pharaoh) return "--threshold needs --format pharaoh";
    if (o->svg_lines && o->format != FORMAT_SVG) return "--style needs --format svg";
    if (is_pharaoh && !o->words) return "--format pharaoh is about words, not --pieces";
    if (is_pharaoh && (o->layer == MAP_ALL || o->head == MAP_ALL))
        return "--format pharaoh needs one map, not `all`";
    return NULL;
}

/* What only makes sense together. */
static bool check_together(const Options *o) {
    const char *wrong = o->command == COMMAND_ALIGN ? check_align(o) : NULL;
    if (o->align && !o->json) wrong = "--align needs --json; for a map, see `xattn align`";
    if ((o->has_layer || o->has_head) && o->command == COMMAND_TRANSLATE && !o->align)
        wrong = "--layer and --head need --json --align";
    if (o->scores && o->json) wrong = "--scores is part of --json already";
    if (o->nbest > 1 && o->nbest > o->beam) wrong = "--nbest K needs a --beam of at least K";
    if (o->nbest && o->scores) wrong = "--nbest prints scores already";
    if (o->command == COMMAND_SCORE && o->n_texts)
        wrong = "pairs come from standard input or --input, not as arguments";
    if (o->input && o->n_texts) wrong = "either texts or --input, not both";
    if (o->command == COMMAND_INSPECT && o->n_texts > 1) wrong = "one model at a time";
    if (o->command == COMMAND_TRACE && !o->output) wrong = "--output DIR is needed: where to write";
    if (o->command == COMMAND_TRACE && o->n_texts != 1) wrong = "exactly one TEXT is needed";
    if (o->command == COMMAND_BENCH && o->n_texts > 1) wrong = "one file at a time";
    if (!wrong) return true;
    fprintf(stderr, "xattn %s: %s\n", commands[o->command].name, wrong);
    return usage_error(o->command);
}

static bool parse_command(int argc, char **argv, Options *o, int *status) {
    struct option longs[N_TABLE + 1];
    char shorts[2 * N_TABLE + 1];
    int words = -1;
    char *own_name = argv[0], with_command[64];
    list_options(o->command, longs, shorts);
    snprintf(with_command, sizeof with_command, "xattn %s", commands[o->command].name);
    argv[0] = with_command;  // getopt's messages start with it
    *status = EXIT_USAGE;
    o->color = terminal_shows_color();
    o->beam = 1;
    o->threads = (int)threads_cores();
    o->symmetrize = SYMMETRIZE_GROW_DIAG_FINAL;
    bool ok = true;
    for (int key; ok && (key = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (key == 'h') {
            print_help(o->command);
            *status = EXIT_DONE;
            ok = false;
        } else {
            ok = apply(key, optarg, o, &words);
        }
    }
    argv[0] = own_name;
    o->texts = argv + optind;
    o->n_texts = argc - optind;
    bool by_pieces = o->format == FORMAT_JSON || o->format == FORMAT_TSV || o->format == FORMAT_NPY;
    o->words = words < 0 ? !by_pieces : words == 1;
    if (o->command == COMMAND_SCORE) o->pairs = true;
    return ok && check_together(o);
}

bool options_parse(int argc, char **argv, Options *options, int *status) {
    *options = (Options){0};
    const char *name = argc > 1 ? argv[1] : NULL;
    *status = EXIT_DONE;
    if (name &&
        (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)) {
        print_overview(stdout);
        return false;
    }
    if (name && strcmp(name, "--version") == 0) {
        printf("xattn %s\n", xattn_version());
        return false;
    }
    for (int c = 0; name && c < N_COMMANDS; c++)
        if (strcmp(name, commands[c].name) == 0) {
            options->command = (Command)c;
            return parse_command(argc - 1, argv + 1, options, status);
        }
    *status = EXIT_USAGE;
    if (name)
        fprintf(stderr, "xattn: no command \"%s\"%s; try `xattn --help`\n", name,
                *name == '-' ? " (options follow the command)" : "");
    else
        print_overview(stderr);
    return false;
}
