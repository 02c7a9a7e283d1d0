#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const unsigned char nothing[1];  // what an empty file maps to: mmap refuses a length of 0

static bool map_descriptor(int fd, const char *path, MappedFile *file, Error *err) {
    struct stat info;
    if (fstat(fd, &info) != 0) return error_set(err, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode)) return error_set(err, "%s: a directory, expected a file", path);
    if (!S_ISREG(info.st_mode)) return error_set(err, "%s: not a regular file", path);
    *file = (MappedFile){nothing, (size_t)info.st_size};
    if (!file->size) return true;
    void *data = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        *file = (MappedFile){0};
        return error_set(err, "%s: cannot map %lld bytes: %s", path, (long long)info.st_size,
                         strerror(errno));
    }
    file->data = data;
    return true;
}

bool file_map(const char *path, MappedFile *file, Error *err) {
    *file = (MappedFile){0};
    int fd = open(path, O_RDONLY | O_NONBLOCK);  // non-blocking: a FIFO must not hang us
    if (fd < 0) return error_set(err, "%s: %s", path, strerror(errno));
    bool ok = map_descriptor(fd, path, file, err);
    close(fd);
    return ok;
}

void file_unmap(MappedFile *file) {
    if (file->size) munmap((void *)file->data, file->size);
    *file = (MappedFile){0};
}
