#include "cli/choice.h"

bool choice_of_maps(const Options *options, const xattn_info *info, xattn_map_options *choice,
                    Error *err) {
    *choice = (xattn_map_options){XATTN_MAP_OPTIONS,
                                  .has_layer = options->given[OPTION_LAYER],
                                  .has_head = options->given[OPTION_HEAD],
                                  .words = options->words && options->command == COMMAND_ALIGN,
                                  .tokens = options->tokens,
                                  .no_eos = options->no_eos};
    if (choice->has_layer) choice->layer = options->layer;
    if (choice->has_head) choice->head = options->head;
    if (choice->layer >= (int)info->decoder_layers)
        return error_kind(err, XATTN_USAGE, "--layer %d: the decoder's layers are 0 to %zu",
                          choice->layer, info->decoder_layers - 1);
    if (choice->head >= (int)info->decoder_heads)
        return error_kind(err, XATTN_USAGE, "--head %d: the heads are 0 to %zu", choice->head,
                          info->decoder_heads - 1);
    return true;
}
