#include "align/markup.h"

void markup_text(const char *text, Buffer *out) {
    for (; *text; text++) {
        switch (*text) {
            case '&':
                buffer_string(out, "&amp;");
                break;
            case '<':
                buffer_string(out, "&lt;");
                break;
            case '>':
                buffer_string(out, "&gt;");
                break;
            default:
                buffer_byte(out, *text);
        }
    }
}
