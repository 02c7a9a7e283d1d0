/* Marian's settings: YAML, and what the model's reader makes of it. */
#include "fuzz.h"
#include "model/marian_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    Arena arena = {0};
    Error err = {0};
    Yaml yaml;
    Config c = {0};
    MarianTables tables;
    if (!yaml_parse("model.yml", (const char *)bytes, n, &yaml, &arena, &err)) {
        require(strstr(err.text, "model.yml: line "));
    } else if (marian_config_read(&yaml, &c, &tables, &err)) {
        require(c.d_model % 2 == 0 && c.d_model % c.encoder_heads == 0);
        require(c.encoder_layers && c.decoder_layers && c.source_vocab && c.target_vocab);
        require(c.alignment_head.layer < c.decoder_layers);
    } else {
        require(strstr(err.text, "model.yml: "));
    }
    for (size_t i = 0; err.text[0] == '\0' && i < yaml.n; i++)
        for (size_t k = 0; k < yaml.entries[i].n; k++)
            require(strlen(yaml.entries[i].values[k]) < n);
    arena_free(&arena);
    return 0;
}
