#!/bin/sh
# xattn get and xattn models, against a server on the loopback interface that does all that a network
# does: serve_models.py.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

for tool in python3 curl gzip sha256sum pgrep; do
    command -v "$tool" >/dev/null 2>&1 || {
        skip "no $tool"
        finish
    }
done
if [ ! -x "$BUILD/tests/fuzz/seeds" ]; then
    skip "no tiny Firefox model: $BUILD/tests/fuzz/seeds is not built"
    finish
fi

# ---- the server

mkdir "$tmp/model" "$tmp/seeds" "$tmp/home"
"$BUILD/tests/fuzz/seeds" "$tmp/seeds"
cp "$tmp/seeds/marian_bin/small" "$tmp/model/model.bin"
cp "$tmp/seeds/sentencepiece/small-firefox" "$tmp/model/vocab.spm"
mkfifo "$tmp/alive"
python3 tests/cli/serve_models.py "$tmp/model" "$tmp/address" "$tmp/log" <"$tmp/alive" &
exec 9>"$tmp/alive" # the server ends when this does
within 10 [ -e "$tmp/address" ] || {
    fail "the server does not start"
    finish
}
server=$(cat "$tmp/address")

export HOME="$tmp/home" XDG_CACHE_HOME="$tmp/cache" XATTN_INDEX="$server/v1/buckets/main/collections/models/records"
export no_proxy=127.0.0.1 TMPDIR="$tmp"
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
models=$tmp/cache/xattn/models

# ---- what works

# gets PAIR: the model is there, whole, its folder on stdout, and nothing is left over
gets() {
    status 0 "$xattn" get "$1" && [ "$(cat "$out")" = "$models/$1" ] && is_whole "$1" && [ ! -e "$models/.partial" ]
}
is_whole() {
    name=$(echo "$1" | tr -d -)
    cmp "$tmp/model/model.bin" "$models/$1/model.$name.intgemm.alphas.bin" &&
        cmp "$tmp/model/vocab.spm" "$models/$1/vocab.$name.spm" && [ "$(find "$models/$1" -type f | wc -l)" -eq 3 ]
}
check "the newest released version, for desktops, of many" gets xx-yy
check "it says which" says "xx-yy 2.10 base-memory, 0.0 MB"
check "records as they were before v2" gets aa-bb
check "gzip" gets cc-dd
check "a redirect is followed" gets ee-ff
check "a server without ranges" gets kk-ll
no_index_left() { [ -z "$(find "$tmp" -maxdepth 1 -name 'xattn-index*')" ]; }
check "the index leaves no file behind" no_index_left
quiet() { rm -r "$models/aa-bb" && gets aa-bb && rm -r "$models/aa-bb" && status 0 "$xattn" get -q aa-bb && silent && is_whole aa-bb; }
check "--quiet says nothing but the folder" quiet

translates() { status 0 "$xattn" translate -m xx-yy "a b"; }
check "-m finds the model by its pair" translates
check "\$XATTN_MODEL does" status 0 env XATTN_MODEL=xx-yy "$xattn" tokenize "a"
check "inspect does" status 0 "$xattn" inspect xx-yy
reverse() { status 0 "$xattn" align -m aa-bb --format pharaoh --reverse xx-yy "a b"; }
check "--reverse does" reverse
a_path_wins() {
    mkdir -p "$tmp/here/xx-yy" && cd "$tmp/here" && status 1 "$xattn" inspect xx-yy
    result=$?
    cd "$root" && [ "$result" -eq 0 ] && says "xx-yy"
}
check "a folder here of that name comes first" a_path_wins
fxtranslate() {
    mkdir -p "$tmp/cache/fxtranslate/models" && mv "$models/ee-ff" "$tmp/cache/fxtranslate/models/zz-zz" &&
        status 0 "$xattn" translate -m zz-zz "a b"
}
[ "$(uname)" = Darwin ] || check "fxtranslate's cache is searched too" fxtranslate
unknown() {
    status 1 "$xattn" translate -m de-xx "a" && says "no model de-xx" && says "$models" && says "there are: aa-bb, cc-dd" &&
        says "\`xattn get de-xx\`"
}
check "a pair that is nowhere: what there is, and what to do" unknown
no_pair() { status 1 "$xattn" translate -m ./no/such-model "a" && says "./no/such-model: No such file" && ! says "xattn get"; }
check "a path that is nowhere is a path" no_pair

again() { : >"$tmp/log" && status 0 "$xattn" get aa-bb && silent && prints "$models/aa-bb" && ! grep -q plain "$tmp/log"; }
check "what is there already is not downloaded again" again
mended() { echo x >>"$models/aa-bb/vocab.aabb.spm" && gets aa-bb; }
check "unless it is damaged" mended
not_ours() {
    mkdir "$models/oo-pp" && echo mine >"$models/oo-pp/model.bin" && mv "$models/aa-bb" "$tmp/kept" && mv "$models/oo-pp" "$models/aa-bb" &&
        status 1 "$xattn" get aa-bb && says "$models/aa-bb: exists, but not from \`xattn get\`" && [ "$(cat "$models/aa-bb/model.bin")" = mine ]
    result=$?
    rm -r "$models/aa-bb" && mv "$tmp/kept" "$models/aa-bb"
    return "$result"
}
check "a folder of somebody's own is left alone" not_ours
two() { rm -r "$models/aa-bb" "$models/cc-dd" && status 0 "$xattn" get aa-bb cc-dd && is_whole aa-bb && is_whole cc-dd && [ "$(lines "$out")" -eq 2 ]; }
check "two pairs at once" two
registry() { status 0 "$xattn" get --index "$server/models.json" mm-nn && is_whole mm-nn && says "vocab.mmnn.spm: not verified: the index has no SHA-256 of it"; }
check "models.json" registry
beside() { rm -r "$models/aa-bb" && status 0 "$xattn" get --index "$server/records.json" aa-bb && is_whole aa-bb; }
check "files beside an index that is not Remote Settings" beside

# ---- what breaks off is continued

part() { find "$models/.partial" -name '*.part' | head -n 1; }
breaks_off() {
    status 1 "$xattn" get ii-jj && says "$server/cut/model.iijj" && [ ! -e "$models/ii-jj" ] && [ -s "$(part)" ]
}
check "a connection that breaks off is an error, and keeps what has arrived" breaks_off
continued() { : >"$tmp/log" && gets ii-jj && grep -q "^/cut/model.*bytes=[1-9]" "$tmp/log"; }
check "the next run continues it" continued
# start PAIR: in the background, until something has arrived
start() {
    "$xattn" get "$1" >"$tmp/background.out" 2>"$tmp/background.err" &
    background=$!
    within 10 arrived
}
arrived() { [ -n "$(find "$models/.partial" -name '*.part' -size +0 2>/dev/null)" ]; }
locked() {
    start gg-hh && status 1 "$xattn" get gg-hh && says "gg-hh: another xattn is downloading it"
}
check "two at the same pair at a time: the second is told" locked
# curl_is_gone: no curl that writes into our folder is left
curl_is_gone() { ! pgrep -f "$models/.partial" >/dev/null; }
ended() {
    kill "$background" && ! wait "$background" && within 5 curl_is_gone && [ ! -e "$models/gg-hh" ]
}
check "a signal ends curl too, and no model is there" ended
resumed() { : >"$tmp/log" && gets gg-hh && grep -q "^/slow/model.*bytes=[1-9]" "$tmp/log"; }
check "the next run continues what the signal ended" resumed
no_ranges() {
    rm -r "$models/kk-ll" && mkdir -p "$models/.partial/kk-ll" &&
        hash=$(sha256sum "$tmp/model/model.bin" | cut -c 1-16) &&
        head -c 100 "$tmp/model/model.bin" >"$models/.partial/kk-ll/$hash.model.kkll.intgemm.alphas.bin.part" && gets kk-ll
}
check "a server that cannot continue: from the start" no_ranges

# ---- what has to fail: by name, with nothing half-written

# refuses PAIR TEXT
refuses() {
    status 1 "$xattn" get "$1" && says "xattn: $1: " && says "$2" && [ ! -s "$out" ] && [ ! -e "$models/$1" ] && no_evil
}
no_evil() { [ ! -e evil ] && [ -z "$(find "$tmp" -name 'evil*' -o -name .bashrc)" ]; }
check "404" refuses bad-missing "HTTP status 404"
check "404: it names the address" says "$server/status404/model.badmissing"
check "500" refuses bad-broken "HTTP status 500"
check "redirects without end" refuses bad-loop "$server/loop/"
check "a redirect to a file of this machine" refuses bad-file "$server/to-file/"
check "a file that is shorter than the index says" refuses bad-short "bytes, expected"
check "the same again: it does not go on for ever" refuses bad-short "bytes, expected"
check "a file that is longer" refuses bad-long "larger than the index says"
check "another file" refuses bad-hash "SHA-256"
check "another file in the archive" refuses bad-inner "SHA-256"
check "a hash that is none" refuses bad-digits "not a SHA-256"
check "no hash" refuses bad-nohash "no attachment.hash"
check "a size below 0" refuses bad-size "-5"
check "a name that climbs out of the folder" refuses bad-name "\"../../../../evil.bin\", which is not a plain file name"
check "a hidden name" refuses bad-hidden "not a plain file name"
check "a name that is an option" refuses bad-option "not a plain file name"
check "one name for two files" refuses bad-twice "two files named"
check "a location that climbs" refuses bad-up "not a plain path"
check "a location on another host" refuses bad-host "not a plain path"
check "a location that is a shell's command" refuses bad-shell "not a plain path"
check "an archive that is none" refuses bad-gzip "gzip cannot unpack it"
check "an archive that unpacks to more" refuses bad-bomb "unpacks to more than"
check "an archive that unpacks to less" refuses bad-little "unpacks to 6 bytes"
check "a model without vocabulary" refuses bad-vocab "no vocabulary"
check "a vocabulary without model" refuses bad-model "no model file"
check "a pair that the index lacks" refuses de-xx "the index has no such pair"
check "a pair that is there under a longer name" refuses bad-hid "do you mean bad-hidden?"
check "a pair that two models make" refuses qq-rr "no such pair, but qq-en and en-rr"
check "a word that is no pair" refuses english "expected a language pair such as en-de"
check "a path that is no pair" refuses ../en-de "expected a language pair such as en-de"

# refuses_index ADDRESS TEXT
refuses_index() { status 1 "$xattn" get --index "$1" aa-bc && says "$1" && says "$2" && no_index_left; }
check "an index that is not there" refuses_index "$server/status404" "HTTP status 404"
check "an index whose server fails" refuses_index "$server/status500" "HTTP status 500"
check "an index that is a page of HTML" refuses_index "$server/not-json" "not an index of models"
check "an index of something else" refuses_index "$server/not-index" "no index of models"
no_base() { status 1 "$xattn" get --index "$server/no-base/v1/buckets/x/records" aa-bc && says "$server/no-base/v1/: no capabilities.attachments.base_url"; }
check "a server that does not name its files' address" no_base
check "an index that is a file" refuses_index "file:///etc/passwd" "expected an address that begins with https://"
check "an index that is an option" refuses_index "--help" "expected an address that begins with https://"
files_here() { status 1 "$xattn" get --index "$server/registry-to-file.json" mm-no && says "\"file:///etc\": expected an address that begins with https://"; }
check "an index whose files are on this machine" files_here
check "nobody there" refuses_index "http://127.0.0.1:1/records" "connect"
check "no network" refuses_index "http://no-such-host.invalid/records" "resolve"
# without TOOL MESSAGE: a PATH that lacks it
without() {
    mkdir -p "$tmp/tools" && rm -f "$tmp/tools"/*
    for tool in curl gzip sha256sum; do [ "$tool" = "$1" ] || ln -s "$(command -v "$tool")" "$tmp/tools/$tool"; done
    rm -rf "$models/cc-dd"
    status 1 env PATH="$tmp/tools" "$xattn" get cc-dd && says "$2" && [ ! -e "$models/cc-dd" ]
}
# curl of 2020, which knows no %{errormsg}
old_curl() {
    mkdir -p "$tmp/old" && printf '#!/bin/sh\nexit 6\n' >"$tmp/old/curl" && chmod 755 "$tmp/old/curl"
    status 1 env PATH="$tmp/old:$PATH" "$xattn" get aa-bb && says "$XATTN_INDEX: the host cannot be resolved (curl's status 6)"
}
check "an older curl without messages" old_curl
check "without curl" without curl "curl is needed to download models: curl: No such file"
check "without gzip" without gzip "a program is needed to unpack the model: gzip: No such file"
check "without sha256sum" without sha256sum "neither sha256sum nor shasum"
no_home() { status 1 env -u HOME -u XDG_CACHE_HOME "$xattn" get aa-bb && says "neither \$XDG_CACHE_HOME nor \$HOME is set"; }
check "no home" no_home
no_place() { : >"$tmp/file" && status 1 env XDG_CACHE_HOME="$tmp/file" "$xattn" get aa-bb && says "$tmp/file/xattn: Not a directory"; }
check "a cache that is a file" no_place

# ---- models

listed() {
    status 0 "$xattn" models && silent && prints "aa-bb      1.0" && prints "xx-yy      2.10" && prints "$models/xx-yy" && ! prints bad-
}
check "models lists what is there" listed
shipped() {
    mkdir -p "$tmp/prefix/bin" "$tmp/prefix/share/xattn/models" && cp "$xattn" "$tmp/prefix/bin" && ln -s "$model" "$tmp/prefix/share/xattn/models" &&
        status 0 "$tmp/prefix/bin/xattn" models && grep -q "^en-fr .*/share/xattn/models/en-fr$" "$out" &&
        status 0 "$tmp/prefix/bin/xattn" translate -m en-fr "Good morning." && prints "$("$xattn" translate -m "$model" "Good morning.")"
}
check "models: the model that came with xattn, and -m finds it" shipped
available() { status 0 "$xattn" models --available && prints "aa-bb      1.0" && prints "available" && [ "$(grep -c '^xx-yy' "$out")" -eq 2 ] && prints "base-memory"; }
check "--available lists what the index has, a line a pair" available
offline() { status 1 "$xattn" models --available --index http://127.0.0.1:1/x && prints "$models/xx-yy" && says "http://127.0.0.1:1/x"; }
check "without a network, what is there is listed all the same" offline

# ---- a terminal

bar() {
    rm -rf "$models/aa-bb" && script -qec "'$xattn' get aa-bb" /dev/null >"$out" 2>&1 </dev/null && prints "aa-bb  [##########" && prints "100%"
}
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then check "a bar on a terminal" bar; else skip "no script(1)"; fi
no_bar() { rm -rf "$models/aa-bb" && status 0 "$xattn" get aa-bb && ! says "["; }
check "and none elsewhere" no_bar

exec 9>&-
wait
finish
