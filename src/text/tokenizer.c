#include "text/tokenizer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "text/spelling.h"
#include "text/tags.h"
#include "text/yaml_vocab.h"

static const TokenizerSide *side_of(const Tokenizer *tokenizer, Side side) {
    return side == XATTN_SOURCE ? &tokenizer->source : &tokenizer->target;
}

static bool special_id(const Vocab *vocab, const char *path, const char *piece, int *id,
                       Error *err) {
    *id = vocab_find(vocab, piece, strlen(piece));
    return *id >= 0 || error_set(err, "%s: no \"%s\"", path, piece);
}

static bool ends_in(const char *text, const char *end) {
    size_t n = strlen(text), n_end = strlen(end);
    return n >= n_end && strcmp(text + n - n_end, end) == 0;
}

static bool load_vocab(const char *path, size_t n, const AddedTokens *added, Vocab *vocab,
                       TokenizerSide *side, Arena *arena, Error *err) {
    bool is_yaml = ends_in(path, ".yml") || ends_in(path, ".yaml");
    if (!(is_yaml ? yaml_vocab_load : vocab_load)(path, n, vocab, arena, err) ||
        !added_tokens_extend(added, vocab, arena, err) || !vocab_complete(vocab, path, err) ||
        !special_id(vocab, path, "</s>", &side->eos, err) ||
        !special_id(vocab, path, "<unk>", &side->unknown, err))
        return false;
    side->n_tags = tags_count(vocab);
    side->vocab = vocab;
    side->added = added;
    return true;
}

/* Reads the .spm files of both sides, or only one if they are equal byte for byte, as they often
   are. */
static bool load_pieces(const TokenizerFiles *files, Tokenizer *tokenizer, Error *err) {
    TokenizerSide *source = &tokenizer->source, *target = &tokenizer->target;
    if (!sentencepiece_load(files->source_pieces, &source->pieces, err)) return false;
    if (!file_equals(files->source_pieces, files->target_pieces))
        return sentencepiece_load(files->target_pieces, &target->pieces, err);
    target->pieces = source->pieces;
    return true;
}

bool tokenizer_load_files(const TokenizerFiles *files, size_t n_source, size_t n_target,
                          Tokenizer *tokenizer, Arena *arena, Error *err) {
    TokenizerSide *source = &tokenizer->source, *target = &tokenizer->target;
    AddedTokens *added = &tokenizer->added;
    *tokenizer = (Tokenizer){0};
    if (files->added && !added_tokens_load(files->added, n_source, added, arena, err)) return false;
    if (!load_vocab(files->source_vocab, n_source, added, &tokenizer->vocabs[0], source, arena,
                    err))
        return false;
    *target = *source;
    target->n_tags = 0;  // tags stand in source texts only
    if (files->target_vocab && !load_vocab(files->target_vocab, n_target, added,
                                           &tokenizer->vocabs[1], target, arena, err))
        return false;
    return load_pieces(files, tokenizer, err);
}

bool tokenizer_load(const char *directory, size_t n_source, size_t n_target, Tokenizer *tokenizer,
                    Arena *arena, Error *err) {
    TokenizerFiles files = {.added = directory};
    *tokenizer = (Tokenizer){0};
    return (files.source_vocab = file_path(directory, "vocab.json", arena, err)) &&
           (!n_target ||
            (files.target_vocab = file_path(directory, "target_vocab.json", arena, err))) &&
           (files.source_pieces = file_path(directory, "source.spm", arena, err)) &&
           (files.target_pieces = file_path(directory, "target.spm", arena, err)) &&
           tokenizer_load_files(&files, n_source, n_target, tokenizer, arena, err);
}

static bool load_spm_side(const char *path, size_t n, Vocab *vocab, TokenizerSide *side,
                          Arena *arena, Error *err) {
    *side = (TokenizerSide){.vocab = vocab, .spm_ids = true};
    return sentencepiece_load(path, &side->pieces, err) &&
           vocab_from_pieces(path, side->pieces, n, vocab, arena, err) &&
           special_id(vocab, path, "</s>", &side->eos, err) &&
           special_id(vocab, path, "<unk>", &side->unknown, err);
}

bool tokenizer_load_spm(const char *source_path, size_t n_source, const char *target_path,
                        size_t n_target, Tokenizer *tokenizer, Arena *arena, Error *err) {
    *tokenizer = (Tokenizer){0};
    if (!load_spm_side(source_path, n_source, &tokenizer->vocabs[0], &tokenizer->source, arena,
                       err))
        return false;
    tokenizer->target = tokenizer->source;
    return !target_path || load_spm_side(target_path, n_target, &tokenizer->vocabs[1],
                                         &tokenizer->target, arena, err);
}

void tokenizer_free(Tokenizer *tokenizer) {
    if (tokenizer->target.pieces != tokenizer->source.pieces)
        sentencepiece_free(tokenizer->target.pieces);
    sentencepiece_free(tokenizer->source.pieces);
    *tokenizer = (Tokenizer){0};
}

static bool unknown_tag(const TokenizerSide *side, const char *tag, size_t length, Error *err) {
    Buffer known = {0};
    tags_list(side->vocab, TAGS_WHOLE, &known);
    size_t most = 80, shown = length < most ? length : most;
    while (shown < length && shown + 3 > most && ((unsigned char)tag[shown] & 0xC0) == 0x80)
        shown--;  // not inside a character of up to 4 bytes
    error_kind(err, XATTN_BAD_TEXT, "unknown tag %.*s; the model knows%s", (int)shown, tag,
               known.data ? known.data : " none");
    buffer_free(&known);
    return false;
}

static bool add_token(Tokens *tokens, int id, const char *piece, size_t length, Arena *arena,
                      Error *err) {
    char *copy = arena_string(arena, piece, length, err);
    if (!copy) return false;
    tokens->ids[tokens->n] = id;
    tokens->pieces[tokens->n++] = copy;
    return true;
}

int tokenizer_id(const TokenizerSide *side, const Piece *piece) {
    return side->spm_ids ? piece->id : vocab_find(side->vocab, piece->text, piece->length);
}

static bool add_pieces(const TokenizerSide *side, const PieceList *list, size_t n, Tokens *tokens,
                       Arena *arena, Error *err) {
    for (size_t i = 0; i < n; i++) {
        const Piece *piece = &list->items[i];
        int id = tokenizer_id(side, piece);
        if (!add_token(tokens, id < 0 ? side->unknown : id, piece->text, piece->length, arena, err))
            return false;
    }
    return true;
}

/* A text in stretches, each with its pieces and the added token after it. */
typedef struct {
    PieceList *lists;           // [n]
    const AddedToken **tokens;  // [n] NULL if there is none
    size_t n, room;
    size_t n_tokens;  // in all
} Stretches;

static bool add_stretch(const TokenizerSide *side, const char *text, const AddedStretch *stretch,
                        Stretches *all, Error *err) {
    if (all->n == all->room) {
        size_t room = all->room ? 2 * all->room : 1;
        PieceList *lists = realloc(all->lists, room * sizeof *lists);
        if (lists) all->lists = lists;
        const AddedToken **tokens = realloc((void *)all->tokens, room * sizeof *tokens);
        if (tokens) all->tokens = tokens;
        if (!lists || !tokens) return error_memory(err, room * sizeof *lists, "pieces");
        all->room = room;
    }
    PieceList *list = &all->lists[all->n];
    *list = (PieceList){0};
    all->tokens[all->n++] = stretch->token;
    if (!sentencepiece_encode(side->pieces, text + stretch->begin, stretch->end - stretch->begin,
                              list, err))
        return false;
    all->n_tokens += (size_t)list->n + (stretch->token != NULL);
    return true;
}

/* Cuts text from byte `begin` on into stretches, until they have more than `most` tokens. */
static bool cut_up(const Tokenizer *tokenizer, const TokenizerSide *side, const char *text,
                   size_t begin, size_t n, size_t most, Stretches *all, Error *err) {
    do {
        AddedStretch stretch = added_tokens_next(&tokenizer->added, text, n, begin);
        if (!add_stretch(side, text, &stretch, all, err)) return false;
        begin = stretch.end + (stretch.token ? stretch.token->length : 0);
    } while (begin < n && all->n_tokens <= most);
    return true;
}

/* Joins the first `most` tokens of the stretches. */
static bool join_stretches(const TokenizerSide *side, const Stretches *all, size_t most,
                           Tokens *tokens, Arena *arena, Error *err) {
    for (size_t i = 0; i < all->n && most; i++) {
        const AddedToken *token = all->tokens[i];
        size_t n = (size_t)all->lists[i].n < most ? (size_t)all->lists[i].n : most;
        if (!add_pieces(side, &all->lists[i], n, tokens, arena, err)) return false;
        most -= n;
        if (!token || !most) continue;
        if (!add_token(tokens, token->id, token->text, token->length, arena, err)) return false;
        most--;
    }
    return true;
}

bool tokenizer_encode(const Tokenizer *tokenizer, Side which, const char *text, size_t length,
                      size_t max_tokens, Tokens *tokens, bool *cut, Arena *arena, Error *err) {
    const TokenizerSide *side = side_of(tokenizer, which);
    size_t n_tag = side->n_tags ? tags_length(text, length) : 0;
    int tag = n_tag ? vocab_find(side->vocab, text, n_tag) : -1;
    if (n_tag && tag < 0) return unknown_tag(side, text, n_tag, err);

    Stretches all = {0};
    bool ok = cut_up(tokenizer, side, text, n_tag, length, max_tokens, &all, err);
    size_t n = all.n_tokens, n_others = n_tag ? 2 : 1;
    *cut = ok && n + n_others > max_tokens;
    if (*cut) n = max_tokens - n_others;
    *tokens = (Tokens){0};
    if (ok) {
        tokens->pieces = arena_array(arena, n + n_others, sizeof *tokens->pieces, "pieces", err);
        tokens->ids = arena_array(arena, n + n_others, sizeof *tokens->ids, "ids", err);
        ok = tokens->pieces && tokens->ids;
    }
    ok = ok && (!n_tag || add_token(tokens, tag, text, n_tag, arena, err)) &&
         join_stretches(side, &all, n, tokens, arena, err) &&
         add_token(tokens, side->eos, "</s>", 4, arena, err);
    for (size_t i = 0; i < all.n; i++) piece_list_free(&all.lists[i]);
    free(all.lists);
    free((void *)all.tokens);
    return ok;
}

bool tokenizer_lacks_tag(const Tokenizer *tokenizer, const char *text) {
    return tokenizer->source.n_tags > 1 && !tags_length(text, strlen(text));
}

/* A shared vocabulary has pieces that only the other side's .spm file contains. Decoding left them as
   they are. From byte `from` of the text on, turns their ▁ into spaces, and drops a leading one. */
static void spaces_for_marks(Buffer *text, size_t from) {
    const size_t n_mark = sizeof SPACE_MARK - 1;
    size_t kept = from;
    for (size_t at = from; at < text->size;) {
        bool is_mark =
            text->size - at >= n_mark && memcmp(text->data + at, SPACE_MARK, n_mark) == 0;
        if (!is_mark)
            text->data[kept++] = text->data[at];
        else if (at > from)
            text->data[kept++] = ' ';
        at += is_mark ? n_mark : 1;
    }
    text->size = kept;
    if (text->data) text->data[kept] = '\0';
}

bool tokenizer_join(const Tokenizer *tokenizer, Side which, const char *const *pieces, size_t n,
                    Buffer *text, Error *err) {
    const char **kept = malloc((n + 1) * sizeof *kept);
    if (!kept) return error_memory(err, (n + 1) * sizeof *kept, "pieces");
    int n_kept = 0;
    size_t before = text->size;
    for (size_t i = 0; i < n; i++)
        if (!vocab_is_special(pieces[i]) && !added_tokens_is_special(&tokenizer->added, pieces[i]))
            kept[n_kept++] = pieces[i];
    bool ok = sentencepiece_decode(side_of(tokenizer, which)->pieces, kept, n_kept, text, err);
    if (ok) spaces_for_marks(text, before);
    // From the vocabulary or from byte pieces: a line end would break a text in two, and others are
    // commands to a terminal.
    if (ok && text->data) utf8_hide_controls(text->data + before, text->size - before, ' ');
    free((void *)kept);
    return ok;
}

const char *tokenizer_piece(const Tokenizer *tokenizer, Side which, int id) {
    return side_of(tokenizer, which)->vocab->pieces[id];
}
