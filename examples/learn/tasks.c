#include "tasks.h"

#include <stdio.h>
#include <string.h>

static const char *const ones[] = {"",        "one",     "two",       "three",    "four",
                                   "five",    "six",     "seven",     "eight",    "nine",
                                   "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                   "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const tens[] = {"",      "",      "twenty",  "thirty", "forty",
                                   "fifty", "sixty", "seventy", "eighty", "ninety"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

static int find(const Pieces *pieces, const char *piece) {
    for (size_t id = 0; id < pieces->n; id++)
        if (strcmp(pieces->items[id], piece) == 0) return (int)id;
    return UNKNOWN;
}

/* Adds a piece to the source: a prefix, "▁", "-" or nothing, and a word. Returns its place. */
static int say(const Pieces *pieces, Example *e, const char *prefix, const char *word) {
    char piece[32];
    snprintf(piece, sizeof piece, "%s%s", prefix, word);
    e->source[e->n_source] = find(pieces, piece);
    return (int)e->n_source++;
}

/* Adds a character to the target, with the source place that it comes from. */
static void put(const Pieces *pieces, Example *e, char character, int from) {
    e->target[e->n_target] = find(pieces, (char[]){character, '\0'});
    e->truth[e->n_target++] = from;
}

/* Writes n, 1 … 999, in words; from[0 … 2] are the words of its ones, tens and hundreds. */
static void say_number(const Pieces *pieces, Example *e, size_t n, bool joined, int from[3]) {
    size_t hundreds = n / 100, rest = n % 100;
    if (hundreds) {
        from[2] = say(pieces, e, "▁", ones[hundreds]);
        say(pieces, e, "▁", "hundred");
    }
    if (rest && (hundreds || joined)) say(pieces, e, "▁", "and");
    if (rest >= 20) {
        from[1] = say(pieces, e, "▁", tens[rest / 10]);
        if (rest % 10) from[0] = say(pieces, e, "-", ones[rest % 10]);
    } else if (rest) {
        from[0] = from[1] = say(pieces, e, "▁", ones[rest]);
    }
}

/* Numbers of up to six digits, each length equally often. No word stands for a zero. */
static void make_number(const Pieces *pieces, Random *random, Example *e) {
    int from[6] = {0};
    char digits[8];
    size_t most = 10;
    for (size_t length = 1 + random_below(random, 6); length > 1; length--) most *= 10;
    size_t n = most / 10 + random_below(random, most - most / 10);
    if (n >= 1000) {
        say_number(pieces, e, n / 1000, false, from + 3);
        say(pieces, e, "▁", "thousand");
    }
    if (n % 1000) say_number(pieces, e, n % 1000, n >= 1000, from);
    int size = snprintf(digits, sizeof digits, "%zu", n);
    for (int i = 0; i < size; i++)
        put(pieces, e, digits[i], digits[i] == '0' ? NOWHERE : from[size - 1 - i]);
}

/* Writes a number of one to four digits, digit by digit; from[0 … 3] are the places of the digits. */
static void say_digits(const Pieces *pieces, Example *e, size_t n, int from[4]) {
    char digits[8];
    int size = snprintf(digits, sizeof digits, "%zu", n);
    for (int i = 0; i < size; i++)
        from[i] = say(pieces, e, i ? "" : "▁", (char[]){digits[i], '\0'});
}

/* Writes a day; from has the places of its tens (NOWHERE if there are none) and ones. */
static void say_day(const Pieces *pieces, Example *e, size_t day, bool ordinal, int from[2]) {
    static const char *const endings[] = {"th", "st", "nd", "rd"};
    int places[4] = {0};
    say_digits(pieces, e, day, places);
    from[0] = day < 10 ? NOWHERE : places[0];
    from[1] = day < 10 ? places[0] : places[1];
    size_t last = day % 10;
    if (ordinal) say(pieces, e, "", endings[last < 4 && day / 10 != 1 ? last : 0]);
}

/* the 3rd of May 1998; May 3, 1998; 3 May 1998 */
static void make_date(const Pieces *pieces, Random *random, Example *e) {
    static const size_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    size_t month = random_below(random, 12), day = 1 + random_below(random, days[month]);
    size_t year = 1000 + random_below(random, 2000), style = random_below(random, 3);
    int from_day[2], from_month = 0, from_year[4] = {0};
    if (style == 0) say(pieces, e, "▁", "the");
    if (style == 1) from_month = say(pieces, e, "▁", months[month]);
    say_day(pieces, e, day, style == 0, from_day);
    if (style == 0) say(pieces, e, "▁", "of");
    if (style == 1) say(pieces, e, "", ",");
    if (style != 1) from_month = say(pieces, e, "▁", months[month]);
    say_digits(pieces, e, year, from_year);
    char text[32];
    snprintf(text, sizeof text, "%04zu-%02zu-%02zu", year, month + 1, day);
    const int from[] = {from_year[0], from_year[1], from_year[2], from_year[3], NOWHERE,
                        from_month,   from_month,   NOWHERE,      from_day[0],  from_day[1]};
    for (size_t i = 0; text[i]; i++) put(pieces, e, text[i], from[i]);
}

static void make_reversed(const Pieces *pieces, Random *random, Example *e) {
    char letters[12];
    size_t n = 3 + random_below(random, 8);
    for (size_t i = 0; i < n; i++) {
        letters[i] = (char)('a' + random_below(random, 26));
        say(pieces, e, "", (char[]){letters[i], '\0'});
    }
    for (size_t i = n; i-- > 0;) put(pieces, e, letters[i], (int)i);
}

/* A single ▁ never occurs, but every SentencePiece vocabulary has it. */
const Task tasks[N_TASKS] = {
    {"numbers", "three hundred and forty-two -> 342",
     "▁ ▁one ▁two ▁three ▁four ▁five ▁six ▁seven ▁eight ▁nine ▁ten ▁eleven ▁twelve ▁thirteen "
     "▁fourteen ▁fifteen ▁sixteen ▁seventeen ▁eighteen ▁nineteen ▁twenty ▁thirty ▁forty ▁fifty "
     "▁sixty ▁seventy ▁eighty ▁ninety -one -two -three -four -five -six -seven -eight -nine "
     "▁hundred ▁thousand ▁and 0 1 2 3 4 5 6 7 8 9",
     true, make_number, 2000},
    {"dates", "the 3rd of May 1998 -> 1998-05-03",
     "▁ ▁January ▁February ▁March ▁April ▁May ▁June ▁July ▁August ▁September ▁October ▁November "
     "▁December ▁the ▁of , st nd rd th - ▁1 ▁2 ▁3 ▁4 ▁5 ▁6 ▁7 ▁8 ▁9 0 1 2 3 4 5 6 7 8 9",
     true, make_date, 1000},
    {"reverse", "stressed -> desserts", "a b c d e f g h i j k l m n o p q r s t u v w x y z",
     false, make_reversed, 1500},
};

bool task_pieces(const Task *task, Pieces *pieces, Arena *arena, Error *err) {
    char *text = arena_string(arena, task->pieces, strlen(task->pieces), err);
    pieces->items =
        text ? arena_array(arena, strlen(text), sizeof *pieces->items, "pieces", err) : NULL;
    if (!pieces->items) return false;
    pieces->items[EOS] = "</s>";
    pieces->items[UNKNOWN] = "<unk>";
    pieces->n = 2;
    for (char *piece = strtok(text, " "); piece; piece = strtok(NULL, " "))
        pieces->items[pieces->n++] = piece;
    pieces->items[pieces->n++] = "<pad>";
    return true;
}

/* Short ones are never held out: a learner of numbers must have seen "seven". */
static bool is_held_out(const Example *e) {
    if (e->n_source < 4) return false;
    uint64_t hash = 14695981039346656037U;  // FNV-1a
    for (size_t i = 0; i < e->n_source; i++)
        hash = (hash ^ (uint64_t)e->source[i]) * 1099511628211U;
    return (hash >> 32) % 8 == 0;
}

Example task_example(const Task *task, const Pieces *pieces, Random *random, bool held_out) {
    Example e;
    do {
        e = (Example){0};
        task->make(pieces, random, &e);
        e.source[e.n_source++] = e.target[e.n_target] = EOS;
        e.truth[e.n_target++] = NOWHERE;
    } while (is_held_out(&e) != held_out);
    return e;
}
