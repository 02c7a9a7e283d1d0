/* foreign_locale.h: running part of a test as a host in another country would

       if (!locale_enter("de_DE")) skip();
       …
       locale_leave();

   localedef makes the locale where the system has its definition (Debian: the package locales). */
#ifndef XATTN_FOREIGN_LOCALE_H
#define XATTN_FOREIGN_LOCALE_H

#include <stdbool.h>

/* Makes a UTF-8 locale in a folder of its own under $TMPDIR or /tmp and enters it with setlocale. False if
   the system cannot; then nothing has changed. */
bool locale_enter(const char *definition);

/* Returns to the locale "C" and deletes the folder, if there is one. */
void locale_leave(void);

#endif
