#include "cli/option_rules.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/option_table.h"

/* A fact is the OptionId of a given option, or one of these. */
typedef enum {
    ALWAYS = N_OPTIONS,
    TEXTS,          // there are arguments
    ONE_TEXT,       // exactly one
    SEVERAL_TEXTS,  // more than one
    GREEDY,         // --beam 1
    BEAM,           // --beam of at least 2
    NBEST_FITS,     // the beam is large enough, or the model's default
    TWO_MODELS,     // a second -m
    ALL_MAPS,       // every layer or every head
    WORDS,          // pieces are merged
    THRESHOLD,      // above 0
    TO_TERMINAL,    // the output goes to a terminal
    FORMAT,         // FORMAT + FORMAT_SVG: the format is svg
    N_FACTS = FORMAT + N_FORMATS
} Fact;

typedef enum { NEEDS, EXCLUDES } Relation;

/* If `fact` holds, `other` must hold (NEEDS) or must not (EXCLUDES). A rule refuses every option that
   would have no effect, so none is silently ignored. A rule about two options or formats needs no text:
   their names make one. */
static const struct {
    int commands;
    int fact;
    Relation relation;
    int other;
    const char *text;
} rules[] = {
    // Arguments
    {ANY, OPTION_INPUT, EXCLUDES, TEXTS, "either texts or --input, not both"},
    {S, ALWAYS, EXCLUDES, TEXTS, "pairs come from standard input or --input, not as arguments"},
    {I, ALWAYS, EXCLUDES, SEVERAL_TEXTS, "one model at a time"},
    {B, ALWAYS, EXCLUDES, SEVERAL_TEXTS, "one file at a time"},
    {G, ALWAYS, NEEDS, TEXTS, "name a language pair, such as en-de"},
    {M, ALWAYS, EXCLUDES, TEXTS, "no arguments are expected"},
    {M, OPTION_INDEX, NEEDS, OPTION_AVAILABLE, NULL},
    {R, ALWAYS, NEEDS, OPTION_OUTPUT_DIR, "--output DIR is needed: where to write"},
    {R, ALWAYS, NEEDS, ONE_TEXT, "exactly one TEXT is needed"},
    {A, OPTION_TARGET, NEEDS, ONE_TEXT, "--target needs exactly one TEXT"},
    {A, OPTION_TARGET, EXCLUDES, OPTION_PAIRS, NULL},
    {A, OPTION_PAIRS, EXCLUDES, TEXTS, "--pairs needs lines, not arguments"},

    // A second model
    {~(T | A), ALWAYS, EXCLUDES, TWO_MODELS, "only translate and align take two models"},
    {A, OPTION_TARGET, EXCLUDES, TWO_MODELS, "a given translation needs one model"},
    {A, OPTION_PAIRS, EXCLUDES, TWO_MODELS, "a given translation needs one model"},
    {A, OPTION_REVERSE, EXCLUDES, TWO_MODELS, "--reverse needs one model"},
    {T | A, OPTION_ABLATE_HEAD, EXCLUDES, TWO_MODELS, "--ablate-head needs one model"},
    {T | A, OPTION_UNIFORM_ATTENTION, EXCLUDES, TWO_MODELS, "--uniform-attention needs one model"},

    // A given translation needs no search
    {A, OPTION_TARGET, EXCLUDES, BEAM, "a given translation needs no --beam"},
    {A, OPTION_PAIRS, EXCLUDES, BEAM, "a given translation needs no --beam"},
    {A | R, OPTION_TARGET, EXCLUDES, OPTION_MAX_LENGTH,
     "a given translation needs no --max-length"},
    {A, OPTION_PAIRS, EXCLUDES, OPTION_MAX_LENGTH, "a given translation needs no --max-length"},
    {A, OPTION_TARGET, EXCLUDES, OPTION_NO_SHORTLIST,
     "a given translation needs no --no-shortlist"},
    {A, OPTION_PAIRS, EXCLUDES, OPTION_NO_SHORTLIST, "a given translation needs no --no-shortlist"},

    // Weights and search
    {ANY, OPTION_INT8, EXCLUDES, OPTION_F32, NULL},
    {ANY, OPTION_LENGTH_PENALTY, EXCLUDES, GREEDY, "--length-penalty needs a --beam of at least 2"},
    {T, OPTION_NBEST, NEEDS, NBEST_FITS, "--nbest K needs a --beam of at least K"},

    // What translate prints
    {T, OPTION_ALIGN, NEEDS, OPTION_JSON, "--align needs --json; for a map, see `xattn align`"},
    {T, OPTION_LAYER, NEEDS, OPTION_ALIGN, "--layer and --head need --json --align"},
    {T, OPTION_HEAD, NEEDS, OPTION_ALIGN, "--layer and --head need --json --align"},
    {T, OPTION_SCORES, EXCLUDES, OPTION_JSON, "--scores is part of --json already"},
    {T, OPTION_NBEST, EXCLUDES, OPTION_SCORES, "--nbest prints scores already"},

    // What align draws
    {A, OPTION_WORDS, EXCLUDES, OPTION_PIECES, NULL},
    {A, OPTION_TOKENS, EXCLUDES, OPTION_PIECES, NULL},
    {A, OPTION_TOKENS, EXCLUDES, OPTION_WORDS, NULL},
    {A, OPTION_LINK_WORDS, NEEDS, FORMAT + FORMAT_PHARAOH, NULL},
    {A, OPTION_ASCII, NEEDS, FORMAT + FORMAT_TERMINAL, NULL},
    {A, OPTION_COLOR, NEEDS, FORMAT + FORMAT_TERMINAL, NULL},
    {A, OPTION_STYLE, NEEDS, FORMAT + FORMAT_SVG, NULL},
    {A, OPTION_THRESHOLD, NEEDS, FORMAT + FORMAT_PHARAOH, NULL},
    {A, OPTION_THRESHOLD, NEEDS, THRESHOLD, "--threshold needs a number above 0"},
    {A, OPTION_REVERSE, NEEDS, FORMAT + FORMAT_PHARAOH, NULL},
    {A, OPTION_SYMMETRIZE, NEEDS, OPTION_REVERSE, NULL},
    {A, FORMAT + FORMAT_NPY, EXCLUDES, TO_TERMINAL,
     "--format npy is not for terminals; name a file with --output, or use a pipe"},
    {A, FORMAT + FORMAT_PHARAOH, NEEDS, WORDS, "--format pharaoh needs words, not --pieces"},
    {A, FORMAT + FORMAT_PHARAOH, EXCLUDES, ALL_MAPS, "--format pharaoh needs one map, not `all`"},
    {A, FORMAT + FORMAT_HTML, EXCLUDES, OPTION_WORDS, "--format html shows words and pieces"},
    {A, FORMAT + FORMAT_HTML, EXCLUDES, OPTION_PIECES, "--format html shows words and pieces"},
    {A, FORMAT + FORMAT_HTML, EXCLUDES, OPTION_TOKENS, "--format html shows words and pieces"},
    {A, FORMAT + FORMAT_HTML, EXCLUDES, OPTION_NO_EOS, "--format html always shows </s>"},
};

static bool holds(int fact, const Options *o) {
    if (fact < N_OPTIONS) return o->given[fact];
    if (fact >= FORMAT) return (int)o->format == fact - FORMAT;
    switch ((Fact)fact) {
        case TEXTS:
            return o->n_texts > 0;
        case ONE_TEXT:
            return o->n_texts == 1;
        case SEVERAL_TEXTS:
            return o->n_texts > 1;
        case GREEDY:
            return o->beam == 1;
        case BEAM:
            return o->beam > 1;
        case NBEST_FITS:
            return !o->beam || o->nbest <= o->beam;
        case TWO_MODELS:
            return o->onward != NULL;
        case ALL_MAPS:
            return o->layer == XATTN_ALL || o->head == XATTN_ALL;
        case WORDS:
            return o->words;
        case THRESHOLD:
            return o->threshold > 0;
        case TO_TERMINAL:
            return !o->output && isatty(STDOUT_FILENO);
        default:
            return true;  // ALWAYS
    }
}

/* "--reverse" or "--format svg" */
static void name_fact(int fact, char name[64]) {
    if (fact < N_OPTIONS)
        snprintf(name, 64, "--%s", option_table[fact].name);
    else
        snprintf(name, 64, "--format %s", option_table[OPTION_FORMAT].words[fact - FORMAT]);
}

bool option_rule_broken(const Options *options, char text[256]) {
    char fact[64], other[64];
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        bool applies = rules[i].commands & 1 << options->command && holds(rules[i].fact, options);
        if (!applies || holds(rules[i].other, options) == (rules[i].relation == NEEDS)) continue;
        if (rules[i].text) {
            snprintf(text, 256, "%s", rules[i].text);
            return true;
        }
        name_fact(rules[i].fact, fact);
        name_fact(rules[i].other, other);
        snprintf(text, 256,
                 rules[i].relation == NEEDS ? "%s needs %s" : "either %s or %s, not both", fact,
                 other);
        return true;
    }
    return false;
}
