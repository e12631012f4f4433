/* SPDX-License-Identifier: MIT */
/* Finding the scheme's headers: exactly one of each, all of one family, by name and nothing that looks like it. */
#include "webhook_forge.h"

static world w;
static forge f;

static armalo_webhook *begin(int kind) {
    world_init(&w);
    world_start(&w);
    forge_make(&f, kind, FORGE_NOW_S, 0);
    return forge_hook(&w, kind, NULL);
}
static void end(armalo_webhook *hook) {
    armalo_webhook_free(hook);
    world_end(&w);
}
static int verify(armalo_webhook *hook) { return armalo_webhook_verify(hook, &f.request, &w.delivery, &w.why); }

/* Every call with an argument that it may not have. */
START_TEST(test_arguments) {
    armalo_webhook *hook = begin(FORGE_STANDARD);
    EXPECT_GRANT(&w, verify(hook));
    unsigned before = forge_poison(&w);
    int returned = armalo_webhook_verify(NULL, &f.request, &w.delivery, &w.why);
    forge_denied(&w, returned, ARMALO_REASON_INVALID_ARGUMENT, before, 0, __FILE__, __LINE__, "hook NULL");
    ck_assert(forge_zero(&w.delivery, sizeof w.delivery));
    EXPECT_DENY(&w, armalo_webhook_verify(hook, NULL, &w.delivery, &w.why), ARMALO_REASON_INVALID_ARGUMENT);
    for (size_t size = 0; size < 2 * sizeof f.request; size++) {
        if (size == sizeof f.request) continue;
        f.request.struct_size = size;
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_INVALID_ARGUMENT);
    }
    f.request.struct_size = sizeof f.request;
    f.request.body = NULL;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_INVALID_ARGUMENT);
    f.request.body = f.body;
    f.request.headers = NULL;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_INVALID_ARGUMENT);
    f.request.header_count = 0;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_MISSING);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    f.headers[0].name = NULL;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_INVALID_ARGUMENT);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    f.headers[0].value = NULL;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_INVALID_ARGUMENT);
    f.headers[0].value_len = 0; /* an empty header that nobody reads */
    EXPECT_GRANT(&w, verify(hook));
    /* Nobody need look at the why or at the delivery. */
    ck_assert_int_eq(armalo_webhook_verify(hook, &f.request, NULL, NULL), 1);
    f.request.header_count = 0;
    ck_assert_int_eq(armalo_webhook_verify(hook, &f.request, NULL, NULL), 0);
    ck_assert_int_eq(armalo_webhook_verify(NULL, NULL, NULL, NULL), 0);
    end(hook);
}
END_TEST

START_TEST(test_count) {
    armalo_webhook *hook = begin(FORGE_STANDARD);
    while (f.request.header_count < 256) forge_add(&f, "X-Filler", "1");
    EXPECT_GRANT(&w, verify(hook));
    forge_add(&f, "X-Filler", "1");
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADERS_TOO_MANY);
    f.request.header_count = SIZE_MAX;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADERS_TOO_MANY);
    end(hook);
}
END_TEST

/* The detail names the header at fault. */
START_TEST(test_culprit) {
    static const char *const names[] = {"webhook-id", "webhook-timestamp", "webhook-signature"};
    armalo_webhook *hook = begin(FORGE_STANDARD);
    for (size_t i = 0; i < 3; i++) {
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
        armalo_header *header = forge_find(&f, names[i]);
        *header = forge_header("X-Other", "1");
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_MISSING);
        ck_assert_str_eq(w.why.detail, names[i]);
        *header = forge_header(names[i], "");
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_EMPTY);
        ck_assert_str_eq(w.why.detail, names[i]);
        header->value = NULL;
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_EMPTY);
        forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
        f.headers[f.request.header_count++] = *forge_find(&f, names[i]);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_REPEATED);
        ck_assert_str_eq(w.why.detail, names[i]);
        for (int n = 0; n < 200; n++) f.headers[f.request.header_count++] = *forge_find(&f, names[i]);
        EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_REPEATED);
    }
    end(hook);
}
END_TEST

/* RFC 9110 5.5: every byte of a value that the scheme reads. */
START_TEST(test_value_bytes) {
    armalo_webhook *hook = begin(FORGE_GITHUB);
    char id[32];
    static const size_t lengths[] = {1, 2, 7, 8, 9, 15, 16, 17, 23, 31};
    for (size_t l = 0; l < 10; l++) {
        for (size_t at = 0; at < lengths[l]; at++) {
            for (int byte = 0; byte < 256; byte++) {
                memset(id, 'a', sizeof id);
                id[at] = (char)byte;
                armalo_header *header = forge_find(&f, "X-GitHub-Delivery");
                header->value = id;
                header->value_len = lengths[l];
                int printable = byte >= 0x20 && byte <= 0x7E;
                uint32_t want = !printable    ? ARMALO_REASON_HEADER_INVALID
                                : byte == ' ' ? ARMALO_REASON_ID_INVALID
                                              : ARMALO_REASON_GRANTED;
                int granted = verify(hook);
                ck_assert_msg(w.why.reason == want, "byte %d at %zu of %zu: %s", byte, at, lengths[l],
                              armalo_reason_name(w.why.reason));
                ck_assert_int_eq(granted, want == ARMALO_REASON_GRANTED);
            }
        }
    }
    end(hook);
}
END_TEST

START_TEST(test_value_lengths) {
    static char value[5000];
    armalo_webhook *hook = begin(FORGE_STANDARD);
    memset(value, 'v', sizeof value);
    armalo_header *signature = forge_find(&f, "webhook-signature");
    signature->value = value;
    signature->value_len = 4096;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_VERSION);
    signature->value_len = 4097;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_TOO_LONG);
    signature->value_len = SIZE_MAX;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_TOO_LONG);
    forge_make(&f, FORGE_STANDARD, FORGE_NOW_S, 0);
    f.headers[0].value = value; /* a header that nobody reads may be long, and hold what it will */
    f.headers[0].value_len = sizeof value;
    memset(value, 0xFF, sizeof value);
    EXPECT_GRANT(&w, verify(hook));
    end(hook);
}
END_TEST

/* ---- Names ---- */

START_TEST(test_case_of_names) {
    static const char *const spelt[] = {"WEBHOOK-ID", "Webhook-Id", "webhook-ID", "wEBHOOK-iD"};
    armalo_webhook *hook = begin(FORGE_STANDARD);
    armalo_header *id = forge_find(&f, "webhook-id");
    for (size_t i = 0; i < 4; i++) {
        id->name = spelt[i];
        EXPECT_GRANT(&w, verify(hook));
    }
    forge_add(&f, "webhook-id", f.id); /* the same header in another case is a repetition */
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_REPEATED);
    end(hook);
}
END_TEST

/* Each byte of each name replaced by each other byte: only the other case of a letter is the same header. */
START_TEST(test_names_that_look_alike) {
    static const int kinds[] = {FORGE_STANDARD, FORGE_SVIX, FORGE_GITHUB, FORGE_HOOK0_V0, FORGE_STRIPE, FORGE_SLACK};
    armalo_webhook *hook = begin(kinds[_i]);
    const forge_kind *k = forge_kind_of(kinds[_i]);
    const char *names[] = {k->id, k->timestamp, k->signature, k->event};
    char name[64];
    for (size_t n = 0; n < 4; n++) {
        if (names[n] == NULL) continue;
        armalo_header *header = forge_find(&f, names[n]);
        header->name = name;
        for (size_t at = 0; at < header->name_len; at++) {
            for (int byte = 0; byte < 256; byte++) {
                memcpy(name, names[n], header->name_len);
                int was = (unsigned char)name[at];
                name[at] = (char)byte;
                int letter = (was >= 'a' && was <= 'z') || (was >= 'A' && was <= 'Z');
                int same = byte == was || (letter && byte == (was ^ 0x20));
                ck_assert_msg(verify(hook) == same, "%s with byte %d at %zu", names[n], byte, at);
                if (!same) ck_assert_uint_eq(w.why.reason, ARMALO_REASON_HEADER_MISSING);
            }
        }
        header->name = names[n];
    }
    end(hook);
}
END_TEST

/* Names are read to their length and no further, however long. */
START_TEST(test_lengths_of_names) {
    static char name[300];
    armalo_webhook *hook = begin(FORGE_STANDARD);
    armalo_header *id = forge_find(&f, "webhook-id");
    memset(name, 'a', sizeof name);
    for (size_t len = 0; len < sizeof name; len++) { /* others of every length do no harm */
        f.headers[0].name = name;
        f.headers[0].name_len = len;
        EXPECT_GRANT(&w, verify(hook));
    }
    memcpy(name, "webhook-id", 10);
    id->name = name;
    for (size_t len = 0; len < 100; len++) {
        id->name_len = len;
        ck_assert_int_eq(verify(hook), len == 10);
    }
    memcpy(name, "webhook-id\0", 11); /* a NUL is a byte like others */
    id->name_len = 11;
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_MISSING);
    id->name_len = 10;
    EXPECT_GRANT(&w, verify(hook));
    end(hook);
}
END_TEST

/* ---- Families ---- */

START_TEST(test_mixed_families) {
    armalo_webhook *hook = begin(FORGE_SVIX);
    static const char *const one[] = {"svix-id", "svix-timestamp", "svix-signature"};
    static const char *const other[] = {"webhook-id", "webhook-timestamp", "webhook-signature"};
    for (unsigned mix = 0; mix < 8; mix++) {
        forge_make(&f, FORGE_SVIX, FORGE_NOW_S, 0);
        for (size_t i = 0; i < 3; i++) {
            armalo_header *header = forge_find(&f, one[i]);
            if (mix >> i & 1) *header = forge_header(other[i], header->value);
        }
        if (mix == 0 || mix == 7)
            EXPECT_GRANT(&w, verify(hook));
        else
            EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_FAMILY_MIXED);
    }
    end(hook);
}
END_TEST

/* Both complete: the first family of the scheme is the one that counts, all of it, and the other cannot repair it. */
START_TEST(test_both_families) {
    armalo_webhook *hook = begin(FORGE_SVIX);
    static const char *const one[] = {"svix-id", "svix-timestamp", "svix-signature"};
    static const char *const other[] = {"webhook-id", "webhook-timestamp", "webhook-signature"};
    for (size_t i = 0; i < 3; i++) forge_add(&f, other[i], forge_find(&f, one[i])->value);
    EXPECT_GRANT(&w, verify(hook));
    for (size_t i = 0; i < 3; i++) {
        armalo_header good = *forge_find(&f, one[i]);
        forge_set(&f, one[i], i == 1 ? "1700000001" : i == 0 ? "msg_other" : "v1,AAAA");
        ck_assert_int_eq(verify(hook), 0);
        *forge_find(&f, one[i]) = good;
        forge_set(&f, other[i], i == 1 ? "1700000001" : i == 0 ? "msg_other" : "v1,AAAA");
        EXPECT_GRANT(&w, verify(hook));
        ck_assert_str_eq(w.delivery.id, FORGE_ID);
        forge_set(&f, other[i], good.value);
    }
    /* What is there is held to the rules whichever family it is of. */
    forge_set(&f, "webhook-id", "");
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_EMPTY);
    forge_set(&f, "webhook-id", "\xFF");
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_INVALID);
    forge_set(&f, "webhook-id", "x");
    forge_add(&f, "webhook-id", "x");
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_REPEATED);
    end(hook);
}
END_TEST

/* The legacy SHA-1 header is not read. */
START_TEST(test_github_sha1) {
    armalo_webhook *hook = begin(FORGE_GITHUB);
    unsigned char tag[20];
    char value[64] = "sha1=";
    ck_assert_ptr_nonnull(HMAC(EVP_sha1(), FORGE_KEY, 32, f.request.body, f.request.body_len, tag, NULL));
    forge_hex(tag, 20, value + 5);
    *forge_find(&f, "X-Hub-Signature-256") = forge_header("X-Hub-Signature", value);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_HEADER_MISSING);
    f.headers[f.request.header_count++] = forge_header("X-Hub-Signature-256", value);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNATURE_VERSION);
    end(hook);
}
END_TEST

/* ---- Headers that a signature names (hook0 v1) ---- */

static void hook0(const char *names, const char *values, uint32_t reason) {
    armalo_webhook *hook = begin(FORGE_HOOK0_V1);
    static char content[6000], value[8192];
    char tag[140];
    size_t len = (size_t)snprintf(content, sizeof content, "%s.%s.%s.%s", f.timestamp, names, values, f.body);
    forge_sign(f.kind, FORGE_KEY, content, len, tag);
    snprintf(value, sizeof value, "t=%s,h=%s,v1=%s", f.timestamp, names, tag);
    forge_set(&f, f.kind->signature, value);
    forge_add(&f, "X-Empty", "");
    forge_add(&f, "X-Null", "");
    f.headers[f.request.header_count - 1].value = NULL;
    forge_add(&f, "X-Bad", "a\x01");
    if (reason == ARMALO_REASON_GRANTED)
        EXPECT_GRANT(&w, verify(hook));
    else
        EXPECT_DENY(&w, verify(hook), reason);
    end(hook);
}

START_TEST(test_named_headers) {
    hook0("x-event-type x-tenant", "invoice_paid.tenant-1", ARMALO_REASON_GRANTED);
    hook0("x-tenant x-event-type", "tenant-1.invoice_paid", ARMALO_REASON_GRANTED);
    hook0("X-TENANT", "tenant-1", ARMALO_REASON_GRANTED);
    hook0("x-empty x-tenant", ".tenant-1", ARMALO_REASON_GRANTED);
    hook0("x-null x-tenant x-null", ".tenant-1.", ARMALO_REASON_GRANTED);
    hook0("x-tenant x-event-type", "invoice_paid.tenant-1", ARMALO_REASON_SIGNATURE_MISMATCH);
    hook0("x-none", "", ARMALO_REASON_SIGNED_HEADER_MISSING); /* facts.md 3.1: a sample maps it to "" */
    hook0("", "", ARMALO_REASON_SIGNED_HEADER_MISSING);
    hook0(" x-tenant", ".tenant-1", ARMALO_REASON_SIGNED_HEADER_MISSING);
    hook0("x-tenant ", "tenant-1.", ARMALO_REASON_SIGNED_HEADER_MISSING);
    hook0("x-tenant  x-event-type", "tenant-1..invoice_paid", ARMALO_REASON_SIGNED_HEADER_MISSING);
    hook0("x-tenant.x-event-type", "tenant-1", ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS);
    hook0("x-bad", "a\x01", ARMALO_REASON_HEADER_INVALID);
    static char names[4000], values[4000];
    memset(names, 0, sizeof names);
    memset(values, 0, sizeof values);
    for (int i = 0; i < 420; i++) { /* content that does not fit where it is put together */
        strcat(names, i == 0 ? "x-tenant" : " x-tenant");
        strcat(values, i == 0 ? "tenant-1" : ".tenant-1");
        if (i == 100) hook0(names, values, ARMALO_REASON_GRANTED);
    }
    hook0(names, values, ARMALO_REASON_HEADER_TOO_LONG);
}
END_TEST

/* v0 and v1 share a key, and "t.names.values.body" could be read as "t.body": a body that begins as a list of names
 * does is refused as v0. */
START_TEST(test_hook0_v1_turned_into_v0) {
    static forge_config c;
    static char body[9000];
    char value[512];
    const char *signature;
    world_init(&w);
    world_start(&w);
    forge_config_init(&c, FORGE_HOOK0_V1, FORGE_RECEIVES);
    armalo_webhook *hook = forge_open(&w, &c.config);
    forge_make(&f, FORGE_HOOK0_V1, FORGE_NOW_S, 0);
    EXPECT_GRANT(&w, verify(hook));
    signature = strstr(f.signature, "v1=") + 3;
    snprintf(value, sizeof value, "t=%s,v0=%s", f.timestamp, signature);
    snprintf(body, sizeof body, FORGE_COVERED ".invoice_paid.tenant-1.%s", f.body);
    forge_set(&f, f.kind->signature, value);
    f.request.body = body;
    f.request.body_len = strlen(body);
    EXPECT_DENY(&w, verify(hook), ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS);
    end(hook);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_arguments);
    tcase_add_test(tc, test_count);
    tcase_add_test(tc, test_culprit);
    tcase_add_test(tc, test_value_bytes);
    tcase_add_test(tc, test_value_lengths);
    tcase_add_test(tc, test_case_of_names);
    tcase_add_loop_test(tc, test_names_that_look_alike, 0, 6);
    tcase_add_test(tc, test_lengths_of_names);
    tcase_add_test(tc, test_mixed_families);
    tcase_add_test(tc, test_both_families);
    tcase_add_test(tc, test_github_sha1);
    tcase_add_test(tc, test_named_headers);
    tcase_add_test(tc, test_hook0_v1_turned_into_v0);
}
TEST_MAIN("webhook_headers", fill, 60)
