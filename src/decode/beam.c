#include "decode/beam.h"

#include <math.h>

/* A living hypothesis with one more token. */
typedef struct {
    size_t row;
    int id;
    float logprob;
    double score;  // Σ log p of the whole
} Candidate;

/* One sentence's search. */
typedef struct {
    size_t n_living, n_finished;
    size_t limit;          // tokens of a translation
    Hypothesis *living;    // [N] row by row
    Hypothesis *next;      // [N] those of the next step, in the making
    Hypothesis *finished;  // [N] best first
    size_t *parents;       // [n_living] the row that each of the living continues
    bool done;
} Beam;

/* What all sentences of a batch share. */
typedef struct {
    const Model *model;
    const SearchOptions *options;
    size_t N, n_beams, n_steps;
    Beam *beams;              // [n_beams], one a sentence
    Candidate *candidates;    // [2N], of the sentence at hand
    Hypothesis **hypotheses;  // [rows.n] in the order of the decoder's rows
    Rows rows;
    Arena work;
} Search;

static double penalized(const Search *search, double score, size_t n_tokens) {
    return score / pow((double)n_tokens, (double)search->options->length_penalty);
}

static double finished_score(const Search *search, const Beam *beam, size_t i) {
    return penalized(search, beam->finished[i].score, beam->finished[i].n);
}

static bool search_alloc(Search *search, const Tokens *const *sources, Error *err) {
    static const char what[] = "a beam";
    size_t N = search->N, n = search->n_beams;
    search->beams = arena_array(&search->work, n, sizeof *search->beams, what, err);
    search->candidates = arena_array(&search->work, 2 * N, sizeof(Candidate), what, err);
    search->hypotheses = arena_array(&search->work, n * N, sizeof(Hypothesis *), what, err);
    if (!search->beams || !search->candidates || !search->hypotheses) return false;
    for (size_t s = 0; s < n; s++) {
        Beam *beam = &search->beams[s];
        Hypothesis *all = arena_array(&search->work, 3 * N, sizeof *all, what, err);
        size_t *parents = arena_array(&search->work, N, sizeof *parents, what, err);
        if (!all || !parents) return false;
        for (size_t i = 0; i < 3 * N; i++)
            all[i] = rows_hypothesis(search->model, sources[s], search->options);
        *beam = (Beam){.n_living = 1,
                       .limit = rows_limit(search->model, sources[s], search->options),
                       .living = all,
                       .next = all + N,
                       .finished = all + 2 * N,
                       .parents = parents};
        search->hypotheses[s] = beam->living;
    }
    return true;
}

static void search_free(Search *search) {
    for (size_t s = 0; search->beams && s < search->n_beams; s++)
        for (size_t i = 0; i < search->N && search->beams[s].living; i++) {
            hypothesis_free(&search->beams[s].living[i]);
            hypothesis_free(&search->beams[s].next[i]);
            hypothesis_free(&search->beams[s].finished[i]);
        }
    rows_free(&search->rows);
    arena_free(&search->work);
}

/* Keeps the list of the `most` best, in order; of equals the first stays in front. */
static size_t insert(Candidate *list, size_t n, size_t most, Candidate candidate) {
    if (n == most && !(candidate.score > list[n - 1].score)) return n;
    size_t at = n < most ? n++ : n - 1;
    for (; at > 0 && candidate.score > list[at - 1].score; at--) list[at] = list[at - 1];
    list[at] = candidate;
    return n;
}

/* The 2N best continuations of a sentence whose living hypotheses are the rows from `first` on. */
static size_t find_candidates(Search *search, const Beam *beam, size_t first, bool force_eos) {
    size_t n = 0, most = 2 * search->N;
    for (size_t i = 0; i < beam->n_living; i++) {
        double score = beam->living[i].score;
        if (force_eos) {  // as it is forced it is certain: log p = 0
            Candidate only = {first + i, search->model->config.forced_eos, 0.0F, score};
            n = insert(search->candidates, n, most, only);
            continue;
        }
        RowLogits logits = rows_logits(&search->rows, first + i);
        float log_sum = search->rows.log_sums[first + i];
        for (size_t k = 0; k < logits.candidates.n; k++) {
            float logprob = logits.values[k] - log_sum;
            if (isinf(logprob)) continue;  // banned
            Candidate candidate = {first + i, rows_token(&logits, k), logprob,
                                   score + (double)logprob};
            n = insert(search->candidates, n, most, candidate);
        }
    }
    return n;
}

/* Makes *to what a candidate is: a copy of its row's hypothesis and its token. */
static bool extend(const Search *search, const Candidate *candidate, Hypothesis *to, Error *err) {
    if (!hypothesis_copy(search->hypotheses[candidate->row], to, err)) return false;
    hypothesis_append(to, candidate->id, candidate->logprob);
    return true;
}

/* Puts a candidate among the finished, if it is good enough. */
static bool finish(Search *search, Beam *beam, const Candidate *candidate, bool last, Error *err) {
    size_t N = search->N, at = beam->n_finished;
    double score = penalized(search, candidate->score, search->n_steps + 1);
    while (at > 0 && score > finished_score(search, beam, at - 1)) at--;
    if (at == N) return true;
    Hypothesis spare = beam->finished[N - 1];  // the one that falls out, or one not used yet
    for (size_t i = N - 1; i > at; i--) beam->finished[i] = beam->finished[i - 1];
    Hypothesis *place = &beam->finished[at];
    *place = spare;
    if (beam->n_finished < N) beam->n_finished++;
    if (!extend(search, candidate, place, err)) return false;
    const Config *c = &search->model->config;
    int own = c->forced_eos >= 0 ? rows_best(&search->rows, candidate->row) : candidate->id;
    place->cut = last && own != c->eos;
    return true;
}

/* Whether a sentence's search is over. */
static bool is_done(const Search *search, const Beam *beam) {
    if (!beam->n_living) return true;
    if (beam->n_finished < search->N) return false;
    double hope = penalized(search, beam->living[0].score, beam->living[0].n);
    return hope <= finished_score(search, beam, search->N - 1);
}

/* One sentence's step, from the logits of its rows, which begin at `first`. */
static bool advance(Search *search, Beam *beam, size_t first, Error *err) {
    const Config *c = &search->model->config;
    bool last = search->n_steps + 1 == beam->limit;
    size_t n = find_candidates(search, beam, first, last && c->forced_eos >= 0), n_next = 0;
    for (size_t i = 0; i < n; i++) {
        const Candidate *candidate = &search->candidates[i];
        if (last || candidate->id == c->eos) {
            if (i < search->N && !finish(search, beam, candidate, last, err)) return false;
        } else if (n_next < search->N) {
            beam->parents[n_next] = candidate->row;
            if (!extend(search, candidate, &beam->next[n_next++], err)) return false;
        }
    }
    Hypothesis *before = beam->living;
    beam->living = beam->next;
    beam->next = before;
    beam->n_living = n_next;
    beam->done = is_done(search, beam);
    return true;
}

/* Lines the living hypotheses of all sentences up as the decoder's rows. */
static bool line_up(Search *search, Error *err) {
    Rows *rows = &search->rows;
    rows->n = 0;
    for (size_t s = 0; s < search->n_beams; s++) {
        const Beam *beam = &search->beams[s];
        for (size_t i = 0; !beam->done && i < beam->n_living; i++, rows->n++) {
            Hypothesis *h = &beam->living[i];
            search->hypotheses[rows->n] = h;
            rows->parent[rows->n] = beam->parents[i];
            rows->ids[rows->n] = h->ids[h->n - 1];
        }
    }
    return decoder_reorder(rows->state, rows->parent, rows->n, err);
}

static bool step(Search *search, Error *err) {
    if (!rows_step(search->model, &search->rows, search->hypotheses, err)) return false;
    size_t first = 0;
    for (size_t s = 0; s < search->n_beams; s++) {
        Beam *beam = &search->beams[s];
        size_t n_rows = beam->done ? 0 : beam->n_living;
        if (n_rows && !advance(search, beam, first, err)) return false;
        first += n_rows;
    }
    search->n_steps++;
    return line_up(search, err);
}

bool beam_search(const Model *model, const Tokens *const *sources, size_t n,
                 const SearchOptions *options, Hypothesis *const *hypotheses, Error *err) {
    Search search = {.model = model, .options = options, .N = options->beam, .n_beams = n};
    bool ok = rows_start(model, sources, n, search.N, true, options->shortlist, options,
                         &search.rows, &search.work, err) &&
              search_alloc(&search, sources, err);
    while (ok && search.rows.n) ok = step(&search, err);
    for (size_t s = 0; ok && s < n; s++)
        for (size_t i = 0; i < options->nbest && i < search.beams[s].n_finished; i++) {
            hypotheses[s][i] = search.beams[s].finished[i];
            search.beams[s].finished[i] = (Hypothesis){0};
        }
    search_free(&search);
    return ok;
}
