/* tokenizer.h: from text to the model's ids and back

       text ─normalize, segment (sentencepiece.h)─> pieces ─look up (vocab.h)─> ids, then </s>

   Each side, source and target, has a SentencePiece model. Both sides share a vocabulary, or each has
   its own. A piece that the vocabulary lacks becomes <unk> and keeps its text.

   If the vocabulary has tags (tags.h), a tag in front of a text is one token; otherwise >>fra<< is just
   text. Added tokens (added_tokens.h) are pieces wherever they stand. */
#ifndef XATTN_TOKENIZER_H
#define XATTN_TOKENIZER_H

#include "text/added_tokens.h"
#include "text/sentencepiece.h"
#include "text/vocab.h"

typedef struct {
    SentencePiece *pieces;
    const Vocab *vocab;
    const AddedTokens *added;  // to the vocabulary; NULL: none
    int eos, unknown;
    size_t n_tags;
    bool spm_ids;  // the .spm file is the vocabulary, with the same ids
} TokenizerSide;

typedef struct {
    TokenizerSide source, target;
    Vocab vocabs[2];    // the source's; the target's if it has its own
    AddedTokens added;  // to both vocabularies
} Tokenizer;

typedef xattn_side Side;

typedef xattn_tokens Tokens;  // of one sentence, in an arena

/* Reads source.spm, target.spm and vocab.json from a MarianMT directory, and target_vocab.json if
   n_target is not 0, which means separate vocabularies. The caller frees the tokenizer, even after a
   failure, and must not move it, because it points into itself. */
bool tokenizer_load(const char *directory, size_t n_source, size_t n_target, Tokenizer *tokenizer,
                    Arena *arena, Error *err);

/* The same from files with any names: a vocabulary (vocab.json, or Marian's vocab.yml) for both sides,
   or one each if target_vocab is not NULL, and a .spm file for each side. */
typedef struct {
    const char *source_vocab, *target_vocab, *source_pieces, *target_pieces;
    const char *added;  // the directory with added tokens; NULL: none
} TokenizerFiles;
bool tokenizer_load_files(const TokenizerFiles *files, size_t n_source, size_t n_target,
                          Tokenizer *tokenizer, Arena *arena, Error *err);

/* The same for a model whose vocabularies are .spm files: one of n_source pieces for both sides if
   target_path is NULL, else one each. */
bool tokenizer_load_spm(const char *source_path, size_t n_source, const char *target_path,
                        size_t n_target, Tokenizer *tokenizer, Arena *arena, Error *err);
void tokenizer_free(Tokenizer *tokenizer);

/* The tokens of a text, with </s>: at most max_tokens, which is 2 or more. A longer text loses its end
   (not the </s>), and *cut becomes true. False for an unknown tag, with an error that lists the known
   ones. */
bool tokenizer_encode(const Tokenizer *tokenizer, Side side, const char *text, size_t length,
                      size_t max_tokens, Tokens *tokens, bool *cut, Arena *arena, Error *err);

/* Whether the model needs a tag, because it has several target languages, and the text has none. */
bool tokenizer_lacks_tag(const Tokenizer *tokenizer, const char *text);

/* Appends the text of n pieces of a side. Special tokens (</s>, <unk>, <pad>) add nothing, as with
   transformers' skip_special_tokens; control characters become spaces. */
bool tokenizer_join(const Tokenizer *tokenizer, Side side, const char *const *pieces, size_t n,
                    Buffer *text, Error *err);

/* The id of a piece in the vocabulary of a side, or -1. */
int tokenizer_id(const TokenizerSide *side, const Piece *piece);

/* The piece with an id in the vocabulary of a side. */
const char *tokenizer_piece(const Tokenizer *tokenizer, Side side, int id);

#endif
