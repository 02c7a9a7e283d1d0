# excerpts.awk DOCUMENT: prints the document with the code that it quotes, fresh from the source
#
#     <!-- code: src/nn/attention.c attend -->                          a function or type, and its comment
#     <!-- code: src/nn/decoder.c decoder_step | for (size_t i | } -->  of it, the lines from the first
#                                                                       that holds the one text to the next
#                                                                       that holds the other, flush left
#
# The code block that follows the directive is what is replaced. A name or text that the source does
# not have is an error, and so is a directive without a block.

function fail(message) {
    print FILENAME ":" FNR ": " message >"/dev/stderr"
    failed = 1
    exit 1
}

function read_source(path,    line) {
    for (n = 0; (getline line <path) > 0;) text[++n] = line
    close(path)
    if (!n) fail(path " cannot be read")
}

# Whether the declaration at line i, which may go on, has a body.
function has_body(i) {
    for (; i <= n && text[i] !~ /[;{]/; i++) {}
    return i <= n && text[i] ~ /\{/
}

# Sets first and last to the lines of a function or type.
function find(name,    i) {
    for (i = 1; i <= n; i++) {
        if (text[i] ~ "^[A-Za-z_](.*[ *])?" name "\\(" && has_body(i)) {
            first = i
            last = i
            while (text[last] !~ /^\}/ && text[last] !~ /^[A-Za-z].*\}$/) last++
            return 1
        }
        if (text[i] ~ "^\\} " name ";" || text[i] ~ "^typedef .*\\} " name ";") {
            last = i
            for (first = i; text[first] !~ /^typedef/; first--) {}
            return 1
        }
        if (text[i] ~ "^struct " name " \\{") {
            first = i
            for (last = i; text[last] !~ /^\};/; last++) {}
            return 1
        }
    }
    return 0
}

# Moves first up over the comment that stands directly above.
function take_comment(    i) {
    i = first - 1
    if (i < 1 || text[i] !~ /\*\/$/) return
    while (i > 1 && text[i] !~ /^\/\*/) i--
    if (text[i] ~ /^\/\*/) first = i
}

function narrow(from, to,    i) {
    for (i = first; i <= last && !index(text[i], from); i++) {}
    if (i > last) fail("`" from "` is not there")
    first = i
    for (i++; i <= last && !index(text[i], to); i++) {}
    if (i > last) fail("`" to "` is not there, behind `" from "`")
    last = i
}

function trim(s) {
    gsub(/^[ \t]+|[ \t]+$/, "", s)
    return s
}

# The code of "FILE NAME | FROM | TO"; FROM and TO may be left out.
function print_excerpt(what,    part, parts, word, i, indent) {
    parts = split(what, part, "|")
    if (split(trim(part[1]), word, / +/) != 2 || parts == 2) fail("`" what "`: expected FILE NAME [| FROM | TO]")
    read_source(word[1])
    if (!find(word[2])) fail(word[1] " has no " word[2])
    if (parts == 3)
        narrow(trim(part[2]), trim(part[3]))
    else
        take_comment()
    match(text[first], /^ */)
    indent = RLENGTH
    for (i = first; i <= last; i++) print substr(text[i], 1, indent) ~ /^ *$/ ? substr(text[i], indent + 1) : text[i]
}

skipping {
    if (/^```$/) skipping = 0
    else next
}
{ print }
wanted != "" {
    if (!/^```c$/) fail("a code block (```c) must follow the directive")
    print_excerpt(wanted)
    wanted = ""
    skipping = 1
    next
}
/^<!-- code: .* -->$/ {
    wanted = $0
    sub(/^<!-- code: /, "", wanted)
    sub(/ -->$/, "", wanted)
}
END {
    if (!failed && (wanted != "" || skipping)) fail("the document ends within an excerpt")
    exit failed
}
