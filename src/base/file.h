/* file.h: whole files, mapped read-only

   Vectors and texts are used where they lie in the page cache. Matrices are packed into memory of their
   own, and what was read of the file is released. */
#ifndef XATTN_FILE_H
#define XATTN_FILE_H

#include "base/arena.h"

typedef struct {
    const unsigned char *data;  // [size]; never NULL once mapped, also for an empty file
    size_t size;
    bool copied;  // into memory
} MappedFile;

/* Maps a regular file. Errors name the path: missing, unreadable, a directory or device, larger than
   64 GiB. */
bool file_map(const char *path, MappedFile *file, Error *err);

/* From now on file_map, on this thread, copies files into memory instead; or no more. For hosts that
   cannot live with SIGBUS. */
void file_copy(bool on);

/* Unmaps and leaves {0}; {0} itself is fine. */
void file_unmap(MappedFile *file);

/* Gives back the memory that n bytes of the mapped file took when they were read; who reads them again
   gets them from the file. For what was copied elsewhere. Only a hint. */
void file_release(const MappedFile *file, const void *data, size_t n);

/* The path of the mapped file that the address lies in, NULL if none is known: the first 16 that are
   mapped at a time are. For a handler of SIGBUS, which is what reading a mapped file raises when
   another program has made it shorter. */
const char *file_at(const void *address);

/* DIRECTORY/NAME, in the arena; NULL with an error if there is no memory. */
char *file_path(const char *directory, const char *name, Arena *arena, Error *err);

/* Whether two files hold the same bytes; false if one of them cannot be mapped. */
bool file_equals(const char *path, const char *other);

#endif
