/* A model of Firefox Translations with one thing wrong, and the program's refusal: the container
   (model*.bin), the settings in it, its tensors, the shortlist (lex*.bin), and the other files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "hostile.h"
#include "marian_file.h"
#include "model/marian_bin.h"
#include "tiny_firefox.h"
#include "tiny_model.h"

#define MODEL "model.xxyy.bin"
#define SHORTLIST "lex.xxyy.s2t.bin"
#define VOCAB "vocab.xxyy.spm"

/* ---- the container: one number of a sound one replaced by another ---- */

typedef struct {
    const char *name;
    size_t at, size;
    uint64_t value;
    const char *message;
} Patch;

enum { M = SAMPLE_HEADER_M, Q = SAMPLE_HEADER_Q };

static const Patch containers[] = {
    {"version 2", SAMPLE_VERSION, 8, 2, "not a binary Marian model: version 2, expected 1"},
    {"a tensor too many", SAMPLE_COUNT, 8, 4, "the name of tensor 0"},  // its header is none
    {"2^64 - 1 tensors", SAMPLE_COUNT, 8, UINT64_MAX,
     "18446744073709551615 tensors, but the file has room for the headers of"},
    {"2^59 tensors, bytes 0 modulo 2^64", SAMPLE_COUNT, 8, UINT64_C(1) << 59,
     "576460752303423488 tensors, but the file has room"},
    {"name of 0 bytes", M + SAMPLE_NAME_LENGTH, 8, 0,
     "the name of tensor 0: 0 bytes, expected text and one NUL at its end"},
    {"name of a NUL alone", M + SAMPLE_NAME_LENGTH, 8, 1,
     "the name of tensor 0: 1 bytes, expected text and one NUL at its end"},
    {"name with a NUL inside", M + SAMPLE_NAME_LENGTH, 8, 4,
     "the name of tensor 0: 4 bytes, expected text and one NUL at its end"},
    {"name without NUL", SAMPLE_NAMES + 1, 1, 'x', "the name of tensor 0: 2 bytes, expected text"},
    {"name past the end", Q + SAMPLE_NAME_LENGTH, 8, 100000,
     "the name of tensor 1: 100000 bytes at byte 114, but only"},
    {"name of 2^64 - 1 bytes", M + SAMPLE_NAME_LENGTH, 8, UINT64_MAX,
     "the name of tensor 0: 18446744073709551615 bytes at byte 112, but only"},
    {"two tensors of one name", SAMPLE_NAMES + 2, 1, 'm', "tensor m occurs twice"},
    {"unknown type", M + SAMPLE_TYPE, 8, 0x0402,
     "tensor m: type 0x0402 is not supported, expected f32 (0x0404)"},
    {"type of 64 bits", M + SAMPLE_TYPE, 8, UINT64_MAX, "type 0xffffffffffffffff is not supported"},
    {"type packed for AVX2", Q + SAMPLE_TYPE, 8, 0x14101, "type 0x14101 is not supported"},
    {"rank 0", M + SAMPLE_RANK, 8, 0, "tensor m: 0 dimensions, expected 1 to 4"},
    {"rank 5", M + SAMPLE_RANK, 8, 5, "tensor m: 5 dimensions, expected 1 to 4"},
    {"rank 2^62", M + SAMPLE_RANK, 8, UINT64_C(1) << 62, "4611686018427387904 dimensions"},
    {"zero dimension", SAMPLE_SHAPES, 4, 0, "tensor m: dimension 0 is 0, expected at least 1"},
    {"negative shape", SAMPLE_SHAPES + 4, 4, (uint32_t)-3,
     "tensor m: dimension 1 is -3, expected at least 1"},
    {"dimension 2^31 - 1", SAMPLE_SHAPES, 4, INT32_MAX,
     "256 bytes of data, but F32 of [2147483647, 3] needs 25769803764"},
    {"more elements than bytes", SAMPLE_SHAPES, 4, 100,
     "tensor m: 256 bytes of data, but F32 of [100, 3] needs 1200"},
    {"fewer bytes than elements", M + SAMPLE_N_BYTES, 8, 20,
     "tensor m: 20 bytes of data, but F32 of [2, 3] needs 24"},
    {"no room for the multiplier", Q + SAMPLE_N_BYTES, 8, 9,
     "tensor q: 9 bytes of data, but intgemm8 of [2, 3] needs 10"},
    {"2^64 - 1 bytes of data", Q + SAMPLE_N_BYTES, 8, UINT64_MAX,
     "tensor q: 18446744073709551615 bytes of data"},
    {"padding past the end", SAMPLE_PADDING, 8, UINT64_MAX,
     "the padding: 18446744073709551615 bytes at byte"},
    {"multiplier 0", SAMPLE_DATA + 256 + 6, 4, 0,
     "tensor q: multiplier 0, expected a number above 0"},
    {"multiplier negative", SAMPLE_DATA + 256 + 6, 4, 0xBF800000,
     "tensor q: multiplier -1, expected"},
    {"multiplier NaN", SAMPLE_DATA + 256 + 6, 4, 0x7FC00000, "tensor q: multiplier nan, expected"},
    {"multiplier infinite", SAMPLE_DATA + 256 + 6, 4, 0x7F800000,
     "tensor q: multiplier inf, expected"},
};

/* Replaces model.xxyy.bin of a sound directory and expects the refusal. */
static void refused_model(const Buffer *bytes, const char *message) {
    TinyFirefox options = tiny_firefox_default();
    char *directory = tiny_firefox_write(&options);
    tiny_file_write(directory, MODEL, bytes->data ? bytes->data : "", bytes->size);
    hostile_refused(directory, MODEL, message);
    tiny_model_remove(directory);
}

static void refused_container(void **row) {
    const Patch *patch = *row;
    Buffer bytes = marian_file_sample();
    memcpy(bytes.data + patch->at, &patch->value, patch->size);
    refused_model(&bytes, patch->message);
    buffer_free(&bytes);
}

typedef struct {
    const char *name;
    size_t kept;  // bytes of the sample
    const char *more, *message;
} Length;

static const Length lengths[] = {
    {"an empty file", 0, "", "the version: 8 bytes at byte 0, but only 0 are left"},
    {"cut in the version", 7, "", "the version: 8 bytes at byte 0, but only 7 are left"},
    {"cut in the count", 12, "", "the number of tensors: 8 bytes at byte 8, but only 4 are left"},
    {"cut in the headers", 20, "", "3 tensors, but the file has room for the headers of 0"},
    {"cut in the names", SAMPLE_NAMES + 3, "", "the name of tensor 1: 2 bytes at byte 114"},
    {"cut in the shapes", SAMPLE_SHAPES + 6, "", "m: 8 bytes at byte"},
    {"cut in the data", SAMPLE_DATA + 100, "", "m: 256 bytes at byte 256, but only 100 are left"},
    {"bytes behind it", SIZE_MAX, "x", "1 bytes after the last tensor"},
};

static void refused_length(void **row) {
    const Length *length = *row;
    Buffer bytes = marian_file_sample();
    if (length->kept < bytes.size) bytes.size = length->kept;
    buffer_string(&bytes, length->more);
    refused_model(&bytes, length->message);
    buffer_free(&bytes);
}

static const int32_t huge[] = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
static const struct { const char *name; } overflows[] = {{"shape product over 2^64"}};

static void refused_overflow(void **row) {
    (void)row;
    MarianFile file = {0};
    Buffer bytes = {0};
    marian_file_add(&file, "w", MARIAN_F32, 4, huge, "", 0);
    marian_file_finish(&file, &bytes);
    refused_model(&bytes, "tensor w: too many elements");
    buffer_free(&bytes);
}

/* ---- the settings, special:model.yml ---- */

typedef struct {
    const char *name, *from, *to, *message;
} Setting;

static const Setting settings[] = {
    {"another type", "type: transformer", "type: s2s",
     "\"type\": \"s2s\" is not supported, expected \"transformer\""},
    {"preprocess n", "preprocess: \"\"", "preprocess: n",
     "\"transformer-preprocess\": \"n\" is not supported, expected \"\""},
    {"postprocess da", "postprocess: dan", "postprocess: da",
     "\"transformer-postprocess\": \"da\" is not supported, expected \"dan\""},
    {"unsupported activation", "activation: relu", "activation: gelu",
     "\"gelu\" is not supported, expected relu or swish"},
    {"average attention", "autoreg: rnn", "autoreg: average-attention",
     "\"average-attention\" is not supported, expected rnn or self-attention"},
    {"a GRU", "dec-cell: ssru", "dec-cell: gru", "\"gru\" is not supported, expected ssru"},
    {"tied layers", "tied-layers: []", "tied-layers: [1, 1]",
     "\"transformer-tied-layers\": not supported, expected an empty list"},
    {"class input", "input-types: []", "input-types: [class]",
     "\"input-types\": not supported, expected an empty list"},
    {"lemma embeddings", "version:", "lemma-dim-emb: 32\nversion:",
     "\"lemma-dim-emb\": \"32\" is not supported, expected \"0\""},
    {"right to left", "version:", "right-left: true\nversion:",
     "\"right-left\": \"true\" is not supported, expected \"false\""},
    {"no positions", "version:", "transformer-disable-position-embeddings: true\nversion:",
     "\"transformer-disable-position-embeddings\": \"true\" is not supported"},
    {"alibi", "version:", "transformer-attention-mask: alibi\nversion:",
     "\"transformer-attention-mask\": \"alibi\" is not supported"},
    {"a projected SSRU", "version:", "transformer-rnn-projection: true\nversion:",
     "\"transformer-rnn-projection\": \"true\" is not supported"},
    {"d odd", "dim-emb: 12", "dim-emb: 13", "\"dim-emb\" is 13, expected an even number"},
    {"d 2", "dim-emb: 12", "dim-emb: 2",
     "\"dim-emb\" is 2, expected a whole number from 4 to 65536"},
    {"d negative", "dim-emb: 12", "dim-emb: -12", "\"dim-emb\" is -12, expected a whole number"},
    {"d 10^11", "dim-emb: 12", "dim-emb: 99999999999", "\"dim-emb\" is 99999999999, expected"},
    {"d 10^30", "dim-emb: 12", "dim-emb: 1000000000000000000000000000000",
     "\"dim-emb\" is 1000000000000000000000000000000, expected"},
    {"d fractional", "dim-emb: 12", "dim-emb: 12.5", "\"dim-emb\" is 12.5, expected"},
    {"d missing", "dim-emb: 12\n", "", "no \"dim-emb\""},
    {"d twice", "dim-emb: 12\n", "dim-emb: 12\ndim-emb: 12\n", "line 4: a duplicate key"},
    {"d a list", "dim-emb: 12", "dim-emb: [12]", "\"dim-emb\" in line 3 must be one value"},
    {"heads not dividing d", "heads: 3", "heads: 5", "5 heads do not divide \"dim-emb\" 12"},
    {"heads 0", "heads: 3", "heads: 0",
     "\"transformer-heads\" is 0, expected a whole number from 1"},
    {"10^9 layers", "dec-depth: 2", "dec-depth: 1000000000",
     "\"dec-depth\" is 1000000000, expected a whole number from 1 to 256"},
    {"alignment layer past the last", "layer: last", "layer: 3",
     "\"transformer-guided-alignment-layer\" is 3, expected a whole number from 1 to 2"},
    {"one vocabulary's size", "  - 60\n  - 60", "  - 60",
     "\"dim-vocabs\" must be a list of two numbers"},
    {"one table for two sizes", "  - 60\n  - 60", "  - 60\n  - 61",
     "one embedding table for vocabularies of 60 and 61 pieces"},
    {"a map inside a map",
     "version:", "a:\n  b: c\nversion:", "a map inside a map is not supported"},
    {"not YAML", "version:", "version", "expected `key: value`"},
    {"open quotes", "version:", "a: \"b\nversion:", "quotes do not match, or hold an escape"},
};

static void refused_setting(void **row) {
    const Setting *setting = *row;
    TinyFirefox options = tiny_firefox_default();
    options.from = setting->from;
    options.to = setting->to;
    char *directory = tiny_firefox_write(&options);
    hostile_refused(directory, MODEL, setting->message);
    tiny_model_remove(directory);
}

/* Settings that are sound, and fit the tensors not. */
static const Setting misfits[] = {
    {"a layer too few in the file", "enc-depth: 2", "enc-depth: 3",
     "no tensor encoder_l3_self_Wq, expected [12, 12]"},
    {"a layer too many in the file", "enc-depth: 2", "enc-depth: 1",
     "unexpected tensor encoder_l2_"},
    {"another ffn", "dim-ffn: 20", "dim-ffn: 24", "is [12, 20], the config makes it [12, 24]"},
    {"another vocabulary's size", "  - 60\n  - 60", "  - 61\n  - 61",
     "tensor Wemb is [60, 12], the config makes it [61, 12]"},
};

/* Keys are compared with each other: many of them would take their time. */
static const struct { const char *name; } floods[] = {{"100,000 settings"}};

static void refused_flood(void **row) {
    (void)row;
    TinyFirefox options = tiny_firefox_default();
    Buffer many = {0};
    for (int i = 0; i < 100000; i++) buffer_format(&many, "k%d:\n", i);
    buffer_string(&many, "version:");
    options.from = "version:";
    options.to = many.data;
    char *directory = tiny_firefox_write(&options);
    hostile_refused(directory, MODEL, "special:model.yml: line 4099: more than 4096 keys");
    buffer_free(&many);
    tiny_model_remove(directory);
}

/* ---- tensors ---- */

typedef struct {
    const char *name, *missing, *unexpected, *misshapen, *message;
} TensorEdit;

static const TensorEdit tensors[] = {
    {"no embedding", "Wemb", NULL, NULL, "no tensor Wemb, expected [60, 12]"},
    {"no output bias", "decoder_ff_logit_out_b", NULL, NULL,
     "no tensor decoder_ff_logit_out_b, expected [1, 60]"},
    {"no SSRU matrix", "decoder_l2_rnn_W", NULL, NULL,
     "no tensor decoder_l2_rnn_W, expected [12, 12]"},
    {"no SSRU bias", "decoder_l1_rnn_bf", NULL, NULL,
     "no tensor decoder_l1_rnn_bf, expected [1, 12]"},
    {"no norm", "decoder_l1_context_Wo_ln_bias", NULL, NULL,
     "no tensor decoder_l1_context_Wo_ln_bias, expected [1, 12]"},
    {"no settings", "special:model.yml", NULL, NULL, "no text special:model.yml"},
    {"a tensor of no layer", NULL, "decoder_l3_rnn_bf", NULL,
     "unexpected tensor decoder_l3_rnn_bf"},
    {"a multiplier of nothing", NULL, "other_QuantMultA", NULL,
     "unexpected tensor other_QuantMultA"},
    {"a vector too long", NULL, NULL, "encoder_l1_ffn_b1",
     "tensor encoder_l1_ffn_b1 is [1, 21], the config makes it [1, 20]"},
};

static void refused_tensors(void **row) {
    const TensorEdit *t = *row;
    TinyFirefox options = tiny_firefox_default();
    options.missing = t->missing;
    options.unexpected = t->unexpected;
    options.misshapen = t->misshapen;
    char *directory = tiny_firefox_write(&options);
    hostile_refused(directory, MODEL, t->message);
    tiny_model_remove(directory);
}

/* ---- the shortlist, for vocabularies of 60 pieces: 61 offsets and 120 ids ---- */

enum { WORD = 8, FREQUENT = 2 * WORD, N_OFFSETS = 4 * WORD, N_IDS = 5 * WORD, OFFSETS = 6 * WORD };
enum { IDS = OFFSETS + 61 * WORD };

static const Patch shortlists[] = {
    {"shortlist: wrong magic", 0, 8, 1, "not a shortlist: it begins with 0x0000000000000001"},
    {"shortlist: more frequent pieces than V", FREQUENT, 8, 61,
     "61 frequent pieces, but the target vocabulary has 60"},
    {"shortlist: 2^64 - 1 frequent pieces", FREQUENT, 8, UINT64_MAX,
     "18446744073709551615 frequent pieces"},
    {"shortlist: offsets of another vocabulary", N_OFFSETS, 8, 60,
     "60 offsets, a source vocabulary of 60 pieces needs 61"},
    {"shortlist: 2^64 - 1 offsets", N_OFFSETS, 8, UINT64_MAX, "18446744073709551615 offsets"},
    {"shortlist: an id too many", N_IDS, 8, 121, "bytes do not hold 61 offsets and 121 ids"},
    {"shortlist: 2^62 ids, bytes 0 modulo 2^64", N_IDS, 8, UINT64_C(1) << 62,
     "61 offsets and 4611686018427387904 ids"},
    {"shortlist: first offset 1", OFFSETS, 8, 1,
     "the lists go from 1 to 120, expected from 0 to 120"},
    {"shortlist: offsets that fall", OFFSETS + 2 * WORD, 8, 7, "offset 3 is 6, expected 7 to 120"},
    {"shortlist: offset past the end", OFFSETS + 5 * WORD, 8, 121,
     "offset 5 is 121, expected 8 to 120"},
    {"shortlist: offset 2^64 - 1", OFFSETS + WORD, 8, UINT64_MAX,
     "offset 1 is 18446744073709551615, expected 0 to 120"},
    {"shortlist: last offset short of the end", OFFSETS + 60 * WORD, 8, 119,
     "the lists go from 0 to 119, expected from 0 to 120"},
    {"shortlist: id V", IDS, 4, 60, "candidate 0 has the id 60, the vocabulary ends at 59"},
    {"shortlist: id 2^32 - 1", IDS + 5 * 4, 4, UINT32_MAX, "candidate 5 has the id 4294967295"},
};

/* Writes the file changed. `mended`: its checksum is made right again. */
static void refused_shortlist_bytes(size_t at, const void *bytes, size_t n, bool mended,
                                    const char *message) {
    TinyFirefox options = tiny_firefox_default();
    options.shortlist = true;
    char *directory = tiny_firefox_write(&options);
    size_t size;
    char *file = tiny_file_read(directory, SHORTLIST, &size);
    assert_int_equal(size, IDS + 120 * 4);
    memcpy(file + at, bytes, n);
    if (mended) tiny_shortlist_mend(file, size);
    tiny_file_write(directory, SHORTLIST, file, size);
    free(file);
    hostile_refused(directory, SHORTLIST, message);
    tiny_model_remove(directory);
}

static void refused_shortlist(void **row) {
    const Patch *patch = *row;
    refused_shortlist_bytes(patch->at, &patch->value, patch->size, true, patch->message);
}

static const Patch damages[] = {
    {"shortlist: a flipped bit", IDS + 9, 1, 0x40, "damaged: its checksum is "},
    {"shortlist: another checksum", WORD, 8, 0, "it says 0000000000000000"},
};

static void refused_damage(void **row) {
    const Patch *patch = *row;
    refused_shortlist_bytes(patch->at, &patch->value, patch->size, false, patch->message);
}

/* ---- the files beside it: copied, removed or emptied ---- */

typedef struct {
    const char *name, *from, *to;  // a copy; without `from` an empty file
    bool removed;                  // `from` is
    const char *file, *message;
} Companion;

static const Companion companions[] = {
    {"no vocabulary", VOCAB, "other.spm", true, NULL,
     "no vocabulary, expected vocab*.spm, or srcvocab*.spm and trgvocab*.spm"},
    {"half a vocabulary", VOCAB, "srcvocab.spm", true, NULL, "no vocabulary, expected vocab*.spm"},
    {"two models", MODEL, "model.bin", false, NULL, "expected one model*.bin"},
    {"two vocabularies", VOCAB, "vocab.spm", false, NULL, "expected one vocab*.spm"},
    {"an empty vocabulary", NULL, VOCAB, false, VOCAB, "0 pieces, expected 1 to 1048576"},
    {"an empty shortlist", NULL, SHORTLIST, false, SHORTLIST,
     "0 bytes, a shortlist has at least 48"},
    {"a model as shortlist", MODEL, "lex.bin", false, "lex.bin", "not a shortlist: it begins with"},
    {"a vocabulary as config.yml", VOCAB, "config.yml", false, "config.yml", "line 3: a NUL byte"},
};

static void refused_companion(void **row) {
    const Companion *c = *row;
    TinyFirefox options = tiny_firefox_default();
    char *directory = tiny_firefox_write(&options), path[600];
    hostile_accepted(directory);
    size_t size = 0;
    char *bytes = c->from ? tiny_file_read(directory, c->from, &size) : NULL;
    snprintf(path, sizeof path, "%s/%s", directory, c->from ? c->from : "");
    if (c->removed) assert_int_equal(remove(path), 0);
    tiny_file_write(directory, c->to, bytes ? bytes : "", size);
    free(bytes);
    hostile_refused(directory, c->file, c->message);
    tiny_model_remove(directory);
}

/* A vocabulary of `pieces`, in the place of one of 60. */
static const struct {
    const char *name;
    int32_t pieces;
    const char *message;
} vocabularies[] = {
    {"vocabulary of another size: larger", 64, "64 pieces, the model has embeddings for 60"},
    {"vocabulary of another size: smaller", 56, "56 pieces, the model has embeddings for 60"},
};

static void refused_vocabulary(void **row) {
    size_t i = 0, size;
    while (&vocabularies[i] != *row) i++;
    TinyFirefox options = tiny_firefox_default(), others = options;
    others.source_vocab = others.target_vocab = vocabularies[i].pieces;
    char *directory = tiny_firefox_write(&options), *other = tiny_firefox_write(&others);
    char *bytes = tiny_file_read(other, VOCAB, &size);
    tiny_file_write(directory, VOCAB, bytes, size);
    free(bytes);
    hostile_refused(directory, VOCAB, vocabularies[i].message);
    tiny_model_remove(other);
    tiny_model_remove(directory);
}

int main(void) {
    const HostileTable tables[] = {
        HOSTILE_TABLE(refused_container, containers),
        HOSTILE_TABLE(refused_length, lengths),
        HOSTILE_TABLE(refused_overflow, overflows),
        HOSTILE_TABLE(refused_setting, settings),
        HOSTILE_TABLE(refused_setting, misfits),
        HOSTILE_TABLE(refused_flood, floods),
        HOSTILE_TABLE(refused_tensors, tensors),
        HOSTILE_TABLE(refused_shortlist, shortlists),
        HOSTILE_TABLE(refused_damage, damages),
        HOSTILE_TABLE(refused_companion, companions),
        HOSTILE_TABLE(refused_vocabulary, vocabularies),
    };
    return hostile_run("Firefox models", tables, sizeof tables / sizeof tables[0]);
}
