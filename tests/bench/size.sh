#!/bin/sh
# SPDX-License-Identifier: MIT
# How large the library is: the shared object without debug information (bar: under 400 KiB; with webhooks and access alone it
# was under 200), and what a receiver linked statically carries of its own and of libarmalo, which has nothing of what it does
# not call (bar: under 60 KiB of text; constants are shown besides), not counting libcrypto, libsodium, libmicrohttpd and
# libc. Exits non-zero past a bar. Environment: BUILD, the build directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

strip --strip-unneeded -o "$tmp/stripped" "$BUILD/libarmalo.so"
shared=$(wc -c < "$tmp/stripped")

# The linker's map says which sections it kept, of which object, and how large they are. Long section names stand on a
# line of their own.
# shellcheck disable=SC2046
cc -pie -Wl,--gc-sections -Wl,-Map="$tmp/map" "$BUILD/obj/examples/webhook_receiver.o" "$BUILD/libarmalo.a" \
    $(pkg-config --libs libmicrohttpd libsodium libcrypto) -pthread -o "$tmp/receiver"
sections() {
    awk -v want="$1" '
        /^Linker script and memory map/ {kept = 1}
        !kept {next}
        /^ \.[^ ]+$/ {section = $1; next}
        /^ \.[^ ]+ +0x/ {section = $1; size = $3; file = $4}
        /^ +0x[0-9a-f]+ +0x[0-9a-f]+ [^ ]/ {size = $2; file = $3}
        section ~ want && file ~ /(libarmalo\.a\(|webhook_receiver\.o)/ {print size; file = ""}
        ' "$tmp/map" | {
        sum=0
        while read -r size; do sum=$((sum + size)); done
        echo "$sum"
    }
}
text=$(sections '^[.]text')
constants=$(sections '^[.](rodata|data)')

echo "libarmalo.so, stripped: $shared bytes (bar 409600)"
echo "a receiver and what it takes of libarmalo.a: text $text bytes (bar 61440); constants, most of them the texts of \
the reasons, $constants bytes"
[ "$shared" -lt 409600 ] && [ "$text" -gt 0 ] && [ "$text" -lt 61440 ]
