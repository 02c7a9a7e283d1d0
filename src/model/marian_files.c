#include "model/marian_files.h"

#include <string.h>

#include "base/file.h"

enum { MOST_FILES = 64 };

/* The directory being read. */
typedef struct {
    Listing listing;
    const char *weights;  // the name of a file in it
    const char *settings;
    Yaml decoding;
    Arena *arena;
    Error *err;
} Finder;

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- weights and the settings that name them ---- */

static bool is_weights(const char *name) {
    return name_matches(name, "model", ".bin") ||
           (name_matches(name, "", ".npz") && !name_matches(name, "", ".optimizer.npz"));
}

static bool is_settings(const char *name) {
    return name_matches(name, "config", ".yml") || name_matches(name, "", "decoder.yml");
}

/* Reads a file of settings. An error only matters if there are no other settings. */
static bool parse_settings(const Finder *f, const char *name, Yaml *yaml, Error *err) {
    MappedFile file;
    const char *path = file_path(f->listing.directory, name, f->arena, err);
    if (!path || !file_map(path, &file, err)) return false;
    bool ok = yaml_parse(path, (const char *)file.data, file.size, yaml, f->arena, err);
    file_unmap(&file);
    return ok;
}

/* Whether the list `models` has the name, in any directory. */
static bool names_model(const Yaml *yaml, const char *name) {
    const YamlEntry *models = yaml_find(yaml, "models");
    for (size_t i = 0; models && i < models->n; i++)
        if (strcmp(base_name(models->values[i]), name) == 0) return true;
    return false;
}

/* Finds the next readable settings from *at on that name these weights, and moves *at past them. False
   at the end. */
static bool next_settings(const Finder *f, const char *weights, size_t *at, const char **name,
                          Yaml *yaml) {
    for (; *at < f->listing.n; ++*at) {
        Error ignored = {0};
        *name = f->listing.names[*at];
        if (!is_settings(*name) || !parse_settings(f, *name, yaml, &ignored)) continue;
        if (!names_model(yaml, weights)) continue;
        ++*at;
        return true;
    }
    return false;
}

static bool is_named(const Finder *f, const char *weights) {
    size_t at = 0;
    const char *name;
    Yaml yaml;
    return next_settings(f, weights, &at, &name, &yaml);
}

/* The settings are read for each file of weights, so there may not be many of either. */
static bool check_numbers(const Finder *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->listing.n; i++)
        n += is_settings(f->listing.names[i]) || is_weights(f->listing.names[i]);
    return n <= MOST_FILES || error_set(f->err, "%s: more than %d files of weights and settings",
                                        f->listing.directory, MOST_FILES);
}

/* If there are several files of weights, finds the one that the settings name. */
static bool find_weights(Finder *f) {
    const char *found = NULL, *other = NULL, *named = NULL;
    size_t n_named = 0;
    for (size_t i = 0; i < f->listing.n; i++) {
        const char *name = f->listing.names[i];
        if (!is_weights(name)) continue;
        if (found) other = name;
        if (!found) found = name;
        if (!is_named(f, name)) continue;
        n_named++;
        named = name;
    }
    if (!found)
        return error_set(f->err, "%s: no weights, expected model*.bin or *.npz",
                         f->listing.directory);
    if (other && n_named != 1)
        return error_set(f->err,
                         "%s/%s: there is also %s, expected one model*.bin or *.npz, or one that "
                         "config*.yml or decoder.yml names; -m takes the file itself too",
                         f->listing.directory, found, other);
    f->weights = other ? named : found;
    return true;
}

/* Used if no settings name the weights: a single file of settings counts, several are an error. */
static bool take_only_settings(Finder *f) {
    for (size_t i = 0; i < f->listing.n; i++) {
        if (!is_settings(f->listing.names[i])) continue;
        if (f->settings)
            return error_set(f->err, "%s/%s: there is also %s, and neither names %s",
                             f->listing.directory, f->settings, f->listing.names[i], f->weights);
        f->settings = f->listing.names[i];
    }
    return !f->settings || parse_settings(f, f->settings, &f->decoding, f->err);
}

/* Of the settings that name the weights, decoder.yml takes precedence; otherwise there must be only
   one. */
static bool find_settings(Finder *f) {
    static const char decoder[] = "decoder.yml";
    size_t at = 0;
    const char *name, *other = NULL;
    Yaml yaml;
    while (next_settings(f, f->weights, &at, &name, &yaml)) {
        if (f->settings && strcmp(name, decoder) != 0) {
            other = name;
            continue;
        }
        f->settings = name;
        f->decoding = yaml;
    }
    if (other && strcmp(f->settings, decoder) != 0)
        return error_set(f->err, "%s/%s: there is also %s, and both name %s", f->listing.directory,
                         f->settings, other, f->weights);
    return f->settings || take_only_settings(f);
}

static bool refuse_ensemble(const Finder *f) {
    const YamlEntry *models = yaml_find(&f->decoding, "models");
    return !models || models->n <= 1 ||
           error_kind(
               f->err, XATTN_UNSUPPORTED,
               "%s/%s: an ensemble of %zu models is not supported; -m takes one of its files",
               f->listing.directory, f->settings, models->n);
}

/* ---- vocabularies ---- */

/* Takes the vocabularies that the settings name, if both exist. */
static bool named_vocabs(const Finder *f, const char *vocabs[2]) {
    const YamlEntry *entry = yaml_find(&f->decoding, "vocabs");
    if (!entry || entry->n != 2) return false;
    for (size_t i = 0; i < 2; i++) {
        vocabs[i] = base_name(entry->values[i]);
        if (!listing_has(&f->listing, vocabs[i])) return false;
    }
    if (strcmp(vocabs[0], vocabs[1]) == 0) vocabs[1] = NULL;
    return true;
}

/* Whether the weights are named after two languages, FIRSTSECOND, as in model.ende.bin. The languages
   are the parts between vocab. and .spm. */
static bool is_pair(const char *weights, const char *first, const char *second) {
    static const char prefix[] = "vocab.", suffix[] = ".spm";
    enum { N_PREFIX = sizeof prefix - 1, N_BOTH = N_PREFIX + sizeof suffix - 1 };
    if (!name_matches(first, prefix, suffix) || !name_matches(second, prefix, suffix)) return false;
    size_t n_first = strlen(first) - N_BOTH, n_second = strlen(second) - N_BOTH;
    for (const char *at = weights; n_first && n_second && (at = strchr(at, '.')); at++)
        if (strncmp(at + 1, first + N_PREFIX, n_first) == 0 &&
            strncmp(at + 1 + n_first, second + N_PREFIX, n_second) == 0 &&
            at[1 + n_first + n_second] == '.')
            return true;
    return false;
}

/* Finds vocab*.spm: one for both sides, or one for each language. */
static bool pieces_vocabs(const Finder *f, const char *vocabs[2]) {
    const char *found[3] = {NULL, NULL, NULL};
    size_t n = 0;
    for (size_t i = 0; i < f->listing.n && n < 3; i++)
        if (name_matches(f->listing.names[i], "vocab", ".spm")) found[n++] = f->listing.names[i];
    vocabs[0] = found[0];
    vocabs[1] = NULL;
    if (n < 2) return true;
    bool forward = is_pair(f->weights, found[0], found[1]);
    if (n > 2 || forward == is_pair(f->weights, found[1], found[0]))
        return error_set(f->err,
                         "%s/%s: there is also %s, expected one vocab*.spm, or vocab.en.spm and "
                         "vocab.de.spm of a model.ende*.bin",
                         f->listing.directory, found[0], found[1]);
    vocabs[0] = found[!forward];
    vocabs[1] = found[forward];
    return true;
}

/* Finds vocabularies by their usual names: a pair, or one for both sides. */
static bool usual_vocabs(const Finder *f, const char *vocabs[2]) {
    static const char *const pairs[][2][2] = {
        {{"srcvocab", ".spm"}, {"trgvocab", ".spm"}},
        {{"", "src.vocab.yml"}, {"", "trg.vocab.yml"}},
    };
    const Listing *l = &f->listing;
    if (!pieces_vocabs(f, vocabs)) return false;
    for (size_t i = 0; !vocabs[0] && i < 2; i++) {
        if (!listing_only(l, pairs[i][0][0], pairs[i][0][1], &vocabs[0], f->err) ||
            !listing_only(l, pairs[i][1][0], pairs[i][1][1], &vocabs[1], f->err))
            return false;
        if (!vocabs[1]) vocabs[0] = NULL;
    }
    if (vocabs[0]) return true;
    vocabs[1] = NULL;
    if (!listing_only(l, "", "vocab.yml", &vocabs[0], f->err)) return false;
    return vocabs[0] || error_set(f->err,
                                  "%s: no vocabulary, expected vocab*.spm, or srcvocab*.spm and "
                                  "trgvocab*.spm, or vocab.yml",
                                  l->directory);
}

/* Finds the .spm files for a vocabulary in another format. */
static bool find_pieces(const Finder *f, const char *vocab, const char *pieces[2]) {
    static const char *const names[] = {"source.spm", "target.spm"};
    const Listing *l = &f->listing;
    pieces[0] = pieces[1] = NULL;
    if (name_matches(vocab, "", ".spm")) return true;
    for (size_t i = 0; i < 2; i++) {
        pieces[i] = names[i];
        if (listing_has(l, names[i])) continue;
        const char *bpe = listing_match(l, 0, "", ".bpe");
        if (!bpe) return error_set(f->err, "%s: no %s", l->directory, names[i]);
        return error_kind(f->err, XATTN_UNSUPPORTED,
                          "%s: no %s; the pieces of %s (subword-nmt) are not supported",
                          l->directory, names[i], bpe);
    }
    return true;
}

/* ---- all of them ---- */

/* Refuses files that were downloaded but not unpacked (.gz or .zst). */
static bool refuse_compressed(const Finder *f) {
    static const struct {
        const char *suffix, *command;
    } kinds[] = {{".gz", "gunzip"}, {".zst", "unzstd --rm"}};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < f->listing.n; i++) {
            const char *name = f->listing.names[i];
            if (!name_matches(name, "", kinds[k].suffix)) continue;
            size_t n = strlen(name) - strlen(kinds[k].suffix);
            const char *plain = arena_string(f->arena, name, n, f->err);
            if (!plain) return false;
            bool is_needed = is_weights(plain) || name_matches(plain, "", ".spm") ||
                             name_matches(plain, "lex", ".bin") || name_matches(plain, "", ".yml");
            if (is_needed && !listing_has(&f->listing, plain))
                return error_kind(f->err, XATTN_UNSUPPORTED,
                                  "%s/%s is still compressed; run: %s %s/*%s", f->listing.directory,
                                  name, kinds[k].command, f->listing.directory, kinds[k].suffix);
        }
    return true;
}

static bool refuse_factored(const Finder *f) {
    const char *name = listing_match(&f->listing, 0, "", ".fsv");
    return !name ||
           error_kind(f->err, XATTN_UNSUPPORTED, "%s/%s: a factored vocabulary is not supported",
                      f->listing.directory, name);
}

bool marian_files_are_here(const Listing *listing) {
    static const char *const endings[][2] = {{"model", ".bin"},     {"", ".npz"},
                                             {"model", ".bin.gz"},  {"", ".npz.gz"},
                                             {"model", ".bin.zst"}, {"", ".npz.zst"}};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (listing_match(listing, 0, endings[i][0], endings[i][1])) return true;
    return false;
}

/* Turns a name into a path; NULL stays NULL. */
static bool to_path(const Finder *f, const char *name, const char **path) {
    *path = name ? file_path(f->listing.directory, name, f->arena, f->err) : NULL;
    return *path || !name;
}

bool marian_files_find(const char *directory, const char *weights, MarianFiles *files, Arena *arena,
                       Error *err) {
    Finder f = {.weights = weights, .arena = arena, .err = err};
    const char *vocabs[2], *pieces[2], *shortlist;
    *files = (MarianFiles){0};
    if (!listing_read(directory, &f.listing, arena, err) || !refuse_compressed(&f) ||
        !refuse_factored(&f) || !check_numbers(&f) || (!weights && !find_weights(&f)) ||
        !find_settings(&f) || (!weights && !refuse_ensemble(&f)) ||
        (!named_vocabs(&f, vocabs) && !usual_vocabs(&f, vocabs)) ||
        !find_pieces(&f, vocabs[0], pieces) ||
        !listing_only(&f.listing, "lex", ".bin", &shortlist, err))
        return false;
    files->decoding = f.decoding;
    return to_path(&f, f.weights, &files->weights) && to_path(&f, f.settings, &files->settings) &&
           to_path(&f, vocabs[0], &files->vocabs[0]) && to_path(&f, vocabs[1], &files->vocabs[1]) &&
           to_path(&f, pieces[0], &files->pieces[0]) && to_path(&f, pieces[1], &files->pieces[1]) &&
           to_path(&f, shortlist, &files->shortlist);
}
