/* main.c: picks the command */
#include "cli/commands.h"

int main(int argc, char **argv) {
    Options options;
    int status;
    if (!options_parse(argc, argv, &options, &status)) return status;
    switch (options.command) {
        case COMMAND_TRANSLATE:
            return command_translate(&options);
        case COMMAND_ALIGN:
            return command_align(&options);
        case COMMAND_TOKENIZE:
            return command_tokenize(&options);
        case COMMAND_DETOKENIZE:
            return command_detokenize(&options);
        case COMMAND_INSPECT:
            return command_inspect(&options);
        case N_COMMANDS:
            break;
    }
    return EXIT_USAGE;
}
