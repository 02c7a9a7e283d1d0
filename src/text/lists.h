/* lists.h: the few words of each language that the rules about text need

   There is a list for each kind of word, sorted by language. To add a language, add its words here; no
   other file contains any. */
#ifndef XATTN_LISTS_H
#define XATTN_LISTS_H

#include <stdbool.h>
#include <stddef.h>

typedef enum {
    LIST_TITLES,          // Dr Mme    stand before a name
    LIST_INNER,           // e.g cf    stand inside a sentence, never at its end
    LIST_EITHER,          // Inc Ave   stand inside a sentence or at its end
    LIST_TRAILING,        // etc       end a sentence before a capital
    LIST_BEFORE_NUMBERS,  // No p Jan  stand before a number
    LIST_BEGINNERS,       // She Elle  begin a sentence, and are hardly ever a name
    LIST_CONJUNCTIONS,    // and qui   begin a clause
    LIST_ELISIONS,        // l qu      lose their vowel before an apostrophe
    LIST_FILE_ENDINGS,    // pdf com   end the name of a file or of a host
    N_LISTS
} List;

/* Whether word [n] is in a list. Lists have abbreviations without their last dot. A word listed with a
   capital (Sat.) matches only with a capital; for the others the case of A to Z does not matter. */
bool lists_have(List list, const char *word, size_t n);

#endif
