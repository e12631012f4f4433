#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh BUILD-DIRECTORY: send real deliveries to a real receiver, and compare each answer with what it must be.
# Exit status 0 only if every one came out as it must. The signatures are made with openssl, not with this library.
set -u
export LC_ALL=C
receiver=${1:?usage: demo.sh BUILD-DIRECTORY}/examples/webhook_receiver
dir=$(mktemp -d "${TMPDIR:-/tmp}/armalo-demo.XXXXXX") || exit 1
pid='' url='' right=0 wrong=0 audited=0
trap '[ -z "$pid" ] || kill "$pid" 2> /dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
mkfifo "$dir/out" && touch "$dir/log" "$dir/audit" "$dir/answers" "$dir/processed" "$dir/expected" || exit 1

bold='' green='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$(printf '\033[1m') green=$(printf '\033[32m') red=$(printf '\033[31m') plain=$(printf '\033[0m')
fi

# start ARGUMENT...: run the receiver. Its first line says that it listens, and where: no need to wait or to guess.
start() {
    "$receiver" "$@" > "$dir/out" 2>> "$dir/log" &
    pid=$! url=''
    exec 3< "$dir/out"
    read -r _ _ address <&3 && url=http://$address/webhook
}
# End it, and read to the end what it processed.
stop() {
    kill "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
    pid=''
    cat <&3 >> "$dir/processed"
    exec 3<&-
}

line() { printf '%-49s  %-32s  %-26s  %-9s  %s\n' "$@"; }
judge() { # IS-RIGHT WHAT ANSWER REASON DISPOSITION
    if [ "$1" = yes ]; then
        right=$((right + 1)) verdict=${green}ok$plain
    else
        wrong=$((wrong + 1)) verdict=${red}WRONG$plain
    fi
    shift
    line "$@" "$verdict"
}

# sign SECRET-FILE ID TIMESTAMP BODY-FILE: the webhook-signature, by the words of Standard Webhooks.
sign() {
    key=$(sed 's/^whsec_//' "$1" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
    { printf '%s.%s.' "$2" "$3" && cat "$4"; } |
        openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A | sed 's/^/v1,/'
}
# compose ID AGE EVENT SECRET-FILE [PADDING]: a delivery, signed AGE seconds ago, in $id, $stamp, $body and $signature.
compose() {
    id=$1 stamp=$(($(date +%s) - $2)) body=$dir/body
    {
        printf '{"type":"%s","data":{"amount":100,"note":"' "$3"
        printf "%${5:-0}s" '' | tr ' ' x
        printf '"}}'
    } > "$body"
    signature=$(sign "$4" "$id" "$stamp" "$body")
}

# expect WHAT ANSWER REASON DISPOSITION [CURL-ARGUMENT...]: send it; right are the answer to the last byte, and the one
# line that the receiver wrote for its operator. A request id in the answer must be the one in that line; it is shown
# as "+id".
expect() {
    what=$1 answer=$2 reason=$3 disposition=$4 before=$(wc -l < "$dir/log")
    shift 4
    [ $# -gt 0 ] ||
        set -- -H "webhook-id: $id" -H "webhook-timestamp: $stamp" -H "webhook-signature: $signature"
    got=$(curl -s -m 20 --noproxy '*' -w '\n%{http_code}' -H 'Content-Type: application/json' -H 'Expect:' \
        --data-binary "@$body" "$@" "$url") || got='no answer'
    printf '%s\n' "$got" >> "$dir/answers"
    tail -n "+$((before + 1))" "$dir/log" > "$dir/line"
    request=$(sed -n 's/.*"request_id":"\([^"]*\)".*/\1/p' "$dir/line")
    got=$(printf '%s\n' "$got" | sed "1s/,\"request_id\":\"$request\"}\$/, +id}/")
    got="${got##*
} ${got%
*}"
    got_reason=$(sed -n 's/.*"reason":"\([^"]*\)".*/\1/p' "$dir/line") got_disposition=$(sed 's/ .*//' "$dir/line")
    is=no
    [ "$got|$got_reason|$got_disposition" = "$answer|$reason|$disposition" ] && is=yes
    judge "$is" "$what" "$got" "$got_reason" "$got_disposition"
    [ "$disposition" != process ] || printf 'processed invoice.paid %s\n' "$id" >> "$dir/expected"
    audited=$((audited + 1))
}
# refused WHAT REASON ARGUMENT...: a receiver that must not start.
refused() {
    what=$1 reason=$2 before=$(wc -l < "$dir/log")
    shift 2
    start "$@"
    stop
    got_reason=$(tail -n "+$((before + 1))" "$dir/log" | sed -n 's/^refused to start .*"reason":"\([^"]*\)".*/\1/p')
    is=no
    [ -z "$url" ] && [ "$got_reason" = "$reason" ] && is=yes
    judge "$is" "$what" "${url:-does not start}" "$got_reason" -
}
part() { printf '\n%s\n' "$bold$1$plain"; }

for name in old new wrong; do
    { printf whsec_ && openssl rand -base64 32; } > "$dir/$name" || exit 1
done
: > "$dir/empty"
ok='200 {"status":"ok", +id}' unauthorized='401 {"error":"unauthorized"}'
unavailable='503 {"error":"unavailable", +id}'

cat << END
A receiver of webhooks (examples/webhook_receiver.c) listens on this machine. It is sent deliveries over HTTP, good ones
and bad ones. The sender learns only the public answer; the reason is written for the operator; and only a delivery
with the disposition "process" is acted on. (+id: the answer also holds the request id, which the operator's line has.
Only a sender who has proved who they are gets it.)

END
line 'what was sent' 'public answer' "operator's reason" 'disposition' '' | sed "s/.*/$bold&$plain/"

part 'One secret; invoice.paid and invoice.voided are allowed'
start -a "$dir/audit" -s "$dir/old" invoice.paid invoice.voided
compose msg_1 0 invoice.paid "$dir/old"
expect 'a good delivery' "$ok" core.granted process
expect 'the same again' "$ok" core.granted duplicate
compose msg_2 0 invoice.paid "$dir/old"
sed 's/100/101/' "$body" > "$dir/changed" # '0' and '1' differ in one bit
body=$dir/changed
expect 'one bit of the body changed' "$unauthorized" webhook.signature_mismatch denied
compose msg_3 301 invoice.paid "$dir/old"
expect 'signed 301 seconds ago, 300 are allowed' "$unauthorized" webhook.timestamp_stale denied
stamp=$(date +%s)
expect 'that one, with a fresh timestamp put on it' "$unauthorized" webhook.signature_mismatch denied
compose msg_4 -400 invoice.paid "$dir/old"
expect 'signed for 400 seconds in the future' "$unauthorized" webhook.timestamp_future denied
compose msg_5 0 invoice.paid "$dir/wrong"
expect 'signed with a wrong secret' "$unauthorized" webhook.signature_mismatch denied
signature=v1,
expect 'a signature of no bytes' "$unauthorized" webhook.signature_length denied
compose msg_6 0 invoice.deleted "$dir/old"
expect 'an event that is not on the allowlist' '403 {"error":"forbidden", +id}' webhook.event_not_allowed denied
compose msg_7 0 invoice.paid "$dir/old"
expect 'no webhook-signature header' "$unauthorized" webhook.header_missing denied \
    -H "webhook-id: $id" -H "webhook-timestamp: $stamp"
expect 'the webhook-id header twice' '400 {"error":"bad_request"}' webhook.header_repeated denied \
    -H "webhook-id: $id" -H "webhook-id: $id" -H "webhook-timestamp: $stamp" -H "webhook-signature: $signature"
room=$((65536 - $(wc -c < "$body")))
compose msg_8 0 invoice.paid "$dir/old" "$room"
expect 'a body of 65536 bytes, the most allowed' "$ok" core.granted process
compose msg_9 0 invoice.paid "$dir/old" $((room + 1))
expect 'a body of one byte more' '413 {"error":"too_large"}' webhook.body_too_large denied
stop

part 'Rotation: restarted with the new secret and the old one'
start -a "$dir/audit" -s "$dir/new" -s "$dir/old" invoice.paid
compose msg_10 0 invoice.paid "$dir/old"
expect 'signed with the old secret' "$ok" core.granted process
compose msg_11 0 invoice.paid "$dir/new"
expect 'signed with the new secret' "$ok" core.granted process
stop
start -a "$dir/audit" -s "$dir/new" invoice.paid
compose msg_12 0 invoice.paid "$dir/old"
expect 'the old one again, when only the new one is left' "$unauthorized" webhook.signature_mismatch denied
stop

part 'What the receiver needs is broken or missing'
start -a "$dir/audit" -s "$dir/old" -n 1 invoice.paid
compose msg_13 0 invoice.paid "$dir/old"
expect 'a good delivery; the store has room for one' "$ok" core.granted process
compose msg_14 0 invoice.paid "$dir/old"
expect 'another one; the store is full' "$unavailable" webhook.store_unavailable denied
stop
start -a /dev/full -s "$dir/old" invoice.paid
compose msg_15 0 invoice.paid "$dir/old"
expect 'a good delivery; the audit file cannot be written' "$unavailable" host.audit_failed denied
audited=$((audited - 1))
stop
refused 'started with an empty secret' webhook.secret_empty -a "$dir/audit" -s "$dir/empty" invoice.paid
refused 'started without a secret' webhook.secret_missing -a "$dir/audit" invoice.paid
refused 'started without an allowlist of events' webhook.events_missing -a "$dir/audit" -s "$dir/old"

# What was acted on is exactly what had to be, every decision left its event, and no secret was written anywhere.
part 'Afterwards'
sed 's/ (.*//' "$dir/processed" > "$dir/got"
is=no
cmp -s "$dir/got" "$dir/expected" && is=yes
judge "$is" 'deliveries processed, each once' "$(wc -l < "$dir/got") of $(wc -l < "$dir/expected")" - -
events=$(grep -c '"type":"ai.armalo.audit.webhook.verify"' "$dir/audit")
is=no
[ "$events" -eq "$audited" ] && is=yes
judge "$is" 'decisions in the audit file, one each' "$events of $audited" - -
is=yes
for name in old new wrong; do
    grep -qF "$(sed 's/^whsec_//' "$dir/$name")" "$dir/log" "$dir/audit" "$dir/answers" "$dir/processed" && is=no
done
judge "$is" 'no secret in any answer, log or audit event' - - -

echo
if [ "$wrong" -eq 0 ] && [ "$right" -gt 0 ]; then
    echo "${green}All $right came out as they must.$plain Only what was proved was acted on, and each thing once."
    exit 0
fi
echo "$red$wrong of $((right + wrong)) came out WRONG.$plain"
exit 1
