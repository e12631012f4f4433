/* SPDX-License-Identifier: MIT */
/* The list of routes while it is read, whoever reads it. */
#include "access/routes.h"

#include "access/scopes.h"
#include "codec/memory.h"
#include "codec/text.h"
#include "core/decide.h"
#include "core/json_reason.h"

const char armalo_i_route_classes[][9] = {"public", "read", "mutation", "admin", ""};
const char armalo_i_route_auths[][9] = {"none", "api_key", "webhook", "operator", "x402", ""};
const char armalo_i_route_owners[][9] = {"none", "org", ""};

uint8_t armalo_i_route_value(armalo_i_json_value value, const char names[][9]) {
    for (uint8_t n = 0; names[n][0] != 0; n++) {
        if (armalo_i_json_equals(value, armalo_i_span_text(names[n]))) return (uint8_t)(n + 1);
    }
    return 0;
}

/* Room for len bytes and a NUL. Offset 0 is the empty text. */
static int armalo_i_routes_room(armalo_routes *routes, size_t len) {
    if (routes->text_cap - routes->text_len > len + 1) return 1;
    size_t cap = 2 * (size_t)routes->text_cap + len + 2;
    char *more = cap > UINT32_MAX ? NULL : armalo_i_realloc(routes->text, cap);
    if (more == NULL) return 0;
    if (routes->text_len == 0) more[routes->text_len++] = 0;
    routes->text = more;
    routes->text_cap = (uint32_t)cap;
    return 1;
}

int armalo_i_routes_keep(armalo_routes *routes, armalo_i_span text, uint32_t *at) {
    *at = 0;
    if (!armalo_i_routes_room(routes, text.len)) return 0;
    if (text.len == 0) return 1;
    *at = routes->text_len;
    memcpy(routes->text + *at, text.ptr, text.len);
    routes->text[*at + text.len] = 0;
    routes->text_len += (uint32_t)text.len + 1;
    return 1;
}

int armalo_i_routes_keep_string(armalo_routes *routes, armalo_i_json_value string, uint32_t *at, uint32_t *len) {
    size_t n = 0;
    *at = *len = 0;
    if (!armalo_i_routes_room(routes, string.raw.len)) return 0;
    if (!armalo_i_json_string(string, routes->text + routes->text_len, string.raw.len, &n)) return 0;
    *at = routes->text_len;
    *len = (uint32_t)n;
    routes->text[*at + n] = 0;
    routes->text_len += *len + 1;
    return 1;
}

uint32_t armalo_i_routes_keep_audit(armalo_routes *routes, armalo_i_json_value value, uint32_t *at) {
    char name[ARMALO_I_EVENT_NAME];
    size_t len = 0;
    if (!armalo_i_json_identifier(value, name, sizeof name, &len)) return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    for (size_t i = 0; i < len; i++) {
        int letter = name[i] >= 'a' && name[i] <= 'z', digit = name[i] >= '0' && name[i] <= '9';
        if (!letter && (i == 0 || !(digit || name[i] == '_' || name[i] == '.' || name[i] == '-')))
            return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    }
    return armalo_i_routes_keep(routes, armalo_i_span_of(name, len), at) ? ARMALO_REASON_GRANTED
                                                                         : ARMALO_REASON_NO_MEMORY;
}

static int armalo_i_route_scopes_have(const armalo_i_route_scopes *scopes, armalo_i_span scope) {
    armalo_i_span list = armalo_i_span_of(scopes->text, scopes->len), one;
    size_t at = 0;
    while (scopes->len > 0 && armalo_i_scopes_next(list, &at, &one) == 1) {
        if (armalo_i_span_equal(one, scope)) return 1;
    }
    return 0;
}

int armalo_i_route_scopes_read(armalo_i_json_value array, armalo_i_route_scopes *scopes) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    if (array.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(array, &iter)) return 0;
    while (armalo_i_json_next(&iter, &name, &value)) {
        char text[ARMALO_SCOPE_MAX + 1];
        size_t len = 0;
        int wild;
        if (!armalo_i_json_identifier(value, text, sizeof text, &len) ||
            !armalo_i_scope_valid(armalo_i_span_of(text, len), &wild)) {
            scopes->invalid = 1;
            continue;
        }
        if (armalo_i_route_scopes_have(scopes, armalo_i_span_of(text, len))) continue;
        if (scopes->count == ARMALO_I_ROUTE_SCOPES) {
            scopes->invalid = 1;
            continue;
        }
        if (scopes->count++ > 0) scopes->text[scopes->len++] = ' ';
        memcpy(scopes->text + scopes->len, text, len);
        scopes->len += (uint32_t)len;
    }
    return 1;
}

int armalo_i_routes_keep_scopes(armalo_routes *routes, const armalo_i_route_scopes *scopes, armalo_i_route *route) {
    route->scopes_invalid = scopes->invalid != 0;
    return armalo_i_routes_keep(routes, armalo_i_span_of(scopes->text, scopes->len), &route->scopes);
}

uint32_t armalo_i_routes_add(armalo_routes *routes, const armalo_i_route *route) {
    if (routes->count == ARMALO_ROUTES_MAX) return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    if (routes->count == routes->cap) {
        uint32_t cap = routes->cap == 0 ? 16 : 2 * routes->cap;
        void *more = armalo_i_realloc(routes->route, (size_t)cap * sizeof *route);
        if (more == NULL) return ARMALO_REASON_NO_MEMORY;
        routes->route = more;
        routes->cap = cap;
    }
    routes->route[routes->count++] = *route;
    return ARMALO_REASON_GRANTED;
}

void armalo_i_routes_clear(armalo_routes *routes) {
    armalo_i_release(routes->route);
    armalo_i_release(routes->text);
    armalo_i_route_trie_free(&routes->trie);
    armalo_i_zero(routes, sizeof *routes);
}

static uint32_t armalo_i_routes_json_fault(const armalo_i_json_fault *fault, armalo_decision *why) {
    char line[24] = "";
    uint32_t reason = armalo_i_json_reason(fault->status);
    if (reason == ARMALO_REASON_NO_MEMORY) return reason;
    armalo_i_decimal_text(fault->line, line);
    armalo_i_decision_detail(why, armalo_reason_name(reason), " in line ", line);
    return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
}

uint32_t armalo_i_routes_read(armalo_routes *routes, armalo_i_span text, armalo_decision *why) {
    armalo_i_json_fault fault = {0};
    armalo_i_json_value root;
    const char *detail = NULL;
    char number[24] = "";
    if (armalo_i_json_load(text, ARMALO_ROUTES_MAX_TEXT, &root, &fault) != 1)
        return armalo_i_routes_json_fault(&fault, why);
    /* A text that is both could be read as either. */
    int foreign = armalo_i_json_member(root, "openapi").type != ARMALO_I_JSON_NONE;
    uint32_t reason =
        foreign ? armalo_i_route_openapi_read(routes, root, &detail) : armalo_i_route_table_read(routes, root, &detail);
    if (reason == ARMALO_REASON_ROUTE_TABLE_MALFORMED) {
        armalo_i_decimal_text(routes->count, number);
        armalo_i_decision_detail(why, detail, ", after routes read: ", number);
    }
    return reason == ARMALO_REASON_GRANTED && routes->count == 0 ? ARMALO_REASON_ROUTE_TABLE_EMPTY : reason;
}
