#include "files.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

bool files_make_directory(const char *path, Error *err) {
    char part[1024];
    if (!*path) return error_set(err, "a directory without a name");
    for (size_t n = 1; n < sizeof part; n++) {
        bool whole = path[n] == '\0';
        if (!whole && path[n] != '/') continue;
        snprintf(part, sizeof part, "%.*s", (int)n, path);
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return error_system(err, part, errno);
        if (whole) return true;
    }
    return error_set(err, "%.40s…: a path of 1024 bytes and more", path);
}

bool files_write(const char *directory, const char *name, const Buffer *bytes, Error *err) {
    Buffer path = {0}, draft = {0};
    buffer_format(&path, "%s/%s", directory, name);
    buffer_format(&draft, "%s/%s.new", directory, name);
    bool ok = buffer_ok(&path, "a path", err) && buffer_ok(&draft, "a path", err) &&
              buffer_ok(bytes, name, err);
    if (ok) {
        FILE *file = fopen(draft.data, "wb");
        bool written = file && fwrite(bytes->data, 1, bytes->size, file) == bytes->size;
        written = file && fclose(file) == 0 && written;
        ok = (written && rename(draft.data, path.data) == 0) || error_system(err, path.data, errno);
        if (file && !ok) remove(draft.data);
    }
    buffer_free(&path);
    buffer_free(&draft);
    return ok;
}

/* ---- text: vocab.json and .spm ---- */

static void vocab_json(const Pieces *pieces, Buffer *out) {
    for (size_t id = 0; id < pieces->n; id++)
        buffer_format(out, "%s\"%s\": %zu", id ? ", " : "{", pieces->items[id], id);
    buffer_string(out, "}\n");
}

/* A field of a protocol buffer with n bytes, n < 128. */
static void add_field(Buffer *out, int number, const void *bytes, size_t n) {
    buffer_byte(out, (char)(number << 3 | 2));
    buffer_byte(out, (char)n);
    buffer_append(out, bytes, n);
}

/* A SentencePiece ModelProto: pieces, a trainer_spec for unigram, a normalizer_spec. All scores are
   equal, so the best segmentation is the one with the fewest pieces. */
static void sentencepiece_model(const Pieces *pieces, bool spaced, Buffer *out) {
    enum { NORMAL = 1, UNKNOWN_PIECE, CONTROL };
    const float score = -1.0F;
    for (size_t id = 0; id < pieces->n; id++) {
        char type = id == UNKNOWN                      ? UNKNOWN_PIECE
                    : id == EOS || id == pieces->n - 1 ? CONTROL
                                                       : NORMAL;
        Buffer piece = {0};
        add_field(&piece, 1, pieces->items[id], strlen(pieces->items[id]));
        buffer_byte(&piece, 2 << 3 | 5);
        buffer_append(&piece, &score, sizeof score);
        buffer_byte(&piece, 3 << 3 | 0);
        buffer_byte(&piece, type);
        if (piece.failed) out->failed = true;
        add_field(out, 1, piece.data, piece.size);
        buffer_free(&piece);
    }
    const char trainer[] = {3 << 3, 1};                                      // model_type: unigram
    const char normalizer[] = {3 << 3, (char)spaced, 4 << 3, 1, 5 << 3, 1};  // add_dummy_prefix …
    add_field(out, 2, trainer, sizeof trainer);
    add_field(out, 3, normalizer, sizeof normalizer);
}

/* ---- numbers: the settings and the weights ---- */

static void config_json(const NetworkShape *s, Buffer *out) {
    buffer_string(out,
                  "{\n \"model_type\": \"marian\",\n \"architectures\": [\"MarianMTModel\"],\n");
    buffer_format(out, " \"vocab_size\": %zu,\n \"decoder_vocab_size\": %zu,\n \"d_model\": %zu,\n",
                  s->vocab, s->vocab, s->d);
    buffer_format(out, " \"encoder_layers\": %zu,\n \"decoder_layers\": %zu,\n", s->encoder_layers,
                  s->decoder_layers);
    buffer_format(out, " \"encoder_attention_heads\": %zu,\n \"decoder_attention_heads\": %zu,\n",
                  s->heads, s->heads);
    buffer_format(out, " \"encoder_ffn_dim\": %zu,\n \"decoder_ffn_dim\": %zu,\n", s->ffn, s->ffn);
    buffer_format(out, " \"activation_function\": \"%s\",\n \"max_position_embeddings\": %d,\n",
                  s->activation == ACTIVATION_RELU ? "relu" : "swish", MOST_POSITIONS);
    buffer_string(out,
                  " \"scale_embedding\": true,\n \"static_position_embeddings\": true,\n"
                  " \"tie_word_embeddings\": true,\n \"share_encoder_decoder_embeddings\": true,\n"
                  " \"is_encoder_decoder\": true,\n");
    buffer_format(out, " \"eos_token_id\": %d,\n \"unk_token_id\": %d,\n \"pad_token_id\": %zu,\n",
                  EOS, UNKNOWN, s->vocab - 1);
    buffer_format(out, " \"decoder_start_token_id\": %zu\n}\n", s->vocab - 1);
}

static void generation_json(const NetworkShape *s, const size_t alignment[2], Buffer *out) {
    buffer_format(out, "{\n \"num_beams\": 1,\n \"max_length\": %d,\n", MOST_PIECES + 1);
    buffer_format(out, " \"bad_words_ids\": [[%zu]],\n \"eos_token_id\": %d,\n", s->vocab - 1, EOS);
    buffer_format(out, " \"pad_token_id\": %zu,\n \"decoder_start_token_id\": %zu,\n", s->vocab - 1,
                  s->vocab - 1);
    buffer_format(out, " \"alignment_heads\": [[%zu, %zu]]\n}\n", alignment[0], alignment[1]);
}

static void add_tensor(Buffer *header, Buffer *data, const char *name, size_t rank,
                       const size_t *shape, const float *values, size_t size) {
    size_t begin = data->size;
    buffer_append(data, values, size * sizeof *values);
    buffer_format(header, "%s\"%s\": {\"dtype\": \"F32\", \"shape\": [", header->size ? ", " : "{",
                  name);
    buffer_format(header, rank == 2 ? "%zu, %zu" : "%zu", shape[0], shape[1]);
    buffer_format(header, "], \"data_offsets\": [%zu, %zu]}", begin, data->size);
}

/* The length of the header; the header, padded so that the weights begin at a multiple of 8; the
   weights. */
static void safetensors(const Network *net, Buffer *out) {
    Buffer header = {0}, data = {0};
    for (const Parameter *p = net->parameters; p < net->parameters + net->n_parameters; p++)
        add_tensor(&header, &data, p->name, p->rank, p->shape, p->values, p->size);
    const float *positions = net->encoder.embedding.positions;
    const size_t table[] = {MOST_POSITIONS, net->shape.d};
    for (int i = 0; positions && i < 2; i++)
        add_tensor(
            &header, &data,
            i ? "model.decoder.embed_positions.weight" : "model.encoder.embed_positions.weight", 2,
            table, positions, table[0] * table[1]);
    buffer_byte(&header, '}');
    while (header.size % 8) buffer_byte(&header, ' ');
    uint64_t length = header.size;
    buffer_append(out, &length, sizeof length);
    buffer_append(out, header.data, header.size);
    buffer_append(out, data.data, data.size);
    if (header.failed || data.failed) out->failed = true;
    buffer_free(&header);
    buffer_free(&data);
}

bool files_write_model(const char *directory, const Task *task, const Pieces *pieces,
                       const Network *net, const size_t alignment[2], Error *err) {
    static const char *const names[] = {"config.json",
                                        "generation_config.json",
                                        "tokenizer_config.json",
                                        "vocab.json",
                                        "source.spm",
                                        "target.spm",
                                        "model.safetensors"};
    Buffer files[7] = {0};
    config_json(&net->shape, &files[0]);
    generation_json(&net->shape, alignment, &files[1]);
    buffer_string(&files[2],
                  "{\"tokenizer_class\": \"MarianTokenizer\", \"separate_vocabs\": false}\n");
    vocab_json(pieces, &files[3]);
    sentencepiece_model(pieces, task->spaced, &files[4]);
    sentencepiece_model(pieces, false, &files[5]);
    safetensors(net, &files[6]);
    bool ok = true;
    for (size_t i = 0; i < 7; i++) {
        ok = ok && files_write(directory, names[i], &files[i], err);
        buffer_free(&files[i]);
    }
    return ok;
}
