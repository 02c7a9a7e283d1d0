#!/bin/sh
# build.sh SOURCES LIBRARY.a…: the page, with the shipped model, into build/web; `make web` runs it
#
# SOURCES has the headers of cJSON; the libraries are for WebAssembly. emscripten's optimiser for
# JavaScript needs acorn, which Debian has in its own folder of modules. -Oz: smaller than -O3 and as fast.
set -eu
cd "$(dirname "$0")/.."

sources=$1
shift

out=build/web
rm -rf $out
mkdir -p $out/model
cp web/index.html web/*.js $out/
cat src/align/html/page.css web/style.css >$out/style.css
awk -f web/listing.awk src/nn/attention.c >$out/attention.html
cp models/en-fr/*.json models/en-fr/*.spm models/en-fr/*.safetensors $out/model/
(cd $out/model && ls) >$out/model.txt
cp models/en-fr/LICENSE models/en-fr/README.md $out/model/

NODE_PATH=${NODE_PATH:-/usr/share/nodejs} emcc -std=c11 -Oz -msimd128 -Isrc -Wall -Wextra -isystem "$sources" -o $out/xattn.js web/*.c "$@" \
    -sMODULARIZE=1 -sEXPORT_ES6=1 -sENVIRONMENT=worker -sALLOW_MEMORY_GROWTH=1 -sMAXIMUM_MEMORY=2GB -sDYNAMIC_EXECUTION=0 \
    -sEXPORTED_RUNTIME_METHODS=ccall,FS -sINCOMING_MODULE_JS_API=instantiateWasm,onStep,print,printErr
