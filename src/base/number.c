#include "base/number.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

static locale_t plain;  // "C": made once, never freed

static void make_plain(void) { plain = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

/* Switches this thread to the locale "C" and returns its own locale. If memory runs out (impossible
   with glibc and musl), the thread keeps its own. */
static locale_t enter_plain(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_plain);
    return uselocale(plain);
}

bool number_parse(const char *text, double *number) {
    char *end;
    bool spaced = *text == ' ' || (*text >= '\t' && *text <= '\r');  // strtod would skip spaces
    locale_t before = enter_plain();
    double value = strtod(text, &end);
    uselocale(before);
    bool ok = !spaced && end != text && !*end;
    *number = ok ? value : 0.0;
    return ok;
}

int number_vformat(char *out, size_t size, const char *format, va_list args) {
    locale_t before = enter_plain();
    int n = vsnprintf(out, size, format, args);
    uselocale(before);
    return n;
}

int number_format(char *out, size_t size, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = number_vformat(out, size, format, args);
    va_end(args);
    return n;
}
