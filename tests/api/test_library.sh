#!/bin/sh
# shellcheck disable=SC1091,SC2317
# test_library.sh: the library in strangers' programs, and as it is installed
. tests/cli/tap.sh

static=$BUILD/libxattn.a
for shared in "$BUILD"/libxattn.so.*.* "$BUILD"/libxattn.*.*.dylib; do [ -f "$shared" ] && break; done
blas=$(basename "$BUILD")
plain_libs="$(pkg-config --libs libcjson libutf8proc zlib 2>/dev/null || echo -lcjson -lutf8proc -lz) -lm -lpthread"
libs=$plain_libs
[ "$blas" = openblas ] && libs="$(pkg-config --libs openblas 2>/dev/null || echo -lopenblas) $libs"
: "${CC:=cc}" "${CXX:=c++}"
cat="The cat sat on the mat."
expected=$("$xattn" translate "$cat")

case $blas in
    openblas | none) ;;
    *)
        skip "a library with sanitizers is for their tests"
        finish
        ;;
esac

# ---- names

# The functions that xattn.h declares.
declared() { sed -n 's/^[a-z].*[ *]\(xattn_[a-z_]*\)(.*/\1/p' src/xattn.h | sort -u; }
declared >"$tmp/declared"
enough() { [ "$(lines "$tmp/declared")" -gt 30 ]; }
check "xattn.h declares functions" enough
static_names() {
    nm -g "$static" | awk 'NF == 3 && $2 != "U" { sub(/^_/, "", $3); print $3 }' | sort -u >"$out"
    cmp -s "$out" "$tmp/declared" || { diff "$out" "$tmp/declared" >"$err"; false; }
}
check "the archive defines them and nothing else" static_names
shared_names() {
    if [ "${shared%.dylib}" = "$shared" ]; then nm -D --defined-only "$shared"; else nm -gU "$shared"; fi |
        awk '{ sub(/^_/, "", $3); print $3 }' | sort -u >"$out"
    cmp -s "$out" "$tmp/declared" || { diff "$out" "$tmp/declared" >"$err"; false; }
}
check "so does the shared library" shared_names

# ---- hosts

cat >"$tmp/host.c" <<'HOST'
#include <stdio.h>

#include "xattn.h"

/* A host has functions of its own, by whatever names. */
int utf8_character(void) { return 42; }
void buffer_append(void) { puts("the host's own"); }
void error_set(void) { puts("the host's own"); }
int matrix_multiply(void) { return 42; }

int translate(const char *path, const char *text);

int translate(const char *path, const char *text) {
    xattn_error error;
    xattn_translation *t;
    xattn_model *model = xattn_open(path, NULL, &error);
    if (!model || !xattn_translate(model, &text, 1, NULL, &t, &error)) return puts(error.text), 1;
    puts(t->text);
    xattn_translation_free(t);
    xattn_close(model);
    return 0;
}
HOST
cat >"$tmp/main.c" <<'HOST'
int translate(const char *path, const char *text);
int main(int argc, char **argv) { return argc == 3 ? translate(argv[1], argv[2]) : 2; }
HOST
cat >"$tmp/host.cc" <<'HOST'
#include <cstdio>

#include "xattn.h"

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    xattn_error error;
    xattn_options options = xattn_options();
    options.size = sizeof options;
    options.attention = true;
    xattn_model *model = xattn_open(argv[1], nullptr, &error);
    const char *text = argv[2];
    xattn_translation *t = nullptr;
    if (!model || !xattn_translate(model, &text, 1, &options, &t, &error)) return puts(error.text), 1;
    puts(t->attention ? t->text : "no attention");
    xattn_translation_free(t);
    xattn_close(model);
}
HOST

# builds COMMAND...: it succeeds and says nothing
builds() { status 0 "$@" && silent && ! [ -s "$out" ]; }
# runs PROGRAM...: it translates, within a minute
runs() { status 0 timeout 60 "$@" "$model" "$cat" && [ "$(cat "$out")" = "$expected" ]; }
command -v timeout >/dev/null || timeout() { shift && "$@"; }

# shellcheck disable=SC2086  # words
host_with_its_own_names() {
    builds $CC -std=c99 -Wall -Wextra -Isrc -o "$tmp/host" "$tmp/host.c" "$tmp/main.c" "$static" $libs && runs "$tmp/host"
}
check "a host with a buffer_append and a utf8_character of its own" host_with_its_own_names

# shellcheck disable=SC2086
cpp_program() {
    for standard in 11 17 20; do
        builds $CXX -std=c++$standard -Wall -Wextra -Wpedantic -Isrc -o "$tmp/cpp" "$tmp/host.cc" "$static" $libs &&
            runs "$tmp/cpp" || return 1
    done
}
if command -v "$CXX" >/dev/null; then check "a program in C++" cpp_program; else skip "no C++ compiler"; fi

# shellcheck disable=SC2086
foreign_shared_object() {
    builds $CC -shared -fPIC -Isrc -o "$tmp/libforeign.so" "$tmp/host.c" "$static" $libs &&
        builds $CC -o "$tmp/through" "$tmp/main.c" -L"$tmp" -lforeign -Wl,-rpath,"$tmp" && runs "$tmp/through"
}
check "a shared object that holds the archive" foreign_shared_object

# shellcheck disable=SC2086
linked_dynamically() {
    ln -sf "$root/$shared" "$tmp/libxattn.so"
    soname=$(readelf -d "$shared" 2>/dev/null | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
    [ -z "$soname" ] || ln -sf "$root/$shared" "$tmp/$soname"
    builds $CC -Isrc -o "$tmp/dynamic" "$tmp/host.c" "$tmp/main.c" -L"$tmp" -lxattn -Wl,-rpath,"$tmp" && runs "$tmp/dynamic"
}
check "a host that is linked to the shared library" linked_dynamically

# The library without OpenBLAS, whose threads keep memory of their own. `make test` builds it.
plain=build/none/libxattn.a
# shellcheck disable=SC2086
valgrind_clean() {
    builds $CC -Isrc -o "$tmp/plain" "$tmp/host.c" "$tmp/main.c" "$plain" $plain_libs &&
        status 0 valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite \
            "$tmp/plain" "$model" "A cat."
}
if command -v valgrind >/dev/null && [ -f "$plain" ]; then
    check "valgrind finds nothing" valgrind_clean
else
    skip "no valgrind, or no $plain"
fi

# ---- installed

stage="$tmp/a stage"
prefix="/opt/my apps"
place="$stage$prefix"
mkdir -p "$stage/opt/my" "$tmp/apps" "$place/share/xattn/models/mine"
echo "a bystander" | tee "$stage/opt/my/file" "$place/share/xattn/models/mine/model" >"$place/lib.txt"
installs() { status 0 make -s install BLAS="$blas" PREFIX="$prefix" DESTDIR="$stage"; }
check "make install, with spaces in PREFIX and DESTDIR" installs
installed() {
    for file in bin/xattn lib/libxattn.a include/xattn.h share/man/man1/xattn.1 lib/pkgconfig/xattn.pc \
        lib/cmake/xattn/xattn-config.cmake share/xattn/models/en-fr/model.safetensors; do
        [ -f "$place/$file" ] || { echo "# no $file"; return 1; }
    done
    [ -x "$place/bin/xattn" ] && [ -x "$place/lib/$(basename "$shared")" ]
}
check "all is there" installed
finds_its_model() {
    status 0 env -u XATTN_MODEL "$place/bin/xattn" translate "$cat" && [ "$(cat "$out")" = "$expected" ]
}
check "the program finds its model" finds_its_model
links_resolve() {
    for link in "$place"/lib/libxattn.so "$place"/lib/libxattn.so.0; do [ -e "$link" ] || return 1; done
}
if [ "$(uname)" = Linux ]; then check "the links of the shared library lead to it" links_resolve; else skip "Linux"; fi

with_pkg_config() {
    flags=$(PKG_CONFIG_PATH="$place/lib/pkgconfig" pkg-config --cflags --libs xattn) || return 1
    eval "builds $CC -o '$tmp/pkg' '$tmp/host.c' '$tmp/main.c' $flags" && runs env LD_LIBRARY_PATH="$place/lib" "$tmp/pkg"
}
with_pkg_config_static() {
    flags=$(PKG_CONFIG_PATH="$place/lib/pkgconfig" pkg-config --static --cflags --libs xattn) || return 1
    rm -rf "$tmp/only static" && cp -R "$place" "$tmp/only static" && rm "$tmp/only static"/lib/libxattn.so*
    flags=$(PKG_CONFIG_PATH="$tmp/only static/lib/pkgconfig" pkg-config --static --cflags --libs xattn) || return 1
    eval "builds $CC -o '$tmp/pkg' '$tmp/host.c' '$tmp/main.c' $flags" && runs "$tmp/pkg"
}
if command -v pkg-config >/dev/null; then
    check "pkg-config: to the shared library" with_pkg_config
    check "pkg-config --static, from a folder that was moved" with_pkg_config_static
else
    skip "no pkg-config" && skip "no pkg-config"
fi

mkdir -p "$tmp/cmake"
cat >"$tmp/cmake/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.13)
project(host C)
find_package(xattn 0.1 REQUIRED)
add_executable(host ../host.c ../main.c)
target_link_libraries(host PRIVATE xattn::xattn)
add_executable(host_static ../host.c ../main.c)
target_link_libraries(host_static PRIVATE xattn::static)
CMAKE
with_cmake() {
    status 0 cmake -S "$tmp/cmake" -B "$tmp/cmake/build" -DCMAKE_PREFIX_PATH="$place" &&
        status 0 cmake --build "$tmp/cmake/build" && runs "$tmp/cmake/build/host" && runs "$tmp/cmake/build/host_static"
}
too_new() {
    sed -i 's/xattn 0.1/xattn 0.2/' "$tmp/cmake/CMakeLists.txt"
    status 1 cmake -S "$tmp/cmake" -B "$tmp/cmake/other" -DCMAKE_PREFIX_PATH="$place" && says "0.2"
}
if command -v cmake >/dev/null; then
    check "CMake's find_package" with_cmake
    check "find_package of a later version" too_new
else
    skip "no cmake" && skip "no cmake"
fi

uninstalls() {
    status 0 make -s uninstall BLAS="$blas" PREFIX="$prefix" DESTDIR="$stage" &&
        (cd "$stage" && find . -type f -o -type l) | sort >"$out" &&
        [ "$(cat "$out")" = "./opt/my apps/lib.txt
./opt/my apps/share/xattn/models/mine/model
./opt/my/file" ]
}
check "make uninstall removes what install put there, and nothing else" uninstalls

finish
