#!/bin/sh
# SPDX-License-Identifier: MIT
# armalo webhook verify --store: a delivery is processed once, and one that could not be settled is not processed.
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"

# A published vector of Standard Webhooks.
ts=1614265330
printf 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' > secret
printf '{"test": 2432232314}' > body
printf 'webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\nwebhook-timestamp: %s\n' $ts > headers
echo 'webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' >> headers
set -- webhook verify --scheme standard --secret-file secret --headers-file headers

granted 'first' "$@" --now $ts --store a body
says 'first: process' '"disposition":"process"'
silent 'first: replay is checked' 'replay:unchecked'
granted 'again' "$@" --now $ts --store a body
says 'again: duplicate' '"disposition":"duplicate"'
granted 'later' "$@" --now $((ts + 299)) --store a body
says 'later: duplicate' '"disposition":"duplicate"'
granted 'another store' "$@" --now $ts --store b body
says 'another store: process' '"disposition":"process"'
run "$@" --now $ts --store b --public body
ok 'public: a duplicate is acknowledged' test "$status $(sed 's/"req_[0-9a-f]*"/ID/' out)" = '0 {"status":"ok","request_id":ID}'

# What is not granted, and what ends with 2, claims nothing.
denied 'another body' webhook.signature_mismatch "$@" --now $ts --store c secret
denied 'too late' webhook.timestamp_stale "$@" --now $((ts + 301)) --store c body
denied 'no audit' host.audit_failed "$@" --now $ts --store c --audit /dev/full body
usage 'no body' "$@" --now $ts --store c missing
usage 'a bad secret' "$@" --secret-file body --now $ts --store c body
usage 'a bad header' "$@" --header bad --now $ts --store c body
usage 'a bad option' "$@" --now $ts --store c --no-such-option body
rm -f probe
granted 'and then it is granted' "$@" --now $ts --store c --audit probe body
says 'and processed' '"disposition":"process"'
ok 'the audit has the decision' grep -q '"type":"ai.armalo.audit.webhook.verify"' probe

# A store that cannot be opened is configuration.
usage 'a store that cannot be' "$@" --now $ts --store missing/a body
usage 'a store that is a directory' "$@" --now $ts --store . body
usage 'a store without a name' "$@" --now $ts --store '' body
usage 'a store for standard input' "$@" --now $ts --store - body
head -c 8192 /dev/urandom > junk
cp junk junk.before
usage 'a store that is no database' "$@" --now $ts --store junk body
ok 'it is left alone' cmp -s junk junk.before
python3 -c 'import sqlite3
c = sqlite3.connect("foreign"); c.execute("create table t (x)"); c.execute("pragma user_version = 77"); c.commit()'
usage 'the database of something else' "$@" --now $ts --store foreign body

# One that fails later is a denial, and the line does not say process.
damage() { # FILE SQL
    python3 -c 'import sqlite3, sys
c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()' "$@"
}
denied 'a store without claims' webhook.timestamp_stale "$@" --now $((ts + 301)) --store unclaimable body
damage unclaimable 'delete from token'
denied 'a claim that fails' webhook.store_unavailable "$@" --now $ts --store unclaimable body
silent 'a claim that fails: no disposition' '"process"'

# Another published delivery is settled; then no second one can be.
printf 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' > secret2
printf '{"email":"test@example.com","username":"test_user"}' > body2
granted 'another delivery' webhook verify --scheme standard --secret-file secret2 --now 1649367553 --store unsettled \
    --header 'webhook-id: msg_27UH4WbU6Z5A5EzD8u03UvzRbpk' --header 'webhook-timestamp: 1649367553' \
    --header 'webhook-signature: v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=' body2
damage unsettled 'create unique index one on delivery (done) where done = 1'
denied 'a settlement that fails' webhook.store_unavailable "$@" --now $ts --store unsettled body
says 'a settlement that fails: no disposition' '"disposition":null,"delivery_id":null,"event":null,"timestamp":null}'
granted 'while the claim is held' "$@" --now $ts --store unsettled body
says 'while the claim is held: in progress' '"disposition":"in_progress"'
damage unsettled 'drop index one'
granted 'when the claim has lapsed' "$@" --now $((ts + 60)) --store unsettled body
says 'when the claim has lapsed: process' '"disposition":"process"'

# Many at once: one of them processes it.
i=0
while [ $i -lt 12 ]; do
    "$ARMALO" "$@" --now $ts --store many body > many.$i 2> many.err.$i &
    i=$((i + 1))
done
wait
cat many.[0-9]* > out
cat many.err.* > err
ok 'at once: one processes it' test "$(grep -c '"disposition":"process"' out)" = 1
ok 'at once: every other one is told' test "$(grep -c '"disposition":"[di]' out)" = 11
finish
