/* copy.h: what was not translated, put into the translation

       read as       ▁See ▁ Z 4 .          ▁Voir ▁ Z 4 .
       shown as      ▁See ▁ notes.pdf .    ▁Voir ▁ notes.pdf .

   The pieces that spell a stand-in become one piece, of what it stands for: a column of a map is the
   sum of theirs, a row their mean, a log-probability their sum. The id of such a piece is <unk>'s. */
#ifndef XATTN_COPY_H
#define XATTN_COPY_H

#include "model/model.h"
#include "xattn/parts.h"
#include "xattn/result.h"

/* The result of a part that is copied: one piece, which looks at itself, and </s>. NULL on failure. */
Result *copy_part(const Model *model, const Part *part, const xattn_options *options, Error *err);

/* Replaces the part's stand-ins in a result by what they stand for. *lost: the translation does not say
   each of them once, and is as it was. Alternatives of which that is true are dropped. */
bool copy_restore(const Model *model, const Part *part, Result *result, bool *lost, Error *err);

#endif
