/* hostile.h: models with one thing wrong, and the program's refusal of them

   A suite is a list of tables. Every row is a test of its own, named by its first member, which says
   what is wrong; a function makes the file and hands it to the program:

       static const HostileEdit edits[] = {
           {"no heads", "config.json", "\"encoder_attention_heads\": 3",
            "\"encoder_attention_heads\": 0", "\"encoder_attention_heads\" is 0, expected …"},
       };
       …
       HostileTable tables[] = {HOSTILE_TABLE(hostile_edit, edits)};
       return hostile_run("JSON configs", tables, 1);

   The program is $BUILD/xattn. What fails here fails the running test. */
#ifndef XATTN_HOSTILE_H
#define XATTN_HOSTILE_H

#include <stddef.h>

typedef struct {
    void (*run)(void **row);  // *row is the row
    const void *rows;         // [n] of `size` bytes, each of which begins with a const char *name
    size_t n, size;
} HostileTable;

#define HOSTILE_TABLE(run, rows) \
    { run, rows, sizeof rows / sizeof rows[0], sizeof rows[0] }

/* Runs all rows of all tables; returns what main does. */
int hostile_run(const char *suite, const HostileTable *tables, size_t n);

/* Translates with the model, to standard output and with -o, and inspects it. Every time the program
   must end with status 1, one line on standard error that begins with "xattn: DIRECTORY/FILE: " and
   holds `message`, nothing on standard output, and no file in the directory that was not there. A
   file of NULL: the directory is named, or any file in it, and `inspect` may find nothing wrong. */
void hostile_refused(const char *directory, const char *file, const char *message);

/* The model translates, to one line. For what a table's edits begin with: without it they could all fail for
   another reason. */
void hostile_accepted(const char *directory);

/* One change to a tiny MarianMT model (tiny_model.h): the first `from` in the file becomes `to`; if
   `from` is NULL, `to` becomes the whole file. */
typedef struct {
    const char *name, *file, *from, *to, *message;
} HostileEdit;

void hostile_edit(void **row);

/* The directory of a tiny model with the row's edit made; the caller's to remove. */
char *hostile_edited_model(const HostileEdit *edit);

#endif
