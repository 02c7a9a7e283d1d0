/* help.h: printing the tables of commands and options */
#ifndef XATTN_HELP_H
#define XATTN_HELP_H

#include <stdio.h>

#include "cli/options.h"

/* Lists the commands. */
void help_overview(FILE *out);

/* Prints the usage and the options of a command on stdout. */
void help_command(Command command);

#endif
