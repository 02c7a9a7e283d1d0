/* trace_folder.h: the folder of a trace

   It may be a new folder, an empty one, or one with an earlier trace and nothing else. The index of the
   earlier trace names its format and every array. If the folder has any other file, nothing in it is
   touched. index.json is written last, so a folder with an index is complete. */
#ifndef XATTN_TRACE_FOLDER_H
#define XATTN_TRACE_FOLDER_H

#include "cli/activations.h"

extern const char trace_index_name[];  // "index.json"

/* Checks that a trace may use the folder; the error names the obstacle. Changes nothing. */
bool trace_folder_check(const char *folder, Error *err);

/* Makes the folder, or removes an earlier trace from it, and writes the arrays and their index. After a
   failure no file of the new trace remains. */
bool trace_folder_write(const char *folder, const char *source, const xattn_translation *t,
                        Activations *activations, Error *err);

#endif
