/* run.h: what translate and align have in common

   Lines come in, are translated in windows, and go out in order, one result for every line. A window
   is as many lines as have arrived, up to a limit: a person who types gets an answer a line, a file
   is translated in bulk. Where translations are given, `source TAB translation`, they are scored
   instead. */
#ifndef XATTN_RUN_H
#define XATTN_RUN_H

#include "base/buffer.h"
#include "cli/options.h"
#include "xattn.h"

/* What a command asked for, as its writer sees it. */
typedef struct {
    const Options *options;
    const xattn_info *info;
    xattn_model *reverse;    // of --reverse, or NULL
    xattn_map_options maps;  // to show, checked against the model
    size_t n_results;        // written so far
    const char *line_end;    // of the source's line: "\n" or "\r\n"
} Request;

/* What a command prints. */
typedef struct {
    /* Before and after all results; may be NULL. */
    bool (*begin)(const Request *request, Buffer *out, Error *err);
    bool (*end)(const Request *request, Buffer *out, Error *err);
    /* For one translation. */
    bool (*result)(const Request *request, const xattn_translation *translation, Buffer *out,
                   Error *err);
} Writer;

/* Opens model, input and output, runs to the end, and returns the exit status. What failed has been
   said on stderr. */
int run_translations(const Options *options, xattn_options wanted, const Writer *writer);

/* The model that the options, the environment or the place of the program name; false if there is
   none. The path is valid until the next call. */
bool run_model_path(const Options *options, const char **path, Error *err);

/* Says on stderr what is wrong with a translation: cut, or repeating itself. Nothing if quiet. */
void run_warn(const Options *options, const char *where, const xattn_translation *translation);

/* Prints "xattn: MESSAGE" on stderr and returns EXIT_FAILED. */
int run_failed(const Error *err);

#endif
