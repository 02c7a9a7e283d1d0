/* The project's own decoder_reorder: the whole decoder comes from the library. */
#include "nn/decoder.h"
