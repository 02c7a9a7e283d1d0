/* copy.h: putting copied spans into the translation

       the model    ▁See ▁ Z 4 .          ▁Voir ▁ Z 4 .
       the result   ▁See ▁ notes.pdf .    ▁Voir ▁ notes.pdf .

   The pieces of a stand-in become one piece with the text of the span. In a map its column is the sum
   of their columns, and its row the mean of their rows; its log-probability is the sum of theirs. Its
   id is that of <unk>. */
#ifndef XATTN_COPY_H
#define XATTN_COPY_H

#include "model/model.h"
#include "xattn/parts.h"
#include "xattn/result.h"

/* Makes the result of a part that is copied: one piece, which looks at itself, and </s>. NULL on
   failure. */
Result *copy_part(const Model *model, const Part *part, const xattn_options *options, Error *err);

/* Replaces the stand-ins in a result by their spans. If the translation does not have each of them
   exactly once, sets *lost and changes nothing. Drops alternatives with the same fault. */
bool copy_restore(const Model *model, const Part *part, Result *result, bool *lost, Error *err);

#endif
