/* marian_config.h: the settings of a Marian model, from its tensor `special:model.yml`

   Marian records every setting of a training, even unused ones. marian_config.c lists those that change
   the arithmetic. Any unsupported value is an error that names it: norm before the sub-layers, an
   activation other than relu or swish, a recurrent cell other than SSRU, average attention, tied
   layers, factored vocabularies … */
#ifndef XATTN_MARIAN_CONFIG_H
#define XATTN_MARIAN_CONFIG_H

#include "base/yaml.h"
#include "model/config.h"

/* How the token tables are shared, which decides their names. */
typedef struct {
    bool shared;  // Wemb for both sides, else encoder_Wemb and decoder_Wemb
    bool tied;    // the output layer is the decoder's table, else decoder_ff_logit_out_W
} MarianTables;

/* Fills a zeroed config, except the ids, which come from the vocabularies. */
bool marian_config_read(const Yaml *yaml, Config *config, MarianTables *tables, Error *err);

#endif
