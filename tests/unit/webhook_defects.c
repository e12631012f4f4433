/* SPDX-License-Identifier: MIT */
/* Every preset: granted once when signed by others, with exactly its labels, and denied for each defect. */
#include "webhook_forge.h"

static forge f;

START_TEST(test_granted_and_denied) {
    const forge_kind *k = forge_kind_of(_i);
    world *w = world_new();
    armalo_webhook *hook = forge_hook(w, _i, NULL);
    for (int number = -1; number < FORGE_DEFECT_COUNT; number++) {
        uint32_t reason = number < 0 ? ARMALO_REASON_GRANTED : forge_reason(k, number);
        forge_make(&f, _i, FORGE_NOW_S, number < 0 ? 0 : UINT64_C(1) << number);
        if (reason != ARMALO_REASON_GRANTED) {
            EXPECT_DENY(w, armalo_webhook_verify(hook, &f.request, &w->delivery, &w->why), reason);
            continue;
        }
        EXPECT_GRANT(w, armalo_webhook_verify(hook, &f.request, &w->delivery, &w->why));
        ck_assert_msg(w->why.labels == k->labels, "%s %s: %#x", k->name, forge_defect_name(number), w->why.labels);
        ck_assert_uint_eq(w->why.authenticated, 1);
        ck_assert_str_eq(w->why.principal, "default");
        ck_assert_int_eq(w->delivery.disposition, ARMALO_UNCHECKED);
        ck_assert_uint_eq(w->delivery.token, 0);
        ck_assert(forge_zero(w->delivery.key, sizeof w->delivery.key));
        ck_assert_str_eq(w->delivery.event, k->content == FORGE_TS_NAMES_VALUES_BODY ? "invoice_paid" : FORGE_EVENT);
        ck_assert_str_eq(w->delivery.id, k->id_in_body ? "evt_1NG8Du2eZvKYlo2CUI79vXWy" : k->id != NULL ? f.id : "");
        int has_time = k->timestamp != NULL || k->timestamp_item;
        ck_assert_int_eq(w->delivery.timestamp_s, has_time ? FORGE_NOW_S : 0);
    }
    armalo_webhook_free(hook);
    world_free(w);
}
END_TEST

/* Authenticated says that the caller proved who they are: never before the signature held. */
START_TEST(test_authenticated_only_after_the_signature) {
    const forge_kind *k = forge_kind_of(_i);
    world *w = world_new();
    armalo_webhook *hook = forge_hook(w, _i, NULL);
    for (int number = 0; number < FORGE_DEFECT_COUNT; number++) {
        uint32_t reason = forge_reason(k, number);
        if (reason == ARMALO_REASON_GRANTED) continue;
        forge_make(&f, _i, FORGE_NOW_S, UINT64_C(1) << number);
        ck_assert_int_eq(armalo_webhook_verify(hook, &f.request, &w->delivery, &w->why), 0);
        int after = reason == ARMALO_REASON_EVENT_NOT_ALLOWED || reason == ARMALO_REASON_EVENT_MISSING ||
                    reason == ARMALO_REASON_DELIVERY_ID_MISSING || reason == ARMALO_REASON_DELIVERY_ID_UNREADABLE ||
                    (reason == ARMALO_REASON_EVENT_UNREADABLE && k->event_in_body);
        ck_assert_msg(w->why.authenticated == (uint32_t)after, "%s %s", k->name, forge_defect_name(number));
        ck_assert_msg((w->why.principal[0] != 0) == after, "%s %s", k->name, forge_defect_name(number));
    }
    armalo_webhook_free(hook);
    world_free(w);
}
END_TEST

/* No two defects together make a grant. */
START_TEST(test_pairs_of_defects) {
    const forge_kind *k = forge_kind_of(_i);
    world *w = world_new();
    armalo_webhook *hook = forge_hook(w, _i, NULL);
    for (int a = 0; a < FORGE_DEFECT_COUNT; a++) {
        if (forge_reason(k, a) == ARMALO_REASON_GRANTED) continue;
        for (int b = 0; b < FORGE_DEFECT_COUNT; b++) {
            forge_make(&f, _i, FORGE_NOW_S, UINT64_C(1) << a | UINT64_C(1) << b);
            ck_assert_msg(armalo_webhook_verify(hook, &f.request, &w->delivery, &w->why) == 0, "%s %s %s", k->name,
                          forge_defect_name(a), forge_defect_name(b));
            ck_assert_int_eq(armalo_decision_granted(&w->why), 0);
            ck_assert(forge_zero(&w->delivery, sizeof w->delivery));
        }
    }
    armalo_webhook_free(hook);
    world_free(w);
}
END_TEST

/* A delivery of one kind is nothing to an endpoint of another, though the key is the same; except where the senders
 * have agreed on headers and content. */
START_TEST(test_kinds_do_not_mix) {
    const forge_kind *to = forge_kind_of(_i);
    world *w = world_new();
    armalo_webhook *hook = forge_hook(w, _i, NULL);
    int reads_standard = to->content == FORGE_ID_TS_BODY && !to->ed25519;
    for (int from = 0; from < FORGE_KINDS; from++) {
        const forge_kind *k = forge_kind_of(from);
        int is_standard = from == FORGE_STANDARD || from == FORGE_SVIX_WEBHOOK || from == FORGE_WHOP;
        int same = strcmp(k->scheme, to->scheme) == 0 && k->ed25519 == to->ed25519;
        forge_make(&f, from, FORGE_NOW_S, 0);
        int granted = armalo_webhook_verify(hook, &f.request, &w->delivery, &w->why);
        ck_assert_msg(granted == (same || (is_standard && reads_standard)), "%s to %s: %d", k->name, to->name, granted);
    }
    armalo_webhook_free(hook);
    world_free(w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_loop_test(tc, test_granted_and_denied, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_authenticated_only_after_the_signature, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_pairs_of_defects, 0, FORGE_KINDS);
    tcase_add_loop_test(tc, test_kinds_do_not_mix, 0, FORGE_KINDS);
}
TEST_MAIN("webhook_defects", fill, 60)
