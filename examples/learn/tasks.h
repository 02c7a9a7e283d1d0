/* tasks.h: three small translations whose right alignment is known

       numbers   three hundred and forty-two  ->  342          diagonal
       dates     the 3rd of May 1998          ->  1998-05-03   permuted
       reverse   stressed                     ->  desserts     anti-diagonal

   Examples are generated. A hash selects one source in eight to hold out: it is never trained on, and
   accuracy is measured only on these. */
#ifndef LEARN_TASKS_H
#define LEARN_TASKS_H

#include "base/arena.h"
#include "random.h"

enum { MOST_PIECES = 24, NOWHERE = -1, EOS = 0, UNKNOWN = 1 };

/* Ids; both sides end with </s>. */
typedef struct {
    size_t n_source, n_target;
    int source[MOST_PIECES], target[MOST_PIECES];
    int truth[MOST_PIECES];  // the source piece of each target piece; NOWHERE: no single one
} Example;

/* The vocabulary, of both languages: </s>, <unk>, the task's pieces and <pad>, in the order of their ids.
   ▁ in a piece stands for a space in the text. */
typedef struct {
    const char **items;  // [n]
    size_t n;
} Pieces;

typedef struct {
    const char *name, *summary, *pieces;  // pieces: with spaces between them
    bool spaced;                          // a source begins with ▁, as sentencepiece's usually do
    void (*make)(const Pieces *, Random *, Example *);
    size_t steps;  // of training, usually enough
} Task;

enum { N_TASKS = 3 };
extern const Task tasks[N_TASKS];

/* Its vocabulary, in the arena. False if out of memory. */
bool task_pieces(const Task *task, Pieces *pieces, Arena *arena, Error *err);

/* The next random example of those that are held out, or of the others. */
Example task_example(const Task *task, const Pieces *pieces, Random *random, bool held_out);

#endif
