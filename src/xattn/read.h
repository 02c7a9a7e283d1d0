/* read.h: parts to their results

       text ─job.h─> result ─copy.h─> with what its stand-ins stand for
       text whose stand-ins did not come out ─parts_apart─> parts ─read, join.h─> result
       copied ─copy.h─> result */
#ifndef XATTN_READ_H
#define XATTN_READ_H

#include "model/model.h"
#include "xattn/parts.h"
#include "xattn/result.h"

/* A part of a text, and what the job needs to know of it. */
typedef struct {
    const char *text;    // the whole text
    Part part;           // of it
    size_t gap;          // where the part before it ended: between them there are spaces
    const char *target;  // what is read as its translation; NULL: one is searched for
    const int *prefix;   // [n_prefix] how its translation begins
    size_t n_prefix;
} PartToRead;

/* Makes the results of n parts, with all that join.h needs. `first`: the number of the first of them in
   its text, for those who watch. On success every results[i] is the caller's; on failure there is none,
   and err->index is the number of the part that it is about, -1 if it is about none. */
bool read_parts(const Model *model, PartMaker *maker, const PartToRead *parts, size_t n,
                size_t first, const xattn_options *options, Result **results, Error *err);

#endif
