#include "cli/option_values.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "cli/option_table.h"

/* A reader stores the value of `text`; false if it is invalid. */
typedef bool Reader(const OptionSpec *option, const char *text, Options *options);

static void *field_of(const OptionSpec *option, Options *options) {
    return (char *)options + option->field;
}

/* Prints "xattn align: --layer x: expected ..." on stderr and returns false. */
XATTN_PRINTF(4, 5)
static bool refuse(const OptionSpec *option, const Options *options, const char *text,
                   const char *format, ...) {
    va_list arguments;
    fprintf(stderr, "xattn %s: --%s %s: ", command_table[options->command].name, option->name,
            text);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return false;
}

static bool read_none(const OptionSpec *option, const char *text, Options *options) {
    (void)option, (void)text, (void)options;
    return true;
}

static bool read_true(const OptionSpec *option, const char *text, Options *options) {
    (void)text;
    return *(bool *)field_of(option, options) = true;
}

static bool read_text(const OptionSpec *option, const char *text, Options *options) {
    const char **field = field_of(option, options);
    if (*field) return refuse(option, options, text, "there is one already: %s", *field);
    *field = text;
    return true;
}

/* Reads an integer from `least` to `most`. */
static bool read_whole(const OptionSpec *option, const char *text, const Options *options,
                       int least, int most, int *value) {
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    *value = (int)number;
    if (*text && !*end && !errno && number >= least && number <= most) return true;
    if (most == INT_MAX)
        return refuse(option, options, text, "expected a whole number from %d", least);
    return refuse(option, options, text, "expected a whole number from %d to %d", least, most);
}

static bool read_count(const OptionSpec *option, const char *text, Options *options) {
    return read_whole(option, text, options, (int)option->least, (int)option->most,
                      field_of(option, options));
}

static bool read_number(const OptionSpec *option, const char *text, Options *options) {
    double value;
    if (!number_parse(text, &value) || !(value >= option->least && value <= option->most))
        return refuse(option, options, text, "expected a number from %g to %g", option->least,
                      option->most);
    *(float *)field_of(option, options) = (float)value;
    return true;
}

/* " terminal, json or html" */
static void list_words(const char *const *words, char *list, size_t size) {
    size_t n = 0;
    for (size_t i = 0; words[i] && n < size; i++)
        n += (size_t)snprintf(list + n, size - n, "%s %s",
                              i == 0         ? ""
                              : words[i + 1] ? ","
                                             : " or",
                              words[i]);
}

static bool read_choice(const OptionSpec *option, const char *text, Options *options) {
    char list[256];
    _Static_assert(sizeof(Format) == sizeof(int), "an enum is an int to memcpy");
    for (int i = 0; option->words[i]; i++)
        if (strcmp(text, option->words[i]) == 0) {
            memcpy(field_of(option, options), &i, sizeof i);
            return true;
        }
    list_words(option->words, list, sizeof list);
    return refuse(option, options, text, "expected%s", list);
}

static bool read_layer(const OptionSpec *option, const char *text, Options *options) {
    int *layer = field_of(option, options);
    if (strcmp(text, "all") != 0 || options->command != COMMAND_ALIGN)
        return read_whole(option, text, options, 0, INT_MAX, layer);
    *layer = XATTN_ALL;
    return true;
}

static bool read_head(const OptionSpec *option, const char *text, Options *options) {
    if (strcmp(text, "mean") != 0) return read_layer(option, text, options);
    *(int *)field_of(option, options) = XATTN_MEAN;
    return true;
}

static bool add_ablation(const OptionSpec *option, const char *text, Options *options, int layer,
                         int head) {
    if (options->n_ablations == MAX_ABLATIONS)
        return refuse(option, options, text, "at most %d of these", MAX_ABLATIONS);
    options->ablations[options->n_ablations++] = (xattn_ablation){layer, head};
    return true;
}

/* Reads LAYER.HEAD, two integers from 0. */
static bool read_ablation(const OptionSpec *option, const char *text, Options *options) {
    char rest;
    unsigned layer, head;
    bool has_digits_only = strspn(text, "0123456789.") == strlen(text);
    if (has_digits_only && sscanf(text, "%4u.%4u%c", &layer, &head, &rest) == 2)
        return add_ablation(option, text, options, (int)layer, (int)head);
    return refuse(option, options, text, "expected LAYER.HEAD, from 0, such as 1.0");
}

static bool read_model(const OptionSpec *option, const char *text, Options *options) {
    if (options->onward) return refuse(option, options, text, "expected two models at most");
    if (options->model)
        options->onward = text;
    else
        options->model = text;
    return true;
}

static bool read_uniform(const OptionSpec *option, const char *text, Options *options) {
    int layer = 0;
    return read_whole(option, text, options, 0, INT_MAX, &layer) &&
           add_ablation(option, text, options, layer, XATTN_UNIFORM);
}

bool option_read(OptionId id, const char *text, Options *options) {
    static Reader *const readers[N_VALUES] = {
        [VALUE_NONE] = read_none,         [VALUE_TRUE] = read_true,
        [VALUE_TEXT] = read_text,         [VALUE_COUNT] = read_count,
        [VALUE_NUMBER] = read_number,     [VALUE_CHOICE] = read_choice,
        [VALUE_LAYER] = read_layer,       [VALUE_HEAD] = read_head,
        [VALUE_ABLATION] = read_ablation, [VALUE_UNIFORM] = read_uniform,
        [VALUE_MODEL] = read_model,
    };
    options->given[id] = true;
    return readers[option_table[id].kind](&option_table[id], text, options);
}
