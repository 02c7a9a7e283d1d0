/* option_values.h: the text of an option to its value */
#ifndef XATTN_OPTION_VALUES_H
#define XATTN_OPTION_VALUES_H

#include "cli/options.h"

/* Reads an option's argument (NULL if it takes none) into its field of *options. False if the text
   is no such value; stderr has been told what was expected. */
bool option_read(OptionId id, const char *text, Options *options);

#endif
