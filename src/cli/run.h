/* run.h: the common loop of translate, align and score

   It reads lines, translates them in windows, and prints a result for each line, in order. A window has
   as many lines as have arrived, up to a limit: a person who types gets an answer after every line, and
   a file is translated in bulk. Lines with a given translation, `source TAB translation`, are scored
   instead. */
#ifndef XATTN_RUN_H
#define XATTN_RUN_H

#include "base/buffer.h"
#include "cli/options.h"
#include "xattn.h"

/* The request of a command, for its writer. */
typedef struct {
    const Options *options;
    const xattn_info *info;
    xattn_model *reverse;    // the model of --reverse, or NULL
    xattn_map_options maps;  // the maps to show, checked against the model
    size_t n_results;        // results written so far
    const char *line_end;    // of the source line: "\n" or "\r\n"
} Request;

/* The output functions of a command. */
typedef struct {
    /* Called before and after all results; may be NULL. */
    bool (*begin)(const Request *request, Buffer *out, Error *err);
    bool (*end)(const Request *request, Buffer *out, Error *err);
    /* Called for each translation. */
    bool (*result)(const Request *request, const xattn_translation *translation, Buffer *out,
                   Error *err);
} Writer;

/* Opens model, input and output, runs to the end, and returns the exit status. Prints errors on
   stderr. */
int run_translations(const Options *options, xattn_options wanted, const Writer *writer);

/* Finds the model from the options, the environment or the place of the program. The path is valid
   until the next call. */
bool run_model_path(const Options *options, const char **path, Error *err);

/* Warns on stderr about a translation that was cut or that repeats itself, unless --quiet is set. */
void run_warn(const Options *options, const char *where, const xattn_translation *translation);

/* Prints "xattn: MESSAGE" on stderr and returns EXIT_FAILED. */
int run_failed(const Error *err);

#endif
