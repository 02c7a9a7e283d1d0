/* zip.h: ZIP archives, in which PyTorch and NumPy store tensors

   The directory is at the end of the file. It has the name, the place, and the compressed and original
   sizes of each entry. Stored and deflated entries are supported, and ZIP64. Refused: encrypted
   entries, other compression methods, archives in several files.

   Entries may not overlap, so all together are at most 1032 times as large as the file, the limit of
   deflate. Sizes are checked against this limit before memory is allocated, and the CRC-32 of each
   entry against the directory.

   Source: APPNOTE.TXT, the .ZIP File Format Specification, sections 4.3 to 4.5; RFC 1951. */
#ifndef XATTN_ZIP_H
#define XATTN_ZIP_H

#include <stdint.h>

#include "base/arena.h"
#include "base/file.h"

typedef struct {
    const char *name;
    unsigned method;  // 0: stored, 8: deflated
    uint32_t crc;
    size_t n_stored, n_bytes;     // compressed and original size
    const unsigned char *stored;  // [n_stored] in the mapped file
    const unsigned char *bytes;   // [n_bytes], after zip_read
} ZipEntry;

typedef struct {
    const char *path;   // for error messages
    ZipEntry *entries;  // [n] sorted by name
    size_t n;
} Zip;

/* Whether the file begins like a ZIP archive. */
bool zip_is(const MappedFile *file);

/* Reads the directory of a mapped file. The entries lie in the arena; `path` must outlive them. */
bool zip_open(const char *path, const MappedFile *file, Zip *zip, Arena *arena, Error *err);

/* The entry with a name, or NULL. */
ZipEntry *zip_find(const Zip *zip, const char *name);

/* Sets entry->bytes to the checked bytes of an entry: in the file if they are stored, else inflated
   into the arena. A second call does nothing. False if the entry is damaged, or if out of memory. */
bool zip_read(const Zip *zip, ZipEntry *entry, Arena *arena, Error *err);

#endif
