#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/lint/lint.sh: the house rules. Each finding is a line "file:line: …". The last line is
# "lint: N passed, N failed", counting rules. Environment: BUILD, the build directory.
set -u
cd "$(dirname "$0")/../.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
rule() { # what, then a command that succeeds; what it writes is shown when it does not
    what=$1
    shift
    if "$@" > "$tmp/out" 2>&1; then passed=$((passed + 1)); else
        echo "== $what"
        cat "$tmp/out"
        failed=$((failed + 1))
    fi
}
sources() { find include lib examples tests -name '*.[ch]' | sort; }
scripts() { { find .ci -type f && find tests examples -name '*.sh' && echo tests/run; } | sort; }

# Everything, by both compilers, with warnings as errors. gcc optimises, which it needs for some of its warnings.
objects() { make -s "-j$(nproc)" WERROR=-Werror TESTOPT= BUILD="$BUILD/lint-$1" CC="$1" CFLAGS="$2" objects; }

# Each function and variable of file scope, static ones too, has the prefix, and a name of its own: the library can then
# be compiled as one file, or linked statically into anything. (clang -O0 drops none of them.)
names() {
    find "$BUILD/lint-clang/obj/lib" -name '*.o' | sort > "$tmp/objects"
    # Objects of sources that are gone do not count.
    while read -r object; do
        source=${object#"$BUILD/lint-clang/obj/"}
        [ -e "${source%.o}.c" ] && nm --defined-only "$object" |
            awk -v file="${source%.o}.c" '$3 !~ /^\.L/ {sub(/\..*/, "", $3); print file, $3}' | sort -u
    done < "$tmp/objects" > "$tmp/symbols"
    [ -s "$tmp/symbols" ] || { echo 'lib:1: names: no symbols found' && return 1; }
    # What a header defines inline is in many objects.
    grep -rhoE '^static inline [^(]*\(' lib --include='*.h' | sed 's/.*[ *]\(.*\)(/\1/' > "$tmp/inline"
    # And what OpenSSL's headers define inline is not ours.
    awk 'FNR == NR {inline[$1] = 1; next}
         $1 ~ /^lib\/crypto\// && $2 ~ /^(ossl_check_|ERR_)/ {next}
         $2 !~ /^armalo_/ {print $1 ":1: names: " $2 " has no armalo prefix"; bad = 1}
         !($2 in inline) && ($2 in seen) {print $1 ":1: names: " $2 " is also a name of " seen[$2]; bad = 1}
         {seen[$2] = $1}
         END {exit bad}' "$tmp/inline" "$tmp/symbols"
}

manuals() { # mandoc's own word for a page it has nothing against is silence
    for page in man/*.[1-9]; do
        [ -e "$page" ] || continue
        mandoc -Tlint -Wwarning "$page" || echo "$page"
    done > "$tmp/manuals" 2>&1
    cat "$tmp/manuals"
    [ ! -s "$tmp/manuals" ]
}

rule 'house rules (tests/lint/house.py)' python3 tests/lint/house.py
# shellcheck disable=SC2046
rule 'clang-format (make format)' clang-format --dry-run -Werror $(sources)
rule 'gcc without a warning' objects gcc '-O2 -g'
rule 'clang without a warning' objects clang -O0
rule 'names of functions and variables in lib' names
# shellcheck disable=SC2046
rule 'shellcheck' shellcheck -x $(scripts)
rule 'manual pages' manuals
rule 'cppcheck' cppcheck --quiet --error-exitcode=1 --enable=warning,portability --std=c11 --suppress=arrayIndexOutOfBoundsCond \
    "-j$(nproc)" -Iinclude -Ilib --template='{file}:{line}: {id}: {message}' lib examples

echo "lint: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
