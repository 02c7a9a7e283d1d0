#include "decode/beam.h"

#include <math.h>

/* A live prefix with one more token. */
typedef struct {
    size_t row;
    int id;
    float logprob;
    double score;  // Σ log p of the whole
} Candidate;

typedef struct {
    Prefix *prefix;
    double score;  // Σ log p / length^length_penalty
    bool cut;
} Finished;

/* The search for a sentence. Its live prefixes are rows of the batch. */
typedef struct {
    size_t limit;  // tokens of a translation
    size_t n_finished;
    Finished *finished;  // [N] best first
} Beam;

/* The search for a batch. */
typedef struct {
    const Config *config;
    size_t N, n_beams;
    Beam *beams;            // [n_beams], one a sentence
    Candidate *candidates;  // [2N], of the current sentence
    Batch batch;
} Search;

static double penalized(const Search *search, double score, size_t n_tokens) {
    return score / pow((double)n_tokens, (double)search->batch.options->length_penalty);
}

static bool search_alloc(Search *search, Error *err) {
    static const char what[] = "a beam";
    Arena *arena = &search->batch.arena;
    size_t N = search->N, n = search->n_beams;
    search->candidates = arena_array(arena, 2 * N, sizeof *search->candidates, what, err);
    search->beams = arena_array(arena, n, sizeof *search->beams, what, err);
    Finished *finished = arena_array(arena, n * N, sizeof *finished, what, err);
    if (!search->candidates || !search->beams || !finished) return false;
    for (size_t s = 0; s < n; s++)
        search->beams[s] =
            (Beam){.limit = batch_limit(&search->batch, s), .finished = finished + s * N};
    return true;
}

static void search_free(Search *search) {
    for (size_t s = 0; search->beams && s < search->n_beams; s++)
        for (size_t i = 0; i < search->beams[s].n_finished; i++)
            prefix_release(search->beams[s].finished[i].prefix);
    batch_free(&search->batch);
}

/* Inserts a candidate into the list of the `most` best, in order. Of equal ones, the earlier stays in
   front. */
static size_t insert(Candidate *list, size_t n, size_t most, Candidate candidate) {
    if (n == most && !(candidate.score > list[n - 1].score)) return n;
    size_t at = n < most ? n++ : n - 1;
    for (; at > 0 && candidate.score > list[at - 1].score; at--) list[at] = list[at - 1];
    list[at] = candidate;
    return n;
}

/* Inserts the continuations of a row by its candidates first … end - 1. */
static size_t insert_some(Search *search, size_t n, size_t row, size_t first, size_t end) {
    const Batch *batch = &search->batch;
    RowLogits logits = batch_logits(batch, row);
    double score = batch->prefixes[row]->score;
    for (size_t k = first; k < end; k++) {
        float logprob = logits.values[k] - batch->log_sums[row];
        if (isinf(logprob)) continue;  // forbidden
        Candidate candidate = {row, batch_token(&logits, k), logprob, score + (double)logprob};
        n = insert(search->candidates, n, 2 * search->N, candidate);
    }
    return n;
}

/* Inserts the continuations of a row by all its candidates. The largest logit of every few tells if any
   of them may be among the best. */
static size_t insert_all(Search *search, size_t n, size_t row) {
    enum { FEW = 128 };
    const Batch *batch = &search->batch;
    RowLogits logits = batch_logits(batch, row);
    for (size_t first = 0, end; first < logits.candidates.n; first = end) {
        end = first + FEW < logits.candidates.n ? first + FEW : logits.candidates.n;
        float logprob = largest_of(logits.values + first, end - first) - batch->log_sums[row];
        bool is_full = n == 2 * search->N;
        double score = batch->prefixes[row]->score + (double)logprob;
        if (!is_full || score > search->candidates[n - 1].score)
            n = insert_some(search, n, row, first, end);
    }
    return n;
}

/* The 2N best continuations of the n_rows prefixes from row `first` on. */
static size_t find_candidates(Search *search, size_t first, size_t n_rows, bool force_eos) {
    size_t n = 0, most = 2 * search->N;
    for (size_t r = first; r < first + n_rows; r++) {
        if (force_eos) {  // a forced token is certain: log p = 0
            double score = search->batch.prefixes[r]->score;
            Candidate only = {r, search->config->generation.forced_eos, 0.0F, score};
            n = insert(search->candidates, n, most, only);
        } else {
            n = insert_all(search, n, r);
        }
    }
    return n;
}

static Prefix *extend(const Search *search, const Candidate *candidate, Error *err) {
    return prefix_extend(search->batch.prefixes[candidate->row], candidate->id, candidate->logprob,
                         err);
}

/* Adds a candidate to the finished ones if it is good enough. */
static bool finish(Search *search, Beam *beam, const Candidate *candidate, bool last, Error *err) {
    const Batch *batch = &search->batch;
    size_t N = search->N, at = beam->n_finished;
    double score = penalized(search, candidate->score, batch->prefixes[candidate->row]->n + 1);
    while (at > 0 && score > beam->finished[at - 1].score) at--;
    if (at == N) return true;
    Prefix *prefix = extend(search, candidate, err);
    if (!prefix) return false;
    if (beam->n_finished == N) prefix_release(beam->finished[--beam->n_finished].prefix);
    for (size_t i = beam->n_finished++; i > at; i--) beam->finished[i] = beam->finished[i - 1];
    const Config *c = search->config;
    int own = c->generation.forced_eos >= 0 ? batch_best(batch, candidate->row) : candidate->id;
    beam->finished[at] = (Finished){prefix, score, last && own != c->eos};
    return true;
}

/* Whether a sentence's search is over; n_living candidates with n_tokens each could continue. */
static bool is_done(const Search *search, const Beam *beam, size_t n_living, size_t n_tokens) {
    if (!n_living) return true;
    if (beam->n_finished < search->N) return false;
    EarlyStopping stopping = search->config->generation.early_stopping;
    bool longer_is_better = search->batch.options->length_penalty > 0.0F;
    if (stopping == STOP_IF_FULL) return true;
    if (stopping == STOP_IF_CERTAIN && longer_is_better) n_tokens = beam->limit;
    double hope = penalized(search, search->candidates[0].score, n_tokens);
    return hope <= beam->finished[search->N - 1].score;
}

/* A step of one sentence, whose n_rows prefixes begin at row `first`. */
static bool advance(Search *search, Beam *beam, size_t first, size_t n_rows, Error *err) {
    const Config *c = search->config;
    size_t n_tokens = search->batch.prefixes[first]->n + 1;
    bool last = n_tokens == beam->limit;
    size_t n = find_candidates(search, first, n_rows, last && c->generation.forced_eos >= 0),
           n_living = 0;
    for (size_t i = 0; i < n; i++) {
        const Candidate *candidate = &search->candidates[i];
        if (last || candidate->id == c->eos) {
            if (i < search->N && !finish(search, beam, candidate, last, err)) return false;
        } else if (n_living < search->N) {
            search->candidates[n_living++] = *candidate;
        }
    }
    if (is_done(search, beam, n_living, n_tokens)) return true;
    for (size_t i = 0; i < n_living; i++) {
        Prefix *longer = extend(search, &search->candidates[i], err);
        if (!longer) return false;
        batch_keep(&search->batch, search->candidates[i].row, longer);
    }
    return true;
}

/* A step of all sentences. The rows of a sentence are adjacent. */
static bool step(Search *search, Error *err) {
    Batch *batch = &search->batch;
    if (!batch_step(batch, err)) return false;
    for (size_t first = 0, n_rows; first < batch->n; first += n_rows) {
        size_t sentence = batch->prefixes[first]->sentence;
        n_rows = 1;
        while (first + n_rows < batch->n && batch->prefixes[first + n_rows]->sentence == sentence)
            n_rows++;
        if (!advance(search, &search->beams[sentence], first, n_rows, err)) return false;
    }
    return batch_advance(batch, err);
}

bool beam_search(const Model *model, const Tokens *const *sources, size_t n,
                 const SearchOptions *options, Hypothesis *const *hypotheses, Error *err) {
    Search search = {.config = &model->config, .N = options->beam, .n_beams = n};
    bool ok = batch_start(&search.batch, model, sources, NULL, n, options, err) &&
              search_alloc(&search, err);
    while (ok && search.batch.n) ok = step(&search, err);
    for (size_t s = 0; ok && s < n; s++) {
        const Beam *beam = &search.beams[s];
        for (size_t i = 0; ok && i < options->nbest && i < beam->n_finished; i++) {
            ok = hypothesis_trace(beam->finished[i].prefix, &hypotheses[s][i], err);
            hypotheses[s][i].cut = ok && beam->finished[i].cut;
        }
    }
    search_free(&search);
    return ok;
}
