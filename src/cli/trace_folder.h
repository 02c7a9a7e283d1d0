/* trace_folder.h: the folder that a trace goes to

   A new folder, an empty one, or one that holds an earlier trace and nothing else. What an earlier
   trace left is known by its index, which names its format and every array; a file that it does not
   list is somebody's own, and then nothing in the folder is touched. index.json is written last, so
   a folder that has one is complete. */
#ifndef XATTN_TRACE_FOLDER_H
#define XATTN_TRACE_FOLDER_H

#include "cli/activations.h"

extern const char trace_index_name[];  // "index.json"

/* Whether a trace may go there; an error that says what is in its way if not. Changes nothing. */
bool trace_folder_check(const char *folder, Error *err);

/* Makes the folder, or takes the earlier trace out of it, and writes the arrays and their index. After
   a failure no file of the new trace is left. */
bool trace_folder_write(const char *folder, const char *source, const xattn_translation *t,
                        Activations *activations, Error *err);

#endif
