#include "cli/choice.h"

/* --head without --layer is a head of the default layer; --layer without --head is the mean of that
   layer, unless the model's alignment head is in it. */
bool choice_of_maps(const Options *options, const xattn_info *info, MapChoice *choice, Error *err) {
    MapChoice usual = map_default(info);
    *choice = usual;
    if (options->given[OPTION_LAYER]) choice->layer = options->layer;
    if (options->given[OPTION_HEAD])
        choice->head = options->head;
    else if (choice->layer != usual.layer)
        choice->head = options->layer == MAP_ALL ? MAP_ALL : MAP_MEAN;
    if (choice->layer >= (int)info->decoder_layers)
        return error_set(err, "--layer %d: the decoder's layers are 0 to %zu", choice->layer,
                         info->decoder_layers - 1);
    if (choice->head >= (int)info->decoder_heads)
        return error_set(err, "--head %d: the heads are 0 to %zu", choice->head,
                         info->decoder_heads - 1);
    choice->words = options->words && options->command == COMMAND_ALIGN;
    choice->drop_eos = options->no_eos;
    return true;
}

const char *choice_remark(const xattn_info *info, const Map *map) {
    bool is_it = info->has_alignment_head && map->layer == (int)info->alignment_layer &&
                 map->head == (int)info->alignment_head;
    return is_it ? "the model's alignment head" : NULL;
}
