#include "model/pickle.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

enum { MOST_BYTES = 4 << 20 };

static const struct {
    const char *module, *name;
} globals[N_PICKLE_GLOBALS] = {
    [GLOBAL_ORDERED_DICT] = {"collections", "OrderedDict"},
    [GLOBAL_REBUILD_TENSOR] = {"torch._utils", "_rebuild_tensor_v2"},
    [GLOBAL_REBUILD_PARAMETER] = {"torch._utils", "_rebuild_parameter"},
    [GLOBAL_FLOAT_STORAGE] = {"torch", "FloatStorage"},
    [GLOBAL_HALF_STORAGE] = {"torch", "HalfStorage"},
    [GLOBAL_BFLOAT16_STORAGE] = {"torch", "BFloat16Storage"},
    [GLOBAL_DOUBLE_STORAGE] = {"torch", "DoubleStorage"},
    [GLOBAL_LONG_STORAGE] = {"torch", "LongStorage"},
    [GLOBAL_INT_STORAGE] = {"torch", "IntStorage"},
    [GLOBAL_SHORT_STORAGE] = {"torch", "ShortStorage"},
    [GLOBAL_CHAR_STORAGE] = {"torch", "CharStorage"},
    [GLOBAL_BYTE_STORAGE] = {"torch", "ByteStorage"},
    [GLOBAL_BOOL_STORAGE] = {"torch", "BoolStorage"},
};

const char *pickle_global_name(PickleGlobal global) { return globals[global].name; }

const char *pickle_kind_name(PickleKind kind) {
    static const char names[][24] = {
        "a mark",   "None",    "a truth value", "a number", "a float",  "a text",
        "a global", "a tuple", "a list",        "a dict",   "a tensor", "something stored apart"};
    return names[kind];
}

bool pickle_is(const PickleItems *items, size_t i, PickleKind kind) {
    return items->n > i && items->at[i].kind == kind;
}

/* ---- the machine: its program, its stack, and its memo of stored values ---- */

typedef struct {
    const char *name;
    const unsigned char *bytes;  // [size]
    size_t size, at;
    PickleItems stack, memo;
    Arena *arena;
    Error *err;
} Machine;

static bool refuse(const Machine *m, const char *why) {
    return error_set(m->err, "%s: byte %zu of a pickle: %s", m->name, m->at, why);
}

/* Returns the next n bytes and moves past them. NULL with an error at the end. */
static const unsigned char *take(Machine *m, uint64_t n) {
    if (n > m->size - m->at) {
        refuse(m, "it ends in the middle, or has more than 4 MiB");
        return NULL;
    }
    const unsigned char *bytes = m->bytes + m->at;
    m->at += (size_t)n;
    return bytes;
}

/* Reads an unsigned number of n bytes, at most 8. */
static bool take_number(Machine *m, size_t n, uint64_t *number) {
    const unsigned char *bytes = take(m, n);
    *number = 0;
    for (size_t i = 0; bytes && i < n; i++) *number |= (uint64_t)bytes[i] << 8 * i;
    return bytes != NULL;
}

static bool add(Machine *m, PickleItems *items, PickleValue value) {
    if (items->n == items->capacity) {
        size_t capacity = items->capacity ? 2 * items->capacity : 4;
        PickleValue *more = arena_array(m->arena, capacity, sizeof *more, "a pickle", m->err);
        if (!more) return false;
        if (items->n) memcpy(more, items->at, items->n * sizeof *more);
        items->at = more;
        items->capacity = capacity;
    }
    items->at[items->n++] = value;
    return true;
}

static bool push(Machine *m, PickleValue value) { return add(m, &m->stack, value); }

static bool push_number(Machine *m, PickleKind kind, long long number) {
    return push(m, (PickleValue){.kind = kind, .as = {.number = number}});
}

/* Pushes a value of a kind that contains others. */
static bool push_items(Machine *m, PickleKind kind, const PickleValue *values, size_t n) {
    PickleItems *items = arena_array(m->arena, 1, sizeof *items, "a pickle", m->err);
    for (size_t i = 0; items && i < n; i++)
        if (!add(m, items, values[i])) return false;
    return items && push(m, (PickleValue){.kind = kind, .as = {.items = items}});
}

/* The topmost n values; NULL with an error if there are fewer above the mark. */
static const PickleValue *top(Machine *m, size_t n) {
    bool ok = m->stack.n >= n;
    for (size_t i = 1; ok && i <= n; i++) ok = m->stack.at[m->stack.n - i].kind != PICKLE_MARK;
    if (ok) return m->stack.at + m->stack.n - n;
    refuse(m, "too few values on the stack");
    return NULL;
}

/* Pops the topmost mark and the *n values above it, which stay readable until the next push. */
static const PickleValue *pop_to_mark(Machine *m, size_t *n) {
    for (size_t i = m->stack.n; i-- > 0;)
        if (m->stack.at[i].kind == PICKLE_MARK) {
            *n = m->stack.n - i - 1;
            m->stack.n = i;
            return m->stack.at + i + 1;
        }
    refuse(m, "no mark on the stack");
    return NULL;
}

/* ---- opcodes: a function and its argument each, in the table below ---- */

/* Replaces the topmost n values with one that contains them: a tuple, or the reference of an object
   outside the pickle (n = 1). They are popped first, because the new value may overwrite them. */
static bool hold(Machine *m, PickleKind kind, size_t n) {
    const PickleValue *values = top(m, n);
    if (!values) return false;
    PickleValue few[3];
    memcpy(few, values, n * sizeof *few);
    m->stack.n -= n;
    return push_items(m, kind, few, n);
}

static bool make_tuple(Machine *m, size_t n) { return hold(m, PICKLE_TUPLE, n); }
static bool make_persistent(Machine *m, size_t n) { return hold(m, PICKLE_PERSISTENT, n); }
static bool push_empty(Machine *m, size_t kind) { return push_items(m, (PickleKind)kind, NULL, 0); }
static bool push_constant(Machine *m, size_t kind) { return push_number(m, (PickleKind)kind, 0); }
static bool push_bool(Machine *m, size_t value) {
    return push_number(m, PICKLE_BOOL, (long long)value);
}

static bool hold_to_mark(Machine *m, size_t kind) {
    size_t n;
    const PickleValue *values = pop_to_mark(m, &n);
    return values && push_items(m, (PickleKind)kind, values, n);
}

/* Adds n values to the list or dict below them on the stack. */
static bool put(Machine *m, PickleKind kind, const PickleValue *values, size_t n) {
    const PickleValue *into = top(m, 1);
    if (!into) return false;
    if (into->kind != kind || (kind == PICKLE_DICT && n % 2))
        return refuse(m, "items for a value that cannot hold them");
    for (size_t i = 0; i < n; i++)
        if (!add(m, into->as.items, values[i])) return false;
    return true;
}

static bool put_to_mark(Machine *m, size_t kind) {
    size_t n;
    const PickleValue *values = pop_to_mark(m, &n);
    return values && put(m, (PickleKind)kind, values, n);
}

/* Adds an item to a list, or a key and a value to a dict. */
static bool put_one(Machine *m, size_t kind) {
    size_t n = kind == PICKLE_DICT ? 2 : 1;
    const PickleValue *values = top(m, n);
    if (!values) return false;
    m->stack.n -= n;
    return put(m, (PickleKind)kind, values, n);
}

/* Reads a line of the program without its end. */
static const char *take_line(Machine *m) {
    const unsigned char *line = m->bytes + m->at;
    const unsigned char *end = memchr(line, '\n', m->size - m->at);
    if (!end) {
        refuse(m, "it ends in the middle of a name");
        return NULL;
    }
    m->at += (size_t)(end - line) + 1;
    return arena_string(m->arena, (const char *)line, (size_t)(end - line), m->err);
}

static bool push_global(Machine *m, size_t unused) {
    (void)unused;
    const char *module = take_line(m), *name = module ? take_line(m) : NULL;
    if (!name) return false;
    for (PickleGlobal i = GLOBAL_ORDERED_DICT; i < N_PICKLE_GLOBALS; i++)
        if (strcmp(globals[i].module, module) == 0 && strcmp(globals[i].name, name) == 0)
            return push(m, (PickleValue){.kind = PICKLE_GLOBAL, .as = {.global = i}});
    return error_kind(m->err, XATTN_UNSUPPORTED,
                      "%s: the pickle asks for %.100s.%.100s, which no state dict needs; nothing "
                      "of it was run",
                      m->name, module, name);
}

/* Records a call of a function with its arguments, without making it. An OrderedDict, which is always
   created empty, becomes a dict. */
static bool reduce(Machine *m, size_t n) {
    const PickleValue *call = top(m, n);
    if (!call) return false;
    if (call[0].kind != PICKLE_GLOBAL || call[1].kind != PICKLE_TUPLE)
        return refuse(m, "a call of a value that is no function, or without arguments");
    if (call[0].as.global > GLOBAL_REBUILD_PARAMETER) return refuse(m, "a call of a storage type");
    if (call[0].as.global != GLOBAL_ORDERED_DICT) return hold(m, PICKLE_CALL, n);
    if (call[1].as.items->n) return refuse(m, "an OrderedDict with arguments");
    m->stack.n -= n;
    return push_items(m, PICKLE_DICT, NULL, 0);
}

/* Sets an object's attributes. A state dict has _metadata, which is ignored. */
static bool build(Machine *m, size_t n) {
    const PickleValue *object = top(m, n);
    if (!object) return false;
    if (object->kind != PICKLE_DICT) return refuse(m, "attributes of a value that is no dict");
    m->stack.n--;
    return true;
}

/* Pushes a text that follows its length, a number of n_length bytes. */
static bool push_text(Machine *m, size_t n_length) {
    uint64_t n;
    if (!take_number(m, n_length, &n)) return false;
    const char *text = (const char *)take(m, n);
    if (!text) return false;
    for (size_t i = 0, step; i < n; i += step)
        if (!text[i] || utf8_character(text + i, (size_t)n - i, &step) == UTF8_NONE)
            return refuse(m, "a text that is not UTF-8, or holds a NUL");
    PickleValue value = {.kind = PICKLE_TEXT};
    value.as.text = arena_string(m->arena, text, (size_t)n, m->err);
    return value.as.text && push(m, value);
}

/* Pushes a little-endian integer in two's complement, which follows its length. (The older format
   begins with a longer integer, which is recognised by its bytes.) */
static bool push_long(Machine *m, size_t n_length) {
    uint64_t n, number;
    if (!take_number(m, n_length, &n)) return false;
    if (n > 8) return refuse(m, "a number of more than 8 bytes");
    if (!take_number(m, (size_t)n, &number)) return false;
    bool is_negative = n && n < 8 && number >> (8 * n - 1);
    if (is_negative) number |= UINT64_MAX << 8 * n;
    return push_number(m, PICKLE_INT, (long long)number);
}

/* Pushes an integer of n bytes, signed if n is 4. */
static bool push_int(Machine *m, size_t n) {
    uint64_t number;
    if (!take_number(m, n, &number)) return false;
    return push_number(m, PICKLE_INT, n == 4 ? (int32_t)number : (long long)number);
}

static bool push_float(Machine *m, size_t n) {
    return take(m, n) && push_number(m, PICKLE_FLOAT, 0);
}

/* Stores a value in the memo. Pickles number it 0, 1, 2 …; a number far ahead would waste memory, and
   is refused. */
static bool memorize(Machine *m, size_t n) {
    uint64_t number;
    const PickleValue *value = top(m, 1);
    if (!value || !take_number(m, n, &number)) return false;
    if (number > m->memo.n) return refuse(m, "its memo is not numbered in order");
    if (number == m->memo.n) return add(m, &m->memo, *value);
    m->memo.at[number] = *value;
    return true;
}

static bool recall(Machine *m, size_t n) {
    uint64_t number;
    if (!take_number(m, n, &number)) return false;
    if (number >= m->memo.n) return refuse(m, "its memo does not have this number");
    return push(m, m->memo.at[number]);
}

static bool check_protocol(Machine *m, size_t expected) {
    uint64_t protocol;
    if (!take_number(m, 1, &protocol)) return false;
    return protocol == expected ||
           error_kind(
               m->err, XATTN_UNSUPPORTED,
               "%s: pickle protocol %u, expected %zu, which torch.save uses unless told otherwise",
               m->name, (unsigned)protocol, expected);
}

/* All opcodes except STOP. */
static const struct {
    bool (*run)(Machine *m, size_t argument);
    size_t argument;
} opcodes[256] = {
    [0x80] = {check_protocol, 2},          // PROTO
    ['c'] = {push_global, 0},              // GLOBAL
    ['R'] = {reduce, 2},                   // REDUCE
    ['b'] = {build, 2},                    // BUILD
    ['Q'] = {make_persistent, 1},          // BINPERSID
    ['('] = {push_constant, PICKLE_MARK},  // MARK
    [')'] = {push_empty, PICKLE_TUPLE},    // EMPTY_TUPLE
    ['t'] = {hold_to_mark, PICKLE_TUPLE},  // TUPLE
    [0x85] = {make_tuple, 1},              // TUPLE1
    [0x86] = {make_tuple, 2},              // TUPLE2
    [0x87] = {make_tuple, 3},              // TUPLE3
    [']'] = {push_empty, PICKLE_LIST},     // EMPTY_LIST
    ['a'] = {put_one, PICKLE_LIST},        // APPEND
    ['e'] = {put_to_mark, PICKLE_LIST},    // APPENDS
    ['}'] = {push_empty, PICKLE_DICT},     // EMPTY_DICT
    ['s'] = {put_one, PICKLE_DICT},        // SETITEM
    ['u'] = {put_to_mark, PICKLE_DICT},    // SETITEMS
    ['N'] = {push_constant, PICKLE_NONE},  // NONE
    [0x88] = {push_bool, true},            // NEWTRUE
    [0x89] = {push_bool, false},           // NEWFALSE
    ['J'] = {push_int, 4},                 // BININT
    ['K'] = {push_int, 1},                 // BININT1
    ['M'] = {push_int, 2},                 // BININT2
    [0x8A] = {push_long, 1},               // LONG1
    ['G'] = {push_float, 8},               // BINFLOAT
    ['X'] = {push_text, 4},                // BINUNICODE
    ['q'] = {memorize, 1},                 // BINPUT
    ['r'] = {memorize, 4},                 // LONG_BINPUT
    ['h'] = {recall, 1},                   // BINGET
    ['j'] = {recall, 4},                   // LONG_BINGET
};

bool pickle_read(const char *name, const unsigned char *bytes, size_t size, PickleValue *value,
                 size_t *n_read, Arena *arena, Error *err) {
    Machine m = {.name = name, .bytes = bytes, .arena = arena, .err = err};
    m.size = size < MOST_BYTES ? size : MOST_BYTES;
    for (;;) {
        const unsigned char *opcode = take(&m, 1);
        if (!opcode) return false;
        if (*opcode == '.') break;
        if (!opcodes[*opcode].run)
            return error_set(err,
                             "%s: byte %zu of a pickle: opcode 0x%02x is not one that a state dict "
                             "needs",
                             name, m.at - 1, *opcode);
        if (!opcodes[*opcode].run(&m, opcodes[*opcode].argument)) return false;
    }
    const PickleValue *result = top(&m, 1);
    if (!result) return false;
    if (m.stack.n != 1) return refuse(&m, "values are left on the stack");
    *value = *result;
    *n_read = m.at;
    return true;
}
