#!/bin/sh
# SPDX-License-Identifier: MIT
# armalo key: tokens shown once, records that are sealed, files that are changed whole or not at all.
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"

# What the format says, written down a second time: libsodium's key derivation is BLAKE2b with the number as salt and the
# context as personalisation; the seal is over the canonical JSON of the record without it.
cat > format.py << 'END'
import hashlib, hmac, json, zlib
ROOT = bytes(range(7, 39))
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
def subkey(number):
    return hashlib.blake2b(key=ROOT, salt=number.to_bytes(16, "little"), person=b"armalo_1".ljust(16, b"\0"),
                           digest_size=32).digest()
def hs256(number, text):
    return "hs256:" + hmac.new(subkey(number), text.encode(), hashlib.sha256).hexdigest()
def check(text):
    value, out = zlib.crc32(text.encode()), ""
    for _ in range(6): value, out = value // 62, BASE62[value % 62] + out
    return out
def digest(token): return hs256(1, token)
def seal(record):
    body = {k: v for k, v in record.items() if k != "seal"}
    return hs256(2, json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
def record(token, **members):
    r = {"v": 1, "id": "key_forged", "org": "org_1", "name": "", "digest": digest(token), "scopes": ["agents:read"],
         "env": "live", "use": "server", "created_at": "2023-01-01T00:00:00.000Z", "not_before": None,
         "expires_at": None, "revoked_at": None, "replaces": None}
    r.update(members)
    r["seal"] = seal(r)
    return r
def line(r): return json.dumps(r, separators=(",", ":"), ensure_ascii=False)
def records(path="records"): return [json.loads(l) for l in open(path, encoding="utf-8").read().split("\n") if l.strip()]
def holds(path="records"):
    text = open(path, encoding="utf-8").read()
    assert text == "" or text.endswith("\n"), "torn"
    for r in records(path):
        assert r["seal"] == seal(r), r
    assert len({r["id"] for r in records(path)}) == len(records(path)), "an id twice"
    return records(path)
END
printf '%s' "$(python3 -c 'from format import *; print(ROOT.hex())')" > root
head -c 32 /dev/urandom > another
ts=1700000000
# python NAME CODE: the code must hold, with what is in format.py.
python() { ok "$1" python3 -c "from format import *
$2"; }

# token NAME ARGUMENT...: run what prints a token, which is kept apart from the outputs to search.
token() {
    what=$1
    shift
    status=0
    timeout -k 1 60 "$ARMALO" "$@" > out 2> err || status=$?
    cat err >> everything
    cat out >> tokens
    ok "$what: exit status 0, nothing on stderr" test "$status $(wc -c < err)" = '0 0'
    ok "$what: one token, and nothing else" grep -Eqx '[a-z0-9]{2,16}_(live|test|sim)_[0-9A-Za-z]{38}' out
    ok "$what: on one line" test "$(wc -l < out)" = 1
}
# kept NAME REASON ARGUMENT...: a denial that leaves standard output empty and the records as they are.
kept() {
    what=$1 reason=$2
    shift 2
    cp records before
    run "$@"
    ok "$what: exit status 1, nothing on stdout" test "$status $(wc -c < out)" = '1 0'
    ok "$what: $reason" grep -q "^{\"granted\":false,.*\"reason\":\"$reason\"" err
    ok "$what: the records are as they were" cmp -s records before
}
# refused NAME ARGUMENT...: exit status 2, and the records are as they were.
refused() {
    cp records before
    usage "$@"
    ok "$what: the records are as they were" cmp -s records before
}
# verify TOKEN-FILE NAME [REASON] -- ARGUMENT...: a grant, or a denial for that reason.
verify() {
    from=$1 call=$2 reason=$3
    shift 3
    [ "$reason" = -- ] || shift
    if [ "$reason" = -- ]; then
        granted "$call" key verify --root-key-file root --records records "$@" < "$from"
    else
        denied "$call" "$reason" key verify --root-key-file root --records records "$@" < "$from"
    fi
}
set -- --root-key-file root --records records
id_of() { python3 -c 'import sys
from format import *
print(records()[int(sys.argv[1])]["id"])' "$1"; }

# Issuing.
token 'issue' key issue "$@" --org org_1 --scope agents:read --scope pacts:write,agents:write --now $ts
cp out first
first=$(id_of 0)
ok 'only for its owner' test "$(stat -c %a records)" = 600
python 'the record' '
[r] = holds()
token = open("first").read()[:-1]
assert list(r) == ["v", "id", "org", "name", "digest", "scopes", "env", "use", "created_at", "not_before", "expires_at",
                   "revoked_at", "replaces", "seal"], r
assert token.startswith("pk_live_") and token[-6:] == check(token[:-6])
assert r["digest"] == digest(token) and r["id"].startswith("key_")
assert r["org"] == "org_1" and r["name"] == "" and r["env"] == "live" and r["use"] == "server"
assert r["scopes"] == ["agents:read", "agents:write", "pacts:write"], r
assert r["created_at"] == "2023-11-14T22:13:20.000Z"
assert r["not_before"] is r["expires_at"] is r["revoked_at"] is r["replaces"] is None'
token 'issue with everything' key issue "$@" --org org:2 --scope 'trust:read evals:*' --name 'Zoë “ci”' --env test --use any \
    --prefix acme --expires-in 3600 --now $ts
cp out second
second=$(id_of 1)
python 'its record' '
r = holds()[1]
token = open("second").read()[:-1]
assert token.startswith("acme_test_") and token[-6:] == check(token[:-6]) and r["digest"] == digest(token)
assert r["org"] == "org:2" and r["name"] == "Zoë “ci”" and r["env"] == "test" and r["use"] == "any"
assert r["scopes"] == ["evals:*", "trust:read"] and r["expires_at"] == "2023-11-14T23:13:20.000Z"'
token 'a sim key' key issue "$@" --org org_1 --scope agents:read --env sim --now $ts
cp out sim
ok 'the first record is still there' test "$(head -n 1 records | grep -c "$first")" = 1

# Minting from a key.
token 'mint' key issue "$@" --org org_1 --scope agents:read --parent "$first" --now $ts --use any
kept 'mint what the parent has not' key.attenuation key issue "$@" --org org_1 --scope agents:read,keys:write --parent "$first"
kept 'mint for another org' key.attenuation key issue "$@" --org org_2 --scope agents:read --parent "$first"
kept 'mint for another environment' key.attenuation key issue "$@" --org org_1 --scope agents:read --env test --parent "$first"
kept 'outlive the parent' key.attenuation key issue "$@" --org org:2 --scope trust:read --env test --use any \
    --expires-in 3601 --parent "$second" --now $ts
kept 'mint from an expired key' key.expired key issue "$@" --org org:2 --scope trust:read --env test --use any \
    --parent "$second" --now $((ts + 3600))
refused 'mint from a key that is not there' key issue "$@" --org org_1 --scope agents:read --parent key_none

# What is no key.
refused 'no org' key issue "$@" --scope agents:read
refused 'no scope' key issue "$@" --org org_1
refused 'no records' key issue --root-key-file root --org org_1 --scope agents:read
refused 'no root key' key issue --records records --org org_1 --scope agents:read
refused 'an operand' key issue "$@" --org org_1 --scope agents:read x
for bad in '' 'a b' 'ö' 'a/b' "$(printf '%064d' 0)"; do
    refused "the org '$bad'" key issue "$@" --org "$bad" --scope agents:read
done
for bad in '' agents 'Agents:read' '*:*' '*' 'agents:read,' 'agents:read  agents:write' ':read' 'agents:re*'; do
    refused "the scope '$bad'" key issue "$@" --org org_1 --scope "$bad"
done
for bad in '' live2 LIVE production; do refused "the env '$bad'" key issue "$@" --org o --scope a:b --env "$bad"; done
for bad in '' browser ANY; do refused "the use '$bad'" key issue "$@" --org o --scope a:b --use "$bad"; done
for bad in '' p P_ acme_corp aaaaaaaaaaaaaaaaa; do
    refused "the prefix '$bad'" key issue "$@" --org o --scope a:b --prefix "$bad"
done
for bad in "$(printf 'a\nb')" "$(printf '\377')" "$(printf '%0128d' 0)"; do
    refused 'a name that is none' key issue "$@" --org o --scope a:b --name "$bad"
done
for bad in 0 -1 1h 9007199254740991; do refused "the life '$bad'" key issue "$@" --org o --scope a:b --expires-in "$bad"; done
refused 'a token where a scope belongs' key issue "$@" --org o --scope "$(cat first)"
kept 'no audit' host.audit_failed key issue "$@" --org o --scope a:b --audit /dev/full

# Where it cannot be kept it is not shown.
set -- --root-key-file root --org org_1 --scope agents:read
usage 'a disk that is full' key issue "$@" --records /dev/full
usage 'a disk that forgets' key issue "$@" --records /dev/null
usage 'standard input' key issue "$@" --records -
usage 'standard input by another name' key issue "$@" --records /dev/stdin < /dev/null
usage 'no name' key issue "$@" --records ''
usage 'a directory' key issue "$@" --records .
usage 'a directory that is not there' key issue "$@" --records missing/records
# A record of another root key would make a host refuse the whole file.
refused 'the records of another root key' key issue --root-key-file another --org org_1 --scope agents:read --records records
ok 'it names the line' grep -qF -e '--records: line 1: key.record_altered' err
set -- --root-key-file root --records records

# Verifying.
verify first 'who is it' --
says 'who is it: the key' "\"principal\":\"$first\",\"org\":\"org_1\""
verify first 'of this org' -- --org org_1
verify first 'with a scope' -- --org org_1 --scope agents:write
verify first 'with several' -- --scope agents:write --scope pacts:write,agents:read
verify first 'a mutation' -- --org org_1 --scope agents:write --mutation
verify first 'of another org' key.org_mismatch -- --org org_2
verify first 'of no org' key.org_unspecified -- --org ''
verify first 'with a scope it has not' key.scope_missing -- --scope keys:write
verify first 'with one of two' key.scope_missing -- --scope agents:read,keys:write
verify first 'with a scope that is none' key.scope_invalid -- --scope agents
verify first 'with an empty scope' key.scope_invalid -- --scope ''
verify first 'with an empty scope more' key.scope_invalid -- --scope agents:read --scope ''
verify first 'a mutation of what?' key.scope_unspecified -- --mutation
verify first 'from a browser' key.browser -- --browser
verify first 'a live key in staging' key.environment -- --mode staging
verify second 'a test key in production' key.simulated -- --now $ts
verify second 'a test key at home' -- --now $ts --mode staging --org org:2 --scope evals:write
says 'a test key at home: positive' '"evidence":"positive"'
verify second 'a test key in a simulation' -- --now $ts --mode simulation
says 'a test key in a simulation: simulated' '"evidence":"simulated"'
verify second 'from a browser, to read' -- --now $ts --mode staging --browser
verify second 'from a browser, to change' key.browser -- --now $ts --mode staging --browser --mutation --scope evals:write
verify second 'of use any, to change' key.mutation -- --now $ts --mode staging --mutation --scope evals:write
verify second 'just before its end' -- --now $((ts + 3599)) --mode staging
verify second 'at its end' key.expired -- --now $((ts + 3600)) --mode staging
verify sim 'a sim key' -- --now $ts --mode dry_run
run key verify "$@" --public --org org_2 < first
ok 'public: only the class' grep -Eqx '\{"error":"unauthorized","request_id":"req_[0-9a-f]{32}"\}' out
printf 'pk_live_%038d' 0 > typo
run key verify "$@" --public < typo
ok 'public: a stranger gets no request id' test "$status $(cat out)" = '1 {"error":"unauthorized"}'
run key verify "$@" --pretty < first
ok 'pretty' grep -qx 'GRANTED' out

# The token as it is read.
verify typo 'mistyped' key.checksum --
python3 -c 'from format import *
t = open("first").read().strip()
other = "pk_live_" + "A" * 32
for name, text in {"unended": t, "crlf": t + "\r\n", "two.ends": t + "\n\n", "led": " " + t, "empty": "", "end": "\n",
                   "nul": t + "\0", "bearer": "Bearer " + t, "unknown": other + check(other) + "\n", "long": t * 200}.items():
    open("token." + name, "w", newline="").write(text)'
verify token.unended 'without a line end' --
verify token.crlf 'with CRLF' --
verify token.unknown 'unknown' key.unknown --
for bad in two.ends led empty end nul bearer long; do verify token.$bad "a token: $bad" key.malformed --; done
verify /dev/zero 'an endless token' key.malformed --
usage 'verify: no records' key verify --root-key-file root < first
usage 'verify: no root key' key verify --records records < first
usage 'verify: the token as an argument' key verify "$@" "$(cat first)"
ok 'and is not shown' not grep -qF -f first err
usage 'verify: standard input for both' key verify --root-key-file root --records - < records
usage 'verify: records that are not there' key verify --root-key-file root --records missing < first
usage 'verify: a directory' key verify --root-key-file root --records . < first
usage 'verify: endless records' key verify --root-key-file root --records /dev/zero < first
usage 'verify: another root key' key verify --root-key-file another --records records < first
ok 'verify: another root key: the line' grep -qF -e '--records: line 1: key.record_altered' err
verify first 'no audit' host.audit_failed -- --audit /dev/full
: > empty
denied 'no keys at all' key.unknown key verify --root-key-file root --records empty < first

# Listing.
run key list "$@"
ok 'list' test "$status $(wc -c < err)" = '0 0'
python 'list: what is said of each key, and no more' '
shown = records("out")
members = "id org name scopes env use created_at not_before expires_at revoked_at replaces".split()
assert shown == [{m: r[m] for m in members} for r in records()] and len(shown) == 4
assert all(list(r) == members for r in shown)'
run key list --root-key-file root --records - < records
ok 'list: standard input' test "$status $(wc -l < out)" = '0 4'
run key list --root-key-file root --records empty
ok 'list: no keys' test "$status $(wc -c < out)" = '0 0'
run key list "$@" --public
ok 'list: the public view' test "$status $(cat out)" = '0 {"status":"ok"}'
run key list "$@" --audit /dev/full
ok 'list: no audit' test "$status $(wc -c < out) $(grep -c host.audit_failed err)" = '1 0 1'
status=0
"$ARMALO" key list "$@" > /dev/full 2> err || status=$?
ok 'list: a full disk' test $status = 2

# Records that were touched: nothing is shown, and nothing is changed.
cp records good
touched() { # NAME LINE REASON
    for command in list verify "rotate --id $first" "revoke --id $first" 'issue --org org_1 --scope agents:read' "unused --id $first"; do
        # shellcheck disable=SC2086
        refused "$1: ${command%% *}" key $command --root-key-file root --records records < /dev/null
        ok "$1: ${command%% *}: line $2" grep -qF -e "--records: line $2: $3: " err
    done
    cp good records
}
sed -i '2s/trust:read/trust:reap/' records
touched 'a scope written in' 2 key.record_altered
sed -i '2s/"expires_at":"2023/"expires_at":"2099/' records
touched 'a later end written in' 2 key.record_altered
sed -i '3s/}$/,"more":1}/' records
touched 'a member too many' 3 key.record_malformed
sed -i '1s/"v":1/"v":1,"v":1/' records
touched 'a member twice' 1 key.record_malformed
sed -i '2s/^/\n{}/' records
touched 'a line that is none' 3 key.record_malformed
{ cat good && head -n 1 good; } > records
touched 'a record twice' 5 key.record_duplicate
for command in "rotate --id $first" "revoke --id $first" 'issue --org org_1 --scope agents:read'; do
    printf '%s' "$(cat good)" > records
    # shellcheck disable=SC2086
    refused "no end of the last line: ${command%% *}" key $command "$@"
done

# Revoking: in a file of another hand, behind a link.
python3 -c 'from format import *
lines = open("good", encoding="utf-8").read().splitlines()
open("records", "w", newline="", encoding="utf-8").write(
    "\r\n".join(["", lines[1], " " + lines[0] + "  ", lines[2]]) + "\r\n\n" + lines[3] + "\n")'
chmod 640 records
ln -s records link
cp records before
inode=$(stat -c %i records)
granted 'revoke' key revoke --root-key-file root --records link --id "$first" --now $((ts + 5))
says 'revoke: which' "\"principal\":\"$first\""
ok 'revoke: the link is one still' test -L link
ok 'revoke: the same mode' test "$(stat -c %a records)" = 640
ok 'revoke: another file, so that who reads the old one reads it whole' test "$(stat -c %i records)" != "$inode"
python 'revoke: one record, and every other byte as it was' '
old, new = (open(p, newline="", encoding="utf-8").read().split("\n") for p in ("before", "records"))
assert old[:2] + old[3:] == new[:2] + new[3:] and new[2].endswith("}\r")
was, now = json.loads(old[2]), json.loads(new[2])
assert now == dict(was, revoked_at="2023-11-14T22:13:25.000Z", seal=now["seal"]) and holds()'
verify first 'a revoked key' key.revoked --
verify first 'a revoked key, before that' key.revoked -- --now $ts
cp records before
inode=$(stat -c %i records)
granted 'revoke again' key revoke "$@" --id "$first" --now $((ts + 9))
ok 'revoke again: nothing new' cmp -s records before
ok 'revoke again: nothing written' test "$(stat -c %i records)" = "$inode"
kept 'mint from a revoked key' key.revoked key issue "$@" --org org_1 --scope agents:read --parent "$first"
kept 'rotate a revoked key' key.revoked key rotate "$@" --id "$first"
cp records before
denied 'revoke: no audit' host.audit_failed key revoke "$@" --id "$second" --audit /dev/full
ok 'revoke: no audit: the records are as they were' cmp -s records before
run key revoke "$@" --id "$second" --public
ok 'revoke: the public view' grep -Eqx '\{"status":"ok".*\}' out
rm records
cp good records

# Rotating.
token 'rotate' key rotate "$@" --id "$first" --now $((ts + 7))
cp out third
third=$(id_of 4)
python 'rotate: the old key ends, a new one is at the end' '
old, new = (open(p, encoding="utf-8").read().splitlines() for p in ("good", "records"))
assert old[1:] == new[1:4] and len(new) == 5
was, now, made = json.loads(old[0]), json.loads(new[0]), json.loads(new[4])
token = open("third").read()[:-1]
assert now == dict(was, expires_at="2023-11-14T22:13:27.000Z", seal=now["seal"]), now
assert made == dict(was, id=made["id"], digest=digest(token), created_at="2023-11-14T22:13:27.000Z", replaces=was["id"],
                    seal=made["seal"]), made
assert made["id"] != was["id"] and token[-6:] == check(token[:-6]) and holds()'
verify first 'the old token, at once' key.expired -- --now $((ts + 7))
verify third 'the new token' -- --org org_1 --scope pacts:write --mutation --now $((ts + 7))
token 'rotate with an overlap' key rotate "$@" --id "$third" --overlap 60 --now $((ts + 10))
cp out fourth
fourth=$(id_of 5)
verify third 'the old token, during the overlap' -- --now $((ts + 69))
verify third 'the old token, after it' key.expired -- --now $((ts + 70))
verify fourth 'the new token, during the overlap' -- --now $((ts + 10))
kept 'rotate what has ended' key.expired key rotate "$@" --id "$first" --now $((ts + 11))
refused 'rotate: too long an overlap' key rotate "$@" --id "$fourth" --overlap 31536001
refused 'rotate: a very long overlap' key rotate "$@" --id "$fourth" --overlap 9007199254740991
kept 'rotate: no audit' host.audit_failed key rotate "$@" --id "$fourth" --audit /dev/full
for command in rotate revoke unused; do
    refused "$command: no id" key $command "$@"
    refused "$command: an id that is not there" key $command "$@" --id key_none < /dev/null
    refused "$command: an empty id" key $command "$@" --id '' < /dev/null
    refused "$command: part of an id" key $command "$@" --id "${first%?}" < /dev/null
    refused "$command: another root key" key $command --root-key-file another --records records --id "$first" < /dev/null
    usage "$command: a file that is not there" key $command --root-key-file root --records missing --id "$first" < /dev/null
    ok "$command: is not made" test ! -e missing
done
for command in rotate revoke; do
    usage "$command: standard input" key $command --root-key-file root --records - --id "$first" < records
    usage "$command: a device" key $command --root-key-file root --records /dev/full --id "$first"
    ln records second.name
    refused "$command: a file with a second name, which would keep the old records" key $command "$@" --id "$third" --now $ts
    rm second.name
done

# A token that cannot be shown is not kept; a revocation is.
for command in "rotate --id $fourth" 'issue --org org_1 --scope agents:read'; do
    cp records before
    status=0
    # shellcheck disable=SC2086
    "$ARMALO" key $command "$@" > /dev/full 2> err || status=$?
    ok "${command%% *}: standard output is full" test $status = 2
    ok "${command%% *}: standard output is full: the records are as they were" cmp -s records before
    # Nobody reads: the pipe's other end is closed before the command is run.
    # shellcheck disable=SC2086
    status=$(python3 -c 'import os, subprocess, sys
r, w = os.pipe()
os.close(r)
print(subprocess.run(sys.argv[1:], stdout=w, stderr=open("err", "w")).returncode)' "$ARMALO" key $command "$@")
    ok "${command%% *}: nobody reads" test "$status" = 2
    ok "${command%% *}: nobody reads: the records are as they were" cmp -s records before
done
cp good records
status=0
"$ARMALO" key revoke "$@" --id "$first" > /dev/full 2> err || status=$?
ok 'revoke: standard output is full' test $status = 2
verify first 'revoke: standard output is full: it is revoked all the same' key.revoked --

# Every step that can fail, fails; and the command is killed at every step.
cat > faults.c << 'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* FAULT_AT="call number": that call of that name fails (FAULT=fail), fails half done (tear), or kills (kill). */
static int fault(const char *call) {
    static int left = -1;
    const char *at = getenv("FAULT_AT"), *what = getenv("FAULT");
    size_t len = strlen(call);
    if (at == NULL || strncmp(at, call, len) != 0 || at[len] != ' ') return 0;
    if (left < 0) left = atoi(at + len + 1);
    if (left == 0 || --left != 0) return 0;
    if (strcmp(what, "kill") == 0) raise(SIGKILL);
    errno = ENOSPC;
    return strcmp(what, "tear") == 0 ? 2 : 1;
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
int fsync(int fd) { return fault("fsync") ? -1 : REAL(fsync)(fd); }
int rename(const char *a, const char *b) { return fault("rename") ? -1 : REAL(rename)(a, b); }
int fchmod(int fd, mode_t mode) { return fault("fchmod") ? -1 : REAL(fchmod)(fd, mode); }
int mkstemp(char *name) { return fault("mkstemp") ? -1 : REAL(mkstemp)(name); }
int fcntl(int fd, int command, ...) {
    va_list args;
    va_start(args, command);
    void *more = va_arg(args, void *);
    va_end(args);
    return command == F_SETLKW && fault("lock") ? -1 : REAL(fcntl)(fd, command, more);
}
ssize_t write(int fd, const void *data, size_t len) {
    static int torn;
    if (torn && fd > 2) return torn = 0, errno = ENOSPC, -1;
    int found = fd > 2 ? fault("write") : 0;
    if (found == 2) torn = 1, len /= 2;
    return found == 1 ? -1 : REAL(write)(fd, data, len);
}
END
ok 'the faults compile' "${CC:-cc}" -shared -fPIC -o faults.so faults.c -ldl
faulty() { # CALL-AND-NUMBER FAULT ARGUMENT...
    at=$1 fault=$2
    shift 2
    status=0
    FAULT_AT=$at FAULT=$fault LD_PRELOAD=$PWD/faults.so ASAN_OPTIONS=verify_asan_link_order=0 \
        timeout -k 1 60 "$ARMALO" "$@" > out 2> err || status=$?
    cat err >> everything
    cat out >> tokens
}
# shellcheck disable=SC2086
for command in "rotate --id $first" "revoke --id $first" 'issue --org org_1 --scope agents:read'; do
    change=${command%% *}
    for at in 'lock 1' 'lock 2' 'mkstemp 1' 'fchmod 1' 'write 1' 'fsync 1' 'rename 1' 'fsync 2'; do
        # An issue appends: one lock, one write, one fsync.
        case "$change $at" in 'issue lock 1' | 'issue write 1' | 'issue fsync 1') ;; issue*) continue ;; esac
        for fault in fail tear; do
            [ $fault = fail ] || [ "$at" = 'write 1' ] || continue
            cp good records
            faulty "$at" $fault key $command "$@" --now $ts
            ok "$change: $at, $fault: exit status 2, a message, nothing on stdout" \
                test "$status $(wc -c < out) $(test -s err; echo $?)" = '2 0 0'
            if [ "$change $at" = 'revoke fsync 2' ]; then
                verify first "$change: $at, $fault: it is revoked all the same" key.revoked --
            else
                ok "$change: $at, $fault: the records are as they were" cmp -s records good
            fi
            ok "$change: $at, $fault: nothing else is left" test -z "$(find . -name 'records.*')"
        done
        cp good records
        faulty "$at" kill key $command "$@" --now $ts
        ok "$change: killed at $at" test "$status $(wc -c < out)" = '137 0'
        case "$change $at" in
        *'fsync 2') python "$change: killed at $at: the new records, whole" \
            'assert holds() and open("records").read() != open("good").read()' ;;
        'issue fsync 1') python "$change: killed at $at: the new record, whole" 'assert len(holds()) == 5' ;;
        *) ok "$change: killed at $at: the records are as they were" cmp -s records good ;;
        esac
        rm -f records.??????
        cp good records
        run key revoke "$@" --id "$first"
        ok "$change: killed at $at: nothing stays locked" test "$status" = 0
    done
done
cp good records
faulty 'fsync 9' fail key rotate "$@" --id "$first" --now $ts
ok 'and without a fault it rotates' test "$status $(wc -l < out) $(wc -l < records)" = '0 1 5'
faulty 'fsync 2' fail key issue --root-key-file root --records made --org org_1 --scope agents:read
ok 'a new file whose name cannot be kept: nothing is issued' test "$status $(wc -c < out) $(wc -c < made)" = '2 0 0'
cp good records
# A record that was torn when the machine stopped is not read over, and nothing is written behind it.
printf '%.100s' "$(head -n 1 good)" >> records
refused 'torn: issue' key issue "$@" --org org_1 --scope agents:read
refused 'torn: list' key list "$@"
ok 'torn: the line' grep -qF -e '--records: line 5: key.record_malformed' err
cp good records

# Many at once: each change finds the file as the one before left it.
i=0
while [ $i -lt 12 ]; do
    "$ARMALO" key issue "$@" --org org_many --scope agents:read --now $ts > many.$i 2> many.err.$i &
    "$ARMALO" key issue --root-key-file root --records fresh --org org_many --scope agents:read > fresh.$i 2>> many.err.$i &
    [ $((i % 4)) != 0 ] || "$ARMALO" key rotate "$@" --id "$first" --overlap 9 --now $ts > turned.$i 2>> many.err.$i &
    [ $((i % 4)) != 1 ] || "$ARMALO" key revoke "$@" --id "$second" --now $ts > revoked.$i 2>> many.err.$i &
    [ $((i % 4)) != 2 ] || "$ARMALO" key list "$@" > listed.$i 2>> many.err.$i &
    i=$((i + 1))
done
wait
cat many.[0-9]* fresh.[0-9]* turned.* >> tokens
cat many.err.* > err
cat err revoked.* listed.* >> everything
ok 'at once: each of them ends well' test ! -s err
python 'at once: not a record is lost' '
import glob
def tokens(pattern): return sorted(digest(open(p).read()[:-1]) for p in glob.glob(pattern))
def kept(path, **want): return sorted(r["digest"] for r in holds(path) if all(r[m] == v for m, v in want.items()))
assert len(tokens("many.[0-9]*")) == 12 and tokens("many.[0-9]*") == kept("records", org="org_many")
assert len(tokens("fresh.[0-9]*")) == 12 and tokens("fresh.[0-9]*") == kept("fresh", org="org_many")
assert len(tokens("turned.*")) == 3 and tokens("turned.*") == kept("records", replaces=records("good")[0]["id"])
assert len(holds()) == 4 + 12 + 3 and holds()[1]["revoked_at"] and holds()[0]["expires_at"]
assert all(4 <= len(records(p)) <= 19 for p in glob.glob("listed.*"))'
ok 'at once: nothing else is left' test -z "$(find . -name 'records.*')"
cp good records

# Least privilege, from the trail of this very command.
verify first 'a read' -- --org org_1 --scope agents:read --audit trail
verify first 'a denial' key.scope_missing -- --scope keys:write --audit trail
verify first 'a denied mutation' key.org_mismatch -- --org org_2 --scope pacts:write --mutation --audit trail
run key unused "$@" --id "$first" trail
ok 'unused' test "$status $(cat out) $(wc -c < err)" = "0 {\"id\":\"$first\",\"unused\":[\"agents:write\",\"pacts:write\"]} 0"
verify first 'a mutation' -- --scope agents:write,pacts:write --mutation --audit trail
run key unused "$@" --id "$first" < trail
ok 'unused: all were used' test "$status $(cat out)" = "0 {\"id\":\"$first\",\"unused\":[]}"
run key unused "$@" --id "$second" trail
ok 'unused: another key' test "$status $(cat out)" = "0 {\"id\":\"$second\",\"unused\":[\"evals:*\",\"trust:read\"]}"
run key unused "$@" --id "$second" --public trail
ok 'unused: the public view' test "$status $(cat out)" = '0 {"status":"ok"}'
echo 'no event' >> trail
usage 'unused: a line that is no event' key unused "$@" --id "$first" trail
ok 'unused: a line that is no event: says so' grep -q key.log_malformed err
usage 'unused: a log that is not there' key unused "$@" --id "$first" missing
usage 'unused: an endless log' key unused "$@" --id "$first" /dev/zero

# Keys that came from elsewhere.
python3 -c 'from format import *
open("old", "w").write("s3cret-of-another-system")
sha = "sha256:" + hashlib.sha256(b"s3cret-of-another-system").hexdigest()
t = open("first").read().strip()
open("records", "w").write(line(record(t)) + "\n" + line(record("", id="key_old", digest=sha)) + "\n")'
verify first 'a record sealed by another implementation' -- --org org_1 --scope agents:read --key-id key_forged
verify old 'a migrated key' -- --org org_1
says 'a migrated key: is labelled' '"key:legacy"'

# Events.
cp good records
rm -f trail
token 'an audit file: issue' key issue "$@" --org org_1 --scope agents:read --audit trail
token 'an audit file: rotate' key rotate "$@" --id "$first" --audit trail
granted 'an audit file: revoke' key revoke "$@" --id "$second" --audit trail
for event in key.loaded key.issued key.rotated key.revoked; do
    ok "the event $event" grep -q "\"type\":\"ai.armalo.audit.$event\"" trail
done

cat tokens first second third fourth sim old | sed '/^$/d' | sort -u > secrets
ok 'there were tokens' test "$(wc -l < secrets)" -gt 35
for file in everything trail good records fresh; do
    ok "no token in $file" not grep -qF -f secrets $file
done
ok 'no root key either' not grep -qF -f root everything trail good records
finish
