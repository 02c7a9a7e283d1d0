/* marian_config.h: the numbers that a Marian model declares, in its tensor `special:model.yml`

   Marian writes down every setting of its training, the unused ones too. Those that change the
   arithmetic are listed here, and any value but the supported one is refused by name: norm before
   the sub-layers, another activation than relu or swish, other recurrent cells than SSRU, average
   attention, tied layers, factored vocabularies … */
#ifndef XATTN_MARIAN_CONFIG_H
#define XATTN_MARIAN_CONFIG_H

#include "base/yaml.h"
#include "model/config.h"

/* How the token tables are shared, which names their tensors. */
typedef struct {
    bool shared;  // Wemb for both sides, else encoder_Wemb and decoder_Wemb
    bool tied;    // the output layer is the decoder's table, else decoder_ff_logit_out_W
} MarianTables;

/* Fills all of a zeroed config but the ids, which the vocabularies tell. */
bool marian_config_read(const Yaml *yaml, Config *config, MarianTables *tables, Error *err);

#endif
