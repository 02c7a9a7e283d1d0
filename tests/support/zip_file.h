/* zip_file.h: ZIP archives for tests, put together entry by entry

       ZipFile file = {0};
       zip_file_add(&file, "model/data.pkl", bytes, n, false);
       Buffer bytes = {0};
       zip_file_finish(&file, &bytes);

   What fails here fails the running test. */
#ifndef XATTN_ZIP_FILE_H
#define XATTN_ZIP_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

typedef struct {
    Buffer data, directory;
    uint16_t n;
    bool zip64;  // numbers of the directory are in ZIP64 records, however small they are
} ZipFile;

/* An entry of n bytes, stored or deflated. */
void zip_file_add(ZipFile *file, const char *name, const void *bytes, size_t n, bool deflated);

/* Appends the whole archive to `bytes` and frees the parts. */
void zip_file_finish(ZipFile *file, Buffer *bytes);

/* Sets the CRC-32 of every entry right whose bytes can be found, so that a changed archive is not
   refused for that alone. */
void zip_file_mend(char *bytes, size_t size);

#endif
