/* output.h: writing a command's output

   The output is standard output or a file. A file is written under another name and renamed on success,
   so that a reader never finds half of it, and a failure leaves the old file. */
#ifndef XATTN_OUTPUT_H
#define XATTN_OUTPUT_H

#include "base/buffer.h"

typedef struct {
    int fd;
    const char *path;  // NULL: standard output
    bool is_temporary;
} Output;

/* `path` is NULL for standard output. Special files such as /dev/null, and open files such as
   /dev/stdout, are written to and not replaced. Only one output can be open at a time. */
bool output_open(const char *path, Output *output, Error *err);

/* Writes the whole buffer and empties it. A closed pipe or a full disk is an error. SIGINT, SIGTERM and
   SIGHUP end the program between two lines. */
bool output_write(Output *output, Buffer *bytes, Error *err);

/* Ends the output. With `keep` the file gets its name, or it is an error; without, because something
   has failed, it is removed. Returns whether the output is complete: false without `keep`. */
bool output_close(Output *output, bool keep, Error *err);

/* Removes the temporary file, if there is one. Safe in signal handlers. */
void output_abandon(void);

#endif
