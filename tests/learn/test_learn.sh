#!/bin/sh
# test_learn.sh: the program learn, in miniature: it learns, the same every time, and writes what others read
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

learn=$root/$BUILD/examples/learn/learn

same_file() { cmp "$tmp/one/$1" "$tmp/two/$1" >"$out"; }
# The losses of a film's frames: the first is larger than the last by 2.
falls() {
    sed -n 's/.*"loss": \([0-9.]*\),.*/\1/p' "$1/learn.html" >"$out"
    awk 'NR == 1 { first = $1 } { last = $1 } END { exit !(first > last + 2) }' "$out"
}

# What it says to who calls it wrongly.
status 2 "$learn" </dev/null && says "usage: learn TASK"
result $? "without a task: how it is used"
status 2 "$learn" letters && says "usage: learn TASK" && says 'learn: there is no task "letters"'
result $? "an unknown task"
status 2 "$learn" numbers dates && says "usage: learn TASK"
result $? "two tasks"
status 2 "$learn" numbers --steps none && says 'learn: --steps is "none", expected a number from 1 to 1000000'
result $? "a number that is none"
status 2 "$learn" numbers --heads 3 && says 'learn: --heads is "3", expected 1, 2, 4 or 8'
result $? "heads that do not divide the width"
status 2 "$learn" numbers --speed
result $? "an unknown option"
status 0 "$learn" --help && prints "--no-residual" && silent
result $? "--help"
status 0 "$learn" numbers -h && prints "usage: learn TASK" && silent
result $? "-h beside a task"
: >"$tmp/file"
status 1 "$learn" numbers --steps 1 -o "$tmp/file/model" && says "learn: $tmp/file"
result $? "a directory that cannot be made"
status 1 "$learn" numbers --steps 1 -o "" && says "learn: a directory without a name"
result $? "a directory without a name"
status 1 "$learn" numbers --steps 1 -o "$tmp/file" && says "learn: $tmp/file/learn.html: " && [ ! -s "$out" ]
result $? "a directory that is a file is refused before training"
mkdir -p "$tmp/taken/learn.html"
status 1 "$learn" numbers --steps 1 -o "$tmp/taken" && says "learn: $tmp/taken/learn.html: " && [ "$(ls "$tmp/taken")" = learn.html ]
result $? "a film that cannot be written leaves no draft"

# It learns.
status 0 "$learn" numbers --steps 120 --threads 1 -o "$tmp/one" && silent
result $? "a hundred and twenty steps"
check "the loss falls" falls "$tmp/one"
status 0 "$learn" numbers --steps 120 --threads 3 -o "$tmp/two" && same_file model.safetensors && same_file learn.html
result $? "the same seed gives the same bytes on any number of threads"
status 0 "$learn" numbers --steps 20 --seed 2 -o "$tmp/two" && ! same_file model.safetensors
result $? "another seed, another model"

# Others read it.
cd "$tmp" || exit 1
status 0 "$xattn" translate -m "$tmp/one" "three hundred and forty-two" && grep -qE '^[0-9]+$' "$out" && silent
result $? "xattn translates with it"
status 0 "$xattn" align -m "$tmp/one" --pieces "three hundred and forty-two" && prints "the model's alignment head" && prints "+-two"
result $? "xattn align shows its alignment head"
status 0 "$xattn" trace -m "$tmp/one" -o "$tmp/trace" "forty-two" && [ -s "$tmp/trace/index.json" ]
result $? "xattn trace writes its activations"
[ "$(grep -c '"step":' "$tmp/one/learn.html")" -eq 13 ]
result $? "a frame of the film at the start and every 10 steps"
! grep -v 'createElementNS("http://www.w3.org/2000/svg"' "$tmp/one/learn.html" | grep -qE 'https?://' 
result $? "the film asks for nothing from elsewhere"

# Without what xattn would add.
status 0 "$learn" reverse --steps 2 --no-residual -o "$tmp/three" && prints "No model was written" &&
    [ -s "$tmp/three/learn.html" ] && [ ! -e "$tmp/three/config.json" ]
result $? "a network without residual is not written as a model"
status 0 "$learn" dates --steps 2 --heads 1 --mean-memory && prints "translate --uniform-attention 0 -m build/learn/dates-heads-1-mean-memory" &&
    grep -q "Heads: 1. Memory replaced by its mean. " build/learn/dates-heads-1-mean-memory/learn.html
result $? "experiments have a directory of their own"
status 0 "$learn" dates --steps 2 --no-positions -o "$tmp/four" && status 0 "$xattn" translate -m "$tmp/four" "3 May 1998"
result $? "one without positions is, with a table of zeros"
status 0 "$learn" dates --steps 20 --watch -o "$tmp/five" && prints "layer 0, head" && ! grep -q "$(printf '\033')" "$out"
result $? "--watch draws maps, without escape sequences where nobody sees them"
"$learn" numbers --steps 100 -o "$tmp/six" 2>"$err" | true
[ ! -s "$err" ]
result $? "a reader that has gone is no news"
grep -q '"step": 0,' "$tmp/six/learn.html" && [ ! -e "$tmp/six/config.json" ]
result $? "the film is there before the training ends"

finish
