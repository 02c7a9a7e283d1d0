/* write_firefox.c: writes a tiny model of Firefox Translations, and prints its folder; for run.sh */
#include <stdio.h>

#include "tiny_firefox.h"

int main(void) {
    TinyFirefox options = tiny_firefox_default();
    options.shortlist = true;
    puts(tiny_firefox_write(&options));
    return 0;
}
