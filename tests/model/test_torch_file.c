/* pytorch_model.bin: the tensors are those of the safetensors file that it was made from, in each
   format. make parity reads files that PyTorch has written. */
#include "model/torch_file.h"

#include "../base/scratch.h"
#include "model/model.h"
#include "model/safetensors.h"
#include "tiny_model.h"
#include "torch_save.h"
#include "zip_file.h"

static const char bin[] = "pytorch_model.bin";
static const TorchFormat formats[] = {TORCH_ZIP, TORCH_DEFLATED, TORCH_STREAM};

static void open_file(const char *directory, const char *name, TensorsReader *read,
                      Tensors *tensors, Arena *arena) {
    char path[600];
    Error err = {0};
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (!tensors_open(path, read, tensors, arena, &err)) fail_msg("%s", err.text);
}

static void expect_equal(const Tensors *a, const Tensors *b) {
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const Tensor *x = &a->tensors[i], *y = &b->tensors[i];
        assert_string_equal(x->name, y->name);
        assert_true(x->dtype == y->dtype && x->rank == y->rank && x->n_bytes == y->n_bytes);
        assert_memory_equal(x->shape, y->shape, sizeof x->shape);
        assert_memory_equal(x->data, y->data, x->n_bytes);
    }
}

static void the_tensors_are_those_of_safetensors(void **state) {
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        TinyModel options = tiny_model_default();
        options.dtype = (DType)(i % 3);
        options.copies = i % 2;
        options.positions = POSITIONS_RANDOM;
        char *directory = tiny_model_write(&options);
        torch_save(directory, bin, formats[i / 3]);
        Arena arena = {0};
        Tensors expected, got;
        open_file(directory, "model.safetensors", safetensors_read, &expected, &arena);
        open_file(directory, bin, torch_file_read, &got, &arena);
        expect_equal(&got, &expected);
        if (options.copies)
            assert_ptr_equal(tensors_find(&got, "lm_head.weight")->data,
                             tensors_find(&got, "model.shared.weight")->data);
        tensors_close(&expected);
        tensors_close(&got);
        arena_free(&arena);
        tiny_model_remove(directory);
    }
}

static void models_load(void **state) {
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        TinyModel options = tiny_model_default();
        options.copies = i % 2;
        char *directory = tiny_model_write(&options), path[600];
        torch_save(directory, bin, formats[i / 2]);
        snprintf(path, sizeof path, "%s/model.safetensors", directory);
        assert_int_equal(remove(path), 0);
        Model *model;
        Error err = {0};
        if (!model_load(directory, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
        assert_ptr_equal(model->decoder.output.weight.data, model->decoder.embedding.tokens.data);
        model_free(model);
        tiny_model_remove(directory);
    }
}

/* Makes every `from` `to`, which is as long; "" is nowhere. */
static void replace(Buffer *bytes, const char *from, const char *to) {
    for (size_t i = 0; *from && i + strlen(from) <= bytes->size; i++)
        if (memcmp(bytes->data + i, from, strlen(from)) == 0)
            memcpy(bytes->data + i, to, strlen(from));
}

/* Writes an archive of tensors in one storage of 8 numbers. With `turned`, those with the
   shapes [2, 3] and [3, 2] are stored column by column. */
static const char *write_archive(const TorchTensor *tensors, size_t n, bool turned, bool deflated) {
    static const float numbers[] = {0, 1, 2, 3, 4, 5, 6, 7};
    ZipFile zip = {0};
    Buffer pickle = {0}, file = {0};
    torch_pickle(tensors, n, TORCH_ZIP, &pickle);
    replace(&pickle, turned ? "K\3K\1\x86" : "", "K\1K\2\x86");
    replace(&pickle, turned ? "K\2K\1\x86" : "", "K\1K\3\x86");
    zip_file_add(&zip, "data.pkl", pickle.data, pickle.size, deflated);
    zip_file_add(&zip, "data/0", numbers, sizeof numbers, deflated);
    zip_file_finish(&zip, &file);
    const char *path = scratch_write(bin, file.data, file.size);
    buffer_free(&pickle);
    buffer_free(&file);
    return path;
}

/* Two tensors that are parts of one storage. */
static void parts_of_a_storage_are_read(void **state) {
    (void)state;
    static const float numbers[] = {0, 1, 2, 3, 4, 5, 6, 7};
    const TorchTensor tensors[] = {{"a", "FloatStorage", "0", 2, 6, 8, 2, {3, 2}},
                                   {"b", "FloatStorage", "0", 1, 1, 8, 0, {0}}};
    Arena arena = {0};
    Tensors got;
    write_archive(tensors, 2, false, false);
    open_file(scratch_folder, bin, torch_file_read, &got, &arena);
    const Tensor *a = tensors_find(&got, "a"), *b = tensors_find(&got, "b");
    assert_memory_equal(a->data, numbers + 2, 6 * sizeof *numbers);
    assert_memory_equal(b->data, numbers + 1, sizeof *numbers);
    assert_int_equal(b->rank, 0);
    tensors_close(&got);
    arena_free(&arena);
}

/* What .t() leaves behind: the strides of columns first. */
static void a_transposed_matrix_is_read(void **state) {
    (void)state;
    static const float numbers[] = {1, 3, 5, 2, 4, 6};
    const TorchTensor tensors[] = {{"a", "FloatStorage", "0", 1, 6, 8, 2, {2, 3}},
                                   {"c", "FloatStorage", "0", 2, 6, 8, 2, {3, 2}}};
    const TorchTensor tied[] = {tensors[0], {"b", "FloatStorage", "0", 1, 6, 8, 2, {2, 3}}};
    for (int deflated = 0; deflated < 2; deflated++) {
        Arena arena = {0};
        Tensors got;
        write_archive(tied, 2, true, deflated);
        open_file(scratch_folder, bin, torch_file_read, &got, &arena);
        assert_memory_equal(tensors_find(&got, "a")->data, numbers, sizeof numbers);
        assert_ptr_equal(tensors_find(&got, "b")->data, tensors_find(&got, "a")->data);
        tensors_close(&got);
        arena_free(&arena);
    }
    Arena arena = {0};  // a copy each would take more memory than the file justifies
    Tensors got;
    Error err = {0};
    const char *path = write_archive(tensors, 2, true, false);
    assert_false(tensors_open(path, torch_file_read, &got, &arena, &err));
    assert_contains(err.text, "tensor c: its storage has another transposed matrix");
    tensors_close(&got);
    arena_free(&arena);
}

/* Expects the refusal of a file of these bytes, by name. */
static void refused(const void *bytes, size_t n, Error *err) {
    Arena arena = {0};
    Tensors tensors;
    const char *path = scratch_write(bin, bytes, n);
    assert_false(tensors_open(path, torch_file_read, &tensors, &arena, err));
    assert_contains(err->text, path);
    tensors_close(&tensors);
    arena_free(&arena);
}

static void every_short_file_is_refused(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.d = 4;
    options.heads = 2;
    options.ffn = 3;
    options.encoder_layers = options.decoder_layers = 1;
    char *directory = tiny_model_write(&options);
    for (size_t i = 0; i < 3; i++) {
        size_t size;
        torch_save(directory, bin, formats[i]);
        char *bytes = tiny_file_read(directory, bin, &size);
        for (size_t n = 0; n < size; n += n < 2000 || n > size - 200 ? 1 : 97) {
            Error err = {0};
            refused(bytes, n, &err);
        }
        free(bytes);
    }
    tiny_model_remove(directory);
}

/* Expects the refusal of a file as one that xattn does not run. */
static void unsupported(const void *bytes, size_t n, const char *message) {
    Error err = {0};
    refused(bytes, n, &err);
    assert_contains(err.text, message);
    if (err.kind != XATTN_UNSUPPORTED) fail_msg("kind %d: %s", (int)err.kind, err.text);
}

/* An archive with a pickle in which `from` is `to`, and perhaps the order of bytes. */
static void unsupported_archive(const Buffer *pickle, const char *from, const char *to,
                                const char *byteorder, const char *message) {
    static const float numbers[6] = {0};
    ZipFile zip = {0};
    Buffer file = {0}, edited = {0};
    buffer_append(&edited, pickle->data, pickle->size);
    replace(&edited, from, to);
    zip_file_add(&zip, "m/data.pkl", edited.data, edited.size, false);
    zip_file_add(&zip, "m/byteorder", byteorder, strlen(byteorder), false);
    zip_file_add(&zip, "m/data/0", numbers, sizeof numbers, false);
    zip_file_finish(&zip, &file);
    unsupported(file.data, file.size, message);
    buffer_free(&edited);
    buffer_free(&file);
}

static void what_is_whole_but_not_read_is_unsupported(void **state) {
    (void)state;
    static const char little[] = "little_endian\x88", training[] = "}X\5\0\0\0epochK\3s.";
    const TorchTensor tensor = {"w", "FloatStorage", "0", 0, 6, 6, 2, {2, 3}};
    Buffer pickle = {0}, other = {0}, stream = {0};
    torch_pickle(&tensor, 1, TORCH_ZIP, &pickle);
    unsupported_archive(&pickle, "", "", "big", "m/byteorder is not \"little\"");
    unsupported_archive(&pickle, "K\3K\1\x86", "K\1K\1\x86", "little",
                        "tensor w: it is stored neither row by row nor");
    unsupported_archive(&pickle, "FloatStorage", "ShortStorage", "little", "ShortStorage");
    buffer_append(&other, training, sizeof training - 1);
    unsupported_archive(&other, "", "", "little", "is it a checkpoint of training");
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    size_t size;
    torch_save(directory, bin, TORCH_STREAM);
    char *bytes = tiny_file_read(directory, bin, &size);
    for (size_t i = 0; i + sizeof little <= size && !stream.size; i++)
        if (memcmp(bytes + i, little, sizeof little - 1) == 0) {
            buffer_append(&stream, bytes, size);
            stream.data[i + sizeof little - 2] = '\x89';
        }
    unsupported(stream.data, stream.size, "not from a little-endian machine");
    tiny_model_remove(directory);
    free(bytes);
    buffer_free(&pickle);
    buffer_free(&other);
    buffer_free(&stream);
}

/* The older format as torch.save(…, pickle_protocol=3) or 4 begins it. */
static void another_pickle_protocol_is_named(void **state) {
    (void)state;
#define MAGIC "\x8A\nl\xFC\x9C\x46\xF9 j\xA8P\x19."
    static const char third[] = "\x80\3" MAGIC "\x80\3";
    static const char fourth[] = "\x80\4\x95\r\0\0\0\0\0\0\0" MAGIC "\x80\4";
    unsupported(third, sizeof third - 1, "pickle protocol 3, expected 2");
    unsupported(fourth, sizeof fourth - 1, "pickle protocol 4, expected 2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tensors_are_those_of_safetensors),
        cmocka_unit_test(models_load),
        cmocka_unit_test(parts_of_a_storage_are_read),
        cmocka_unit_test(a_transposed_matrix_is_read),
        cmocka_unit_test(every_short_file_is_refused),
        cmocka_unit_test(what_is_whole_but_not_read_is_unsupported),
        cmocka_unit_test(another_pickle_protocol_is_named),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
