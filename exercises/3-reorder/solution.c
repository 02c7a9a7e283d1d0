/* The project's own cache_reorder: the whole cache comes from the library. */
#include "nn/cache.h"
