#include "tiny_model.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"

TinyModel tiny_model_default(void) {
    return (TinyModel){.d = 12,
                       .heads = 3,
                       .ffn = 20,
                       .encoder_layers = 2,
                       .decoder_layers = 2,
                       .max_positions = 60,
                       .source_vocab = 61,
                       .target_vocab = 61,
                       .dtype = DTYPE_F32,
                       .activation = "swish",
                       .forced_eos = true,
                       .max_length = 40,
                       .seed = 1};
}

/* ---- files ---- */

static char *path_of(const char *directory, const char *name) {
    Buffer path = {0};
    buffer_format(&path, "%s/%s", directory, name);
    assert_false(path.failed);
    return path.data;
}

char *tiny_file_read(const char *directory, const char *name, size_t *size) {
    char *path = path_of(directory, name), chunk[4096];
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("cannot read %s", path);
    Buffer bytes = {0};
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) buffer_append(&bytes, chunk, n);
    fclose(file);
    free(path);
    buffer_append(&bytes, "", 0);
    assert_false(bytes.failed);
    *size = bytes.size;
    return bytes.data ? bytes.data : calloc(1, 1);
}

void tiny_file_write(const char *directory, const char *name, const void *bytes, size_t size) {
    char *path = path_of(directory, name);
    remove(path);  // a file that is cut and written again may go to the disk first
    FILE *file = fopen(path, "wb");
    if (!file) fail_msg("cannot write %s", path);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static const char *find_bytes(const char *in, size_t n, const char *what, size_t n_what) {
    for (size_t i = 0; i + n_what <= n; i++)
        if (memcmp(in + i, what, n_what) == 0) return in + i;
    return NULL;
}

void tiny_file_replace(const char *directory, const char *name, const char *from, const char *to) {
    size_t size, n_from = strlen(from);
    char *bytes = tiny_file_read(directory, name, &size);
    const char *at = find_bytes(bytes, size, from, n_from);
    if (!at) fail_msg("%s: no %s in it", name, from);
    Buffer out = {0};
    buffer_append(&out, bytes, (size_t)(at - bytes));
    buffer_string(&out, to);
    buffer_append(&out, at + n_from, size - (size_t)(at - bytes) - n_from);
    assert_false(out.failed);
    if (strcmp(name, "model.safetensors") == 0) {
        uint64_t n_header;
        memcpy(&n_header, out.data, sizeof n_header);
        if ((uint64_t)(at - bytes) < 8 + n_header) n_header = n_header + out.size - size;
        memcpy(out.data, &n_header, sizeof n_header);
    }
    tiny_file_write(directory, name, out.data, out.size);
    buffer_free(&out);
    free(bytes);
}

void tiny_model_remove(char *directory) {
    DIR *listing = opendir(directory);
    assert_non_null(listing);
    for (struct dirent *entry; (entry = readdir(listing));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char *path = path_of(directory, entry->d_name);
        assert_int_equal(unlink(path), 0);
        free(path);
    }
    closedir(listing);
    assert_int_equal(rmdir(directory), 0);
    free(directory);
}

/* ---- pieces ---- */

/* Piece i of the pieces with text, at most 7 bytes. */
static void piece_text(size_t i, char piece[8]) {
    char a = (char)('a' + i % 26), b = (char)('a' + (i / 26 + 24) % 26);
    if (i < 26)
        snprintf(piece, 8, "\u2581%c", a);
    else if (i < 52)
        snprintf(piece, 8, "%c", a);
    else
        snprintf(piece, 8, "\u2581%c%c", b, a);
}

static void write_vocab(const char *directory, const char *name, size_t n, bool tags,
                        bool backwards) {
    size_t first = tags ? 4 : 2, last = n - 1;
    char piece[8];
    Buffer json = {0};
    buffer_string(&json, "{\"</s>\": 0, \"<unk>\": 1");
    if (tags) buffer_string(&json, ", \">>deu<<\": 2, \">>fra<<\": 3");
    for (size_t id = first; id < last; id++) {
        piece_text(backwards ? last - 1 - id : id - first, piece);
        buffer_format(&json, ", \"%s\": %zu", piece, id);
    }
    buffer_format(&json, ", \"<pad>\": %zu}\n", last);
    assert_false(json.failed);
    tiny_file_write(directory, name, json.data, json.size);
    buffer_free(&json);
}

/* A SentencePiece message inside a ModelProto: 1 piece, 2 score, 3 type. */
static void add_piece(Buffer *spm, const char *text, float score, char type) {
    size_t n = strlen(text);
    buffer_byte(spm, 1 << 3 | 2);
    buffer_byte(spm, (char)(2 + n + 5 + 2));
    buffer_byte(spm, 1 << 3 | 2);
    buffer_byte(spm, (char)n);
    buffer_append(spm, text, n);
    buffer_byte(spm, 2 << 3 | 5);
    buffer_append(spm, &score, sizeof score);
    buffer_byte(spm, 3 << 3 | 0);
    buffer_byte(spm, type);
}

/* Writes nothing about training and normalization. By the defaults of the format this is a unigram
   model that adds a ▁ in front. */
static void write_spm(const char *directory, const char *name, size_t n_pieces) {
    Buffer spm = {0};
    char piece[8];
    add_piece(&spm, "<unk>", 0.0F, 2);
    add_piece(&spm, "</s>", 0.0F, 3);
    for (size_t i = 0; i < n_pieces; i++) {
        piece_text(i, piece);
        add_piece(&spm, piece, -1.0F - 0.0625F * (float)i, 1);
    }
    assert_false(spm.failed);
    tiny_file_write(directory, name, spm.data, spm.size);
    buffer_free(&spm);
}

/* ---- weights ---- */

typedef struct {
    const TinyModel *options;
    uint32_t random;
    Buffer header, data;
} Writer;

/* xorshift: -128 … 127 */
static int next_byte(Writer *w) {
    w->random ^= w->random << 13;
    w->random ^= w->random >> 17;
    w->random ^= w->random << 5;
    return (int)(w->random >> 16 & 255) - 128;
}

static void add_number(Writer *w, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint16_t half = (uint16_t)(bits >> 16);
    if (w->options->dtype ==
        DTYPE_F16) {  // only normal numbers and 0 occur, so changing the bias is enough
        uint32_t magnitude = bits & 0x7FFFFFFF;
        half =
            (uint16_t)((bits >> 16 & 0x8000) | (magnitude ? (magnitude - (112U << 23)) >> 13 : 0));
    }
    if (w->options->dtype == DTYPE_F32)
        buffer_append(&w->data, &value, sizeof value);
    else
        buffer_append(&w->data, &half, sizeof half);
}

/* Adds the entry of a tensor; its numbers come next in `data`. Random numbers depend only on the
   tensor's name and the seed, not on the rest of the file. */
static void add_entry(Writer *w, const char *name, size_t rows, size_t cols) {
    w->random = 2463534242U + 7919U * w->options->seed;
    for (const char *at = name; *at; at++) w->random = (w->random ^ (unsigned char)*at) * 16777619U;
    w->random |= 1;  // xorshift cannot leave 0
    DType dtype = w->options->dtype;
    size_t n = (rows ? rows : 1) * cols * dtype_size(dtype);
    buffer_format(&w->header, "%s\"%s\": {\"dtype\": \"%s\", \"shape\": [",
                  w->header.size > 1 ? ", " : "", name, dtype_name(dtype));
    if (rows) buffer_format(&w->header, "%zu, ", rows);
    buffer_format(&w->header, "%zu], \"data_offsets\": [%zu, %zu]}", cols, w->data.size,
                  w->data.size + n);
}

/* Adds random numbers between middle - reach and middle + reach, where reach is a power of two. rows =
   0 makes a vector. */
static void add_random(Writer *w, const char *name, size_t rows, size_t cols, float middle,
                       float reach) {
    add_entry(w, name, rows, cols);
    for (size_t i = 0; i < (rows ? rows : 1) * cols; i++)
        add_number(w, middle + (float)next_byte(w) / 128.0F * reach);
}

/* Adds the bytes of the last tensor once more, under another name. */
static void add_copy(Writer *w, const char *name, size_t from, size_t rows, size_t cols) {
    size_t n = rows * cols * dtype_size(w->options->dtype);
    add_entry(w, name, rows, cols);
    for (size_t i = 0; i < n; i++) buffer_byte(&w->data, w->data.data[from + i]);
}

static void add_linear(Writer *w, const char *layer, const char *part, size_t n_in, size_t n_out) {
    char name[128];
    snprintf(name, sizeof name, "%s.%s.weight", layer, part);
    add_random(w, name, n_out, n_in, 0.0F, n_in > 16 ? 0.5F : 1.0F);
    snprintf(name, sizeof name, "%s.%s.bias", layer, part);
    add_random(w, name, 0, n_out, 0.0F, 0.25F);
}

static void add_norm(Writer *w, const char *layer, const char *part, size_t d) {
    char name[128];
    snprintf(name, sizeof name, "%s.%s.weight", layer, part);
    add_entry(w, name, 0, d);
    for (size_t i = 0; i < d; i++) add_number(w, 1.0F + (float)(next_byte(w) >> 2) / 64.0F);
    snprintf(name, sizeof name, "%s.%s.bias", layer, part);
    add_random(w, name, 0, d, 0.0F, 0.25F);
}

static void add_attention(Writer *w, const char *layer, const char *part, size_t d) {
    static const char *const parts[] = {"q_proj", "k_proj", "v_proj", "out_proj"};
    char name[96];
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s.%s", part, parts[i]);
        add_linear(w, layer, name, d, d);
    }
    snprintf(name, sizeof name, "%s_layer_norm", part);
    add_norm(w, layer, name, d);
}

static void add_layer(Writer *w, const char *stack, size_t i, bool cross) {
    size_t d = w->options->d, f = w->options->ffn;
    char layer[64];
    snprintf(layer, sizeof layer, "model.%s.layers.%zu", stack, i);
    add_attention(w, layer, "self_attn", d);
    if (cross) add_attention(w, layer, "encoder_attn", d);
    add_linear(w, layer, "fc1", d, f);
    add_linear(w, layer, "fc2", f, d);
    add_norm(w, layer, "final_layer_norm", d);
}

static void add_positions(Writer *w, const char *name) {
    size_t n = w->options->max_positions, d = w->options->d;
    if (w->options->positions == POSITIONS_LEFT_OUT) return;
    if (w->options->positions == POSITIONS_RANDOM) {
        add_random(w, name, n, d, 0.0F, 1.0F);
        return;
    }
    add_entry(w, name, n, d);
    for (size_t p = 0; p < n; p++)
        for (size_t i = 0; i < d; i++) {
            double angle = (double)p / pow(10000.0, 2.0 * (double)(i % (d / 2)) / (double)d);
            add_number(w, (float)(i < d / 2 ? sin(angle) : cos(angle)));
        }
}

static void add_tables(Writer *w) {
    const TinyModel *o = w->options;
    size_t d = o->d, V = o->separate_vocabs ? o->target_vocab : o->source_vocab, at = w->data.size;
    static const char encoder[] = "model.encoder.embed_tokens.weight",
                      decoder[] = "model.decoder.embed_tokens.weight", head[] = "lm_head.weight";
    if (o->separate_vocabs) {
        add_random(w, encoder, o->source_vocab, d, 0.0F, 0.5F);
        at = w->data.size;
        add_random(w, decoder, V, d, 0.0F, 0.5F);
    } else {
        add_random(w, "model.shared.weight", V, d, 0.0F, 0.5F);
        if (o->copies) add_copy(w, encoder, at, V, d);
        if (o->copies) add_copy(w, decoder, at, V, d);
    }
    if (o->untied_output)
        add_random(w, head, V, d, 0.0F, 0.5F);
    else if (o->copies)
        add_copy(w, head, at, V, d);
    add_entry(w, "final_logits_bias", 1, V);
    add_number(w, o->eos_bias);
    for (size_t id = 1; id < V; id++) add_number(w, (float)next_byte(w) / 256.0F);
}

static void write_weights(const char *directory, const TinyModel *o) {
    Writer w = {.options = o};
    buffer_string(&w.header, "{");
    add_tables(&w);
    add_positions(&w, "model.encoder.embed_positions.weight");
    add_positions(&w, "model.decoder.embed_positions.weight");
    for (size_t i = 0; i < o->encoder_layers; i++) add_layer(&w, "encoder", i, false);
    for (size_t i = 0; i < o->decoder_layers; i++) add_layer(&w, "decoder", i, true);
    buffer_string(&w.header, "}");
    while (w.header.size % 8) buffer_byte(&w.header, ' ');

    Buffer file = {0};
    uint64_t n_header = w.header.size;
    buffer_append(&file, &n_header, sizeof n_header);
    buffer_append(&file, w.header.data, w.header.size);
    buffer_append(&file, w.data.data, w.data.size);
    assert_false(w.header.failed || w.data.failed || file.failed);
    tiny_file_write(directory, "model.safetensors", file.data, file.size);
    buffer_free(&file);
    buffer_free(&w.header);
    buffer_free(&w.data);
}

/* ---- configuration ---- */

static void write_configs(const char *directory, const TinyModel *o) {
    size_t target = o->separate_vocabs ? o->target_vocab : o->source_vocab;
    Buffer json = {0};
    buffer_format(&json,
                  "{\"model_type\": \"marian\", \"d_model\": %zu, \"encoder_layers\": %zu,\n"
                  " \"decoder_layers\": %zu, \"encoder_attention_heads\": %zu,\n"
                  " \"decoder_attention_heads\": %zu, \"encoder_ffn_dim\": %zu,\n"
                  " \"decoder_ffn_dim\": %zu, \"max_position_embeddings\": %zu,\n",
                  o->d, o->encoder_layers, o->decoder_layers, o->heads, o->heads, o->ffn, o->ffn,
                  o->max_positions);
    buffer_format(&json,
                  " \"vocab_size\": %zu, \"decoder_vocab_size\": %zu,\n"
                  " \"activation_function\": \"%s\", \"scale_embedding\": true,%s\n"
                  " \"share_encoder_decoder_embeddings\": %s, \"tie_word_embeddings\": %s,\n"
                  " \"eos_token_id\": 0, \"pad_token_id\": %zu, \"decoder_start_token_id\": %zu}\n",
                  o->source_vocab, target, o->activation,
                  o->lowercase_capitals ? " \"lowercase_capitals\": true," : "",
                  o->separate_vocabs ? "false" : "true", o->untied_output ? "false" : "true",
                  target - 1, target - 1);
    assert_false(json.failed);
    tiny_file_write(directory, "config.json", json.data, json.size);
    buffer_clear(&json);
    buffer_format(&json, "{\"max_length\": %zu, \"bad_words_ids\": [[%zu]],%s \"num_beams\": 1}\n",
                  o->max_length, target - 1, o->forced_eos ? " \"forced_eos_token_id\": 0," : "");
    assert_false(json.failed);
    tiny_file_write(directory, "generation_config.json", json.data, json.size);
    buffer_free(&json);
}

char *tiny_model_write(const TinyModel *o) {
    const char *parent = getenv("TMPDIR");
    char *directory = path_of(parent ? parent : "/tmp", "xattn-tiny-XXXXXX");
    assert_non_null(mkdtemp(directory));
    size_t n_source = o->source_vocab - (o->tags ? 5 : 3), n_target = n_source;
    if (o->separate_vocabs) n_target = o->target_vocab - 3;
    write_configs(directory, o);
    write_vocab(directory, "vocab.json", o->source_vocab, o->tags, false);
    if (o->separate_vocabs)
        write_vocab(directory, "target_vocab.json", o->target_vocab, false, true);
    write_spm(directory, "source.spm", n_source);
    write_spm(directory, "target.spm", n_target);
    write_weights(directory, o);
    return directory;
}
