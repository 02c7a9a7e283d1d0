/* option_rules.h: which options need or exclude one another */
#ifndef XATTN_OPTION_RULES_H
#define XATTN_OPTION_RULES_H

#include "cli/options.h"

/* Whether the options break a rule. `text` is a sentence about the first broken rule. */
bool option_rule_broken(const Options *options, char text[256]);

#endif
