# links.awk DOCUMENT ...: prints every relative link of Markdown documents that leads nowhere
#
# What a link names must be there, and what stands behind its # must be a heading of that document, in
# the spelling that GitHub gives it. Links to the web are not followed. The status is 1 if something is
# wrong, or if there was nothing to check.

# "Words and `pieces`, 2" is #words-and-pieces-2
function anchor(heading) {
    gsub(/\]\([^)]*\)/, "", heading)
    gsub(/[^a-zA-Z0-9_ \200-\377-]/, "", heading)
    gsub(/ /, "-", heading)
    return tolower(heading)
}

# dir/../x and ./x
function simplify(path) {
    while (sub(/(^|\/)\.\//, "/", path)) {}
    sub(/^\//, "", path)
    while (sub(/[^\/.]+\/\.\.\//, "", path)) {}
    return path
}

function exists(path) { return system("test -e '" path "'") == 0 }

# All headings of a document, once.
function read_anchors(document,    line, inside) {
    if (document in known) return
    known[document] = 1
    while ((getline line <document) > 0) {
        if (line ~ /^```/) inside = !inside
        if (!inside && sub(/^#+ +/, "", line)) anchors[document, anchor(line)] = 1
    }
    close(document)
}

function check(link,    path, place, folder) {
    n_links++
    path = link
    place = ""
    if (match(link, /#/)) {
        path = substr(link, 1, RSTART - 1)
        place = substr(link, RSTART + 1)
    }
    folder = FILENAME
    if (!sub(/[^\/]*$/, "", folder)) folder = ""
    path = path == "" ? FILENAME : simplify(folder path)
    if (!exists(path)) {
        print FILENAME ":" FNR ": " link ": there is no " path
        wrong = 1
    } else if (place != "") {
        read_anchors(path)
        if (!((path, place) in anchors)) {
            print FILENAME ":" FNR ": " link ": " path " has no heading #" place
            wrong = 1
        }
    }
}

FNR == 1 { inside = 0 }
/^```/ { inside = !inside }
inside || /^    / { next }
{
    rest = $0
    gsub(/`[^`]*`/, "", rest)
    while (match(rest, /\]\([^) ]+\)/)) {
        link = substr(rest, RSTART + 2, RLENGTH - 3)
        rest = substr(rest, RSTART + RLENGTH)
        if (link !~ /^[a-z]+:/) check(link)
    }
}
END { exit wrong || !n_links }
