#include "model/torch_file.h"

#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "model/torch_state.h"
#include "model/zip.h"

/* The first pickle of the older format after its beginning: the number 0x1950a86a20f9469cfc6c. */
static const unsigned char magic[] = {0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9,
                                      0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E};

/* The end of that pickle, or 0 if the file does not begin with it. Other protocols than 2 count, too,
   so that the next pickle's error names them; from 4 on, the size of a frame follows the protocol. */
static size_t magic_end(const MappedFile *file) {
    enum { PROTO = 0x80, BEGIN_SIZE = 2, FRAME_SIZE = 9 };
    if (file->size < BEGIN_SIZE || file->data[0] != PROTO) return 0;
    size_t at = file->data[1] < 4 ? BEGIN_SIZE : BEGIN_SIZE + FRAME_SIZE, end = at + sizeof magic;
    return file->size >= end && memcmp(file->data + at, magic, sizeof magic) == 0 ? end : 0;
}

bool torch_file_is(const MappedFile *file) { return zip_is(file) || magic_end(file); }

/* ---- the ZIP archive ---- */

/* Finds NAME/data.pkl, which also gives the name of the folder. NULL with an error if there is none. */
static ZipEntry *find_pickle(const TorchState *r, const Zip *zip) {
    static const char name[] = "data.pkl";
    ZipEntry *found = NULL;
    for (size_t i = 0; i < zip->n; i++) {
        ZipEntry *entry = &zip->entries[i];
        size_t n = strlen(entry->name), n_name = sizeof name - 1;
        if (n < n_name || strcmp(entry->name + n - n_name, name) != 0) continue;
        if (n > n_name && entry->name[n - n_name - 1] != '/') continue;
        if (found) {
            error_set(r->err, "%s: both %s and %s", zip->path, found->name, entry->name);
            return NULL;
        }
        found = entry;
    }
    if (!found)
        error_set(r->err, "%s: a ZIP archive without data.pkl, which PyTorch's files have",
                  zip->path);
    return found;
}

/* Finds an entry by its name in the folder, such as data/0. NULL if there is none, or if out of
   memory. */
static ZipEntry *find_entry(const Zip *zip, const char *folder, size_t n_folder, const char *name) {
    Buffer path = {0};
    buffer_append(&path, folder, n_folder);
    buffer_string(&path, name);
    ZipEntry *entry = path.failed ? NULL : zip_find(zip, path.data);
    buffer_free(&path);
    return entry;
}

static bool check_byteorder(const TorchState *r, const Zip *zip, const char *folder,
                            size_t n_folder) {
    static const char little[] = "little";
    ZipEntry *entry = find_entry(zip, folder, n_folder, "byteorder");
    if (!entry) return true;
    if (!zip_read(zip, entry, r->arena, r->err)) return false;
    return (entry->n_bytes == sizeof little - 1 &&
            memcmp(entry->bytes, little, entry->n_bytes) == 0) ||
           error_kind(r->err, XATTN_UNSUPPORTED, "%s: %s is not \"little\"", zip->path,
                      entry->name);
}

static bool read_archive_storages(const TorchState *r, const Zip *zip, const char *folder,
                                  size_t n_folder) {
    for (size_t i = 0; i < r->n_storages; i++) {
        Storage *storage = &r->storages[i];
        Buffer name = {0};
        buffer_format(&name, "data/%s", storage->key);
        ZipEntry *entry = name.failed ? NULL : find_entry(zip, folder, n_folder, name.data);
        bool ok = buffer_ok(&name, "a name", r->err);
        buffer_free(&name);
        if (!ok) return false;
        if (!entry) continue;  // torch_state_bind reports the tensor
        if (!zip_read(zip, entry, r->arena, r->err)) return false;
        if (entry->n_bytes != storage->n_bytes)
            return error_set(r->err, "%s: %s has %zu bytes, %zu elements of %s need %zu", zip->path,
                             entry->name, entry->n_bytes, storage->n_elements,
                             pickle_global_name(storage->type), storage->n_bytes);
        storage->data = entry->bytes;
    }
    return true;
}

static bool read_archive(TorchState *r) {
    Zip zip;
    PickleValue state;
    size_t n_read;
    if (!zip_open(r->file->path, &r->file->mapped, &zip, r->arena, r->err)) return false;
    ZipEntry *pickle = find_pickle(r, &zip);
    if (!pickle || !zip_read(&zip, pickle, r->arena, r->err)) return false;
    size_t n_folder = strlen(pickle->name) - strlen("data.pkl");
    return check_byteorder(r, &zip, pickle->name, n_folder) &&
           pickle_read(r->file->path, pickle->bytes, pickle->n_bytes, &state, &n_read, r->arena,
                       r->err) &&
           torch_state_read(r, &state) && read_archive_storages(r, &zip, pickle->name, n_folder);
}

/* ---- the older format ---- */

/* Reads the pickle at *at and moves past it. */
static bool next_pickle(const TorchState *r, size_t *at, PickleValue *value) {
    size_t n_read;
    const MappedFile *file = &r->file->mapped;
    if (!pickle_read(r->file->path, file->data + *at, file->size - *at, value, &n_read, r->arena,
                     r->err))
        return false;
    *at += n_read;
    return true;
}

/* {"little_endian": True, …} */
static bool check_machine(const TorchState *r, const PickleValue *facts) {
    for (size_t i = 0; facts->kind == PICKLE_DICT && i + 1 < facts->as.items->n; i += 2) {
        const PickleValue *key = &facts->as.items->at[i];
        if (key->kind == PICKLE_TEXT && strcmp(key->as.text, "little_endian") == 0 &&
            key[1].kind == PICKLE_BOOL && key[1].as.number)
            return true;
    }
    return error_kind(r->err, XATTN_UNSUPPORTED, "%s: not from a little-endian machine",
                      r->file->path);
}

/* Reads the numbers of the storages, in the order of the keys, from byte `at` on. */
static bool read_stream_storages(const TorchState *r, const PickleItems *keys, size_t at) {
    const MappedFile *file = &r->file->mapped;
    for (size_t i = 0; i < keys->n; i++) {
        const char *key = pickle_is(keys, i, PICKLE_TEXT) ? keys->at[i].as.text : NULL;
        Storage *storage = key ? torch_state_find(r, key) : NULL;
        if (!storage || storage->data)
            return error_set(r->err, "%s: storage %s belongs to no tensor, or occurs twice",
                             r->file->path, key ? key : "?");
        uint64_t n_elements = 0;
        if (file->size - at >= sizeof n_elements)
            memcpy(&n_elements, file->data + at, sizeof n_elements);
        if (file->size - at < sizeof n_elements || n_elements != storage->n_elements ||
            storage->n_bytes > file->size - at - sizeof n_elements)
            return error_set(r->err,
                             "%s: storage %s at byte %zu does not hold its %zu elements; was the "
                             "file downloaded to the end?",
                             r->file->path, key, at, storage->n_elements);
        storage->data = file->data + at + sizeof n_elements;
        at += sizeof n_elements + storage->n_bytes;
    }
    return at == file->size || error_set(r->err, "%s: %zu bytes after the last storage",
                                         r->file->path, file->size - at);
}

static bool read_stream(TorchState *r) {
    PickleValue protocol, facts, state, keys;
    size_t at = magic_end(&r->file->mapped);
    if (!next_pickle(r, &at, &protocol) || !next_pickle(r, &at, &facts)) return false;
    if (protocol.kind != PICKLE_INT || protocol.as.number != 1001)
        return error_set(r->err, "%s: not PyTorch's protocol 1001", r->file->path);
    if (!check_machine(r, &facts) || !next_pickle(r, &at, &state) || !next_pickle(r, &at, &keys) ||
        !torch_state_read(r, &state))
        return false;
    if (keys.kind != PICKLE_LIST)
        return error_set(r->err, "%s: no list of storages", r->file->path);
    return read_stream_storages(r, keys.as.items, at);
}

bool torch_file_read(const char *path, Tensors *tensors, Arena *arena, Error *err) {
    TorchState r = {.tensors = tensors, .first = tensors->n, .arena = arena, .err = err};
    r.file = tensors_map(tensors, path, arena, err);
    if (!r.file) return false;
    if (!torch_file_is(&r.file->mapped))
        return error_set(err, "%s: not a file that torch.save writes", path);
    bool ok = zip_is(&r.file->mapped) ? read_archive(&r) : read_stream(&r);
    return ok && torch_state_bind(&r);
}
