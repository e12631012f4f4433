#!/bin/sh
# SPDX-License-Identifier: MIT
# armalo routes lint and authorize: what blocks a release, and who may do what.
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"

cat > table.json << 'END'
{"v":1,"routes":[
{"method":"GET","path":"/v1/health","class":"public","auth":"none","scopes":[],"owner":"none"},
{"method":"GET","path":"/v1/agents/{agent_id}","class":"read","auth":"api_key","scopes":["agents:read"],"owner":"org"},
{"method":"POST","path":"/v1/agents/{agent_id}/pacts/{pact}","class":"mutation","auth":"api_key","scopes":["agents:write"],"owner":"org","audit":"agent.updated"},
{"method":"GET","path":"/v1/orgs","class":"read","auth":"api_key","scopes":["agents:read"],"owner":"none"},
{"method":"POST","path":"/v1/hooks","class":"mutation","auth":"webhook","scopes":["webhooks:write"],"owner":"org","audit":"hook.taken"}]}
END
# lint NAME STATUS: what `in` comes to; its findings are in out, on one line.
lint() {
    run routes lint in
    ok "$1: exit status $2, one line, nothing on stderr" test "$status $(wc -l < out) $(wc -c < err)" = "$2 1 0"
}
cp table.json in
lint 'a good table' 0
ok 'a good table: no findings' test "$(cat out)" = '[]'
run routes lint < in
ok 'standard input' test "$status $(cat out)" = '0 []'
run routes lint --public in
ok 'a good table: the public view' test "$status $(cat out)" = '0 {"status":"ok"}'

# blocks NAME EDIT REASON INDEX: the table with one edit has this finding, and no other.
blocks() {
    sed "$2" table.json > in
    ok "$1: the edit is one" not cmp -s in table.json
    lint "$1" 1
    ok "$1: $3" python3 -c 'import json, sys
[f] = json.load(open("out"))
route = json.load(open("in"))["routes"][int(sys.argv[2])]
want = {"reason": sys.argv[1], "method": route["method"], "path": route["path"], "index": int(sys.argv[2])}
if sys.argv[1] == "route.overlap": want["with"] = 1
assert f == want and list(f) == list(want), f' "$3" "$4"
    usage "$1: and nothing is authorised by it" routes authorize --routes in --root-key-file root --records records \
        --method GET --path /v1/health < /dev/null
    ok "$1: which says why" grep -q " $3: " err
}
printf '%s' "$(python3 -c 'print(bytes(range(7, 39)).hex())')" > root
: > records
blocks 'an auth that is none' '3s/"api_key"/"apikey"/' route.unknown_auth 1
blocks 'a class that is none' '3s/"read"/"reed"/' route.unknown_class 1
blocks 'an owner that is none' '3s/"org"/"user"/' route.unknown_class 1
blocks 'a mutation without auth' '4s/"api_key"/"none"/' route.mutation_without_auth 2
blocks 'a mutation without owner' '4s/"org"/"none"/' route.mutation_without_owner 2
blocks 'a mutation without audit' '4s/,"audit":"agent.updated"//' route.mutation_without_audit 2
blocks 'a mutation without scope' '4s/\["agents:write"\]/[]/' route.mutation_without_scope 2
blocks 'an overlap' '5s,/v1/orgs,/v1/agents/{other},' route.overlap 3
blocks 'a parameter twice' '4s/{pact}/{agent_id}/' route.parameter_repeated 2
blocks 'a method that is none' '2s/GET/GOT/' route.invalid_method 0
blocks 'a path that is none' '2s,/v1/health,/v1/../health,' route.invalid_path 0
blocks 'a scope that is none' '3s/agents:read/agents/' route.invalid_scope 1
sed 's/"auth":"api_key"/"auth":"key"/; s/"class":"read"/"class":"r"/' table.json > in
lint 'several findings' 1
ok 'several findings: all of them, in the order of the table' python3 -c 'import json
found = [(f["index"], f["reason"].split("_")[1]) for f in json.load(open("out"))]
assert found == [(1, "auth"), (1, "class"), (2, "auth"), (3, "auth"), (3, "class")], found'
run routes lint --public in
ok 'findings: the public view' test "$status $(cat out)" = '1 {"error":"internal"}'
run routes lint --pretty in
ok 'findings: pretty' python3 -c 'import json
text = open("out").read()
assert len(json.loads(text)) == 5 and text.count("\n") > 5'
ok 'findings: pretty: the same exit status' test "$status" = 1
# More findings than anybody made room for.
python3 -c 'import json
json.dump({"v": 1, "routes": [{"method": "GET", "path": "/r%d" % i, "class": "read", "auth": "", "scopes": [], "owner": "none"}
                              for i in range(5000)]}, open("in", "w"))'
lint 'very many findings' 1
ok 'very many findings: all of them' python3 -c 'import json
assert [f["index"] for f in json.load(open("out"))] == list(range(5000))'

# OpenAPI.
cat > openapi.json << 'END'
{"openapi":"3.1.0","info":{"title":"t","version":"1"},"components":{"securitySchemes":{"key":{"type":"http","scheme":"bearer"}}},
"paths":{"/v1/agents/{id}":{"get":{"x-armalo-class":"read","x-armalo-owner":"org","security":[{"key":["agents:read"]}],"responses":{}},
"post":{"x-armalo-class":"mutation","x-armalo-owner":"org","security":[{"key":["agents:write"]}],"responses":{}}}}}
END
cp openapi.json in
lint 'OpenAPI' 1
ok 'OpenAPI: the mutation is not audited' test "$(cat out)" = \
    '[{"reason":"route.mutation_without_audit","method":"POST","path":"/v1/agents/{id}","index":1}]'
sed 's/"x-armalo-class":"mutation"/&,"x-armalo-audit":"agent.updated"/' openapi.json > in
lint 'OpenAPI, mended' 0

# What is no table.
usage 'a table that is not there' routes lint missing
usage 'a directory' routes lint .
usage 'an endless table' routes lint /dev/zero
usage 'two tables' routes lint table.json table.json
for bad in '' '[]' '{}' '{"v":1}' '{"v":2,"routes":[]}' '{"v":1,"routes":[]}' '{"v":1,"routes":{}}' '{"openapi":"2.0"}' 'openapi: 3.1.0' \
    '{"v":1,"v":1,"routes":[]}' '{"v":1,"routes":[{}]}' '{"v":1,"routes":[],"more":0}'; do
    printf '%s' "$bad" > in
    usage "no table: '$bad'" routes lint in
    usage "no table: '$bad': authorize" routes authorize --routes in --root-key-file root --records records \
        --method GET --path /v1/health < /dev/null
done
# A name in the file does not move the cursor of who reads the message.
sed '2s,/v1/health,/v1/\\u001b[31m,' table.json > in
usage 'a path of control characters' routes authorize --routes in --root-key-file root --records records --method GET \
    --path /v1/health < /dev/null
ok 'is not shown as it is' not grep -q "$(printf '\033')" err
status=0
"$ARMALO" routes lint table.json > /dev/full 2> err || status=$?
ok 'lint: a full disk' test $status = 2

# Authorising. A key that may do both, one that may only read, one for browsers, one of another org.
issue() { # FILE ARGUMENT...
    to=$1
    shift
    "$ARMALO" key issue --root-key-file root --records records "$@" > "$to" 2> err
    ok "issue $to" test -s "$to"
    cat "$to" >> tokens
}
issue both --org org_1 --scope agents:read,agents:write
issue reader --org org_1 --scope agents:read
issue page --org org_1 --scope agents:read --use any
issue other --org org_2 --scope agents:read,agents:write
cp records good
set -- routes authorize --routes table.json --root-key-file root --records records
get='--method GET --path /v1/agents/a_1'
post='--method POST --path /v1/agents/a_1/pacts/p%20q'
# may TOKEN NAME ARGUMENT...; maynot TOKEN NAME REASON ARGUMENT...
may() {
    from=$1 call=$2
    shift 2
    granted "$call" routes authorize --routes table.json --root-key-file root --records records "$@" < "$from"
}
maynot() {
    from=$1 call=$2 reason=$3
    shift 3
    denied "$call" "$reason" routes authorize --routes table.json --root-key-file root --records records "$@" < "$from"
    says "$call: nothing was matched" ',"route":null,"parameters":[]}'
}
# shellcheck disable=SC2086
{
    may both 'read' $get --org org_1 --owner org_1
    says 'read: what was matched' ',"route":1,"parameters":["a_1"]}'
    may both 'read, of any org' $get --owner org_1
    may both 'change' $post --org org_1 --owner org_1
    says 'change: what was matched' ',"route":2,"parameters":["a_1","p%20q"]}'
    may reader 'read only' $get --org org_1 --owner org_1
    may page 'read, from a browser' $get --org org_1 --owner org_1 --browser
    may /dev/null 'a public route' --method GET --path /v1/health
    says 'a public route: no parameters' ',"route":0,"parameters":[]}'
    may other 'what no org owns' --method GET --path /v1/orgs --org org_2
    maynot other 'an org that is not the one that was said' key.org_mismatch $get --org org_1 --owner org_2
    maynot both 'an org that is not the one that was said, where the owner would do' key.org_mismatch $get --org org_2 --owner org_1
    maynot /dev/null 'an org, and nobody of it' key.malformed --method GET --path /v1/health --org org_1
    maynot both 'no org at all' key.org_unspecified $get --org '' --owner org_1
    maynot other 'the resource of another org' route.owner_mismatch $get --owner org_1
    maynot both 'the resource of nobody known' route.owner_unspecified $get --org org_1
    maynot reader 'a scope that is missing' key.scope_missing $post --org org_1 --owner org_1
    maynot page 'a change by a key of use any' key.mutation $post --org org_1 --owner org_1
    maynot both 'a server key from a browser' key.browser $get --org org_1 --owner org_1 --browser
    maynot both 'the same, without an org' key.browser $get --owner org_1 --browser
    maynot /dev/null 'no token' key.malformed $get --owner org_1
    maynot both 'a live key elsewhere' key.environment $get --owner org_1 --mode staging
    maynot both 'no such route' route.unlisted --method GET --path /v1/agents --owner org_1
    maynot both 'no such method' route.unlisted --method DELETE --path /v1/agents/a_1 --owner org_1
    maynot both 'a method in small letters' route.unlisted --method get --path /v1/agents/a_1 --owner org_1
    maynot both 'an empty method' route.unlisted --method '' --path /v1/agents/a_1 --owner org_1
    for path in '' v1/agents/a_1 /v1//agents/a_1 /v1/x/../agents/a_1 /v1/agents/a_1%2f /v1/agents/%61 '/v1/agents/a_1?x' '/v1/agents/é' \
        "/v1/agents/$(printf '%05000d' 0)"; do
        maynot both "the path $(printf '%.30s' "$path")" route.path_refused --method GET --path "$path" --owner org_1
    done
    maynot /dev/null 'a webhook is judged elsewhere' route.auth_unsupported --method POST --path /v1/hooks --owner org_1
    run "$@" $get --owner org_1 --public < other
    ok 'public: another org looks like nothing there' grep -Eqx '\{"error":"not_found"(,"request_id":"req_[0-9a-f]{32}")?\}' out
    run "$@" $get --owner org_1 --pretty < both
    ok 'pretty' grep -qx 'GRANTED' out
    denied 'no audit' host.audit_failed "$@" $post --owner org_1 --audit /dev/full < both
    may both 'a change' $post --org org_1 --owner org_1 --audit trail
    ok 'the event is named by the route' grep -q '"type":"ai.armalo.audit.agent.updated"' trail
    run key unused --root-key-file root --records records --id "$(sed 's/.*"principal":"\([^"]*\).*/\1/' out)" trail
    ok 'the trail tells what the key never used' grep -q '"unused":\["agents:read"\]}$' out

    # OpenAPI, mended as above.
    sed 's/"x-armalo-class":"mutation"/&,"x-armalo-audit":"agent.updated"/' openapi.json > in
    granted 'OpenAPI: a change' routes authorize --routes in --root-key-file root --records records --method POST \
        --path /v1/agents/a_1 --owner org_1 < both
    says 'OpenAPI: what was matched' ',"route":1,"parameters":["a_1"]}'

    # Wrong usage.
    for without in --routes --method --path --records --root-key-file; do
        # All the options but this one and its value.
        # shellcheck disable=SC2046
        usage "without $without" $(echo "$@" $get | sed "s,$without [^ ]*,,") < both
        ok "without $without: says so" grep -qF -e "$without is missing" err
    done
    usage 'the token as an argument' "$@" $get "$(cat both)"
    ok 'and is not shown' not grep -qF -f both err
    usage 'standard input for the records' routes authorize --routes table.json --root-key-file root --records - $get < records
    usage 'standard input for the table' routes authorize --routes - --root-key-file root --records records $get < table.json
    usage 'a table that is not there' routes authorize --routes missing --root-key-file root --records records $get < both
    sed -i '3s/agents:read/agents:reap/' records
    usage 'records that were touched' "$@" $get --owner org_1 < both
    ok 'records that were touched: the line' grep -qF -e '--records: line 3: key.record_altered: ' err
    cp good records
    status=0
    "$ARMALO" "$@" $get --owner org_1 < both > /dev/full 2> err || status=$?
    ok 'authorize: a full disk' test $status = 2
}
ok 'the records are as they were' cmp -s records good
ok 'no token in any output' not grep -qF -f tokens everything trail
finish
