#include "model/generation_keys.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "model/settings.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* These need another search. `nothing` is the number, if any, that switches one off. */
static const struct {
    const char *key;
    double nothing;
} refused[] = {
    {"constraints", NAN},
    {"diversity_penalty", 0.0},
    {"do_sample", 0.0},
    {"dola_layers", NAN},
    {"encoder_no_repeat_ngram_size", 0.0},
    {"encoder_repetition_penalty", 1.0},
    {"exponential_decay_length_penalty", NAN},
    {"force_words_ids", NAN},
    {"forced_decoder_ids", NAN},  // of transformers before 4.50
    {"guidance_scale", 1.0},
    {"is_assistant", 0.0},  // stops when the model is not confident
    {"max_time", NAN},
    {"num_beam_groups", 1.0},
    {"num_return_sequences", 1.0},
    {"penalty_alpha", 0.0},
    {"sequence_bias", NAN},
    {"stop_strings", NAN},
    {"token_healing", 0.0},
    {"watermarking_config", NAN},
};

static const char *const without_effect[] = {
    // Sampling, which do_sample switches on
    "epsilon_cutoff",
    "eta_cutoff",
    "min_p",
    "temperature",
    "top_h",
    "top_k",
    "top_p",
    "typical_p",
    // Speculative decoding: greedy search finds the same
    "assistant_confidence_threshold",
    "assistant_early_exit",
    "assistant_ensemble_weight",
    "assistant_lookbehind",
    "max_matching_ngram_size",
    "num_assistant_tokens",
    "num_assistant_tokens_schedule",
    "prompt_lookup_num_tokens",
    "speculation_type",
    "target_lookbehind",
    "use_mtp",
    // How transformers computes
    "cache_config",
    "cache_implementation",
    "compile_config",
    "continuous_batching_config",
    "disable_compile",
    "low_memory",
    "max_cache_len",
    "prefill_chunk_size",
    "use_cache",
    // What generate() returns
    "output_attentions",
    "output_hidden_states",
    "output_logits",
    "output_scores",
    "return_dict_in_generate",
    "return_legacy_cache",
    // The rest: a start symbol that decoder_start_token_id replaces, NaN and infinity in logits, origin
    "bos_token_id",
    "remove_invalid_values",
    "_commit_hash",
    "_from_model_config",
    "transformers_version",
};

static bool is_nothing(const cJSON *value, double nothing) {
    bool is_empty = cJSON_IsArray(value) && !value->child;
    return is_empty || (cJSON_IsFalse(value) && nothing == 0.0) ||
           (cJSON_IsNumber(value) && value->valuedouble == nothing);
}

bool generation_keys_refuse(Settings *settings, Error *err) {
    for (size_t i = 0; i < LENGTH(refused); i++) {
        Setting found = settings_generation(settings, refused[i].key);
        if (found.value && !is_nothing(found.value, refused[i].nothing))
            return error_kind(err, XATTN_UNSUPPORTED,
                              "%s: \"%s\" asks for a search that is not supported; with null the "
                              "model goes without it",
                              found.path, found.key);
    }
    return true;
}

static bool is_without_effect(const char *key) {
    for (size_t i = 0; i < LENGTH(without_effect); i++)
        if (strcmp(without_effect[i], key) == 0) return true;
    return false;
}

static void append_printable(Buffer *out, const char *name) {
    for (size_t n = strlen(name), size; n; name += size, n -= size) {
        bool is_control = utf8_is_control(utf8_character(name, n, &size));
        buffer_append(out, is_control ? "?" : name, is_control ? 1 : size);
    }
}

/* config.json, which stands in for a missing generation_config.json, holds much else. */
bool generation_keys_unknown(const Settings *settings, const char **unknown, Arena *arena,
                             Error *err) {
    const cJSON *value;
    Buffer names = {0};
    cJSON_ArrayForEach (value, settings->generation) {
        const char *key = value->string;
        if (cJSON_IsNull(value) || settings_asked(settings, key) || is_without_effect(key))
            continue;
        if (names.size) buffer_string(&names, ", ");
        append_printable(&names, key);
    }
    *unknown = NULL;
    bool ok = buffer_ok(&names, "names of settings", err);
    if (ok && names.size)
        ok = (*unknown = arena_string(arena, names.data, names.size, err)) != NULL;
    buffer_free(&names);
    return ok;
}
