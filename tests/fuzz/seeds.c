/* seeds.c: writes inputs to begin with for the targets whose inputs are not text

   usage: seeds FOLDER

   Makes FOLDER/TARGET/… of the tiny models that the tests use and of the goldens. Seeds that are text
   lie in corpus/, as does what was found. */
#include <sys/stat.h>

#include "fuzz_model.h"
#include "npz_save.h"
#include "torch_save.h"

static const char *root;

static void put(const char *target, const char *name, const void *bytes, size_t n) {
    char folder[512];
    snprintf(folder, sizeof folder, "%s/%s", root, target);
    mkdir(folder, 0777);
    tiny_file_write(folder, name, bytes, n);
}

/* Writes FOLDER/FILE as a seed, after the bytes that the target expects first. */
static void copy(const char *folder, const char *file, const char *target, const char *name,
                 const char *front, size_t n_front) {
    size_t n;
    Buffer seed = {0};
    char *bytes = tiny_file_read(folder, file, &n);
    buffer_append(&seed, front, n_front);
    buffer_append(&seed, bytes, n);
    put(target, name, seed.data, seed.size);
    buffer_free(&seed);
    free(bytes);
}

static void from_small_models(void) {
    char *marian = fuzz_small_marian(), *firefox = fuzz_small_firefox();
    copy(marian, "model.safetensors", "safetensors", "small", NULL, 0);
    copy(marian, "config.json", "config", "small", NULL, 0);
    copy(marian, "generation_config.json", "config", "small-generation", "{}\xFF", 3);
    copy(marian, "vocab.json", "vocab", "small", "\x27", 1);  // of 0x27 + 1 pieces
    copy(marian, "source.spm", "sentencepiece", "small", NULL, 0);
    copy(firefox, "model.xxyy.bin", "marian_bin", "small", NULL, 0);
    copy(firefox, "vocab.xxyy.spm", "sentencepiece", "small-firefox", NULL, 0);
    tiny_model_remove(marian);
    tiny_model_remove(firefox);
}

/* The same with square matrices stored column by column. */
static void turned_torch_file(const char *directory) {
    static const char rows[] = "K\4K\4\x86K\4K\1\x86", columns[] = "K\4K\4\x86K\1K\4\x86";
    size_t size, n_turned = 0;
    char *bytes = tiny_file_read(directory, "pytorch_model.bin", &size);
    for (size_t i = 0; i + sizeof rows <= size; i++)
        if (memcmp(bytes + i, rows, sizeof rows - 1) == 0) {
            memcpy(bytes + i, columns, sizeof rows - 1);
            n_turned++;
        }
    require(n_turned > 0);
    zip_file_mend(bytes, size);
    put("zip", "turned", bytes, size);
    free(bytes);
}

/* Weights as PyTorch saves them. */
static void torch_files(void) {
    static const char *const names[] = {"zip", "deflated", "stream"};
    char *directory = fuzz_small_marian();
    for (int format = TORCH_ZIP; format <= TORCH_STREAM; format++) {
        torch_save(directory, "pytorch_model.bin", (TorchFormat)format);
        copy(directory, "pytorch_model.bin", "zip", names[format], NULL, 0);
        if (format == TORCH_ZIP) turned_torch_file(directory);
    }
    tiny_model_remove(directory);
    const TorchTensor tensors[] = {{"w", "FloatStorage", "0", 0, 6, 6, 2, {2, 3}},
                                   {"v", "HalfStorage", "1", 2, 4, 6, 4, {1, 2, 1, 2}},
                                   {"u", "BFloat16Storage", "2", 1, 1, 2, 0, {0}}};
    for (int format = TORCH_ZIP; format <= TORCH_STREAM; format += 2) {
        Buffer pickle = {0};
        torch_pickle(tensors, 3, (TorchFormat)format, &pickle);
        put("pickle", names[format], pickle.data, pickle.size);
        buffer_free(&pickle);
    }
}

/* Weights as Marian trains them. */
static void npz_files(void) {
    char *directory = fuzz_small_opus(), *firefox;
    copy(directory, TINY_OPUS_WEIGHTS, "npz", "stored", NULL, 0);
    copy(directory, "opus.vocab.yml", "yaml_vocab", "small", "\x27", 1);  // of 0x27 + 1 pieces
    tiny_model_remove(directory);
    TinyFirefox options = tiny_firefox_default();
    options.d = 4;
    options.heads = 2;
    options.ffn = 3;
    options.encoder_layers = options.decoder_layers = 1;
    options.source_vocab = options.target_vocab = 40;
    options.floats = options.attention = true;
    options.positions = 9;
    firefox = tiny_firefox_write(&options);
    npz_save(firefox, "model.xxyy.bin", "x.npz", true);
    copy(firefox, "x.npz", "npz", "deflated-positions", NULL, 0);
    tiny_model_remove(firefox);
}

/* The same model in the other ways that its format allows. */
static void variants(void) {
    TinyModel marian = tiny_model_default();
    marian.d = 4;
    marian.heads = 2;
    marian.ffn = 3;
    marian.encoder_layers = marian.decoder_layers = 1;
    marian.dtype = DTYPE_BF16;
    marian.copies = marian.tags = true;
    char *directory = tiny_model_write(&marian);
    copy(directory, "model.safetensors", "safetensors", "copies-bf16", NULL, 0);
    tiny_model_remove(directory);
    marian.dtype = DTYPE_F16;
    directory = tiny_model_write(&marian);
    copy(directory, "model.safetensors", "safetensors", "copies-f16", NULL, 0);
    tiny_model_remove(directory);
    TinyFirefox firefox = tiny_firefox_default();
    firefox.d = 4;
    firefox.heads = 2;
    firefox.ffn = 3;
    firefox.encoder_layers = firefox.decoder_layers = 1;
    firefox.source_vocab = firefox.target_vocab = 40;
    firefox.floats = firefox.attention = firefox.untied = true;
    directory = tiny_firefox_write(&firefox);
    copy(directory, "model.xxyy.bin", "marian_bin", "floats-attention", NULL, 0);
    tiny_model_remove(directory);
}

/* For a source vocabulary of 4 pieces, a target one of 20; the target sets the checksum. */
static void shortlist(void) {
    const uint64_t words[] = {UINT64_C(0xF11A48D5013417F5), 0, 3, 4, 5, 7, 0, 0, 2, 6, 7};
    const uint32_t ids[] = {5, 9, 19, 5, 1, 11, 12};
    Buffer file = {0};
    buffer_append(&file, words, sizeof words);
    buffer_append(&file, ids, sizeof ids);
    put("shortlist", "small", file.data, file.size);
    buffer_free(&file);
}

/* One rule, A -> bb; see test_sentencepiece.c. In front, the flags, the text, and 0xFF. */
static void charsmap(void) {
    Buffer file = {0};
    buffer_string(&file, "\x07 aA  A ");
    buffer_byte(&file, '\xFF');
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t unit = i == 0 ? 1U << 10 : i == 0x40 ? 2U << 10 | 1U << 8 | 'A' : 0;
        if (i == 0x42) unit = 1U << 31;
        buffer_append(&file, &unit, sizeof unit);
    }
    buffer_string(&file, "bb");
    put("charsmap", "one-rule", file.data, file.size);
    buffer_free(&file);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    root = argv[1];
    from_small_models();
    torch_files();
    npz_files();
    variants();
    shortlist();
    charsmap();
    copy("tests/goldens/text", "rules.spm", "sentencepiece", "rules", NULL, 0);
    copy("tests/goldens/text", "raw.spm", "sentencepiece", "raw", NULL, 0);
    copy("models/en-fr", "generation_config.json", "config", "shipped-generation", "{}\xFF", 3);
    copy("models/en-fr", "config.json", "config", "shipped", NULL, 0);
    return 0;
}
