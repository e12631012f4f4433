#!/bin/sh
# SPDX-License-Identifier: MIT
# How large the library is: the shared object without debug information (bar: under 200 KiB), and what a receiver linked
# statically carries of its own and of libarmalo (bar: under 60 KiB of code and constants), not counting libcrypto,
# libsodium, libmicrohttpd and libc. Exits non-zero past a bar. Environment: BUILD, the build directory.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

strip --strip-unneeded -o "$tmp/stripped" "$BUILD/libarmalo.so"
shared=$(wc -c < "$tmp/stripped")

# The linker's map says which sections it kept, of which object, and how large they are. Long section names stand on a
# line of their own.
cc -pie -Wl,--gc-sections -Wl,-Map="$tmp/map" "$BUILD/obj/examples/webhook_receiver.o" "$BUILD/libarmalo.a" \
    $(pkg-config --libs libmicrohttpd libsodium libcrypto) -pthread -o "$tmp/receiver"
static=$(awk '
    /^Linker script and memory map/ {kept = 1}
    !kept {next}
    /^ \.[^ ]+$/ {section = $1; next}
    /^ \.[^ ]+ +0x/ {section = $1; size = $3; file = $4}
    /^ +0x[0-9a-f]+ +0x[0-9a-f]+ [^ ]/ {size = $2; file = $3}
    section ~ /^\.(text|rodata|data)/ && file ~ /(libarmalo\.a\(|webhook_receiver\.o)/ {print size; file = ""}
    ' "$tmp/map" | { sum=0; while read -r size; do sum=$((sum + size)); done; echo "$sum"; })

echo "libarmalo.so, stripped:                     $shared bytes (bar 204800)"
echo "receiver with libarmalo.a, code and constants: $static bytes (bar 61440)"
[ "$shared" -lt 204800 ] && [ "$static" -gt 0 ] && [ "$static" -lt 61440 ]
