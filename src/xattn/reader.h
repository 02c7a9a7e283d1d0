/* reader.h: reading texts part by part

   Texts, and given translations, are read sentence by sentence; a sentence without an end is read in
   slices. If a given translation has as many sentences as its text, both are read side by side. Where
   their parts differ, both sentences stay as they are, without copied spans. */
#ifndef XATTN_READER_H
#define XATTN_READER_H

#include "text/sentences.h"
#include "xattn/read.h"

/* One side of the current text: the source, or the given translation. */
typedef struct {
    const char *text;
    size_t length, at;  // in bytes; the bytes read so far
    bool has_next;
    Sentence next;   // found, but not read yet
    bool sliced;     // `next` has been read in part
    PartList parts;  // of the current sentence or slice
} TextSide;

/* The caller sets the first five members and zeroes the rest; part_reader_free ends it. */
typedef struct {
    const Model *model;
    const xattn_options *options;
    const char *const *texts;    // [n]
    const char *const *targets;  // [n], or NULL
    size_t n;

    size_t text;    // number of the current text
    size_t n_read;  // the number of its parts read so far
    size_t part;    // the number of parts of the current sentence read so far
    size_t gap;     // the end of the last part
    bool whole;     // take the text as one sentence
    bool unsplit;   // because its translation has another number of sentences
    TextSide source, target;
    PartMaker source_maker, target_maker;
    size_t prefix_used;  // the number of ids of the prefix used so far
    Arena strings;       // of parts
} PartReader;

/* The place of a part. */
typedef struct {
    size_t text;
    size_t end;  // the end of the part in the text
    bool last, unsplit;
} PartPlace;

/* Reads the next part. Every text has at least one, even if it is blank. Call it only while
   reader->text < n. */
bool part_reader_next(PartReader *reader, PartToRead *part, PartPlace *place, Error *err);

/* Frees the parts read so far. */
void part_reader_forget(PartReader *reader);
void part_reader_free(PartReader *reader);

#endif
