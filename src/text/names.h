/* names.h: names on the internet and names of files, which are the same in every language

       https://example.com/a?b=1   www.example.com   example.com/a     addresses
       john.doe@example.com   @tom   #paris                            people and topics
       notes.pdf   src/main.c   /usr/bin   ~/a   C:\a                  files
       `make test`                                                     code, with its backticks

   A dot, comma or other mark at the end belongs to the sentence, and so does a closing bracket without
   an opening one. A host without www., or a file without a folder, needs a known ending (lists.c),
   because otherwise a missing space ("the end.Then") would make a name. */
#ifndef XATTN_NAMES_H
#define XATTN_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the name at the beginning of text [n], where a word may begin; 0 if there is none. Sets
   *topic if the name is a #topic. Looks no further than the next space, or the next backtick. */
size_t names_match(const char *text, size_t n, bool *topic);

#endif
