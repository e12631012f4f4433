#!/bin/sh
# SPDX-License-Identifier: MIT
# The armalo command itself: version, help, and what it does with arguments that are wrong.
header=$(cd "$(dirname "$0")/../.." && pwd)/include/armalo/base.h
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"

run --version
ok 'the version' test "$status $(cat out)" = "0 armalo $(sed -n 's/^#define ARMALO_VERSION "\(.*\)"/\1/p' "$header")"
usage 'the version takes nothing' --version x

run help
ok 'help' test "$status $(wc -c < err)" = '0 0'
cp out overview
run --help
ok 'help as an option' cmp -s out overview
commands='webhook verify,webhook sign,webhook secret issue,webhook secret open,webhook schemes,json check,json canon'
commands="$commands,key issue,key verify,key rotate,key revoke,key list,key unused,scope check,routes lint,routes authorize"
commands="$commands,attest verify,attest sign,attest inspect"
IFS=,
for command in $commands; do
    IFS=' '
    ok "help lists $command" grep -q "^  $command  " overview
    # shellcheck disable=SC2086
    run help $command
    ok "help $command" grep -q "^usage: armalo $command" out
    ok "help $command: the common options" grep -q '^  --root-key-file' out
    # shellcheck disable=SC2086
    usage "$command: an unknown option" $command --no-such-option
    # shellcheck disable=SC2086
    usage "$command: a letter" $command -x
    # A file could have this name: it must not end with 0.
    # shellcheck disable=SC2086
    usage "$command: --help is no option here" $command --help
    # shellcheck disable=SC2086
    usage "$command: a value missing" $command --now
    # shellcheck disable=SC2086
    usage "$command: a value too many" $command --public=yes
    # shellcheck disable=SC2086
    usage "$command: twice" $command --now 1 --now 1
    # shellcheck disable=SC2086
    usage "$command: an ambiguous option" $command --p
    # shellcheck disable=SC2086
    usage "$command: too many files" $command a b
    IFS=,
done
IFS=' 	
'
run help webhook
ok 'help of a group' test "$status $(grep -c '^  webhook ' out)" = '0 5'
ok 'help of a group: no other' not grep -q json out
run help key
ok 'help of another group' test "$status $(grep -c '^  key ' out)" = '0 6'
run help attest
ok 'help of a third group' test "$status $(grep -c '^  attest ' out)" = '0 3'
usage 'help of nothing' help nosuch
usage 'help of too much' help webhook verify x

usage 'no command'
usage 'an empty command' ''
usage 'an unknown command' nosuch
usage 'half a command' webhook
usage 'half of a longer one' webhook secret
for half in key scope routes attest; do usage "half of the command $half" $half; done
usage 'a command in one word' 'webhook verify'
usage 'the beginning of a command' web schemes
usage 'the beginning of its second word' webhook sch
usage 'options before the command' --pretty json check

# A secret on the command line is wrong; it is not repeated.
usage 'a secret where there is no option for it' webhook verify --secret=whsec_leak
ok 'and is not shown' not grep -q leak err
usage 'the same, misspelt' webhook verify --sekret=whsec_leak
ok 'and is not shown' not grep -q leak err
usage 'a secret where a file belongs' webhook verify --scheme standard --secret-file whsec_leak
ok 'and is not shown' not grep -q leak err
usage 'a secret where no argument belongs' webhook schemes whsec_leak
ok 'and is not shown' not grep -q leak err

# -- ends the options.
echo '{}' > --public
run json check -- --public
ok 'a file with the name of an option' test "$status $(wc -c < out)" = '0 0'
usage 'an option that looks like a file' json check ./missing

# Whatever the arguments: an exit status of 0 to 2, and nothing on standard output with 2.
wild=0
for a in webhook json key scope routes attest help --version ''; do
    for b in verify sign secret check canon issue rotate revoke list unused lint authorize inspect '' --; do
        for c in '' - -- --scheme --scheme= --header=x --now=1 --id= --records=- issue "$(printf '\377\376')" "$(printf '%05000d' 0)"; do
            status=0
            timeout -k 1 20 "$ARMALO" "$a" "$b" "$c" > out 2> err < /dev/null || status=$?
            if [ $status -gt 2 ] || { [ $status = 2 ] && [ -s out ]; }; then
                wild=$((wild + 1))
                echo "exit status $status: '$a' '$b' '$(printf '%.40s' "$c")'"
            fi
        done
    done
done
ok 'no wild ending' test $wild = 0
finish
