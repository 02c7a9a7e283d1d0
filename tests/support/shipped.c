#include "shipped.h"

#include "model/config.h"

bool shipped_tokenizer(Tokenizer *tokenizer, Arena *arena, Error *err) {
    static const char directory[] = "models/en-fr";
    Config config;
    if (!config_load(directory, &config, arena, err)) return false;
    return tokenizer_load(directory, config.source_vocab,
                          config.separate_vocabs ? config.target_vocab : 0, tokenizer, arena, err);
}
