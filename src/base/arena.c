#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ALIGNMENT = 64, SMALL_BLOCK = 4 * 1024, LARGE_BLOCK = 1 << 20 };

struct ArenaBlock {
    ArenaBlock *next;
    unsigned char *free, *end;  // the rest of this block, zeroed by calloc
};

/* Bytes to skip so that p is aligned, a power of two. */
static size_t padding(const unsigned char *p, size_t alignment) {
    return -(uintptr_t)p & (alignment - 1);
}

static bool fits(const ArenaBlock *block, size_t n_bytes, size_t alignment) {
    if (!block) return false;
    size_t left = (size_t)(block->end - block->free), skip = padding(block->free, alignment);
    return skip <= left && n_bytes <= left - skip;
}

/* Asks for huge pages if the block can hold some. Only a hint. */
static void advise(unsigned char *memory, size_t n_bytes) {
#ifdef MADV_HUGEPAGE
    const size_t huge_page = (size_t)1 << 21;
    size_t skip = padding(memory, huge_page);
    if (n_bytes >= 2 * huge_page)
        (void)madvise(memory + skip, (n_bytes - skip) & ~(huge_page - 1), MADV_HUGEPAGE);
#else
    (void)memory;
    (void)n_bytes;
#endif
}

/* Blocks double up to a limit, so there are few of them. malloc keeps freed memory in proportion to the
   largest block, and can therefore reuse one batch's memory for the next. */
static size_t next_room(const ArenaBlock *last) {
    size_t room = last ? 2 * (size_t)(last->end - (const unsigned char *)last) : SMALL_BLOCK;
    return room < LARGE_BLOCK ? room : LARGE_BLOCK;
}

/* A new block with room for n_bytes of any alignment; false if there is no memory. */
static bool add_block(Arena *arena, size_t n_bytes) {
    size_t header = sizeof(ArenaBlock) + ALIGNMENT;
    size_t room = next_room(arena->blocks);
    if (room < n_bytes) room = n_bytes;
    if (room > SIZE_MAX - header) return false;
    unsigned char *memory = calloc(1, header + room);
    if (!memory) return false;
    advise(memory, header + room);
    ArenaBlock *block = (ArenaBlock *)(void *)memory;
    *block = (ArenaBlock){arena->blocks, memory + sizeof *block, memory + header + room};
    arena->blocks = block;
    return true;
}

/* n_bytes zeroed bytes; NULL if there is no memory. */
static void *take(Arena *arena, size_t n_bytes, size_t alignment) {
    if (!fits(arena->blocks, n_bytes, alignment) && !add_block(arena, n_bytes)) return NULL;
    ArenaBlock *block = arena->blocks;
    unsigned char *p = block->free + padding(block->free, alignment);
    block->free = p + n_bytes;
    return p;
}

bool arena_reserve(Arena *arena, size_t n_bytes, const char *what, Error *err) {
    return fits(arena->blocks, n_bytes, ALIGNMENT) || add_block(arena, n_bytes) ||
           error_memory(err, n_bytes, what);
}

void *arena_array(Arena *arena, size_t n, size_t size, const char *what, Error *err) {
    bool overflows = size && n > SIZE_MAX / size;
    void *p = overflows ? NULL : take(arena, n * size, ALIGNMENT);
    if (!p) error_memory(err, overflows ? SIZE_MAX : n * size, what);
    return p;
}

float *arena_floats(Arena *arena, size_t n, const char *what, Error *err) {
    return arena_array(arena, n, sizeof(float), what, err);
}

char *arena_string(Arena *arena, const char *text, size_t n, Error *err) {
    char *copy = n < SIZE_MAX ? take(arena, n + 1, 1) : NULL;
    if (copy)
        memcpy(copy, text, n);
    else
        error_memory(err, n, "a string");
    return copy;
}

void arena_free(Arena *arena) {
    while (arena->blocks) {
        ArenaBlock *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
}
