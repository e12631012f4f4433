/* SPDX-License-Identifier: MIT */
/* The rule for granting an attestation, written a second time in a few lines, against the library: who signed, what is
 * said, what the policy asks, which lists are loaded, what the host asks, and when. From a question that is granted,
 * every pair of deviations of it; and many questions that deviate anywhere. Granted exactly when the rule says so; a
 * denial has the reason of the first check that fails, in the order of armalo/attest.h. */
#include "attest_forge.h"

/* ---- A question: a value for each of these, 0 being the good one ---- */

enum format { DSSE, RECEIPT, APPROVAL, JWS, CREDENTIAL, FLATTENED, FORMATS };

enum dimension {
    HOST,
    CLOCK,
    SIGNER,
    SAID_ISSUER,
    SAID_SUBJECT,
    SAID_AUDIENCE,
    ISSUED,
    BEGINS,
    EXPIRES,
    SCORE,
    MADE_IN,
    ID,
    STATUS,
    LISTS,
    P_SIGNERS,
    P_THRESHOLD,
    P_FORMATS,
    P_ALGORITHMS,
    P_TYPE,
    P_ANY_SUBJECT,
    P_AUDIENCE,
    P_AGE,
    P_SKEW,
    P_POINTERS,
    P_CLAIM,
    P_REVOCATION,
    P_SIMULATED,
    P_STATUS,
    ASKED,
    DIMENSIONS
};

enum { PRODUCTION, STAGING, SIMULATION, DRY_RUN, UNSET, SINK_OFF, SINK_MISSING, SINK_FAILS, NO_CLOCK, HOSTS };
enum { BY_CI, BY_OTHER, BY_BOTH, BY_STRANGER, SIGNERS };
enum { SAYS_CI, SAYS_OTHER, SAYS_NONE, ISSUERS };
enum { SUBJECT_NAMED, SUBJECT_SHA256, SUBJECT_SHA512, SUBJECT_FOREIGN, SUBJECT_ABSENT, SUBJECTS };
enum { FOR_NONE, FOR_US, FOR_OTHERS, FOR_ALL, FOR_NOBODY, FOR_A_NUMBER, AUDIENCES };
enum { TIME_SAID, TIME_ABSENT, TIME_ANCIENT, TIMES };
enum { NUMBER, TEXT, ABSENT, BIG, BOOLEAN, ARRAY, SCORES };
enum { ID_FREE, ID_LISTED, ID_ABSENT, IDS };
enum { OF_BOTH, NO_LISTS, OF_CI, OF_CI_LISTING_ID, OF_CI_LISTING_KEY, OF_OTHER, LIST_SETS };
enum { WE_CI, WE_BOTH, WE_ANY, WE_KEY, WE_NOBODY, WE_OTHER, POLICIES };
enum { AGE_ANY, AGE_MAX, AGE_EXPIRY, AGE_BOTH, AGES };
enum {
    CLAIM_NONE,
    CLAIM_GTE_90,
    CLAIM_GTE_94,
    CLAIM_EQ_TEXT,
    CLAIM_NEQ_93,
    CLAIM_HAS_A,
    CLAIM_HAS_NOT_93,
    CLAIM_TRUE,
    CLAIMS
};
enum { REVOCATION_OWNERS, REVOCATION_NONE, REVOCATION_OTHER, REVOCATIONS };
enum { ASK_NAMED, ASK_DATA, ASK_WRONG, ASK_NOTHING, ASK_TWICE, ASKINGS };

static const unsigned skew_s[] = {60, 0, 300};

#define NOW       (FORGE_NOW_S * 1000)
#define DAY       INT64_C(86400000)
#define ISSUED_AT (NOW - 100000)
#define BEGINS_AT (NOW - 50000)
#define ENDS_AT   (NOW + 600000)
#define MAX_AGE   INT64_C(300000)
#define LIST_MADE (NOW - 40000)
#define LIST_NEXT (NOW + 400000)
#define LIST_AGE  INT64_C(340000)  /* or ten times that, so that LIST_NEXT comes first */
#define KEY_FROM  (NOW - 10 * DAY) /* the CI's */
#define KEY_UNTIL (NOW + 10 * DAY)
#define FETCHED   (NOW - 1 * DAY) /* the other's */
#define STALE_AT  (NOW + 2 * DAY)
#define ANCIENT   (KEY_FROM - 1000)

/* Around each time at which something changes: one millisecond before, and then. The skew is the policy's. */
static int64_t clock_of(int clock, int64_t skew) {
    const int64_t at[] = {ENDS_AT,
                          ISSUED_AT - skew,
                          ISSUED_AT + MAX_AGE + 1,
                          BEGINS_AT - skew,
                          LIST_MADE - skew,
                          LIST_NEXT,
                          LIST_MADE + LIST_AGE + 1,
                          KEY_FROM,
                          KEY_UNTIL,
                          STALE_AT,
                          FETCHED - skew};
    return clock == 0 ? NOW : at[(clock - 1) / 2] - 1 + (clock - 1) % 2;
}
#define CLOCKS 23

static const int values[DIMENSIONS] = {
    [HOST] = HOSTS,
    [CLOCK] = CLOCKS,
    [SIGNER] = SIGNERS,
    [SAID_ISSUER] = ISSUERS,
    [SAID_SUBJECT] = SUBJECTS,
    [SAID_AUDIENCE] = AUDIENCES,
    [ISSUED] = TIMES,
    [BEGINS] = 2,
    [EXPIRES] = 2,
    [SCORE] = SCORES,
    [MADE_IN] = 4,
    [ID] = IDS,
    [STATUS] = 2,
    [LISTS] = LIST_SETS,
    [P_SIGNERS] = POLICIES,
    [P_THRESHOLD] = 2,
    [P_FORMATS] = 2,
    [P_ALGORITHMS] = 2,
    [P_TYPE] = 2,
    [P_ANY_SUBJECT] = 2,
    [P_AUDIENCE] = 2,
    [P_AGE] = AGES,
    [P_SKEW] = 3,
    [P_POINTERS] = 4,
    [P_CLAIM] = CLAIMS,
    [P_REVOCATION] = REVOCATIONS,
    [P_SIMULATED] = 2,
    [P_STATUS] = 2,
    [ASKED] = ASKINGS,
};

typedef struct question {
    enum format format;
    int v[DIMENSIONS];
} question;

static int is_dsse(const question *q) { return q->format <= APPROVAL; }
static int is_jws(const question *q) { return q->format == JWS || q->format == FLATTENED; }

/* What a format cannot say, and what it cannot be asked. */
static int has(enum format f, enum dimension d, int value) {
    int dsse = f <= APPROVAL, jws = f == JWS || f == FLATTENED;
    switch (d) {
    case SIGNER:
        return dsse || value != BY_BOTH;
    case SAID_ISSUER:
        return jws || ((f == APPROVAL || f == CREDENTIAL) && value != SAYS_NONE) || value == 0;
    case SAID_SUBJECT:
        return !dsse || value != SUBJECT_ABSENT;
    case SAID_AUDIENCE:
    case BEGINS:
        return !dsse || value == 0;
    case EXPIRES:
        return f != RECEIPT || value == 0;
    case MADE_IN:
        return f == RECEIPT || value == 0;
    case SCORE:
        return f != APPROVAL || value == 0;
    case ID:
        return f == DSSE ? value == 0 : !dsse || value != ID_ABSENT;
    case STATUS:
    case P_STATUS:
        return f == CREDENTIAL || value == 0;
    case P_POINTERS:
        return f == DSSE || value == 0;
    default:
        return 1;
    }
}

/* ---- The rule ---- */

/* Reasons of which one is given. */
typedef struct reasons {
    size_t count;
    uint32_t reason[16];
} reasons;

static int lacks(reasons *r, uint32_t reason) {
    r->reason[r->count++] = reason;
    return 0;
}

typedef struct said {
    int64_t now, skew, issued, begins, expires; /* 0: not said */
    int ci, other;                              /* whose keys count */
} said;

/* Of four values of P_POINTERS: both, either, none. */
static int no_issued_at(const question *q) { return q->v[P_POINTERS] & 1; }
static int no_expires_at(const question *q) { return q->v[P_POINTERS] & 2; }

/* What the artifact says of times, as its reader sees it. */
static void times_said(const question *q, said *s) {
    int64_t issued = q->v[ISSUED] == TIME_SAID ? ISSUED_AT : q->v[ISSUED] == TIME_ANCIENT ? ANCIENT : 0;
    s->begins = q->v[BEGINS] == 0 && !is_dsse(q) ? BEGINS_AT : 0;
    s->issued = q->format == DSSE && no_issued_at(q) ? 0 : q->format == CREDENTIAL && issued == 0 ? s->begins : issued;
    s->expires = (q->format == DSSE && no_expires_at(q)) || q->format == RECEIPT || q->v[EXPIRES] != 0 ? 0 : ENDS_AT;
    s->skew = (int64_t)skew_s[q->v[P_SKEW]] * 1000;
    s->now = clock_of(q->v[CLOCK], s->skew);
}

static int host_decides(const question *q, reasons *r) {
    if (q->v[ASKED] == ASK_TWICE) return lacks(r, ARMALO_REASON_INVALID_ARGUMENT);
    if (q->v[HOST] == UNSET) return lacks(r, ARMALO_REASON_HOST_MODE_UNSET);
    if (q->v[HOST] == NO_CLOCK) return lacks(r, ARMALO_REASON_HOST_CLOCK_UNAVAILABLE);
    return 1;
}

/* A statement never names one. */
static int audience_holds(const question *q, reasons *r) {
    int there = q->v[SAID_AUDIENCE] != FOR_NONE;
    int ours = q->v[SAID_AUDIENCE] == FOR_US || q->v[SAID_AUDIENCE] == FOR_ALL;
    int we_are = q->v[P_AUDIENCE] == 1;
    return (!there && !we_are) || (ours && we_are) ? 1 : lacks(r, ARMALO_REASON_ATTEST_AUDIENCE_MISMATCH);
}

/* A proof says itself for whom and when it was made: one that does not fit is none. */
static int proof_holds(const question *q, const said *s, int ci, reasons *r) {
    int max = q->v[P_AGE] == AGE_MAX || q->v[P_AGE] == AGE_BOTH;
    size_t before = r->count;
    (void)audience_holds(q, r);
    if (s->issued - s->skew > s->now) lacks(r, ARMALO_REASON_ATTEST_NOT_YET_VALID);
    if (max && s->issued == 0) lacks(r, ARMALO_REASON_ATTEST_TIME_MISSING);
    if (max && s->issued != 0 && s->now > s->issued + MAX_AGE) lacks(r, ARMALO_REASON_ATTEST_TOO_OLD);
    if (ci && s->issued != 0 && s->issued < KEY_FROM) lacks(r, ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID);
    return r->count == before;
}

/* Keys that signed, that are permitted, and that count now. */
static int signed_by_ours(const question *q, said *s, reasons *r) {
    static const int permits_ci[] = {1, 1, 1, 1, 0, 0}, permits_other[] = {0, 1, 1, 0, 0, 1};
    int ci = (q->v[SIGNER] == BY_CI || q->v[SIGNER] == BY_BOTH) && permits_ci[q->v[P_SIGNERS]];
    int other = (q->v[SIGNER] == BY_OTHER || q->v[SIGNER] == BY_BOTH) && permits_other[q->v[P_SIGNERS]];
    if (q->v[P_ALGORITHMS] == 1 && (is_jws(q) || q->format == CREDENTIAL))
        return lacks(r, ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
    /* A credential is its issuer's, so another's key did not sign it. */
    if (q->format == CREDENTIAL && q->v[SAID_ISSUER] == SAYS_CI) other = 0;
    if (q->format == CREDENTIAL && q->v[SAID_ISSUER] == SAYS_OTHER) ci = 0;
    if (q->v[P_ALGORITHMS] == 1) ci = other = 0;
    if (!ci && !other) {
        lacks(r, ARMALO_REASON_ATTEST_SIGNER_UNKNOWN);
        if (q->format == CREDENTIAL) lacks(r, ARMALO_REASON_ATTEST_SIGNATURE_MISMATCH);
        if (q->v[P_ALGORITHMS] == 1) lacks(r, ARMALO_REASON_ATTEST_ALGORITHM_REFUSED);
        return 0;
    }
    int proof = q->format != CREDENTIAL || proof_holds(q, s, ci, r);
    if (ci && s->now >= KEY_UNTIL) lacks(r, ARMALO_REASON_ATTEST_KEY_EXPIRED);
    if (ci && s->now < KEY_FROM) lacks(r, ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID);
    if (other && s->now >= STALE_AT) lacks(r, ARMALO_REASON_TRUST_STALE);
    if (other && s->now + s->skew < FETCHED) lacks(r, ARMALO_REASON_HOST_CLOCK_BEHIND);
    s->ci = ci && s->now >= KEY_FROM && s->now < KEY_UNTIL && proof;
    s->other = other && s->now < STALE_AT && s->now + s->skew >= FETCHED && proof;
    int threshold = 1 + q->v[P_THRESHOLD];
    if (s->ci + s->other >= threshold) {
        r->count = 0;
        return 1;
    }
    if (s->ci + s->other == 0) return 0;
    r->count = 0;
    return lacks(r, ARMALO_REASON_ATTEST_THRESHOLD);
}

static int form_holds(const question *q, reasons *r) {
    int untimed = q->v[ISSUED] == TIME_ABSENT || q->v[EXPIRES] != 0;
    if ((q->format == RECEIPT || q->format == APPROVAL) && untimed)
        lacks(r, ARMALO_REASON_ATTEST_PREDICATE_INVALID); /* all its members are required */
    if (is_jws(q) && q->v[SAID_AUDIENCE] == FOR_A_NUMBER) lacks(r, ARMALO_REASON_ATTEST_PAYLOAD_MALFORMED);
    if (q->v[P_TYPE] == 1) lacks(r, ARMALO_REASON_ATTEST_TYPE_REFUSED);
    return r->count == 0;
}

static int issuer_holds(const question *q, const said *s, reasons *r) {
    int ci = q->v[SAID_ISSUER] == SAYS_CI, other = q->v[SAID_ISSUER] == SAYS_OTHER;
    if (q->format == APPROVAL && !(ci ? s->ci : s->other)) return lacks(r, ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
    if (!is_jws(q)) return 1;
    int names_issuers = q->v[P_SIGNERS] != WE_ANY && q->v[P_SIGNERS] != WE_KEY;
    if (!ci && !other) return names_issuers ? lacks(r, ARMALO_REASON_ATTEST_ISSUER_MISMATCH) : 1;
    return (ci && s->ci) || (other && s->other) ? 1 : lacks(r, ARMALO_REASON_ATTEST_ISSUER_MISMATCH);
}

static int subject_holds(const question *q, reasons *r) {
    int said_it = q->v[SAID_SUBJECT];
    switch (q->v[ASKED]) {
    case ASK_NAMED: /* of a statement: its SHA-256 */
        if (said_it == SUBJECT_NAMED || (is_dsse(q) && said_it == SUBJECT_SHA256)) return 1;
        break;
    case ASK_DATA:
        if (said_it == SUBJECT_SHA256 || said_it == SUBJECT_SHA512 || (is_dsse(q) && said_it == SUBJECT_NAMED))
            return 1;
        break;
    case ASK_NOTHING:
        return q->v[P_ANY_SUBJECT] ? 1 : lacks(r, ARMALO_REASON_ATTEST_SUBJECT_UNSPECIFIED);
    default:
        break;
    }
    return lacks(r, ARMALO_REASON_ATTEST_SUBJECT_MISMATCH);
}

/* Where the policy says that a time is, it is. */
static int pointers_find(const question *q, const said *s, reasons *r) {
    if (q->format != DSSE) return 1;
    if ((no_issued_at(q) || s->issued != 0) && (no_expires_at(q) || s->expires != 0)) return 1;
    return lacks(r, ARMALO_REASON_ATTEST_TIME_MISSING);
}

static int times_hold(const question *q, const said *s, reasons *r) {
    int max = q->v[P_AGE] == AGE_MAX || q->v[P_AGE] == AGE_BOTH;
    int must_end = q->v[P_AGE] == AGE_EXPIRY || q->v[P_AGE] == AGE_BOTH;
    if (s->expires != 0 && s->now >= s->expires) lacks(r, ARMALO_REASON_ATTEST_EXPIRED);
    if (s->begins - s->skew > s->now || s->issued - s->skew > s->now) lacks(r, ARMALO_REASON_ATTEST_NOT_YET_VALID);
    if ((max && s->issued == 0) || (must_end && s->expires == 0)) lacks(r, ARMALO_REASON_ATTEST_TIME_MISSING);
    if (max && s->issued != 0 && s->now > s->issued + MAX_AGE) lacks(r, ARMALO_REASON_ATTEST_TOO_OLD);
    if (s->ci && s->issued != 0 && s->issued < KEY_FROM) lacks(r, ARMALO_REASON_ATTEST_KEY_NOT_YET_VALID);
    return r->count == 0;
}

static int claim_holds(const question *q, reasons *r) {
    int score = q->format == APPROVAL ? ABSENT : q->v[SCORE], holds = 0, comparable = 0;
    switch (q->v[P_CLAIM]) {
    case CLAIM_NONE:
        return 1;
    case CLAIM_GTE_90:
        comparable = holds = score == NUMBER;
        break;
    case CLAIM_GTE_94:
    case CLAIM_NEQ_93:
        comparable = score == NUMBER;
        break;
    case CLAIM_EQ_TEXT:
        comparable = holds = score == TEXT;
        break;
    case CLAIM_HAS_A:
        comparable = holds = score == ARRAY;
        break;
    case CLAIM_HAS_NOT_93:
        comparable = score == ARRAY;
        break;
    default:
        comparable = holds = score == BOOLEAN;
        break;
    }
    if (score == ABSENT) return lacks(r, ARMALO_REASON_ATTEST_CLAIM_MISSING);
    if (!comparable) return lacks(r, ARMALO_REASON_ATTEST_CLAIM_UNREADABLE);
    return holds ? 1 : lacks(r, ARMALO_REASON_ATTEST_CLAIM_MISMATCH);
}

static int host_mode(const question *q) { return q->v[HOST] <= DRY_RUN ? q->v[HOST] : PRODUCTION; }

/* Production is worth more than staging, and staging more than the other two. */
static int made_weaker(const question *q) {
    int made = q->v[MADE_IN] == DRY_RUN ? SIMULATION : q->v[MADE_IN];
    int here = host_mode(q) == DRY_RUN ? SIMULATION : host_mode(q);
    return q->format == RECEIPT && made > here;
}

static int mode_holds(const question *q, reasons *r) {
    if (!made_weaker(q) || (q->v[P_SIMULATED] && host_mode(q) != PRODUCTION)) return 1;
    return lacks(r, ARMALO_REASON_ATTEST_SIMULATED);
}

static int status_holds(const question *q, reasons *r) {
    return !q->v[STATUS] || q->v[P_STATUS] ? 1 : lacks(r, ARMALO_REASON_ATTEST_STATUS_UNCHECKED);
}

static int revocation_holds(const question *q, const said *s, reasons *r) {
    int lists = q->v[HOST] == SINK_MISSING ? NO_LISTS : q->v[LISTS]; /* to load one is a mutation */
    int of_ci = lists != NO_LISTS && lists != OF_OTHER, of_other = lists == OF_OTHER || lists == OF_BOTH;
    int listed =
        (lists == OF_CI_LISTING_ID && q->v[ID] == ID_LISTED && q->format != DSSE) || lists == OF_CI_LISTING_KEY;
    int named = q->v[P_REVOCATION] == REVOCATION_OTHER;
    int64_t old = LIST_MADE + (named ? 10 * LIST_AGE : LIST_AGE);
    int fresh = s->now < LIST_NEXT && s->now + s->skew >= LIST_MADE && s->now <= old;
    if (listed && s->ci) return lacks(r, ARMALO_REASON_ATTEST_REVOKED); /* the list of a signer's owner */
    if (q->v[P_REVOCATION] == REVOCATION_NONE) return 1;
    int missing = named ? !of_other : (s->ci && !of_ci) || (s->other && !of_other);
    int there = named ? of_other : (s->ci && of_ci) || (s->other && of_other);
    if (missing) lacks(r, ARMALO_REASON_ATTEST_REVOCATION_MISSING);
    if (there && !fresh) lacks(r, ARMALO_REASON_ATTEST_REVOCATION_STALE);
    return r->count == 0;
}

static int is_told(const question *q, reasons *r) {
    if (q->v[HOST] == SINK_MISSING) return lacks(r, ARMALO_REASON_HOST_AUDIT_MISSING);
    return q->v[HOST] == SINK_FAILS ? lacks(r, ARMALO_REASON_HOST_AUDIT_FAILED) : 1;
}

static int may(const question *q, said *s, reasons *r) {
    memset(s, 0, sizeof *s);
    r->count = 0;
    times_said(q, s);
    if (!host_decides(q, r)) return 0;
    if (q->v[P_FORMATS] == 1) return lacks(r, ARMALO_REASON_ATTEST_FORMAT_REFUSED);
    return signed_by_ours(q, s, r) && form_holds(q, r) && pointers_find(q, s, r) && issuer_holds(q, s, r) &&
           subject_holds(q, r) && audience_holds(q, r) && times_hold(q, s, r) && claim_holds(q, r) &&
           mode_holds(q, r) && status_holds(q, r) && revocation_holds(q, s, r) && is_told(q, r);
}

/* ---- The same, made ---- */

#define DATA          FORGE_SUBJECT_DATA
#define RECEIPT_TYPE  "urn:armalo:receipt:v1"
#define APPROVAL_TYPE "urn:armalo:approval:v1"
#define ZEROS         "0000000000000000000000000000000000000000000000000000000000000000"

static const char *owner_said(const question *q) {
    return q->v[SAID_ISSUER] == SAYS_CI ? FORGE_CI_OWNER : FORGE_OTHER_OWNER;
}

static const char *score_text(const question *q) {
    static const char *const texts[] = {"93", "\"93\"", NULL, "9007199254740993", "true", "[93,\"a\"]"};
    return texts[q->v[SCORE]];
}

static const char *audience_text(const question *q) {
    static const char *const texts[] = {NULL, "\"us\"", "\"them\"", "[\"them\",\"us\"]", "[]", "7"};
    return texts[q->v[SAID_AUDIENCE]];
}

static int64_t issued_said(const question *q) { return q->v[ISSUED] == TIME_ANCIENT ? ANCIENT : ISSUED_AT; }

static const char *id_said(const question *q) { return q->v[ID] == ID_LISTED ? "\"listed\"" : "\"free\""; }

static const forge_signer *signer_of(const question *q) {
    static const int who[] = {FORGE_CI, FORGE_OTHER, FORGE_CI, FORGE_STRANGER};
    return forge_signer_of(who[q->v[SIGNER]]);
}

static const char *subject_said(const question *q, const char *name) {
    switch (q->v[SAID_SUBJECT]) {
    case SUBJECT_NAMED:
        return forge_quote(name);
    case SUBJECT_SHA256:
        return forge_quote(forge_sha256_name(forge_bytes_text(DATA)));
    case SUBJECT_SHA512:
        return forge_quote(forge_sha512_name(forge_bytes_text(DATA)));
    default:
        return "\"urn:example:another\"";
    }
}

static void receipt_init(forge_dsse *f, const question *q) {
    static const char *const modes[] = {"production", "staging", "simulation", "dry_run"};
    forge_dsse_init_as(f, RECEIPT_TYPE,
                       "\"action\":\"tool:x\",\"action_digest\":\"sha256:" ZEROS "\",\"agent\":\"a\",\"org\":\"o\","
                       "\"outcome\":\"succeeded\",\"decision\":{\"reason\":\"core.granted\",\"evidence\":\"positive\","
                       "\"request_id\":\"r\"},\"approvals\":[],\"evidence\":[],\"result_digest\":null");
    forge_put(&f->predicate, "id", id_said(q));
    forge_put(&f->predicate, "mode", forge_quote(modes[q->v[MADE_IN]]));
    forge_put(&f->predicate, "started_at", forge_rfc3339(issued_said(q)));
    if (q->v[ISSUED] != TIME_ABSENT) forge_put(&f->predicate, "finished_at", forge_rfc3339(issued_said(q)));
    forge_put(&f->predicate, "cost", q->v[SCORE] == ABSENT ? "{}" : forge_text("{\"score\":%s}", score_text(q)));
}

static void approval_init(forge_dsse *f, const question *q) {
    forge_dsse_init_as(f, APPROVAL_TYPE,
                       "\"action_digest\":\"sha256:" ZEROS
                       "\",\"role\":\"r\",\"decision\":\"approve\",\"reason\":\"\"");
    forge_put(&f->predicate, "approver", forge_quote(owner_said(q)));
    forge_put(&f->predicate, "nonce", id_said(q));
    if (q->v[ISSUED] != TIME_ABSENT) forge_put(&f->predicate, "issued_at", forge_rfc3339(issued_said(q)));
    if (q->v[EXPIRES] == 0) forge_put(&f->predicate, "expires_at", forge_rfc3339(ENDS_AT));
}

static void foreign_init(forge_dsse *f, const question *q) {
    forge_dsse_init(f);
    f->predicate.count = 0;
    if (q->v[SCORE] != ABSENT) forge_put(&f->predicate, "score", score_text(q));
    if (q->v[ISSUED] != TIME_ABSENT) forge_put(&f->predicate, "made", forge_rfc3339(issued_said(q)));
    if (q->v[EXPIRES] == 0) forge_put(&f->predicate, "ends", forge_text("%lld", (long long)ENDS_AT / 1000));
}

static const char *make_dsse(const question *q) {
    static forge_dsse f;
    if (q->format == DSSE) foreign_init(&f, q);
    if (q->format == RECEIPT) receipt_init(&f, q);
    if (q->format == APPROVAL) approval_init(&f, q);
    int sha512 = q->v[SAID_SUBJECT] == SUBJECT_SHA512;
    const char *about = q->v[SAID_SUBJECT] == SUBJECT_FOREIGN ? "something else" : DATA;
    forge_bytes digest = forge_digest(sha512 ? "SHA512" : "SHA256", forge_bytes_text(about));
    forge_put(&f.statement, "subject",
              forge_text("[{\"digest\":{\"%s\":\"%s\"}}]", sha512 ? "sha512" : "sha256", forge_hex(digest)));
    f.count = 0;
    if (q->v[SIGNER] == BY_BOTH) forge_dsse_sign(&f, forge_signer_of(FORGE_OTHER));
    forge_dsse_sign(&f, signer_of(q));
    return forge_dsse_text(&f);
}

static const char *make_jws(const question *q) {
    static forge_jws f;
    memset(&f, 0, sizeof f);
    forge_jws_signer(&f, signer_of(q));
    forge_put(&f.header, "typ", "\"JWT\"");
    if (q->v[SAID_ISSUER] != SAYS_NONE) forge_put(&f.claims, "iss", forge_quote(owner_said(q)));
    if (q->v[SAID_SUBJECT] != SUBJECT_ABSENT) forge_put(&f.claims, "sub", subject_said(q, FORGE_SUB));
    if (q->v[SAID_AUDIENCE] != FOR_NONE) forge_put(&f.claims, "aud", audience_text(q));
    if (q->v[ISSUED] != TIME_ABSENT) forge_put(&f.claims, "iat", forge_text("%lld", (long long)issued_said(q) / 1000));
    if (q->v[BEGINS] == 0) forge_put(&f.claims, "nbf", forge_text("%lld", (long long)BEGINS_AT / 1000));
    if (q->v[EXPIRES] == 0) forge_put(&f.claims, "exp", forge_text("%lld", (long long)ENDS_AT / 1000));
    if (q->v[SCORE] != ABSENT) forge_put(&f.claims, "score", score_text(q));
    if (q->v[ID] != ID_ABSENT) forge_put(&f.claims, "jti", id_said(q));
    return q->format == JWS ? forge_jws_compact(&f) : forge_jws_flattened(&f);
}

static const char *make_credential(const question *q) {
    static forge_credential f;
    forge_credential_init(&f);
    /* RFC 8785 writes the number as the double that it is. */
    const char *score = q->v[SCORE] == BIG ? "9007199254740992" : score_text(q);
    int named = q->v[SAID_SUBJECT] != SUBJECT_ABSENT, scored = q->v[SCORE] != ABSENT;
    forge_put(&f.document, "credentialSubject",
              forge_text("{%s%s%s%s%s}", named ? "\"id\":" : "", named ? subject_said(q, FORGE_CREDENTIAL_SUBJECT) : "",
                         named && scored ? "," : "", scored ? "\"score\":" : "", scored ? score : ""));
    forge_put(&f.document, "issuer", forge_quote(owner_said(q)));
    if (q->v[ID] == ID_ABSENT)
        forge_drop(&f.document, "id");
    else
        forge_put(&f.document, "id", id_said(q));
    if (q->v[STATUS]) forge_put(&f.document, "credentialStatus", "{\"id\":\"urn:example:status:1\"}");
    forge_put(&f.document, "validFrom", forge_rfc3339(BEGINS_AT));
    forge_put(&f.document, "validUntil", forge_rfc3339(ENDS_AT));
    if (q->v[BEGINS] != 0) forge_drop(&f.document, "validFrom");
    if (q->v[EXPIRES] != 0) forge_drop(&f.document, "validUntil");
    forge_put(&f.proof, "created", forge_rfc3339(issued_said(q)));
    if (q->v[ISSUED] == TIME_ABSENT) forge_drop(&f.proof, "created");
    if (q->v[SAID_AUDIENCE] != FOR_NONE) forge_put(&f.proof, "domain", audience_text(q));
    forge_credential_signer(&f, signer_of(q), owner_said(q));
    return forge_credential_text(&f);
}

static const char *make_artifact(const question *q) {
    return is_dsse(q) ? make_dsse(q) : is_jws(q) ? make_jws(q) : make_credential(q);
}

static const char *make_policy(const question *q) {
    static const char *const signers[] = {
        "\"issuers\":[\"" FORGE_CI_OWNER "\"]",
        "\"issuers\":[\"" FORGE_OTHER_OWNER "\",\"" FORGE_CI_OWNER "\"]",
        "\"any_signer\":true",
        "\"keys\":[\"ci-1\"]",
        "\"issuers\":[\"" FORGE_CI_OWNER "\"],\"keys\":[\"other-1\"]",
        "\"issuers\":[\"" FORGE_OTHER_OWNER "\"]",
    };
    static const char *const ages[] = {"\"any_age\":true", "\"max_age_s\":300", "\"expiry_required\":true",
                                       "\"max_age_s\":300,\"expiry_required\":true"};
    static const char *const claims[] = {"",
                                         "\"gte\",\"value\":90",
                                         "\"gte\",\"value\":94",
                                         "\"eq\",\"value\":\"93\"",
                                         "\"neq\",\"value\":93",
                                         "\"includes\",\"value\":\"a\"",
                                         "\"excludes\",\"value\":93",
                                         "\"eq\",\"value\":true"};
    static const char *const revocation[] = {"\"revocation\":{\"max_age_s\":340}", "\"no_revocation\":true",
                                             "\"revocation\":{\"max_age_s\":3400,\"issuers\":[\"" FORGE_OTHER_OWNER
                                             "\"]}"};
    static const char *const pointer[FORMATS] = {"/predicate/score", "/predicate/cost/score",    "/predicate/score",
                                                 "/score",           "/credentialSubject/score", "/score"};
    forge_object p = {.count = 0};
    forge_put_all(&p, forge_text("\"v\":1,%s,%s,%s", signers[q->v[P_SIGNERS]], ages[q->v[P_AGE]],
                                 revocation[q->v[P_REVOCATION]]));
    const char *formats = "[\"dsse\",\"jws\",\"vc\"]";
    if (q->v[P_FORMATS] == 1) formats = is_dsse(q) ? "[\"jws\",\"vc\"]" : is_jws(q) ? "[\"vc\"]" : "[\"jws\"]";
    const int dsse = strstr(formats, "dsse") != NULL, jws = strstr(formats, "jws") != NULL,
              vc = strstr(formats, "vc") != NULL;
    forge_put(&p, "formats", formats);
    if (dsse)
        forge_put(&p, "predicate_types",
                  q->v[P_TYPE] == 1 ? "[\"urn:example:other\"]"
                                    : "[\"" FORGE_TYPE "\",\"" RECEIPT_TYPE "\",\"" APPROVAL_TYPE "\"]");
    if (jws) forge_put(&p, "typ", q->v[P_TYPE] == 1 ? "[\"other\"]" : "[\"JWT\"]");
    if (vc) forge_put(&p, "credential_types", q->v[P_TYPE] == 1 ? "[\"Other\"]" : "[\"" FORGE_CREDENTIAL_TYPE "\"]");
    if (q->v[P_THRESHOLD] == 1) forge_put(&p, "threshold", "2");
    if (q->v[P_ALGORITHMS] == 1) forge_put(&p, "algorithms", "[\"ES256\",\"RS256\"]");
    if (q->v[P_ANY_SUBJECT] == 1) forge_put(&p, "any_subject", "true");
    if (q->v[P_AUDIENCE] == 1) forge_put(&p, "audience", "[\"me\",\"us\"]");
    if (q->v[P_SKEW] != 0) forge_put(&p, "skew_s", forge_text("%u", skew_s[q->v[P_SKEW]]));
    if (dsse && !no_issued_at(q)) forge_put(&p, "issued_at", "\"/predicate/made\"");
    if (dsse && q->format != RECEIPT && !no_expires_at(q)) forge_put(&p, "expires_at", "\"/predicate/ends\"");
    if (q->v[P_CLAIM] != CLAIM_NONE)
        forge_put(&p, "claims",
                  forge_text("[{\"pointer\":\"%s\",\"operator\":%s}]", pointer[q->format], claims[q->v[P_CLAIM]]));
    if (q->v[P_SIMULATED]) forge_put(&p, "accept_simulated", "true");
    if (q->v[P_STATUS] && vc) forge_put(&p, "any_status", "true");
    return forge_object_text(&p);
}

/* ---- Hosts, and their trusts ---- */

static struct court {
    world w;
    armalo_trust *trust[LIST_SETS];
} courts[HOSTS];

static const char *make_list(const char *owner, const forge_signer *by, const char *id) {
    static forge_dsse f;
    forge_dsse_init_as(&f, "urn:armalo:revocations:v1", "\"number\":1");
    forge_put(&f.predicate, "issuer", forge_quote(owner));
    forge_put(&f.predicate, "this_update", forge_rfc3339(LIST_MADE));
    forge_put(&f.predicate, "next_update", forge_rfc3339(LIST_NEXT));
    forge_put(&f.predicate, "revoked",
              forge_text("[{\"id\":\"%s\",\"at\":%s,\"reason\":\"lost\"}]", id, forge_rfc3339(LIST_MADE)));
    f.count = 0;
    forge_dsse_sign(&f, by);
    return forge_dsse_text(&f);
}

static armalo_trust *make_trust(world *w, int lists) {
    static forge_anchors anchors;
    const forge_signer *ci = forge_signer_of(FORGE_CI), *keeper = forge_signer_of(FORGE_CI_2),
                       *other = forge_signer_of(FORGE_OTHER);
    anchors.count = 0;
    armalo_anchor *a = forge_anchor(&anchors, ci, FORGE_CI_OWNER);
    a->not_before_ms = KEY_FROM;
    a->expires_ms = KEY_UNTIL;
    forge_anchor(&anchors, keeper, FORGE_CI_OWNER); /* signs the lists */
    a = forge_anchor(&anchors, other, FORGE_OTHER_OWNER);
    a->pinned = 0;
    a->fetched_ms = FETCHED;
    a->max_age_ms = STALE_AT - FETCHED;
    armalo_trust *trust = forge_trust(w, &anchors);
    for (int of_other = 0; of_other < 2; of_other++) {
        int wanted = of_other ? lists == OF_OTHER || lists == OF_BOTH : lists != NO_LISTS && lists != OF_OTHER;
        if (!wanted) continue;
        const char *id = lists == OF_CI_LISTING_ID    ? "listed"
                         : lists == OF_CI_LISTING_KEY ? ci->thumbprint
                                                      : "something";
        const char *text =
            of_other ? make_list(FORGE_OTHER_OWNER, other, "something") : make_list(FORGE_CI_OWNER, keeper, id);
        int loaded = armalo_revocations_load(trust, NULL, text, strlen(text), 0, NULL, &w->why);
        must(loaded == (w->config.mode != ARMALO_MODE_UNSET && (w->config.audit != NULL || w->config.audit_off != 0)));
    }
    return trust;
}

static void open_courts(void) {
    static const int32_t modes[] = {ARMALO_MODE_PRODUCTION, ARMALO_MODE_STAGING, ARMALO_MODE_SIMULATION,
                                    ARMALO_MODE_DRY_RUN, ARMALO_MODE_UNSET};
    for (int host = 0; host < HOSTS; host++) {
        world *w = &courts[host].w;
        world_init(w);
        w->config.mode = modes[host <= UNSET ? host : PRODUCTION];
        if (host == SINK_OFF || host == SINK_MISSING) w->config.audit = NULL;
        if (host == SINK_OFF) w->config.audit_off = ARMALO_AUDIT_OFF;
        world_start(w);
        for (int lists = 0; lists < LIST_SETS; lists++) courts[host].trust[lists] = make_trust(w, lists);
        w->audit_answer = host != SINK_FAILS;
    }
}

static void forget(void);

static void close_courts(void) {
    forget();
    for (int host = 0; host < HOSTS; host++) {
        for (int lists = 0; lists < LIST_SETS; lists++) armalo_trust_free(courts[host].trust[lists]);
        world_end(&courts[host].w);
    }
}

/* ---- One against the other ---- */

static unsigned long asked, granted_count;

static void blame(const question *q, const char *what, const world *w, const char *artifact) {
    char text[400] = "";
    for (int d = 0; d < DIMENSIONS; d++) {
        if (q->v[d] != 0) snprintf(text + strlen(text), sizeof text - strlen(text), " %d=%d", d, q->v[d]);
    }
    ck_abort_msg("format %d with%s: %s (%s, %s)\n%s\n%s", (int)q->format, text, what, armalo_reason_name(w->why.reason),
                 w->why.detail, make_policy(q), artifact);
}

static const char *subject_asked(const question *q) {
    if (q->v[ASKED] == ASK_NOTHING || q->v[ASKED] == ASK_DATA) return NULL;
    if (q->v[ASKED] == ASK_WRONG) return is_dsse(q) ? "sha256:" ZEROS : "urn:example:nobody";
    if (is_dsse(q)) return forge_subject();
    return is_jws(q) ? FORGE_SUB : FORGE_CREDENTIAL_SUBJECT;
}

/* What a grant tells is what was said. */
static void facts_agree(const question *q, const said *s, const armalo_attested *attested, const world *w,
                        const char *artifact) {
    armalo_attested_facts facts;
    armalo_attested_facts_get(attested, 0, &facts);
    const char *owner = s->ci && !(q->v[SIGNER] == BY_BOTH && s->other) ? FORGE_CI_OWNER : FORGE_OTHER_OWNER;
    const char *id = q->format == DSSE || q->v[ID] == ID_ABSENT ? "" : q->v[ID] == ID_LISTED ? "listed" : "free";
    int timeless = s->issued == 0 && s->expires == 0;
    if (facts.issued_ms != s->issued || facts.expires_ms != s->expires || strcmp(facts.id, id) != 0 ||
        facts.signer_count != (uint32_t)(s->ci + s->other) || strcmp(facts.owner, owner) != 0 ||
        strcmp(w->why.principal, owner) != 0)
        blame(q, "the facts are not what was said", w, artifact);
    if (timeless != ((w->why.labels & ARMALO_LABEL_FRESHNESS_NOT_PROVIDED) != 0))
        blame(q, "the label of freshness", w, artifact);
    int simulated = host_mode(q) == SIMULATION || host_mode(q) == DRY_RUN || made_weaker(q);
    if (w->why.evidence != (simulated ? ARMALO_SIMULATED : ARMALO_POSITIVE)) blame(q, "the evidence", w, artifact);
}

/* Do two questions agree in these dimensions? */
static int same(const question *a, const question *b, int first, int last) {
    return a->format == b->format &&
           memcmp(&a->v[first], &b->v[first], (size_t)(last - first + 1) * sizeof a->v[0]) == 0;
}

/* The artifact and the policy of a question; the last ones serve again where they are the same. */
static struct {
    question q;
    const char *artifact;
    armalo_attest_policy *policy;
} at_hand;

static void forget(void) {
    armalo_attest_policy_free(at_hand.policy);
    at_hand.policy = NULL;
    at_hand.artifact = NULL;
    forge_forget();
}

static void prepare(const question *q, world *w) {
    if (asked % 64 == 0) forget();
    if (at_hand.artifact == NULL || !same(q, &at_hand.q, SIGNER, STATUS)) at_hand.artifact = make_artifact(q);
    if (at_hand.policy == NULL || !same(q, &at_hand.q, P_SIGNERS, P_STATUS) || !same(q, &at_hand.q, HOST, HOST)) {
        const char *text = make_policy(q);
        armalo_attest_policy_free(at_hand.policy);
        at_hand.policy = armalo_attest_policy_new(w->host, text, strlen(text), &w->why);
        if (at_hand.policy == NULL) blame(q, "no policy", w, at_hand.artifact);
    }
    at_hand.q = *q;
}

static void ask(const question *q) {
    struct court *c = &courts[q->v[HOST]];
    world *w = &c->w;
    said s;
    reasons r;
    armalo_attested *attested = NULL;
    int want = may(q, &s, &r), named = 0;
    prepare(q, w);
    const char *artifact = at_hand.artifact;
    armalo_attest_request request = forge_request(artifact, subject_asked(q));
    if (q->v[ASKED] == ASK_DATA || q->v[ASKED] == ASK_TWICE) {
        request.subject_data = DATA;
        request.subject_len = strlen(DATA);
    }
    w->now_ms = q->v[HOST] == NO_CLOCK ? -1 : s.now;
    unsigned before = forge_poison(w);
    int granted = forge_verify(w, at_hand.policy, c->trust[q->v[LISTS]], &request, &attested);
    if (granted != want || armalo_decision_granted(&w->why) != want) blame(q, want ? "denied" : "granted", w, artifact);
    for (size_t i = 0; i < r.count; i++) named |= w->why.reason == r.reason[i];
    if (!want && !named) blame(q, armalo_reason_name(r.reason[0]), w, artifact);
    if (!want && w->why.evidence != forge_row_of(w->why.reason)->evidence) blame(q, "the evidence", w, artifact);
    if (granted) facts_agree(q, &s, attested, w, artifact);
    must(w->decisions - before == (q->v[HOST] != SINK_OFF && q->v[HOST] != SINK_MISSING));
    armalo_attested_free(attested);
    asked++;
    granted_count += (unsigned)want;
}

/* Every deviation, and with it every other one that comes after it; or, with clock_only, every time. */
static void ask_around(question *q, int clock_only) {
    const question base = *q;
    for (int a = 0; a < DIMENSIONS; a++) {
        for (int x = 0; x < values[a]; x++) {
            if (x == base.v[a] || !has(q->format, (enum dimension)a, x)) continue;
            q->v[a] = x;
            ask(q);
            for (int b = clock_only ? CLOCK : a + 1; b < (clock_only ? CLOCK + 1 : DIMENSIONS); b++) {
                for (int y = 0; y < values[b] && b != a; y++) {
                    if (y == base.v[b] || !has(q->format, (enum dimension)b, y)) continue;
                    q->v[b] = y;
                    ask(q);
                }
                q->v[b] = b == a ? x : base.v[b];
            }
        }
        q->v[a] = base.v[a];
    }
}

/* Every pair of deviations. And, so that each time is once the one that decides, every deviation at every time of what
 * says nothing of time, and of what another owner signed. */
START_TEST(test_pairs) {
    question q;
    memset(&q, 0, sizeof q);
    q.format = (enum format)_i;
    open_courts();
    asked = granted_count = 0;
    ask(&q);
    ck_assert_uint_eq(granted_count, 1);
    ask_around(&q, 0);
    for (int other = 0; other < 2; other++) {
        int timed = q.format == RECEIPT || q.format == APPROVAL; /* must say when */
        memset(q.v, 0, sizeof q.v);
        q.v[P_SIGNERS] = WE_BOTH;
        q.v[SIGNER] = other ? BY_OTHER : BY_CI;
        q.v[SAID_ISSUER] = other && has(q.format, SAID_ISSUER, SAYS_OTHER) ? SAYS_OTHER : SAYS_CI;
        q.v[ISSUED] = timed ? TIME_SAID : TIME_ABSENT;
        q.v[EXPIRES] = !timed;
        q.v[BEGINS] = has(q.format, BEGINS, 1);
        q.v[P_POINTERS] = q.format == DSSE ? 3 : 0;
        if (!other) ask_around(&q, 1);
        q.v[P_REVOCATION] = REVOCATION_NONE;
        ask_around(&q, 1);
    }
    printf("# format %d: %lu questions, %lu granted\n", _i, asked, granted_count);
    ck_assert_uint_gt(granted_count, 100);
    close_courts();
}
END_TEST

/* Deviations anywhere: of each question about one dimension in eight. */
START_TEST(test_random) {
    uint32_t random = 1 + (uint32_t)_i;
    open_courts();
    asked = granted_count = 0;
    while (asked < 2000) {
        question q;
        memset(&q, 0, sizeof q);
        q.format = (enum format)(asked % FORMATS);
        for (int d = 0; d < DIMENSIONS; d++) {
            random = random * UINT32_C(1664525) + UINT32_C(1013904223);
            if (random >> 29 != 0) continue;
            random = random * UINT32_C(1664525) + UINT32_C(1013904223);
            int value = (int)((random >> 8) % (uint32_t)values[d]);
            if (has(q.format, (enum dimension)d, value)) q.v[d] = value;
        }
        ask(&q);
    }
    printf("# seed %d: %lu questions, %lu granted\n", 1 + _i, asked, granted_count);
    ck_assert_uint_gt(granted_count, 100);
    close_courts();
}
END_TEST

static void fill(TCase *tc) {
    forge_keys_ready();
    (void)forge_signer_of(FORGE_STRANGER);
    tcase_add_loop_test(tc, test_pairs, 0, FLATTENED); /* which says what a compact one says */
    tcase_add_loop_test(tc, test_random, 0, 2);
}

TEST_MAIN("attest_rule", fill, 100)
