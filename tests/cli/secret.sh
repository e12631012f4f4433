#!/bin/sh
# SPDX-License-Identifier: MIT
# armalo webhook secret issue and open: shown once, stored sealed.
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"

# One root key in each of its forms, another key, and keys that are none.
python3 - << 'END'
import base64
key = bytes(range(7, 39))
forms = {"raw": key, "hex": key.hex().encode(), "HEX": key.hex().upper().encode() + b"\r\n",
         "base64": base64.b64encode(key) + b"\n", "another": bytes(range(8, 40)),
         "short": key[:31], "long": key + b"\x00", "short.hex": key[:31].hex().encode(), "odd.hex": key.hex()[:63].encode(),
         "two.ends": key.hex().encode() + b"\n\n", "zero": bytes(32), "zero.hex": b"0" * 64, "empty": b"",
         "url": base64.urlsafe_b64encode(bytes([0xfb]) * 31 + b"\xef"), "bare": base64.b64encode(key)[:43],
         "pad": base64.b64encode(key)[:43] + b"A", "stray": base64.b64encode(key)[:42] + b"5=", "letters": b"g" * 64}
for name, content in forms.items():
    open("key." + name, "wb").write(content)
END
issue='webhook secret issue --endpoint wh_1 --records records --root-key-file'
open='webhook secret open --endpoint wh_1 --records records --root-key-file'
ts=1700000000

# made NAME ARGUMENT...: run what prints a secret, which is not kept among the outputs to search.
made() {
    what=$1
    shift
    status=0
    "$ARMALO" "$@" > out 2> err || status=$?
    ok "$what: exit status 0, nothing on stderr" test "$status $(wc -c < err)" = '0 0'
    ok "$what: one secret of 32 bytes" grep -Eq '^whsec_[A-Za-z0-9+/]{43}=$' out
    ok "$what: and nothing else" test "$(wc -c < out)" = 51
    cat out >> secrets
}
# kept NAME REASON ARGUMENT...: a denial, with an empty standard output.
kept() {
    what=$1 reason=$2
    shift 2
    run "$@"
    ok "$what: exit status 1, nothing on stdout" test "$status $(wc -c < out)" = '1 0'
    ok "$what: $reason" grep -q "^{\"granted\":false,.*\"reason\":\"$reason\"" err
}

# shellcheck disable=SC2086
{
    made 'issue' $issue key.hex --now $ts
    cp out first
    ok 'only for its owner' test "$(stat -c %a records)" = 600
    ok 'the record' python3 -c 'import json
lines = open("records").read().split("\n")
assert len(lines) == 2 and lines[1] == ""
r = json.loads(lines[0])
assert list(r) == ["v", "id", "endpoint", "nonce", "sealed", "created_at", "expires_at"], r
assert r["v"] == 1 and r["id"].startswith("whs_") and r["endpoint"] == "wh_1" and r["expires_at"] is None
assert r["created_at"] == "2023-11-14T22:13:20.000Z", r
open("id", "w").write(r["id"])'
    ok 'the secret is not in the record' not grep -qF -f first records
    for form in raw hex HEX base64; do
        made "open with the $form key" $open key.$form
        ok "open with the $form key: the same secret" cmp -s out first
    done
    made 'the key from standard input' $open - < key.raw
    made 'the records from standard input' webhook secret open --endpoint wh_1 --records - --root-key-file key.raw < records

    # A secret that was issued signs as any other would.
    printf 'd.%s.hello' $ts > content
    printf hello > body
    run webhook sign --scheme standard --secret-file first --id d --now $ts body
    ok 'it signs' grep -qF "$(python3 -c 'import base64, hashlib, hmac
key = base64.b64decode(open("first").read()[6:])
print("webhook-signature: v1," + base64.b64encode(hmac.new(key, open("content", "rb").read(), hashlib.sha256).digest()).decode())')" out

    # Several records in a file.
    made 'issue again' $issue key.raw --now $ts --expires-in 100
    cp out second
    ok 'another secret' not cmp -s first second
    ok 'the first record is still there' test "$(wc -l < records)" = 2
    made 'open the last' $open key.raw --now $((ts + 99))
    ok 'open the last: it is' cmp -s out second
    made 'open by id' $open key.raw --id "$(cat id)"
    ok 'open by id: it is' cmp -s out first
    kept 'an expired record' webhook.secret_record_expired $open key.raw --now $((ts + 100))
    kept 'expired by the clock of today' webhook.secret_record_expired $open key.raw
    usage 'an id that is not there' $open key.raw --id whs_none
    usage 'an endpoint that is not there' webhook secret open --endpoint wh_2 --records records --root-key-file key.raw
    kept 'the record of another endpoint' webhook.secret_record_altered webhook secret open --endpoint wh_2 \
        --records records --root-key-file key.raw --id "$(cat id)"
    kept 'another root key' webhook.secret_record_altered $open key.another --now $ts
    run $open key.another --now $ts --public
    ok 'public: only the class' test "$status $(cat out) $(cat err)" = '1  {"error":"internal"}'

    # Records that were touched.
    cp records good
    sed 's/"wh_1"/"wh_9"/' good > records
    kept 'another endpoint written in' webhook.secret_record_altered webhook secret open --endpoint wh_9 --records records \
        --root-key-file key.raw --now $ts
    sed '2s/"expires_at":"2023/"expires_at":"2099/' good > records
    kept 'a later end written in' webhook.secret_record_altered $open key.raw --now $ts
    for edit in '2s/}$/,"more":1}/' '2s/"v":1/"v":2/' '2s/"v":1/"v":1,"v":1/' '2s/.$//' '2s/.*//' '1s/^/[/' '2s/"endpoint"/"end"/'; do
        sed "$edit" good > records
        usage "malformed by $edit" $open key.raw --now $ts
    done
    sed '1s/"v":1/"v":1,"v":1/' good > records
    usage 'malformed in a line that is not asked for' $open key.raw --now $ts
    printf '%s' "$(cat good)" > records
    usage 'a torn last line' $open key.raw --now $ts
    cp records torn
    usage 'a torn last line is not appended to' $issue key.raw
    ok 'and left as it is' cmp -s records torn
    cp good records
    : > empty
    usage 'no records' webhook secret open --endpoint wh_1 --records empty --root-key-file key.raw
    usage 'a file that is not there' webhook secret open --endpoint wh_1 --records missing --root-key-file key.raw
    usage 'an endless file' webhook secret open --endpoint wh_1 --records /dev/zero --root-key-file key.raw

    # Root keys that are none.
    for form in short long short.hex odd.hex two.ends zero zero.hex empty url bare pad stray letters none; do
        usage "the key '$form'" $open key.$form --now $ts
        usage "the key '$form': nothing is issued" $issue key.$form --now $ts
    done
    usage 'an endless key' $open /dev/zero --now $ts
    usage 'no root key' webhook secret open --endpoint wh_1 --records records
    usage 'issue: no root key' webhook secret issue --endpoint wh_1 --records records

    # What cannot be stored is not shown.
    usage 'issue: no records' webhook secret issue --endpoint wh_1 --root-key-file key.raw
    usage 'issue: no endpoint' webhook secret issue --records records --root-key-file key.raw
    usage 'issue: not a file' webhook secret issue --endpoint wh_1 --records /dev/full --root-key-file key.raw
    usage 'issue: lost' webhook secret issue --endpoint wh_1 --records /dev/null --root-key-file key.raw
    usage 'issue: standard input' webhook secret issue --endpoint wh_1 --records - --root-key-file key.raw
    usage 'issue: a directory' webhook secret issue --endpoint wh_1 --records . --root-key-file key.raw
    for bad in '' 'a b' 'a"b' "$(printf '%064d' 0)"; do
        usage "issue: the endpoint '$bad'" webhook secret issue --endpoint "$bad" --records records --root-key-file key.raw
    done
    for bad in 0 -1 1h 9007199254740991; do usage "issue: the life '$bad'" $issue key.raw --now $ts --expires-in "$bad"; done
    kept 'issue: no audit' host.audit_failed $issue key.raw --audit /dev/full
    # A disk that is full: the limit on the size of files, 512 bytes, stands for it.
    { head -n 1 records; head -n 1 records; } > full
    cp full full.before
    {
        trap '' XFSZ
        ulimit -f 1
        "$ARMALO" webhook secret issue --endpoint wh_1 --records full --root-key-file key.raw 2> /dev/null
        echo "status $?"
    } | cat > out
    : > err
    ok 'issue: a full disk' test "$(cat out)" = 'status 2'
    ok 'issue: a full disk, and no torn record' cmp -s full full.before
    ok 'nothing of this changed the records' cmp -s records good

    made 'an audit file' $issue key.raw --audit audit
    ok 'the event' grep -q '"type":"ai.armalo.audit.webhook.secret.issued"' audit
}

ok 'no secret in any other output, record or event' not grep -qF -f secrets everything records audit
ok 'no root key either' not grep -qF -e "$(cat key.hex)" -e "$(cat key.base64)" everything records audit
finish
