#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the README: its C example is compiled and used, its table of failures provoked, its commands typed, what they
# print compared, its links followed.
set -u
BUILD=$(cd "${BUILD:-build}" && pwd) || exit 1
top=$PWD
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0
ok() { # NAME COMMAND...: the command must succeed
    name=$1
    shift
    if "$@" > "$tmp/out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        tail -n 20 "$tmp/out"
    fi
}
# block LANGUAGE [N]: the README's Nth block of that language.
block() { awk -v open="\`\`\`$1" -v want="${2:-1}" '/^```/ { inside = $0 == open && ++n == want; next } inside' README.md; }

# The C examples, by both compilers, and what they do. Then the tables of failures: these rows, and no others.
example() { # N PROGRAM TABLE-HEAD
    block c "$1" > "$tmp/example.c"
    ok "there is a C example $1" test -s "$tmp/example.c"
    for cc in gcc clang; do
        # shellcheck disable=SC2046
        ok "the C example $1 compiles with $cc" $cc -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
            -Iinclude "tests/docs/$2" "$tmp/example.c" "$BUILD/libarmalo.a" \
            $(pkg-config --libs libsodium libcrypto) -pthread -o "$tmp/example-$cc"
    done
    ok "the C example $1 runs to its end" sh -c "'$tmp/example-gcc' > '$tmp/said'"
    while read -r verdict name; do
        case $verdict in ok | FAILED) ok "$name" test "$verdict" = ok ;; esac
    done < "$tmp/said"
    sed -n "/^| $3, but/,/^\$/p" README.md | sed '1,2d;/^$/d' > "$tmp/rows"
    grep '^| ' "$tmp/said" > "$tmp/expected"
    ok 'the table has rows' test "$(grep -c '^| ' "$tmp/said")" -ge 10
    ok "the table of failures after: $3" diff -u "$tmp/expected" "$tmp/rows"
}
example 1 readme.c 'A good delivery'
example 2 readme_access.c 'A good request to change something'
example 3 readme_attest.c 'A good attestation'
for state in unavailable negative stale simulated positive; do
    ok "the evidence state $state is explained" grep -q "\`$state\` (" README.md
done

# The senders by name: all of them, and no others.
"$BUILD/armalo" webhook schemes | python3 -c 'import json, sys
for scheme in json.load(sys.stdin): print(scheme["name"])' | sort > "$tmp/expected"
sed -n '/^Webhook senders known/,/compatibility/p' README.md | tr '`' '\n' | grep -x '[a-z0-9][a-z0-9]*' | sort > "$tmp/rows"
ok 'the senders known by name' diff -u "$tmp/expected" "$tmp/rows"

# The command's examples: type each, compare all that it prints. Request ids and tokens are made anew each time.
{ block console && block console 2 && block console 3; } > "$tmp/console"
mkdir "$tmp/shell"
grep '^\$ ' "$tmp/console" | while IFS= read -r line; do
    printf '%s\n' "$line"
    (cd "$tmp/shell" && PATH=$BUILD:$PATH sh -c "${line#??}" 2>&1)
done | sed 's/req_[0-9a-f]\{32\}/req_…/; s/pk_live_[0-9A-Za-z]\{38\}/pk_live_…/' > "$tmp/typed"
ok 'there are commands' grep -q '^\$ armalo webhook' "$tmp/console"
ok 'there are more' grep -q '^\$ armalo key' "$tmp/console"
ok 'and more' grep -q '^\$ armalo attest' "$tmp/console"
ok 'the commands print what the README says' diff -u "$tmp/console" "$tmp/typed"

# The policy that is shown is one that the library takes: the artifact is denied, the policy not refused.
block json > "$tmp/shell/shown"
ok 'there is a policy' test -s "$tmp/shell/shown"
ok 'the library takes it' sh -c "cd '$tmp/shell' && '$BUILD/armalo' attest verify --trust-of ci.example=ci.pub --policy shown \
    --subject release score.json; test \$? -eq 1"

# The first two commands are targets; what `make demo` runs after building is run here.
block sh 1 | sed 's/ *#.*//' > "$tmp/targets"
while read -r make target; do
    ok "$make $target" grep -q "^$target:" Makefile
done < "$tmp/targets"
ok 'they are two' test "$(wc -l < "$tmp/targets")" -eq 2
ok 'the demo' sh examples/demo.sh "$BUILD"
ok 'the demo fails where there is no receiver' sh -c "! sh examples/demo_webhooks.sh '$tmp/shell'"
ok 'the demo fails where there is no API' sh -c "! sh examples/demo_access.sh '$tmp/shell'"
ok 'the demo fails where there is no command' sh -c "! sh examples/demo_attest.sh '$tmp/shell'"
ok 'the demo fails where one part does' sh -c "mkdir '$tmp/half' && ln -s '$BUILD/examples' '$tmp/half/' &&
    ! sh examples/demo.sh '$tmp/half'"

# Installing, as it is written, into a home of its own; the objects are those that are there already.
mkdir -p "$tmp/home" "$tmp/build/obj" && cp -a "$BUILD/obj/lib" "$BUILD/obj/examples" "$tmp/build/obj/"
block sh 2 > "$tmp/install.sh"
ok 'installing and building against what was installed' \
    env -u LD_LIBRARY_PATH HOME="$tmp/home" BUILD="$tmp/build" sh -eu "$tmp/install.sh"

# Links, and facts with a number in them.
grep -o ']([^)]*)' README.md | sed 's/^](//; s/)$//' | sort -u > "$tmp/links"
while read -r link; do ok "link to $link" test -e "$top/$link"; done < "$tmp/links"
for page in man/*.[1-9]; do ok "$page is linked to" grep -qx "$page" "$tmp/links"; done
ok 'the receiver is under 150 lines' test "$(wc -l < examples/webhook_receiver.c)" -lt 150
ok 'the API is under 200' test "$(wc -l < examples/agent_api.c)" -lt 200
ok 'the README is under 360' test "$(wc -l < README.md)" -lt 360

echo "readme: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
