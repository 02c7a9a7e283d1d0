#include "base/sized.h"

#include <string.h>

bool sized_copy(const void *from, void *to, size_t n, const char *name, Error *err) {
    size_t size = n;
    memset(to, 0, n);
    if (from) memcpy(&size, from, sizeof size);
    if (size < sizeof size || size > 64 * n)
        return error_kind(err, XATTN_USAGE, "%s: its size is %zu, expected %zu", name, size, n);
    if (from) memcpy(to, from, size < n ? size : n);
    memcpy(to, &n, sizeof n);
    for (size_t i = n; i < size; i++)
        if (((const unsigned char *)from)[i])
            return error_kind(err, XATTN_USAGE, "%s: sets an option that this version, %s, lacks",
                              name, XATTN_VERSION);
    return true;
}
