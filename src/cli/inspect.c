/* inspect.c: what a model directory holds, and whether it is sound */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/run.h"
#include "model/model.h"

static void print_config(const Model *model, const char *path, Buffer *out) {
    const Config *c = &model->config;
    buffer_format(out, "model               %s\n", path);
    buffer_format(out, "format              Hugging Face MarianMT\n");
    buffer_format(out, "d_model             %zu\n", c->d_model);
    buffer_format(out, "encoder             %zu layers, %zu heads, ffn %zu\n", c->encoder_layers,
                  c->encoder_heads, c->encoder_ffn);
    buffer_format(out, "decoder             %zu layers, %zu heads, ffn %zu\n", c->decoder_layers,
                  c->decoder_heads, c->decoder_ffn);
    buffer_format(out, "activation          %s\n",
                  c->activation == ACTIVATION_RELU ? "relu" : "swish");
    if (c->separate_vocabs)
        buffer_format(out, "vocabulary          %zu source, %zu target pieces\n", c->source_vocab,
                      c->target_vocab);
    else
        buffer_format(out, "vocabulary          %zu pieces, shared\n", c->source_vocab);
    buffer_format(out, "output layer        %s\n",
                  c->tied_output ? "tied to the embedding" : "a matrix of its own");
    buffer_format(out, "positions           %s, %zu\n",
                  model->encoder.embedding.positions ? "stored" : "sinusoids", c->max_positions);
    buffer_format(out, "special ids         start %d, </s> %d, <pad> %d\n", c->start, c->eos,
                  c->pad);
    buffer_format(out, "longest translation %zu pieces\n", model_target_limit(model));
    if (c->has_alignment_head)
        buffer_format(out, "alignment head      layer %zu, head %zu\n", c->alignment_head.layer,
                      c->alignment_head.head);
}

static void print_tensors(const Safetensors *file, Buffer *out) {
    size_t n_bytes = 0;
    buffer_format(out, "\n%-58s %-14s %-4s %10s\n", "tensor", "shape", "type", "bytes");
    for (size_t i = 0; i < file->n; i++) {
        const Tensor *t = &file->tensors[i];
        size_t size = t->n_elements * dtype_size(t->dtype);
        char shape[96];
        buffer_format(out, "%-58s %-14s %-4s %10zu\n", t->name,
                      tensor_shape_text(t->rank, t->shape, shape), dtype_name(t->dtype), size);
        n_bytes += size;
    }
    buffer_format(out, "%-58s %-14s %-4s %10zu\n", "total", "", "", n_bytes);
}

int command_inspect(const Options *options) {
    Error err = {0};
    Model *model = NULL;
    Output output = {.fd = -1};
    Buffer out = {0};
    const char *path = options->n_texts ? options->texts[0] : NULL;
    bool ok = (path || run_model_path(options, &path, &err)) && model_load(path, &model, &err);
    if (ok) {
        print_config(model, path, &out);
        print_tensors(&model->file, &out);
        buffer_format(&out, "\n%zu parameters; every tensor accounted for, all checks passed\n",
                      model->n_parameters);
        ok = output_open(options->output, &output, &err) && output_write(&output, &out, &err);
        ok = output_close(&output, ok, &err) && ok;
    }
    buffer_free(&out);
    model_free(model);
    return ok ? EXIT_DONE : run_failed(&err);
}
