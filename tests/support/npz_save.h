/* npz_save.h: NumPy's archives for tests

   What fails here fails the running test. */
#ifndef XATTN_NPZ_SAVE_H
#define XATTN_NPZ_SAVE_H

#include "zip_file.h"

/* An entry NAME.npy with this header and n bytes of data, as numpy.save lays it out. */
void npz_add(ZipFile *file, const char *name, const char *header, const void *bytes, size_t n,
             bool deflated);

/* Writes the tensors of a binary Marian model, DIRECTORY/FROM, which are floats or text, into
   DIRECTORY/TO, as Marian's training does; deflated as numpy.savez_compressed does. */
void npz_save(const char *directory, const char *from, const char *to, bool deflated);

#endif
