/* read.h: from parts to results

       text ─job.h─> result ─copy.h─> result with its stand-ins replaced
       text with a lost stand-in ─parts_apart─> parts ─read, join.h─> result
       copied ─copy.h─> result */
#ifndef XATTN_READ_H
#define XATTN_READ_H

#include "model/model.h"
#include "xattn/parts.h"
#include "xattn/result.h"

/* A part of a text, and its data for the job. */
typedef struct {
    const char *text;    // the whole text
    Part part;           // the part
    size_t gap;          // the end of the part before it; spaces lie between
    const char *target;  // its given translation to score; NULL: search for one
    const int *prefix;   // [n_prefix] the given beginning of its translation
    size_t n_prefix;
} PartToRead;

/* Makes the results of n parts, with everything that join.h needs. `first` is the number of the first
   part in its text, for callbacks. On success the caller owns every results[i]. On failure there are
   none, and err->index is the number of the faulty part, or -1. */
bool read_parts(const Model *model, PartMaker *maker, const PartToRead *parts, size_t n,
                size_t first, const xattn_options *options, Result **results, Error *err);

#endif
