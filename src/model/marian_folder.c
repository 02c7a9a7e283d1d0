#include "model/marian_folder.h"

#include <string.h>

#include "base/number.h"
#include "model/marian.h"
#include "model/marian_files.h"

static bool shares_vocabulary(const Model *model) {
    return model->tokenizer.source.vocab == model->tokenizer.target.vocab;
}

static bool load_tokenizer(const MarianFiles *files, Model *model, Error *err) {
    const Config *c = &model->config;
    if (!files->pieces[0])
        return tokenizer_load_spm(files->vocabs[0], c->source_vocab, files->vocabs[1],
                                  c->target_vocab, &model->tokenizer, &model->arena, err);
    const TokenizerFiles four = {files->vocabs[0], files->vocabs[1], files->pieces[0],
                                 files->pieces[1], NULL};
    return tokenizer_load_files(&four, c->source_vocab, c->target_vocab, &model->tokenizer,
                                &model->arena, err);
}

/* Sets the ids of special tokens from the target's vocabulary. */
static bool set_special_ids(const MarianFiles *files, Model *model, Error *err) {
    Config *c = &model->config;
    bool may_say_unknown;
    if (c->source_vocab != c->target_vocab && shares_vocabulary(model))
        return error_set(err, "%s: one vocabulary for models of %zu and %zu pieces",
                         model->tensors.path, c->source_vocab, c->target_vocab);
    c->eos = model->tokenizer.target.eos;
    c->pad = c->start = -1;
    IdList *banned = &c->generation.banned;
    banned->ids = arena_array(&model->arena, 1, sizeof *banned->ids, "banned ids", err);
    if (!banned->ids || !yaml_flag(&files->decoding, "allow-unk", false, &may_say_unknown, err))
        return false;
    if (!may_say_unknown) banned->ids[banned->n++] = model->tokenizer.target.unknown;
    return true;
}

static bool load_shortlist(const MarianFiles *files, Model *model, Error *err) {
    if (!files->shortlist) return true;
    model->has_shortlist = true;
    return shortlist_open(files->shortlist, model->config.source_vocab, model->config.target_vocab,
                          shares_vocabulary(model), &model->shortlist, err);
}

/* Reads a number of the decoding settings; *out does not change if it is missing. */
static bool read_number(const Yaml *yaml, const char *key, double *out, Error *err) {
    const char *text = yaml_text(yaml, key, "", err);
    if (!text || !*text) return text != NULL;
    return (number_parse(text, out) && *out >= 0.0 && *out <= 1000.0) ||
           error_set(err, "%s: \"%s\" is %s, expected a number from 0 to 1000", yaml->name, key,
                     text);
}

static bool read_beam(const Yaml *yaml, size_t *beam, Error *err) {
    double number = 1.0;
    if (!read_number(yaml, "beam-size", &number, err)) return false;
    *beam = number >= 1.0 && number <= 64.0 ? (size_t)number : 0;
    return (double)*beam == number ||
           error_set(err, "%s: \"beam-size\" is %g, expected an integer from 1 to 64", yaml->name,
                     number);
}

static bool refuse_sampling(const Yaml *yaml, Error *err) {
    static const char key[] = "output-sampling";
    const YamlEntry *entry = yaml_find(yaml, key);
    return !entry || !entry->n || strcmp(entry->values[0], "false") == 0 ||
           error_kind(err, XATTN_UNSUPPORTED, "%s: \"%s\" is %s, which is not supported",
                      yaml->name, key, entry->values[0]);
}

/* Without settings the length penalty is Firefox's: the log-probability per token. */
static bool read_decoding(const MarianFiles *files, Model *model, Error *err) {
    const Yaml *yaml = &files->decoding;
    Generation *g = &model->config.generation;
    double length_penalty = 1.0, word_penalty = 0.0;
    if (!read_number(yaml, "max-length-factor", &g->length_factor, err) ||
        !read_beam(yaml, &g->beam, err) || !read_number(yaml, "normalize", &length_penalty, err) ||
        !read_number(yaml, "word-penalty", &word_penalty, err))
        return false;
    g->length_penalty = (float)length_penalty;
    model->settings = files->settings;
    if (word_penalty > 0.0)
        return error_kind(err, XATTN_UNSUPPORTED,
                          "%s: \"word-penalty\" is %g, which is not supported", yaml->name,
                          word_penalty);
    return refuse_sampling(yaml, err);
}

/* The file of weights does not tell whether cross-attention was trained to align words. It was in all
   of Firefox's models, and in those of OPUS-MT with transformer-align in their name. */
static void set_habits(const MarianFiles *files, Model *model) {
    bool is_npz = name_matches(files->weights, "", ".npz");
    model->format = is_npz ? "Marian" : "Firefox Translations (Marian)";
    if (is_npz && !strstr(files->weights, "transformer-align"))
        model->config.has_alignment_head = false;
}

bool marian_folder_load(const char *directory, const char *weights, Model *model, Error *err) {
    MarianFiles files;
    if (!marian_files_find(directory, weights, &files, &model->arena, err) ||
        !marian_load_weights(files.weights, model, err))
        return false;
    set_habits(&files, model);
    return load_tokenizer(&files, model, err) && set_special_ids(&files, model, err) &&
           read_decoding(&files, model, err) && load_shortlist(&files, model, err);
}
