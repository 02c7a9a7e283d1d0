/* tokenizer_probe.c: the tokenizer behind a pipe, for scripts/parity/tokenizer.py

       tokenizer_probe MODEL.spm

   Lines of text may hold any byte, so everything is length-prefixed (u32, this machine's order):

       request   'E' text                    answer   u32 n, then n times (u32 id, piece), text
       request   'D' u32 n, n times piece    answer   text

   where a piece and a text are a u32 length and that many bytes. The text that follows the pieces
   of an 'E' is what they decode to. The end of the input ends the program. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/sentencepiece.h"

static void fail(const char *message) {
    fprintf(stderr, "tokenizer_probe: %s\n", message);
    exit(1);
}

static uint32_t read_number(void) {
    uint32_t n;
    if (fread(&n, sizeof n, 1, stdin) != 1) fail("truncated request");
    return n;
}

/* Freed by the caller; a NUL follows the bytes. */
static char *read_text(uint32_t *n) {
    *n = read_number();
    char *text = malloc((size_t)*n + 1);
    if (!text) fail("out of memory");
    if (fread(text, 1, *n, stdin) != *n) fail("truncated request");
    text[*n] = '\0';
    return text;
}

static void write_number(uint32_t n) { fwrite(&n, sizeof n, 1, stdout); }

static void write_text(const char *text, size_t n) {
    write_number((uint32_t)n);
    if (n) fwrite(text, 1, n, stdout);
}

static void answer_decode(const SentencePiece *sp, char **strings, uint32_t n) {
    Error err;
    Buffer text = {0};
    if (!sentencepiece_decode(sp, (const char *const *)strings, (int)n, &text, &err))
        fail(err.text);
    write_text(text.data, text.size);
    buffer_free(&text);
    for (uint32_t i = 0; i < n; i++) free(strings[i]);
    free(strings);
}

static void encode(const SentencePiece *sp, PieceList *pieces) {
    Error err;
    uint32_t n;
    char *text = read_text(&n);
    if (!sentencepiece_encode(sp, text, n, pieces, &err)) fail(err.text);
    free(text);
    char **strings = calloc((size_t)pieces->n + 1, sizeof *strings);
    if (!strings) fail("out of memory");
    write_number((uint32_t)pieces->n);
    for (int i = 0; i < pieces->n; i++) {
        const Piece *piece = &pieces->items[i];
        write_number((uint32_t)piece->id);
        write_text(piece->text, piece->length);
        if (!(strings[i] = calloc(piece->length + 1, 1))) fail("out of memory");
        memcpy(strings[i], piece->text, piece->length);
    }
    answer_decode(sp, strings, (uint32_t)pieces->n);
}

static void decode(const SentencePiece *sp) {
    uint32_t n = read_number(), length;
    char **strings = calloc((size_t)n + 1, sizeof *strings);
    if (!strings) fail("out of memory");
    for (uint32_t i = 0; i < n; i++) strings[i] = read_text(&length);
    answer_decode(sp, strings, n);
}

int main(int argc, char **argv) {
    Error err;
    SentencePiece *sp;
    PieceList pieces = {0};
    if (argc != 2) fail("usage: tokenizer_probe MODEL.spm");
    if (!sentencepiece_load(argv[1], &sp, &err)) fail(err.text);
    for (int request; (request = getchar()) != EOF;) {
        if (request == 'E') encode(sp, &pieces);
        if (request == 'D') decode(sp);
    }
    piece_list_free(&pieces);
    sentencepiece_free(sp);
    return fflush(stdout) == 0 ? 0 : 1;
}
