/* steps.h: work that grows with the text, not with its square, whatever the text is made of

   What is counted is what the code looks at. A test includes the code itself, after macros that put
   counting functions in the place of those that look. */
#ifndef XATTN_TEST_STEPS_H
#define XATTN_TEST_STEPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/utf8.h"

static size_t steps;

static inline int counted_character(const char *text, size_t n, size_t *size) {
    steps++;
    return utf8_character(text, n, size);
}

/* Two parts in turns (ababab), at least n bytes. */
static inline void fill_in_turns(Buffer *text, const char *first, const char *second, size_t n) {
    while (text->size < n) {
        buffer_string(text, first);
        buffer_string(text, second);
    }
    assert_false(text->failed);
}

/* The steps that a text of n bytes takes, made of two parts. */
typedef size_t StepsOf(const char *first, const char *second, size_t n);

/* A text of four times `size` bytes takes at most `growth` times the steps of one of `size` bytes, and
   `slack`; and none takes many for each byte. */
static inline void expect_linear(StepsOf *steps_of, const char *const *parts, size_t n_parts,
                                 size_t size, double growth, size_t slack) {
    enum { MOST_PER_BYTE = 40 };
    for (size_t i = 0; i < n_parts; i++)
        for (size_t k = 0; k < n_parts; k++) {
            size_t once = steps_of(parts[i], parts[k], size);
            size_t longer = steps_of(parts[i], parts[k], 4 * size);
            if ((double)longer > growth * (double)once + (double)slack ||
                longer > MOST_PER_BYTE * 4 * size)
                fail_msg("\"%s\" and \"%s\": %zu steps for %zu bytes, %zu for %zu", parts[i],
                         parts[k], once, size, longer, 4 * size);
        }
}

#endif
