#!/bin/sh
# SPDX-License-Identifier: MIT
# The shared libraries export exactly the names of their version scripts, and have the sonames and the hardening that
# they should have.
set -u
passed=0 failed=0
check() { # what, then a command that succeeds
    what=$1
    shift
    if "$@"; then passed=$((passed + 1)); else
        echo "failed: $what"
        failed=$((failed + 1))
    fi
}
equal() { [ "$1" = "$2" ] || { printf 'expected:\n%s\nfound:\n%s\n' "$1" "$2" && false; }; }

for name in libarmalo libarmalo-sqlite; do
    so=$BUILD/$name.so
    listed=$(sed -n 's/^ *\(armalo_[a-z0-9_]*\);$/\1/p' "lib/$name.map" | sort)
    exported=$(nm -D --defined-only "$so" | awk '$2 != "A" {sub(/@.*/, "", $3); print $3}' | sort)
    check "$name exports the names of its map" equal "$listed" "$exported"
    dynamic=$(readelf -d "$so")
    soname=$(echo "$dynamic" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')
    check "$name soname" equal "$name.so.0" "$soname"
    case $dynamic in *BIND_NOW*) bind=now ;; *) bind=lazy ;; esac
    check "$name binds at once" equal now "$bind"
    case $(readelf -lW "$so") in *GNU_RELRO*) relro=yes ;; *) relro=no ;; esac
    check "$name RELRO" equal yes "$relro"
    case $dynamic in *RPATH* | *RUNPATH*) path=yes ;; *) path=no ;; esac
    check "$name has no run path" equal no "$path"
    # No global state: what is in .data or .bss could be written. (.data.rel.ro is read-only once it is loaded.)
    writable=$(nm -f sysv "$so" | sed -n 's/^\(armalo_[^ |]*\).*|\.\(data\|bss\) *$/\1/p')
    check "$name has no writable data" equal '' "$writable"
done
needed=$(readelf -d "$BUILD/libarmalo.so" | sed -n 's/.*NEEDED.*\[\(.*\)\.so.*/\1/p' | sort | xargs)
check 'libarmalo needs libsodium, libcrypto and libc alone' equal 'libc libcrypto libsodium' "$needed"
echo "exports: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
