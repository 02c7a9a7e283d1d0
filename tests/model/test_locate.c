/* What -m may point at, and the sentence that everything else gets: what it is, and what to do. */
#include "model/locate.h"

#include "../base/scratch.h"
#include "model/model.h"
#include "tiny_firefox.h"
#include "tiny_model.h"
#include "torch_save.h"

static const char lfs[] =
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

static void loads(const char *path) {
    Model *model;
    Error err = {0};
    if (!model_load(path, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    model_free(model);
}

static void refused(const char *path, const char *message) {
    Model *model;
    Error err = {0};
    if (model_load(path, XATTN_AS_STORED, &model, &err)) fail_msg("%s was loaded", path);
    assert_contains(err.text, path);
    assert_contains(err.text, message);
}

static void write_text(const char *directory, const char *name, const char *text) {
    tiny_file_write(directory, name, text, strlen(text));
}

static const char *path_in(const char *directory, const char *name) {
    static char path[1200];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* ---- models ---- */

static void files_of_weights_are_models(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    torch_save(directory, "pytorch_model.bin", TORCH_ZIP);
    torch_save(directory, "old.bin", TORCH_STREAM);
    write_text(directory, "pytorch_model.bin.index.json",
               "{\"weight_map\": {\"final_logits_bias\": \"old.bin\"}}");
    loads(path_in(directory, "model.safetensors"));
    loads(path_in(directory, "pytorch_model.bin"));
    loads(path_in(directory, "old.bin"));
    loads(path_in(directory, "pytorch_model.bin.index.json"));
    loads(path_in(directory, "config.json"));
    refused(path_in(directory, "vocab.json"), "not a model; expected its directory, or a file of");
    assert_int_equal(remove(path_in(directory, "config.json")), 0);
    Model *model;
    Error err = {0};
    assert_false(
        model_load(path_in(directory, "model.safetensors"), XATTN_AS_STORED, &model, &err));
    assert_contains(err.text, "config.json: No such file");
    tiny_model_remove(directory);
    TinyFirefox firefox = tiny_firefox_default();
    directory = tiny_firefox_write(&firefox);
    loads(path_in(directory, "model.xxyy.bin"));
    tiny_model_remove(directory);
}

/* A folder as the Hub's cache has it, whose snapshot is a symbolic link to a model. */
static void link_snapshot(const char *root, const char *name, const char *model) {
    char path[1200];
    snprintf(path, sizeof path, "%s/snapshots/%s", root, name);
    assert_int_equal(symlink(model, path), 0);
}

static void a_cache_of_the_hub_is_followed(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    char *model = tiny_model_write(&options);
    char *other = tiny_model_write(&options);
    tiny_file_replace(other, "config.json", "\"marian\"", "\"other\"");
    char root[600];
    snprintf(root, sizeof root, "%s", scratch_path("models--A--b"));
    assert_int_equal(mkdir(root, 0777), 0);
    assert_int_equal(mkdir(path_in(root, "refs"), 0777), 0);
    assert_int_equal(mkdir(path_in(root, "snapshots"), 0777), 0);
    refused(root, "0 snapshots, and refs/main names none of them");
    link_snapshot(root, "abc", model);
    loads(root);  // the only one
    link_snapshot(root, "def", other);
    refused(root, "2 snapshots, and refs/main names none of them");
    write_text(root, "refs/main", "abc");
    loads(root);
    write_text(root, "refs/main", "def\n");
    refused(root, "\"model_type\" is other");
    write_text(root, "refs/main", "../abc");
    refused(root, "2 snapshots, and refs/main names none of them");
    refused(scratch_folder, "a cache of the Hugging Face Hub; -m takes a model in it, such as");
    refused(scratch_folder, "/models--A--b");
    static const char *const made[] = {"refs/main", "refs", "snapshots/abc", "snapshots/def",
                                       "snapshots"};
    for (size_t i = 0; i < 5; i++) assert_int_equal(remove(path_in(root, made[i])), 0);
    assert_int_equal(remove(root), 0);
    tiny_model_remove(model);
    tiny_model_remove(other);
}

/* A name on the Hub is the download in its cache, wherever huggingface_hub puts that. */
static void a_name_of_the_hub_is_looked_up(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    char *model = tiny_model_write(&options);
    char hub[600], root[700];
    assert_int_equal(mkdir(scratch_path("huggingface"), 0777), 0);
    snprintf(hub, sizeof hub, "%s", scratch_path("huggingface/hub"));
    snprintf(root, sizeof root, "%s/models--Acme--a.b_c-1", hub);
    assert_int_equal(mkdir(hub, 0777), 0);
    assert_int_equal(mkdir(root, 0777), 0);
    assert_int_equal(mkdir(path_in(root, "snapshots"), 0777), 0);
    link_snapshot(root, "abc", model);
    setenv("HF_HUB_CACHE", hub, 1);
    loads("Acme/a.b_c-1");
    loads("https://huggingface.co/Acme/a.b_c-1");
    refused("Acme/a.b", "no such directory; if it is a model on the Hugging Face Hub");
    setenv("HF_HUB_CACHE", "/nowhere", 1);
    refused("Acme/a.b_c-1", "no such directory");
    unsetenv("HF_HUB_CACHE");
    setenv("HF_HOME", scratch_path("huggingface"), 1);
    loads("Acme/a.b_c-1");
    unsetenv("HF_HOME");
    setenv("XDG_CACHE_HOME", scratch_folder, 1);
    loads("Acme/a.b_c-1");
    unsetenv("XDG_CACHE_HOME");
    assert_int_equal(rename(scratch_path("huggingface"), scratch_path(".cache")), 0);
    char *home = getenv("HOME");
    setenv("HOME", scratch_folder, 1);
    refused("Acme/a.b_c-1", "no such directory");
    assert_int_equal(mkdir(scratch_path("x"), 0777), 0);
    assert_int_equal(rename(scratch_path(".cache"), scratch_path("x/huggingface")), 0);
    assert_int_equal(rename(scratch_path("x"), scratch_path(".cache")), 0);
    loads("Acme/a.b_c-1");
    static const char *const made[] = {"hub/models--Acme--a.b_c-1/snapshots/abc",
                                       "hub/models--Acme--a.b_c-1/snapshots",
                                       "hub/models--Acme--a.b_c-1", "hub", ""};
    if (home) setenv("HOME", home, 1);
    snprintf(hub, sizeof hub, "%s", scratch_path(".cache/huggingface"));
    for (size_t i = 0; i < 5; i++) assert_int_equal(remove(path_in(hub, made[i])), 0);
    assert_int_equal(remove(scratch_path(".cache")), 0);
    tiny_model_remove(model);
}

/* ---- what is none ---- */

static void nothing_there(void **state) {
    (void)state;
    setenv("HF_HUB_CACHE", "/nowhere", 1);
    refused("Helsinki-NLP/opus-mt-en-de",
            "if it is a model on the Hugging Face Hub, download it first: "
            "hf download Helsinki-NLP/opus-mt-en-de --local-dir opus-mt-en-de");
    refused("https://huggingface.co/Helsinki-NLP/opus-mt-en-de/",
            "download it first: hf download Helsinki-NLP/opus-mt-en-de --local-dir opus-mt-en-de");
    refused("https://example.com/a/b", "No such file or directory");
    unsetenv("HF_HUB_CACHE");
    refused("models/nothing", "models/nothing: No such file or directory");  // models is there
    refused("./Helsinki-NLP/opus-mt-en-de", "No such file or directory");
    refused("/Helsinki-NLP/opus", "No such file or directory");
    refused("Helsinki-NLP/", "No such file or directory");
    refused("a/b/c", "No such file or directory");
    refused(scratch_path("missing"), "No such file or directory");
    refused(scratch_folder,
            "no model: expected config.json with model.safetensors or pytorch_model.bin");
}

static void files_that_are_none(void **state) {
    (void)state;
    refused(scratch_write_text("opus.zip", "PK\3\4"),
            "a ZIP archive; unzip it, and point -m at the");
    refused(scratch_write_text("notes.txt", "x"), "not a model; expected its directory");
    refused(scratch_write_text("x.safetensors", lfs), "a pointer of Git LFS, not the file itself");
    refused(scratch_write_text("empty.txt", ""), "not a model");
    static const char *const made[] = {"opus.zip", "notes.txt", "x.safetensors", "empty.txt"};
    for (size_t i = 0; i < 4; i++) assert_int_equal(remove(scratch_path(made[i])), 0);
}

static void pointers_of_git_lfs_are_named(void **state) {
    (void)state;
    static const char *const names[] = {"model.safetensors", "source.spm", "vocab.json"};
    for (size_t i = 0; i < 3; i++) {
        TinyModel options = tiny_model_default();
        char *directory = tiny_model_write(&options);
        write_text(directory, names[i], lfs);
        refused(directory, names[i]);
        refused(directory,
                "a pointer of Git LFS, not the file itself; in its directory, run: git lfs pull");
        tiny_model_remove(directory);
    }
    TinyModel options = tiny_model_default();  // what nobody needs was not fetched
    char *directory = tiny_model_write(&options);
    static const char *const others[] = {"pytorch_model.bin", "rust_model.ot", "tf_model.h5"};
    for (size_t i = 0; i < 3; i++) write_text(directory, others[i], lfs);
    loads(directory);
    assert_int_equal(remove(path_in(directory, "model.safetensors")), 0);
    refused(directory, "pytorch_model.bin: a pointer of Git LFS");
    tiny_model_remove(directory);
}

static void other_programs_models_are_named(void **state) {
    (void)state;
    static const struct {
        const char *files[3], *message;
    } models[] = {
        {{"model.bin", "shared_vocabulary.json", NULL},
         "a model of CTranslate2; xattn reads the original"},
        {{"model.bin", "config.json", "source_vocabulary.txt"}, "a model of CTranslate2"},
        {{"encoder_model.onnx", "config.json", NULL},
         "a model for ONNX; xattn reads the original model"},
        {{"onnx", "config.json", NULL}, "a model for ONNX"},
        {{"tf_model.h5", "config.json", NULL}, "a model for TensorFlow"},
        {{"saved_model.pb", NULL, NULL}, "a model for TensorFlow"},
        {{"flax_model.msgpack", "config.json", NULL}, "a model for Flax (JAX)"},
        {{"rust_model.ot", "config.json", NULL}, "a model for rust-bert"},
        {{"nllb.Q4.gguf", NULL, NULL}, "a model for llama.cpp (GGUF)"},
        {{"adapter_model.safetensors", "adapter_config.json", NULL}, "a LoRA adapter, not a model"},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        for (size_t k = 0; k < 3 && models[i].files[k]; k++)
            scratch_write_text(models[i].files[k], "{}");
        refused(scratch_folder, models[i].message);
        for (size_t k = 0; k < 3 && models[i].files[k]; k++)
            assert_int_equal(remove(scratch_path(models[i].files[k])), 0);
    }
    TinyModel options = tiny_model_default();  // beside weights of ours they do not matter
    char *directory = tiny_model_write(&options);
    write_text(directory, "tf_model.h5", "x");
    write_text(directory, "model.onnx", "x");
    loads(directory);
    tiny_model_remove(directory);
}

static void other_architectures_are_named(void **state) {
    (void)state;
    static const char *const types[][2] = {
        {"m2m_100", "is m2m_100 (M2M100, NLLB, SMaLL-100), expected marian"},
        {"mbart", "is mbart (mBART), expected marian; xattn runs MarianMT models"},
        {"t5", "is t5 (T5, MADLAD), expected marian"},
        {"bert", "is bert, expected marian; xattn runs MarianMT models"}};
    for (size_t i = 0; i < 4; i++) {
        Buffer config = {0};
        buffer_format(&config, "{\"model_type\": \"%s\"}", types[i][0]);
        scratch_write_text("config.json", config.data);
        scratch_write_text("pytorch_model.bin", "x");
        refused(scratch_folder, types[i][1]);
        buffer_free(&config);
    }
    assert_int_equal(remove(scratch_path("config.json")), 0);
    assert_int_equal(remove(scratch_path("pytorch_model.bin")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_weights_are_models),
        cmocka_unit_test(a_cache_of_the_hub_is_followed),
        cmocka_unit_test(a_name_of_the_hub_is_looked_up),
        cmocka_unit_test(nothing_there),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(pointers_of_git_lfs_are_named),
        cmocka_unit_test(other_programs_models_are_named),
        cmocka_unit_test(other_architectures_are_named),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
