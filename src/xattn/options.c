#include "xattn/options.h"

#include "base/sized.h"
#include "base/threads.h"
#include "text/tags.h"

enum { MOST_BEAM = 4096 };  // so that no product with it overflows

static size_t at_least_one(size_t n) { return n ? n : 1; }

static void fill_in(const Model *model, bool reads_targets, xattn_options *o) {
    size_t most = model_target_limit(model);
    if (!o->max_length || o->max_length > most) o->max_length = most;
    if (o->length_penalty == 0.0F) o->length_penalty = model->config.generation.length_penalty;
    if (o->no_length_penalty) o->length_penalty = 0.0F;
    bool is_greedy = reads_targets || (!o->beam && (o->step || o->observe || o->n_prefix));
    if (is_greedy) o->beam = 1;
    if (!o->beam) o->beam = model->config.generation.beam;
    if (o->beam <= 1) o->length_penalty = 0.0F;  // only beam search ranks hypotheses
    o->nbest = at_least_one(o->nbest < o->beam ? o->nbest : o->beam);
    o->threads = at_least_one(o->threads < THREADS_MOST ? o->threads : THREADS_MOST);
    if (o->runners_up > model_choices(model)) o->runners_up = model_choices(model);
    o->no_shortlist = o->no_shortlist || o->observe;
    if (o->step) o->threads = 1;  // so that every sentence runs on the caller's thread
}

static bool check_beam(const xattn_options *o, Error *err) {
    return o->beam <= MOST_BEAM ||
           error_kind(err, XATTN_USAGE, "beam %zu, expected at most %d", o->beam, MOST_BEAM);
}

/* Callbacks for steps need a call with a single text. */
static bool check_watchers(const xattn_options *o, size_t n, Error *err) {
    bool alone = n == 1 && o->beam == 1;
    if (o->step && !alone)
        return error_kind(err, XATTN_USAGE, "step needs one text and greedy search");
    if (o->observe && !alone)
        return error_kind(err, XATTN_USAGE, "observe needs one sentence and greedy search");
    return true;
}

static bool check_prefix(const Model *model, const xattn_options *o, size_t n, bool reads_targets,
                         Error *err) {
    size_t V = model->config.target_vocab;
    if (!o->n_prefix) return true;
    if (n != 1 || o->beam != 1 || reads_targets)
        return error_kind(err, XATTN_USAGE, "a prefix needs one text and greedy search");
    for (size_t i = 0; i < o->n_prefix; i++)
        if (o->prefix[i] < 0 || (size_t)o->prefix[i] >= V)
            return error_kind(err, XATTN_USAGE, "id %d in a prefix, expected 0 to %zu",
                              o->prefix[i], V - 1);
    return true;
}

static bool check_ablations(const Model *model, const xattn_options *o, Error *err) {
    const Config *c = &model->config;
    for (size_t i = 0; i < o->n_ablations; i++) {
        const xattn_ablation *a = &o->ablations[i];
        if (a->layer < 0 || (size_t)a->layer >= c->decoder_layers)
            return error_kind(err, XATTN_USAGE,
                              "no layer %d to ablate: the decoder's layers are 0 to %zu", a->layer,
                              c->decoder_layers - 1);
        if (a->head < XATTN_UNIFORM || a->head >= (int)c->decoder_heads)
            return error_kind(err, XATTN_USAGE, "no head %d to ablate: the heads are 0 to %zu",
                              a->head, c->decoder_heads - 1);
    }
    return true;
}

/* Replaces a language with its tag. */
static bool find_tag(const Model *model, xattn_options *o, Error *err) {
    if (!o->target_language) return true;
    o->target_language = tags_find(model->tokenizer.source.vocab, o->target_language, err);
    return o->target_language != NULL;
}

bool options_read(const Model *model, const xattn_options *given, size_t n, bool reads_targets,
                  xattn_options *options, Error *err) {
    if (!sized_copy(given, options, sizeof *options, "xattn_options", err)) return false;
    fill_in(model, reads_targets, options);
    return check_beam(options, err) && check_watchers(options, n, err) &&
           check_prefix(model, options, n, reads_targets, err) && find_tag(model, options, err) &&
           check_ablations(model, options, err);
}

bool options_are_exact(const xattn_options *o) { return o->observe || o->step || o->n_prefix; }

bool options_may_copy(const xattn_options *o) { return !o->no_copy && !options_are_exact(o); }

bool options_of_first(const Model *model, const xattn_options *given, size_t n,
                      xattn_options *options, Error *err) {
    xattn_options first;
    if (!sized_copy(given, &first, sizeof first, "xattn_options", err)) return false;
    xattn_options search = {XATTN_OPTIONS,
                            .beam = first.beam,
                            .max_length = first.max_length,
                            .length_penalty = first.length_penalty,
                            .no_length_penalty = first.no_length_penalty,
                            .no_shortlist = first.no_shortlist,
                            .threads = first.threads,
                            .attention = first.attention,
                            .context = first.context,
                            .cancel = first.cancel};
    return options_read(model, &search, n, false, options, err);
}
