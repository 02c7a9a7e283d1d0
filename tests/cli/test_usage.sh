#!/bin/sh
# Help, version and wrong usage: what goes where, and with which status.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

commands=$("$xattn" --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')

answers() { status 0 "$@" && silent && [ -s "$out" ]; }
refuses() { status 2 "$@" </dev/null && [ ! -s "$out" ] && [ -s "$err" ]; }
# refuses_saying TEXT COMMAND...
refuses_saying() {
    text=$1
    shift
    refuses "$@" && says "$text"
}

has_commands() { [ "$(echo "$commands" | wc -l)" -ge 5 ]; }
check "the overview lists the commands" has_commands
check "--help" answers "$xattn" --help
check "-h is the same" answers "$xattn" -h
check "--version" answers "$xattn" --version
check "--version is one line: xattn N.N.N" grep -qx "xattn [0-9]*\.[0-9]*\.[0-9]*" "$out"
check "no command is wrong usage, and says what there is" refuses_saying "usage: xattn COMMAND" "$xattn"
check "an unknown command" refuses_saying 'no command "translat"' "$xattn" translat "A cat."
check "an option in front of the command" refuses_saying 'no command "-q"' "$xattn" -q translate "A cat."
check "an empty command" refuses_saying 'no command ""' "$xattn" ""

full_help() {
    "$xattn" --help >/dev/full 2>"$err"
    [ $? -eq 1 ] && says "No space left"
}
if [ -e /dev/full ]; then
    check "help that cannot be written is a failure" full_help
else
    skip "no /dev/full"
fi

same_help() { status 0 "$xattn" help "$1" && "$xattn" "$1" --help | cmp -s - "$out"; }
check "help about no command" refuses_saying 'no command "translat"' "$xattn" help translat
narrow() { "$xattn" --help && for command in $commands; do "$xattn" "$command" --help; done; }
fits() { narrow >"$tmp/help" && ! grep -q '.\{81\}' "$tmp/help" && ! grep -q ' $\|^ [^ ]' "$tmp/help"; }
check "help fits on 80 columns" fits

for command in $commands; do
    check "$command --help" answers "$xattn" "$command" --help
    check "$command --help names its usage" prints "usage: xattn $command [OPTIONS]"
    check "help $command is the same" same_help "$command"
    check "$command: an unknown option" \
        refuses_saying "bogus" "$xattn" "$command" --bogus
    check "$command: an unknown short option" refuses_saying "Z" "$xattn" "$command" -Z
    check "$command: it says where to look" says "xattn $command --help"
done

for text in "-5 degrees" "- milk" "-b" "-5" "--so it is"; do
    hint() { refuses_saying "a text that begins with - goes after --" "$xattn" translate "$text"; }
    [ "$text" != -b ] || hint() { refuses "$xattn" translate -b && ! says "a text"; }
    check "translate '$text'" hint
done
for option in -i -o --target-lang; do
    check "$option twice" refuses_saying "b: there is one already: a" "$xattn" translate $option a $option b
done
behind() { status 0 "$xattn" translate -- "-5 degrees" && [ -s "$out" ]; }
check "translate -- '-5 degrees'" behind

# Every option that --help lists is taken. An argument is known by its name.
argument_of() {
    case $1 in
        '') ;;
        URL) echo "http://127.0.0.1:1/nobody" ;;
        DIR) echo "$model" ;;
        FILE) echo "$tmp/file" ;;
        N | K | A) echo 1 ;;
        P) echo 0.5 ;;
        L | H) echo 0 ;;
        L.H) echo 1.0 ;;
        FORMAT) echo json ;;
        STYLE) echo lines ;;
        HOW) echo intersect ;;
        WHEN) echo never ;;
        TEXT) echo "Un chat." ;;
        LANG) echo fra ;;
        *) return 1 ;;
    esac
}

# takes COMMAND OPTION [ARGUMENT'S NAME]: with a text as argument, or lines where it wants these
takes() {
    command=$1 option=$2 with='' text="A cat." line="A cat." expected=0
    argument=$(argument_of "${3-}") || return 1
    case $command in
        trace) with="-o $tmp/trace" ;;
        detokenize) text=1 line=1 ;;
        inspect) text="$model" ;;
        score) text='' line="$pair" ;;
        bench) text="$tmp/file" ;;
        models) text='' ;;
        get) text=en-de expected=1 ;; # there is no network
    esac
    # Those that need another one beside them, or take the place of a text.
    case "$command $option" in
        "translate --align") with=--json ;;
        "translate --layer" | "translate --head") with="--json --align" ;;
        *" --nbest" | *" --length-penalty") with="--beam 2" ;;
        "align --style") with="--format svg" ;;
        "align --threshold" | "align --reverse" | "align --link-words") with="--format pharaoh" ;;
        "align --symmetrize") with="--format pharaoh --reverse $model" ;;
        "align --pairs") text='' line="$pair" ;;
        "models --index") with=--available expected=1 ;;
        "models --available") with="--index http://127.0.0.1:1/nobody" expected=1 ;;
        "get --quiet") with="--index http://127.0.0.1:1/nobody" ;;
        *" --no-shortlist") expected=1 ;; # this model has none
        *" --target-lang") expected=1 ;; # and knows one language
        "trace --output") with='' argument="$tmp/trace" ;;
        *" --input") text='' ;;
    esac
    echo "$line" >"$tmp/file"
    echo "$line" >"$tmp/lines"
    # shellcheck disable=SC2086  # $with is several words
    set -- $with "$option"
    if [ -n "$argument" ]; then set -- "$@" "$argument"; fi
    if [ -n "$text" ]; then set -- "$@" "$text"; fi
    if [ "$option" = --help ]; then expected=0; fi
    status "$expected" "$xattn" "$command" "$@" <"$tmp/lines"
}
pair=$(printf 'A cat.\tUn chat.')

for command in $commands; do
    "$xattn" "$command" --help |
        sed -n 's/^  ....\(--[a-z0-9-]*\)\( [A-Z][A-Z.]*\)\{0,1\}  .*/\1\2/p' >"$tmp/options"
    check "$command has options" [ -s "$tmp/options" ]
    while read -r option name; do
        check "$command takes $option" takes "$command" "$option" "$name"
    done <"$tmp/options"
done

for value in 0 -1 x 1.5 1x "" 99999999999 1e3; do
    check "translate --max-length '$value'" \
        refuses_saying "max-length" "$xattn" translate --max-length "$value" "A cat."
done
check "more threads than there can be" refuses_saying "--threads 100000: expected a whole number from 1 to 256" "$xattn" translate --threads 100000 "A cat."
check "no threads" refuses_saying "--threads 0" "$xattn" score --threads 0
check "an argument is missing" refuses_saying "max-length" "$xattn" translate --max-length
check "an argument too many" refuses_saying "json" "$xattn" translate --json=yes "A cat."
check "an unknown format" refuses_saying "--format xml" "$xattn" align --format xml "A cat."
check "an unknown colour" refuses_saying "--color blue" "$xattn" align --color blue "A cat."
check "a layer that is no number" refuses_saying "--layer x" "$xattn" align --layer x "A cat."
check "a head that is no number" refuses_saying "--head -2" "$xattn" align --head=-2 "A cat."

layer_out_of_range() { status 1 "$xattn" align --layer 99 "A cat." && says "--layer 99"; }
head_out_of_range() { status 1 "$xattn" align --head 99 "A cat." && says "--head 99"; }
check "a layer that the model lacks" layer_out_of_range
check "a head that the model lacks" head_out_of_range

double_dash() {
    status 0 "$xattn" translate -- --help && [ "$(lines "$out")" -eq 1 ] && ! prints usage
}
check "-- ends the options" double_dash

quiet_when_fine() { status 0 "$xattn" translate "The cat sat on the mat." && silent; }
check "nothing on stderr when all is well" quiet_when_fine

finish
