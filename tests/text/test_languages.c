/* Codes of languages: which name the same one. */
#include "text/languages.h"

#include "../base/scratch.h"

static void codes_of_the_same_language(void **state) {
    (void)state;
    static const struct {
        const char *asked, *known;
        LanguageMatch match;
    } cases[] = {
        {"fra", "fra", LANGUAGES_EQUAL},
        {"fr", "fra", LANGUAGES_EQUAL},
        {"fra", "fr", LANGUAGES_EQUAL},
        {"fre", "fra", LANGUAGES_EQUAL},
        {"FRE", "fr", LANGUAGES_EQUAL},
        {"ger", "de", LANGUAGES_EQUAL},
        {"aa", "aar", LANGUAGES_EQUAL},
        {"zu", "zul", LANGUAGES_EQUAL},
        {"wel", "cym", LANGUAGES_EQUAL},
        {"zh", "cmn", LANGUAGES_EQUAL},
        {"yue", "yue", LANGUAGES_EQUAL},  // in no table
        {"Valencian", "valencian", LANGUAGES_EQUAL},
        {"pt-BR", "pt_br", LANGUAGES_EQUAL},
        {"pt_br", "por_BR", LANGUAGES_EQUAL},
        {"zh-hans", "cmn_Hans", LANGUAGES_EQUAL},
        {"pt", "pt_BR", LANGUAGES_RELATED},
        {"zho", "cmn_Hant", LANGUAGES_RELATED},
        {"pt_BR", "pt", LANGUAGES_DIFFER},  // asked for more than there is
        {"pt_PT", "pt_BR", LANGUAGES_DIFFER},
        {"fr", "de", LANGUAGES_DIFFER},
        {"ra", "fra", LANGUAGES_DIFFER},  // the tables are read entry by entry
        {"rf", "fra", LANGUAGES_DIFFER},
        {"f", "fra", LANGUAGES_DIFFER},
        {"fran", "fra", LANGUAGES_DIFFER},
        {"xx", "xxx", LANGUAGES_DIFFER},
        {"", "", LANGUAGES_DIFFER},
        {"", "fra", LANGUAGES_DIFFER},
        {"_", "_", LANGUAGES_DIFFER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (languages_compare(cases[i].asked, cases[i].known, strlen(cases[i].known)) !=
            cases[i].match)
            fail_msg("%s and %s", cases[i].asked, cases[i].known);
    assert_int_equal(languages_compare("fr", "fra<<", 3), LANGUAGES_EQUAL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(codes_of_the_same_language)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
