/* download.h: downloading with curl, checking with SHA-256, unpacking with gzip and zstd */
#ifndef XATTN_DOWNLOAD_H
#define XATTN_DOWNLOAD_H

#include "cli/model_index.h"

/* The progress bar of a download. */
typedef struct {
    bool shown;
    const char *label;  // "en-de"
    size_t done;        // bytes of the files before this one
    size_t total;       // bytes of all files; 0: not known
} Progress;

/* Downloads an http or https URL to `path`, and continues an earlier download there. `size` is the
   expected size in bytes, or 0 if unknown. After a failure the error names the URL, and the part that
   has arrived stays if a later run can continue it. */
bool download(const char *url, const char *path, size_t size, const Progress *progress, Error *err);

/* Computes the SHA-256 of a file. */
bool file_sha256(const char *path, char hash[65], Error *err);

/* Unpacks `packed` to `path`. `size` is the expected size in bytes, or 0 if unknown. */
bool unpack(Packing packing, const char *packed, const char *path, size_t size, Error *err);

#endif
