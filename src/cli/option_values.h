/* option_values.h: from the text of an option to its value */
#ifndef XATTN_OPTION_VALUES_H
#define XATTN_OPTION_VALUES_H

#include "cli/options.h"

/* Reads an option's argument (NULL if it has none) into its field of *options. False if the text is
   invalid, after a message on stderr. */
bool option_read(OptionId id, const char *text, Options *options);

#endif
