#include "model/hf_marian.h"

#include <math.h>
#include <string.h>

#include "model/checkpoint.h"
#include "model/network.h"
#include "model/shape.h"

/* ---- the tables of token vectors ----

   Such a table has three uses: the source's tokens, the target's tokens, and the output layer's
   matrix. The config decides which of these uses share one table. A file may hold a shared table under
   the name of any of its uses, under several names, or as `shared`. */

/* In the order in which transformers looks for a table that is missing under its own name. */
typedef enum { SHARED, HEAD, DECODER, ENCODER, N_TABLES } TableName;

static const char *const table_names[N_TABLES] = {
    [SHARED] = "model.shared.weight",
    [HEAD] = "lm_head.weight",
    [DECODER] = "model.decoder.embed_tokens.weight",
    [ENCODER] = "model.encoder.embed_tokens.weight",
};

/* Names with the same number share a table: [separate vocabularies][tied output]. */
static const unsigned char tied_groups[2][2][N_TABLES] = {
    {{[SHARED] = 0, [HEAD] = 1, [DECODER] = 0, [ENCODER] = 0},
     {[SHARED] = 0, [HEAD] = 0, [DECODER] = 0, [ENCODER] = 0}},
    {{[SHARED] = 3, [HEAD] = 2, [DECODER] = 1, [ENCODER] = 0},
     {[SHARED] = 3, [HEAD] = 1, [DECODER] = 1, [ENCODER] = 0}},
};

/* The state of reading the tables. */
typedef struct {
    WeightReader *reader;
    const Config *config;
    const unsigned char *group;    // [N_TABLES] of tied_groups
    const Tensor *read[N_TABLES];  // the tensors read so far
    Weights weights[N_TABLES];     // the weights made from them
} Tables;

static size_t rows_of(const Tables *t, TableName use) {
    return use == SHARED || use == ENCODER ? t->config->source_vocab : t->config->target_vocab;
}

/* The name of the table with this use in the file: its own name if the file has it, else the first name
   of its group in the file. If there is none, the name for the error. */
static TableName find_table(const Tables *t, TableName use) {
    const Tensors *tensors = t->reader->tensors;
    if (tensors_find(tensors, table_names[use])) return use;
    for (TableName name = SHARED; name < N_TABLES; name++)
        if (t->group[name] == t->group[use] && tensors_find(tensors, table_names[name]))
            return name;
    return t->group[use] == t->group[SHARED] ? SHARED : use;
}

static bool is_copy(const Tensor *a, const Tensor *b) {
    return a->dtype == b->dtype && a->n_bytes == b->n_bytes && a->rank == b->rank &&
           memcmp(a->shape, b->shape, sizeof a->shape) == 0 &&
           (a->data == b->data || memcmp(a->data, b->data, a->n_bytes) == 0);
}

/* Whether the tensor is that of the output layer. */
static bool is_output(const Tables *t, const Tensor *tensor) {
    const Tensor *head = tensors_find(t->reader->tensors, table_names[find_table(t, HEAD)]);
    return tensor && head && is_copy(tensor, head);
}

/* Reads the table for this use. A table that was read before, or a copy of it, shares the weights. Only
   the output layer's is packed. */
static bool read_table(Tables *t, TableName use, Weights *weights) {
    TableName name = find_table(t, use);
    size_t rows = rows_of(t, use), d = t->config->d_model;
    const Tensor *tensor = tensors_find(t->reader->tensors, table_names[name]);
    for (TableName other = SHARED; tensor && other < N_TABLES; other++) {
        const Tensor *known = t->read[other];
        if (!known || known->shape[0] != rows || !is_copy(tensor, known)) continue;
        *weights = t->weights[other];
        return true;
    }
    bool ok = is_output(t, tensor)
                  ? network_weights(t->reader, table_names[name], rows, d, false, weights)
                  : network_rows(t->reader, table_names[name], rows, d, weights);
    if (!ok) return false;
    t->read[name] = tensor;
    t->weights[name] = *weights;
    return true;
}

/* Copies are not read, but must have the shape of the table. */
static bool check_copies(const Tables *t) {
    for (TableName name = SHARED; name < N_TABLES; name++) {
        Tensor *copy = tensors_find(t->reader->tensors, table_names[name]);
        size_t rows = rows_of(t, name), d = t->config->d_model;
        char found[96];
        if (!copy) continue;
        copy->used = true;
        if (copy->rank != 2 || copy->shape[0] != rows || copy->shape[1] != d)
            return error_set(t->reader->err, "%s: tensor %s is %s, expected a copy of [%zu, %zu]",
                             copy->file->path, copy->name,
                             shape_text(copy->rank, copy->shape, found), rows, d);
    }
    return true;
}

/* logits = x Eᵀ + b: all of it except E. */
static bool read_bias(WeightReader *r, const Config *c, Linear *output) {
    output->n_in = c->d_model;
    output->n_out = c->target_vocab;
    output->bias = network_floats(r, "final_logits_bias", 2, (size_t[]){1, c->target_vocab});
    return output->bias != NULL;
}

/* The tables, and the output layer with them. */
static bool read_tables(WeightReader *r, Model *model) {
    Config *c = &model->config;
    Tables tables = {.reader = r, .config = c};
    tables.group = tied_groups[c->separate_vocabs][c->tied_output];
    Weights *source = &model->encoder.embedding.tokens, *target = &model->decoder.embedding.tokens;
    Weights *output = &model->decoder.output.weight;
    if (!read_table(&tables, ENCODER, source) || !read_table(&tables, DECODER, target) ||
        !read_table(&tables, HEAD, output))
        return false;
    c->tied_output = output->data == target->data;
    return check_copies(&tables) && read_bias(r, c, &model->decoder.output) &&
           network_screen(r, table_names[find_table(&tables, HEAD)], false, &model->decoder);
}

/* ---- the rest ---- */

/* Reads an embedding without its token table. Older files store the sinusoids, newer ones do not. */
static bool read_positions(WeightReader *r, const Config *c, const char *name, Embedding *emb) {
    *emb = (Embedding){.d = c->d_model, .max_positions = c->max_positions};
    emb->scale = c->scale_embedding ? sqrtf((float)c->d_model) : 1.0F;
    if (!tensors_find(r->tensors, name)) return true;
    emb->positions = network_floats(r, name, 2, (size_t[]){c->max_positions, c->d_model});
    return emb->positions != NULL;
}

static bool read_model(WeightReader *r, Model *model) {
    const Config *c = &model->config;
    return network_reserve(r) &&
           read_positions(r, c, "model.encoder.embed_positions.weight",
                          &model->encoder.embedding) &&
           read_positions(r, c, "model.decoder.embed_positions.weight",
                          &model->decoder.embedding) &&
           read_tables(r, model) && network_layers(r, model) && network_all_used(r);
}

bool hf_marian_load(const char *directory, const char *weights, Model *model, Error *err) {
    Config *c = &model->config;
    const char *path = NULL;
    model->format = "Hugging Face MarianMT";
    if (!config_load(directory, c, &model->arena, err)) return false;
    if (weights && !(path = file_path(directory, weights, &model->arena, err))) return false;
    WeightReader reader = network_reader(model, &naming_hugging_face, err);
    if (!checkpoint_open(directory, path, &model->tensors, &model->arena, err) ||
        !read_model(&reader, model))
        return false;
    model->n_parameters = reader.n_parameters;
    return tokenizer_load(directory, c->source_vocab, c->separate_vocabs ? c->target_vocab : 0,
                          &model->tokenizer, &model->arena, err);
}
