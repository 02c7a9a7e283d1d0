/* option_table.h: every command and every option, as data

   Parsing, --help and the shells' completions are made from these two tables; the manual page is
   checked against them. A new option is an id in options.h and a row here; if it needs or excludes
   another one, a row in option_rules.c. */
#ifndef XATTN_OPTION_TABLE_H
#define XATTN_OPTION_TABLE_H

#include <stddef.h>

#include "cli/options.h"

/* Sets of commands, by a letter each in the two tables. */
enum {
    T = 1 << COMMAND_TRANSLATE,
    A = 1 << COMMAND_ALIGN,
    S = 1 << COMMAND_SCORE,
    K = 1 << COMMAND_TOKENIZE,
    D = 1 << COMMAND_DETOKENIZE,
    I = 1 << COMMAND_INSPECT,
    R = 1 << COMMAND_TRACE,
    B = 1 << COMMAND_BENCH,
    G = 1 << COMMAND_GET,
    M = 1 << COMMAND_MODELS,
    LINES = T | A | S | K | D,
    ANY = LINES | I | R | B | G | M
};

typedef struct {
    const char *name, *arguments, *summary;
} CommandSpec;

/* How the text of an option becomes a value. */
typedef enum {
    VALUE_NONE,      // no argument and no field: Options.given is all there is
    VALUE_TRUE,      // bool: no argument
    VALUE_TEXT,      // const char *: the argument itself
    VALUE_COUNT,     // int from least to most
    VALUE_NUMBER,    // float from least to most
    VALUE_CHOICE,    // an enum: the argument's place among `words`
    VALUE_LAYER,     // int from 0, or XATTN_ALL for "all" in align
    VALUE_HEAD,      // the same, or XATTN_MEAN for "mean"
    VALUE_MODEL,     // Options.model, or, of a second one, Options.onward
    VALUE_ABLATION,  // a head L.H that is appended to Options.ablations
    VALUE_UNIFORM,   // a layer L, likewise
    N_VALUES
} ValueKind;

typedef struct {
    const char *name;      // the long option
    char letter;           // the short one, or 0
    const char *argument;  // its name in --help; NULL: takes none
    unsigned commands;     // that take it
    ValueKind kind;
    size_t field;              // offset in Options
    double least, most;        // of a count or number
    const char *const *words;  // of a choice, NULL behind the last
    const char *help;
} OptionSpec;

extern const CommandSpec command_table[N_COMMANDS];
extern const OptionSpec option_table[N_OPTIONS];

/* Whether the command takes the option. */
bool option_is_for(OptionId id, Command command);

#endif
