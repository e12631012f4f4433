#!/bin/sh
# SPDX-License-Identifier: MIT
# demo_webhooks.sh BUILD-DIRECTORY: send real deliveries to a real receiver, and compare each answer with what it must
# be. Exit status 0 only if every one came out as it must. The signatures are made with openssl, not with this library.
set -u
server=${1:?usage: demo_webhooks.sh BUILD-DIRECTORY}/examples/webhook_receiver
# shellcheck source=examples/demo_lib.sh
. "$(dirname "$0")/demo_lib.sh"
audited=0
touch "$dir/expected" || exit 1

blank=- # in the column of dispositions
line() { printf '%-49s  %-32s  %-26s  %-9s  %s\n' "$@"; }

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

# expect WHAT ANSWER REASON DISPOSITION [CURL-ARGUMENT...]: send it, and compare.
expect() {
    what=$1 answer=$2 reason=$3 disposition=$4
    shift 4
    [ $# -gt 0 ] ||
        set -- -H "webhook-id: $id" -H "webhook-timestamp: $stamp" -H "webhook-signature: $signature"
    ask -H 'Content-Type: application/json' -H 'Expect:' --data-binary "@$body" "$@" "$url/webhook"
    got_disposition=$(sed 's/ .*//' "$dir/line")
    is=no
    [ "$got|$got_reason|$got_disposition" = "$answer|$reason|$disposition" ] && is=yes
    judge "$is" "$what" "$got" "$got_reason" "$got_disposition"
    [ "$disposition" != process ] || printf 'processed invoice.paid %s\n' "$id" >> "$dir/expected"
    audited=$((audited + 1))
}

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
sed 's/ (.*//' "$dir/said" > "$dir/got"
is=no
cmp -s "$dir/got" "$dir/expected" && is=yes
judge "$is" 'deliveries processed, each once' "$(wc -l < "$dir/got") of $(wc -l < "$dir/expected")" - -
events=$(grep -c '"type":"ai.armalo.audit.webhook.verify"' "$dir/audit")
is=no
[ "$events" -eq "$audited" ] && is=yes
judge "$is" 'decisions in the audit file, one each' "$events of $audited" - -
is=yes
for name in old new wrong; do
    grep -qF "$(sed 's/^whsec_//' "$dir/$name")" "$dir/log" "$dir/audit" "$dir/answers" "$dir/said" && is=no
done
judge "$is" 'no secret in any answer, log or audit event' - - -

finish 'Only what was proved was acted on, and each thing once.'
