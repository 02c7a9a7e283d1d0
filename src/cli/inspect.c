/* inspect.c: the contents of a model, with all checks */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/model_store.h"
#include "cli/output.h"
#include "cli/run.h"
#include "model/model.h"
#include "model/shape.h"
#include "nn/kernels/kernels.h"
#include "text/tags.h"

static const char *positions_of(const Model *model) {
    const Embedding *emb = &model->encoder.embedding;
    if (emb->positions) return "stored";
    return emb->sinusoids == SINUSOIDS_PAPER ? "sinusoids" : "sinusoids, Marian's own";
}

/* Prints an id, or "none". */
static void print_id(const char *name, int id, Buffer *out) {
    if (id < 0)
        buffer_format(out, "%s none", name);
    else
        buffer_format(out, "%s %d", name, id);
}

static void print_special_ids(const Config *c, Buffer *out) {
    buffer_string(out, "special ids         ");
    print_id("start", c->start, out);
    print_id(", </s>", c->eos, out);
    print_id(", <pad>", c->pad, out);
    buffer_byte(out, '\n');
}

/* Prints the target languages that tags can name. */
static void print_languages(const Tokenizer *tokenizer, Buffer *out) {
    if (!tokenizer->source.n_tags) return;
    buffer_format(out, "target languages    %zu:", tokenizer->source.n_tags);
    tags_list(tokenizer->source.vocab, TAGS_LANGUAGES, out);
    buffer_byte(out, '\n');
}

static void print_shortlist(const Model *model, Buffer *out) {
    const Shortlist *s = &model->shortlist;
    if (model->has_shortlist)
        buffer_format(out, "shortlist           %zu frequent pieces, %llu candidates for %zu\n",
                      s->frequent, (unsigned long long)s->offsets[s->n_offsets - 1],
                      s->n_offsets - 1);
}

/* Prints the type of the weights, from the decoder's output layer: all matrices of a model have the
   same type. */
static void print_weights(const Model *model, Buffer *out) {
    buffer_format(out, "weights in memory   %s, multiplied by the %s kernels\n",
                  weights_type_name(model->decoder.output.weight.type), kernels()->name);
}

static void print_config(const Model *model, const char *path, Buffer *out) {
    const Config *c = &model->config;
    buffer_format(out, "model               %s\n", path);
    buffer_format(out, "format              %s\n", model->format);
    if (model->settings) buffer_format(out, "decoding settings   %s\n", model->settings);
    buffer_format(out, "d_model             %zu\n", c->d_model);
    buffer_format(out, "encoder             %zu layers, %zu heads, ffn %zu\n", c->encoder_layers,
                  c->encoder_heads, c->encoder_ffn);
    buffer_format(out, "decoder             %zu layers, %zu heads, ffn %zu\n", c->decoder_layers,
                  c->decoder_heads, c->decoder_ffn);
    if (c->decoder_self == SELF_SSRU)
        buffer_format(out, "decoder's past      SSRU in self-attention's place\n");
    buffer_format(out, "activation          %s\n",
                  c->activation == ACTIVATION_RELU ? "relu" : "swish");
    if (c->separate_vocabs)
        buffer_format(out, "vocabulary          %zu source, %zu target pieces\n", c->source_vocab,
                      c->target_vocab);
    else
        buffer_format(out, "vocabulary          %zu pieces, shared\n", c->source_vocab);
    buffer_format(out, "output layer        %s\n",
                  c->tied_output ? "tied to the embedding" : "a matrix of its own");
    buffer_format(out, "positions           %s, %zu\n", positions_of(model), c->max_positions);
    print_special_ids(c, out);
    print_languages(&model->tokenizer, out);
    buffer_format(out, "longest translation %zu pieces\n", model_target_limit(model));
    buffer_string(out, "generation          ");
    generation_describe(&c->generation, out);
    buffer_byte(out, '\n');
    if (c->generation.unknown)
        buffer_format(out, "unknown settings    %s (ignored)\n", c->generation.unknown);
    if (c->has_alignment_head)
        buffer_format(out, "alignment head      layer %zu, head %zu\n", c->alignment_head.layer,
                      c->alignment_head.head);
    print_shortlist(model, out);
    print_weights(model, out);
}

static void print_tensors(const Tensors *tensors, Buffer *out) {
    size_t n_bytes = 0;
    buffer_format(out, "\n%-58s %-14s %-8s %10s\n", "tensor", "shape", "type", "bytes");
    for (size_t i = 0; i < tensors->n; i++) {
        const Tensor *t = &tensors->tensors[i];
        char shape[96];
        buffer_format(out, "%-58s %-14s %-8s %10zu\n", t->name,
                      shape_text(t->rank, t->shape, shape), dtype_name(t->dtype), t->n_bytes);
        n_bytes += t->n_bytes;
    }
    buffer_format(out, "%-58s %-14s %-8s %10zu\n", "total", "", "", n_bytes);
}

int command_inspect(const Options *options) {
    Error err = {0};
    Model *model = NULL;
    Output output = {.fd = -1};
    Buffer out = {0};
    char path[PATH_MAX];
    bool ok = model_store_find(options->n_texts ? options->texts[0] : NULL, path, &err) &&
              model_load(path, options->weights, &model, &err);
    if (ok) {
        print_config(model, path, &out);
        print_tensors(&model->tensors, &out);
        buffer_format(&out, "\n%zu parameters; every tensor accounted for, all checks passed\n",
                      model->n_parameters);
        ok = output_open(options->output, &output, &err) && output_write(&output, &out, &err);
        ok = output_close(&output, ok, &err);
    }
    buffer_free(&out);
    model_free(model);
    return ok ? EXIT_DONE : run_failed(&err);
}
