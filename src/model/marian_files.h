/* marian_files.h: which files of a directory belong to a Marian model

   The names follow conventions, not rules. Firefox's models are on the left, OPUS-MT's archives on the
   right:

       model*.bin                            *.npz                      weights and settings
       config*.yml                           decoder.yml, *decoder.yml  decoding settings; may be absent
       vocab*.spm, or one a side:            *vocab.yml, or one a side: pieces
       srcvocab*.spm and trgvocab*.spm       *src.vocab.yml, *trg.vocab.yml
       vocab.en.spm and vocab.de.spm         with source.spm and target.spm
       lex*.bin, may be absent               the shortlist

   If there are several files of weights, the decoding settings must name one of them (`models:`). If
   there are several files of settings, the one that names the weights counts. Settings may also name
   the vocabularies (`vocabs:`, of source and target). */
#ifndef XATTN_MARIAN_FILES_H
#define XATTN_MARIAN_FILES_H

#include "base/yaml.h"
#include "model/listing.h"

typedef struct {
    const char *weights;
    const char *settings;   // NULL if there are none
    Yaml decoding;          // its contents; empty if there is no file
    const char *vocabs[2];  // of source and target; [1] is NULL if they share one
    const char *pieces[2];  // their .spm files; NULL if the vocabularies are .spm files themselves
    const char *shortlist;  // NULL if there is none
} MarianFiles;

/* Whether a directory has weights of such a model, compressed or not. */
bool marian_files_are_here(const Listing *listing);

/* Finds the files of the model in a directory. `weights` names its file of weights, unless NULL. Paths
   lie in the arena. */
bool marian_files_find(const char *directory, const char *weights, MarianFiles *files, Arena *arena,
                       Error *err);

#endif
