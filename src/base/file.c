#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"

static const off_t max_size = (off_t)1 << 36;  // 64 GiB, a hundred times the largest known model
static const unsigned char nothing[1];         // an empty file: mmap refuses a length of 0

/* The mapped files, for file_at. `data` is set last, so that a signal handler on any thread finds a
   complete slot or none. */
static struct {
    atomic_bool taken;
    _Atomic(const unsigned char *) data;  // NULL: the slot is free
    size_t size;
    char path[1024];  // a longer one is cut
} known[16];
enum { N_KNOWN = sizeof known / sizeof *known };

static void remember(const MappedFile *file, const char *path) {
    for (size_t i = 0; i < N_KNOWN; i++) {
        if (atomic_exchange(&known[i].taken, true)) continue;
        known[i].size = file->size;
        snprintf(known[i].path, sizeof known[i].path, "%s", path);
        atomic_store(&known[i].data, file->data);
        return;
    }
}

static void forget(const MappedFile *file) {
    for (size_t i = 0; i < N_KNOWN; i++) {
        if (atomic_load(&known[i].data) != file->data) continue;
        atomic_store(&known[i].data, NULL);
        atomic_store(&known[i].taken, false);
        return;
    }
}

const char *file_at(const void *address) {
    for (size_t i = 0; i < N_KNOWN; i++) {
        const unsigned char *data = atomic_load(&known[i].data);
        if (data && (uintptr_t)address - (uintptr_t)data < known[i].size) return known[i].path;
    }
    return NULL;
}

static _Thread_local bool copies;

void file_copy(bool on) { copies = on; }

static bool cannot(const char *path, const char *what, size_t size, Error *err) {
    int error_number = errno;
    Error reason = {0};
    error_system(&reason, what, error_number);  // only for its text
    return error_kind(err, error_number == ENOMEM ? XATTN_NO_MEMORY : XATTN_UNREADABLE,
                      "%s: cannot %s; %zu bytes", path, reason.text, size);
}

static bool read_whole(int fd, const char *path, unsigned char *data, size_t size, Error *err) {
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, data + done, size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return error_system(err, path, errno);
        if (n == 0)
            return error_kind(err, XATTN_UNREADABLE, "%s: became shorter while it was read", path);
        done += (size_t)n;
    }
    return true;
}

/* Reads the file into memory of file->size bytes. */
static bool copy_descriptor(int fd, const char *path, MappedFile *file, Error *err) {
    void *data = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) return cannot(path, "copy it", file->size, err);
    if (!read_whole(fd, path, data, file->size, err)) {
        munmap(data, file->size);
        return false;
    }
    (void)mprotect(data, file->size, PROT_READ);  // like a mapped file
    file->data = data;
    file->copied = true;
    return true;
}

static bool map_bytes(int fd, const char *path, MappedFile *file, Error *err) {
    void *data = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) return cannot(path, "map it", file->size, err);
    file->data = data;
    remember(file, path);
    return true;
}

static bool map_descriptor(int fd, const char *path, MappedFile *file, Error *err) {
    struct stat info;
    if (fstat(fd, &info) != 0) return error_system(err, path, errno);
    if (S_ISDIR(info.st_mode))
        return error_kind(err, XATTN_UNREADABLE, "%s: a directory, expected a file", path);
    if (!S_ISREG(info.st_mode))
        return error_kind(err, XATTN_UNREADABLE, "%s: not a regular file", path);
    if (info.st_size > max_size || (uintmax_t)info.st_size > SIZE_MAX / 2)
        return error_set(
            err, "%s: %lld bytes, expected at most %lld", path, (long long)info.st_size,
            (long long)((uintmax_t)max_size < SIZE_MAX / 2 ? (uintmax_t)max_size : SIZE_MAX / 2));
    *file = (MappedFile){nothing, (size_t)info.st_size, false};
    if (!file->size || (copies ? copy_descriptor : map_bytes)(fd, path, file, err)) return true;
    *file = (MappedFile){0};
    return false;
}

bool file_map(const char *path, MappedFile *file, Error *err) {
    *file = (MappedFile){0};
    int fd =
        open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // non-blocking: a FIFO must not hang us
    if (fd < 0) return error_system(err, path, errno);
    bool ok = map_descriptor(fd, path, file, err);
    close(fd);
    return ok;
}

void file_unmap(MappedFile *file) {
    if (file->size) {
        if (!file->copied) forget(file);
        munmap((void *)file->data, file->size);
    }
    *file = (MappedFile){0};
}

void file_release(const MappedFile *file, const void *data, size_t n) {
    if (file->copied) return;  // it could not be read again
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t first = (size_t)((const unsigned char *)data - file->data), end = first + n;
    first = (first + page - 1) / page * page;  // whole pages only; the mapping begins with one
    end = end / page * page;
    if (first < end) (void)madvise((void *)(file->data + first), end - first, MADV_DONTNEED);
}

char *file_path(const char *directory, const char *name, Arena *arena, Error *err) {
    Buffer path = {0};
    buffer_format(&path, "%s/%s", directory, name);
    char *kept =
        buffer_ok(&path, "a path", err) ? arena_string(arena, path.data, path.size, err) : NULL;
    buffer_free(&path);
    return kept;
}

bool file_equals(const char *path, const char *other) {
    Error ignored = {0};
    MappedFile a, b;
    (void)file_map(path, &a, &ignored);
    (void)file_map(other, &b, &ignored);
    bool same = a.data && b.data && a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
    file_unmap(&a);
    file_unmap(&b);
    return same;
}
