#!/bin/sh
# Which model: named, from the environment, or beside the program; and models that are none.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

"$xattn" translate "A cat." >"$tmp/cat"
unset XATTN_MODEL

translates() { status 0 "$@" translate "A cat." && cmp -s "$out" "$tmp/cat" && silent; }
# refuses TEXT COMMAND...
refuses() {
    text=$1
    shift
    status 1 "$@" && says "$text" && [ ! -s "$out" ]
}
with() { XATTN_MODEL=$1 && shift && export XATTN_MODEL && "$@"; }

check "--model" status 0 "$xattn" translate -m "$model" "A cat."
check "--model DIR/" status 0 "$xattn" translate --model "$model/" "A cat."
check "a relative path" status 0 "$xattn" translate -m models/en-fr "A cat."
from_env() { (with "$model" translates "$xattn"); }
check "XATTN_MODEL" from_env
option_wins() { (with "$tmp/none" status 0 "$xattn" translate -m "$model" "A cat."); }
check "--model wins over XATTN_MODEL" option_wins
env_wrong() { (with "$tmp/none" refuses "$tmp/none: No such file" "$xattn" translate "A cat."); }
check "XATTN_MODEL that is not there" env_wrong

# Places: beside the program, and where `make install` puts things.
place=$tmp/place
mkdir -p "$place/bin" "$place/models" "$place/share/xattn/models" "$place/elsewhere"
cp "$xattn" "$place/bin/"
nowhere() {
    refuses "$place/bin/models/en-fr" "$place/bin/xattn" translate "A cat." && says "XATTN_MODEL" &&
        says "--model"
}
check "no model anywhere: says where it looked and what to do" nowhere
empty_env() { (with "" nowhere); }
check "an empty XATTN_MODEL is none" empty_env
ln -s "$model" "$place/share/xattn/models/en-fr"
check "installed: bin/ and share/" translates "$place/bin/xattn"
from_afar() { (cd "$place/elsewhere" && translates "$place/bin/xattn"); }
check "installed: from another folder" from_afar
by_path() {
    PATH=$place/bin:$PATH
    translates xattn
}
check "installed: found in PATH" by_path
relative() { (cd "$place/bin" && translates ./xattn); }
check "installed: by a relative path" relative
ln -s ../bin/xattn "$place/elsewhere/link"
check "installed: through a link" translates "$place/elsewhere/link"
mv "$place/bin/xattn" "$place/xattn" && ln -s "$model" "$place/models/en-fr"
check "built: the model beside the program" translates "$place/xattn"

check "a folder that is not there" refuses "$tmp/none: No such file" "$xattn" translate -m "$tmp/none" x
check "a file" refuses "LICENSE: not a model; expected its directory" "$xattn" translate -m LICENSE x
mkdir "$tmp/empty"
check "an empty folder" refuses "$tmp/empty: no model: expected config.json with model.safetensors" "$xattn" inspect "$tmp/empty"

# A model with one thing wrong; its files are links.
mkdir "$tmp/broken"
broken() {
    rm -rf "$tmp/broken"
    mkdir "$tmp/broken"
    for one in "$model"/*; do ln -s "$one" "$tmp/broken/"; done
    rm -f "$tmp/broken/$1"
}
for name in config.json model.safetensors vocab.json source.spm target.spm $(cd "$model" && ls target_vocab.json 2>/dev/null); do
    broken "$name"
    check "without $name" refuses "broken/$name: " "$xattn" inspect "$tmp/broken"
    mkdir "$tmp/broken/$name"
    check "$name is a folder" refuses "$name: a directory" "$xattn" inspect "$tmp/broken"
    rmdir "$tmp/broken/$name"
    : >"$tmp/broken/$name"
    check "$name is empty" refuses "broken/$name: " "$xattn" inspect "$tmp/broken"
    head -c 1000 /dev/zero >"$tmp/broken/$name"
    check "$name is all zeros" refuses "broken/$name: " "$xattn" inspect "$tmp/broken"
    head -c 1000 "$model/$name" | head -c 300 >"$tmp/broken/$name"
    check "$name is cut short" refuses "broken/$name: " "$xattn" inspect "$tmp/broken"
    rm "$tmp/broken/$name"
    mkfifo "$tmp/broken/$name"
    check "$name is a FIFO" refuses "$name: not a regular file" "$xattn" inspect "$tmp/broken"
    rm "$tmp/broken/$name"
    cp "$model/$name" "$tmp/broken/$name"
    chmod 000 "$tmp/broken/$name"
    if [ -r "$tmp/broken/$name" ]; then
        skip "$name may not be read: root may"
    else
        check "$name may not be read" refuses "$name: Permission denied" "$xattn" inspect "$tmp/broken"
    fi
done
broken generation_config.json
check "without generation_config.json, which may be missing" status 0 "$xattn" inspect "$tmp/broken"

broken model.safetensors
: >"$tmp/broken/pytorch_model.bin"
check "an empty pytorch_model.bin" refuses "pytorch_model.bin: not a file that torch.save writes" "$xattn" translate -m "$tmp/broken" x

finish
