#!/bin/sh
# SPDX-License-Identifier: MIT
# armalo json check and json canon.
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"

# at NAME LINE:COLUMN REASON: the file `in` is not strict JSON.
at() {
    run json check in
    ok "$1: exit status 1, one line" test "$status $(wc -l < out) $(wc -c < err)" = '1 1 0'
    ok "$1: $2 $3" grep -q "^in:$2: $3: ." out
    run json canon in
    ok "$1: has no canonical form" test "$status $(wc -c < out)" = '1 0'
    ok "$1: and says why" grep -q "^in:$2: $3: ." err
}
valid() {
    run json check in
    ok "$1: valid, without a word" test "$status $(wc -c < out) $(wc -c < err)" = '0 0 0'
}

for text in '{}' '[]' '0' '-0.5e+3' 'null' '"x"' ' [1, 2] ' '{"a":1,"A":2}' '"\u00e9\ud83d\ude00"'; do
    printf '%s' "$text" > in
    valid "$text"
done
printf '"\303\251"' > in
valid 'UTF-8'
run json check < in
ok 'standard input' test "$status" = 0
run json check - < in
ok 'standard input as -' test "$status" = 0

printf '{"a":1,\n "b":2,\n "a":3}' > in
at 'a name twice' 3:2 json.duplicate
printf '{"a":1,\n "\\u0061":3}' > in
at 'a name twice, escaped' 2:2 json.duplicate
printf '[1,\n2,]' > in
at 'a comma too many' 2:3 json.syntax
printf '[1]\n[2]' > in
at 'two values' 2:1 json.trailing
printf '\357\273\277{}' > in
at 'a byte order mark' 1:1 json.bom
printf '["a\303(b"]' > in
at 'no UTF-8' 1:4 json.utf8
printf '["a\tb"]' > in
at 'a bare control character' 1:4 json.control
printf '["a\0b"]' > in
at 'a NUL' 1:4 json.control
printf '[1e999]' > in
at 'a number too large' 1:2 json.number_range
printf '["\\x41"]' > in
run json check in
ok 'an unknown escape' grep -q '^in:1:[0-9]*: json.escape: ' out
printf '["\\ud800"]' > in
run json check in
ok 'a lone surrogate' grep -q '^in:1:[0-9]*: json.surrogate: ' out
: > in
at 'nothing' 1:1 json.empty
printf ' \n ' > in
run json check in
ok 'only blanks' grep -q ' json.empty: ' out
awk 'BEGIN { for (i = 0; i < 64; i++) printf "["; for (i = 0; i < 64; i++) printf "]" }' > in
valid 'as deep as may be'
awk 'BEGIN { for (i = 0; i < 65; i++) printf "["; for (i = 0; i < 65; i++) printf "]" }' > in
at 'deeper' 1:65 json.depth
awk 'BEGIN { printf "{"; for (i = 0; i < 5000; i++) printf "\"m%d\":0,", i; printf "\"m4999\":0}" }' > in
run json check in
ok 'a name twice among many' grep -q ' json.duplicate: ' out

run json check < /dev/null
ok 'standard input is named' grep -q '^<stdin>:1:1: json.empty: ' out
ln -s in "$(printf 'a\033[31mb')"
run json check "$(printf 'a\033[31mb')"
ok 'a name that moves the cursor is not shown' not grep -q "$(printf '\033')" out

# RFC 8785, 3.2.2 to 3.2.4: the sample object and its canonical form.
cat > in << 'END'
{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}
END
printf '%s' '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"' > canonical
printf '\342\202\254$\\u000f\\nA'"'"'B\\"\\\\\\\\\\"/"}' >> canonical
valid 'the sample of RFC 8785'
run json canon in
ok 'its canonical form, and no byte more' cmp -s out canonical
run json canon < in
ok 'the same from standard input' cmp -s out canonical
run json canon canonical
ok 'it is its own canonical form' cmp -s out canonical
# 3.2.3: the order is of UTF-16 code units.
printf '{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",' > in
printf '"\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}' >> in
run json canon in
ok 'the order of names' python3 -c 'import json
names = list(json.load(open("out", encoding="utf-8")).values())
assert names == ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
    "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"], names'
printf 0 > in
run json canon in
ok 'one byte' test "$status $(cat out)" = '0 0'

# What cannot be read is neither valid nor invalid; what never ends is refused.
usage 'check: a file that is not there' json check missing
usage 'canon: a file that is not there' json canon missing
usage 'check: a file that fails to be read' json check /proc/self/mem
usage 'canon: a file that fails to be read' json canon /proc/self/mem
usage 'check: a directory' json check .
usage 'check: two files' json check in in
usage 'check: an option of another command' json check --scheme standard in
run json check /dev/zero
ok 'an endless file' test "$status $(wc -l < out)" = '1 1'
status=0
"$ARMALO" json canon in > /dev/full 2> err || status=$?
ok 'a full disk' test $status = 2
finish
