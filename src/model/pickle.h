/* pickle.h: the part of Python's pickles that a PyTorch state dict needs

   A pickle is a program for a stack machine that builds objects, and it may call any Python function.
   This reader calls nothing. It knows the opcodes and globals of state dicts, and refuses all others by
   name. The result is plain values: a call of a known function becomes a value with the function's name
   and arguments.

   Each byte makes at most one value, of at most 128 bytes, and no number in the pickle decides about
   memory, so the size of the pickle limits it. A pickle may have 4 MiB; that of a model with 300
   tensors has 40 KB.

   Source: CPython, Lib/pickletools.py, protocol 2. */
#ifndef XATTN_PICKLE_H
#define XATTN_PICKLE_H

#include "base/arena.h"

/* The globals in a state dict: three functions, then the types of storages. */
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
    PICKLE_MARK,  // never in the result
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_FLOAT,
    PICKLE_TEXT,
    PICKLE_GLOBAL,
    PICKLE_TUPLE,
    PICKLE_LIST,
    PICKLE_DICT,        // key, value, key, value …; also an OrderedDict
    PICKLE_CALL,        // a global and its arguments
    PICKLE_PERSISTENT,  // the reference of an object outside the pickle
} PickleKind;

typedef struct PickleItems PickleItems;

typedef struct {
    PickleKind kind;
    union {
        long long number;  // also for PICKLE_BOOL
        PickleGlobal global;
        PickleItems *items;  // for the last five kinds
        const char *text;    // NUL-terminated, in the arena
    } as;
} PickleValue;

struct PickleItems {
    PickleValue *at;  // [n]
    size_t n, capacity;
};

/* Reads the pickle at the start of bytes [size], and its length. Errors call the file `name`. Values
   lie in the arena. */
bool pickle_read(const char *name, const unsigned char *bytes, size_t size, PickleValue *value,
                 size_t *n_read, Arena *arena, Error *err);

/* Whether item i exists and has this kind. */
bool pickle_is(const PickleItems *items, size_t i, PickleKind kind);

/* "a tuple" */
const char *pickle_kind_name(PickleKind kind);

/* "FloatStorage" */
const char *pickle_global_name(PickleGlobal global);

#endif
