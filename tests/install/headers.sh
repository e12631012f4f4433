#!/bin/sh
# SPDX-License-Identifier: MIT
# Each public header compiles alone, as C11 and as C++17, with both compilers, without a warning; twice in one file it
# is still fine (guards).
set -u
warn='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror'
passed=0 failed=0
for header in include/armalo.h include/armalo/*.h; do
    for compiler in 'gcc -x c -std=c11 -Wstrict-prototypes' 'clang -x c -std=c11 -Wstrict-prototypes' \
        'g++ -x c++ -std=c++17' 'clang++ -x c++ -std=c++17'; do
        # shellcheck disable=SC2086
        if printf '#include "%s"\n#include "%s"\n' "${header#include/}" "${header#include/}" |
            $compiler $warn -Iinclude -fsyntax-only -; then
            passed=$((passed + 1))
        else
            echo "$header: not alone as $compiler"
            failed=$((failed + 1))
        fi
    done
done
echo "headers: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
