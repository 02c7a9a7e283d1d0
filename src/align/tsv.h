/* tsv.h: maps as tables that spreadsheets, pandas and R read

                  ▁The     ▁cat     </s>        first line: an empty cell, then the source
       ▁Le        0.91     0.05     0.04        a line for each target piece or word
       ▁chat      0.02     0.95     0.03

   Tabs separate cells; numbers have 7 significant digits. A label with a quote, a tab or a line end is
   quoted, with its quotes doubled, as pandas writes it. */
#ifndef XATTN_TSV_H
#define XATTN_TSV_H

#include "align/map.h"

/* Appends the maps. If there are several, each has a comment above it, "# layer 1, head 2", and an
   empty line between it and the one before. */
bool tsv_write(const xattn_maps *maps, Buffer *out, Error *err);

#endif
