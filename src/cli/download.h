/* download.h: files from the network, by curl, checked by SHA-256, unpacked by gzip and zstd */
#ifndef XATTN_DOWNLOAD_H
#define XATTN_DOWNLOAD_H

#include "cli/model_index.h"

/* What a bar on the terminal shows while something is on its way. */
typedef struct {
    bool shown;
    const char *label;  // "en-de"
    size_t done;        // bytes of the files before this one
    size_t total;       // of all files, 0: not known
} Progress;

/* Downloads a URL of http or https to `path`. What an earlier run left there is continued. size: the
   bytes that it must have in the end, 0 if that is not known. After a failure the error names the URL,
   and what has arrived is kept if it may be a beginning. */
bool download(const char *url, const char *path, size_t size, const Progress *progress, Error *err);

/* The SHA-256 of a file. */
bool file_sha256(const char *path, char hash[65], Error *err);

/* Unpacks `packed` to `path`; size: the bytes that it must have, 0 if that is not known. */
bool unpack(Packing packing, const char *packed, const char *path, size_t size, Error *err);

#endif
