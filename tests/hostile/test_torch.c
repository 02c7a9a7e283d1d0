/* pytorch_model.bin with one thing wrong, and the program's refusal: pickles that describe tensors as
   no state dict does, or storages that do not fit them. The archive's own faults are in
   tests/model/test_zip.c, the pickle machine's in tests/model/test_pickle.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hostile.h"
#include "tiny_model.h"
#include "torch_save.h"
#include "zip_file.h"

static const char bin[] = "pytorch_model.bin";

/* A directory whose weights are the file. */
static char *model_with(const void *bytes, size_t n) {
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options), path[600];
    snprintf(path, sizeof path, "%s/model.safetensors", directory);
    assert_int_equal(remove(path), 0);
    tiny_file_write(directory, bin, bytes, n);
    return directory;
}

static void refuse_file(const Buffer *file, const char *message) {
    char *directory = model_with(file->data, file->size);
    hostile_refused(directory, bin, message);
    tiny_model_remove(directory);
}

/* ---- one tensor, `w`, of 6 elements in a storage of 24 bytes ---- */

static const float numbers[6] = {1, 2, 3, 4, 5, 6};

/* An archive of a pickle, and a storage of n bytes. */
static Buffer archive_of(const char *pickle, size_t n_pickle, size_t n) {
    ZipFile zip = {0};
    Buffer file = {0};
    zip_file_add(&zip, "m/data.pkl", pickle, n_pickle, false);
    zip_file_add(&zip, "m/data/0", numbers, n, false);
    zip_file_finish(&zip, &file);
    return file;
}

typedef struct {
    const char *name;
    TorchTensor tensor;
    size_t n_bytes;  // of the storage in the file
    const char *message;
} Description;

static const Description descriptions[] = {
    {"sound, but no weight of the model",
     {"w", "FloatStorage", "0", 0, 6, 6, 2, {2, 3}},
     24,
     "no tensor model."},
    {"doubles",
     {"w", "DoubleStorage", "0", 0, 3, 3, 1, {3}},
     24,
     "tensor w: DoubleStorage is not supported, expected FloatStorage"},
    {"whole numbers",
     {"w", "LongStorage", "0", 0, 3, 3, 1, {3}},
     24,
     "LongStorage is not supported"},
    {"a storage of another type",
     {"w", "ComplexFloatStorage", "0", 0, 3, 3, 1, {3}},
     24,
     "the pickle asks for torch.ComplexFloatStorage, which no state dict needs"},
    {"past the end of its storage",
     {"w", "FloatStorage", "0", 1, 6, 6, 2, {2, 3}},
     24,
     "tensor w: it goes past the end of its storage"},
    {"an offset past the end",
     {"w", "FloatStorage", "0", 7, 1, 6, 1, {1}},
     24,
     "goes past the end of its storage"},
    {"larger than its storage",
     {"w", "FloatStorage", "0", 0, 8, 6, 1, {8}},
     24,
     "goes past the end of its storage"},
    {"2 GiB of elements in one dimension",
     {"w", "FloatStorage", "0", 0, 1, 6, 1, {2147483647}},
     24,
     "goes past the end of its storage"},
    {"more elements than 2^53",
     {"w", "FloatStorage", "0", 0, 1, 6, 3, {2147483647, 2147483647, 2147483647}},
     24,
     "tensor w: too many elements"},
    {"a dimension of 0",
     {"w", "FloatStorage", "0", 0, 0, 6, 2, {2, 0}},
     24,
     "tensor w: dimension 1 is 0, expected at least 1"},
    {"a storage that is not there",
     {"w", "FloatStorage", "1", 0, 6, 6, 1, {6}},
     24,
     "tensor w: its storage is not in the file"},
    {"a storage outside of the archive",
     {"w", "FloatStorage", "../../0", 0, 6, 6, 1, {6}},
     24,
     "tensor w: its storage is not in the file"},
    {"a storage of another size",
     {"w", "FloatStorage", "0", 0, 6, 6, 1, {6}},
     20,
     "m/data/0 has 20 bytes, 6 elements of FloatStorage need 24"},
    {"a storage of 2^31 - 1 elements",
     {"w", "FloatStorage", "0", 0, 6, 2147483647, 1, {6}},
     24,
     "2147483647 elements of FloatStorage need 8589934588"},
};

static void refused_description(void **row) {
    const Description *d = *row;
    Buffer pickle = {0};
    torch_pickle(&d->tensor, 1, TORCH_ZIP, &pickle);
    Buffer file = archive_of(pickle.data, pickle.size, d->n_bytes);
    refuse_file(&file, d->message);
    buffer_free(&file);
    buffer_free(&pickle);
}

/* ---- pickles ---- */

#define STORAGE                                        \
    "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0" \
    "0X\3\0\0\0cpuK\6tQ"
#define NAME "X\1\0\0\0w"
#define TENSOR(arguments) "}" NAME "ctorch._utils\n_rebuild_tensor_v2\n(" arguments "tRs."

typedef struct {
    const char *name, *pickle;
    size_t n;
    const char *message;
} Program;

#define PROGRAM(name, pickle, message) \
    { name, pickle, sizeof(pickle) - 1, message }

static const Program programs[] = {
    PROGRAM("a shell command", "cos\nsystem\nX\x0F\0\0\0touch /tmp/owned\x85R.",
            "the pickle asks for os.system, which no state dict needs; nothing of it was run"),
    PROGRAM("a shell command as a weight", "}" NAME "cposix\nsystem\nX\1\0\0\0x\x85Rs.",
            "the pickle asks for posix.system"),
    PROGRAM("code to evaluate",
            "cbuiltins\neval\nX\1\0\0\0"
            "1\x85R.",
            "builtins.eval"),
    PROGRAM("a module with a terminal's command in it", "c\x1B[2J\nx\n.", "asks for ?[2J.x"),
    PROGRAM("a list", "].", "it holds a list, expected a state dict"),
    PROGRAM("a number", "K\1.", "it holds a number, expected a state dict"),
    PROGRAM("a tensor alone", "ctorch._utils\n_rebuild_tensor_v2\n)R.",
            "it holds a tensor, expected a state dict"),
    PROGRAM("a number for a name", "}K\1K\2s.", "a number for a name in the state dict"),
    PROGRAM("a checkpoint of training", "}X\5\0\0\0epochK\3s.",
            "\"epoch\" is a number, expected a tensor: is it a checkpoint of training"),
    PROGRAM("a state dict inside another", "}X\5\0\0\0model}s.", "\"model\" is a dict, expected"),
    PROGRAM("a parameter of nothing", "}" NAME "ctorch._utils\n_rebuild_parameter\n)Rs.",
            "\"w\" is a tensor, expected a tensor"),
    PROGRAM("a parameter of parameters of nothing",
            "}" NAME "ctorch._utils\n_rebuild_parameter\nq\0h\0h\0)R\x85R\x85Rs.",
            "expected a tensor"),
    PROGRAM("a tensor without arguments", TENSOR(""),
            "tensor w: it is described in an unknown way"),
    PROGRAM("a tensor of a number", TENSOR("K\1K\0K\6\x85K\1\x85"), "described in an unknown way"),
    PROGRAM("a tensor without strides", TENSOR(STORAGE "K\0K\6\x85"),
            "described in an unknown way"),
    PROGRAM("a shape of text", TENSOR(STORAGE "K\0" NAME "\x85K\1\x85"),
            "its shape is not of numbers"),
    PROGRAM("a negative dimension", TENSOR(STORAGE "K\0J\xFF\xFF\xFF\xFF\x85K\1\x85"),
            "dimension 0 is -1, expected at least 1"),
    PROGRAM("five dimensions", TENSOR(STORAGE "K\0(K\1K\1K\1K\1K\1t)"), "more than 4 dimensions"),
    PROGRAM("a negative offset", TENSOR(STORAGE "J\xFF\xFF\xFF\xFFK\6\x85K\1\x85"),
            "goes past the end of its storage"),
    PROGRAM("turned around, past the end", TENSOR(STORAGE "K\1K\2K\3\x86K\1K\2\x86"),
            "tensor w: it goes past the end of its storage"),
    PROGRAM("every row the same", TENSOR(STORAGE "K\0K\2K\3\x86K\0K\1\x86"),
            "tensor w: it is stored neither row by row nor column by column"),
    PROGRAM("three dimensions turned around", TENSOR(STORAGE "K\0K\1K\2K\3\x87K\1K\1K\2\x87"),
            "is stored neither row by row"),
    PROGRAM("one number many times", TENSOR(STORAGE "K\0K\6\x85K\0\x85"),
            "is stored neither row by row"),
    PROGRAM("too few strides", TENSOR(STORAGE "K\0K\2K\3\x86K\1\x85"),
            "is stored neither row by row"),
    PROGRAM("a stride of text", TENSOR(STORAGE "K\0K\6\x85" NAME "\x85"),
            "is stored neither row by row"),
    PROGRAM("a storage that is a text", TENSOR(NAME "QK\0K\6\x85K\1\x85"),
            "tensor w: its storage is described in an unknown way"),
    PROGRAM("a storage of a few words", TENSOR("(X\7\0\0\0storagetQK\0K\6\x85K\1\x85"),
            "its storage is described in an unknown way"),
    PROGRAM("a module for a storage",
            TENSOR("(X\6\0\0\0modulectorch\nFloatStorage\nX\1\0\0\0"
                   "0X\3\0\0\0"
                   "cpuK\6tQK\0K\6\x85K\1\x85"),
            "its storage is described in an unknown way"),
    PROGRAM("a function for a storage's type",
            TENSOR("(X\7\0\0\0storageccollections\nOrderedDict\nX\1\0\0\0"
                   "0X\3\0\0\0cpuK\6tQK\0K\6\x85K\1\x85"),
            "its storage is described in an unknown way"),
    PROGRAM("a storage of -1 elements",
            TENSOR("(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
                   "0X\3\0\0\0"
                   "cpuJ\xFF\xFF\xFF\xFFtQK\0K\6\x85K\1\x85"),
            "its storage is described in an unknown way"),
    PROGRAM("a view of a storage",
            TENSOR("(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0"
                   "0X\3\0\0\0"
                   "cpuK\6)tQK\0K\6\x85K\1\x85"),
            "its storage is described in an unknown way"),
    PROGRAM(
        "one storage of two types",
        "}(" NAME "ctorch._utils\n_rebuild_tensor_v2\n(" STORAGE
        "K\0K\6\x85K\1\x85tRX\1\0\0\0vctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\n"
        "HalfStorage\nX\1\0\0\0"
        "0X\3\0\0\0cpuK\6tQK\0K\6\x85K\1\x85tRu.",
        "storage 0 is described in two ways"),
    PROGRAM("one name for two tensors",
            "}(" NAME "ctorch._utils\n_rebuild_tensor_v2\n(" STORAGE "K\0K\6\x85K\1\x85tRq\0" NAME
            "h\0u.",
            "tensor w occurs twice"),
};

static void refused_program(void **row) {
    const Program *p = *row;
    Buffer pickle = {0};
    buffer_append(&pickle, "\x80\2", 2);
    buffer_append(&pickle, p->pickle, p->n);
    Buffer file = archive_of(pickle.data, pickle.size, sizeof numbers);
    refuse_file(&file, p->message);
    buffer_free(&file);
    buffer_free(&pickle);
}

/* ---- the older format, changed at one place ---- */

typedef struct {
    const char *name, *from, *to;
    size_t n_from, n_to;
    const char *message;
} Change;

#define CHANGE(name, from, to, message) \
    { name, from, to, sizeof(from) - 1, sizeof(to) - 1, message }

static const Change changes[] = {
    CHANGE("another magic number", "\x6C\xFC", "\x6D\xFC", "not a file that torch.save writes"),
    CHANGE("another protocol", "M\xE9\3.", "M\xEA\3.", "not PyTorch's protocol 1001"),
    CHANGE("a big-endian machine", "little_endian\x88", "little_endian\x89",
           "not from a little-endian machine"),
    CHANGE("nothing about the machine", "little_endian", "lottle_endian",
           "not from a little-endian machine"),
    CHANGE("a key in the list that no tensor has",
           "](X\1\0\0\0"
           "0",
           "](X\1\0\0\0z", "storage z belongs to no tensor, or occurs twice"),
    CHANGE("a key in the list for the second time",
           "](X\1\0\0\0"
           "0X\1\0\0\0"
           "1",
           "](X\1\0\0\0"
           "0X\1\0\0\0"
           "0",
           "storage 0 belongs to no tensor, or occurs twice"),
    CHANGE("no list of keys", "\x80\2](", "\x80\2}(", "items for a value that cannot hold them"),
};

static void refused_change(void **row) {
    const Change *c = *row;
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options), path[600];
    torch_save(directory, bin, TORCH_STREAM);
    snprintf(path, sizeof path, "%s/model.safetensors", directory);
    assert_int_equal(remove(path), 0);
    size_t size, at = 0;
    char *bytes = tiny_file_read(directory, bin, &size);
    while (at + c->n_from <= size && memcmp(bytes + at, c->from, c->n_from) != 0) at++;
    assert_true(at + c->n_from <= size && c->n_from == c->n_to);
    memcpy(bytes + at, c->to, c->n_to);
    tiny_file_write(directory, bin, bytes, size);
    hostile_refused(directory, bin, c->message);
    free(bytes);
    tiny_model_remove(directory);
}

/* ---- the ends of files ---- */

typedef struct {
    const char *name;
    TorchFormat format;
    int cut;  // so many bytes fewer, or more
    const char *message;
} End;

static const End ends[] = {
    {"an archive that was not downloaded to the end", TORCH_ZIP, -1000,
     "it has no directory at its end; was it downloaded to the end?"},
    {"an archive with a line behind it", TORCH_ZIP, 7, "it has no directory at its end"},
    {"the older format, not downloaded to the end", TORCH_STREAM, -1,
     "was the file downloaded to the end?"},
    {"the older format with bytes behind it", TORCH_STREAM, 3, "3 bytes after the last storage"},
};

static void refused_end(void **row) {
    const End *e = *row;
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options), path[600];
    torch_save(directory, bin, e->format);
    snprintf(path, sizeof path, "%s/model.safetensors", directory);
    assert_int_equal(remove(path), 0);
    size_t size;
    char *bytes = tiny_file_read(directory, bin, &size);
    Buffer file = {0};
    buffer_append(&file, bytes, e->cut < 0 ? size - (size_t)-e->cut : size);
    for (int i = 0; i < e->cut; i++) buffer_byte(&file, 'x');
    tiny_file_write(directory, bin, file.data, file.size);
    hostile_refused(directory, bin, e->message);
    buffer_free(&file);
    free(bytes);
    tiny_model_remove(directory);
}

int main(void) {
    HostileTable tables[] = {
        HOSTILE_TABLE(refused_description, descriptions), HOSTILE_TABLE(refused_program, programs),
        HOSTILE_TABLE(refused_change, changes), HOSTILE_TABLE(refused_end, ends)};
    return hostile_run("torch files", tables, 4);
}
