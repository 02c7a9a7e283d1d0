/* file.h: whole files, mapped read-only

   The library uses vectors and texts in place, in the page cache. It packs matrices into memory of its
   own and releases their part of the file. */
#ifndef XATTN_FILE_H
#define XATTN_FILE_H

#include "base/arena.h"

typedef struct {
    const unsigned char *data;  // [size]; not NULL once mapped, even for an empty file
    size_t size;
    bool copied;  // into memory
} MappedFile;

/* Maps a regular file. Fails, with an error that names the path, if the file is missing, unreadable, a
   directory, a device, or larger than 64 GiB. */
bool file_map(const char *path, MappedFile *file, Error *err);

/* Makes file_map copy files into memory instead, on this thread, until it is switched off. For hosts
   that cannot handle SIGBUS. */
void file_copy(bool on);

/* Unmaps and leaves {0}. Accepts {0}. */
void file_unmap(MappedFile *file);

/* Releases the memory of n bytes of a mapped file, after they were copied elsewhere. Reading them again
   reads the file again. Only a hint. */
void file_release(const MappedFile *file, const void *data, size_t n);

/* The path of the mapped file that contains the address, or NULL if there is none. It knows up to 16
   mapped files at a time. For a handler of SIGBUS: reading a mapped file raises this signal after
   another program has made the file shorter. */
const char *file_at(const void *address);

/* DIRECTORY/NAME, in the arena; NULL with an error if there is no memory. */
char *file_path(const char *directory, const char *name, Arena *arena, Error *err);

/* Whether two files have the same bytes; false if one of them cannot be mapped. */
bool file_equals(const char *path, const char *other);

#endif
