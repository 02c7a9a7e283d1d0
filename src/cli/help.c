#include "cli/help.h"

#include "cli/option_table.h"

void help_overview(FILE *out) {
    fprintf(out,
            "xattn %s: translates with an encoder-decoder transformer, and shows its "
            "cross-attention\n\nusage: xattn COMMAND [OPTIONS] [ARGUMENTS]\n\n",
            xattn_version());
    for (int c = 0; c < N_COMMANDS; c++)
        fprintf(out, "  %-11s %s\n", command_table[c].name, command_table[c].summary);
    fprintf(out,
            "\n  xattn translate \"The cat sat on the mat.\"\n"
            "  xattn align \"The cat sat on the mat.\"\n\n"
            "`xattn COMMAND --help` lists the options of a command. Exit status: 0 success, 1 the "
            "work\nfailed, 2 wrong usage.\n");
}

static void print_option(const OptionSpec *option) {
    char label[64], letter[8] = "    ";
    if (option->letter) snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(label, sizeof label, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    printf("  %-24s %s\n", label, option->help);
}

void help_command(Command command) {
    const CommandSpec *spec = &command_table[command];
    printf("usage: xattn %s [OPTIONS] %s\n\n%s\n\n", spec->name, spec->arguments, spec->summary);
    for (int id = 0; id < N_OPTIONS; id++)
        if (option_is_for((OptionId)id, command)) print_option(&option_table[id]);
}
