#!/bin/sh
# SPDX-License-Identifier: MIT
# armalo webhook verify, sign and schemes. Signatures are computed with Python's hmac, or published by the senders.
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"

# hmac KEY CONTENT-FILE hex|base64
hmac() {
    python3 -c 'import base64, hashlib, hmac, sys
key = sys.argv[1].encode()
if sys.argv[1].startswith("b64:"): key = base64.b64decode(sys.argv[1][4:])
mac = hmac.new(key, open(sys.argv[2], "rb").read(), hashlib.sha256).digest()
print(mac.hex() if sys.argv[3] == "hex" else base64.b64encode(mac).decode())' "$@"
}

# Standard Webhooks' published vectors.
secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
id=msg_p5jXN8AQM9LWM0D4loKWxJek
ts=1614265330
signature='v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
printf '%s' "$secret" > secret
printf '{"test": 2432232314}' > body
printf 'webhook-id: %s\nwebhook-timestamp: %s\nwebhook-signature: %s\n' "$id" "$ts" "$signature" > headers

secret2=whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD
printf '%s' "$secret2" > secret2
printf '{"email":"test@example.com","username":"test_user"}' > body2
printf 'webhook-id: msg_27UH4WbU6Z5A5EzD8u03UvzRbpk\nwebhook-timestamp: 1649367553\n' > headers2
echo 'webhook-signature: v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=' >> headers2

plain=a-plain-secret-of-32-characters-x
printf '%s' "$plain" > plain
printf '%s\n' "$secret" "$secret2" "$plain" > secrets

std='webhook verify --scheme standard --secret-file secret --headers-file headers'

# shellcheck disable=SC2086
{
    granted 'vector 1' $std --now $ts body
    says 'without a store the disposition is unchecked' '"disposition":"unchecked"'
    says 'the delivery id' "\"delivery_id\":\"$id\""
    says 'the timestamp is a number' "\"timestamp\":$ts}"
    says 'an event that was not asked for is null' '"event":null'
    says 'no audit file is labelled' '"audit:off"'
    says 'no store is labelled' '"replay:unchecked"'
    says 'what the signature covers is labelled' '"covers:id","covers:timestamp","covers:body"'
    says 'the time is the one given' '"decided_at":"2021-02-25T15:02:10.000Z"'
    ok 'the members, in their order' python3 -c 'import json, sys
line = open("out").read()
pairs = json.loads(line, object_pairs_hook=lambda p: p)
assert [k for k, _ in pairs] == ["granted", "evidence", "reason", "class", "http_status", "detail", "request_id",
    "decided_at", "mode", "principal", "org", "labels", "disposition", "delivery_id", "event", "timestamp"], pairs'
    granted 'vector 2' webhook verify --scheme standard --secret-file secret2 --headers-file headers2 --now 1649367553 body2
    granted 'svix takes the same headers' webhook verify --scheme svix --secret-file secret --headers-file headers --now $ts body

    # The body, byte for byte.
    granted 'the body from standard input' $std --now $ts < body
    granted 'the body from -' $std --now $ts - < body
    printf '{"test": 2432232315}' > other
    denied 'another body' webhook.signature_mismatch $std --now $ts other
    says 'a denial has no disposition' '"disposition":null,"delivery_id":null,"event":null,"timestamp":null}'
    silent 'a denial does not repeat the id' "$id"
    { cat body; echo; } > other
    denied 'one more line end' webhook.signature_mismatch $std --now $ts other
    denied 'an empty body' webhook.signature_mismatch $std --now $ts /dev/null
    usage 'a body that is not there' $std --now $ts missing
    usage 'a body that is a directory' $std --now $ts .
    usage 'a body that is a directory, without headers' webhook verify --scheme standard --secret-file secret --now $ts .
    usage 'a body that fails to be read' $std --now $ts /proc/self/mem

    # Headers.
    set -- webhook verify --scheme standard --secret-file secret --now $ts
    granted 'headers as options' "$@" --header "webhook-id: $id" --header "webhook-timestamp:$ts" \
        --header "WEBHOOK-Signature: 	 $signature 	" body
    sed 's/$/\r/' headers > crlf
    granted 'headers that end with CRLF' "$@" --headers-file crlf body
    printf '\r\n' >> crlf
    granted 'an empty line ends the headers' "$@" --headers-file crlf body
    printf 'a: b\r\n' >> crlf
    usage 'a line after the empty one' "$@" --headers-file crlf body
    { cat headers; printf 'x-last: no line end'; } > changed
    granted 'a last line without end' "$@" --headers-file changed body
    granted 'headers from standard input' "$@" --headers-file - body < headers
    granted 'half from the file, half from options' "$@" --headers-file headers --header 'X-More:' --header 'x-changed: 2' body
    denied 'a repeated header' webhook.header_repeated "$@" --headers-file headers --header "Webhook-Id: $id" body
    { cat headers; echo "webhook-timestamp: $ts"; } > changed
    denied 'a header repeated in the file' webhook.header_repeated "$@" --headers-file changed body
    denied 'no headers at all' webhook.header_missing "$@" body
    grep -v webhook-signature headers > changed
    denied 'a header missing' webhook.header_missing "$@" --headers-file changed body
    { sed 's/webhook-id/svix-id/' headers; } > changed
    denied 'headers of two families' webhook.header_family_mixed webhook verify --scheme svix --secret-file secret \
        --now $ts --headers-file changed body
    sed 's/v1,.*/v1,/' headers > changed
    run "$@" --headers-file changed body
    ok 'a version without a signature' test $status = 1
    for bad in 'webhook-id' '' ': value' 'webhook-id : x' ' webhook-id: x' 'two words: x' "a: b
c: d" "a: b$(printf '\r')c"; do
        usage "the header '$bad'" "$@" --headers-file headers --header "$bad" body
    done
    echo 'no colon here' >> headers.bad
    usage 'a line without a colon' "$@" --headers-file headers.bad body
    ok 'the line is named' grep -q 'line 1 ' err
    printf 'a: b\0c\n' > headers.bad
    usage 'a NUL in a header' "$@" --headers-file headers.bad body
    printf 'a: b\n folded: c\n' > headers.bad
    usage 'a folded header' "$@" --headers-file headers.bad body
    printf '\n' | cat - headers > headers.bad
    usage 'an empty line first' "$@" --headers-file headers.bad body
    usage 'headers that are not there' "$@" --headers-file missing body
    i=0
    while [ $i -lt 300 ]; do echo "x-$i: 1"; i=$((i + 1)); done | cat - headers > changed
    denied 'too many headers' webhook.headers_too_many "$@" --headers-file changed body

    awk 'BEGIN { for (i = 0; i < 150; i++) printf "x-%d: %07000d\n", i, 0 }' | cat headers - > changed
    usage 'more than a megabyte of headers' "$@" --headers-file changed body
    head -c 1000000 changed > headers.bad
    granted 'nearly a megabyte of headers' "$@" --headers-file headers.bad body

    # Time. The window is 300 seconds either side, both ends included.
    granted 'as late as may be' $std --now $((ts + 300)) body
    denied 'a second later' webhook.timestamp_stale $std --now $((ts + 301)) body
    granted 'as early as may be' $std --now $((ts - 300)) body
    denied 'a second earlier' webhook.timestamp_future $std --now $((ts - 301)) body
    denied 'by the clock of today' webhook.timestamp_stale $std body
    granted 'a wider window' $std --now $((ts + 400)) --tolerance 400 body
    denied 'past the wider window' webhook.timestamp_stale $std --now $((ts + 401)) --tolerance 400 body
    denied 'a narrower window' webhook.timestamp_stale $std --now $((ts + 2)) --tolerance 1 body
    for bad in 0 -1 +5 5s '' ' 5' 05 1e3 86401 9223372036854775808 99999999999999999999; do
        usage "the tolerance '$bad'" $std --now $ts --tolerance "$bad" body
    done
    for bad in '' -1 1614265330.0 0x60 " $ts" 0$ts 18446744075323816946; do
        usage "the time '$bad'" $std --now "$bad" body
    done
    denied 'no time at all' host.clock_unavailable $std --now 0 body
    denied 'after the end of time' host.clock_unavailable $std --now 9007199254740991 body

    # Secrets.
    set -- webhook verify --scheme standard --headers-file headers --now $ts
    printf '%s\n' $secret > s
    granted 'a secret and LF' "$@" --secret-file s body
    printf '%s\r\n' $secret > s
    granted 'a secret and CRLF' "$@" --secret-file s body
    granted 'a secret from standard input' "$@" --secret-file - body < s
    usage 'secret and body both from standard input' "$@" --secret-file - < s
    usage 'secret and headers both from standard input' webhook verify --scheme standard --headers-file - --secret-file - \
        --now $ts body < s
    printf '%s\n\n' $secret > s
    usage 'a secret and two line ends' "$@" --secret-file s body
    printf ' %s' $secret > s
    usage 'a blank and a secret' "$@" --secret-file s body
    : > s
    usage 'an empty secret' "$@" --secret-file s body
    echo > s
    usage 'an empty line for a secret' "$@" --secret-file s body
    echo whsec_c2hvcnQ= > s
    usage 'a short secret' "$@" --secret-file s body
    ok 'the reason is said' grep -q 'webhook.secret_short' err
    echo whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA > s
    usage 'a secret of one repeated byte' "$@" --secret-file s body
    usage 'a secret that is not there' "$@" --secret-file missing body
    usage 'a secret that is a directory' "$@" --secret-file . body
    usage 'a secret that fails to be read' "$@" --secret-file /proc/self/mem body
    usage 'an endless secret' "$@" --secret-file /dev/zero body
    usage 'no secret' "$@" body
    usage 'a secret for a file name' "$@" --secret-file $secret body
    usage 'a secret as an argument' "$@" --secret=$secret body
    granted 'rotation: the new one' "$@" --secret-file secret2 --secret-file secret body
    granted 'rotation: the old one' "$@" --secret-file secret --secret-file secret2 body
    denied 'the wrong secret' webhook.signature_mismatch "$@" --secret-file secret2 body
    usage 'one bad secret among good ones' "$@" --secret-file secret --secret-file s body
    f='--secret-file secret'
    granted 'eight secrets' "$@" $f $f $f $f $f $f $f $f body
    usage 'nine secrets' "$@" $f $f $f $f $f $f $f $f $f body
    # The public key of RFC 8032, 7.1, test 1.
    printf 'whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=' > public
    denied 'a public key where HMAC was sent' webhook.signature_version "$@" --secret-file public body

    # Schemes.
    usage 'no scheme' webhook verify --secret-file secret --headers-file headers --now $ts body
    usage 'an unknown scheme' webhook verify --scheme nosuch --secret-file secret --headers-file headers --now $ts body
    ok 'the reason is said' grep -q 'webhook.scheme_unknown' err
    usage 'no name of a scheme' webhook verify --scheme '' --secret-file secret --headers-file headers --now $ts body
    cat > own.json << 'END'
{"v":1,"name":"own","headers":[{"id":"x-id","timestamp":"x-time","signature":"x-sig","event":"x-event"}],
 "signatures":[{"prefix":"s=","algorithm":"hmac-sha256","encoding":"hex","content":"{id}:{timestamp}:{body}"}],
 "secret":{"encoding":"raw","min_bytes":16},"tolerance_s":60}
END
    printf '\000\377\r\n{"a":"\xc3\x28"}\000' > binary
    { printf 'd-1:1700000000:'; cat binary; } > content
    printf 'X-Id: d-1\nX-Time: 1700000000\nX-Event: order.paid\nX-Sig: s=%s\n' "$(hmac $plain content hex)" > own.headers
    set -- webhook verify --secret-file plain --headers-file own.headers --now 1700000060
    granted 'a scheme of our own, a binary body' "$@" --scheme own.json binary
    cp own.json own
    granted 'a file by its path' "$@" --scheme ./own binary
    usage 'without a path it is the name of a preset' "$@" --scheme own binary
    denied 'its own window' webhook.timestamp_stale "$@" --scheme own.json --tolerance 59 binary
    usage 'a scheme that is not there' "$@" --scheme ./missing binary
    for bad in '' '{' '[]' '{"v":1}' '{"v":1,"v":1}'; do
        printf '%s' "$bad" > bad.json
        usage "the scheme '$bad'" "$@" --scheme bad.json binary
    done
    sed 's/"v":1,/"v":1,"unknown":1,/' own.json > bad.json
    usage 'a scheme with an unknown member' "$@" --scheme bad.json binary
    usage 'an endless scheme' "$@" --scheme /dev/zero binary

    # Events.
    granted 'an event of the list' "$@" --scheme own.json --event order.made --event order.paid binary
    says 'the event is named' '"event":"order.paid"'
    says 'and labelled, since it is not signed' '"event:unsigned"'
    denied 'another event' webhook.event_not_allowed "$@" --scheme own.json --event order.made binary
    silent 'a denial names no event' '"event":"order.paid"'
    usage 'an empty event' "$@" --scheme own.json --event '' binary
    denied 'no event in the body' webhook.event_missing $std --now $ts --event test body

    # The size of a body.
    size=$(wc -c < body)
    granted 'as large as may be' $std --now $ts --max-body "$size" body
    denied 'a byte larger' webhook.body_too_large $std --now $ts --max-body $((size - 1)) body
    denied 'an endless body' webhook.body_too_large $std --now $ts /dev/zero
    for bad in 0 -1 1k; do usage "the size '$bad'" $std --now $ts --max-body "$bad" body; done
    head -c 3000000 /dev/zero > large
    { printf 'big.%s.' $ts; cat large; } > content
    printf 'webhook-id: big\nwebhook-timestamp: %s\nwebhook-signature: v1,%s\n' $ts \
        "$(hmac b64:${secret#whsec_} content base64)" > changed
    set -- webhook verify --scheme standard --secret-file secret --headers-file changed --now $ts
    denied 'larger than the default' webhook.body_too_large "$@" large
    granted 'a large body that is allowed' "$@" --max-body 3000000 large
    granted 'a large body by a pipe' "$@" --max-body 9007199254740991 < large

    # GitHub and Stripe, as their documents say.
    printf 'sha256=%s' "$(hmac $plain binary hex)" > sig
    set -- webhook verify --scheme github --secret-file plain --header 'X-GitHub-Delivery: 72d3162e' \
        --header "X-Hub-Signature-256: $(cat sig)"
    granted 'github' "$@" binary
    says 'github signs no time' '"freshness:not_provided"'
    says 'github does not sign the id' '"delivery_id:unsigned"'
    says 'so there is no timestamp' '"timestamp":null}'
    printf '{"id":"evt_1","type":"charge.paid"}' > stripe
    { printf '%s.' $ts; cat stripe; } > content
    set -- webhook verify --scheme stripe --secret-file secret --now $ts \
        --header "Stripe-Signature: t=$ts,v1=$(hmac $secret content hex)" stripe
    granted 'stripe' "$@"
    says 'stripe is compatibility' '"compatibility"'
    says 'the id of the body' '"delivery_id":"evt_1","event":null,'
    granted 'stripe, with events' "$@" --event charge.paid
    says 'the event of the body' '"event":"charge.paid"'

    # Modes.
    granted 'simulation' $std --now $ts --mode simulation body
    says 'simulation is labelled' '"mode:simulation"'
    says 'simulated evidence' '"evidence":"simulated"'
    granted 'dry run' $std --now $ts --mode dry_run body
    says 'dry run is labelled' '"mode:dry_run"'
    granted 'staging' $std --now $ts --mode staging body
    says 'staging is labelled' '"mode:staging"'
    granted 'production' $std --now $ts --mode production body
    for bad in '' prod Production unset; do usage "the mode '$bad'" $std --now $ts --mode "$bad" body; done

    # The public view: the class, and nothing else.
    run $std --now $ts --public body
    ok 'public: granted' test "$status $(sed 's/"req_[0-9a-f]*"/ID/' out)" = '0 {"status":"ok","request_id":ID}'
    run $std --now $ts --public other
    ok 'public: denied' test "$status $(cat out)" = '1 {"error":"unauthorized"}'
    cp out unauthorized
    run $std --now $((ts + 301)) --public body
    ok 'public: another reason, the same bytes' cmp -s out unauthorized
    run $std --now $ts --public /dev/zero
    ok 'public: too large' test "$status $(cat out)" = '1 {"error":"too_large"}'

    # The table.
    run $std --now $ts --pretty body
    ok 'pretty: granted' test "$status $(head -n 1 out)" = '0 GRANTED'
    ok 'pretty: a row' grep -q "^delivery_id  *$id\$" out
    ok 'pretty: no empty row' not grep -q ' $' out
    ok 'pretty: no colour in a file' not grep -q "$(printf '\033')" out
    run $std --now $ts --pretty other
    ok 'pretty: denied' test "$status $(head -n 1 out)" = '1 DENIED'
    usage 'pretty and public' $std --now $ts --pretty --public body
    cat > terminal.py << 'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
out = b""
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    out += data
sys.stdout.buffer.write(out)
END
    unset NO_COLOR
    python3 terminal.py "$ARMALO" $std --now $ts --pretty body > out
    ok 'a terminal gets colour' grep -q "$(printf '\033')" out
    python3 terminal.py "$ARMALO" $std --now $ts body > out
    ok 'without --pretty it gets the line' grep -q '^{"granted":true,' out
    NO_COLOR=1 python3 terminal.py "$ARMALO" $std --now $ts --pretty body > out
    ok 'NO_COLOR: none' not grep -q "$(printf '\033')" out
    ok 'NO_COLOR: the table' grep -q '^GRANTED' out

    # An answer that nobody can read is no answer.
    status=0
    "$ARMALO" $std --now $ts body > /dev/full 2> err || status=$?
    ok 'a full disk' test $status = 2
    status=0
    "$ARMALO" $std --now $ts body >&- 2> err || status=$?
    ok 'a closed standard output' test $status = 2
    status=0
    "$ARMALO" $std --now $ts <&- > out 2> err || status=$?
    ok 'a closed standard input' test "$status $(wc -c < out)" = '2 0'

    # The audit file.
    granted 'an audit file' $std --now $ts --audit audit body
    silent 'audit:off is gone' 'audit:off'
    denied 'a denial is an event too' webhook.signature_mismatch $std --now $ts --audit audit other
    ok 'only for its owner' test "$(stat -c %a audit)" = 600
    ok 'one event a line' python3 -c 'import json
events = [json.loads(line) for line in open("audit")]
assert [(e["specversion"], e["type"], e["data"]["decision"]["granted"]) for e in events] == [
    ("1.0", "ai.armalo.audit.webhook.verify", True), ("1.0", "ai.armalo.audit.webhook.verify", False)], events'
    denied 'no audit, no grant' host.audit_failed $std --now $ts --audit /dev/full body
    usage 'an audit file that cannot be' $std --now $ts --audit missing/audit body
    usage 'an audit file without a name' $std --now $ts --audit - body

    # sign.
    run webhook sign --scheme standard --secret-file secret --id $id --now $ts body
    ok 'sign: the published headers' test "$status $(cat out)" = "0 $(cat headers)"
    run webhook sign --scheme standard --secret-file secret --id $id --now $ts < body
    ok 'sign: standard input' test "$status $(cat out)" = "0 $(cat headers)"
    run webhook sign --scheme standard --secret-file secret --secret-file secret2 --id $id --now $ts body
    { printf '%s.%s.' $id $ts; cat body; } > content
    ok 'sign: one signature for each secret' test "$(tail -n 1 out)" = \
        "webhook-signature: $signature v1,$(hmac b64:${secret2#whsec_} content base64)"
    run webhook sign --scheme github --secret-file plain --id d-2 binary
    ok 'sign: github' test "$(cat out)" = "x-github-delivery: d-2
x-hub-signature-256: $(cat sig)"
    printf 'v0:%s:' $ts | cat - binary > content
    run webhook sign --scheme slack --secret-file plain --now $ts binary
    ok 'sign: slack, which has no id' test "$(cat out)" = "x-slack-request-timestamp: $ts
x-slack-signature: v0=$(hmac $plain content hex)"
    run webhook sign --scheme own.json --secret-file plain --id d-1 --now 1700000000 binary
    ok 'sign: a scheme of our own' test "$(grep -v -i x-event own.headers | tr '[:upper:]' '[:lower:]')" = "$(cat out)"
    denied 'sign: no id' webhook.id_invalid webhook sign --scheme standard --secret-file secret --now $ts body
    denied 'sign: an id with a dot' webhook.id_invalid webhook sign --scheme standard --secret-file secret --id a.b body
    denied 'sign: an endless body' webhook.body_too_large webhook sign --scheme standard --secret-file secret --id a /dev/zero
    denied 'sign: with a public key' webhook.cannot_sign webhook sign --scheme standard --secret-file public --id a body
    usage 'sign: a short secret' webhook sign --scheme standard --secret-file body --id a body
    usage 'sign: no scheme' webhook sign --secret-file secret --id a body
    usage 'sign: an option of verify' webhook sign --scheme standard --secret-file secret --id a --store s body

    # schemes.
    run webhook schemes
    ok 'schemes: the presets' python3 -c 'import json
names = [s["name"] for s in json.load(open("out"))]
assert names == ["standard", "svix", "whop", "armalo", "github", "slack", "shopify", "hook0", "stripe"], names'
    python3 -c 'import json; json.dump([s for s in json.load(open("out")) if s["name"] == "standard"][0], open("copy.json", "w"))'
    granted 'schemes: a preset copied into a file' webhook verify --scheme copy.json --secret-file secret \
        --headers-file headers --now $ts body
    usage 'schemes: takes no file' webhook schemes body
}

ok 'no secret in any output or event' not grep -qF -f secrets everything audit
finish
