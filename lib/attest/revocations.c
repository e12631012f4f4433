/* SPDX-License-Identifier: MIT */
/* attest/revocations.c: the set of revoked ids of an issuer. Ids are kept as the first half of their SHA-256, so that a
 * question costs one short hash and mostly one cache miss, whatever the ids look like. */
#include "attest/revocations.h"

#include "armalo/reasons.h"
#include "attest/digest.h"
#include "attest/times.h"
#include "codec/memory.h"

static const uint8_t armalo_i_no_print[ARMALO_I_REVOKED_PRINT];

/* "sha256:" and 64 digits mean one digest, in whatever case they are written. Everything else is taken as it stands: an
 * id is what others chose, and may look like anything. */
static armalo_i_span armalo_i_revoked_spelling(armalo_i_span id, char lower[ARMALO_I_DIGEST_NAME]) {
    if (id.len != ARMALO_I_DIGEST_NAME - 1) return id;
    for (size_t i = 0; i < id.len; i++)
        lower[i] = id.ptr[i] >= 'A' && id.ptr[i] <= 'Z' ? (char)(id.ptr[i] | 0x20) : id.ptr[i];
    return armalo_i_is_digest_name(armalo_i_span_of(lower, id.len)) ? armalo_i_span_of(lower, id.len) : id;
}

static void armalo_i_revoked_print(armalo_i_span id, uint8_t digest[ARMALO_I_SHA256_SIZE]) {
    char lower[ARMALO_I_DIGEST_NAME];
    armalo_i_digest_of(armalo_i_revoked_spelling(id, lower), digest);
    digest[0] |= 1; /* never all zero, which is an empty slot */
}

/* Where to look first. The factor is another one for each list, so that nobody can choose ids that crowd together. */
static size_t armalo_i_revoked_place(const armalo_i_revocations *list, const uint8_t *print) {
    uint64_t place = 0;
    for (size_t i = 0; i < 8; i++) place = place << 8 | print[ARMALO_I_REVOKED_PRINT - 1 - i];
    return (size_t)((place ^ list->factor) * (list->factor | 1) >> 40) & list->mask; /* 2^23 slots at most */
}

static int armalo_i_print_is(const uint8_t *slot, const uint8_t *print) {
    return armalo_i_span_equal(armalo_i_span_of(slot, ARMALO_I_REVOKED_PRINT),
                               armalo_i_span_of(print, ARMALO_I_REVOKED_PRINT));
}

/* The slot of the print, or the empty one where it would stand. */
static uint8_t *armalo_i_revoked_slot(const armalo_i_revocations *list, const uint8_t *print) {
    size_t at = armalo_i_revoked_place(list, print);
    while (!armalo_i_print_is(list->slot[at], armalo_i_no_print) && !armalo_i_print_is(list->slot[at], print))
        at = (at + 1) & list->mask; /* half of the slots are empty */
    return list->slot[at];
}

int armalo_i_revoked(const armalo_i_revocations *list, armalo_i_span id) {
    uint8_t digest[ARMALO_I_SHA256_SIZE];
    armalo_i_revoked_print(id, digest);
    return armalo_i_print_is(armalo_i_revoked_slot(list, digest), digest);
}

const armalo_i_revocations *armalo_i_revocations_of(const armalo_i_revocation_lists *lists, const char *issuer) {
    for (size_t i = 0; lists != NULL && i < lists->count; i++) {
        if (strcmp(lists->list[i]->issuer, issuer) == 0) return lists->list[i];
    }
    return NULL;
}

void armalo_i_revocations_free(armalo_i_revocations *list) {
    if (list == NULL) return;
    armalo_i_release(list->slot);
    armalo_i_release(list);
}

static uint32_t armalo_i_revocations_fill(armalo_i_revocations *list, armalo_i_json_value revoked) {
    armalo_i_json_iter iter;
    armalo_i_json_value none, entry;
    size_t count = 0, slots = 16;
    if (!armalo_i_json_enter(revoked, &iter)) return ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    while (armalo_i_json_next(&iter, &none, &entry))
        if (++count > ARMALO_REVOCATIONS_MAX) return ARMALO_REASON_ATTEST_SIZE;
    while (slots < 2 * count) slots *= 2;
    list->slot = armalo_i_alloc(slots * sizeof list->slot[0]);
    list->mask = slots - 1;
    if (list->slot == NULL) return ARMALO_REASON_NO_MEMORY;
    if (!armalo_i_json_enter(revoked, &iter)) return ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    while (armalo_i_json_next(&iter, &none, &entry)) {
        char id[ARMALO_ATTEST_NAME_SIZE];
        uint8_t digest[ARMALO_I_SHA256_SIZE];
        size_t len = 0;
        if (!armalo_i_json_identifier(armalo_i_json_member(entry, "id"), id, sizeof id, &len))
            return ARMALO_REASON_ATTEST_PREDICATE_INVALID;
        armalo_i_revoked_print(armalo_i_span_of(id, len), digest);
        uint8_t *slot = armalo_i_revoked_slot(list, digest);
        list->count += (size_t)armalo_i_print_is(slot, armalo_i_no_print);
        memcpy(slot, digest, ARMALO_I_REVOKED_PRINT);
    }
    return ARMALO_REASON_GRANTED;
}

uint32_t armalo_i_revocations_read(armalo_i_json_value predicate, armalo_i_revocations **out) {
    size_t len = 0;
    armalo_i_revocations *list = armalo_i_alloc(sizeof *list);
    *out = NULL;
    if (list == NULL) return ARMALO_REASON_NO_MEMORY;
    uint32_t reason = ARMALO_REASON_ATTEST_PREDICATE_INVALID;
    if (!armalo_i_random(&list->factor, sizeof list->factor))
        reason = ARMALO_REASON_CRYPTO_FAILED;
    else if (armalo_i_json_identifier(armalo_i_json_member(predicate, "issuer"), list->issuer, sizeof list->issuer,
                                      &len) &&
             armalo_i_json_integer(armalo_i_json_member(predicate, "number"), &list->number) &&
             armalo_i_time_read(armalo_i_json_member(predicate, "this_update"), &list->this_update_ms) &&
             armalo_i_time_read(armalo_i_json_member(predicate, "next_update"), &list->next_update_ms))
        reason = armalo_i_revocations_fill(list, armalo_i_json_member(predicate, "revoked"));
    if (reason == ARMALO_REASON_GRANTED)
        *out = list;
    else
        armalo_i_revocations_free(list);
    return reason;
}
