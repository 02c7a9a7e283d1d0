#include "cli/help.h"

#include <string.h>

#include "cli/option_table.h"

enum { WIDTH = 80, COMMAND_COLUMN = 14, OPTION_COLUMN = 29 };

/* Prints a text from `column` on, wrapped. The first line already has `at` characters. */
static void print_wrapped(int at, int column, const char *text, FILE *out) {
    for (const char *word = text; *word;) {
        int n = (int)strcspn(word, " ");
        if (at + 1 + n > WIDTH) {
            fputc('\n', out);
            at = 0;
        }
        int space = at < column ? column - at : at > 0;
        at += fprintf(out, "%*s%.*s", space, "", n, word);
        word += n;
        word += *word == ' ';
    }
    fputc('\n', out);
}

static void print_entry(const char *label, int column, const char *text, FILE *out) {
    print_wrapped(fprintf(out, "  %s", label), column, text, out);
}

void help_overview(FILE *out) {
    fprintf(out,
            "xattn %s: translates with an encoder-decoder transformer, and shows its\n"
            "cross-attention\n\nusage: xattn COMMAND [OPTIONS] [ARGUMENTS]\n\n",
            xattn_version());
    for (int c = 0; c < N_COMMANDS; c++)
        print_entry(command_table[c].name, COMMAND_COLUMN, command_table[c].summary, out);
    fprintf(out,
            "\n  xattn translate \"The cat sat on the mat.\"\n"
            "  xattn align \"The cat sat on the mat.\"\n\n"
            "`xattn COMMAND --help` lists the options of a command. Exit status: 0 success,\n"
            "1 the work failed, 2 wrong usage.\n");
}

static void print_option(const OptionSpec *option) {
    char label[64], letter[8] = "    ";
    if (option->letter) snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(label, sizeof label, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    print_entry(label, OPTION_COLUMN, option->help, stdout);
}

void help_command(Command command) {
    const CommandSpec *spec = &command_table[command];
    printf("usage: xattn %s [OPTIONS]%s%s\n\n", spec->name, *spec->arguments ? " " : "",
           spec->arguments);
    print_wrapped(0, 0, spec->summary, stdout);
    putchar('\n');
    for (int id = 0; id < N_OPTIONS; id++)
        if (option_is_for((OptionId)id, command)) print_option(&option_table[id]);
}
