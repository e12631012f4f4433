/* SPDX-License-Identifier: MIT */
/* Verify one webhook: the smallest whole program.
 *
 *     cc webhook_verify.c $(pkg-config --cflags --libs armalo) && ./a.out
 *
 * The delivery is the published test vector of Standard Webhooks. It is verified twice: as it was sent, and with one
 * byte of the body changed. The exit status is 0 only if the first is granted and the second is denied. */
#include <armalo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The vector was signed in 2021, so this program lives there too. A real host asks its system's clock. */
static int64_t clock_2021(void *ctx) {
    (void)ctx;
    return INT64_C(1614265330) * 1000;
}

/* Every decision comes by here. A real host keeps the event, and returns 1 only when it is kept: otherwise the delivery
 * is denied, since what leaves no trace may not go ahead. */
static int audit_to_stderr(void *ctx, const char *event, size_t len) {
    (void)ctx;
    return fprintf(stderr, "audit: %.*s\n", (int)len, event) > 0;
}

/* What to do with a delivery that can be believed. Returns ARMALO_DONE or ARMALO_FAILED. */
static int handle(const armalo_request *request) {
    printf("processing %zu bytes\n", request->body_len);
    return ARMALO_DONE;
}

static armalo_header header(const char *name, const char *value) {
    armalo_header h = {.name = name, .name_len = strlen(name), .value = value, .value_len = strlen(value)};
    return h;
}

static int receive(armalo_webhook *hook, const char *body) {
    armalo_header headers[] = {
        header("Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        header("Webhook-Timestamp", "1614265330"),
        header("Webhook-Signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    };
    armalo_request request = {
        .struct_size = sizeof request,
        .headers = headers,
        .header_count = sizeof headers / sizeof headers[0],
        .body = body, /* the bytes as they came, never JSON that was parsed and printed again */
        .body_len = strlen(body),
    };
    armalo_delivery delivery;
    armalo_decision why, settled;
    char text[ARMALO_PUBLIC_TEXT_SIZE], line[ARMALO_OPERATOR_TEXT_SIZE];
    int granted = armalo_webhook_verify(hook, &request, &delivery, &why);
    int done = granted && delivery.disposition == ARMALO_DUPLICATE; /* was processed before: only acknowledge it */
    if (granted && delivery.disposition == ARMALO_PROCESS) {
        /* Ours, and new. Settled as done it is never processed again; as failed, the sender's next attempt is. */
        int outcome = handle(&request);
        done = armalo_webhook_settle(hook, &delivery, outcome, &settled) && outcome == ARMALO_DONE;
    }
    /* The answer for the sender is generic; the reason is for the operator. What is not done (it failed, or another
     * worker is at it) is not acknowledged, so that the sender tries again. */
    if (granted && !done)
        printf("503 {}\n");
    else
        printf("%d %s\n", (int)why.http_status, armalo_decision_public(&why, text, sizeof text, NULL));
    printf("operator: %s\n", armalo_decision_operator(&why, line, sizeof line, NULL));
    return done;
}

int main(void) {
    static const char secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    armalo_decision why;
    char line[ARMALO_OPERATOR_TEXT_SIZE];

    /* Leave any of these out, and nothing is granted. */
    armalo_host_config host_config = {
        .struct_size = sizeof host_config,
        .mode = ARMALO_MODE_PRODUCTION,
        .now_ms = clock_2021,
        .audit = audit_to_stderr,
    };
    armalo_host *host = armalo_host_new(&host_config, &why);
    armalo_store *store = host != NULL ? armalo_memory_store_new(1000, &why) : NULL;
    armalo_secret secrets[] = {{.text = secret, .text_len = strlen(secret)}};
    armalo_webhook_config config = {
        .struct_size = sizeof config,
        .scheme = "standard",
        .secrets = secrets,
        .secret_count = 1,
        .any_event = ARMALO_ANY_EVENT, /* the vector names no event; a real endpoint lists its events */
        .store = store,
    };
    armalo_webhook *hook = store != NULL ? armalo_webhook_new(host, &config, &why) : NULL;

    int good = 0, changed = 0;
    if (hook != NULL) {
        good = receive(hook, "{\"test\": 2432232314}");
        changed = receive(hook, "{\"test\": 2432232315}");
    } else {
        fprintf(stderr, "refused: %s\n", armalo_decision_operator(&why, line, sizeof line, NULL));
    }

    armalo_webhook_free(hook);
    armalo_store_free(store);
    armalo_host_free(host);
    return good && !changed ? EXIT_SUCCESS : EXIT_FAILURE;
}
