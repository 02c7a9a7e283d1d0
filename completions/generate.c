/* generate.c: completions for bash, zsh and fish from the tables of src/cli/option_table.c

       generate bash         prints the one for that shell; `make install` installs all three

   What may follow an option is told by its kind and by the name of its argument: a choice's words, a
   file, or a model, which is a folder or one of the pairs that `xattn models` lists. */
#include <stdio.h>
#include <string.h>

#include "cli/option_table.h"

typedef enum { COMPLETE_NOTHING, COMPLETE_WORDS, COMPLETE_FILE, COMPLETE_MODEL } Completion;

static Completion completion_of(OptionId id) {
    const OptionSpec *option = &option_table[id];
    if (option->words) return COMPLETE_WORDS;
    if (!option->argument) return COMPLETE_NOTHING;
    if (id == OPTION_MODEL || id == OPTION_REVERSE) return COMPLETE_MODEL;
    bool is_path = strcmp(option->argument, "FILE") == 0 || strcmp(option->argument, "DIR") == 0;
    return is_path ? COMPLETE_FILE : COMPLETE_NOTHING;
}

/* What may stand where a command has its arguments. */
static Completion arguments_of(Command command) {
    if (command == COMMAND_INSPECT) return COMPLETE_MODEL;
    return command == COMMAND_BENCH ? COMPLETE_FILE : COMPLETE_NOTHING;
}

static void print_words(const char *const *words, const char *between) {
    for (size_t i = 0; words[i]; i++) printf("%s%s", i ? between : "", words[i]);
}

/* A text inside '…', with the characters of `special` behind a backslash; an apostrophe as `quote`. */
static void print_quoted(const char *text, const char *special, const char *quote) {
    for (; *text; text++) {
        if (*text == '\'') {
            fputs(quote, stdout);
            continue;
        }
        if (strchr(special, *text)) putchar('\\');
        putchar(*text);
    }
}

/* ---- bash ---- */

/* The same option of another command, or of another argument, came before. */
static bool is_repeated(OptionId id) {
    for (int other = 0; other < (int)id; other++)
        if (strcmp(option_table[other].name, option_table[id].name) == 0) return true;
    return false;
}

/* What follows an option. Where nothing is offered, bash completes file names: `complete -o default`. */
static void print_bash_argument(OptionId id) {
    const OptionSpec *option = &option_table[id];
    if (!option->argument || is_repeated(id)) return;
    printf("        --%s", option->name);
    if (option->letter) printf(" | -%c", option->letter);
    switch (completion_of(id)) {
        case COMPLETE_WORDS:
            fputs(") offer '", stdout);
            print_words(option->words, " ");
            puts("' ;;");
            break;
        case COMPLETE_MODEL:
            puts(") offer \"$(models)\" ;;");
            break;
        case COMPLETE_FILE:
            puts(") ;;");
            break;
        case COMPLETE_NOTHING:
            puts(") compopt +o default 2>/dev/null ;;");
            break;
    }
}

static void print_bash_options(Command command) {
    bool is_first = true;
    printf("        %s)", command_table[command].name);
    for (int id = 0; id < N_OPTIONS; id++) {
        const OptionSpec *option = &option_table[id];
        if (!option_is_for((OptionId)id, command)) continue;
        printf("%s--%s", is_first ? " options='" : " ", option->name);
        is_first = false;
        if (option->letter) printf(" -%c", option->letter);
    }
    fputs("'", stdout);
    if (arguments_of(command) == COMPLETE_MODEL) fputs(" arguments=$(models)", stdout);
    puts(" ;;");
}

static void print_bash(void) {
    puts(
        "# bash completion for xattn; written by completions/generate.c\n"
        "# shellcheck shell=bash disable=SC2207  # mapfile is not in macOS's bash\n"
        "_xattn() {\n"
        "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
        "    local options='' arguments='' IFS=$' \\t\\n'\n"
        "    offer() { COMPREPLY=($(compgen -W \"$1\" -- \"$current\")); }\n"
        "    models() { \"${COMP_WORDS[0]}\" models 2>/dev/null | sed '1d; s/ .*//'; }\n"
        "    if [[ $current == = ]]; then # --format=json is three words\n"
        "        current=''\n"
        "    elif [[ $before == = ]]; then\n"
        "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
        "    fi\n"
        "    COMPREPLY=()\n"
        "    if ((COMP_CWORD == 1)); then");
    fputs("        offer '", stdout);
    for (int c = 0; c < N_COMMANDS; c++) printf("%s ", command_table[c].name);
    puts("--help --version'\n        return\n    fi\n    case $before in");
    for (int id = 0; id < N_OPTIONS; id++) print_bash_argument((OptionId)id);
    puts(
        "        *) local is_argument=1 ;;\n    esac\n"
        "    [[ ${is_argument-} ]] || return 0\n"
        "    case ${COMP_WORDS[1]} in");
    for (int c = 0; c < N_COMMANDS; c++) print_bash_options((Command)c);
    puts(
        "    esac\n"
        "    if [[ $current == -* ]]; then offer \"$options\"; else offer \"$arguments\"; fi\n"
        "}\ncomplete -o bashdefault -o default -F _xattn xattn");
}

/* ---- zsh ---- */

static void print_zsh_completion(Completion completion, const OptionSpec *option) {
    switch (completion) {
        case COMPLETE_WORDS:
            putchar('(');
            print_words(option->words, " ");
            putchar(')');
            break;
        case COMPLETE_MODEL:
            fputs("_xattn_models", stdout);
            break;
        case COMPLETE_FILE:
            fputs("_files", stdout);
            break;
        case COMPLETE_NOTHING:
            putchar(' ');
            break;
    }
}

static void print_zsh_option(OptionId id) {
    const OptionSpec *option = &option_table[id];
    bool repeats = option->kind == VALUE_ABLATION || option->kind == VALUE_UNIFORM;
    const char *equals = option->argument ? "=" : "";
    fputs(" \\\n                ", stdout);
    if (option->letter)
        printf("'(-%c --%s)'{-%c,--%s%s}'", option->letter, option->name, option->letter,
               option->name, equals);
    else
        printf("'%s--%s%s", repeats ? "*" : "", option->name, equals);
    putchar('[');
    print_quoted(option->help, "[]:", "'\\''");
    putchar(']');
    if (option->argument) {
        printf(":%s:", option->argument);
        print_zsh_completion(completion_of(id), option);
    }
    putchar('\'');
}

static void print_zsh_command(Command command) {
    Completion arguments = arguments_of(command);
    printf("        %s)\n            _arguments -s -S", command_table[command].name);
    for (int id = 0; id < N_OPTIONS; id++)
        if (option_is_for((OptionId)id, command)) print_zsh_option((OptionId)id);
    if (arguments != COMPLETE_NOTHING) {
        fputs(" \\\n                '*: :", stdout);
        print_zsh_completion(arguments, NULL);
        putchar('\'');
    }
    puts("\n            ;;");
}

static void print_zsh(void) {
    puts(
        "#compdef xattn\n# zsh completion for xattn; written by completions/generate.c\n"
        "_xattn_models() {\n"
        "    local -a pairs\n"
        "    pairs=(${${(f)\"$($_xattn_program models 2>/dev/null)\"}[2,-1]%% *})\n"
        "    compadd -a pairs\n"
        "    _files -/\n"
        "}\n"
        "_xattn() {\n"
        "    local _xattn_program=$words[1] command=$words[2]\n"
        "    local -a commands\n"
        "    if ((CURRENT == 2)); then\n"
        "        commands=(");
    for (int c = 0; c < N_COMMANDS; c++) {
        printf("            '%s:", command_table[c].name);
        print_quoted(command_table[c].summary, "", "'\\''");
        puts("'");
    }
    puts(
        "        )\n"
        "        _describe command commands\n"
        "        return\n"
        "    fi\n"
        "    shift words\n"
        "    ((CURRENT--))\n"
        "    case $command in");
    for (int c = 0; c < N_COMMANDS; c++) print_zsh_command((Command)c);
    puts("    esac\n}\n_xattn \"$@\"");
}

/* ---- fish ---- */

static void print_fish_commands(unsigned commands) {
    fputs("complete -c xattn -n '__fish_seen_subcommand_from", stdout);
    for (int c = 0; c < N_COMMANDS; c++)
        if (commands & 1U << c) printf(" %s", command_table[c].name);
    putchar('\'');
}

static void print_fish_completion(Completion completion, const OptionSpec *option) {
    switch (completion) {
        case COMPLETE_WORDS:
            fputs(" -x -a '", stdout);
            print_words(option->words, " ");
            putchar('\'');
            break;
        case COMPLETE_MODEL:
            fputs(" -r -F -a '(__xattn_models)'", stdout);
            break;
        case COMPLETE_FILE:
            fputs(" -r -F", stdout);
            break;
        case COMPLETE_NOTHING:
            if (option && option->argument) fputs(" -x", stdout);
            break;
    }
}

static void print_fish_option(OptionId id) {
    const OptionSpec *option = &option_table[id];
    print_fish_commands(option->commands);
    printf(" -l %s", option->name);
    if (option->letter) printf(" -s %c", option->letter);
    print_fish_completion(completion_of(id), option);
    fputs(" -d '", stdout);
    print_quoted(option->help, "\\", "\\'");
    puts("'");
}

static void print_fish(void) {
    puts(
        "# fish completion for xattn; written by completions/generate.c\n"
        "function __xattn_models\n"
        "    xattn models 2>/dev/null | string replace -r ' .*' '' | tail -n +2\n"
        "end\n"
        "complete -c xattn -f");
    for (int c = 0; c < N_COMMANDS; c++) {
        printf("complete -c xattn -n __fish_use_subcommand -a %s -d '", command_table[c].name);
        print_quoted(command_table[c].summary, "\\", "\\'");
        puts("'");
    }
    puts(
        "complete -c xattn -n __fish_use_subcommand -l help -s h -d 'what commands there are'\n"
        "complete -c xattn -n __fish_use_subcommand -l version -d 'the version'");
    for (int id = 0; id < N_OPTIONS; id++) print_fish_option((OptionId)id);
    for (int c = 0; c < N_COMMANDS; c++) {
        Completion completion = arguments_of((Command)c);
        if (completion == COMPLETE_NOTHING) continue;
        print_fish_commands(1U << c);
        puts(completion == COMPLETE_MODEL ? " -F -a '(__xattn_models)'" : " -F");
    }
}

int main(int argc, char **argv) {
    const char *shell = argc == 2 ? argv[1] : "";
    if (strcmp(shell, "bash") == 0)
        print_bash();
    else if (strcmp(shell, "zsh") == 0)
        print_zsh();
    else if (strcmp(shell, "fish") == 0)
        print_fish();
    else
        return fputs("usage: generate bash|zsh|fish\n", stderr), 2;
    return 0;
}
