/* tokenizer.h: text to the model's ids and back

       text ─normalize, segment (sentencepiece.h)─> pieces ─look up (vocab.h)─> ids, then </s>

   Each side, source and target, has a SentencePiece model; they share one vocabulary or have one
   each. A piece that the vocabulary lacks becomes <unk> and keeps its text.

   Where the vocabulary has tags (tags.h), one in front of a text is split off and looked up whole; where
   it has none, >>fra<< is just text. Tokens that were added to a vocabulary (added_tokens.h) are pieces
   wherever they stand. */
#ifndef XATTN_TOKENIZER_H
#define XATTN_TOKENIZER_H

#include "text/added_tokens.h"
#include "text/sentencepiece.h"
#include "text/vocab.h"

typedef struct {
    SentencePiece *pieces;
    const Vocab *vocab;
    int eos, unknown;
    size_t n_tags;
    bool spm_ids;  // the vocabulary is that of the .spm file, ids and all
} TokenizerSide;

typedef struct {
    TokenizerSide source, target;
    Vocab vocabs[2];    // the source's, and the target's if it has its own
    AddedTokens added;  // to both
} Tokenizer;

typedef xattn_side Side;

typedef xattn_tokens Tokens;  // one sentence's, in an arena

/* Reads source.spm, target.spm and vocab.json (and target_vocab.json, if n_target is not 0: then the
   vocabularies are separate) from a MarianMT directory. The caller frees it, also after a failure,
   and does not move it: it points into itself. */
bool tokenizer_load(const char *directory, size_t n_source, size_t n_target, Tokenizer *tokenizer,
                    Arena *arena, Error *err);

/* The same from files of any name: a vocabulary (vocab.json, or Marian's vocab.yml) for both sides if
   target_vocab is NULL, else one each, and a .spm file for each side. */
typedef struct {
    const char *source_vocab, *target_vocab, *source_pieces, *target_pieces;
    const char *added;  // the directory of added tokens; NULL: there are none
} TokenizerFiles;
bool tokenizer_load_files(const TokenizerFiles *files, size_t n_source, size_t n_target,
                          Tokenizer *tokenizer, Arena *arena, Error *err);

/* The same for a model whose vocabularies are .spm files: one for both sides if target_path is NULL,
   of n_source pieces, else one each. */
bool tokenizer_load_spm(const char *source_path, size_t n_source, const char *target_path,
                        size_t n_target, Tokenizer *tokenizer, Arena *arena, Error *err);
void tokenizer_free(Tokenizer *tokenizer);

/* The tokens of a text and </s>. At most max_tokens of them, 2 or more: what is longer loses its end,
   not its </s>, and *cut says so. False for an unknown tag, with an error that lists the known ones. */
bool tokenizer_encode(const Tokenizer *tokenizer, Side side, const char *text, size_t length,
                      size_t max_tokens, Tokens *tokens, bool *cut, Arena *arena, Error *err);

/* Whether the model wants a tag in front of a source text, as it has several target languages, and the
   text has none. */
bool tokenizer_lacks_tag(const Tokenizer *tokenizer, const char *text);

/* Appends the text that n pieces of a side say. Special tokens (</s>, <unk>, <pad>) say nothing, as
   in transformers' skip_special_tokens; control characters become spaces. */
bool tokenizer_join(const Tokenizer *tokenizer, Side side, const char *const *pieces, size_t n,
                    Buffer *text, Error *err);

/* The piece of an id of a side's vocabulary. */
const char *tokenizer_piece(const Tokenizer *tokenizer, Side side, int id);

#endif
