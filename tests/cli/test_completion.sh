#!/bin/sh
# Completion for bash, zsh and fish: each shell itself completes what a person would type, with the file
# that is made of the table of options.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2016,SC2317  # the shells expand
. tests/cli/tap.sh

export PATH="$tmp/bin:$PATH"
mkdir "$tmp/bin" && ln -s "$xattn" "$tmp/bin/xattn"
mkdir -p "$tmp/cache/xattn/models/en-de" && : >"$tmp/cache/xattn/models/en-de/model.ende.bin"
export XDG_CACHE_HOME="$tmp/cache"

completions=$root/$BUILD/completions
export COMPLETIONS="$completions"
for file in xattn.bash _xattn xattn.fish; do
    if [ ! -s "$completions/$file" ]; then
        skip "$completions/$file is not built"
        finish
    fi
done
check "another shell is wrong usage" status 2 "$completions/generate" csh

# offers WORD...: the shell offered exactly these, in any order
offers() {
    for word; do echo "$word"; done | sort >"$tmp/expected"
    sort "$out" | cmp -s - "$tmp/expected"
}
commands=$(xattn --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p')

# ---- bash

# bash_offers 'LINE' WORD...: a line that ends with a space is completed behind it
bash_offers() {
    line=$1
    shift
    status 0 bash -c '. "$COMPLETIONS/xattn.bash"
        read -ra COMP_WORDS <<<"$1"
        [[ $1 == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _xattn
        for word in "${COMPREPLY[@]}"; do echo "$word"; done' bash "$line" && offers "$@"
}
if command -v bash >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # several words
    check "bash: the commands" bash_offers "xattn " $commands --help --version
    check "bash: a command" bash_offers "xattn tra" translate trace
    check "bash: an option" bash_offers "xattn align --lay" --layer
    check "bash: options of that command only" bash_offers "xattn score --be"
    check "bash: the words of a choice" bash_offers "xattn align --format " terminal json tsv npy pharaoh svg html
    check "bash: the beginning of one" bash_offers "xattn align --format ph" pharaoh
    check "bash: behind an equals sign" bash_offers "xattn align --color = a" auto always
    check "bash: the models that are there" bash_offers "xattn translate -m " en-de
    check "bash: models to inspect" bash_offers "xattn inspect e" en-de
    check "bash: file names are left to bash" bash_offers "xattn translate -i "
    check "bash: it is for xattn" status 0 bash -c '. "$COMPLETIONS/xattn.bash" && complete -p xattn'
else
    skip "no bash"
fi

# ---- fish

fish_offers() {
    line=$1
    shift
    status 0 fish --no-config -c 'source $COMPLETIONS/xattn.fish; complete -C "$argv[1]"' "$line" &&
        sed 's/	.*//' "$out" >"$tmp/words" && mv "$tmp/words" "$out" && offers "$@"
}
if command -v fish >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # several words
    check "fish: the commands" fish_offers "xattn " $commands
    check "fish: a command" fish_offers "xattn tra" translate trace
    check "fish: an option" fish_offers "xattn align --lay" --layer
    check "fish: options of that command only" fish_offers "xattn score --be"
    check "fish: the words of a choice" fish_offers "xattn align --format " terminal json tsv npy pharaoh svg html
    check "fish: the beginning of one" fish_offers "xattn align --format=ph" --format=pharaoh
    check "fish: the models that are there" fish_offers "xattn translate -m en" en-de
    check "fish: files, where there may be one" fish_offers "xattn translate -i completions/gen" completions/generate.c
else
    skip "no fish"
fi

# ---- zsh, on a terminal of its own: the line is completed, then echoed

cat >"$tmp/complete.zsh" <<'ZSH'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1=; stty -echo; fpath=($COMPLETIONS $fpath); autoload -Uz compinit && compinit -u -D; echo R""EADY'
zpty -r -m shell line '*READY*'
zpty -w -n shell "$1"$'\t'
sleep 1
zpty -w -n shell $'\x01echo "DO""NE: \x05 E""ND"\r'
zpty -r -m shell line '*DONE: *END*'
print -r -- "${${line##*DONE: }%% END*}"
zpty -d shell
ZSH
# zsh_completes LINE RESULT
zsh_completes() { status 0 zsh -f "$tmp/complete.zsh" "$1" && [ "$(sed 's/ *$//' "$out")" = "$2" ]; }
if command -v zsh >/dev/null 2>&1 && zsh -f -c 'zmodload zsh/zpty' 2>/dev/null; then
    check "zsh: a command" zsh_completes "xattn detok" "xattn detokenize"
    check "zsh: an option" zsh_completes "xattn align --lay" "xattn align --layer"
    check "zsh: a word of a choice" zsh_completes "xattn align --format ph" "xattn align --format pharaoh"
    check "zsh: a model that is there" zsh_completes "xattn translate -m en-" "xattn translate -m en-de"
else
    skip "no zsh with zpty"
fi

finish
