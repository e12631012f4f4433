#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/fuzz/minute.sh PROGRAM CORPUS: a minute of libFuzzer. New inputs go to the build directory; what the committed
# corpus holds is only read.
set -u
name=${1##*/}
found=$BUILD/fuzzer/found/$name
mkdir -p "$found"
if "$1" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$found/" "$found" "$2" \
    > "$found.log" 2>&1; then
    echo "$name: 1 passed, 0 failed"
else
    tail -n 60 "$found.log"
    echo "$name: 0 passed, 1 failed"
    exit 1
fi
