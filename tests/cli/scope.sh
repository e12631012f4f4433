#!/bin/sh
# SPDX-License-Identifier: MIT
# armalo scope check: two sets of scopes, and nothing implies anything.
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"

# allows NAME GRANTED REQUIRED; lacks NAME GRANTED REQUIRED MISSING: the whole line, and the exit status.
allows() {
    run scope check --granted "$2" --required "$3"
    ok "$1" test "$status $(cat out) $(wc -c < err)" = '0 {"granted":true,"missing":[]} 0'
}
lacks() {
    run scope check --granted "$2" --required "$3"
    ok "$1" test "$status $(cat out) $(wc -c < err)" = "1 {\"granted\":false,\"missing\":[$4]} 0"
}

allows 'the same' agents:read agents:read
allows 'one of several' agents:read,agents:write,pacts:read agents:write
allows 'several, in another order' 'agents:read agents:write pacts:read' 'pacts:read,agents:read'
allows 'a wildcard' 'agents:*' agents:read,agents:write
allows 'a wildcard by itself' 'agents:*' 'agents:*'
allows 'a scope twice' agents:read,agents:read agents:read,agents:read
allows 'the longest' "$(printf '%032d:%032d' 0 0 | tr 0 a)" "$(printf '%032d:%032d' 0 0 | tr 0 a)"
lacks 'write does not give read' agents:write agents:read '"agents:read"'
lacks 'a wildcard is not what it covers' agents:read,agents:write 'agents:*' '"agents:*"'
lacks 'another resource' 'agents:*' agent:read '"agent:read"'
lacks 'the beginning of a resource' 'agent:*' agents:read '"agents:read"'
lacks 'the beginning of an action' agents:re agents:read '"agents:read"'
lacks 'one is missing' agents:read agents:read,keys:write '"keys:write"'
lacks 'all that is missing, once and sorted' 'pacts:*' keys:write,agents:read,pacts:read,keys:write '"agents:read","keys:write"'
# As many as there may be: 256 scopes, of which the first set has one less.
all=$(awk 'BEGIN { for (i = 0; i < 256; i++) printf "%sa:b%d", i ? "," : "", i }')
allows 'as many as may be' "$all" "$all"
lacks 'one less' "${all%,*}" "$all" '"a:b255"'

for bad in '' agents 'agents:' ':read' 'Agents:read' '*:*' '*' 'agents:re*' 'agents:read,' ',agents:read' 'agents:read, pacts:read' \
    'agents:read  pacts:read' 'agents:read;pacts:read' 'agents:read
' 'agents:read	pacts:read' '1gents:read' 'agents:réad' 'agents:read:write' "$(printf '%033d:a' 0 | tr 0 a)" "$all,a:b256"; do
    usage "granted: '$(printf '%.40s' "$bad")'" scope check --granted "$bad" --required agents:read
    ok 'says which option' grep -q -e '--granted: key.scope_invalid: ' err
    usage "required: '$(printf '%.40s' "$bad")'" scope check --granted agents:read --required "$bad"
    ok 'says which option' grep -q -e '--required: key.scope_invalid: ' err
done
usage 'a secret where a scope belongs' scope check --granted pk_live_leak --required agents:read
ok 'and is not shown' not grep -q leak err
usage 'nothing granted' scope check --required agents:read
usage 'nothing required' scope check --granted agents:read
usage 'nothing' scope check
usage 'an operand' scope check --granted agents:read --required agents:read agents:read
status=0
"$ARMALO" scope check --granted agents:read --required agents:read > /dev/full 2> err || status=$?
ok 'a full disk' test $status = 2
run scope check --granted agents:read --required agents:read,keys:read --pretty
ok 'pretty: the same, on several lines' python3 -c 'import json
text = open("out").read()
assert json.loads(text) == {"granted": False, "missing": ["keys:read"]} and text.count("\n") > 1'
ok 'pretty: the same exit status' test "$status" = 1
finish
