#include "foreign_locale.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char folder[512];

bool locale_enter(const char *definition) {
    const char *parent = getenv("TMPDIR");
    char name[64], command[1200];
    snprintf(folder, sizeof folder, "%s/xattn-locale-XXXXXX", parent ? parent : "/tmp");
    assert_non_null(mkdtemp(folder));
    snprintf(name, sizeof name, "%s.UTF-8", definition);
    snprintf(command, sizeof command, "localedef -i %s -f UTF-8 '%s/%s' >/dev/null 2>&1",
             definition, folder, name);
    if (system(command) == 0) setenv("LOCPATH", folder, 1);  // else perhaps the system has it
    if (setlocale(LC_ALL, name)) return true;
    locale_leave();
    return false;
}

void locale_leave(void) {
    char command[600];
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
    if (!*folder) return;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
    *folder = '\0';
}
