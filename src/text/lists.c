#include "text/lists.h"

#include <string.h>

#include "base/ascii.h"

/* Each list is a string of words, with a space on either side of each. */
static const char *const lists[N_LISTS] = {
    [LIST_TITLES] =
        // English
    " mr mrs Ms mx dr drs Prof Rev Revd Hon Gen Col Maj capt Cpt lt sgt cpl Adm cmdr Sen Rep Gov "
    "Pres messrs Fr Br Supt Insp Det "
    // French
    "M MM mme mmes mlle mlles Me mgr mtre "
    // Spanish, Portuguese
    "sr sra srs sres sras srta srtas dra dras profa exmo exma dña ud uds Eng "
    // German, Dutch, Italian
    "Hr Hrn frl Dipl Mag dhr mevr mej Sig Sigg dott avv Ing geom ",
    [LIST_INNER] =
        // English
    " e.g i.e eg ie vs cf viz approx incl excl resp esp ibid op cit al "
    // French
    "p.ex c.-à-d c.à.d env réf tél av apr "
    // Spanish, Portuguese
    "p.ej ej aprox tel "
    // German, Dutch, Italian
    "z.b d.h u.a bzw ca vgl sog ggf evtl bspw bijv ad.es ",
    [LIST_EITHER] =
        // English: firms, places, measures
    " inc ltd Co corp bros plc llc jr esq ave blvd rd hwy Apt dept univ assn st Mt ft a.m p.m oz "
    "lb lbs min b.c a.d Calif Conn Fla Ill Mass Mich Minn Penn Tenn Tex Wash "
    // French
    "boul bd hab cie coll suiv ste "
    // Spanish, Portuguese, German
    "ltda cía str jhd ",
    [LIST_TRAILING] = " etc usw ecc enz ",
    [LIST_BEFORE_NUMBERS] =
        // English
    " no nos vol vols p pp pg fig figs ch chap sec sect eq eqs art para ver v ed "
    "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun "
    // French, Spanish, Portuguese
    "n nº n° num núm pag pág págs cap ap alin liv janv févr avr juil déc "
    // German
    "nr abs kap Bd s abb ",
    [LIST_BEGINNERS] =
        // English
    " he she it we they you i this that these those there then the his her its our their my your "
    "what when where why how who if but and so because however after before while although a an in "
    "on at for from with by as to not no yes please maybe perhaps let all some many most every "
    "each everyone nobody nothing now today yesterday tomorrow here "
    // French, without le and la, which begin names
    "il elle ils elles on nous vous je tu ce cet cette ces cela ça les l' c' j' s' qu' n' m' t' un "
    "une mais et ou où donc car puis ensuite alors quand comme si ma mon mes ta ton tes sa son ses "
    "notre nos votre vos leur leurs qui que quoi pourquoi comment après avant pour dans en à au "
    "aux avec sans sur sous voici voilà tout tous toute toutes aucun aucune chaque plusieurs "
    "aujourd' hier demain ici là oui non merci "
    // Spanish, Portuguese, German
    "él ella ellos ellas yo usted este esta esto eso ele ela eles elas eu isto isso er sie ich wir "
    "ihr der die das dies diese dieser ",
    [LIST_CONJUNCTIONS] =
        // English
    " and but or so because although though while when whenever if unless until since where "
    "which who whose whereas then "
    // French
    "et mais ou car donc parce puisque quand lorsque si qui que dont où tandis puis alors "
    // Spanish, Portuguese, German, Italian
    "y pero porque cuando aunque e mas quando embora und oder aber weil denn wenn dass obwohl ma "
    "perché ",
    [LIST_ELISIONS] =
        // French
    " c d j l m n s t qu jusqu lorsqu puisqu quoiqu ",
    [LIST_FILE_ENDINGS] =
        // text and data
    " txt md rst pdf doc docx odt rtf tex bib csv tsv json xml yml yaml toml ini cfg conf log sql "
    "xls xlsx ods ppt pptx odp epub html htm css svg "
    // programs
    "c h cc cpp hpp cs py js ts jsx tsx mjs rs go java kt rb pl php sh bash lua ipynb exe "
    "dll ps1 jar apk deb rpm dmg iso whl "
    // pictures, sound, film, archives
    "png jpg jpeg gif bmp tif tiff webp ico heic mp3 mp4 wav flac ogg avi mkv mov webm zip tar gz "
    "tgz bz2 xz 7z rar "
    // hosts
    "com org net edu gov mil io dev app ai eu uk fr de pt nl ch cn jp ru ",
};

static bool has_capital(const char *word) { return *word >= 'A' && *word <= 'Z'; }

bool lists_have(List list, const char *word, size_t n) {
    if (!n || memchr(word, ' ', n)) return false;
    for (const char *at = lists[list] + 1, *end; *at; at = end + 1) {
        end = strchr(at, ' ');
        if ((size_t)(end - at) == n && ascii_equal(at, word, n) &&
            (!has_capital(at) || has_capital(word)))
            return true;
    }
    return false;
}
