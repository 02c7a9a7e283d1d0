/* commands.h: a function for each command, which prints errors and returns the exit status */
#ifndef XATTN_COMMANDS_H
#define XATTN_COMMANDS_H

#include "cli/options.h"

int command_translate(const Options *options);
int command_align(const Options *options);
int command_score(const Options *options);
int command_tokenize(const Options *options);    // from text to pieces
int command_detokenize(const Options *options);  // from pieces to text
int command_inspect(const Options *options);
int command_trace(const Options *options);
int command_bench(const Options *options);
int command_get(const Options *options);
int command_models(const Options *options);

#endif
