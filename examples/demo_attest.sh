#!/bin/sh
# SPDX-License-Identifier: MIT
# demo_attest.sh BUILD-DIRECTORY: show artifacts, good ones and bad ones, to the command that judges them, and compare
# each decision with what it must be. Exit status 0 only if every one came out as it must. Tokens are signed with
# openssl, not with this library; the credential (attest_credential.json) and its key are the W3C's test vector
# (github.com/w3c/vc-di-eddsa, TestVectors/eddsa-jcs-2022, commit 369f0f0).
set -u
build=${1:?usage: demo_attest.sh BUILD-DIRECTORY}
armalo=$(cd "$build" && pwd)/armalo && here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source=examples/demo_lib.sh
. "$here/demo_lib.sh"
cd "$dir" || exit 1
eleven=1795172400 # 11:00 on 20 November 2026, UTC
now=$eleven asked=0 policy=policy.result
line() { printf '%-60s  %-8s  %-11s  %-26s  %s\n' "$@"; }

# expect WHAT REASON EVIDENCE OPTION... ARTIFACT: judge it, and compare. The keys are the operator's, each with its
# owner; a policy says whose count.
expect() {
    what=$1 reason=$2 evidence=$3
    shift 3
    "$armalo" attest verify --now "$now" --audit audit --trust-of evals.example=evals.pub \
        --trust-of audits.example=audits.pub --trust-of https://idp.example=idp.pub \
        --trust-of https://vc.example/issuers/5678=did "$@" > line 2>> log
    case $? in 0) got=granted ;; 1) got=denied ;; *) got='no answer' ;; esac
    got_reason=$(sed -n 's/.*"reason":"\([^"]*\)".*/\1/p' line)
    got_evidence=$(sed -n 's/.*"evidence":"\([^"]*\)".*/\1/p' line)
    answer=denied is=no
    [ "$reason" != core.granted ] || answer=granted
    [ "$got|$got_reason|$got_evidence" = "$answer|$reason|$evidence" ] && is=yes
    judge "$is" "$what" "$got" "$got_evidence" "$got_reason"
    asked=$((asked + 1))
}
# The same, with the policy and the subject that belong to it.
result() { head=$1 why=$2 how=$3 && shift 3 && expect "$head" "$why" "$how" --policy "$policy" --subject release "$@"; }
token() { expect "$1" "$2" "$3" --policy policy.token --subject-id agt_ant "$4"; }
credential() { expect "$1" "$2" "$3" --policy policy.credential --subject-id did:example:abcdefgh "$4"; }
bundle() { head=$1 why=$2 how=$3 && shift 3 && expect "$head" "$why" "$how" --policy policy.bundle "$@"; }
# unfit WHAT REASON ARGUMENT...: what is not even begun, since what it needs is not fit.
unfit() {
    what=$1 reason=$2
    shift 2
    "$armalo" attest "$@" > line 2> said
    status=$? got_reason=$(sed 's/^[^:]*: \([a-z._]*\): .*/\1/' said) is=no
    [ "$status|$(cat line)|$got_reason" = "2||$reason" ] && is=yes
    judge "$is" "$what" refused - "$got_reason"
    cat said >> log
}

key() { openssl genpkey -algorithm ed25519 -out "$1" 2>> log && openssl pkey -in "$1" -pubout -out "$1.pub" || exit 1; }
# sign FILE OPTION...: a statement in a DSSE envelope, by the command.
sign() { to=$1 && shift && "$armalo" attest sign --now "$now" --audit audit "$@" > "$to" || exit 1; }
payload_of() { sed 's/.*"payload":"\([^"]*\)".*/\1/' "$1" | openssl base64 -d -A; }
# jws HEADER KEY: a token with $claims in the compact form (RFC 7515 3.1), by openssl. Without a key it is not signed.
b64url() { openssl base64 -A | tr '+/' '-_' | tr -d =; }
jws() {
    printf '%s.%s' "$(printf '%s' "$1" | b64url)" "$(printf '%s' "$claims" | b64url)" > input
    cat input && printf .
    [ -z "$2" ] || openssl pkeyutl -sign -rawin -inkey "$2" -in input | b64url
}
# list FILE NUMBER ID: what evals.example revoked, as of 10:00, with the next list due at noon.
list() {
    cat > list.json << END
{"issuer":"evals.example","number":$2,"this_update":"2026-11-20T10:00:00Z","next_update":"2026-11-20T12:00:00Z",
 "revoked":[{"id":"$3","at":"2026-11-20T09:55:00Z","reason":"wrong dataset"}]}
END
    sign "$1" --key evals --predicate-type urn:armalo:revocations:v1 list.json
}

for name in evals audits idp stranger; do key "$name"; done
echo did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2 > did
published=$here/attest_credential.json
echo 'agent 1.4.0' > release
echo 'agent 1.5.0' > other
pact=sha256:$(openssl dgst -sha256 -r release | cut -d ' ' -f 1)
cat > result.json << END
{"agent":"agt_ant","pact_digest":"$pact","mode":"production","started_at":"2026-11-20T10:00:00Z",
 "finished_at":"2026-11-20T10:30:00Z","suite":"support","suite_digest":"$pact",
 "results":[{"type":"accuracy","actual":0.93,"samples":400,"method":"deterministic"}]}
END
cat > bundle.json << END
{"bundle_id":"bnd_7","agent":"agt_ant","scope":["accuracy","cost"],"issued_at":"2026-11-20T10:00:00Z",
 "expires_at":"2026-11-27T10:00:00Z",
 "sections":{"accuracy":{"value":{"actual":0.93}},"cost":{"value":{"eur":"4812.50"}}}}
END
claims='{"iss":"https://idp.example","sub":"agt_ant","aud":"deploys","iat":1795172000,"exp":1795176000,"level":1}'
# A policy must say each of these: formats, whose keys, types, how old, and revocation.
rules() { printf '{"v":1,"formats":["%s"],"issuers":["%s"],%s,"no_revocation":true}\n' "$2" "$3" "$4" > "policy.$1"; }
rules result dsse evals.example '"predicate_types":["urn:armalo:eval-result:v1"],"max_age_s":86400,
 "claims":[{"pointer":"/predicate/results/0/actual","operator":"gte","value":0.9}]'
rules bundle dsse evals.example '"predicate_types":["urn:armalo:bundle:v1"],"expiry_required":true,"any_subject":true'
rules token jws https://idp.example '"audience":["deploys"],"expiry_required":true'
rules credential vc https://vc.example/issuers/5678 '"credential_types":["AlumniCredential"],"any_age":true'
sed 's/"issuers":\[/&"audits.example",/; s/"v":1,/"v":1,"threshold":2,/' policy.result > policy.two
sed 's/"no_revocation":true/"revocation":{"max_age_s":5400}/' policy.result > policy.revocation
sed 's/"issuers":[^,]*,//' policy.result > policy.unfit

cat << END
Files that claim something are shown to "armalo attest verify": an eval result about a release, a token, a credential.
It is told which keys belong to whom, and a policy: what is accepted, of whom, how old. Only what is granted may be
relied upon. The evidence says how far it got: positive (it holds), negative (it does not hold), stale (it held once),
simulated (it holds, but not for production), unavailable (nobody could tell, which is never taken for a yes).
All is judged as of 11:00 on 20 November 2026, unless another time is named.

END
line 'what was shown' decision evidence "operator's reason" '' | sed "s/.*/$bold&$plain/"

part 'Three formats, each signed with a key that is trusted for it'
sign good --key evals --predicate-type urn:armalo:eval-result:v1 --subject release result.json
jws '{"alg":"EdDSA","typ":"JWT"}' idp > good.jws
result 'an eval result (DSSE), signed by armalo attest sign' core.granted positive good
{ payload_of good | wc -c | xargs printf 'DSSEv1 28 application/vnd.in-toto+json %d ' && payload_of good; } > input
sed 's/.*"sig":"\([^"]*\)".*/\1/' good | openssl base64 -d -A > sig
is=no got='no answer'
openssl pkeyutl -verify -rawin -pubin -inkey evals.pub -in input -sigfile sig >> log 2>&1 && is=yes got=holds
judge "$is" 'its signature, checked by openssl alone' "$got" - -
token 'a token (JWS), signed by openssl' core.granted positive good.jws
credential 'a credential (eddsa-jcs-2022), published by the W3C' core.granted positive "$published"

part 'The same, with one byte changed'
body=$(payload_of good | sed 's/0\.93/0.98/' | openssl base64 -A)
sed "s|\"payload\":\"[^\"]*\"|\"payload\":\"$body\"|" good > changed
sed "s/\.[^.]*\./.$(printf '%s' "$claims" | sed 's/"level":1/"level":9/' | b64url)./" good.jws > changed.jws
sed 's/School/Schoot/' "$published" > changed.vc
result 'the eval result, its 0.93 made 0.98' attest.signature_mismatch negative changed
token 'the token, its level 1 made 9' attest.signature_mismatch negative changed.jws
credential 'the credential, another letter in the name of the school' attest.signature_mismatch negative changed.vc

part 'Signed, but not what is asked for'
sed 's/0\.93/0.89/' result.json > low.json
sign low --key evals --predicate-type urn:armalo:eval-result:v1 --subject release low.json
expect 'the eval result, for another release' attest.subject_mismatch negative --policy "$policy" --subject other good
expect 'the eval result; nobody said for which release' attest.subject_unspecified unavailable --policy "$policy" good
result 'an eval result of 0.89; the policy asks for 0.9' attest.claim_mismatch negative low
expect 'the token, for another agent' attest.subject_mismatch negative \
    --policy policy.token --subject-id agt_bee good.jws
token 'the eval result, where a token is asked for' attest.format_refused negative good

part 'Who signed it'
set -- --predicate-type urn:armalo:eval-result:v1 --subject release result.json
sign stranger.dsse --key stranger "$@"
sign named.dsse --key stranger --key-id "$(sed 's/.*"keyid":"\([^"]*\)".*/\1/' good)" "$@"
sign two --key audits --add good
sign twice --key evals --add good
jws '{"alg":"none"}' '' > none.jws
{ jws '{"alg":"HS256"}' '' && openssl dgst -sha256 -hmac "$(cat idp.pub)" -binary input | b64url; } > hmac.jws
jws '{"alg":"EdDSA","jwk":{"kty":"OKP","crv":"Ed25519"}}' stranger > key.jws
result 'signed by a stranger' attest.signer_unknown unavailable stranger.dsse
result 'signed by a stranger, with the id of a trusted key' attest.signature_mismatch negative named.dsse
token 'a token with the algorithm "none"' attest.algorithm_refused negative none.jws
token 'a token with a keyed hash, whose key is the public key' attest.algorithm_refused negative hmac.jws
token 'a token that brings its own key' attest.key_embedded negative key.jws
policy=policy.two
result 'one signature; the policy asks for two' attest.threshold unavailable good
result 'the same key twice' attest.threshold unavailable twice
result 'with a second signature, by the auditor' core.granted positive two
policy=policy.result

part 'When'
now=$((eleven + 3600))
token 'the token at noon, when it ends' attest.expired stale good.jws
now=$((eleven + 86400))
result 'the eval result the next day; 24 hours are allowed' attest.too_old stale good
now=$eleven

part 'Is it revoked? The list is of 10:00, the next is due at noon, and the policy accepts a list for 90 minutes'
list list.1 1 someone
list list.2 2 "sha256:$(payload_of good | openssl dgst -sha256 -r | cut -d ' ' -f 1)"
policy=policy.revocation
result 'not on the list' core.granted positive --revocations list.1 good
result 'on the list' attest.revoked negative --revocations list.2 good
result 'no list' attest.revocation_missing unavailable good
result 'an older list, shown after a newer one' attest.revocation_rollback negative \
    --revocations list.2 --revocations list.1 good
now=$((eleven + 2400))
result 'at 11:40: the list is too old for the policy' attest.revocation_stale unavailable --revocations list.1 good
result 'at 11:40: but what was revoked stays revoked' attest.revoked negative --revocations list.2 good
now=$((eleven + 3600))
result 'at noon: the list is not even loaded' attest.revocation_stale unavailable --revocations list.1 good
now=$eleven policy=policy.result

part 'A simulation is no evidence for production'
sed 's/"production"/"simulation"/' result.json > simulated.json
set -- --predicate-type urn:armalo:eval-result:v1 --subject release simulated.json
sign simulated --mode simulation --key evals "$@"
result 'the eval result of a simulation, in production' attest.simulated simulated simulated
result 'the same, in a simulation' core.granted simulated --mode simulation simulated
unfit 'to sign it in production' attest.spec_invalid sign --key evals "$@"

part 'A bundle with the cost withheld: only its digest is there'
sign bundle --key evals --predicate-type urn:armalo:bundle:v1 --withhold cost bundle.json
echo '{"cost":{"eur":"4812.50"}}' > revealed
echo '{"cost":{"eur":"1812.50"}}' > altered
is=no
payload_of bundle | grep -q 0.93 && ! payload_of bundle | grep -q 4812 && is=yes
judge "$is" 'what can be read in it: the accuracy, not the cost' - - -
bundle 'the bundle' core.granted positive bundle
bundle 'with the cost, revealed later' core.granted positive --reveal revealed bundle
bundle 'with another cost' attest.section_mismatch negative --reveal altered bundle

part 'What it needs is broken or missing'
openssl genrsa -out weak 1024 2>> log && openssl pkey -in weak -pubout -out weak.pub
unfit 'a key that can be broken (RSA, 1024 bits)' trust.key_weak verify --policy policy.result --trust weak.pub good
unfit 'a policy that does not say whose keys' attest.policy_incomplete verify --policy policy.unfit --trust evals.pub good
mv audit kept && ln -s /dev/full audit
result 'the eval result; the audit file cannot be written' host.audit_failed unavailable good
asked=$((asked - 1))

# Every decision left its event, and no private key was written anywhere.
part 'Afterwards'
events=$(($(grep -c '"type":"ai.armalo.audit.attest.verify"' kept) + \
    $(grep '"type":"ai.armalo.audit.attest.revocations"' kept | grep -c '"granted":false')))
is=no
[ "$events" -eq "$asked" ] && is=yes
judge "$is" 'decisions in the audit file, one each' "$events of $asked" - -
is=yes
for name in evals audits idp stranger; do
    sed '/^-/d' "$name" > lines
    grep -qFf lines kept log line said good low two twice simulated bundle list.? ./*.dsse ./*.jws && is=no
done
judge "$is" 'no private key in any artifact, message or audit event' - - -

finish 'Nothing was relied upon that was not shown to hold.'
