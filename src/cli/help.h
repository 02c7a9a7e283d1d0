/* help.h: the tables of commands and options in words */
#ifndef XATTN_HELP_H
#define XATTN_HELP_H

#include <stdio.h>

#include "cli/options.h"

/* What commands there are. */
void help_overview(FILE *out);

/* How one command is used, and its options, on stdout. */
void help_command(Command command);

#endif
