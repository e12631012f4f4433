/* SPDX-License-Identifier: MIT */
/* armalo/reasons.h: the one table of reasons.
 *
 * A reason says why a decision is what it is. Its number and its dotted name are stable: a number is never used again
 * for something else, and rows are never renumbered. The columns:
 *
 *   number   what armalo_decision.reason holds
 *   NAME     the constant ARMALO_REASON_<NAME>
 *   name     the dotted name that logs, audit events and the command print
 *   evidence the state of the evidence that this reason stands for (armalo/decision.h)
 *   class    the public class: the only thing a stranger learns (armalo/decision.h)
 *   meaning  for the operator
 *
 * Callers need no macro of this file: the enum below holds the constants, and armalo_reason_name() the names. */
#ifndef ARMALO_REASONS_H
#define ARMALO_REASONS_H

/* clang-format off */
#define ARMALO_REASONS(X) \
    X(  0, UNDECIDED,                "core.undecided",                   UNAVAILABLE, INTERNAL,     "nothing was decided: the decision is zeroed, garbage or unfinished") \
    X(  1, GRANTED,                  "core.granted",                     POSITIVE,    OK,           "every check held") \
    X(  2, INVALID_ARGUMENT,         "core.invalid_argument",            UNAVAILABLE, INTERNAL,     "the host's call was wrong: a handle or a required pointer is NULL, two arguments exclude each other, or a struct_size is not one this library knows") \
    X(  3, NO_MEMORY,                "core.no_memory",                   UNAVAILABLE, UNAVAILABLE,  "memory could not be allocated") \
    X(  4, CRYPTO_FAILED,            "core.crypto_failed",               UNAVAILABLE, UNAVAILABLE,  "a cryptographic library or the random generator failed") \
    X(  5, BUFFER_TOO_SMALL,         "core.buffer_too_small",            UNAVAILABLE, INTERNAL,     "the caller's buffer is too small; the length needed was given, nothing was written") \
    X( 20, HOST_MODE_UNSET,          "host.mode_unset",                  UNAVAILABLE, UNAVAILABLE,  "the host has no valid deployment mode") \
    X( 21, HOST_CLOCK_MISSING,       "host.clock_missing",               UNAVAILABLE, UNAVAILABLE,  "the host was given no clock") \
    X( 22, HOST_CLOCK_UNAVAILABLE,   "host.clock_unavailable",           UNAVAILABLE, UNAVAILABLE,  "the host's clock failed, or gave a time before 1970-01-01 or after 9999-12-31") \
    X( 23, HOST_CLOCK_BEHIND,        "host.clock_behind",                UNAVAILABLE, UNAVAILABLE,  "the host's clock is behind a time that is past: the floor it was given, or when a key was fetched") \
    X( 24, HOST_AUDIT_MISSING,       "host.audit_missing",               UNAVAILABLE, UNAVAILABLE,  "a mutation needs an audit sink and the host has none") \
    X( 25, HOST_AUDIT_FAILED,        "host.audit_failed",                UNAVAILABLE, UNAVAILABLE,  "the audit sink did not accept the event, so the mutation may not go ahead") \
    X( 26, HOST_ROOT_KEY_MISSING,    "host.root_key_missing",            UNAVAILABLE, UNAVAILABLE,  "the call needs the host's root key and there is none") \
    X( 27, HOST_ROOT_KEY_INVALID,    "host.root_key_invalid",            UNAVAILABLE, UNAVAILABLE,  "a root key is 32 bytes that are not all alike") \
    X( 28, HOST_CONFIG_INVALID,      "host.config_invalid",              UNAVAILABLE, INTERNAL,     "a member of the host's configuration is out of its range") \
    X( 40, JSON_SYNTAX,              "json.syntax",                      NEGATIVE,    BAD_REQUEST,  "not JSON by the grammar of RFC 8259") \
    X( 41, JSON_EMPTY,               "json.empty",                       NEGATIVE,    BAD_REQUEST,  "no JSON value at all") \
    X( 42, JSON_TRAILING,            "json.trailing",                    NEGATIVE,    BAD_REQUEST,  "something follows the JSON value") \
    X( 43, JSON_UTF8,                "json.utf8",                        NEGATIVE,    BAD_REQUEST,  "not UTF-8") \
    X( 44, JSON_BOM,                 "json.bom",                         NEGATIVE,    BAD_REQUEST,  "starts with a byte order mark") \
    X( 45, JSON_CONTROL,             "json.control",                     NEGATIVE,    BAD_REQUEST,  "an unescaped control character in a string") \
    X( 46, JSON_ESCAPE,              "json.escape",                      NEGATIVE,    BAD_REQUEST,  "an escape sequence that JSON does not have") \
    X( 47, JSON_SURROGATE,           "json.surrogate",                   NEGATIVE,    BAD_REQUEST,  "a lone surrogate") \
    X( 48, JSON_NUL_NAME,            "json.nul_name",                    NEGATIVE,    BAD_REQUEST,  "a member name with U+0000 in it") \
    X( 49, JSON_DUPLICATE,           "json.duplicate",                   NEGATIVE,    BAD_REQUEST,  "two members of one object have the same name") \
    X( 50, JSON_NUMBER_RANGE,        "json.number_range",                NEGATIVE,    BAD_REQUEST,  "a number too large for a double") \
    X( 51, JSON_DEPTH,               "json.depth",                       NEGATIVE,    BAD_REQUEST,  "nested deeper than ARMALO_JSON_MAX_DEPTH") \
    X( 52, JSON_SIZE,                "json.size",                        NEGATIVE,    BAD_REQUEST,  "longer than the caller allows") \
    X( 60, SCHEME_UNKNOWN,           "webhook.scheme_unknown",           UNAVAILABLE, INTERNAL,     "no preset of that name") \
    X( 61, SCHEME_INVALID,           "webhook.scheme_invalid",           UNAVAILABLE, INTERNAL,     "the scheme's JSON is malformed, has an unknown or missing member, or describes signed content that could be read in two ways") \
    X( 62, SECRET_MISSING,           "webhook.secret_missing",           UNAVAILABLE, INTERNAL,     "no secret was given") \
    X( 63, SECRET_EMPTY,             "webhook.secret_empty",             UNAVAILABLE, INTERNAL,     "a secret is empty") \
    X( 64, SECRET_SHORT,             "webhook.secret_short",             UNAVAILABLE, INTERNAL,     "a secret holds fewer bytes than the scheme asks for") \
    X( 65, SECRET_LONG,              "webhook.secret_long",              UNAVAILABLE, INTERNAL,     "a secret is longer than ARMALO_WEBHOOK_MAX_SECRET") \
    X( 66, SECRET_ENCODING,          "webhook.secret_encoding",          UNAVAILABLE, INTERNAL,     "a secret is not in the form that the scheme asks for (prefix, canonical base64)") \
    X( 67, SECRET_TOO_MANY,          "webhook.secret_too_many",          UNAVAILABLE, INTERNAL,     "more secrets than ARMALO_WEBHOOK_MAX_SECRETS") \
    X( 68, SECRET_WEAK,              "webhook.secret_weak",              UNAVAILABLE, INTERNAL,     "a key that anybody can forge for: a secret of one repeated byte, or an Ed25519 key of small order") \
    X( 69, SECRET_EXPIRED,           "webhook.secret_expired",           STALE,       UNAUTHORIZED, "every secret of the endpoint has expired") \
    X( 70, EVENTS_MISSING,           "webhook.events_missing",           UNAVAILABLE, INTERNAL,     "neither an event allowlist nor any_event was given") \
    X( 71, WEBHOOK_CONFIG_INVALID,   "webhook.config_invalid",           UNAVAILABLE, INTERNAL,     "a member of a webhook configuration, of a secret to issue or of an attempt is out of its range") \
    X( 80, HEADERS_TOO_MANY,         "webhook.headers_too_many",         NEGATIVE,    BAD_REQUEST,  "more header fields than ARMALO_WEBHOOK_MAX_HEADERS") \
    X( 81, HEADER_TOO_LONG,          "webhook.header_too_long",          NEGATIVE,    BAD_REQUEST,  "a header the scheme reads is longer than it may be") \
    X( 82, HEADER_MISSING,           "webhook.header_missing",           UNAVAILABLE, UNAUTHORIZED, "a header that the scheme needs is not there") \
    X( 83, HEADER_EMPTY,             "webhook.header_empty",             UNAVAILABLE, UNAUTHORIZED, "a header that the scheme needs has no value") \
    X( 84, HEADER_REPEATED,          "webhook.header_repeated",          NEGATIVE,    BAD_REQUEST,  "a header that the scheme reads is there more than once") \
    X( 85, HEADER_FAMILY_MIXED,      "webhook.header_family_mixed",      NEGATIVE,    BAD_REQUEST,  "the headers belong to two families and no family is complete") \
    X( 86, HEADER_INVALID,           "webhook.header_invalid",           NEGATIVE,    BAD_REQUEST,  "a header that the scheme reads holds a byte outside printable ASCII") \
    X( 87, BODY_TOO_LARGE,           "webhook.body_too_large",           NEGATIVE,    TOO_LARGE,    "the body is larger than max_body") \
    X( 90, ID_INVALID,               "webhook.id_invalid",               NEGATIVE,    BAD_REQUEST,  "the delivery id has a byte that would blur where it ends in the signed content") \
    X( 91, TIMESTAMP_MISSING,        "webhook.timestamp_missing",        UNAVAILABLE, UNAUTHORIZED, "the header has no timestamp in it") \
    X( 92, TIMESTAMP_MALFORMED,      "webhook.timestamp_malformed",      NEGATIVE,    BAD_REQUEST,  "the timestamp is not a plain unsigned decimal number of seconds up to 2^53-1, or there are two") \
    X( 93, TIMESTAMP_STALE,          "webhook.timestamp_stale",          STALE,       UNAUTHORIZED, "the timestamp is older than the tolerance") \
    X( 94, TIMESTAMP_FUTURE,         "webhook.timestamp_future",         NEGATIVE,    UNAUTHORIZED, "the timestamp is further in the future than the tolerance") \
    X(100, SIGNATURE_MISSING,        "webhook.signature_missing",        UNAVAILABLE, UNAUTHORIZED, "the header holds no signature") \
    X(101, SIGNATURES_TOO_MANY,      "webhook.signatures_too_many",      NEGATIVE,    BAD_REQUEST,  "more signatures than ARMALO_WEBHOOK_MAX_SIGNATURES") \
    X(102, SIGNATURE_VERSION,        "webhook.signature_version",        NEGATIVE,    UNAUTHORIZED, "no signature is of a version that the scheme and the secrets can check") \
    X(103, SIGNATURE_MALFORMED,      "webhook.signature_malformed",      NEGATIVE,    UNAUTHORIZED, "no signature could be decoded: wrong alphabet, padding or stray bits") \
    X(104, SIGNATURE_LENGTH,         "webhook.signature_length",         NEGATIVE,    UNAUTHORIZED, "no signature has the right length") \
    X(105, SIGNATURE_MISMATCH,       "webhook.signature_mismatch",       NEGATIVE,    UNAUTHORIZED, "no signature belongs to these bytes and one of the secrets") \
    X(106, SIGNED_HEADER_MISSING,    "webhook.signed_header_missing",    UNAVAILABLE, UNAUTHORIZED, "a header that the signature claims to cover is not there") \
    X(107, SIGNED_HEADER_AMBIGUOUS,  "webhook.signed_header_ambiguous",  NEGATIVE,    UNAUTHORIZED, "a covered header holds the separator, so the signed content could be read in two ways") \
    X(110, EVENT_MISSING,            "webhook.event_missing",            UNAVAILABLE, BAD_REQUEST,  "the delivery names no event") \
    X(111, EVENT_UNREADABLE,         "webhook.event_unreadable",         NEGATIVE,    BAD_REQUEST,  "the body that should name the event is not strict JSON, or the name is no plain text of at most ARMALO_WEBHOOK_MAX_EVENT bytes") \
    X(112, EVENT_NOT_ALLOWED,        "webhook.event_not_allowed",        NEGATIVE,    FORBIDDEN,    "the event is not on the allowlist") \
    X(113, DELIVERY_ID_MISSING,      "webhook.delivery_id_missing",      UNAVAILABLE, BAD_REQUEST,  "the body does not hold the delivery id") \
    X(114, DELIVERY_ID_UNREADABLE,   "webhook.delivery_id_unreadable",   NEGATIVE,    BAD_REQUEST,  "the body that should hold the delivery id is not strict JSON, or the id is no plain text of at most ARMALO_WEBHOOK_MAX_ID bytes") \
    X(115, LABEL_REFUSED,            "webhook.label_refused",            NEGATIVE,    FORBIDDEN,    "the decision would carry a label that the configuration refuses, or lack one that it requires") \
    X(116, STORE_UNAVAILABLE,        "webhook.store_unavailable",        UNAVAILABLE, UNAVAILABLE,  "the delivery store did not answer, is full, or gave an answer outside its contract") \
    X(117, CLAIM_LOST,               "webhook.claim_lost",               NEGATIVE,    CONFLICT,     "the delivery is not this caller's to settle: it was not claimed, is settled, or its lease ran out and another caller claimed it") \
    X(120, CANNOT_SIGN,              "webhook.cannot_sign",              UNAVAILABLE, INTERNAL,     "the secrets can check but not make signatures of this scheme") \
    X(121, SECRET_RECORD_MALFORMED,  "webhook.secret_record_malformed",  UNAVAILABLE, INTERNAL,     "a secret record is not strict JSON of exactly the known members") \
    X(122, SECRET_RECORD_ALTERED,    "webhook.secret_record_altered",    NEGATIVE,    INTERNAL,     "a secret record was not sealed by this root key, or a member was changed") \
    X(123, SECRET_RECORD_EXPIRED,    "webhook.secret_record_expired",    STALE,       INTERNAL,     "a secret record is past its expires_at") \
    X(200, KEY_MALFORMED,            "key.malformed",                    NEGATIVE,    UNAUTHORIZED, "not the form of a token") \
    X(201, KEY_CHECKSUM,             "key.checksum",                     NEGATIVE,    UNAUTHORIZED, "the token's check characters do not fit: a typing error, or not a token") \
    X(202, KEY_UNKNOWN,              "key.unknown",                      NEGATIVE,    UNAUTHORIZED, "no record has this token's digest") \
    X(203, KEY_REVOKED,              "key.revoked",                      NEGATIVE,    UNAUTHORIZED, "the key was revoked") \
    X(204, KEY_EXPIRED,              "key.expired",                      STALE,       UNAUTHORIZED, "the key is past its expires_at") \
    X(205, KEY_NOT_YET_VALID,        "key.not_yet_valid",                NEGATIVE,    UNAUTHORIZED, "the key is before its not_before") \
    X(206, KEY_ENVIRONMENT,          "key.environment",                  NEGATIVE,    UNAUTHORIZED, "a live key outside production") \
    X(207, KEY_SIMULATED,            "key.simulated",                    SIMULATED,   UNAUTHORIZED, "a test or sim key in production") \
    X(208, KEY_ORG_UNSPECIFIED,      "key.org_unspecified",              UNAVAILABLE, INTERNAL,     "the host did not say whose key it must be") \
    X(209, KEY_ORG_MISMATCH,         "key.org_mismatch",                 NEGATIVE,    UNAUTHORIZED, "the key belongs to another org") \
    X(210, KEY_SCOPE_UNSPECIFIED,    "key.scope_unspecified",            UNAVAILABLE, INTERNAL,     "the host did not say which scopes are needed") \
    X(211, KEY_SCOPE_INVALID,        "key.scope_invalid",                UNAVAILABLE, INTERNAL,     "not a scope, or not a list of scopes") \
    X(212, KEY_SCOPE_MISSING,        "key.scope_missing",                NEGATIVE,    UNAUTHORIZED, "the key does not have a scope that is needed") \
    X(213, KEY_ACCESS_UNSPECIFIED,   "key.access_unspecified",           UNAVAILABLE, INTERNAL,     "the host did not say whether it is a read or a mutation, or where the request comes from") \
    X(214, KEY_BROWSER,              "key.browser",                      NEGATIVE,    UNAUTHORIZED, "a server key, or a mutation, from a browser") \
    X(215, KEY_MUTATION,             "key.mutation",                     NEGATIVE,    UNAUTHORIZED, "a key of use any may not mutate") \
    X(216, KEY_RECORD_MALFORMED,     "key.record_malformed",             UNAVAILABLE, INTERNAL,     "a key record is not strict JSON of exactly the known members") \
    X(217, KEY_RECORD_ALTERED,       "key.record_altered",               NEGATIVE,    UNAUTHORIZED, "a key record was not sealed by this root key, or was changed since") \
    X(218, KEY_RECORD_DUPLICATE,     "key.record_duplicate",             NEGATIVE,    INTERNAL,     "two records have one id or one digest") \
    X(219, KEY_LOOKUP_UNAVAILABLE,   "key.lookup_unavailable",           UNAVAILABLE, UNAVAILABLE,  "the host's lookup of keys failed") \
    X(220, KEY_STORE_MISSING,        "key.store_missing",                UNAVAILABLE, UNAVAILABLE,  "no records were loaded and there is no lookup") \
    X(221, KEY_SPEC_INVALID,         "key.spec_invalid",                 UNAVAILABLE, INTERNAL,     "a member of the key to be issued or rotated is missing or out of its range") \
    X(222, KEY_ATTENUATION,          "key.attenuation",                  NEGATIVE,    FORBIDDEN,    "a key may mint only narrower keys of its own org that do not outlive it") \
    X(223, KEY_NOT_FOUND,            "key.not_found",                    NEGATIVE,    NOT_FOUND,    "no loaded key has this id") \
    X(224, KEY_LOG_MALFORMED,        "key.log_malformed",                UNAVAILABLE, INTERNAL,     "a line of the audit log is not an event") \
    X(240, ROUTE_TABLE_MALFORMED,    "route.table_malformed",            UNAVAILABLE, INTERNAL,     "not a route table or an OpenAPI document: not strict JSON, an unknown or missing member, too large, or a $ref that leads nowhere or in a circle") \
    X(241, ROUTE_TABLE_EMPTY,        "route.table_empty",                UNAVAILABLE, INTERNAL,     "a table without routes") \
    X(242, ROUTE_UNKNOWN_AUTH,       "route.unknown_auth",               UNAVAILABLE, INTERNAL,     "a route whose auth is absent or unknown") \
    X(243, ROUTE_UNKNOWN_CLASS,      "route.unknown_class",              UNAVAILABLE, INTERNAL,     "a route whose class or owner is absent or unknown") \
    X(244, ROUTE_MUTATION_WITHOUT_AUTH, "route.mutation_without_auth",   NEGATIVE,    INTERNAL,     "a mutation or admin route with auth none") \
    X(245, ROUTE_MUTATION_WITHOUT_OWNER, "route.mutation_without_owner", NEGATIVE,    INTERNAL,     "a mutation without owner org") \
    X(246, ROUTE_MUTATION_WITHOUT_AUDIT, "route.mutation_without_audit", NEGATIVE,    INTERNAL,     "a mutation without an audit event") \
    X(247, ROUTE_MUTATION_WITHOUT_SCOPE, "route.mutation_without_scope", NEGATIVE,    INTERNAL,     "a mutation without a scope") \
    X(248, ROUTE_OVERLAP,            "route.overlap",                    NEGATIVE,    INTERNAL,     "two routes match the same request and neither is the more specific") \
    X(249, ROUTE_PARAMETER_REPEATED, "route.parameter_repeated",         NEGATIVE,    INTERNAL,     "a parameter name is used twice in one path") \
    X(250, ROUTE_INVALID_METHOD,     "route.invalid_method",             NEGATIVE,    INTERNAL,     "not an HTTP method") \
    X(251, ROUTE_INVALID_PATH,       "route.invalid_path",               NEGATIVE,    INTERNAL,     "not a path that every parser reads alike") \
    X(252, ROUTE_INVALID_SCOPE,      "route.invalid_scope",              NEGATIVE,    INTERNAL,     "a route names something that is no scope") \
    X(253, ROUTE_PATH_REFUSED,       "route.path_refused",               NEGATIVE,    BAD_REQUEST,  "a request path that two parsers could read differently") \
    X(254, ROUTE_UNLISTED,           "route.unlisted",                   NEGATIVE,    NOT_FOUND,    "no route matches the request") \
    X(255, ROUTE_OWNER_UNSPECIFIED,  "route.owner_unspecified",          UNAVAILABLE, NOT_FOUND,    "the host did not say which org the resource belongs to") \
    X(256, ROUTE_OWNER_MISMATCH,     "route.owner_mismatch",             NEGATIVE,    NOT_FOUND,    "the resource belongs to another org") \
    X(257, ROUTE_AUTH_UNSUPPORTED,   "route.auth_unsupported",           UNAVAILABLE, UNAVAILABLE,  "the route's auth (webhook, operator, x402) is decided by another control") \
    X(300, TRUST_MALFORMED,          "trust.malformed",                  UNAVAILABLE, INTERNAL,     "an anchor is no JWKS, PEM, list of did:key or raw key, or a member of it is missing or out of its range") \
    X(301, TRUST_EMPTY,              "trust.empty",                      UNAVAILABLE, INTERNAL,     "an anchor holds no key that could check a signature") \
    X(302, TRUST_KEY_WEAK,           "trust.key_weak",                   NEGATIVE,    INTERNAL,     "a key that others can forge for: a point of small order or off its curve, RSA under 2048 bits or with an exponent that is even or under 65537") \
    X(303, TRUST_KEY_UNSUPPORTED,    "trust.key_unsupported",            UNAVAILABLE, INTERNAL,     "a key of another type than Ed25519, P-256, P-384 and RSA, or an algorithm that is not its own") \
    X(304, TRUST_KEY_DUPLICATE,      "trust.key_duplicate",              NEGATIVE,    INTERNAL,     "the same key is there twice, so it would have two owners or two algorithms") \
    X(305, TRUST_TOO_MANY,           "trust.too_many",                   UNAVAILABLE, INTERNAL,     "more keys than ARMALO_TRUST_MAX_KEYS, a longer anchor or chain of certificates than may be, or lists of more issuers than ARMALO_TRUST_MAX_LISTS") \
    X(306, TRUST_ROOTS_MISSING,      "trust.roots_missing",              UNAVAILABLE, INTERNAL,     "a certificate without the roots that it must lead up to") \
    X(307, TRUST_CHAIN_INVALID,      "trust.chain_invalid",              NEGATIVE,    INTERNAL,     "a certificate that does not lead up to one of the roots, or may not sign") \
    X(308, TRUST_UNBOUNDED,          "trust.unbounded",                  STALE,       INTERNAL,     "nobody said how old the keys may grow, nor that they are pinned") \
    X(309, TRUST_STALE,              "trust.stale",                      UNAVAILABLE, UNAVAILABLE,  "the key that signed was fetched too long ago") \
    X(320, POLICY_MALFORMED,         "attest.policy_malformed",          UNAVAILABLE, INTERNAL,     "a policy is not strict JSON, or a member of it is unknown, out of its range or contradicts another") \
    X(321, POLICY_INCOMPLETE,        "attest.policy_incomplete",         UNAVAILABLE, INTERNAL,     "a policy leaves out what must be said: formats, whose keys, types, how old, revocation") \
    X(330, ATTEST_SIZE,              "attest.size",                      NEGATIVE,    TOO_LARGE,    "an artifact is empty or larger than ARMALO_ATTEST_MAX_SIZE (a credential: ARMALO_ATTEST_MAX_CREDENTIAL, a revocation list: ARMALO_REVOCATIONS_MAX_SIZE)") \
    X(331, ATTEST_FORMAT_UNKNOWN,    "attest.format_unknown",            NEGATIVE,    BAD_REQUEST,  "neither a DSSE envelope, nor a JWS, nor a verifiable credential") \
    X(332, ATTEST_FORMAT_REFUSED,    "attest.format_refused",            NEGATIVE,    FORBIDDEN,    "the policy does not accept this format") \
    X(333, ATTEST_MALFORMED,         "attest.malformed",                 NEGATIVE,    BAD_REQUEST,  "not what its format asks for: strict JSON, the members it must have, of the right type") \
    X(334, ATTEST_ENCODING,          "attest.encoding",                  NEGATIVE,    BAD_REQUEST,  "base64 or base58 with a wrong alphabet, padding or stray bits") \
    X(335, ATTEST_SIGNATURE_MISSING, "attest.signature_missing",         UNAVAILABLE, UNAUTHORIZED, "there is no signature") \
    X(336, ATTEST_SIGNATURES_MANY,   "attest.signatures_many",           UNAVAILABLE, BAD_REQUEST,  "more signatures than ARMALO_ATTEST_MAX_SIGNATURES (proofs: ARMALO_ATTEST_MAX_PROOFS), or more attempts than ARMALO_ATTEST_MAX_ATTEMPTS would be needed, or over more bytes than ARMALO_ATTEST_MAX_WORK") \
    X(337, ATTEST_ALGORITHM_REFUSED, "attest.algorithm_refused",         NEGATIVE,    UNAUTHORIZED, "no algorithm, a keyed hash, or one that the policy does not accept") \
    X(338, ATTEST_KEY_EMBEDDED,      "attest.key_embedded",              NEGATIVE,    UNAUTHORIZED, "the message brings its own key or says where to fetch one (jwk, jku, x5u, x5c)") \
    X(339, ATTEST_CRITICAL,          "attest.critical",                  UNAVAILABLE, UNAUTHORIZED, "the message marks something as critical that is not understood here (crit, b64, previousProof)") \
    X(340, ATTEST_SIGNER_UNKNOWN,    "attest.signer_unknown",            UNAVAILABLE, UNAUTHORIZED, "no trusted key that the policy accepts could have made the signature") \
    X(341, ATTEST_SIGNATURE_MISMATCH, "attest.signature_mismatch",       NEGATIVE,    UNAUTHORIZED, "no signature belongs to these bytes and a trusted key that the policy accepts") \
    X(342, ATTEST_KEY_EXPIRED,       "attest.key_expired",               STALE,       UNAUTHORIZED, "the key that signed is past its validity") \
    X(343, ATTEST_KEY_NOT_YET_VALID, "attest.key_not_yet_valid",         NEGATIVE,    UNAUTHORIZED, "the key that signed is before its validity, or was when this was made") \
    X(344, ATTEST_KEY_USAGE,         "attest.key_usage",                 NEGATIVE,    UNAUTHORIZED, "the certificate of the key that signed lacks an extended key usage that the policy asks for") \
    X(345, ATTEST_THRESHOLD,         "attest.threshold",                 UNAVAILABLE, UNAUTHORIZED, "fewer distinct keys signed than the policy (or a pact of two parties) asks for") \
    X(346, ATTEST_PAYLOAD_MALFORMED, "attest.payload_malformed",         NEGATIVE,    BAD_REQUEST,  "what was signed is not a Statement v1, a set of claims or a credential") \
    X(347, ATTEST_PREDICATE_INVALID, "attest.predicate_invalid",         NEGATIVE,    BAD_REQUEST,  "a predicate of a type of ours has a member missing, unknown or of the wrong form") \
    X(348, ATTEST_TYPE_REFUSED,      "attest.type_refused",              NEGATIVE,    FORBIDDEN,    "the policy does not accept this payload type, predicate type, typ or credential type") \
    X(349, ATTEST_ISSUER_MISMATCH,   "attest.issuer_mismatch",           NEGATIVE,    UNAUTHORIZED, "the issuer it names is not the owner of the key that signed, or not one the policy accepts") \
    X(350, ATTEST_PURPOSE,           "attest.purpose",                   NEGATIVE,    UNAUTHORIZED, "the proof was not made to assert (proofPurpose)") \
    X(351, ATTEST_SUBJECT_UNSPECIFIED, "attest.subject_unspecified",     UNAVAILABLE, INTERNAL,     "the host did not say what the artifact must speak of") \
    X(352, ATTEST_SUBJECT_MISMATCH,  "attest.subject_mismatch",          NEGATIVE,    FORBIDDEN,    "it speaks of something else") \
    X(353, ATTEST_AUDIENCE_MISMATCH, "attest.audience_mismatch",         NEGATIVE,    FORBIDDEN,    "it was made for another audience, or for none where the policy names one") \
    X(354, ATTEST_TIME_MISSING,      "attest.time_missing",              UNAVAILABLE, UNAUTHORIZED, "it does not say when it was made or when it ends, and the policy asks") \
    X(355, ATTEST_TIME_UNREADABLE,   "attest.time_unreadable",           UNAVAILABLE, BAD_REQUEST,  "a time in it is no RFC 3339 time and no whole number of seconds up to the end of 9999") \
    X(356, ATTEST_EXPIRED,           "attest.expired",                   STALE,       UNAUTHORIZED, "it is past its end") \
    X(357, ATTEST_TOO_OLD,           "attest.too_old",                   STALE,       UNAUTHORIZED, "it was made longer ago than the policy allows") \
    X(358, ATTEST_NOT_YET_VALID,     "attest.not_yet_valid",             NEGATIVE,    UNAUTHORIZED, "it is before its beginning, or says that it was made in the future") \
    X(359, ATTEST_CLAIM_MISSING,     "attest.claim_missing",             UNAVAILABLE, FORBIDDEN,    "a claim that the policy asks for is not there") \
    X(360, ATTEST_CLAIM_UNREADABLE,  "attest.claim_unreadable",          UNAVAILABLE, FORBIDDEN,    "a claim is of another type than the policy compares it with, or a number that readers may round") \
    X(361, ATTEST_CLAIM_MISMATCH,    "attest.claim_mismatch",            NEGATIVE,    FORBIDDEN,    "a claim is not what the policy asks for") \
    X(362, ATTEST_SIMULATED,         "attest.simulated",                 SIMULATED,   FORBIDDEN,    "it was made in a weaker mode than the host's") \
    X(363, ATTEST_STATUS_UNCHECKED,  "attest.status_unchecked",          UNAVAILABLE, FORBIDDEN,    "a credential names a status list, which cannot be checked here, and the policy does not say any_status") \
    X(364, ATTEST_REVOKED,           "attest.revoked",                   NEGATIVE,    UNAUTHORIZED, "it, or a key that signed it, was revoked") \
    X(365, ATTEST_REVOCATION_MISSING, "attest.revocation_missing",       UNAVAILABLE, UNAVAILABLE,  "the policy asks for a revocation list of this issuer and none was loaded") \
    X(366, ATTEST_REVOCATION_STALE,  "attest.revocation_stale",          UNAVAILABLE, UNAVAILABLE,  "the revocation list is past its next_update, older than the policy allows, or not yet made") \
    X(367, ATTEST_SECTION_MISMATCH,  "attest.section_mismatch",          NEGATIVE,    BAD_REQUEST,  "a section of a bundle does not fit its digest, its scope, or what was revealed of it") \
    X(380, ATTEST_KEY_UNUSABLE,      "attest.key_unusable",              UNAVAILABLE, INTERNAL,     "a private key is no plain PEM key of a type that can sign here, or is weak") \
    X(381, ATTEST_SPEC_INVALID,      "attest.spec_invalid",              UNAVAILABLE, INTERNAL,     "what is to be signed lacks a member, or one is out of its range, or of another mode than the host's") \
    X(382, ATTEST_REVOCATION_ROLLBACK, "attest.revocation_rollback",     NEGATIVE,    CONFLICT,     "a revocation list with a lower number than the one loaded before or remembered, or with the same number and another content")
/* clang-format on */

enum armalo_reason_number {
#define ARMALO_REASON_ENUM(number, NAME, name, evidence, class_, meaning) ARMALO_REASON_##NAME = (number),
    ARMALO_REASONS(ARMALO_REASON_ENUM)
#undef ARMALO_REASON_ENUM
};

#endif
