#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs into a temporary root, as a distribution does, and uses what is there as a stranger would: an example built
# with nothing but pkg-config, shared and static; each installed header; the command; the manual pages. Then uninstalls,
# and nothing is left.
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root
passed=0 failed=0
check() { # what, then a command that succeeds
    what=$1
    shift
    if "$@" > "$tmp/out" 2>&1; then passed=$((passed + 1)); else
        echo "failed: $what"
        tail -n 20 "$tmp/out"
        failed=$((failed + 1))
    fi
}
fails() { if "$@"; then return 1; else return 0; fi; }
nowhere() { fails grep -rlF -e "$@"; }
says() { # a text, then a command that prints it
    text=$1
    shift
    "$@" | grep -F -e "$text"
}

version=$(sed -n 's/^#define ARMALO_VERSION "\(.*\)"/\1/p' include/armalo/base.h)
lib=usr/lib/multi # a library directory that no compiler searches by itself
build() { make BUILD="$BUILD" DESTDIR="$root" PREFIX=/usr LIBDIR="/$lib" "$@"; }
check 'make install' build install

{
    for l in libarmalo libarmalo-sqlite; do
        for end in a so so.0 "so.$version"; do echo "$lib/$l.$end"; done
    done
    echo "$lib/pkgconfig/armalo.pc"
    echo "$lib/pkgconfig/armalo-sqlite.pc"
    echo usr/bin/armalo
    (cd include && find . -name '*.h') | sed 's|^\.|usr/include|'
    (cd man && find . -name '*.[1-9]') | sed 's|^\./\(.*\)\.\(.\)$|usr/share/man/man\2/\1.\2|'
} | sort > "$tmp/expected"
(cd "$root" && find . ! -type d) | sed 's|^\./||' | sort > "$tmp/found"
check 'installs these files and no others' diff -u "$tmp/expected" "$tmp/found"
check 'nothing names the build or the temporary root' \
    nowhere "$tmp" "$root/$lib/pkgconfig" "$root/usr/include" "$root/usr/share"

# What a distribution's own pkg-config would see, through the sysroot.
export PKG_CONFIG_PATH="$root/$lib/pkgconfig"
with_root() { PKG_CONFIG_SYSROOT_DIR=$root pkg-config "$@"; }
check 'the version of the .pc file' test "$(pkg-config --modversion armalo)" = "$version"
check 'the version of the sqlite .pc file' test "$(pkg-config --modversion armalo-sqlite)" = "$version"

mkdir -p "$tmp/away"
cp examples/webhook_verify.c "$tmp/away"
cd "$tmp/away" || exit 1
unset LD_LIBRARY_PATH
# shellcheck disable=SC2046
check 'builds with pkg-config --cflags --libs armalo' \
    cc webhook_verify.c $(with_root --cflags --libs armalo) -o shared
check 'runs against the installed library' env LD_LIBRARY_PATH="$root/$lib" ./shared
check 'does not run without it' fails ./shared
# The .pc files of the system are not below the root, so its static line comes without one.
# shellcheck disable=SC2046
check 'builds with the static library' \
    cc webhook_verify.c -I"$root/usr/include" -L"$root/$lib" -Wl,-Bstatic -larmalo -Wl,-Bdynamic \
    $(pkg-config --static --libs armalo | sed "s|-L/$lib||; s|-larmalo||") -o static
check 'runs alone' ./static
cat > durable.c << 'END'
#include <armalo/sqlite.h>
int main(void) {
    armalo_store *store = armalo_sqlite_store_new("deliveries.db", 0, 0);
    armalo_store_free(store);
    return store == 0;
}
END
# shellcheck disable=SC2046
check 'builds with pkg-config --cflags --libs armalo-sqlite' \
    cc durable.c $(with_root --cflags --libs armalo-sqlite) -Wl,-rpath-link,"$root/$lib" -o durable
check 'opens a durable store' env LD_LIBRARY_PATH="$root/$lib" ./durable
for header in "$root"/usr/include/armalo.h "$root"/usr/include/armalo/*.h; do
    check "$header as C11" cc -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$root/usr/include" -fsyntax-only -x c "$header"
    check "$header as C++17" c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -I"$root/usr/include" -fsyntax-only \
        -x c++ "$header"
done
check 'the command runs' "$root/usr/bin/armalo" --version
check 'and says its version' says "$version" "$root/usr/bin/armalo" --version
cd "$OLDPWD" || exit 1

check 'make uninstall' build uninstall
(cd "$root" && find . ! -type d) > "$tmp/left"
check 'nothing is left' cmp /dev/null "$tmp/left"
check 'its own directory is gone' test ! -e "$root/usr/include/armalo"

echo "install: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
