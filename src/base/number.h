/* number.h: numbers as text, whatever the host's locale

   A program that calls setlocale(LC_ALL, "") in Germany reads and writes 0,5 from then on, in strtod
   and in printf. Models, options and output are not German: everything here reads and writes 0.5.
   Use these where a number is read, and buffer_format or error_set where one is written. */
#ifndef XATTN_NUMBER_H
#define XATTN_NUMBER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads the whole of a text as a number: no space in front, nothing behind. Takes what strtod takes
   otherwise, "inf" and "0x1p-3" too. False, and *number is 0, if it is none. */
bool number_parse(const char *text, double *number);

/* snprintf and vsnprintf with a point in numbers. */
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
