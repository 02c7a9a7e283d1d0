/* npz_save.h: NumPy's archives for tests

   A failure here fails the running test. */
#ifndef XATTN_NPZ_SAVE_H
#define XATTN_NPZ_SAVE_H

#include "zip_file.h"

/* Adds an entry NAME.npy with this header and n bytes of data, in the layout of numpy.save. */
void npz_add(ZipFile *file, const char *name, const char *header, const void *bytes, size_t n,
             bool deflated);

/* Writes the tensors of a binary Marian model, DIRECTORY/FROM, to DIRECTORY/TO, like Marian's training.
   They must be floats or text. With `deflated`, the result is like numpy.savez_compressed's. */
void npz_save(const char *directory, const char *from, const char *to, bool deflated);

#endif
