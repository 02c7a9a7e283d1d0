/* zip.h: the ZIP archive, which PyTorch and NumPy put tensors into

   The directory of a ZIP file is at its end; it names the entries, where each begins, and how large
   it is stored and whole. Stored and deflated entries are read, ZIP64 too. Refused by name: entries
   that are encrypted or compressed in another way, archives of several files.

   No two entries may overlap, so all of them together are at most 1032 times as large as the file:
   deflate cannot do better. Sizes are compared with that before memory is taken for them, and the
   CRC-32 of what is read with the directory's.

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
    size_t n_stored, n_bytes;     // in the file, and whole
    const unsigned char *stored;  // [n_stored] in the mapped file
    const unsigned char *bytes;   // [n_bytes] once zip_read has read them
} ZipEntry;

typedef struct {
    const char *path;   // for error messages
    ZipEntry *entries;  // [n] sorted by name
    size_t n;
} Zip;

/* Whether the file begins as a ZIP archive does. */
bool zip_is(const MappedFile *file);

/* Reads the directory of a mapped file; the entries lie in the arena. `path` is kept. */
bool zip_open(const char *path, const MappedFile *file, Zip *zip, Arena *arena, Error *err);

/* The entry of that name, or NULL. */
ZipEntry *zip_find(const Zip *zip, const char *name);

/* Makes entry->bytes the bytes of an entry, checked: where they lie if they are stored, else inflated
   into the arena. Does nothing the second time. False if they are damaged, or out of memory. */
bool zip_read(const Zip *zip, ZipEntry *entry, Arena *arena, Error *err);

#endif
