#include "model/zip.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/utf8.h"

enum { STORED = 0, DEFLATED = 8 };
enum { END_SIZE = 22, END64_SIZE = 56, LOCATOR64_SIZE = 20, CENTRAL_SIZE = 46, LOCAL_SIZE = 30 };
enum { MOST_COMMENT = 65535, FLAG_ENCRYPTED = 1, EXTRA_ZIP64 = 1, MOST_NAME = 1024 };

static const size_t most_inflation = 1032;  // of deflate: 258 bytes in two bits

/* The file being read, and the place of its directory. */
typedef struct {
    const char *path;
    const unsigned char *data;  // [size]
    size_t size;
    uint64_t n_entries, directory, directory_size;
    Error *err;
} Reader;

static unsigned u16(const unsigned char *at) { return (unsigned)(at[0] | at[1] << 8); }
static uint32_t u32(const unsigned char *at) { return u16(at) | (uint32_t)u16(at + 2) << 16; }
static uint64_t u64(const unsigned char *at) { return u32(at) | (uint64_t)u32(at + 4) << 32; }

static bool begins_with(const unsigned char *at, unsigned third, unsigned fourth) {
    return at[0] == 'P' && at[1] == 'K' && at[2] == third && at[3] == fourth;
}

bool zip_is(const MappedFile *file) { return file->size >= 4 && begins_with(file->data, 3, 4); }

static bool refuse(const Reader *r, const char *why) {
    return error_set(r->err, "%s: not a whole ZIP archive: %s", r->path, why);
}

/* ---- the end of the file ---- */

/* Reads the ZIP64 record, which replaces numbers that do not fit into the older record at `end`. */
static bool read_end64(Reader *r, size_t end) {
    if (end < LOCATOR64_SIZE || !begins_with(r->data + end - LOCATOR64_SIZE, 6, 7)) return true;
    uint64_t at = u64(r->data + end - LOCATOR64_SIZE + 8);
    if (at > end || end - at < END64_SIZE || !begins_with(r->data + at, 6, 6))
        return refuse(r, "its ZIP64 record is not where it should be");
    r->n_entries = u64(r->data + at + 32);
    r->directory_size = u64(r->data + at + 40);
    r->directory = u64(r->data + at + 48);
    return true;
}

/* Finds the record at the end, which a comment of unknown length may follow. */
static bool find_end(Reader *r) {
    size_t most = END_SIZE + MOST_COMMENT < r->size ? END_SIZE + MOST_COMMENT : r->size;
    for (size_t back = END_SIZE; back <= most; back++) {
        const unsigned char *end = r->data + r->size - back;
        if (!begins_with(end, 5, 6) || u16(end + 20) != back - END_SIZE) continue;
        if (u16(end + 4) || u16(end + 6)) return refuse(r, "it is one of several files");
        r->n_entries = u16(end + 10);
        r->directory_size = u32(end + 12);
        r->directory = u32(end + 16);
        if (!read_end64(r, r->size - back)) return false;
        if (r->directory > r->size - back || r->directory_size > r->size - back - r->directory)
            return refuse(r, "its directory lies past its end");
        if (r->n_entries > r->directory_size / CENTRAL_SIZE)
            return refuse(r, "its directory is too short for its entries");
        return true;
    }
    return refuse(r, "it has no directory at its end; was it downloaded to the end?");
}

/* ---- the directory ---- */

/* Reads numbers whose bits are all 1 from the ZIP64 field of the entry's extra data instead. */
static bool read_extra64(const Reader *r, const unsigned char *extra, size_t n, uint64_t *whole,
                         uint64_t *stored, uint64_t *offset) {
    uint64_t *const numbers[] = {whole, stored, offset};
    while (n >= 4) {
        size_t length = u16(extra + 2);
        if (length > n - 4) break;
        size_t at = 4;
        for (size_t i = 0; u16(extra) == EXTRA_ZIP64 && i < 3; i++) {
            if (*numbers[i] != UINT32_MAX) continue;
            if (at + 8 > length + 4) return refuse(r, "a ZIP64 field is too short");
            *numbers[i] = u64(extra + at);
            at += 8;
        }
        extra += length + 4;
        n -= length + 4;
    }
    return true;
}

static bool read_name(const Reader *r, const unsigned char *name, size_t n, ZipEntry *entry,
                      Arena *arena) {
    const char *text = (const char *)name;
    if (n == 0 || n > MOST_NAME || memchr(text, '\0', n))
        return refuse(r, "an entry's name is empty, too long, or holds a NUL");
    for (size_t i = 0, step; i < n; i += step)
        if (utf8_character(text + i, n - i, &step) == UTF8_NONE)
            return refuse(r, "an entry's name is not UTF-8");
    entry->name = arena_string(arena, text, n, r->err);
    return entry->name != NULL;
}

/* Finds the beginning of an entry's bytes, after its own header, which repeats the name and extra
   data. */
static bool find_data(const Reader *r, uint64_t offset, ZipEntry *entry) {
    const unsigned char *local = r->data + offset;
    if (offset > r->directory || r->directory - offset < LOCAL_SIZE || !begins_with(local, 3, 4))
        return error_set(r->err, "%s: %s: its header is not where the directory has it", r->path,
                         entry->name);
    uint64_t begin = offset + LOCAL_SIZE + u16(local + 26) + u16(local + 28);
    if (begin > r->directory || entry->n_stored > r->directory - begin)
        return error_set(r->err, "%s: %s: %zu bytes at byte %llu, which is past the end", r->path,
                         entry->name, entry->n_stored, (unsigned long long)begin);
    entry->stored = r->data + begin;
    return true;
}

static bool check_entry(const Reader *r, unsigned flags, const ZipEntry *entry) {
    if (flags & FLAG_ENCRYPTED)
        return error_kind(r->err, XATTN_UNSUPPORTED, "%s: %s is encrypted", r->path, entry->name);
    if (entry->method != STORED && entry->method != DEFLATED)
        return error_kind(r->err, XATTN_UNSUPPORTED,
                          "%s: %s: compression method %u is not supported, expected 0 (stored) or "
                          "8 (deflated)",
                          r->path, entry->name, entry->method);
    bool possible = entry->method == STORED ? entry->n_bytes == entry->n_stored
                                            : entry->n_bytes / most_inflation <= entry->n_stored;
    return possible || error_set(r->err, "%s: %s: %zu bytes stored cannot be %zu bytes", r->path,
                                 entry->name, entry->n_stored, entry->n_bytes);
}

/* Reads the entry of the directory at *at and moves past it. */
static bool read_entry(const Reader *r, const unsigned char **at, const unsigned char *end,
                       ZipEntry *entry, Arena *arena) {
    const unsigned char *c = *at;
    if (end - c < CENTRAL_SIZE || !begins_with(c, 1, 2))
        return refuse(r, "its directory lacks an entry where one should be");
    size_t n_name = u16(c + 28), n_extra = u16(c + 30), n_comment = u16(c + 32);
    if ((size_t)(end - c) - CENTRAL_SIZE < n_name + n_extra + n_comment)
        return refuse(r, "an entry of its directory goes past the directory's end");
    uint64_t stored = u32(c + 20), whole = u32(c + 24), offset = u32(c + 42);
    if (!read_name(r, c + CENTRAL_SIZE, n_name, entry, arena) ||
        !read_extra64(r, c + CENTRAL_SIZE + n_name, n_extra, &whole, &stored, &offset))
        return false;
    if (stored > r->size || whole > r->size * (uint64_t)most_inflation)
        return error_set(r->err, "%s: %s: %llu bytes in %llu are more than the file can hold",
                         r->path, entry->name, (unsigned long long)whole,
                         (unsigned long long)stored);
    entry->method = u16(c + 10);
    entry->crc = u32(c + 16);
    entry->n_stored = (size_t)stored;
    entry->n_bytes = (size_t)whole;
    *at = c + CENTRAL_SIZE + n_name + n_extra + n_comment;
    return check_entry(r, u16(c + 8), entry) && find_data(r, offset, entry);
}

static int by_place(const void *a, const void *b) {
    const ZipEntry *x = a, *y = b;
    return (x->stored > y->stored) - (x->stored < y->stored);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const ZipEntry *)a)->name, ((const ZipEntry *)b)->name);
}

/* Checks that no two entries overlap or have the same name. Leaves them sorted by name. */
static bool check_entries(const Reader *r, Zip *zip) {
    const ZipEntry *e = zip->entries;
    if (zip->n) qsort(zip->entries, zip->n, sizeof *zip->entries, by_place);
    for (size_t i = 1; i < zip->n; i++)
        if (e[i - 1].stored + e[i - 1].n_stored > e[i].stored - LOCAL_SIZE)
            return error_set(r->err, "%s: %s overlaps %s", r->path, e[i].name, e[i - 1].name);
    if (zip->n) qsort(zip->entries, zip->n, sizeof *zip->entries, by_name);
    for (size_t i = 1; i < zip->n; i++)
        if (strcmp(e[i - 1].name, e[i].name) == 0)
            return error_set(r->err, "%s: %s occurs twice", r->path, e[i].name);
    return true;
}

bool zip_open(const char *path, const MappedFile *file, Zip *zip, Arena *arena, Error *err) {
    Reader r = {.path = path, .data = file->data, .size = file->size, .err = err};
    *zip = (Zip){.path = path};
    if (!find_end(&r)) return false;
    size_t n = (size_t)r.n_entries;
    zip->entries = arena_array(arena, n, sizeof *zip->entries, "a ZIP directory", err);
    const unsigned char *at = r.data + r.directory, *end = at + r.directory_size;
    bool ok = zip->entries != NULL;
    for (; ok && zip->n < n; zip->n++) ok = read_entry(&r, &at, end, &zip->entries[zip->n], arena);
    return ok && check_entries(&r, zip);
}

ZipEntry *zip_find(const Zip *zip, const char *name) {
    ZipEntry key = {.name = name};
    if (!zip->n) return NULL;
    return bsearch(&key, zip->entries, zip->n, sizeof *zip->entries, by_name);
}

/* ---- an entry ---- */

/* zlib counts in unsigned ints, so larger data is passed in parts. */
static unsigned part_of(size_t n) { return n < UINT_MAX ? (unsigned)n : UINT_MAX; }

static bool inflate_into(const ZipEntry *entry, unsigned char *out) {
    z_stream stream = {0};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return false;
    size_t n_in = 0, n_out = 0;
    int status = Z_OK;
    while (status == Z_OK) {
        unsigned in = part_of(entry->n_stored - n_in), room = part_of(entry->n_bytes - n_out);
        stream.next_in = (unsigned char *)entry->stored + n_in;
        stream.avail_in = in;
        stream.next_out = out + n_out;
        stream.avail_out = room;
        status = inflate(&stream, Z_NO_FLUSH);
        n_in += in - stream.avail_in;
        n_out += room - stream.avail_out;
    }
    inflateEnd(&stream);
    return status == Z_STREAM_END && n_in == entry->n_stored && n_out == entry->n_bytes;
}

static uint32_t crc_of(const unsigned char *bytes, size_t n) {
    uLong crc = crc32(0, NULL, 0);
    for (size_t at = 0; at < n;) {
        unsigned part = part_of(n - at);
        crc = crc32(crc, bytes + at, part);
        at += part;
    }
    return (uint32_t)crc;
}

bool zip_read(const Zip *zip, ZipEntry *entry, Arena *arena, Error *err) {
    const unsigned char *bytes = entry->stored;
    if (entry->bytes) return true;
    if (entry->method == DEFLATED) {
        unsigned char *out = arena_array(arena, entry->n_bytes, 1, entry->name, err);
        if (!out) return false;
        if (!inflate_into(entry, out))
            return error_set(err, "%s: %s is damaged: it does not inflate to %zu bytes", zip->path,
                             entry->name, entry->n_bytes);
        bytes = out;
    }
    uint32_t crc = crc_of(bytes, entry->n_bytes);
    if (crc != entry->crc)
        return error_set(err, "%s: %s is damaged: its CRC-32 is %08lx, the directory has %08lx",
                         zip->path, entry->name, (unsigned long)crc, (unsigned long)entry->crc);
    entry->bytes = bytes;
    return true;
}
