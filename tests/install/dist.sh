#!/bin/sh
# SPDX-License-Identifier: MIT
# `make dist` gives the same bytes each time, holds what the top level should hold, and what it holds builds.
set -u
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
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

check 'make dist' make BUILD="$tmp/1" dist
check 'make dist again' make BUILD="$tmp/2" dist
first=$(echo "$tmp"/1/armalo-*.tar.gz) second=$(echo "$tmp"/2/armalo-*.tar.gz)
check 'the same bytes' cmp "$first" "$second"
check 'unpacks' tar -xzf "$first" -C "$tmp"
name=$(basename "$first" .tar.gz)
for entry in Makefile LICENSE CHANGELOG.md README.md include lib examples tests man pkgconfig; do
    check "holds $entry" test -e "$tmp/$name/$entry"
done
check 'builds' make -C "$tmp/$name" BUILD="$tmp/3" CFLAGS=-O0
echo "dist: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
