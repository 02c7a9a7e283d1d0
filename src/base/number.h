/* number.h: numbers as text, whatever the host's locale

   After setlocale(LC_ALL, "") in Germany, strtod and printf read and write 0,5. Models, options and
   output always have 0.5, and so do these functions. Use them to read numbers; to write them, use
   buffer_format or error_set. */
#ifndef XATTN_NUMBER_H
#define XATTN_NUMBER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads a text that is a number from its first byte to its last, in any form that strtod accepts, "inf"
   and "0x1p-3" too. False, with *number 0, if the text is not a number. */
bool number_parse(const char *text, double *number);

/* Like snprintf and vsnprintf, always with a decimal point. */
int number_format(char *out, size_t size, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;
int number_vformat(char *out, size_t size, const char *format, va_list args)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 0)))
#endif
    ;

#endif
