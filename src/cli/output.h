/* output.h: where a command's answer goes

   To standard output; or to a file that is written beside its final place and renamed when all went
   well, so that a reader never finds half of it and a failure leaves what was there before. */
#ifndef XATTN_OUTPUT_H
#define XATTN_OUTPUT_H

#include "base/buffer.h"

typedef struct {
    int fd;
    const char *path;  // NULL: standard output
    bool is_temporary;
} Output;

/* path: NULL for standard output. What is not a regular file, such as /dev/null, and what is open
   already, such as /dev/stdout, is written to, not replaced. At most one output is open at a time. */
bool output_open(const char *path, Output *output, Error *err);

/* Writes the whole buffer and empties it. A closed pipe or a full disk is an error. SIGINT, SIGTERM
   and SIGHUP end the program between two lines of it. */
bool output_write(Output *output, Buffer *bytes, Error *err);

/* Ends the output: with `keep`, the file gets its name; without, it is as if nothing had been
   written. */
bool output_close(Output *output, bool keep, Error *err);

/* Takes the temporary file away, if there is one. For handlers of signals. */
void output_abandon(void);

#endif
