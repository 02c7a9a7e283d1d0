#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/threads.h"
#include "cli/help.h"
#include "cli/option_rules.h"
#include "cli/option_table.h"
#include "cli/option_values.h"

/* getopt returns an option's letter, or KEY + id if it has none, or FOREIGN + id for a long option of other
   commands. */
enum { KEY = 256, FOREIGN = 1024 };

static int key_of(OptionId id) {
    return option_table[id].letter ? option_table[id].letter : KEY + (int)id;
}

/* The command's option with this key, or N_OPTIONS. */
static OptionId option_with_key(Command command, int key) {
    int id = 0;
    while (id < N_OPTIONS && !(option_is_for((OptionId)id, command) && key_of((OptionId)id) == key))
        id++;
    return (OptionId)id;
}

/* The first option with this letter, of whichever command, or N_OPTIONS. */
static OptionId option_with_letter(int letter) {
    int id = 0;
    while (id < N_OPTIONS && option_table[id].letter != letter) id++;
    return (OptionId)id;
}

/* Whether another row has the same name and precedes this one: the command's own, or an earlier one. */
static bool is_hidden(OptionId id, Command command) {
    for (int other = 0; other < N_OPTIONS; other++)
        if (strcmp(option_table[other].name, option_table[id].name) == 0 &&
            (other < (int)id || option_is_for((OptionId)other, command)))
            return true;
    return false;
}

/* Makes getopt's list of long options. It includes those of other commands, because otherwise getopt would
   read align's --target as an abbreviation of translate's --target-lang. */
static void list_names(Command command, struct option longs[N_OPTIONS + 1]) {
    for (int id = 0; id < N_OPTIONS; id++) {
        const OptionSpec *option = &option_table[id];
        bool is_own = option_is_for((OptionId)id, command);
        if (!is_own && is_hidden((OptionId)id, command)) continue;
        *longs++ = (struct option){
            .name = option->name,
            .has_arg = is_own ? option->argument != NULL : optional_argument,
            .val = is_own ? key_of((OptionId)id) : FOREIGN + id,
        };
    }
    *longs = (struct option){0};
}

/* Makes getopt's list of letters: the command's own, then those that only other commands have. */
static void list_letters(Command command, char shorts[2 * N_OPTIONS + 1]) {
    char *end = shorts;
    *end = '\0';
    for (int pass = 0; pass < 2; pass++)
        for (int id = 0; id < N_OPTIONS; id++) {
            char letter = option_table[id].letter;
            bool is_own = option_is_for((OptionId)id, command);
            if (!letter || is_own != (pass == 0) || strchr(shorts, letter)) continue;
            *end++ = letter;
            if (is_own && option_table[id].argument) *end++ = ':';
            *end = '\0';
        }
}

/* Prints "--target is an option of align, trace". */
static bool refuse_foreign(Command command, OptionId id) {
    const char *between = "";
    fprintf(stderr, "xattn %s: --%s is an option of", command_table[command].name,
            option_table[id].name);
    for (int c = 0; c < N_COMMANDS; c++) {
        if (!option_is_for(id, (Command)c)) continue;
        fprintf(stderr, "%s %s", between, command_table[c].name);
        between = ",";
    }
    fprintf(stderr, ", not of %s\n", command_table[command].name);
    return false;
}

/* If the argument that getopt refuses looks like a text ("-5 degrees", "- milk"), explains --. This is
   the current argument or the last one. */
static void hint_at_texts(int argc, char **argv) {
    for (int i = optind - 1; i <= optind && i < argc; i++) {
        const char *text = argv[i];
        if (*text != '-') continue;
        char first = ascii_lower(text[1]);
        bool is_option = (first >= 'a' && first <= 'z') || first == '-';
        if (is_option && !strchr(text, ' ')) continue;
        fprintf(stderr, "%s: a text that begins with - goes after --\n", argv[0]);
        return;
    }
}

/* Reads every option into *o. False after wrong usage, with a message, or after help. */
static bool read_options(int argc, char **argv, Options *o, int *status) {
    struct option longs[N_OPTIONS + 1];
    char shorts[2 * N_OPTIONS + 1];
    list_names(o->command, longs);
    list_letters(o->command, shorts);
    for (int key; (key = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (key >= FOREIGN) return refuse_foreign(o->command, (OptionId)(key - FOREIGN));
        OptionId id = option_with_key(o->command, key), other = option_with_letter(key);
        if (id == N_OPTIONS && other != N_OPTIONS) return refuse_foreign(o->command, other);
        if (id == OPTION_HELP) {
            help_command(o->command);
            *status = EXIT_DONE;
            return false;
        }
        if (id == N_OPTIONS) hint_at_texts(argc, argv);  // '?': getopt has printed a message
        if (id == N_OPTIONS || !option_read(id, optarg, o)) return false;
    }
    o->texts = argv + optind;
    o->n_texts = argc - optind;
    return true;
}

static bool terminal_shows_color(void) {
    const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

/* Sets the fields that depend on several options, or on none. */
static void complete(Options *o) {
    bool by_pieces = o->format == FORMAT_JSON || o->format == FORMAT_TSV || o->format == FORMAT_NPY;
    if (o->output && strcmp(o->output, "-") == 0 && !o->given[OPTION_OUTPUT_DIR]) o->output = NULL;
    o->words = o->given[OPTION_WORDS] || o->tokens || (!by_pieces && !o->given[OPTION_PIECES]);
    o->weights = o->given[OPTION_INT8]  ? XATTN_INT8
                 : o->given[OPTION_F32] ? XATTN_F32
                                        : XATTN_AS_STORED;
    o->color = o->color_when == COLOR_ALWAYS ||
               (o->color_when == COLOR_AUTO && !o->output && terminal_shows_color());
    if (o->command == COMMAND_SCORE) o->pairs = true;
}

static bool check_rules(const Options *o) {
    char text[256];
    if (!option_rule_broken(o, text)) return true;
    fprintf(stderr, "xattn %s: %s\n", command_table[o->command].name, text);
    return false;
}

static bool parse_command(int argc, char **argv, Options *o, int *status) {
    char *own_name = argv[0], with_command[64];
    snprintf(with_command, sizeof with_command, "xattn %s", command_table[o->command].name);
    o->threads = (int)threads_cores();
    o->symmetrize = SYMMETRIZE_GROW_DIAG_FINAL;
    *status = EXIT_USAGE;
    argv[0] = with_command;  // the beginning of getopt's messages
    bool ok = read_options(argc, argv, o, status);
    argv[0] = own_name;
    if (ok) complete(o);
    if (ok && check_rules(o)) return true;
    if (*status == EXIT_USAGE)
        fprintf(stderr, "Try `xattn %s --help`.\n", command_table[o->command].name);
    return false;
}

static bool is_one_of(const char *name, const char *a, const char *b, const char *c) {
    return strcmp(name, a) == 0 || strcmp(name, b) == 0 || strcmp(name, c) == 0;
}

/* The command with this name; N_COMMANDS after an error if there is none. */
static Command find_command(const char *name) {
    int c = 0;
    while (c < N_COMMANDS && strcmp(name, command_table[c].name) != 0) c++;
    if (c == N_COMMANDS)
        fprintf(stderr, "xattn: no command \"%s\"%s; try `xattn --help`\n", name,
                *name == '-' ? " (options follow the command)" : "");
    return (Command)c;
}

/* Runs `xattn help` or `xattn help COMMAND`. Returns the exit status. */
static int print_help(const char *name) {
    Command command = name ? find_command(name) : N_COMMANDS;
    if (name && command == N_COMMANDS) return EXIT_USAGE;
    if (name)
        help_command(command);
    else
        help_overview(stdout);
    return EXIT_DONE;
}

bool options_parse(int argc, char **argv, Options *options, int *status) {
    *options = (Options){0};
    const char *name = argc > 1 ? argv[1] : NULL;
    *status = EXIT_USAGE;
    if (!name) {
        help_overview(stderr);
        return false;
    }
    if (is_one_of(name, "--help", "-h", "help")) {
        *status = print_help(argc > 2 ? argv[2] : NULL);
        return false;
    }
    if (strcmp(name, "--version") == 0) {
        printf("xattn %s\n", xattn_version());
        *status = EXIT_DONE;
        return false;
    }
    options->command = find_command(name);
    return options->command < N_COMMANDS && parse_command(argc - 1, argv + 1, options, status);
}
