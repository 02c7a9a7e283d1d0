# same_output.awk EXPECTED FOUND: whether two texts are the same, but for the last digits of numbers
#
# Numbers with a decimal point may differ by 2 in the last digit that EXPECTED shows, or by 0.0005 if
# they have more digits than that, and the percentage in a map's cell (█98█) by 1: the sums behind them
# are added up in another order by another library or processor. All else is equal, but for how many
# spaces stand before a number. Prints the lines that differ; the status is 1 if there are any.

# Cuts `rest` behind its first number: `before` is the text in front of it, `number` the number or "".
function next_number() {
    if (!match(rest, pattern)) {
        before = rest
        rest = number = ""
        return
    }
    before = substr(rest, 1, RSTART - 1)
    number = substr(rest, RSTART, RLENGTH)
    rest = substr(rest, RSTART + RLENGTH)
    sub(/ +$/, "", before)
}

# How far from `number` another may be.
function tolerance(number,    digits, units) {
    if (number !~ /\./) return 1
    digits = number
    sub(/e.*/, "", digits)
    sub(/.*\./, "", digits)
    units = 2.001 / 10 ^ length(digits)
    if (match(number, /e/)) return units * 10 ^ substr(number, RSTART + 1)
    return units > 0.0005 ? units : 0.0005
}

function same(expected, found,    text, a, b) {
    while (expected != "" || found != "") {
        rest = expected
        next_number()
        expected = rest
        text = before
        a = number
        rest = found
        next_number()
        found = rest
        b = number
        if (text != before || (a == "") != (b == "")) return 0
        # Shades around a percentage are part of the number.
        gsub(/[^-+.e0-9]/, "", a)
        gsub(/[^-+.e0-9]/, "", b)
        if (a - b > tolerance(a) || b - a > tolerance(a)) return 0
    }
    return 1
}

BEGIN {
    shade = "\342\226[\220-\223\210]"
    pattern = "-?[0-9]+\\.[0-9]+(e[-+]?[0-9]+)?|" shade "[0-9]+" shade
}
FNR == NR {
    expected[++n] = $0
    next
}
FNR > n || !same(expected[FNR], $0) {
    if (FNR <= n) print "< " expected[FNR]
    print "> " $0
    different = 1
}
{ n_found = FNR }
END {
    for (i = n_found + 1; i <= n; i++) {
        print "< " expected[i]
        different = 1
    }
    exit different
}
