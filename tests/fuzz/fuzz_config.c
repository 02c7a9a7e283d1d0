/* config.json and, behind a byte 0xFF, generation_config.json. What is accepted is safe to build on. */
#include "fuzz.h"
#include "model/config.h"

static void check(const Config *c) {
    require(c->encoder_layers && c->decoder_layers && c->encoder_layers <= 256);
    require(c->d_model % 2 == 0 && c->d_model % c->encoder_heads == 0);
    require(c->d_model % c->decoder_heads == 0 && c->max_positions >= 2 &&
            c->generation.max_length >= 2);
    const int V = (int)c->target_vocab;
    require(c->eos >= 0 && c->eos < V && c->pad >= 0 && c->pad < V);
    require(c->start >= 0 && c->start < V &&
            (c->generation.forced_eos == -1 || c->generation.forced_eos == c->eos));
    for (size_t i = 0; i < c->generation.banned.n; i++)
        require(c->generation.banned.ids[i] >= 0 && c->generation.banned.ids[i] < V);
    require(c->alignment_head.layer < c->decoder_layers);
    require(c->alignment_head.head < c->decoder_heads);
    require(c->generation.length_penalty >= -100.0F && c->generation.length_penalty <= 100.0F);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    FuzzInput config = fuzz_part(&input), generation = fuzz_part(&input);
    Arena arena = {0};
    Error err = {0};
    Config c;
    char folder[640];
    fuzz_write("generation_config.json", generation.n ? (const char *)generation.bytes : "{}",
               generation.n ? generation.n : 2);
    snprintf(folder, sizeof folder, "%s", fuzz_write("config.json", config.bytes, config.n));
    *strrchr(folder, '/') = '\0';
    if (config_load(folder, &c, &arena, &err))
        check(&c);
    else
        require(strstr(err.text, "config.json: "));
    arena_free(&arena);
    return 0;
}
