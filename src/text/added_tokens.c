#include "text/added_tokens.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"

enum { MOST_TOKENS = 100000, MOST_BYTES = 1000 };  // tokens in all; bytes of one

/* State of a reader of both files. */
typedef struct {
    AddedTokens *added;
    size_t n_ids;
    Arena *arena;
    Error *err;
} Reader;

/* Adds a token, or the properties of one that was added before. */
static bool add(Reader *r, const char *path, AddedToken token) {
    AddedTokens *added = r->added;
    if (vocab_is_special(token.text)) return true;
    token.length = strlen(token.text);
    token.path = path;
    if (!token.length || token.length > MOST_BYTES)
        return error_set(r->err, "%s: an added token of %zu bytes, expected 1 to %d", path,
                         token.length, MOST_BYTES);
    int known = trie_find(&added->trie, token.text, token.length), before;
    if (known >= 0) {
        AddedToken *item = &added->items[known];
        if (item->id != token.id)
            return error_set(r->err, "%s: \"%s\" has the ids %d and %d", path, token.text, item->id,
                             token.id);
        item->special = item->special || token.special;
        item->single_word = item->single_word || token.single_word;
        return true;
    }
    token.text = arena_string(r->arena, token.text, token.length, r->err);
    if (!token.text ||
        !trie_insert(&added->trie, token.text, token.length, (int)added->n, &before, r->err))
        return false;
    added->items[added->n++] = token;
    return true;
}

/* added_tokens.json: {"TOKEN": id, …}. */
static bool read_list(Reader *r, const char *path, const cJSON *list) {
    const cJSON *entry;
    cJSON_ArrayForEach (entry, list) {
        long long id;
        if (!json_integer(entry, path, entry->string, 0, (long long)r->n_ids - 1, &id, r->err) ||
            !add(r, path, (AddedToken){.text = entry->string, .id = (int)id}))
            return false;
    }
    return true;
}

static bool is_true(const cJSON *object, const char *key) {
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, key));
}

/* added_tokens_decoder: {"ID": {"content": "TOKEN", "special": …}, …}. */
static bool read_decoder(Reader *r, const char *path, const cJSON *decoder) {
    const cJSON *entry;
    cJSON_ArrayForEach (entry, decoder) {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "content"));
        char *end;
        long id = strtol(entry->string, &end, 10);
        if (!text)
            return error_set(r->err, "%s: \"added_tokens_decoder\": no \"content\" of \"%s\"", path,
                             entry->string);
        if (*end || end == entry->string || id < 0 || (size_t)id >= r->n_ids)
            return error_set(r->err,
                             "%s: \"added_tokens_decoder\": \"%s\", expected an id from 0 to %zu",
                             path, entry->string, r->n_ids - 1);
        AddedToken token = {.text = text,
                            .id = (int)id,
                            .special = is_true(entry, "special"),
                            .single_word = is_true(entry, "single_word")};
        if (!add(r, path, token)) return false;
    }
    return true;
}

/* NULL, without an error, if there is no such file. */
static cJSON *load_if_there(const char *path, Error *err, bool *ok) {
    if (!*ok || access(path, F_OK) != 0) return NULL;
    cJSON *object = json_load_object(path, err);
    *ok = object && json_check_keys(object, path, err);
    return object;
}

/* The bytes of all keys, or of all contents, for the trie. */
static size_t count_bytes(const cJSON *list, bool keys) {
    size_t n_bytes = 0;
    const cJSON *entry;
    cJSON_ArrayForEach (entry, list) {
        const char *content =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "content"));
        n_bytes += strlen(keys ? entry->string : content ? content : "");
    }
    return n_bytes;
}

static bool read_all(Reader *r, const char *list_path, const cJSON *list, const char *config_path,
                     const cJSON *config) {
    static const char what[] = "added tokens";
    const cJSON *decoder = cJSON_GetObjectItemCaseSensitive(config, "added_tokens_decoder");
    size_t n = (size_t)cJSON_GetArraySize(list) + (size_t)cJSON_GetArraySize(decoder);
    size_t n_bytes = count_bytes(list, true) + count_bytes(decoder, false);
    if (!n) return true;
    if (n > MOST_TOKENS || n_bytes > TRIE_MAX_BYTES)
        return error_set(r->err, "%s: %zu added tokens, expected at most %d", list_path, n,
                         MOST_TOKENS);
    r->added->items = arena_array(r->arena, n, sizeof *r->added->items, what, r->err);
    return r->added->items && trie_init(&r->added->trie, n_bytes, r->arena, r->err) &&
           read_list(r, list_path, list) && read_decoder(r, config_path, decoder);
}

bool added_tokens_load(const char *directory, size_t n_ids, AddedTokens *added, Arena *arena,
                       Error *err) {
    Reader reader = {added, n_ids, arena, err};
    const char *list_path = file_path(directory, "added_tokens.json", arena, err);
    const char *config_path = file_path(directory, "tokenizer_config.json", arena, err);
    *added = (AddedTokens){0};
    if (!list_path || !config_path) return false;
    bool ok = true;
    cJSON *list = load_if_there(list_path, err, &ok);
    cJSON *config = load_if_there(config_path, err, &ok);
    ok = ok && read_all(&reader, list_path, list, config_path, config);
    cJSON_Delete(list);
    cJSON_Delete(config);
    return ok;
}

bool added_tokens_extend(const AddedTokens *added, Vocab *vocab, Arena *arena, Error *err) {
    for (size_t i = 0; i < added->n; i++) {
        const AddedToken *token = &added->items[i];
        if ((size_t)token->id >= vocab->n)
            return error_set(err, "%s: no room for the added token \"%s\", id %d", token->path,
                             token->text, token->id);
        const char *piece = vocab->pieces[token->id];
        if (piece && strcmp(piece, token->text) == 0) continue;
        if (!vocab_add(vocab, token->path, token->text, token->id, arena, err)) return false;
    }
    return true;
}

/* The longest token that starts at byte `at`; NULL if none does. */
static const AddedToken *token_at(const AddedTokens *added, const char *text, size_t n, size_t at) {
    const AddedToken *longest = NULL;
    uint32_t node = TRIE_ROOT;
    for (size_t i = at; i < n && (node = trie_step(&added->trie, node, text[i])); i++)
        if (trie_value(&added->trie, node) >= 0)
            longest = &added->items[trie_value(&added->trie, node)];
    return longest;
}

/* A single-word token inside a longer word is text. Like transformers, the text is cut there all the
   same: before the token if only the character after it is no space, else after it. */
static bool is_cut(const AddedToken *token, const char *text, size_t n, size_t at, size_t *end) {
    bool left = at > 0 && text[at - 1] != ' ';
    bool right = at + token->length < n && text[at + token->length] != ' ';
    if (!token->single_word || (!left && !right)) return false;
    *end = left ? at + token->length : at;
    return true;
}

AddedStretch added_tokens_next(const AddedTokens *added, const char *text, size_t n, size_t begin) {
    AddedStretch stretch = {begin, n, NULL};
    for (size_t at = begin; added->n && at < n; at++) {
        const AddedToken *token = token_at(added, text, n, at);
        if (!token) continue;
        if (!is_cut(token, text, n, at, &stretch.end)) {
            stretch.end = at;
            stretch.token = token;
            return stretch;
        }
        if (stretch.end > begin) return stretch;  // else there is nothing before the cut
        stretch.end = n;
        at += token->length - 1;
    }
    return stretch;
}

size_t added_tokens_length(const AddedTokens *added, const char *text, size_t n, size_t at) {
    size_t end;
    const AddedToken *token = added->n ? token_at(added, text, n, at) : NULL;
    return token && !is_cut(token, text, n, at, &end) ? token->length : 0;
}

bool added_tokens_is_special(const AddedTokens *added, const char *piece) {
    int found = added->n ? trie_find(&added->trie, piece, strlen(piece)) : -1;
    return found >= 0 && added->items[found].special;
}
