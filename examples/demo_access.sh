#!/bin/sh
# SPDX-License-Identifier: MIT
# demo_access.sh BUILD-DIRECTORY: ask a real API with good keys and bad ones, and compare each answer with what it must
# be. Exit status 0 only if every one came out as it must. Keys are issued, rotated and revoked with the command.
set -u
server=${1:?usage: demo_access.sh BUILD-DIRECTORY}/examples/agent_api armalo=$1/armalo
here=$(dirname "$0") asked=0
# shellcheck source=examples/demo_lib.sh
. "$here/demo_lib.sh"
table=$here/agent_routes.json

blank='' # no column but those of judge()
line() { printf '%-55s  %-38s  %-32s  %s\n' "$@"; }

key() { command=$1 && shift && "$armalo" key "$command" --root-key-file "$dir/root" --records "$dir/records" "$@"; }
# issue NAME OPTION...: a key. Its bearer's header is in the file NAME, its id in NAME.id.
issue() {
    name=$1
    shift
    key issue --name "$name" "$@" > "$dir/token" || exit 1
    keep "$name"
}
# rotate OLD-NAME NEW-NAME, revoke NAME: the same with a key that there is.
rotate() {
    key rotate --id "$(cat "$dir/$1.id")" --overlap 3600 > "$dir/token" || exit 1
    keep "$2"
}
revoke() { key revoke --id "$(cat "$dir/$1.id")" > "$dir/revoked" || exit 1; }
keep() {
    printf 'Authorization: Bearer %s\n' "$(cat "$dir/token")" > "$dir/$1"
    tail -n 1 "$dir/records" | sed 's/.*"id":"\([^"]*\)".*/\1/' > "$dir/$1.id"
    cat "$dir/token" >> "$dir/tokens"
}

# expect WHAT ANSWER REASON KEY METHOD PATH [CURL-ARGUMENT...]: ask, and compare. KEY is a name, or "-" for no key.
expect() {
    what=$1 answer=$2 reason=$3 key=$4 method=$5 path=$6
    shift 6
    [ "$key" = - ] || set -- -H "@$dir/$key" "$@"
    ask -X "$method" --path-as-is "$@" "$url$path"
    is=no
    [ "$got|$got_reason" = "$answer|$reason" ] && is=yes
    judge "$is" "$what" "$got" "$got_reason"
    asked=$((asked + 1))
}
# reload WHAT ANSWER: the records have changed; tell the server, and compare what it says of them.
reload() {
    kill -HUP "$pid"
    read -r got <&3
    is=no
    [ "$got" = "$2" ] && is=yes
    got_reason=${got#refused }
    [ "$got" != loaded ] || got_reason=core.granted
    judge "$is" "$1" "${got%% *}" "$got_reason"
}
# lint WHAT REASON TABLE: is this table fit for release?
lint() {
    "$armalo" routes lint "$3" > "$dir/lint"
    case $? in 0) got=passed ;; 1) got=blocked ;; *) got='not judged' ;; esac
    got_reason=$(sed -n '1s/.*"reason":"\([^"]*\)".*/\1/p' "$dir/lint")
    is=no
    [ "$got|$got_reason" = "$2" ] && is=yes
    judge "$is" "$1" "$got" "$got_reason"
}

head -c 32 /dev/urandom > "$dir/root"
: > "$dir/records"
ant='200 {"id":"agt_ant","suspended":false}' suspended='200 {"id":"agt_ant","suspended":true}'
unauthorized='401 {"error":"unauthorized"}' known='401 {"error":"unauthorized", +id}'
not_found='404 {"error":"not_found"}' hidden='404 {"error":"not_found", +id}'

cat << END
An API of agents that belong to two orgs (examples/agent_api.c) listens on this machine. It is asked over HTTP, with
good keys and bad ones. The caller learns only the public answer; the reason is written for the operator. (+id: the
answer also holds the request id. Only the bearer of a good key gets it, also when they may not do this.)

END
line 'what was asked' 'public answer' "operator's reason" '' | sed "s/.*/$bold&$plain/"

part 'The release: routes that are not fit to be released do not run'
sed 's/"scopes": \["agents:write"\], //' "$table" > "$dir/unfit"
lint 'a table with a mutation that needs no scope' 'blocked|route.mutation_without_scope' "$dir/unfit"
refused 'the server, started with it all the same' route.mutation_without_scope \
    -a "$dir/audit" -k "$dir/root" -r "$dir/records" -t "$dir/unfit"
lint 'the table with the scope put back' 'passed|' "$table"

part 'One org, its own agents and those of the other'
issue writer --org org_1 --scope agents:read,agents:write
issue reader --org org_1 --scope agents:read
issue other --org org_2 --scope agents:read,agents:write
issue staging --org org_1 --scope agents:read --env test
issue page --org org_1 --scope agents:read,agents:write --use any
issue old --org org_1 --scope agents:read --expires-in 3600 --now $(($(date +%s) - 3601))
start -a "$dir/audit" -k "$dir/root" -r "$dir/records" -t "$table"
expect 'read an agent' "$ant" core.granted writer GET /v1/agents/agt_ant
expect 'suspend it' "$suspended" core.granted writer POST /v1/agents/agt_ant/suspend
expect 'list agents' '200 ["agt_ant","agt_bee"]' core.granted writer GET /v1/agents
expect 'list agents, as the other org' '200 ["agt_cat"]' core.granted other GET /v1/agents
expect "read the other org's agent" "$hidden" route.owner_mismatch writer GET /v1/agents/agt_cat
expect "suspend the other org's agent" "$hidden" route.owner_mismatch writer POST /v1/agents/agt_cat/suspend
expect 'read it as its own org: it was not suspended' '200 {"id":"agt_cat","suspended":false}' core.granted \
    other GET /v1/agents/agt_cat
expect 'read an agent that does not exist' "$hidden" route.owner_unspecified writer GET /v1/agents/agt_dog

part 'Keys that are not good, or not good for this'
expect 'no key' "$unauthorized" key.malformed - GET /v1/agents/agt_ant
expect 'what is no key' "$unauthorized" key.malformed - GET /v1/agents/agt_ant -H 'Authorization: Bearer hunter2'
sed 's/0$/1/; t
s/.$/0/' "$dir/writer" > "$dir/typo"
expect 'a key with a typing error' "$unauthorized" key.checksum typo GET /v1/agents/agt_ant
cp "$dir/records" "$dir/kept"
issue stranger --org org_1 --scope agents:read
cp "$dir/kept" "$dir/records"
expect 'a well-formed key without a record' "$unauthorized" key.unknown stranger GET /v1/agents/agt_ant
expect 'an expired key' "$unauthorized" key.expired old GET /v1/agents/agt_ant
expect 'a test key in production' "$unauthorized" key.simulated staging GET /v1/agents/agt_ant
expect 'a key without the scope: suspend' "$known" key.scope_missing reader POST /v1/agents/agt_ant/suspend
expect 'a server key from a browser: read' "$known" key.browser writer GET /v1/agents/agt_ant \
    -H 'Origin: https://a.test'
expect 'a key for any use from a browser: read' "$suspended" core.granted page GET /v1/agents/agt_ant \
    -H 'Origin: https://a.test'
expect 'a key for any use from a browser: suspend' "$known" key.browser page POST /v1/agents/agt_ant/suspend \
    -H 'Origin: https://a.test'
expect 'a key for any use from a server: suspend' "$known" key.mutation page POST /v1/agents/agt_ant/suspend
expect 'two keys in one request' "$unauthorized" key.malformed writer GET /v1/agents/agt_ant -H "@$dir/other"

part 'Requests that are not in the table'
expect 'a route that is not listed' "$not_found" route.unlisted writer DELETE /v1/agents/agt_ant
expect 'an escaped slash' '400 {"error":"bad_request"}' route.path_refused writer GET /v1/agents%2fagt_ant
expect 'a way up' '400 {"error":"bad_request"}' route.path_refused writer GET /v1/agents/agt_ant/../agt_cat

part 'Keys change while the server runs'
rotate writer fresh
reload 'records with a rotated key' loaded
expect 'the new key' "$suspended" core.granted fresh GET /v1/agents/agt_ant
expect 'the old key, which has an hour left' "$suspended" core.granted writer GET /v1/agents/agt_ant
revoke writer
reload 'records with the old key revoked' loaded
expect 'the old key' "$unauthorized" key.revoked writer GET /v1/agents/agt_ant
cp "$dir/records" "$dir/kept"
sed 's/\["agents:read"\],"env":"live"/["agents:read","agents:write"],"env":"live"/' "$dir/kept" > "$dir/edited"
cp "$dir/edited" "$dir/records"
reload 'records with a scope written into one' 'refused key.record_altered, line 2'
expect 'that key, with that scope: suspend' "$known" key.scope_missing reader POST /v1/agents/agt_ant/suspend
expect 'another key, while the old records stay' "$suspended" core.granted fresh GET /v1/agents/agt_ant
sed '3s/.$//' "$dir/kept" > "$dir/records"
reload 'records of which the third breaks off' 'refused key.record_malformed, line 3'
expect 'its key, while the old records stay' '200 ["agt_cat"]' core.granted other GET /v1/agents
stop

part 'What the server needs is broken or missing'
cp "$dir/kept" "$dir/records"
set -- -k "$dir/root" -t "$table"
refused 'started with an audit file that cannot be written' host.audit_failed "$@" -a /dev/full -r "$dir/records"
refused 'started with records that were edited' key.record_altered "$@" -a "$dir/audit" -r "$dir/edited"
refused 'started without records' core.invalid_argument "$@" -a "$dir/audit"
refused 'started without a root key' host.root_key_invalid -t "$table" -a "$dir/audit" -r "$dir/records"
refused 'started without a table' core.invalid_argument -k "$dir/root" -a "$dir/audit" -r "$dir/records"

# Every decision left its event, and no token was written anywhere but to its bearer.
part 'Afterwards'
events=$(grep -c '"control":"routes"' "$dir/audit")
is=no
[ "$events" -eq "$asked" ] && is=yes
judge "$is" 'requests in the audit file, one each' "$events of $asked" -
is=yes
for name in log audit answers said records kept; do grep -qFf "$dir/tokens" "$dir/$name" && is=no; done
judge "$is" 'no token in any answer, record, log or audit event' - -

finish 'Nobody got at what is not theirs, or not theirs to change.'
