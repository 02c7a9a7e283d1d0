/* lists.h: the few words of languages that rules need, in one place

   A list says what kind of word it is; within it the words stand by language. To teach the rules
   another language, add its words here: nothing else knows one. */
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

/* Whether word [n] is in a list, where abbreviations stand without their last dot. A word listed with
   a capital has one wherever it counts (Sat.); of others the case of A to Z does not matter. */
bool lists_have(List list, const char *word, size_t n);

#endif
