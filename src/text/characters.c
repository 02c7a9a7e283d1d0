#include "text/characters.h"

#include <utf8proc.h>

bool character_is_break(int c) {
    return (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool character_is_space(int c) {
    return character_is_break(c) || utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
}

bool character_is_letter(int c) {
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool character_is_small(int c) { return utf8proc_category(c) == UTF8PROC_CATEGORY_LL; }

bool character_is_capital(int c) { return utf8proc_category(c) == UTF8PROC_CATEGORY_LU; }

bool character_is_digit(int c) { return utf8proc_category(c) == UTF8PROC_CATEGORY_ND; }

bool character_is_word(int c) {
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

bool character_is_identifier(int c) {
    return character_is_word(c) || utf8proc_category(c) == UTF8PROC_CATEGORY_PC;
}
