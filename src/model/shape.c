#include "model/shape.h"

#include <stdio.h>

char *shape_text(size_t rank, const size_t *shape, char text[96]) {
    size_t used = 0;
    text[used++] = '[';
    for (size_t i = 0; i < rank; i++)
        used += (size_t)snprintf(text + used, 96 - used, "%s%zu", i ? ", " : "", shape[i]);
    snprintf(text + used, 96 - used, "]");
    return text;
}
