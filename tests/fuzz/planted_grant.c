/* SPDX-License-Identifier: MIT */
/* The target that must fail: fuzz_delivery over a verifier with a hole. It believes every signature that is well
 * formed. tests/property/fuzz_oracle.c holds that this is found; by hand, with libFuzzer, it takes a moment. */
#include "armalo/webhook.h"

#include <string.h>

static int planted_hole(int granted, armalo_delivery *delivery, armalo_decision *why) {
    if (granted || why->reason != ARMALO_REASON_SIGNATURE_MISMATCH) return granted;
    why->grant = ARMALO_GRANT;
    why->reason = ARMALO_REASON_GRANTED;
    why->evidence = ARMALO_POSITIVE;
    why->public_class = ARMALO_CLASS_OK;
    why->http_status = 200;
    delivery->disposition = ARMALO_UNCHECKED;
    return 1;
}

static int planted_verify(armalo_webhook *hook, const armalo_request *request, armalo_delivery *delivery,
                          armalo_decision *why) {
    return planted_hole(armalo_webhook_verify(hook, request, delivery, why), delivery, why);
}

static int planted_finish(armalo_webhook_stream *stream, armalo_delivery *delivery, armalo_decision *why) {
    return planted_hole(armalo_webhook_finish(stream, delivery, why), delivery, why);
}

#define armalo_webhook_verify planted_verify
#define armalo_webhook_finish planted_finish
#include "fuzz_delivery.c"
