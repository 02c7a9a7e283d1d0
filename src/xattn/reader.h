/* reader.h: the parts of texts, one after the other

   Texts, and the translations that may be given, are read sentence by sentence; one without an end in
   slices. A given translation with as many sentences as its text is read beside it; its parts have to be
   those of the source, or both sentences are read as they are. */
#ifndef XATTN_READER_H
#define XATTN_READER_H

#include "text/sentences.h"
#include "xattn/read.h"

/* One side of the text at hand: the source, or the given translation. */
typedef struct {
    const char *text;
    size_t length, at;  // bytes; those read
    bool has_next;
    Sentence next;   // looked at already
    bool sliced;     // which has been read in part
    PartList parts;  // of the sentence, or slice, at hand
} TextSide;

/* Starts with the first five set and the rest zero; ends with part_reader_free. */
typedef struct {
    const Model *model;
    const xattn_options *options;
    const char *const *texts;    // [n]
    const char *const *targets;  // [n], or NULL
    size_t n;

    size_t text;    // number of the text at hand
    size_t n_read;  // parts of it; 0: it is not begun
    size_t part;    // parts of the sentence at hand that are read
    size_t gap;     // where the last part read ends
    bool whole;     // it is taken as one sentence
    bool unsplit;   // since its translation has another number of them
    TextSide source, target;
    PartMaker source_maker, target_maker;
    size_t prefix_used;  // ids of the prefix that sentences have got
    Arena strings;       // of parts
} PartReader;

/* Where a part that was read stands. */
typedef struct {
    size_t text;
    size_t end;  // of the part in the text
    bool last, unsplit;
} PartPlace;

/* The next part; every text has at least one, be it blank. Only while reader->text < n. */
bool part_reader_next(PartReader *reader, PartToRead *part, PartPlace *place, Error *err);

/* Forgets the parts read so far, which nobody may use any more. */
void part_reader_forget(PartReader *reader);
void part_reader_free(PartReader *reader);

#endif
