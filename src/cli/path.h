/* path.h: FOLDER/NAME */
#ifndef XATTN_PATH_H
#define XATTN_PATH_H

#include <limits.h>

#include "base/error.h"

/* Joins both. If the path is too long: an error that names them, and an empty path. */
bool path_join(char path[PATH_MAX], const char *folder, const char *name, Error *err);

#endif
