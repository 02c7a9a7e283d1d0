/* film.h: how an alignment appears, frame by frame

   A frame shows the network at a step of training: its loss, its accuracy on held-out examples, how
   often each head of cross-attention looks at the right place, and the maps of a few examples. All
   frames make one page, learn.html (film.html is its form), or a film on the terminal. */
#ifndef LEARN_FILM_H
#define LEARN_FILM_H

#include "base/buffer.h"
#include "trainer.h"
#include "xattn.h"

enum { FILM_EXAMPLES = 5 };

typedef struct {
    const Task *task;
    const Pieces *pieces;
    const NetworkShape *shape;
    const Example *examples;  // [FILM_EXAMPLES]
    Buffer frames;            // JSON
} Film;

/* Adds a frame, without the loss if that is NaN. */
void film_frame(Film *film, Trainer *trainer, double loss, const Score *score);

/* Appends the page. floor: the least loss possible with label smoothing; remark: a note about the
   training, or "". */
void film_page(const Film *film, double floor, const char *remark, Buffer *page);

/* Appends the map of one head for one of the examples, as `xattn align` draws it. */
bool film_draw(const Film *film, Trainer *trainer, size_t example, const size_t layer_and_head[2],
               xattn_style style, Buffer *out, Error *err);

#endif
