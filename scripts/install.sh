#!/bin/sh
# install.sh install|uninstall BUILD: what `make install` puts into $DESTDIR$PREFIX, or takes away again
#
# $VERSION, $SHARED (libxattn.so.0.1.0), $SONAME (libxattn.so.0), $LINKNAME (libxattn.so) and $LIBS come from
# the Makefile. Folders may have spaces in their names. Nothing is removed but the files of the list
# below, and the folders that they leave empty.
set -eu

action=$1
build=$2
root=$DESTDIR$PREFIX

# Sets `list` to the installed files: MODE SOURCE DESTINATION, a line each; no name of ours has spaces.
model=share/xattn/models/en-fr
list="755 $build/xattn bin/xattn
644 man/xattn.1 share/man/man1/xattn.1
644 src/xattn.h include/xattn.h
644 $build/libxattn.a lib/libxattn.a
755 $build/$SHARED lib/$SHARED
644 $build/install/xattn.pc lib/pkgconfig/xattn.pc
644 $build/install/xattn-config.cmake lib/cmake/xattn/xattn-config.cmake
644 $build/install/xattn-config-version.cmake lib/cmake/xattn/xattn-config-version.cmake
644 $build/completions/xattn.bash share/bash-completion/completions/xattn
644 $build/completions/_xattn share/zsh/site-functions/_xattn
644 $build/completions/xattn.fish share/fish/vendor_completions.d/xattn.fish"
for file in models/en-fr/*; do
    list="$list
644 $file $model/${file##*/}"
done

# The templates of this folder, filled in.
make_descriptions() {
    mkdir -p "$build/install"
    for file in xattn.pc xattn-config.cmake xattn-config-version.cmake; do
        # CMake wants its list with semicolons
        linked=$LIBS
        case $file in *.cmake) linked=$(echo "$LIBS" | tr -s ' ' ';') ;; esac
        sed -e "s|@VERSION@|$VERSION|; s|@SHARED@|$SHARED|; s|@SONAME@|$SONAME|; s|@LIBS@|$linked|" \
            "scripts/install/$file.in" >"$build/install/$file"
    done
}

case $action in
    install)
        make_descriptions
        echo "$list" | while read -r mode source destination; do
            install -d "$root/$(dirname "$destination")"
            install -m "$mode" "$source" "$root/$destination"
        done
        ln -sf "$SHARED" "$root/lib/$SONAME"
        ln -sf "$SONAME" "$root/lib/$LINKNAME"
        echo "installed into $root"
        ;;
    uninstall)
        echo "$list" | while read -r _ _ destination; do
            rm -f "$root/$destination"
        done
        rm -f "$root/lib/$SONAME" "$root/lib/$LINKNAME"
        for folder in $model share/xattn/models share/xattn lib/cmake/xattn; do
            rmdir "$root/$folder" 2>/dev/null || true
        done
        ;;
esac
