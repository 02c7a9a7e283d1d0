/* option_table.h: every command and option, as data

   Parsing, --help and the shells' completions use these two tables, and a test compares the manual page
   with them. To add an option, add an id in options.h and a row here; if it needs or excludes another
   one, add a row in option_rules.c. */
#ifndef XATTN_OPTION_TABLE_H
#define XATTN_OPTION_TABLE_H

#include <stddef.h>

#include "cli/options.h"

/* Sets of commands. Each command has a letter in the tables. */
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

/* How to turn the text of an option into a value. */
typedef enum {
    VALUE_NONE,      // no argument, no field, only Options.given
    VALUE_TRUE,      // bool: no argument
    VALUE_TEXT,      // const char *: the argument
    VALUE_COUNT,     // int from least to most
    VALUE_NUMBER,    // float from least to most
    VALUE_CHOICE,    // an enum: the argument's index in `words`
    VALUE_LAYER,     // int from 0, or XATTN_ALL for "all" in align
    VALUE_HEAD,      // the same, or XATTN_MEAN for "mean"
    VALUE_MODEL,     // Options.model; the second time, Options.onward
    VALUE_ABLATION,  // a head L.H, added to Options.ablations
    VALUE_UNIFORM,   // a layer L, added to Options.ablations
    N_VALUES
} ValueKind;

typedef struct {
    const char *name;      // the long option
    char letter;           // the short one, or 0
    const char *argument;  // its name in --help; NULL: no argument
    unsigned commands;     // commands that have this option
    ValueKind kind;
    size_t field;              // offset in Options
    double least, most;        // of a count or number
    const char *const *words;  // of a choice; ends with NULL
    const char *help;
} OptionSpec;

extern const CommandSpec command_table[N_COMMANDS];
extern const OptionSpec option_table[N_OPTIONS];

/* Whether the command has the option. */
bool option_is_for(OptionId id, Command command);

#endif
