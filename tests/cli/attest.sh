#!/bin/sh
# SPDX-License-Identifier: MIT
# armalo attest: what openssl signed is judged here, and what is signed here is judged by openssl. A key that signs is
# never shown.
credential=$(cd "$(dirname "$0")/../.." && pwd)/examples/attest_credential.json || exit 1
# shellcheck source=tests/cli/prelude
. "$(dirname "$0")/prelude"
now=1795172400 # 2026-11-20T11:00:00Z

# Keys: NAME is the private one, NAME.pub the public one.
key() {
    name=$1
    shift
    openssl genpkey "$@" -out "$name" 2> /dev/null && openssl pkey -in "$name" -pubout -out "$name.pub"
}
for name in one two stranger; do key $name -algorithm ed25519; done
key p256 -algorithm ec -pkeyopt ec_paramgen_curve:P-256
key p384 -algorithm ec -pkeyopt ec_paramgen_curve:P-384
key rsa -algorithm rsa -pkeyopt rsa_keygen_bits:2048
key weak -algorithm rsa -pkeyopt rsa_keygen_bits:1024
openssl ec -in p256 -out sec1 2> /dev/null
openssl pkey -in one -aes256 -passout pass:x -out locked
# What must not be shown: the lines of the private keys, and the seed of the first in three spellings.
grep -hv -e '^-----' one two stranger p256 p384 rsa weak sec1 > secrets
openssl pkey -in one -outform DER | tail -c 32 > seed
{ openssl base64 -A < seed; echo; od -An -v -tx1 seed | tr -d ' \n'; echo; } >> secrets
openssl base64 -A < seed | tr '+/' '-_' | tr -d = >> secrets

# python NAME CODE: the code must hold, with what is here.
cat > format.py << 'END'
import base64, hashlib, json, sys
def line(): return json.loads(open("out", encoding="utf-8").read())
def decode(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def statement(path): return json.loads(base64.b64decode(json.load(open(path))["payload"]))
def sha256(path): return hashlib.sha256(open(path, "rb").read()).hexdigest()
def raw_of(der, size):
    """ECDSA: r || s of a DER sequence of two integers; and back."""
    at, out = 2 if der[1] < 128 else 3, b""
    for _ in range(2):
        out += int.from_bytes(der[at + 2:at + 2 + der[at + 1]], "big").to_bytes(size, "big")
        at += 2 + der[at + 1]
    return out
def der_of(raw):
    out = b""
    for part in (raw[:len(raw) // 2], raw[len(raw) // 2:]):
        number = int.from_bytes(part, "big")
        body = number.to_bytes(number.bit_length() // 8 + 1, "big")
        out += bytes([2, len(body)]) + body
    return bytes([0x30, len(out)]) + out
END
python() { ok "$1" python3 -c "from format import *
$2"; }

# What is signed: a file, and an eval result about it.
echo 'the report' > report
printf 'sha256:%s' "$(openssl dgst -sha256 -r report | cut -d ' ' -f 1)" > report.256
printf 'sha512:%s' "$(openssl dgst -sha512 -r report | cut -d ' ' -f 1)" > report.512
some=sha256:$(printf '%064d' 7)
cat > result.json << END
{"agent":"agt_1", "pact_digest":"$some", "mode":"production",
 "started_at":"2026-11-20T10:00:00Z", "finished_at":"2026-11-20T10:30:00Z",
 "results":[{"type":"latency","actual":1812.50,"samples":120,"method":"deterministic"}],
 "suite":"smoke", "suite_digest":"$some"}
END
type=urn:armalo:eval-result:v1

# sign NAME FILE ARGUMENT...: an envelope, into FILE.
sign() {
    what=$1 to=$2
    shift 2
    run attest sign "$@"
    ok "$what: signed, one line" test "$status $(wc -l < out) $(wc -c < err)" = '0 1 0'
    cp out "$to"
}
# refused NAME REASON ARGUMENT...: exit status 2, for this reason.
refused() {
    call=$1 reason=$2
    shift 2
    usage "$call" "$@"
    ok "$call: $reason" grep -qF -e ": $reason: " err
}
# policy NAME MEMBERS: a policy in NAME.
policy() { printf '{"v":1,%s}\n' "$2" > "$1"; }

sign 'a statement' env.one --key one --predicate-type $type --subject report result.json
python 'the envelope' '
e = json.load(open("env.one"))
assert list(e) == ["payload", "payloadType", "signatures"] and e["payloadType"] == "application/vnd.in-toto+json"
[s] = e["signatures"]
assert list(s) == ["keyid", "sig"] and len(base64.b64decode(s["sig"])) == 64
x = base64.urlsafe_b64encode(base64.b64decode("".join(open("one.pub").read().split("\n")[1:-2]))[-32:]).decode().rstrip("=")
jwk = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"))
assert decode(s["keyid"]) == hashlib.sha256(jwk.encode()).digest()
json.dump({"keys": [{**json.loads(jwk), "kid": "k1"}]}, open("jwks", "w"))
open("thumbprint", "w").write(s["keyid"])'
python 'the statement' "
s = statement('env.one')
assert list(s) == ['_type', 'subject', 'predicateType', 'predicate'] and s['predicateType'] == '$type'
assert s['_type'] == 'https://in-toto.io/Statement/v1'
assert s['subject'] == [{'digest': {'sha256': sha256('report')}}]
text = base64.b64decode(json.load(open('env.one'))['payload']).decode()
assert text.endswith(open('result.json').read() + '}'), 'the predicate as it was given'"
thumbprint=$(cat thumbprint)

# openssl alone judges what was signed here: PAE(type, body), put together in the shell.
pae() {
    sed 's/.*"payload":"\([^"]*\)".*/\1/' "$1" | openssl base64 -d -A > body
    { printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < body)"; cat body; } > message
    sed 's/.*"sig":"\([^"]*\)".*/\1/' "$1" | openssl base64 -d -A > sig
}
pae env.one
ok 'openssl: Ed25519' openssl pkeyutl -verify -rawin -pubin -inkey one.pub -in message -sigfile sig
echo >> message
ok 'openssl: not another message' not openssl pkeyutl -verify -rawin -pubin -inkey one.pub -in message -sigfile sig
for curve in p256 p384; do
    sign "by $curve" env.$curve --key $curve --predicate-type $type --subject report result.json
    pae env.$curve
    python3 -c 'from format import *
der = der_of(open("sig", "rb").read())
open("sig", "wb").write(der)'
    ok "openssl: $curve" openssl dgst -sha${curve#p} -verify $curve.pub -signature sig message
done
sign 'by rsa' env.rsa --key rsa --predicate-type $type --subject report result.json
pae env.rsa
ok 'openssl: RSA-PSS' openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -verify rsa.pub \
    -signature sig message
sign 'by a SEC 1 key' env.sec1 --key sec1 --predicate-type $type --subject report result.json

# Verifying.
policy dsse '"formats":["dsse"],"issuers":["evals.example"],"predicate_types":["'$type'"],"max_age_s":86400,"no_revocation":true'
by='attest verify --trust-of evals.example=one.pub'
std="$by --policy dsse --now $now"
# shellcheck disable=SC2086
{
    granted 'an envelope' $std --subject report env.one
    python 'what is said of it' "
d = json.loads(open('out').read(), object_pairs_hook=lambda p: p)
assert [k for k, _ in d] == ['granted', 'evidence', 'reason', 'class', 'http_status', 'detail', 'request_id', 'decided_at',
    'mode', 'principal', 'org', 'labels', 'format', 'issuer', 'key_id', 'type', 'id', 'signers', 'issued_at', 'expires_at',
    'artifact', 'payload_digest', 'keys'], d
d = dict(d)
assert [dict(k) for k in d['keys']] == [{'owner': 'evals.example', 'key_id': '$thumbprint', 'thumbprint': '$thumbprint'}]
assert d['principal'] == d['issuer'] == 'evals.example' and d['key_id'] == '$thumbprint' and d['labels'] == ['audit:off']
assert d['format'] == 'dsse' and d['type'] == '$type' and d['id'] is None and d['signers'] == 1
assert d['issued_at'] == '2026-11-20T10:30:00.000Z' and d['expires_at'] is None
assert d['artifact'] == 'sha256:' + sha256('env.one') and d['evidence'] == 'positive'
assert d['payload_digest'] == 'sha256:' + hashlib.sha256(base64.b64decode(json.load(open('env.one'))['payload'])).hexdigest()"
    for other in p256 p384 rsa; do
        granted "by $other" attest verify --trust-of evals.example=$other.pub --policy dsse --now $now \
            --subject report env.$other
    done
    granted 'by the SEC 1 key' attest verify --trust-of evals.example=p256.pub --policy dsse --now $now \
        --subject report env.sec1

    # The subject.
    granted 'the subject by its digest' $std --subject "$(cat report.256)" env.one
    denied 'a digest that is not there' attest.subject_mismatch $std --subject "$(cat report.512)" env.one
    denied 'another file' attest.subject_mismatch $std --subject result.json env.one
    says 'a denial says nothing of it' '"format":null,"issuer":null,"key_id":null,"type":null,"id":null,"signers":null,"issued_at":null,"expires_at":null,"artifact":null,"payload_digest":null,"keys":null}'
    denied 'no subject' attest.subject_unspecified $std env.one
    sign 'a statement about several' env.several --key one --predicate-type $type --subject $some \
        --subject "$(cat report.512)" result.json
    granted 'the subject by its SHA-512' $std --subject "$(cat report.512)" env.several
    granted 'a file by its SHA-512' $std --subject report env.several
    granted 'the other subject' $std --subject $some env.several
    denied 'a third one' attest.subject_mismatch $std --subject "$(cat report.256)" env.several
    granted 'the subject from standard input' $std --subject - env.one < report
    sign 'a statement about an empty file' env.empty --key one --predicate-type $type --subject /dev/null result.json
    granted 'an empty file' $std --subject /dev/null env.empty
    denied 'an empty file is not any' attest.subject_mismatch $std --subject /dev/null env.one
    sign 'a statement about its predicate' env.own --key one --predicate-type $type result.json
    python 'its subject is the canonical form' "
import subprocess
canonical = subprocess.run(['$ARMALO', 'json', 'canon', 'result.json'], stdout=subprocess.PIPE).stdout
assert statement('env.own')['subject'] == [{'digest': {'sha256': hashlib.sha256(canonical).hexdigest()}}]"
    cp report sha256:file
    granted 'a file with the name of a digest, by its path' $std --subject ./sha256:file env.one
    usage 'and not without' $std --subject sha256:file env.one
    for bad in sha256: sha512: "${some}0" "${some%?}" "SHA256:${some#sha256:}" "sha256:$(printf '%064d' 0 | tr 0 A)" "sha512:${some#sha256:}" missing . ''; do
        usage "the subject '$bad'" $std --subject "$bad" env.one
        usage "to sign for the subject '$bad'" attest sign --key one --predicate-type $type --subject "$bad" result.json
    done
    usage 'a subject and an id' $std --subject report --subject-id x env.one
    usage 'an empty id' $std --subject-id '' env.one
    denied 'an id is no digest' attest.subject_mismatch $std --subject-id report env.one
    granted 'a digest is an id' $std --subject-id "$(cat report.256)" env.one

    # The artifact.
    granted 'the artifact from standard input' $std --subject report - < env.one
    usage 'no artifact' $std --subject report
    usage 'an artifact that is not there' $std --subject report missing
    usage 'an artifact that is a directory' $std --subject report .
    usage 'an artifact that fails to be read' $std --subject report /proc/self/mem
    usage 'two artifacts' $std --subject report env.one env.one
    denied 'an empty one' attest.size $std --subject report /dev/null
    denied 'an endless one' attest.size $std --subject report /dev/zero
    denied 'what is none' attest.format_unknown $std --subject report report
    denied 'half of one' attest.malformed $std --subject report - << END
$(head -c 200 env.one)
END
    python3 -c 'from format import *
e = json.load(open("env.one"))
p = bytearray(base64.b64decode(e["payload"]))
p[p.index(b"1812")] += 1
json.dump({**e, "payload": base64.b64encode(p).decode()}, open("env.changed", "w"))
s = bytearray(base64.b64decode(e["signatures"][0]["sig"]))
s[0] ^= 1
json.dump({**e, "signatures": [{**e["signatures"][0], "sig": base64.b64encode(s).decode()}]}, open("env.sig", "w"))
json.dump({**e, "signatures": []}, open("env.unsigned", "w"))
json.dump({**e, "payload": "*"}, open("env.encoding", "w"))
json.dump({**e, "signatures": e["signatures"] * 65}, open("env.many", "w"))
json.dump({**e, "protected": ""}, open("env.both", "w"))
json.dump({**e, "payloadType": "application/json"}, open("env.type", "w"))
json.dump(e, open("env.lines", "w"), indent=1)'
    denied 'a byte changed' attest.signature_mismatch $std --subject report env.changed
    denied 'a bit of the signature changed' attest.signature_mismatch $std --subject report env.sig
    denied 'another payload type' attest.signature_mismatch $std --subject report env.type
    denied 'no signature' attest.signature_missing $std --subject report env.unsigned
    denied 'no base64' attest.encoding $std --subject report env.encoding
    denied 'too many signatures' attest.signatures_many $std --subject report env.many
    denied 'of two formats' attest.format_unknown $std --subject report env.both
    granted 'on several lines' $std --subject report env.lines

    # Whose keys.
    sign 'by a stranger' env.stranger --key stranger --predicate-type $type --subject report result.json
    denied 'by a stranger' attest.signer_unknown $std --subject report env.stranger
    says 'who is not believed, and not disproved' '"evidence":"unavailable"'
    sign 'by a stranger with a name' env.named --key stranger --key-id "$thumbprint" --predicate-type $type \
        --subject report result.json
    denied 'by a stranger with the name of a key' attest.signature_mismatch $std --subject report env.named
    denied 'a key without an owner' attest.signer_unknown attest verify --trust one.pub --policy dsse --now $now \
        --subject report env.one
    denied 'a key of another owner' attest.signer_unknown attest verify --trust-of other.example=one.pub \
        --policy dsse --now $now --subject report env.one
    policy keys '"formats":["dsse"],"keys":["'"$thumbprint"'"],"predicate_types":["'$type'"],"any_age":true,"no_revocation":true'
    granted 'a key by its thumbprint' attest verify --trust one.pub --policy keys --subject report env.one
    says 'whose owner nobody said' '"principal":"'"$thumbprint"'"'
    says 'which is null' '"issuer":null'
    denied 'another key' attest.signer_unknown attest verify --trust two.pub --policy keys --subject report env.one
    granted 'several files of keys' attest verify --trust stranger.pub --trust-of a=two.pub \
        --trust-of evals.example=one.pub --policy dsse --now $now --subject report env.one
    cat two.pub one.pub > both.pub
    granted 'several keys in one file' attest verify --trust-of evals.example=both.pub --policy dsse --now $now \
        --subject report env.one
    granted 'a JWKS' attest verify --trust-of evals.example=jwks --policy dsse --now $now --subject report env.one
    says 'its kid' '"key_id":"k1"'
    granted 'keys from standard input' attest verify --trust-of evals.example=- --policy dsse --now $now \
        --subject report env.one < one.pub
    granted 'a file by --trust=' attest verify --trust=one.pub --policy keys --subject report env.one
    sed 's/evals.example/https:\/\/i.example\/?a=b/' dsse > odd
    granted 'an owner with an equals sign' attest verify "--trust-of=https://i.example/?a=b=one.pub" --policy odd \
        --now $now --subject report env.one
    says 'the owner is the issuer' '"issuer":"https://i.example/?a=b"'
    usage 'no keys' attest verify --policy dsse --now $now --subject report env.one
    ok 'no keys: it says so' grep -q 'trust' err
    for bad in '' "owner=missing" "owner=." "a b=one.pub" "$(printf '%0256d' 1)=one.pub" "ö=one.pub"; do
        usage "the keys '$(printf %.20s "$bad")'" attest verify --trust-of "$bad" --policy dsse --subject report env.one
    done
    for bad in one.pub =one.pub owner= =; do
        usage "no owner, or no file: $bad" attest verify --trust-of "$bad" --policy dsse --subject report env.one
        ok "$bad: it says so" grep -q 'not OWNER=FILE' err
    done
    for bad in missing . '' /proc/self/mem; do usage "the file of keys '$bad'" attest verify --trust "$bad" --policy keys --subject report env.one; done
    : > empty
    refused 'an empty file of keys' trust.malformed attest verify --trust empty --policy keys --subject report env.one
    refused 'what is no file of keys' trust.malformed attest verify --trust report --policy keys \
        --subject report env.one
    refused 'a private key to trust' trust.malformed attest verify --trust one --policy keys --subject report env.one
    refused 'a weak key' trust.key_weak attest verify --trust one.pub --trust weak.pub --policy keys \
        --subject report env.one
    ok 'a weak key: which' grep -q -e '--trust, file 2' err
    refused 'a key twice' trust.key_duplicate attest verify --trust one.pub --trust-of a=jwks --policy keys \
        --subject report env.one
    echo '{"keys":[]}' > bad
    refused 'no key in a set' trust.empty attest verify --trust bad --policy keys --subject report env.one
    refused 'an endless file of keys' trust.too_many attest verify --trust /dev/zero --policy keys \
        --subject report env.one

    # Certificates, with dates of their own.
    mkdir ca && : > ca/index && echo 01 > ca/serial
    cat > ca/config << 'END'
[ca]
default_ca = own
[own]
database = ca/index
new_certs_dir = ca
serial = ca/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
END
    issue() { # KEY NAME EXTENSIONS FROM TO CA-OPTION...: a certificate in NAME.crt
        openssl req -new -key "$1" -subj "/CN=$2" -out csr
        name=$2 extensions=$3 from=$4 to=$5
        shift 5
        openssl ca -batch -config ca/config -in csr -extensions "$extensions" -startdate "$from" -enddate "$to" -notext \
            -out "$name.crt" "$@" 2> /dev/null
    }
    issue p384 root root 20260101000000Z 20300101000000Z -selfsign -keyfile p384
    issue rsa other root 20260101000000Z 20300101000000Z -selfsign -keyfile rsa
    issue p256 leaf leaf 20261101000000Z 20261201000000Z -cert root.crt -keyfile p384
    set -- attest verify --policy dsse --subject report
    granted 'a certificate' "$@" --trust-of evals.example=leaf.crt --roots root.crt --now $now env.p256
    { printf '\n \r\n'; cat leaf.crt root.crt; } > chain
    granted 'a chain, after empty lines' "$@" --trust-of evals.example=chain --roots root.crt --now $now env.p256
    cat other.crt root.crt > roots
    granted 'several roots' "$@" --trust-of evals.example=leaf.crt --roots roots --now $now env.p256
    granted 'roots are for certificates alone' "$@" --trust-of evals.example=leaf.crt --trust one.pub \
        --roots root.crt --now $now env.p256
    granted 'roots from standard input' "$@" --trust-of evals.example=leaf.crt --roots - --now $now env.p256 < root.crt
    denied 'a certificate that has ended' attest.key_expired "$@" --trust-of evals.example=leaf.crt --roots root.crt \
        --now 1796083201 env.p256
    denied 'a certificate that has not begun' attest.key_not_yet_valid "$@" --trust-of evals.example=leaf.crt \
        --roots root.crt --now 1793491199 env.p256
    refused 'a certificate without roots' trust.roots_missing "$@" --trust-of evals.example=leaf.crt --now $now env.p256
    refused "a stranger's certificate" trust.chain_invalid "$@" --trust-of evals.example=leaf.crt --roots other.crt \
        --now $now env.p256
    refused 'roots that are none' trust.malformed "$@" --trust-of evals.example=leaf.crt --roots report \
        --now $now env.p256
    usage 'roots and no certificate' "$@" --trust-of evals.example=p256.pub --roots root.crt --now $now env.p256
    usage 'roots that are not there' "$@" --trust-of evals.example=leaf.crt --roots missing --now $now env.p256
    usage 'empty roots' "$@" --trust-of evals.example=leaf.crt --roots empty --now $now env.p256
    sed 's/"v":1,/"v":1,"usages":["1.3.6.1.5.5.7.3.3"],/' dsse > usage.3
    sed 's/"v":1,/"v":1,"usages":["1.3.6.1.5.5.7.3.8"],/' dsse > usage.8
    granted 'a certificate for this' attest verify --policy usage.3 --subject report \
        --trust-of evals.example=leaf.crt --roots root.crt --now $now env.p256
    denied 'a certificate for something else' attest.key_usage attest verify --policy usage.8 --subject report \
        --trust-of evals.example=leaf.crt --roots root.crt --now $now env.p256

    # The policy.
    set -- attest verify --trust-of evals.example=one.pub --now $now --subject report
    usage 'no policy' "$@" env.one
    granted 'the policy from standard input' "$@" --policy - env.one < dsse
    usage 'a policy that is not there' "$@" --policy missing env.one
    refused 'an empty policy' attest.policy_malformed "$@" --policy empty env.one
    refused 'what is no policy' attest.policy_malformed "$@" --policy report env.one
    refused 'an endless policy' attest.policy_malformed "$@" --policy /dev/zero env.one
    sed 's/"v":1,/"v":1,"any":true,/' dsse > bad
    refused 'a policy with a member too many' attest.policy_malformed "$@" --policy bad env.one
    sed 's/,"no_revocation":true//' dsse > bad
    refused 'a policy that leaves out revocation' attest.policy_incomplete "$@" --policy bad env.one
    ok 'what it leaves out' grep -q 'revocation or no_revocation' err
    sed 's/"dsse"/"jws"/' dsse > bad
    refused 'a type for a format that is not accepted' attest.policy_malformed "$@" --policy bad env.one
    ok 'which' grep -q 'predicate_types without dsse' err
    sed 's/"dsse"/"jws"/; s/,"predicate_types":\[[^]]*\]//' dsse > bad
    denied 'a format that is not accepted' attest.format_refused "$@" --policy bad env.one
    sed "s/$type/urn:armalo:receipt:v1/" dsse > bad
    denied 'a type that is not accepted' attest.type_refused "$@" --policy bad env.one
    sed 's/"v":1,/"v":1,"algorithms":["ES256"],/' dsse > bad
    denied 'an algorithm that is not accepted' attest.algorithm_refused "$@" --policy bad env.one
    sed 's/"v":1,/"v":1,"claims":[{"pointer":"\/predicate\/results\/0\/actual","operator":"lte","value":2000}],/' dsse > claims
    granted 'a claim that holds' "$@" --policy claims env.one
    for pair in 'mismatch 1812 actual' 'missing 2000 other' 'unreadable 2000 type'; do
        IFS=' ' read -r end bound member << END
$pair
END
        sed "s/2000/$bound/; s/actual/$member/" claims > bad
        denied "a claim: $end" attest.claim_$end "$@" --policy bad env.one
    done
    ok 'which claim' grep -q '"detail":"/predicate/results/0/type"' out
    sed 's/"max_age_s":86400/"expiry_required":true/' dsse > bad
    denied 'no end, where there must be one' attest.time_missing "$@" --policy bad env.one

    # Time: made at 10:30:00, a day is accepted, and a minute of the future.
    granted 'as late as may be' $by --policy dsse --subject report --now $((now + 84600)) env.one
    denied 'a second later' attest.too_old $by --policy dsse --subject report --now $((now + 84601)) env.one
    says 'which is stale' '"evidence":"stale"'
    granted 'as early as may be' $by --policy dsse --subject report --now $((now - 1860)) env.one
    denied 'a second earlier' attest.not_yet_valid $by --policy dsse --subject report --now $((now - 1861)) env.one
    denied 'no time at all' host.clock_unavailable $by --policy dsse --subject report --now 0 env.one

    # Several signatures.
    sed 's/"v":1,/"v":1,"threshold":2,/' dsse > twice
    set -- attest verify --trust-of evals.example=both.pub --policy twice --now $now --subject report
    denied 'one of two' attest.threshold "$@" env.one
    says 'which could not be checked' '"evidence":"unavailable"'
    sign 'the second signature' env.two --key two --add env.one
    granted 'two of two' "$@" env.two
    says 'two signers' '"signers":2'
    says 'of whom none is the first' '"issuer":null,"key_id":null'
    python 'the first signature is as it was' '
one, two = json.load(open("env.one")), json.load(open("env.two"))
assert two["signatures"][0] == one["signatures"][0] and two["payload"] == one["payload"] and len(two["signatures"]) == 2'
    sign 'the first key again' env.again --key one --add env.one
    denied 'one key twice is one' attest.threshold "$@" env.again
    sign 'a stranger, too' env.mixed --key stranger --add env.one
    denied 'one and a stranger are one' attest.threshold "$@" env.mixed
    sign 'added to what stands on several lines' env.joined --key two --add env.lines
    granted 'and it holds' "$@" env.joined
    sign 'added from standard input' env.piped --key two --key-id second --add - < env.one
    granted 'and it holds, too' "$@" env.piped
    ok 'the key id' grep -qF '"keyid":"second"' env.piped
    sign 'a byte changed does not keep a signature from being added' env.bad --key two --add env.sig
    denied 'but it is one' attest.threshold "$@" env.bad
    for option in '--predicate-type x' '--subject report' '--withhold a'; do
        usage "--add and $option" attest sign --key two --add env.one $option
    done
    usage '--add and a predicate' attest sign --key two --add env.one result.json
    usage 'added to nothing' attest sign --key two --add missing
    usage 'added to an empty file' attest sign --key two --add empty
    refused 'added to what is none' attest.malformed attest sign --key two --add report
    refused 'added to no base64' attest.encoding attest sign --key two --add env.encoding
    refused 'added to too many' attest.signatures_many attest sign --key two --add env.many
    refused 'added to an endless file' attest.size attest sign --key two --add /dev/zero
    refused 'added to a private key' attest.malformed attest sign --key two --add one

    # Modes.
    sed 's/"production"/"simulation"/' result.json > simulated.json
    refused 'to sign in production what was simulated' attest.spec_invalid attest sign --key one \
        --predicate-type $type --subject report simulated.json
    sign 'signed in simulation' env.simulated --mode simulation --key one --predicate-type $type \
        --subject report simulated.json
    refused 'added to in production' attest.spec_invalid attest sign --key two --add env.simulated
    denied 'simulated, in production' attest.simulated $std --subject report env.simulated
    says 'which is simulated evidence' '"evidence":"simulated"'
    denied 'simulated, in staging' attest.simulated $std --mode staging --subject report env.simulated
    sed 's/"v":1,/"v":1,"accept_simulated":true,/' dsse > simulated
    denied 'simulated and accepted, in production' attest.simulated $by --policy simulated --now $now \
        --subject report env.simulated
    granted 'simulated and accepted, in staging' $by --policy simulated --now $now --mode staging \
        --subject report env.simulated
    says 'still simulated evidence' '"evidence":"simulated"'
    granted 'simulated, in simulation' $std --mode simulation --subject report env.simulated
    says 'labelled' '"mode:simulation"'
    granted 'simulated, in a dry run' $std --mode dry_run --subject report env.simulated
    granted 'of production, in simulation' $std --mode simulation --subject report env.one
    usage 'no mode' $std --mode prod --subject report env.one

    # Revocation lists.
    revoked=urn:armalo:revocations:v1
    list() { # NAME NUMBER ID [KEY [SIGN-OPTION...]]: made at 10:00, good until noon
        printf '{"issuer":"evals.example","number":%d,"this_update":"2026-11-20T10:00:00Z","next_update":"2026-11-20T12:00:00Z","revoked":[{"id":"%s","at":"2026-11-20T09:00:00Z","reason":"lost"}]}' "$2" "$3" > list.json
        sign "the list $1" "$1" --key "${4:-one}" --predicate-type $revoked list.json
    }
    sed 's/"no_revocation":true/"revocation":{"max_age_s":5400}/' dsse > fresh
    list other.list 7 someone
    list key.list 8 "$thumbprint"
    list payload.list 9 "$(python3 -c 'from format import *
print("sha256:" + hashlib.sha256(base64.b64decode(json.load(open("env.one"))["payload"])).hexdigest())')"
    list stranger.list 9 someone stranger
    list two.list 9 someone two
    set -- $by --policy fresh --subject report
    denied 'no list' attest.revocation_missing "$@" --now $now env.one
    says 'no list: not known' '"evidence":"unavailable"'
    granted 'a list of others' "$@" --now $now --revocations other.list env.one
    denied 'a revoked key' attest.revoked "$@" --now $now --revocations key.list env.one
    says 'a revoked key: known' '"evidence":"negative"'
    denied 'a revoked payload' attest.revoked "$@" --now $now --revocations payload.list env.one
    denied 'revoked, where the policy asks for no list' attest.revoked $std --subject report \
        --revocations key.list env.one
    granted 'the list from standard input' "$@" --now $now --revocations - env.one < other.list
    granted 'the list at 11:30' "$@" --now $((now + 1800)) --revocations other.list env.one
    denied 'the list a second later' attest.revocation_stale "$@" --now $((now + 1801)) --revocations other.list env.one
    says 'loaded, but too old: not known' '"evidence":"unavailable"'
    says 'loaded, but too old: whose' '"detail":"evals.example"'
    denied 'the list at noon' attest.revocation_stale "$@" --now $((now + 3600)) --revocations other.list env.one
    says 'not loaded: which' '"detail":"revocation list 1: evals.example"'
    says 'not loaded: the members are there' '"format":null,'
    denied 'the list before it was made' attest.revocation_stale "$@" --now $((now - 3661)) \
        --revocations other.list env.one
    granted 'a newer list after an older one' "$@" --now $now --revocations other.list --revocations two.list \
        --trust-of evals.example=two.pub env.one
    denied 'an older list after a newer one' attest.revocation_rollback "$@" --now $now --revocations payload.list \
        --revocations other.list env.one
    says 'which one' '"detail":"revocation list 2: evals.example"'
    granted 'a number that is high enough' "$@" --now $now --revocations-min 7 --revocations other.list env.one
    denied 'a number that is not' attest.revocation_rollback "$@" --now $now --revocations-min 8 \
        --revocations other.list env.one
    denied 'a list by a stranger' attest.signer_unknown "$@" --now $now --revocations stranger.list env.one
    denied 'a list by the key of another' attest.issuer_mismatch "$@" --now $now --revocations two.list \
        --trust-of a=two.pub env.one
    denied 'a list by a key that the list before revoked' attest.revoked "$@" --now $now --revocations key.list \
        --revocations payload.list env.one
    denied 'what is no list' attest.type_refused "$@" --now $now --revocations env.one env.one
    says 'what is no list: why' '"detail":"revocation list 1: predicateType"'
    denied 'what is no artifact' attest.format_unknown "$@" --now $now --revocations report env.one
    denied 'an empty list' attest.size "$@" --now $now --revocations empty env.one
    denied 'a list, and no audit' host.audit_failed "$@" --now $now --audit /dev/full --revocations other.list env.one
    usage 'a list that is not there' "$@" --now $now --revocations missing env.one
    usage 'a second list that is not there' "$@" --now $now --revocations other.list --revocations missing env.one
    usage 'the number of no list' "$@" --now $now --revocations-min 7 env.one
    for bad in -1 1.5 '' x 01; do usage "the number '$bad'" "$@" --now $now --revocations-min "$bad" --revocations other.list env.one; done
    run "$@" --now $((now + 3600)) --revocations other.list --public env.one
    ok 'a list that is refused, to a stranger' test "$status $(cat out)" = '1 {"error":"unavailable"}'

    # A bundle, some of which is withheld.
    cat > bundle.json << 'END'
{"bundle_id":"bnd_1","agent":"agt_1","scope":["scores","salary"],"issued_at":"2026-11-20T10:00:00Z",
 "expires_at":"2026-11-21T10:00:00Z","sections":{"scores":{"value":{"latency":0.97}},"salary":{"value":{"eur":123456}}}}
END
    sed "s/$type/urn:armalo:bundle:v1/; s/\"max_age_s\":86400/\"expiry_required\":true/" dsse > bundles
    sign 'a bundle' env.bundle --key one --predicate-type urn:armalo:bundle:v1 --withhold salary bundle.json
    python 'what is withheld is not in it' '
s = statement("env.bundle")["predicate"]["sections"]
assert list(s["salary"]) == ["digest"] and s["scores"]["value"] == {"latency": 0.97}
assert s["salary"]["digest"] == "sha256:" + hashlib.sha256(b"{\"eur\":123456}").hexdigest()
assert b"123456" not in base64.b64decode(json.load(open("env.bundle"))["payload"])'
    sed 's/"v":1,/"v":1,"any_subject":true,/' bundles > bad
    set -- $by --policy bad --now $now
    granted 'a bundle with a section withheld' "$@" env.bundle
    says 'its id and its end' '"id":"bnd_1","signers":1,"issued_at":"2026-11-20T10:00:00.000Z","expires_at":"2026-11-21T10:00:00.000Z"'
    echo '{"salary":{ "eur" : 123456 }}' > revealed
    granted 'what was withheld' "$@" --reveal revealed env.bundle
    granted 'from standard input' "$@" --reveal - env.bundle < revealed
    for text in '{"salary":{"eur":123457}}' '{"other":{"eur":123456}}' '[]' 'x' '{"salary":{"eur":123456},"scores":{"latency":1}}'; do
        echo "$text" > revealed.bad
        denied "revealed: $text" attest.section_mismatch "$@" --reveal revealed.bad env.bundle
    done
    denied 'revealed of what is no bundle' attest.section_mismatch $std --subject report --reveal revealed env.one
    usage 'revealed: nothing' "$@" --reveal empty env.bundle
    usage 'revealed: not there' "$@" --reveal missing env.bundle
    denied 'a bundle at its end' attest.expired $by --policy bad --now $((now + 82800)) env.bundle
    sign 'a bundle with all withheld' env.sealed --key one --predicate-type urn:armalo:bundle:v1 --withhold salary \
        --withhold scores bundle.json
    granted 'all withheld' "$@" env.sealed
    refused 'to withhold what is not there' attest.spec_invalid attest sign --key one \
        --predicate-type urn:armalo:bundle:v1 --withhold none bundle.json
    refused 'to withhold twice' attest.spec_invalid attest sign --key one --predicate-type urn:armalo:bundle:v1 \
        --withhold salary --withhold salary bundle.json
    refused 'to withhold of what is no bundle' attest.spec_invalid attest sign --key one --predicate-type $type \
        --withhold suite result.json
    sed "s/{\"value\":{\"eur\"/{\"digest\":\"$some\",\"value\":{\"eur\"/" bundle.json > bad.json
    refused 'a digest that does not fit' attest.section_mismatch attest sign --key one \
        --predicate-type urn:armalo:bundle:v1 bad.json

    # What else is signed, and by what.
    set -- --key one --predicate-type
    printf '{"n": 12345678901234567890, "t": "a\302\233b\177c",\r\n "e": [], "o": {},\t"s": "\\"[{,: "}' > foreign.json
    sign 'a foreign predicate' env.foreign "$@" https://example.com/p/v1 --subject $some foreign.json
    sign 'a predicate from standard input' env.piped "$@" https://example.com/p/v1 --subject $some - < foreign.json
    ok 'the same' cmp -s env.foreign env.piped
    sign 'a key from standard input' env.piped --key - --predicate-type https://example.com/p/v1 \
        --subject $some foreign.json < one
    ok 'the same again' cmp -s env.foreign env.piped
    printf '%s' "$(cat one)" > unended
    sign 'a key without a line end' env.piped --key unended --predicate-type https://example.com/p/v1 \
        --subject $some foreign.json
    ok 'and again' cmp -s env.foreign env.piped
    sign 'with a key id' env.id "$@" https://example.com/p/v1 --key-id 'did:example:1#k' foreign.json
    ok 'the key id' grep -qF '"keyid":"did:example:1#k"' env.id
    set -- attest sign --key one --predicate-type
    usage 'sign: no key' attest sign --predicate-type a foreign.json
    usage 'sign: no type' attest sign --key one foreign.json
    usage 'sign: no predicate' "$@" a
    usage 'sign: two predicates' "$@" a foreign.json foreign.json
    usage 'sign: a predicate that is not there' "$@" a missing
    usage 'sign: a key that is not there' attest sign --key missing --predicate-type a foreign.json
    usage 'sign: a key that is a directory' attest sign --key . --predicate-type a foreign.json
    usage 'sign: an empty key' attest sign --key empty --predicate-type a foreign.json
    usage 'sign: an endless key' attest sign --key /dev/zero --predicate-type a foreign.json
    usage 'sign: a key as an argument' attest sign --key "$(cat one)" --predicate-type a foreign.json
    for bad in one.pub locked weak report leaf.crt; do
        refused "sign: the key $bad" attest.key_unusable attest sign --key $bad --predicate-type a foreign.json
    done
    for bad in '' 'a b' ö "$(printf '%0256d' 1)"; do
        refused "sign: the key id '$(printf %.20s "$bad")'" attest.spec_invalid "$@" a --key-id "$bad" foreign.json
        refused "sign: the type '$(printf %.20s "$bad")'" attest.spec_invalid "$@" "$bad" foreign.json
    done
    refused 'sign: a type of ours that there is not' attest.spec_invalid "$@" urn:armalo:other:v1 foreign.json
    refused 'sign: what a type of ours is not' attest.predicate_invalid "$@" $type foreign.json
    ok 'sign: the member at fault' grep -q '"[a-z]*"' err
    for bad in '' '[]' 1 '{"a":1,"a":2}' '{'; do
        printf '%s' "$bad" > bad.json
        refused "sign: the predicate '$bad'" attest.predicate_invalid "$@" a bad.json
    done
    printf '{"a":"\377"}' > bad.json
    refused 'sign: not UTF-8' attest.predicate_invalid "$@" a bad.json
    refused 'sign: an endless predicate' attest.spec_invalid "$@" a /dev/zero
    refused 'sign: a private key' attest.predicate_invalid "$@" a one
    run "$@" a --audit /dev/full foreign.json
    ok 'sign: no audit' test "$status $(wc -c < out) $(grep -c '"reason":"host.audit_failed"' err)" = '1 0 1'
    run "$@" a --now 0 foreign.json
    ok 'sign: no time' test "$status $(wc -c < out) $(grep -c '"reason":"host.clock_unavailable"' err)" = '1 0 1'
    status=0
    "$ARMALO" "$@" a foreign.json > /dev/full 2> err || status=$?
    ok 'sign: a full disk' test $status = 2

    # The payload: what was verified, on the same line, and nothing rounded.
    policy foreign '"formats":["dsse"],"any_signer":true,"predicate_types":["https://example.com/p/v1"],"any_age":true,"any_subject":true,"no_revocation":true'
    granted 'with its payload' attest verify --trust one.pub --policy foreign --payload env.foreign
    says 'the payload' '"payload":{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"'${some#sha256:}'"}}],"predicateType":"https://example.com/p/v1","predicate":{"n":12345678901234567890,"t":"a\u009bb\u007fc","e":[],"o":{},"s":"\"[{,: "}}}'
    says 'no time is labelled' '"freshness:not_provided"'
    python 'is the payload' 'assert line()["payload"] == statement("env.foreign")'
    granted 'without' attest verify --trust one.pub --policy foreign env.foreign
    silent 'nothing of the payload' 12345678901234567890
    denied 'a denial has none' attest.signer_unknown attest verify --trust two.pub --policy foreign \
        --payload env.foreign
    says 'which is null' '"artifact":null,"payload_digest":null,"keys":null,"payload":null}'
    run attest verify --trust one.pub --policy foreign --payload --public env.foreign
    silent 'nor has a stranger' _type
    run attest verify --trust one.pub --policy foreign --payload --pretty env.foreign
    ok 'pretty: the payload' grep -q '^payload        {$' out
    ok 'pretty: a member a line' grep -q '^    "n": 12345678901234567890,$' out
    ok 'pretty: empty ones' test "$(grep -c -e '^    "e": \[\],$' -e '^    "o": {},$' out)" = 2
    python 'pretty: the same value' '
text = open("out").read()
assert json.loads(text[text.index("payload      ") + 13:]) == statement("env.foreign")'
    run attest verify --trust two.pub --policy foreign --payload --pretty env.foreign
    ok 'pretty: a denial has none' test "$status $(head -n 1 out) $(grep -c payload out)" = '1 DENIED 0'
    sed 's/"v":1,/"v":1,"issued_at":"\/predicate\/n",/' foreign > bad
    denied 'a time that is none' attest.time_unreadable attest verify --trust one.pub --policy bad env.foreign

    # JWS, by openssl.
    b64url() { openssl base64 -A | tr '+/' '-_' | tr -d =; }
    parts() { printf '%s.%s' "$(printf '%s' "$1" | b64url)" "$(printf '%s' "$2" | b64url)" > signed; }
    jws() { # HEADER CLAIMS: by Ed25519
        parts "$1" "$2"
        openssl pkeyutl -sign -rawin -inkey one -in signed -out sig
        printf '%s.%s' "$(cat signed)" "$(b64url < sig)"
    }
    policy jws '"formats":["jws"],"issuers":["https://idp.example"],"max_age_s":86400,"no_revocation":true'
    claims='{"iss":"https://idp.example","sub":"agt_1","iat":1795172000,"exp":1795176000,"jti":"tok_1","big":12345678901234567890}'
    jws '{"alg":"EdDSA","typ":"JWT","kid":"k1"}' "$claims" > token
    set -- attest verify --trust-of https://idp.example=jwks --subject-id agt_1
    granted 'a JWS' "$@" --policy jws --now $now --payload token
    python 'what is said of a JWS' "
d = line()
assert d['format'] == 'jws' and d['issuer'] == d['principal'] == 'https://idp.example' and d['key_id'] == 'k1', d
assert d['type'] == 'JWT' and d['id'] == 'tok_1' and d['signers'] == 1 and d['artifact'] == 'sha256:' + sha256('token')
assert d['issued_at'] == '2026-11-20T10:53:20.000Z' and d['expires_at'] == '2026-11-20T12:00:00.000Z'
assert d['payload'] == json.loads('$claims')"
    says 'no number is rounded' '"big":12345678901234567890}'
    { cat token; echo; } > token.lf
    { cat token; printf '\r\n'; } > token.crlf
    { cat token; printf '\n\n'; } > token.two
    { cat token; printf '\r'; } > token.cr
    { echo; cat token; } > token.first
    for end in lf crlf; do
        granted "a JWS and $end" "$@" --policy jws --now $now token.$end
        says 'whose line end is not its own' "\"artifact\":\"sha256:$(openssl dgst -sha256 -r token | cut -d ' ' -f 1)\""
    done
    for end in two cr first; do denied "a JWS: $end" attest.format_unknown "$@" --policy jws --now $now token.$end; done
    set -- attest verify --trust-of https://idp.example=jwks --policy jws
    denied 'a JWS of another subject' attest.subject_mismatch "$@" --now $now --subject-id agt_2 token
    denied 'a JWS of no file' attest.subject_mismatch "$@" --now $now --subject report token
    granted 'a JWS before its end' "$@" --now 1795175999 --subject-id agt_1 token
    denied 'a JWS at its end' attest.expired "$@" --now 1795176000 --subject-id agt_1 token
    denied 'a JWS from the future' attest.not_yet_valid "$@" --now 1795171939 --subject-id agt_1 token
    set -- "$@" --now $now --subject-id agt_1
    while read -r reason header; do
        jws "$header" "$claims" > token.bad
        denied "the header $header" "attest.$reason" "$@" token.bad
    done << 'END'
algorithm_refused {"alg":"none"}
algorithm_refused {"alg":"HS256"}
algorithm_refused {"alg":"RS512"}
critical {"alg":"EdDSA","crit":["exp"],"exp":1}
critical {"alg":"EdDSA","b64":false}
key_embedded {"alg":"EdDSA","jwk":{}}
key_embedded {"alg":"EdDSA","jku":"https://a.example"}
malformed {"alg":"EdDSA","alg":"EdDSA"}
malformed {}
signer_unknown {"alg":"ES256"}
END
    while read -r reason said; do
        jws '{"alg":"EdDSA"}' "$said" > token.bad
        denied "the claims $said" "attest.$reason" "$@" token.bad
    done << 'END'
issuer_mismatch {"iss":"https://other.example","sub":"agt_1","iat":1795172000}
issuer_mismatch {"sub":"agt_1","iat":1795172000}
subject_mismatch {"iss":"https://idp.example","iat":1795172000}
time_missing {"iss":"https://idp.example","sub":"agt_1"}
time_unreadable {"iss":"https://idp.example","sub":"agt_1","iat":"1795172000"}
not_yet_valid {"iss":"https://idp.example","sub":"agt_1","iat":1795172000,"nbf":1795173000}
audience_mismatch {"iss":"https://idp.example","sub":"agt_1","iat":1795172000,"aud":"there"}
payload_malformed ["agt_1"]
END
    parts '{"alg":"none"}' "$claims"
    { cat signed; printf .; } > token.bad
    denied 'a JWS that nobody signed' attest.algorithm_refused "$@" token.bad
    # The public key is no secret: whoever has it could make this.
    parts '{"alg":"HS256"}' "$claims"
    { cat signed; printf .; openssl dgst -sha256 -hmac "$(cat one.pub)" -binary signed | b64url; } > token.bad
    denied 'a JWS by the public key as a secret' attest.algorithm_refused "$@" token.bad
    python3 -c 'from format import *
h, p, s = open("token").read().split(".")
json.dump({"protected": h, "payload": p, "signature": s}, open("token.flat", "w"), indent=1)'
    granted 'a flattened JWS' "$@" token.flat
    jws '{"alg":"EdDSA"}' '{"iss":"https://idp.example","sub":"agt_1","iat":1795172000,"aud":["there","here"]}' > token.aud
    sed 's/"v":1,/"v":1,"audience":["here"],/' jws > jws.aud
    sed 's/"v":1,/"v":1,"typ":["at+jwt"],/' jws > jws.typ
    set -- attest verify --trust-of https://idp.example=jwks --now $now --subject-id agt_1
    granted 'a JWS for this audience' "$@" --policy jws.aud token.aud
    denied 'a JWS for no audience' attest.audience_mismatch "$@" --policy jws.aud token
    denied 'a JWS of another typ' attest.type_refused "$@" --policy jws.typ token
    for curve in p256 p384; do
        parts "{\"alg\":\"ES${curve#p}\"}" "$claims"
        openssl dgst -sha${curve#p} -sign $curve -out sig signed
        python3 -c 'from format import *
raw = raw_of(open("sig", "rb").read(), int(sys.argv[1]))
open("sig", "wb").write(raw)' $((${curve#p} / 8))
        { cat signed; printf .; b64url < sig; } > token.$curve
        granted "a JWS by $curve" attest verify --trust-of https://idp.example=$curve.pub --policy jws --now $now \
            --subject-id agt_1 token.$curve
    done
    parts '{"alg":"PS256"}' "$claims"
    openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sign rsa -out sig signed
    { cat signed; printf .; b64url < sig; } > token.ps
    parts '{"alg":"RS256"}' "$claims"
    openssl dgst -sha256 -sign rsa -out sig signed
    { cat signed; printf .; b64url < sig; } > token.rs
    sed 's/"v":1,/"v":1,"algorithms":["RS256"],/' jws > jws.rs
    set -- attest verify --trust-of https://idp.example=rsa.pub --now $now --subject-id agt_1
    granted 'PS256' "$@" --policy jws token.ps
    denied 'RS256' attest.algorithm_refused "$@" --policy jws token.rs
    denied 'RS256, where only the policy accepts it' attest.signer_unknown "$@" --policy jws.rs token.rs
    denied 'RS256, where only the key is for it' attest.algorithm_refused "$@" --rsa-pkcs1 --policy jws token.rs
    granted 'RS256, where both are' "$@" --rsa-pkcs1 --policy jws.rs token.rs
    denied 'PS256, where both are for RS256' attest.algorithm_refused "$@" --rsa-pkcs1 --policy jws.rs token.ps

    # A credential that the W3C published.
    policy vc '"formats":["vc"],"issuers":["https://vc.example/issuers/5678"],"credential_types":["AlumniCredential"],"any_age":true,"no_revocation":true'
    printf '# the issuer\n\ndid:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2\r\n' > did
    set -- attest verify --trust-of https://vc.example/issuers/5678=did --now $now
    granted 'a credential' "$@" --policy vc --subject-id did:example:abcdefgh "$credential"
    python 'what is said of a credential' "
d = line()
assert d['format'] == 'vc' and d['issuer'] == 'https://vc.example/issuers/5678' and d['type'] == 'AlumniCredential', d
assert d['key_id'] == 'z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2' and d['issued_at'] == '2023-02-24T23:36:38.000Z'
assert d['id'] == 'urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33' and d['artifact'] == 'sha256:' + sha256('$credential')"
    denied 'a credential of another subject' attest.subject_mismatch "$@" --policy vc \
        --subject-id did:example:other "$credential"
    sed 's/School/school/' "$credential" > changed
    denied 'a credential with a letter changed' attest.signature_mismatch "$@" --policy vc \
        --subject-id did:example:abcdefgh changed
    "$ARMALO" json canon "$credential" > changed
    granted 'the same credential in its canonical form' "$@" --policy vc --subject-id did:example:abcdefgh changed
    denied 'the key without its owner' attest.signer_unknown attest verify --trust did --now $now --policy vc \
        --subject-id did:example:abcdefgh "$credential"
    sed 's/AlumniCredential/OtherCredential/' vc > bad
    denied 'a credential of another type' attest.type_refused "$@" --policy bad \
        --subject-id did:example:abcdefgh "$credential"
    sed 's/"any_age":true/"max_age_s":86400/' vc > bad
    denied 'a credential of 2023' attest.too_old "$@" --policy bad --subject-id did:example:abcdefgh "$credential"

    # inspect.
    shown() { # NAME FILE CODE: of d, which is what is printed
        run attest inspect "$2"
        ok "inspect $1: one line, and a warning" test "$status $(wc -l < out) $(grep -c 'nothing of this was verified' err)" = '0 1 1'
        ok "inspect $1: it begins with that" grep -q '^{"verified":false,' out
        python "inspect $1: what it says" "
d = line()
assert list(d) == ['verified', 'format', 'signatures', 'type', 'payload']
$3"
        cp out shown.one
        run attest inspect --pretty "$2"
        python "inspect $1: the same on many lines" '
assert open("out").read().count("\n") > 9 and line() == json.load(open("shown.one"))'
    }
    shown 'an envelope' env.two "
assert d['format'] == 'dsse' and d['type'] == 'application/vnd.in-toto+json' and d['payload'] == statement('env.one')
assert [s['key_id'] for s in d['signatures']] == [s['keyid'] for s in json.load(open('env.two'))['signatures']]"
    shown 'what is not true' env.changed "assert d['payload'] == statement('env.changed')"
    shown 'a JWS' token.lf "
assert d['format'] == 'jws' and d['signatures'] == [{'key_id': 'k1', 'algorithm': 'EdDSA'}] and d['type'] == 'JWT'
assert d['payload'] == json.loads('$claims')"
    shown 'a JWS that nobody signed' token.bad "assert d['signatures'] == [{'key_id': None, 'algorithm': None}]"
    shown 'a credential' "$credential" "
assert d['format'] == 'vc' and d['signatures'][0]['key_id'].endswith('#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2')"
    run attest inspect env.foreign
    says 'inspect: numbers as they are' '"n":12345678901234567890'
    ok 'inspect: nothing that moves a terminal' not grep -q "$(printf '\302\233')" out
    run attest inspect - < env.one
    ok 'inspect: standard input' test "$status $(wc -l < out)" = '0 1'
    usage 'inspect: no artifact' attest inspect
    usage 'inspect: an artifact that is not there' attest inspect missing
    refused 'inspect: an empty one' attest.size attest inspect empty
    refused 'inspect: an endless one' attest.size attest inspect /dev/zero
    refused 'inspect: what is none' attest.format_unknown attest inspect report
    refused 'inspect: a private key' attest.format_unknown attest inspect one
    refused 'inspect: half of one' attest.encoding attest inspect env.encoding
    usage 'inspect: takes no keys' attest inspect --trust one.pub env.one

    # The public view, the table, standard input for one purpose, answers that nobody can read.
    run $std --subject report --public env.one
    ok 'public: granted' test "$status $(cat out)" = '0 {"status":"ok"}'
    run $std --subject report --public env.changed
    ok 'public: denied' test "$status $(cat out)" = '1 {"error":"unauthorized"}'
    cp out unauthorized
    run $std --subject report --public env.stranger
    ok 'public: another reason, the same bytes' cmp -s out unauthorized
    run $std --subject report --pretty env.one
    ok 'pretty: granted' test "$status $(head -n 1 out) $(grep -c '^signers        1$' out)" = '0 GRANTED 1'
    run $std --subject report --pretty env.changed
    ok 'pretty: denied' test "$status $(head -n 1 out) $(grep -c '^signers' out)" = '1 DENIED 0'
    usage 'pretty and public' $std --subject report --pretty --public env.one
    for pair in '--trust - --policy - env.one' '--trust - --policy dsse -' '--trust one.pub --policy - --subject - env.one' \
        '--trust one.pub --policy dsse --subject - -' '--trust one.pub --policy dsse --revocations - -' \
        '--trust one.pub --policy dsse --reveal - -' '--trust one.pub --trust-of a=- --policy - env.one' \
        '--trust - --trust - --policy dsse env.one'; do
        usage "standard input twice: $pair" attest verify $pair < one.pub
    done
    usage 'standard input for key and predicate' attest sign --key - --predicate-type a - < one
    usage 'standard input for key and subject' attest sign --key - --predicate-type a --subject - foreign.json < one
    usage 'standard input for key and envelope' attest sign --key - --add - < one
    for command in "$std --subject report env.one" 'attest inspect env.one'; do
        status=0
        "$ARMALO" $command > /dev/full 2> err || status=$?
        ok "a full disk: $command" test $status = 2
        status=0
        "$ARMALO" $command >&- 2> err || status=$?
        ok "a closed standard output: $command" test $status = 2
    done

    # The audit file.
    granted 'an audit file' $std --subject report --audit audit env.one
    silent 'audit:off is gone' audit:off
    denied 'a denial is an event too' attest.signature_mismatch $std --subject report --audit audit env.changed
    denied 'so is a list' attest.revoked $std --subject report --audit audit --revocations key.list env.one
    sign 'so is a signature' env.audited --now $now --audit audit --key one --predicate-type $type \
        --subject report result.json
    python 'the events' '
events = [json.loads(l) for l in open("audit")]
got = [(e["type"], e["data"]["decision"]["granted"]) for e in events]
assert got == [("ai.armalo.audit.attest.verify", True), ("ai.armalo.audit.attest.verify", False),
               ("ai.armalo.audit.attest.revocations", True), ("ai.armalo.audit.attest.verify", False),
               ("ai.armalo.audit.attest.sign", True)], got
assert events[0]["subject"] == "sha256:" + sha256("env.one")'
    denied 'no audit, no grant' host.audit_failed $std --subject report --audit /dev/full env.one
    usage 'an audit file that cannot be' $std --subject report --audit missing/audit env.one
}

ok 'no private key in any output or event' not grep -qF -f secrets everything audit
ok 'the search would find one' sh -c 'cat one >> everything && grep -qF -f secrets everything'
finish
