/* tsv.h: maps as tables that spreadsheets, pandas and R read

                  ▁The     ▁cat     </s>        first line: an empty cell, then the source
       ▁Le        0.91     0.05     0.04        one line a target piece or word
       ▁chat      0.02     0.95     0.03

   Cells are separated by tabs, numbers rounded to 7 significant digits. Nothing is quoted: tab, line
   feed, carriage return and backslash in a label are written \t \n \r \\. */
#ifndef XATTN_TSV_H
#define XATTN_TSV_H

#include "align/map.h"

/* Appends the maps. Of several, each stands under a comment, "# layer 1, head 2", and an empty line
   separates it from the one before. */
bool tsv_write(const xattn_maps *maps, Buffer *out, Error *err);

#endif
