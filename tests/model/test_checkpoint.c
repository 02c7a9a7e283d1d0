/* Which files of a directory hold the weights, and an index of several. */
#include "model/checkpoint.h"

#include "../base/scratch.h"
#include "base/buffer.h"
#include "torch_save.h"
#include "zip_file.h"

static const char safetensors[] = "model.safetensors", bin[] = "pytorch_model.bin",
                  safetensors_index[] = "model.safetensors.index.json",
                  bin_index[] = "pytorch_model.bin.index.json";

/* A safetensors file of one tensor, [1], whose number is `value`. */
static void write_safetensors(const char *file, const char *name, float value) {
    Buffer header = {0}, bytes = {0};
    buffer_format(&header, "{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                  name);
    uint64_t n = header.size;
    buffer_append(&bytes, &n, sizeof n);
    buffer_append(&bytes, header.data, header.size);
    buffer_append(&bytes, &value, sizeof value);
    scratch_write(file, bytes.data, bytes.size);
    buffer_free(&header);
    buffer_free(&bytes);
}

/* The same from PyTorch. */
static void write_bin(const char *file, const char *name, float value) {
    const TorchTensor tensor = {name, "FloatStorage", "0", 0, 1, 1, 1, {1}};
    ZipFile zip = {0};
    Buffer pickle = {0}, bytes = {0};
    torch_pickle(&tensor, 1, TORCH_ZIP, &pickle);
    zip_file_add(&zip, "a/data.pkl", pickle.data, pickle.size, false);
    zip_file_add(&zip, "a/data/0", &value, sizeof value, false);
    zip_file_finish(&zip, &bytes);
    scratch_write(file, bytes.data, bytes.size);
    buffer_free(&pickle);
    buffer_free(&bytes);
}

static bool open_directory(const char *path, Tensors *tensors, Arena *arena, Error *err) {
    return checkpoint_open(scratch_folder, path, tensors, arena, err);
}

static void expect(const char *path, const char *name, float value) {
    Tensors tensors;
    Arena arena = {0};
    Error err = {0};
    if (!open_directory(path, &tensors, &arena, &err)) fail_msg("%s", err.text);
    const Tensor *tensor = tensors_find(&tensors, name);
    assert_non_null(tensor);
    assert_true(*tensor_floats(tensor, &arena, &err) == value);
    tensors_close(&tensors);
    arena_free(&arena);
}

static void refused(const char *message) {
    Tensors tensors;
    Arena arena = {0};
    Error err = {0};
    assert_false(open_directory(NULL, &tensors, &arena, &err));
    assert_contains(err.text, scratch_folder);
    assert_contains(err.text, message);
    tensors_close(&tensors);
    arena_free(&arena);
}

static void forget(const char *name) { assert_int_equal(remove(scratch_path(name)), 0); }

static void the_first_that_is_there_is_read(void **state) {
    (void)state;
    refused("model.safetensors: no such file, nor pytorch_model.bin");
    write_safetensors("shard.safetensors", "w", 2);
    write_bin("shard.bin", "w", 4);
    scratch_write_text(bin_index, "{\"weight_map\": {\"w\": \"shard.bin\"}}");
    expect(NULL, "w", 4);
    write_bin(bin, "w", 3);
    expect(NULL, "w", 3);
    scratch_write_text(safetensors_index, "{\"weight_map\": {\"w\": \"shard.safetensors\"}}");
    expect(NULL, "w", 2);
    write_safetensors(safetensors, "w", 1);
    expect(NULL, "w", 1);
    expect(scratch_path(bin), "w", 3);  // or the one that is asked for
    expect(scratch_path(bin_index), "w", 4);
    forget(bin_index);
    forget(bin);
    forget(safetensors_index);
    forget(safetensors);
}

static void several_files_are_read(void **state) {
    (void)state;
    write_safetensors("1.safetensors", "w", 1);
    write_safetensors("2.safetensors", "v", 2);
    scratch_write_text(safetensors_index,
                       "{\"metadata\": {\"total_size\": 8},\n"
                       " \"weight_map\": {\"v\": \"2.safetensors\", \"w\": \"1.safetensors\"}}");
    expect(NULL, "w", 1);
    expect(NULL, "v", 2);
    forget(safetensors_index);
    write_bin("1.bin", "w", 3);
    write_bin("2.bin", "v", 4);
    scratch_write_text(bin_index, "{\"weight_map\": {\"w\": \"1.bin\", \"v\": \"2.bin\"}}");
    expect(NULL, "w", 3);
    expect(NULL, "v", 4);
    forget(bin_index);
}

/* As in transformers, each file is read as what its name says, whatever the index is called. */
static void an_index_may_name_files_of_both_kinds(void **state) {
    (void)state;
    static const char both[] = "{\"weight_map\": {\"w\": \"1.bin\", \"v\": \"2.safetensors\"}}";
    write_bin("1.bin", "w", 5);
    write_safetensors("2.safetensors", "v", 6);
    const char *const indexes[] = {safetensors_index, bin_index};
    for (size_t i = 0; i < 2; i++) {
        scratch_write_text(indexes[i], both);
        expect(NULL, "w", 5);
        expect(NULL, "v", 6);
        forget(indexes[i]);
    }
}

static void wrong_indexes_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *index, *message;
    } wrong[] = {
        {"[]", "expected a JSON object"},
        {"{}", "no \"weight_map\""},
        {"{\"weight_map\": []}", "no \"weight_map\""},
        {"{\"weight_map\": {\"w\": 1}}", "\"w\" is not in a file of this directory"},
        {"{\"weight_map\": {\"w\": \"\"}}", "\"w\" is not in a file of this directory"},
        {"{\"weight_map\": {\"w\": \"../w\"}}", "\"w\" is not in a file of this directory"},
        {"{\"weight_map\": {\"w\": \"/etc/passwd\"}}", "\"w\" is not in a file of this directory"},
        {"{\"weight_map\": {\"w\": \"..\"}}", "\"w\" is not in a file of this directory"},
        {"{\"weight_map\": {\"w\": \".\"}}", "\"w\" is not in a file of this directory"},
        {"{\"weight_map\": {\"w\": \"3.safetensors\"}}", "3.safetensors: No such file"},
        {"{\"weight_map\": {\"w\": \"2.safetensors\"}}", "tensor w is not in 2.safetensors"},
        {"{\"weight_map\": {\"w\": \"safetensors\"}}", "safetensors: No such file"},
        {"{\"weight_map\": {\"w\": \"1.safetensors\", \"u\": \"1.safetensors\"}}",
         "tensor u is not in 1.safetensors"},
        {"{\"weight_map\": {\"w\": \"1.safetensors\", \"v\": \"1.safetensors\"}}",
         "tensor v is not in 1.safetensors"},
        {"{\"weight_map\": {\"w\": \"1.safetensors\", \"w\": \"2.safetensors\"}}",
         "\"w\" occurs twice"},
        {"{\"weight_map\": {\"w\": \"1.safetensors\", \"v\": \"again.safetensors\"}}",
         "tensor w occurs twice"},
    };
    write_safetensors("1.safetensors", "w", 1);
    write_safetensors("2.safetensors", "v", 2);
    write_safetensors("again.safetensors", "w", 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        scratch_write_text(safetensors_index, wrong[i].index);
        refused(wrong[i].message);
    }
    Buffer many = {0};
    buffer_string(&many, "{\"weight_map\": {");
    for (int i = 0; i < 1001; i++) {
        char name[32];
        snprintf(name, sizeof name, "many%d.safetensors", i);
        write_safetensors(name, name, 1);
        buffer_format(&many, "%s\"%s\": \"%s\"", i ? ", " : "", name, name);
    }
    buffer_string(&many, "}}");
    scratch_write_text(safetensors_index, many.data);
    refused("more than 1000 files");
    buffer_free(&many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_is_there_is_read),
        cmocka_unit_test(several_files_are_read),
        cmocka_unit_test(an_index_may_name_files_of_both_kinds),
        cmocka_unit_test(wrong_indexes_are_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
