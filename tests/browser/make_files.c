/* make_files FOLDER: maps in every format that other programs read, for this folder's checks

   No model: the attention is made up, so that everyone knows what must be seen. In layer 1, head 1,
   every target piece looks mostly at the source piece that it translates; everywhere else the look
   wanders. The same numbers come out on every machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xattn.h"

enum { LAYERS = 2, HEADS = 3, MOST = 24, RUNNERS_UP = 3 };  // MOST pieces

typedef struct {
    const char *source, *target;
    const char *source_pieces, *target_pieces;  // with | between them; </s> is added
    const char *looks;                          // a letter a target piece: a is source piece 0
} Sample;

static const Sample samples[] = {
    {"The black cat sat on the mat.", "Le chat noir s'assit sur le tapis.",
     "▁The|▁black|▁c|at|▁sat|▁on|▁the|▁mat|.", "▁Le|▁chat|▁noir|▁s|'|as|sit|▁sur|▁le|▁ta|pis|.",
     "adbeeeefghhij"},
    {"Say \"</script><script>alert(1)</script>\" & <b>go</b>!",
     "Dis \"</script><img src=x onerror=alert(2)>\" & <b>va</b> !",
     "▁Say|▁\"|</script>|<script>|alert(1)|</script>|\"|▁&|▁<b>|go|</b>|!",
     "▁Dis|▁\"|</script>|<img|▁src=x|▁onerror=alert(2)>|\"|▁&|▁<b>|va|</b>|▁!", "abcdefghijklm"},
    {"القطة السوداء هنا.", "黑猫在这里👩\u200D👩\u200D👧。", "▁القطة|▁ال|سوداء|▁هنا|.",
     "▁|黑|猫|在|这里|<0xF0>|<0x9F>|<0x91>|<0xA9>|\u200D👩\u200D👧|。", "acadddddddef"},
    {"", "", "", "", ""},
};

/* Splits into tokens; the pieces point into copy. */
static xattn_tokens tokens_of(const char *text, char *copy, const char **pieces, int *ids) {
    static const char end[] = "</s>";
    xattn_tokens tokens = {0, pieces, ids};
    strcpy(copy, text);
    for (char *at = strtok(copy, "|"); at; at = strtok(NULL, "|")) pieces[tokens.n++] = at;
    if (tokens.n) pieces[tokens.n++] = end;
    for (size_t i = 0; i < tokens.n; i++) ids[i] = (int)i;
    return tokens;
}

/* A row that sums to 1: mostly at `look` in the aligned head, anywhere in the others. */
static void fill_row(float *row, size_t n, size_t look, int table, size_t t) {
    float sum = 0;
    for (size_t j = 0; j < n; j++) {
        size_t wander = (j * 7 + t * 5 + (size_t)table * 11) % 13;
        row[j] =
            table == 4 ? (j == look ? 30.0f : (float)(wander % 3) / 3) : (float)(wander * wander);
        sum += row[j];
    }
    for (size_t j = 0; j < n; j++) row[j] /= sum;
}

static void write_file(const char *folder, const char *name, xattn_buffer *content) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(content->data, 1, content->size, file) != content->size || fclose(file)) {
        perror(path);
        exit(1);
    }
    content->size = 0;
}

static void require(bool ok, const xattn_error *err) {
    if (ok) return;
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

static void write_maps(const char *folder, const char *name, const xattn_translation *t,
                       xattn_map_options options, xattn_format format, bool lines) {
    xattn_error err;
    xattn_buffer out = {0};
    xattn_style style = {XATTN_STYLE, .lines = lines};
    xattn_maps *maps = xattn_maps_of(t, &options, &err);
    require(maps && xattn_maps_draw(maps, format, &style, &out, &err), &err);
    write_file(folder, name, &out);
    xattn_maps_free(maps);
    xattn_buffer_free(&out);
}

static void write_json(const char *folder, const char *name, const xattn_translation *t,
                       const xattn_map_options *options) {
    xattn_error err;
    xattn_buffer out = {0};
    require(xattn_translation_json(t, options, &out, &err), &err);
    write_file(folder, name, &out);
    xattn_buffer_free(&out);
}

static void write_formats(const char *folder, const xattn_translation *t) {
    xattn_map_options all = {XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true,
                             .layer = XATTN_ALL, .head = XATTN_ALL};
    write_maps(folder, "maps.npy", t, all, XATTN_NPY, false);
    write_json(folder, "pieces.json", t, &all);
    all.words = true;
    write_json(folder, "words.json", t, &all);
    write_json(folder, "translation.json", t, NULL);
    all.layer = all.head = 1;
    write_maps(folder, "heat.svg", t, all, XATTN_SVG, false);
    write_maps(folder, "lines.svg", t, all, XATTN_SVG, true);
}

static void add_sentence(const char *folder, const Sample *sample, bool first,
                         xattn_buffer *report) {
    static char source_copy[512], target_copy[512];
    static const char *source_pieces[MOST], *target_pieces[MOST];
    static int source_ids[MOST], target_ids[MOST];
    static float attention[LAYERS * HEADS * MOST * MOST], logprobs[MOST];
    static xattn_runner_up runners_up[MOST * RUNNERS_UP];
    xattn_translation t = {
        .source_text = sample->source,
        .text = sample->target,
        .source = tokens_of(sample->source_pieces, source_copy, source_pieces, source_ids),
        .target = tokens_of(sample->target_pieces, target_copy, target_pieces, target_ids),
        .logprobs = logprobs,
        .n_layers = LAYERS,
        .n_heads = HEADS,
        .attention = attention,
        .map_layer = 1,
        .map_head = 1,
        .map_is_trained = true,
        .n_runners_up = RUNNERS_UP,
        .runners_up = runners_up};
    for (int table = 0; table < LAYERS * HEADS; table++)
        for (size_t i = 0; i < t.target.n; i++)
            fill_row(attention + ((size_t)table * t.target.n + i) * t.source.n, t.source.n,
                     (size_t)(sample->looks[i] - 'a'), table, i);
    for (size_t i = 0; i < t.target.n; i++) {
        logprobs[i] = -0.0625f * (float)(i + 1);
        t.score = t.normalized_score += (double)logprobs[i];
        runners_up[i * RUNNERS_UP] = (xattn_runner_up){t.target.pieces[i], (int)i, logprobs[i]};
        runners_up[i * RUNNERS_UP + 1] = (xattn_runner_up){"▁chien", 1, -3.0f - (float)i};
        runners_up[i * RUNNERS_UP + 2] = (xattn_runner_up){"</script>", 2, -4.0f - (float)i};
    }
    xattn_error err;
    require(xattn_html_translation(&t, NULL, report, &err), &err);
    if (first) write_formats(folder, &t);
}

int main(int argc, char **argv) {
    if (argc != 2) return fprintf(stderr, "usage: make_files FOLDER\n"), 2;
    xattn_error err;
    xattn_buffer report = {0};
    require(xattn_html_begin("Made-up <maps> & words", &report, &err), &err);
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        add_sentence(argv[1], samples + i, i == 0, &report);
    require(xattn_html_end(&report, &err), &err);
    write_file(argv[1], "report.html", &report);
    xattn_buffer_free(&report);
    return 0;
}
