#include "cli/bench_texts.h"

#include <string.h>

#include "cli/lines.h"

enum { TEXTS = 128 };

static const char *const own_sentences[] = {
    "Where is she?",
    "I am not hungry.",
    "We missed the last train.",
    "My sister has bought a new bicycle.",
    "Could you close the window, please?",
    "He reads the newspaper every morning.",
    "They have lived in this village for years.",
    "It was raining when we left the house.",
    "Nobody knows why the shop was closed yesterday.",
    "The children were playing behind the old school.",
    "If you need help, call me at any time.",
    "She wanted to know how much the black coat cost.",
    "We have to finish this work before the end of the week.",
    "I forgot my keys at the office, so I had to wait outside.",
    "The doctor told him to drink more water and to sleep longer.",
    "As soon as the meeting is over, I will send you the list of names.",
    "There were so many people in the street that we could not see the music band.",
    "My grandfather used to say that a good book is a friend who is never in a hurry.",
    "When the bus came at last, it was so full that the driver did not even open a door for us.",
    "Although she was new in the city, she found the small restaurant without asking anybody.",
};
enum { N_OWN = sizeof own_sentences / sizeof own_sentences[0] };

static bool own_texts(const char ***texts, size_t *n, Arena *arena, Error *err) {
    *n = TEXTS;
    *texts = arena_array(arena, TEXTS, sizeof **texts, "the text", err);
    for (size_t i = 0; *texts && i < TEXTS; i++) (*texts)[i] = own_sentences[i % N_OWN];
    return *texts != NULL;
}

/* Chooses TEXTS of the lines, which end with a NUL each; or all of them if there are fewer. */
static bool spread(const Buffer *lines, size_t n_lines, const char ***texts, size_t *n,
                   Arena *arena, Error *err) {
    const char *line = lines->data;
    size_t most = n_lines < TEXTS ? n_lines : TEXTS;
    *n = 0;
    *texts = arena_array(arena, most, sizeof **texts, "the text", err);
    for (size_t i = 0; *texts && i < n_lines; i++, line += strlen(line) + 1)
        if (*n < most && i * most / n_lines == *n)
            if (!((*texts)[(*n)++] = arena_string(arena, line, strlen(line), err))) return false;
    return *texts != NULL;
}

bool bench_texts(const char *file, const char ***texts, size_t *n, Arena *arena, Error *err) {
    if (!file) return own_texts(texts, n, arena, err);
    Options options = {.input = file, .quiet = true};
    Lines lines;
    Buffer text = {0};
    size_t n_lines = 0;
    bool ok = lines_open(&options, &lines, err);
    LinesStatus status = LINES_ERROR;
    while (ok && (status = lines_next(&lines, true, &text, err)) == LINES_LINE) {
        buffer_byte(&text, '\0');
        n_lines++;
    }
    ok = status == LINES_END && buffer_ok(&text, "the text", err) &&
         spread(&text, n_lines, texts, n, arena, err);
    lines_close(&lines);
    buffer_free(&text);
    return ok;
}
