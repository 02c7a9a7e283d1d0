#include "tiny_firefox.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "marian_file.h"
#include "npz_save.h"
#include "tiny_model.h"

static const char logit_bias[] = "decoder_ff_logit_out_b";

typedef struct {
    const TinyFirefox *options;
    MarianFile file;
    uint32_t random;
} Writer;

TinyFirefox tiny_firefox_default(void) {
    return (TinyFirefox){.d = 12,
                         .heads = 3,
                         .ffn = 20,
                         .encoder_layers = 2,
                         .decoder_layers = 2,
                         .source_vocab = 60,
                         .target_vocab = 60};
}

/* -127 … 127 */
static int8_t next_byte(Writer *w) {
    w->random ^= w->random << 13;
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    return (int8_t)((int)(w->random >> 8 & 255) % 255 - 127);
}

static bool is_it(const char *name, const char *wanted) { return wanted && !strcmp(name, wanted); }

static void *alloc(size_t n) {
    void *bytes = malloc(n);
    assert_non_null(bytes);
    return bytes;
}

/* Adds a vector with numbers around `middle`. */
static void add_vector(Writer *w, const char *name, int32_t n, float middle) {
    if (is_it(name, w->options->missing)) return;
    int32_t more = is_it(name, w->options->misshapen);
    float *values = alloc((size_t)(n + more) * sizeof *values);
    for (int32_t i = 0; i < n + more; i++) values[i] = middle + (float)next_byte(w) / 512.0F;
    if (strcmp(name, logit_bias) == 0) {
        values[0] += w->options->eos_bias;
        values[1] += w->options->unk_bias;
    }
    marian_file_floats(&w->file, name, 1, n + more, values);
    free(values);
}

static void add_floats(Writer *w, const char *name, int32_t rows, int32_t cols, bool table,
                       const int8_t *bytes, float multiplier) {
    float *values = alloc((size_t)rows * (size_t)cols * sizeof *values);
    for (int32_t r = 0; r < rows; r++)
        for (int32_t c = 0; c < cols; c++)
            values[r * cols + c] = (float)bytes[table ? r * cols + c : c * rows + r] / multiplier;
    marian_file_floats(&w->file, name, rows, cols, values);
    free(values);
}

/* Adds a matrix of shape [rows][cols]. Its bytes are transposed, unless it is a table. */
static void add_matrix(Writer *w, const char *name, int32_t rows, int32_t cols, bool table) {
    float multiplier = 80.0F * sqrtf((float)(table ? cols : rows));
    char scale[128];
    size_t n = (size_t)rows * (size_t)cols;
    int8_t *bytes = alloc(n);
    for (size_t i = 0; i < n; i++) bytes[i] = next_byte(w);
    if (is_it(name, w->options->missing)) {
        free(bytes);
        return;
    }
    if (w->options->floats) {
        add_floats(w, name, rows, cols, table, bytes, multiplier);
    } else {
        snprintf(scale, sizeof scale, "%s_QuantMultA", name);
        marian_file_int8(&w->file, name, rows, cols, bytes, multiplier);
        marian_file_floats(&w->file, scale, 1, 1, &multiplier);
    }
    free(bytes);
}

/* Adds LAYER_W, and LAYER_B if there is a bias. */
static void add_linear(Writer *w, const char *layer, const char *weight, const char *bias,
                       int32_t n_in, int32_t n_out) {
    char name[96];
    snprintf(name, sizeof name, "%s_%s", layer, weight);
    add_matrix(w, name, n_in, n_out, false);
    snprintf(name, sizeof name, "%s_%s", layer, bias);
    if (*bias) add_vector(w, name, n_out, 0.0F);
}

static void add_norm(Writer *w, const char *layer) {
    char name[96];
    snprintf(name, sizeof name, "%s_ln_scale", layer);
    add_vector(w, name, w->options->d, 1.0F);
    snprintf(name, sizeof name, "%s_ln_bias", layer);
    add_vector(w, name, w->options->d, 0.0F);
}

static void add_attention(Writer *w, const char *layer) {
    int32_t d = w->options->d;
    char norm[64];
    add_linear(w, layer, "Wq", "bq", d, d);
    add_linear(w, layer, "Wk", "bk", d, d);
    add_linear(w, layer, "Wv", "bv", d, d);
    add_linear(w, layer, "Wo", "bo", d, d);
    snprintf(norm, sizeof norm, "%s_Wo", layer);
    add_norm(w, norm);
}

static void add_ssru(Writer *w, const char *layer) {
    char norm[64];
    add_linear(w, layer, "W", "", w->options->d, w->options->d);
    add_linear(w, layer, "Wf", "bf", w->options->d, w->options->d);
    snprintf(norm, sizeof norm, "%s_ffn", layer);
    add_norm(w, norm);
}

static void add_ffn(Writer *w, const char *layer) {
    char norm[64];
    add_linear(w, layer, "W1", "b1", w->options->d, w->options->ffn);
    add_linear(w, layer, "W2", "b2", w->options->ffn, w->options->d);
    snprintf(norm, sizeof norm, "%s_ffn", layer);
    add_norm(w, norm);
}

static void add_layers(Writer *w) {
    char name[48];
    for (int i = 1; i <= w->options->encoder_layers; i++) {
        snprintf(name, sizeof name, "encoder_l%d_self", i);
        add_attention(w, name);
        snprintf(name, sizeof name, "encoder_l%d_ffn", i);
        add_ffn(w, name);
    }
    for (int i = 1; i <= w->options->decoder_layers; i++) {
        snprintf(name, sizeof name, "decoder_l%d_%s", i, w->options->attention ? "self" : "rnn");
        if (w->options->attention)
            add_attention(w, name);
        else
            add_ssru(w, name);
        snprintf(name, sizeof name, "decoder_l%d_context", i);
        add_attention(w, name);
        snprintf(name, sizeof name, "decoder_l%d_ffn", i);
        add_ffn(w, name);
    }
}

static void add_tables(Writer *w) {
    const TinyFirefox *o = w->options;
    if (o->separate) {
        add_matrix(w, "encoder_Wemb", o->source_vocab, o->d, true);
        add_matrix(w, "decoder_Wemb", o->target_vocab, o->d, true);
    } else {
        add_matrix(w, "Wemb", o->source_vocab, o->d, true);
    }
    if (o->untied) add_matrix(w, "decoder_ff_logit_out_W", o->d, o->target_vocab, false);
    add_vector(w, logit_bias, o->target_vocab, 0.0F);
    if (o->positions) add_matrix(w, "Wpos", o->positions, o->d, true);
}

static void add_settings(Writer *w) {
    const TinyFirefox *o = w->options;
    Buffer text = {0}, changed = {0};
    buffer_format(&text,
                  "dec-cell: ssru\ndec-depth: %d\ndim-emb: %d\ndim-vocabs:\n  - %d\n  - %d\n"
                  "enc-depth: %d\ninput-types: []\ntied-embeddings: %s\ntied-embeddings-all: %s\n"
                  "tied-embeddings-src: %s\ntransformer-decoder-autoreg: %s\n"
                  "transformer-dim-ffn: %d\ntransformer-ffn-activation: relu\n",
                  o->decoder_layers, o->d, o->source_vocab, o->target_vocab, o->encoder_layers,
                  o->separate && !o->untied ? "true" : "false",
                  o->separate || o->untied ? "false" : "true",
                  o->untied && !o->separate ? "true" : "false",
                  o->attention ? "self-attention" : "rnn", o->ffn);
    buffer_format(&text,
                  "transformer-guided-alignment-layer: last\ntransformer-heads: %d\n"
                  "transformer-postprocess: dan\ntransformer-preprocess: \"\"\n"
                  "transformer-tied-layers: []\ntype: transformer\nversion: v1.9.56 a:b\n",
                  o->heads);
    const char *at = o->from ? strstr(text.data, o->from) : NULL;
    assert_true(!o->from || at);
    size_t before = at ? (size_t)(at - text.data) : text.size;
    buffer_append(&changed, text.data, before);
    if (at) buffer_format(&changed, "%s%s", o->to, at + strlen(o->from));
    if (!is_it("special:model.yml", o->missing))
        marian_file_text(&w->file, "special:model.yml", changed.data);
    buffer_free(&text);
    buffer_free(&changed);
}

/* ---- vocabularies and shortlist ---- */

static void piece_text(int32_t id, char text[16]) {
    int i = id - 2;
    if (id < 2)
        snprintf(text, 16, "%s", id == 0 ? "</s>" : "<unk>");
    else if (i < 26)
        snprintf(text, 16, "\xE2\x96\x81%c", 'a' + i);
    else if (i < 52)
        snprintf(text, 16, "%c", 'a' + i - 26);
    else if (i < 52 + 26 * 26)
        snprintf(text, 16, "\xE2\x96\x81%c%c", 'a' + (i - 52) / 26, 'a' + (i - 52) % 26);
    else
        snprintf(text, 16, "\xE2\x96\x81%d", i);
}

/* ModelProto: field 1, messages of {1 piece, 2 score, 3 type}. */
static void write_spm(const char *directory, const char *name, int32_t n, bool backwards) {
    Buffer file = {0};
    for (int32_t id = 0; id < n; id++) {
        char text[16];
        float score = -1.0F - 0.01F * (float)id;
        piece_text(id < 2 || !backwards ? id : n + 1 - id, text);
        Buffer piece = {0};
        buffer_format(&piece, "\n%c%s\x15", (int)strlen(text), text);
        buffer_append(&piece, &score, sizeof score);
        buffer_format(&piece, "\x18%c", id == 0 ? 3 : id == 1 ? 2 : 1);
        buffer_format(&file, "\n%c", (int)piece.size);
        buffer_append(&file, piece.data, piece.size);
        buffer_free(&piece);
    }
    assert_false(file.failed);
    tiny_file_write(directory, name, file.data, file.size);
    buffer_free(&file);
}

void tiny_shortlist_mend(char *file, size_t size) {
    uint64_t checksum = 0, word;
    for (size_t at = 2 * sizeof word; at + sizeof word <= size; at += sizeof word) {
        memcpy(&word, file + at, sizeof word);
        checksum ^= word + 0x9e3779b9U + (checksum << 6) + (checksum >> 2);
    }
    if (size >= 2 * sizeof word) memcpy(file + sizeof word, &checksum, sizeof checksum);
}

static void write_shortlist(const char *directory, const TinyFirefox *o) {
    uint64_t n = (uint64_t)o->source_vocab;
    const uint64_t header[] = {UINT64_C(0xF11A48D5013417F5), 0, 2, 2, n + 1, 2 * n};
    Buffer file = {0};
    buffer_append(&file, &header, sizeof header);
    for (uint64_t w = 0; w <= n; w++) buffer_append(&file, &(uint64_t){2 * w}, sizeof w);
    for (int32_t w = 0; w < o->source_vocab; w++)
        buffer_append(&file,
                      (uint32_t[]){(uint32_t)((w + 1) % o->target_vocab),
                                   (uint32_t)((w + 3) % o->target_vocab)},
                      2 * sizeof(uint32_t));
    assert_false(file.failed);
    tiny_shortlist_mend(file.data, file.size);
    tiny_file_write(directory, "lex.xxyy.s2t.bin", file.data, file.size);
    buffer_free(&file);
}

/* A line for each piece, in the order of the ids. */
static void write_yaml(const char *directory, const char *name, int32_t n) {
    Buffer file = {0};
    for (int32_t id = 0; id < n; id++) {
        char text[16];
        piece_text(id, text);
        buffer_format(&file, id % 3 ? "%s: %d\n" : "\"%s\": %d\n", text, (int)id);
    }
    assert_false(file.failed);
    tiny_file_write(directory, name, file.data, file.size);
    buffer_free(&file);
}

static char *make_directory(void) {
    const char *parent = getenv("TMPDIR");
    char *directory = alloc(512);
    snprintf(directory, 512, "%s/xattn-tiny-XXXXXX", parent ? parent : "/tmp");
    assert_non_null(mkdtemp(directory));
    return directory;
}

static void write_weights(const char *directory, const TinyFirefox *o) {
    Writer w = {.options = o, .random = 2463534242U};
    Buffer bytes = {0};
    add_tables(&w);
    add_layers(&w);
    add_settings(&w);
    if (o->unexpected) add_vector(&w, o->unexpected, o->d, 0.0F);
    marian_file_finish(&w.file, &bytes);
    tiny_file_write(directory, "model.xxyy.bin", bytes.data, bytes.size);
    buffer_free(&bytes);
}

char *tiny_firefox_write(const TinyFirefox *o) {
    char *directory = make_directory();
    write_weights(directory, o);
    if (o->separate) {
        write_spm(directory, "srcvocab.xxyy.spm", o->source_vocab, false);
        write_spm(directory, "trgvocab.xxyy.spm", o->target_vocab, true);
    } else {
        write_spm(directory, "vocab.xxyy.spm", o->source_vocab, false);
    }
    if (o->shortlist) write_shortlist(directory, o);
    return directory;
}

char *tiny_opus_write(const TinyFirefox *o) {
    static const char settings[] =
        "relative-paths: true\nmodels:\n  - " TINY_OPUS_WEIGHTS
        "\n"
        "vocabs:\n  - %s\n  - %s\nbeam-size: 6\nnormalize: 1\nword-penalty: 0\n";
    static const char source[] = "opus.src.vocab.yml", target[] = "opus.trg.vocab.yml",
                      shared[] = "opus.vocab.yml";
    char *directory = make_directory(), path[600];
    write_weights(directory, o);
    npz_save(directory, "model.xxyy.bin", TINY_OPUS_WEIGHTS, false);
    snprintf(path, sizeof path, "%s/model.xxyy.bin", directory);
    assert_int_equal(remove(path), 0);
    write_yaml(directory, o->separate ? source : shared, o->source_vocab);
    if (o->separate) write_yaml(directory, target, o->target_vocab);
    write_spm(directory, "source.spm", o->source_vocab, true);
    write_spm(directory, "target.spm", o->target_vocab, true);
    Buffer yaml = {0};
    buffer_format(&yaml, settings, o->separate ? source : shared, o->separate ? target : shared);
    assert_false(yaml.failed);
    tiny_file_write(directory, "decoder.yml", yaml.data, yaml.size);
    buffer_free(&yaml);
    return directory;
}
