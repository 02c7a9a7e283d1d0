/* pickle.h: Python's pickles, as far as a PyTorch state dict needs them

   A pickle is a program for a stack machine that builds objects, and it may call any function of
   Python. This reader calls nothing. It knows the opcodes that a state dict is written with and the
   globals below, and refuses every other by name. The result is plain values: a call of a known
   function becomes a value that holds the function's name and its arguments.

   Memory is bounded by the bytes read: each makes at most one value, of at most 128 bytes, and no
   number in the pickle asks for any. The longest that is read has 4 MiB; that of a model with 300
   tensors has 40 KB.

   Source: CPython, Lib/pickletools.py, protocol 2. */
#ifndef XATTN_PICKLE_H
#define XATTN_PICKLE_H

#include "base/arena.h"

/* The globals that a state dict needs: three to call, then the types of storages. */
typedef enum {
    GLOBAL_ORDERED_DICT,
    GLOBAL_REBUILD_TENSOR,
    GLOBAL_REBUILD_PARAMETER,
    GLOBAL_FLOAT_STORAGE,
    GLOBAL_HALF_STORAGE,
    GLOBAL_BFLOAT16_STORAGE,
    GLOBAL_DOUBLE_STORAGE,
    GLOBAL_LONG_STORAGE,
    GLOBAL_INT_STORAGE,
    GLOBAL_SHORT_STORAGE,
    GLOBAL_CHAR_STORAGE,
    GLOBAL_BYTE_STORAGE,
    GLOBAL_BOOL_STORAGE,
    N_PICKLE_GLOBALS,
} PickleGlobal;

typedef enum {
    PICKLE_MARK,  // never seen outside
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_FLOAT,
    PICKLE_TEXT,
    PICKLE_GLOBAL,
    PICKLE_TUPLE,
    PICKLE_LIST,
    PICKLE_DICT,        // key, value, key, value …; an OrderedDict too
    PICKLE_CALL,        // a global, then its arguments
    PICKLE_PERSISTENT,  // an object outside of the pickle: what it is known by
} PickleKind;

typedef struct PickleItems PickleItems;

typedef struct {
    PickleKind kind;
    union {
        long long number;  // also of PICKLE_BOOL
        PickleGlobal global;
        PickleItems *items;  // of the last five kinds
        const char *text;    // NUL-terminated, in the arena
    } as;
} PickleValue;

struct PickleItems {
    PickleValue *at;  // [n]
    size_t n, capacity;
};

/* Reads one pickle at the start of bytes [size], and how long it is. `name` is what errors call the
   whole; values lie in the arena. */
bool pickle_read(const char *name, const unsigned char *bytes, size_t size, PickleValue *value,
                 size_t *n_read, Arena *arena, Error *err);

/* Whether there is item i, and of that kind. */
bool pickle_is(const PickleItems *items, size_t i, PickleKind kind);

/* "a tuple" */
const char *pickle_kind_name(PickleKind kind);

/* "FloatStorage" */
const char *pickle_global_name(PickleGlobal global);

#endif
