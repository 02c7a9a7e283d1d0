#include "network.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "backward.h"
#include "random.h"

static size_t count_weights(NetworkShape s) {
    size_t attention = 4 * (s.d * s.d + s.d), norm = 2 * s.d, ffn = 2 * s.d * s.ffn + s.ffn + s.d;
    return s.vocab * s.d + s.vocab + s.encoder_layers * (attention + ffn + 2 * norm) +
           s.decoder_layers * (2 * attention + ffn + 3 * norm);
}

/* The next tensor, SCOPE.NAME [rows][cols], a vector if rows is 0. Returns its place. */
static float *place(Network *net, const char *scope, const char *name, size_t rows, size_t cols) {
    Parameter *p = &net->parameters[net->n_parameters++];
    *p = (Parameter){.rank = rows ? 2 : 1, .size = (rows ? rows : 1) * cols, .scale = 1.0F};
    p->shape[0] = rows ? rows : cols;
    p->shape[1] = cols;
    p->values = net->weights + net->n_weights;
    net->n_weights += p->size;
    snprintf(p->name, sizeof p->name, "%s%s", scope, name);
    return p->values;
}

static Linear place_linear(Network *net, const char *scope, const char *part, size_t in,
                           size_t out) {
    char weight[32], bias[32];
    snprintf(weight, sizeof weight, "%s.weight", part);
    snprintf(bias, sizeof bias, "%s.bias", part);
    place(net, scope, weight, out, in);  // before the bias: plain_weight
    return (Linear){.n_in = in, .n_out = out, .bias = place(net, scope, bias, 0, out)};
}

static LayerNorm place_norm(Network *net, const char *scope, const char *part) {
    char gain[32], bias[32];
    size_t d = net->shape.d;
    snprintf(gain, sizeof gain, "%s_layer_norm.weight", part);
    snprintf(bias, sizeof bias, "%s_layer_norm.bias", part);
    return (LayerNorm){d, place(net, scope, gain, 0, d), place(net, scope, bias, 0, d), 1e-5F};
}

/* Without the 1/√dh that attention_forward has: q kᵀ = (√dh q) kᵀ / √dh, so this is the network whose
   query weights are √dh times as large, and move √dh times as far. Its file is like any other. */
static Attention place_attention(Network *net, const char *scope, const char *part) {
    char inner[64];
    size_t d = net->shape.d, first = net->n_parameters;
    snprintf(inner, sizeof inner, "%s%s.", scope, part);
    Attention att = {place_linear(net, inner, "q_proj", d, d),
                     place_linear(net, inner, "k_proj", d, d),
                     place_linear(net, inner, "v_proj", d, d),
                     place_linear(net, inner, "out_proj", d, d), net->shape.heads};
    if (net->experiment.no_scaling)
        for (size_t i = first; i < first + 2; i++)
            net->parameters[i].scale = sqrtf((float)d / (float)net->shape.heads);
    return att;
}

static FeedForward place_ffn(Network *net, const char *scope) {
    size_t d = net->shape.d, f = net->shape.ffn;
    return (FeedForward){place_linear(net, scope, "fc1", d, f),
                         place_linear(net, scope, "fc2", f, d), net->shape.activation};
}

static void place_layers(Network *net) {
    char scope[48];
    for (size_t i = 0; i < net->encoder.n_layers; i++) {
        EncoderLayer *layer = &net->encoder.layers[i];
        snprintf(scope, sizeof scope, "model.encoder.layers.%zu.", i);
        layer->self = place_attention(net, scope, "self_attn");
        layer->self_norm = place_norm(net, scope, "self_attn");
        layer->ffn = place_ffn(net, scope);
        layer->ffn_norm = place_norm(net, scope, "final");
    }
    for (size_t i = 0; i < net->decoder.n_layers; i++) {
        DecoderLayer *layer = &net->decoder.layers[i];
        snprintf(scope, sizeof scope, "model.decoder.layers.%zu.", i);
        layer->self = place_attention(net, scope, "self_attn");
        layer->self_norm = place_norm(net, scope, "self_attn");
        layer->cross = place_attention(net, scope, "encoder_attn");
        layer->cross_norm = place_norm(net, scope, "encoder_attn");
        layer->ffn = place_ffn(net, scope);
        layer->ffn_norm = place_norm(net, scope, "final");
    }
}

bool network_make(Network *net, NetworkShape shape, Experiment experiment, Arena *arena,
                  Error *err) {
    static const char what[] = "a network";
    size_t n_encoder = shape.encoder_layers, n_decoder = shape.decoder_layers, d = shape.d;
    *net = (Network){.shape = shape, .experiment = experiment};
    net->encoder.n_layers = n_encoder;
    net->decoder.n_layers = n_decoder;
    float *zeros = arena_floats(arena, MOST_POSITIONS * d, what, err);
    net->weights = arena_floats(arena, count_weights(shape), what, err);
    net->parameters =
        arena_array(arena, 2 + 16 * n_encoder + 26 * n_decoder, sizeof(Parameter), what, err);
    net->encoder.layers = arena_array(arena, n_encoder, sizeof(EncoderLayer), what, err);
    net->decoder.layers = arena_array(arena, n_decoder, sizeof(DecoderLayer), what, err);
    if (!zeros || !net->weights || !net->parameters || !net->encoder.layers || !net->decoder.layers)
        return false;
    Embedding emb = {.d = d, .max_positions = MOST_POSITIONS, .scale = sqrtf((float)d)};
    emb.positions = experiment.no_positions ? zeros : NULL;
    net->encoder.embedding = net->decoder.embedding = emb;
    net->decoder.output = (Linear){.n_in = d, .n_out = shape.vocab};
    place(net, "model.", "shared.weight", shape.vocab, d);
    net->decoder.output.bias = place(net, "", "final_logits_bias", 1, shape.vocab);
    place_layers(net);
    return true;
}

void network_free(Network *net) { arena_free(&net->packed); }

static bool pack(Network *net, Linear *linear, Error *err) {
    return linear_of_floats(plain_weight(linear), linear->bias, linear->n_in, linear->n_out, linear,
                            &net->packed, err);
}

static bool pack_attention(Network *net, Attention *att, Error *err) {
    return pack(net, &att->query, err) && pack(net, &att->key, err) &&
           pack(net, &att->value, err) && pack(net, &att->output, err);
}

bool network_pack(Network *net, Error *err) {
    arena_free(&net->packed);
    bool ok = pack(net, &net->decoder.output, err);
    net->encoder.embedding.tokens = net->decoder.embedding.tokens = net->decoder.output.weight;
    for (size_t i = 0; ok && i < net->encoder.n_layers; i++) {
        EncoderLayer *layer = &net->encoder.layers[i];
        ok = pack_attention(net, &layer->self, err) && pack(net, &layer->ffn.inner, err) &&
             pack(net, &layer->ffn.outer, err);
    }
    for (size_t i = 0; ok && i < net->decoder.n_layers; i++) {
        DecoderLayer *layer = &net->decoder.layers[i];
        ok = pack_attention(net, &layer->self, err) && pack_attention(net, &layer->cross, err) &&
             pack(net, &layer->ffn.inner, err) && pack(net, &layer->ffn.outer, err);
    }
    return ok;
}

void network_initialise(Network *net, unsigned seed) {
    Random random = random_start(seed);
    for (size_t i = 0; i < net->n_parameters; i++) {
        Parameter *p = &net->parameters[i];
        bool is_gain = strstr(p->name, "norm.weight") != NULL;
        bool is_bias = p->rank == 1 || p->shape[0] == 1;
        bool is_embedding = p->values == net->weights;  // its V rows are looked up one at a time
        size_t in_and_out = p->shape[1] + (is_embedding ? net->shape.d : p->shape[0]);
        float bound = is_bias ? 0.0F : p->scale * sqrtf(6.0F / (float)in_and_out);
        for (size_t k = 0; k < p->size; k++)
            p->values[k] = is_gain ? 1.0F : random_float(&random, bound);
    }
}
