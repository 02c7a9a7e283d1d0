/* marian_files.h: which files of a directory a Marian model is made of

   No rule names these files, only habit. Firefox's models on the left, OPUS-MT's archives on the right:

       model*.bin                            *.npz                      weights and settings
       config*.yml                           decoder.yml, *decoder.yml  how to decode; may be absent
       vocab*.spm, or one a side:            *vocab.yml, or one a side: pieces
       srcvocab*.spm and trgvocab*.spm       *src.vocab.yml, *trg.vocab.yml
       vocab.en.spm and vocab.de.spm         with source.spm and target.spm
       lex*.bin, may be absent               the shortlist

   If there are several files of weights, the decoding settings must name one of them (`models:`). If
   there are several settings, those that name the weights are used. The settings may also name the
   vocabularies (`vocabs:`, the source's and the target's). */
#ifndef XATTN_MARIAN_FILES_H
#define XATTN_MARIAN_FILES_H

#include "base/yaml.h"
#include "model/listing.h"

typedef struct {
    const char *weights;
    const char *settings;   // NULL if there are none
    Yaml decoding;          // what they hold; empty if there are none
    const char *vocabs[2];  // the source's and the target's; [1] NULL: the same
    const char *pieces[2];  // .spm files for them; NULL where the vocabularies are such files
    const char *shortlist;  // NULL if there is none
} MarianFiles;

/* Whether a directory holds the weights of such a model, compressed ones included. */
bool marian_files_are_here(const Listing *listing);

/* Finds the files of the model in a directory, whose weights are DIRECTORY/WEIGHTS unless that is
   NULL. Paths lie in the arena. */
bool marian_files_find(const char *directory, const char *weights, MarianFiles *files, Arena *arena,
                       Error *err);

#endif
