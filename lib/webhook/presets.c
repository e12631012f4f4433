/* SPDX-License-Identifier: MIT */
/* The presets, in the same format as a host's own schemes. Sources: Standard Webhooks 1.0.0; the senders' own
 * documentation. */
#include "webhook/scheme.h"

/* clang-format off */
#define ARMALO_I_STANDARD_SIGNATURES \
    "\"separator\":\" \",\"signatures\":[" \
    "{\"prefix\":\"v1,\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"base64\",\"content\":\"{id}.{timestamp}.{body}\"}," \
    "{\"prefix\":\"v1a,\",\"algorithm\":\"ed25519\",\"encoding\":\"base64\",\"content\":\"{id}.{timestamp}.{body}\"}],"
#define ARMALO_I_STANDARD_HEADERS "{\"id\":\"webhook-id\",\"timestamp\":\"webhook-timestamp\",\"signature\":\"webhook-signature\"}"

/* Standard Webhooks: "between 24 bytes (192 bits) and 64 bytes (512 bits)". */
#define ARMALO_I_PRESET_STANDARD \
    "{\"v\":1,\"name\":\"standard\",\"headers\":[" ARMALO_I_STANDARD_HEADERS "]," \
    ARMALO_I_STANDARD_SIGNATURES \
    "\"secret\":{\"encoding\":\"base64\",\"prefix\":\"whsec_\",\"min_bytes\":24}," \
    "\"tolerance_s\":300,\"event_pointer\":\"/type\"}"

#define ARMALO_I_PRESET_SVIX \
    "{\"v\":1,\"name\":\"svix\",\"headers\":[" \
    "{\"id\":\"svix-id\",\"timestamp\":\"svix-timestamp\",\"signature\":\"svix-signature\"}," ARMALO_I_STANDARD_HEADERS "]," \
    ARMALO_I_STANDARD_SIGNATURES \
    "\"secret\":{\"encoding\":\"base64\",\"prefix\":\"whsec_\",\"min_bytes\":16}," \
    "\"tolerance_s\":300,\"event_pointer\":\"/type\"}"

/* Whop signs as Standard Webhooks does, but the key is the text of the whole dashboard secret. */
#define ARMALO_I_PRESET_WHOP \
    "{\"v\":1,\"name\":\"whop\",\"headers\":[" ARMALO_I_STANDARD_HEADERS "]," \
    "\"separator\":\" \",\"signatures\":[" \
    "{\"prefix\":\"v1,\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"base64\",\"content\":\"{id}.{timestamp}.{body}\"}]," \
    "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16},\"tolerance_s\":300,\"event_pointer\":\"/type\"}"

#define ARMALO_I_PRESET_ARMALO \
    "{\"v\":1,\"name\":\"armalo\",\"headers\":[" \
    "{\"id\":\"x-armalo-delivery\",\"signature\":\"x-armalo-signature\",\"event\":\"x-armalo-event\"}]," \
    "\"signatures\":[{\"prefix\":\"\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{body}\"}]," \
    "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16}}"

/* The legacy SHA-1 header X-Hub-Signature is not read. */
#define ARMALO_I_PRESET_GITHUB \
    "{\"v\":1,\"name\":\"github\",\"headers\":[" \
    "{\"id\":\"x-github-delivery\",\"signature\":\"x-hub-signature-256\",\"event\":\"x-github-event\"}]," \
    "\"signatures\":[{\"prefix\":\"sha256=\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{body}\"}]," \
    "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16}}"

#define ARMALO_I_PRESET_SLACK \
    "{\"v\":1,\"name\":\"slack\",\"headers\":[" \
    "{\"timestamp\":\"x-slack-request-timestamp\",\"signature\":\"x-slack-signature\"}]," \
    "\"signatures\":[{\"prefix\":\"v0=\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\"," \
    "\"content\":\"v0:{timestamp}:{body}\"}]," \
    "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16},\"tolerance_s\":300,\"event_pointer\":\"/type\"}"

#define ARMALO_I_PRESET_SHOPIFY \
    "{\"v\":1,\"name\":\"shopify\",\"headers\":[" \
    "{\"id\":\"x-shopify-webhook-id\",\"signature\":\"x-shopify-hmac-sha256\",\"event\":\"x-shopify-topic\"}," \
    "{\"id\":\"shopify-webhook-id\",\"signature\":\"shopify-hmac-sha256\",\"event\":\"shopify-topic\"}]," \
    "\"signatures\":[{\"prefix\":\"\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"base64\",\"content\":\"{body}\"}]," \
    "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16}}"

/* Coinbase CDP sends these. v1 also covers the headers that h= names; one that is missing is refused, not read as "". */
#define ARMALO_I_PRESET_HOOK0 \
    "{\"v\":1,\"name\":\"hook0\",\"headers\":[{\"signature\":\"x-hook0-signature\",\"event\":\"x-event-type\"}]," \
    "\"separator\":\",\",\"timestamp_prefix\":\"t=\",\"names_prefix\":\"h=\",\"signatures\":[" \
    "{\"prefix\":\"v1=\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\"," \
    "\"content\":\"{timestamp}.{names}.{values}.{body}\"}," \
    "{\"prefix\":\"v0=\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{timestamp}.{body}\"}]," \
    "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16},\"tolerance_s\":300}"

/* The key is the text of the whole whsec_… secret, not decoded. v0 (test) is ignored. */
#define ARMALO_I_PRESET_STRIPE \
    "{\"v\":1,\"name\":\"stripe\",\"headers\":[{\"signature\":\"stripe-signature\"}]," \
    "\"separator\":\",\",\"timestamp_prefix\":\"t=\",\"signatures\":[" \
    "{\"prefix\":\"v1=\",\"algorithm\":\"hmac-sha256\",\"encoding\":\"hex\",\"content\":\"{timestamp}.{body}\"}]," \
    "\"secret\":{\"encoding\":\"raw\",\"min_bytes\":16},\"tolerance_s\":300," \
    "\"event_pointer\":\"/type\",\"id_pointer\":\"/id\",\"compatibility\":true}"

static const struct {
    const char *name, *json;
} armalo_i_presets[] = {
    {"standard", ARMALO_I_PRESET_STANDARD}, {"svix", ARMALO_I_PRESET_SVIX},     {"whop", ARMALO_I_PRESET_WHOP},
    {"armalo", ARMALO_I_PRESET_ARMALO},     {"github", ARMALO_I_PRESET_GITHUB}, {"slack", ARMALO_I_PRESET_SLACK},
    {"shopify", ARMALO_I_PRESET_SHOPIFY},   {"hook0", ARMALO_I_PRESET_HOOK0},   {"stripe", ARMALO_I_PRESET_STRIPE},
};

const char *armalo_webhook_schemes(void) {
    return "[" ARMALO_I_PRESET_STANDARD "," ARMALO_I_PRESET_SVIX "," ARMALO_I_PRESET_WHOP "," ARMALO_I_PRESET_ARMALO ","
           ARMALO_I_PRESET_GITHUB "," ARMALO_I_PRESET_SLACK "," ARMALO_I_PRESET_SHOPIFY "," ARMALO_I_PRESET_HOOK0 ","
           ARMALO_I_PRESET_STRIPE "]";
}
/* clang-format on */

armalo_i_span armalo_i_preset(const char *name) {
    for (size_t i = 0; i < sizeof armalo_i_presets / sizeof armalo_i_presets[0]; i++) {
        if (strcmp(armalo_i_presets[i].name, name) == 0) return armalo_i_span_text(armalo_i_presets[i].json);
    }
    return armalo_i_span_of("", 0);
}
