# SPDX-License-Identifier: MIT
# Binds trust, policy and verification by hand, from the header alone, and checks the W3C's published credential.
from ctypes import *
import json
import os

lib = CDLL(os.path.join(os.environ.get("BUILD", "build"), "libarmalo.so.0"))
Clock = CFUNCTYPE(c_int64, c_void_p)

def struct(name, /, **fields):
    return type(name, (Structure,), {"_fields_": list(fields.items())})

def sized(kind, /, **values):  # zeroed, struct_size set, then what there is
    return kind(struct_size=sizeof(kind), **values)

Decision = struct("Decision", grant=c_uint32, reason=c_uint32, evidence=c_int32, public_class=c_int32,
                  http_status=c_int32, mode=c_int32, labels=c_uint32, authenticated=c_uint32, decided_at_ms=c_int64,
                  request_id=c_char * 48, principal=c_char * 64, org=c_char * 64, detail=c_char * 160)
HostConfig = struct("HostConfig", struct_size=c_size_t, mode=c_int32, audit_off=c_uint32, now_ms=Clock,
                    clock_ctx=c_void_p, audit=c_void_p, audit_ctx=c_void_p, root_key=c_char_p, root_key_len=c_size_t,
                    clock_floor_ms=c_int64, source=c_char_p)
Anchor = struct("Anchor", struct_size=c_size_t, form=c_int32, rs256=c_int32, data=c_char_p, len=c_size_t,
                owner=c_char_p, key_id=c_char_p, roots=c_char_p, roots_len=c_size_t, not_before_ms=c_int64,
                expires_ms=c_int64, fetched_ms=c_int64, max_age_ms=c_int64, pinned=c_uint32, reserved=c_uint32)
Request = struct("Request", struct_size=c_size_t, artifact=c_char_p, artifact_len=c_size_t, subject=c_char_p,
                 subject_data=c_char_p, subject_len=c_size_t, revealed=c_char_p, revealed_len=c_size_t,
                 request_id=c_char_p, request_id_len=c_size_t)
Facts = struct("Facts", format=c_int32, signer_count=c_uint32, issued_ms=c_int64, expires_ms=c_int64, mode=c_int32,
               reserved=c_uint32, artifact_sha256=c_uint8 * 32, payload_sha256=c_uint8 * 32, owner=c_char * 256,
               key_id=c_char * 256, thumbprint=c_char * 48, type=c_char * 256, id=c_char * 256)
for function in ("armalo_host_new", "armalo_trust_new", "armalo_attest_policy_new"):
    getattr(lib, function).restype = c_void_p
for function in ("armalo_host_free", "armalo_trust_free", "armalo_attest_policy_free", "armalo_attested_free",
                 "armalo_attested_facts_get"):
    getattr(lib, function).restype = None
lib.armalo_reason_name.restype = c_char_p

# Published with the Recommendation "Data Integrity EdDSA Cryptosuites v1.0"; the hash of its canonical form is too.
issuer, subject, key = b"https://vc.example/issuers/5678", b"did:example:abcdefgh", b"z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
contexts = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
credential = {
    "@context": contexts, "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"], "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.", "issuer": issuer.decode(),
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": subject.decode(), "alumniOf": "The School of Examples"},
    "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": "2023-02-24T23:36:38Z",
              "verificationMethod": (issuer + b"#" + key).decode(), "proofPurpose": "assertionMethod",
              "@context": contexts, "proofValue": "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4"}}
policy_json = json.dumps({"v": 1, "formats": ["vc"], "issuers": [issuer.decode()], "max_age_s": 31536000,
                          "credential_types": ["AlumniCredential"], "no_revocation": True}).encode()

why, clock = Decision(), Clock(lambda _: 1680000000000)
host = c_void_p(lib.armalo_host_new(byref(sized(HostConfig, mode=1, audit_off=0x0FF0A0D1, now_ms=clock)), byref(why)))
line = b"did:key:" + key
anchors = (Anchor * 1)(sized(Anchor, form=1, data=line, len=len(line), owner=issuer, pinned=0x0B1DDED5))
trust = c_void_p(lib.armalo_trust_new(host, anchors, c_size_t(1), byref(why)))
policy = c_void_p(lib.armalo_attest_policy_new(host, policy_json, c_size_t(len(policy_json)), byref(why)))

def verify(document, about):
    text, attested, facts = json.dumps(document).encode(), c_void_p(), Facts()
    request = sized(Request, artifact=text, artifact_len=len(text), subject=about)
    granted = lib.armalo_attest_verify(policy, trust, byref(request), byref(attested), byref(why))
    lib.armalo_attested_facts_get(attested, 0, byref(facts))
    buf, size, kind = create_string_buffer(64), c_size_t(), c_int32()
    there = lib.armalo_attested_value(attested, b"/credentialSubject/alumniOf", buf, c_size_t(64), byref(size), byref(kind))
    lib.armalo_attested_free(attested)
    return granted, lib.armalo_reason_name(why.reason), bytes(facts.payload_sha256).hex(), facts.owner, there, buf.value

good, other = verify(credential, subject), verify(credential, b"did:example:other")
credential["credentialSubject"]["alumniOf"] = "Another School"
bad, nothing = verify(credential, subject), "00" * 32
checks = [host.value, trust.value, policy.value, why.detail == b"",
          good == (1, b"core.granted", "59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19", issuer, 1,
                   b"The School of Examples"),
          other == (0, b"attest.subject_mismatch", nothing, b"", 0, b""),
          bad == (0, b"attest.signature_mismatch", nothing, b"", 0, b"")]
lib.armalo_attest_policy_free(policy), lib.armalo_trust_free(trust), lib.armalo_host_free(host)
print(f"ffi: {sum(map(bool, checks))} passed, {sum(not c for c in checks)} failed")
raise SystemExit(0 if all(checks) else 1)
