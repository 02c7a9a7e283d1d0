#include "text/languages.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"

/* ISO 639-1 and the code of 639-2 (terminological) for the same language. */
static const char two_letters[] =
    "aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul "
    "bhbih bibis bmbam bnben bobod brbre bsbos cacat ceche chcha cocos crcre csces cuchu cvchv "
    "cycym dadan dedeu dvdiv dzdzo eeewe elell eneng eoepo esspa etest eueus fafas ffful fifin "
    "fjfij fofao frfra fyfry gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin hohmo hrhrv "
    "hthat huhun hyhye hzher iaina idind ieile igibo iiiii ikipk ioido isisl itita iuiku jajpn "
    "jvjav kakat kgkon kikik kjkua kkkaz klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor "
    "kykir lalat lbltz lglug lilim lnlin lolao ltlit lulub lvlav mgmlg mhmah mimri mkmkd mlmal "
    "mnmon mrmar msmsa mtmlt mymya nanau nbnob ndnde nenep ngndo nlnld nnnno nonor nrnbl nvnav "
    "nynya ococi ojoji omorm orori ososs papan pipli plpol pspus ptpor quque rmroh rnrun roron "
    "rurus rwkin sasan scsrd sdsnd sesme sgsag sisin skslk slslv smsmo snsna sosom sqsqi srsrp "
    "ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir tktuk tltgl tntsn toton trtur "
    "tstso tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol wawln wowol xhxho yiyid "
    "yoyor zazha zhzho zuzul ";

/* ISO 639-2's other code (bibliographic), and the usual one. cmn, of 639-3, is what models mean by
   zho. */
static const char three_letters[] =
    "albsqi armhye baqeus burmya chizho czeces dutnld frefra geokat gerdeu greell iceisl "
    "macmkd maomri maymsa perfas rumron sloslk tibbod welcym "
    "cmnzho ";

/* The code of three letters that goes with the n bytes of `code` in a table, or NULL. */
static const char *look_up(const char *table, const char *code, size_t n) {
    for (; *table; table += n + 4)
        if (memcmp(table, code, n) == 0) return table + n;
    return NULL;
}

/* Sets the three letters for a language of n bytes, in small letters. False if it has another form. */
static bool to_three(const char *language, size_t n, char three[3]) {
    if (n < 2 || n > 3) return false;
    for (size_t i = 0; i < n; i++) three[i] = ascii_lower(language[i]);
    const char *usual = look_up(n == 2 ? two_letters : three_letters, three, n);
    if (usual) memcpy(three, usual, 3);
    return usual || n == 3;
}

/* The bytes in front of _ or -. */
static size_t language_length(const char *code, size_t n) {
    size_t length = 0;
    while (length < n && code[length] != '_' && code[length] != '-') length++;
    return length;
}

static bool equal_but_for_case(const char *a, const char *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char x = a[i] == '-' ? '_' : ascii_lower(a[i]), y = b[i] == '-' ? '_' : ascii_lower(b[i]);
        if (x != y) return false;
    }
    return true;
}

LanguageMatch languages_compare(const char *asked, const char *known, size_t n) {
    const size_t n_asked = strlen(asked), a = language_length(asked, n_asked),
                 k = language_length(known, n);
    char x[3], y[3];
    bool same = (a == k && equal_but_for_case(asked, known, a)) ||
                (to_three(asked, a, x) && to_three(known, k, y) && memcmp(x, y, 3) == 0);
    if (!a || !same) return LANGUAGES_DIFFER;
    if (n_asked - a == n - k && equal_but_for_case(asked + a, known + k, n - k))
        return LANGUAGES_EQUAL;
    return a == n_asked ? LANGUAGES_RELATED : LANGUAGES_DIFFER;
}
