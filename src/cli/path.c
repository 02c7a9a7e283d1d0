#include "cli/path.h"

#include <stdio.h>

bool path_join(char path[PATH_MAX], const char *folder, const char *name, Error *err) {
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX) return true;
    path[0] = '\0';
    return error_set(err, "%s/%s: name too long", folder, name);
}
