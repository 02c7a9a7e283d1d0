/* hostile.h: models with a fault, which the program must refuse

   A suite is a list of tables. Every row is a test, whose name describes the fault; a function makes
   the file and runs the program with it:

       static const HostileEdit edits[] = {
           {"no heads", "config.json", "\"encoder_attention_heads\": 3",
            "\"encoder_attention_heads\": 0", "\"encoder_attention_heads\" is 0, expected …"},
       };
       …
       HostileTable tables[] = {HOSTILE_TABLE(hostile_edit, edits)};
       return hostile_run("JSON configs", tables, 1);

   The program is $BUILD/xattn. A failure here fails the running test. */
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

/* Runs all rows of all tables; returns the exit status. */
int hostile_run(const char *suite, const HostileTable *tables, size_t n);

/* Translates with the model, to standard output and with -o, and inspects it. Every run must end with
   status 1, with a line on standard error that begins with "xattn: DIRECTORY/FILE: " and contains
   `message`, with nothing on standard output, and without a new file in the directory. If `file` is
   NULL, the message may name the directory or any file in it, and `inspect` may find no fault. */
void hostile_refused(const char *directory, const char *file, const char *message);

/* Checks that the model translates a line. Use it for the model that a table's edits start from,
   because otherwise all of them could fail for another reason. */
void hostile_accepted(const char *directory);

/* A change to a tiny MarianMT model (tiny_model.h): `to` replaces the first `from` in the file, or the
   whole file if `from` is NULL. */
typedef struct {
    const char *name, *file, *from, *to, *message;
} HostileEdit;

void hostile_edit(void **row);

/* Writes a tiny model with the row's edit. The caller removes the directory. */
char *hostile_edited_model(const HostileEdit *edit);

#endif
