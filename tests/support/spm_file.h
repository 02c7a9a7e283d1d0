/* spm_file.h: building .spm files for tests, field by field

       Buffer file = {0};
       spm_file_pieces(&file, (const SpmRow[]){{"<unk>", 0, SPM_UNKNOWN}, {"a", -1, SPM_NORMAL}, {0}});
       spm_file_bytes(&file, 2, "\x18\x02", 2);   TrainerSpec: model_type BPE

   A ModelProto is a sequence of fields; docs/MODEL.md lists those that xattn reads. */
#ifndef XATTN_SPM_FILE_H
#define XATTN_SPM_FILE_H

#include <stdint.h>

#include "base/buffer.h"

enum { SPM_NORMAL = 1, SPM_UNKNOWN, SPM_CONTROL, SPM_USER_DEFINED, SPM_UNUSED, SPM_BYTE };

typedef struct {
    const char *text;
    float score;
    int type;
} SpmRow;

/* Adds field `number` with these n bytes, which may be a message. */
void spm_file_bytes(Buffer *file, unsigned number, const void *bytes, size_t n);

/* Adds a piece with any text; and the pieces of a table, which ends with a text of NULL. */
void spm_file_piece(Buffer *file, const char *text, size_t n, float score, int type);
void spm_file_pieces(Buffer *file, const SpmRow *rows);

/* Adds <0x00> … <0xFF>, and the setting for byte fallback. */
void spm_file_byte_pieces(Buffer *file);

/* A charsmap of one rule, A -> bb: a trie of 256 units, whose root leads to unit 1 ^ 'A', labelled A,
   whose leaf is 2 further, with the replacement at 0; then all replacements [n], the last of which
   should end with a NUL. Possible faults: another size of the trie (SPM_TRIE_SIZE is correct), or
   another value in a unit (SPM_UNITS: in none). */
enum {
    SPM_UNITS = 256,
    SPM_TRIE_SIZE = 4 * SPM_UNITS,
    SPM_ROOT = 0,
    SPM_CHILD = 0x40,
    SPM_LEAF = 0x42
};
void spm_file_charsmap(Buffer *file, uint32_t trie_size, size_t unit, uint32_t value,
                       const char *replacements, size_t n);

#endif
