/* option_rules.h: which options need, and which exclude, one another */
#ifndef XATTN_OPTION_RULES_H
#define XATTN_OPTION_RULES_H

#include "cli/options.h"

/* The first rule that the options break, as a sentence in *text; false if there is none, and
   nothing on the command line would be ignored. */
bool option_rule_broken(const Options *options, char text[256]);

#endif
