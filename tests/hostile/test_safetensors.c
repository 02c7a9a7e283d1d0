/* model.safetensors with one thing wrong, and the program's refusal: the container alone, then its
   tensors against the config, then numbers that are none. The reader's own tests, every prefix of a
   file among them, are in tests/model/test_safetensors.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "hostile.h"
#include "tiny_model.h"

/* ---- the container: a header, which claims a length, and n_data bytes of data ---- */

#define ENTRY(dtype, shape, begin, end) \
    "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"
#define ONE(dtype, shape, begin, end) "{\"w\":" ENTRY(dtype, shape, begin, end) "}"
#define TWO(a, b) "{\"w\":" a ",\"v\":" b "}"
#define SOUND ONE("F32", "[1]", "0", "4")

enum { ITS_OWN = -1 };

typedef struct {
    const char *name;
    long long claimed;
    const char *header;
    size_t n_data;
    const char *message;
} Container;

static const Container containers[] = {
    // the header's length
    {"header length 0", 0, SOUND, 4, "header of 0 bytes, expected 2 to 58"},
    {"header length 1", 1, SOUND, 4, "header of 1 bytes, expected 2 to 58"},
    {"header length 7", 7, SOUND, 4, "not JSON: syntax error at byte"},
    {"header longer than the file", 1000, SOUND, 4, "header of 1000 bytes, expected 2 to 58"},
    {"header over the limit", 200000000, SOUND, 4, "header of 200000000 bytes, expected 2 to"},
    {"header length 2^63 - 1", INT64_MAX, SOUND, 4, "header of 9223372036854775807 bytes"},
    {"header length 2^63", INT64_MIN, SOUND, 4, "header of 9223372036854775808 bytes"},
    {"header length 2^64 - 8", -8, SOUND, 4, "header of 18446744073709551608 bytes"},
    // what is not a header
    {"header not UTF-8", ITS_OWN, "{\"\xFF\":1}", 0, "byte 2 (line 1) is not UTF-8"},
    {"header with a NUL", ITS_OWN, "{\"a\\u0000\":1}", 0, "holds a NUL character"},
    {"header of spaces", ITS_OWN, "    ", 0, "not JSON: syntax error"},
    {"header cut short", ITS_OWN, "{\"w\":", 0, "not JSON: syntax error at byte"},
    {"header an array", ITS_OWN, "[]", 0, "expected a JSON object"},
    {"header a number", ITS_OWN, "12", 0, "expected a JSON object"},
    {"two headers", ITS_OWN, "{}{}", 0, "text after the end of the JSON, at byte 2"},
    // its keys
    {"two tensors of one name", ITS_OWN,
     TWO(ENTRY("F32", "[1]", "0", "4"), ENTRY("F32", "[1]", "4", "8") ",\"w\":"  //
         ENTRY("F32", "[1]", "8", "12")),
     12, "\"w\" occurs twice"},
    {"metadata twice", ITS_OWN, "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "occurs twice"},
    {"metadata an array", ITS_OWN, "{\"__metadata__\":[]}", 0, "\"__metadata__\" is not an object"},
    {"metadata of numbers", ITS_OWN, "{\"__metadata__\":{\"a\":1}}", 0, "must hold only strings"},
    {"a tensor that is a number", ITS_OWN, "{\"w\":1}", 0,
     "tensor w: expected dtype, shape and data_offsets"},
    {"a tensor without offsets", ITS_OWN, "{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4,
     "tensor w: expected dtype, shape and data_offsets"},
    {"a tensor with its dtype twice", ITS_OWN,
     "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
     "tensor w: expected dtype, shape and data_offsets"},
    {"a key in other case", ITS_OWN,
     "{\"w\":{\"Dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
     "tensor w: no \"dtype\""},
    {"a terminal's command as a name", ITS_OWN, "{\"\\u001b[31m\":1}", 0, "tensor ?[31m: expected"},
    // dtype
    {"dtype I64", ITS_OWN, ONE("I64", "[1]", "0", "8"), 8,
     "tensor w: dtype I64 is not supported, expected F32, F16 or BF16"},
    {"dtype f32", ITS_OWN, ONE("f32", "[1]", "0", "4"), 4, "tensor w: dtype f32 is not supported"},
    {"dtype empty", ITS_OWN, ONE("", "[1]", "0", "4"), 4, "tensor w: dtype  is not supported"},
    {"dtype a number", ITS_OWN, "{\"w\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
     "tensor w: no \"dtype\""},
    // shape
    {"shape a number", ITS_OWN, ONE("F32", "1", "0", "4"), 4,
     "tensor w: \"shape\" must be a list of at most 4 numbers"},
    {"shape null", ITS_OWN, ONE("F32", "null", "0", "4"), 4, "\"shape\" must be a list"},
    {"rank 5", ITS_OWN, ONE("F32", "[1,1,1,1,1]", "0", "4"), 4, "a list of at most 4 numbers"},
    {"zero dimension", ITS_OWN, ONE("F32", "[2,0]", "0", "0"), 0,
     "w: \"shape\" is 0, expected an integer from 1 to 2147483647"},
    {"negative dimension", ITS_OWN, ONE("F32", "[-1]", "0", "4"), 4,
     "w: \"shape\" is -1, expected"},
    {"fractional dimension", ITS_OWN, ONE("F32", "[1.5]", "0", "6"), 6, "w: \"shape\" is 1.5"},
    {"dimension 1e300", ITS_OWN, ONE("F32", "[1e300]", "0", "4"), 4, "is 1.0000000000000001e+300"},
    {"dimension a string", ITS_OWN, ONE("F32", "[\"1\"]", "0", "4"), 4,
     "\"shape\" is not a number"},
    {"dimension 2^31", ITS_OWN, ONE("F32", "[2147483648]", "0", "4"), 4, "\"shape\" is 2147483648"},
    {"shape product over 2^53", ITS_OWN, ONE("F32", "[2147483647,2147483647]", "0", "4"), 4,
     "tensor w: too many elements"},
    {"shape product 2^62, bytes 0 modulo 2^64", ITS_OWN,
     ONE("F32", "[1073741824,1073741824,4]", "0", "0"), 0, "tensor w: too many elements"},
    // data_offsets
    {"offsets a number", ITS_OWN, "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":4}}", 4,
     "tensor w: \"data_offsets\" must be two numbers"},
    {"one offset", ITS_OWN, "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4,
     "tensor w: \"data_offsets\" must be two numbers"},
    {"three offsets", ITS_OWN, "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}",
     4, "tensor w: \"data_offsets\" must be two numbers"},
    {"offset a string", ITS_OWN, ONE("F32", "[1]", "\"0\"", "4"), 4,
     "\"data_offsets\" is not a number"},
    {"negative offset", ITS_OWN, ONE("F32", "[1]", "-4", "0"), 4,
     "w: \"data_offsets\" is -4, expected an integer from 0 to 4"},
    {"fractional offset", ITS_OWN, ONE("F32", "[1]", "0.5", "4.5"), 8, "\"data_offsets\" is 0.5"},
    {"offset 1e300", ITS_OWN, ONE("F32", "[1]", "0", "1e300"), 4,
     "\"data_offsets\" is 1.0000000000000001e+300"},
    {"reversed offsets", ITS_OWN, ONE("F32", "[1]", "4", "0"), 4,
     "w: \"data_offsets\" is 0, expected an integer from 4 to 4"},
    {"end past the file's", ITS_OWN, ONE("F32", "[1]", "4", "8"), 4,
     "w: \"data_offsets\" is 8, expected an integer from 4 to 4"},
    {"begin past the file's end", ITS_OWN, ONE("F32", "[1]", "8", "12"), 4,
     "w: \"data_offsets\" is 8, expected an integer from 0 to 4"},
    {"overlapping tensors", ITS_OWN,
     TWO(ENTRY("F32", "[2]", "0", "8"), ENTRY("F32", "[1]", "4", "8")), 8,
     "tensor v begins at byte 4 of the data, expected 8: it overlaps another"},
    {"a gap between tensors", ITS_OWN,
     TWO(ENTRY("F32", "[1]", "0", "4"), ENTRY("F32", "[1]", "8", "12")), 12,
     "tensor v begins at byte 8 of the data, expected 4: there is a gap"},
    {"a gap in front", ITS_OWN, ONE("F32", "[1]", "4", "8"), 8,
     "tensor w begins at byte 4 of the data, expected 0"},
    {"trailing bytes", ITS_OWN, ONE("F32", "[1]", "0", "4"), 7, "3 bytes after the last tensor"},
    {"trailing bytes behind nothing", ITS_OWN, "{}", 5, "5 bytes after the last tensor"},
    // bytes and shape
    {"bytes fewer than shape x dtype", ITS_OWN, ONE("F32", "[2]", "0", "4"), 4,
     "tensor w: 4 bytes of data, but F32 of [2] needs 8"},
    {"bytes more than shape x dtype", ITS_OWN, ONE("F16", "[2, 3]", "0", "24"), 24,
     "tensor w: 24 bytes of data, but F16 of [2, 3] needs 12"},
    {"a scalar without bytes", ITS_OWN, ONE("F32", "[]", "0", "0"), 0,
     "tensor w: 0 bytes of data, but F32 of [] needs 4"},
};

static void write_container(const char *directory, const Container *c, const char *header) {
    Buffer file = {0};
    uint64_t length = c->claimed == ITS_OWN ? strlen(header) : (uint64_t)c->claimed;
    buffer_append(&file, &length, sizeof length);
    buffer_string(&file, header);
    for (size_t i = 0; i < c->n_data; i++) buffer_byte(&file, (char)i);
    assert_false(file.failed);
    tiny_file_write(directory, "model.safetensors", file.data, file.size);
    buffer_free(&file);
}

static void refused_container(void **row) {
    const Container *c = *row;
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    write_container(directory, c, c->header);
    hostile_refused(directory, "model.safetensors", c->message);
    tiny_model_remove(directory);
}

/* ---- files that are no container, and headers too long for a table ---- */

typedef struct {
    const char *name, *bytes;
    size_t n;
    const char *message;
} Bytes;

static const Bytes files[] = {
    {"an empty file", "", 0, "0 bytes, a safetensors file has at least 8"},
    {"7 bytes", "\2\0\0\0\0\0\0", 7, "7 bytes, a safetensors file has at least 8"},
    {"nothing but a length", "\2\0\0\0\0\0\0\0", 8, "header of 2 bytes, expected 2 to 0"},
    {"a header of NUL bytes", "\4\0\0\0\0\0\0\0{}\0\0", 12, "holds a NUL character"},
};

static void refused_file(void **row) {
    const Bytes *file = *row;
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    tiny_file_write(directory, "model.safetensors", file->bytes, file->n);
    hostile_refused(directory, "model.safetensors", file->message);
    tiny_model_remove(directory);
}

typedef struct {
    const char *name, *front, *again, *back;
    size_t times;
    const char *message;
} Long;

static const Long longs[] = {
    {"deeply nested", "", "{\"a\":", "", 10000, "not JSON: syntax error at byte"},
    {"rank 100,000", "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":[1", ",1", "]}}",
     100000, "a list of at most 4 numbers"},
    {"a name of 200,000 bytes", "{\"", "\xC3\xA9", "\":1}", 100000, "tensor \xC3\xA9\xC3\xA9"},
};

static void refused_long(void **row) {
    const Long *l = *row;
    const Container container = {.claimed = ITS_OWN, .n_data = 4};
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    Buffer header = {0};
    buffer_string(&header, l->front);
    for (size_t i = 0; i < l->times; i++) buffer_string(&header, l->again);
    buffer_string(&header, l->back);
    write_container(directory, &container, header.data);
    hostile_refused(directory, "model.safetensors", l->message);
    buffer_free(&header);
    tiny_model_remove(directory);
}

/* ---- tensors against the config ---- */

#define WEIGHTS "model.safetensors"

static const HostileEdit tensors[] = {
    {"a matrix is missing", WEIGHTS, "model.encoder.layers.0.fc1.weight",
     "model.encoder.layers.0.fc9",
     "no tensor model.encoder.layers.0.fc1.weight, expected [20, 12]"},
    {"a bias is missing", WEIGHTS, "model.decoder.layers.1.encoder_attn.q_proj.bias", "x",
     "no tensor model.decoder.layers.1.encoder_attn.q_proj.bias, expected [12]"},
    {"the output's bias is missing", WEIGHTS, "final_logits_bias", "logits_bias",
     "no tensor final_logits_bias, expected [1, 61]"},
    {"a matrix turned", WEIGHTS, "[20, 12]", "[12, 20]",
     "is [12, 20], the config makes it [20, 12]"},
    {"rank 1 for 2", WEIGHTS, "[20, 12]", "[240]", "is [240], the config makes it [20, 12]"},
    {"rank 3 for 2", WEIGHTS, "[20, 12]", "[20, 12, 1]",
     "is [20, 12, 1], the config makes it [20, 12]"},
    {"rank 2 for 1", WEIGHTS, "[12]", "[1, 12]", "is [1, 12], the config makes it [12]"},
};

/* What the config makes wrong: its file is sound, and the error is about the weights. */
static const HostileEdit configs[] = {
    {"vocab_size is not the embedding's rows", "config.json", "\"vocab_size\": 61",
     "\"vocab_size\": 62", "tensor model.shared.weight is [61, 12], the config makes it [62, 12]"},
    {"a layer too many in the file", "config.json", "\"decoder_layers\": 2",
     "\"decoder_layers\": 1", "unexpected tensor model.decoder.layers.1."},
    {"a layer too few in the file", "config.json", "\"decoder_layers\": 2", "\"decoder_layers\": 3",
     "no tensor model.decoder.layers.2.self_attn.q_proj.weight"},
    {"an output matrix that is not there", "config.json", "\"tie_word_embeddings\": true",
     "\"tie_word_embeddings\": false", "no tensor lm_head.weight, expected [61, 12]"},
    {"an embedding that is not there", "config.json", "\"share_encoder_decoder_embeddings\": true",
     "\"share_encoder_decoder_embeddings\": false", "no tensor model.encoder.embed_tokens.weight"},
};

static void refused_weights(void **row) {
    const HostileEdit *edit = *row;
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    tiny_file_replace(directory, edit->file, edit->from, edit->to);
    hostile_refused(directory, "model.safetensors", edit->message);
    tiny_model_remove(directory);
}

/* ---- weights that are no numbers: the model loads, and translating ends with an error ---- */

typedef struct {
    const char *name;
    DType dtype;
    uint32_t bits;  // of every four bytes of data
} Damage;

static const Damage damages[] = {
    {"F32 weights that are NaN", DTYPE_F32, 0x7FC00000},
    {"F32 weights that are infinite", DTYPE_F32, 0x7F800000},
    {"F32 weights that are -infinity", DTYPE_F32, 0xFF800000},
    {"F16 weights that are NaN", DTYPE_F16, 0x7E007E00},
    {"F16 weights that are infinite", DTYPE_F16, 0x7C007C00},
    {"BF16 weights that are NaN", DTYPE_BF16, 0x7FC07FC0},
};

static void refused_numbers(void **row) {
    const Damage *damage = *row;
    TinyModel options = tiny_model_default();
    options.dtype = damage->dtype;
    char *directory = tiny_model_write(&options);
    size_t size;
    char *bytes = tiny_file_read(directory, "model.safetensors", &size);
    uint64_t n_header;
    memcpy(&n_header, bytes, sizeof n_header);
    for (size_t at = 8 + (size_t)n_header; at + 4 <= size; at += 4)
        memcpy(bytes + at, &damage->bits, 4);
    tiny_file_write(directory, "model.safetensors", bytes, size);
    free(bytes);
    hostile_refused(directory, NULL, "the logits are not finite: the weights are damaged");
    tiny_model_remove(directory);
}

int main(void) {
    const HostileTable tables[] = {
        HOSTILE_TABLE(refused_file, files),      HOSTILE_TABLE(refused_container, containers),
        HOSTILE_TABLE(refused_long, longs),      HOSTILE_TABLE(hostile_edit, tensors),
        HOSTILE_TABLE(refused_weights, configs), HOSTILE_TABLE(refused_numbers, damages),
    };
    return hostile_run("safetensors", tables, sizeof tables / sizeof tables[0]);
}
