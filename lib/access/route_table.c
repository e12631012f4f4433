/* SPDX-License-Identifier: MIT */
/* Our own table: {"v":1,"routes":[{"method","path","class","auth","scopes","owner","audit"}]}. Unknown members are an
 * error; method and path must be there; the linter judges the rest. */
#include "access/routes.h"

enum armalo_i_table_member {
    ARMALO_I_MEMBER_METHOD,
    ARMALO_I_MEMBER_PATH,
    ARMALO_I_MEMBER_CLASS,
    ARMALO_I_MEMBER_AUTH,
    ARMALO_I_MEMBER_SCOPES,
    ARMALO_I_MEMBER_OWNER,
    ARMALO_I_MEMBER_AUDIT,
    ARMALO_I_MEMBERS
};

static enum armalo_i_table_member armalo_i_table_member_of(armalo_i_json_value name) {
    static const char names[ARMALO_I_MEMBERS][8] = {"method", "path", "class", "auth", "scopes", "owner", "audit"};
    int n = 0;
    while (n < ARMALO_I_MEMBERS && !armalo_i_json_equals(name, armalo_i_span_text(names[n]))) n++;
    return (enum armalo_i_table_member)n;
}

/* A string that the table keeps. */
static uint32_t armalo_i_table_text(armalo_routes *routes, armalo_i_json_value value, uint32_t *at, uint32_t *len) {
    if (value.type != ARMALO_I_JSON_STRING) return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    return armalo_i_routes_keep_string(routes, value, at, len) ? ARMALO_REASON_GRANTED : ARMALO_REASON_NO_MEMORY;
}

static uint32_t armalo_i_table_route(armalo_routes *routes, armalo_i_json_value value, const char **detail) {
    armalo_i_route route = {0};
    armalo_i_route_scopes scopes;
    armalo_i_json_iter iter;
    armalo_i_json_value name;
    uint32_t reason = ARMALO_REASON_GRANTED, seen = 0;
    scopes.count = scopes.len = 0;
    scopes.invalid = 0;
    *detail = "a route that is no object";
    if (value.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(value, &iter))
        return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    while (reason == ARMALO_REASON_GRANTED && armalo_i_json_next(&iter, &name, &value)) {
        enum armalo_i_table_member member = armalo_i_table_member_of(name);
        seen |= UINT32_C(1) << member;
        switch (member) {
        case ARMALO_I_MEMBER_METHOD:
            *detail = "method is no string";
            reason = armalo_i_table_text(routes, value, &route.method, &route.method_len);
            break;
        case ARMALO_I_MEMBER_PATH:
            *detail = "path is no string";
            reason = armalo_i_table_text(routes, value, &route.path, &route.path_len);
            break;
        case ARMALO_I_MEMBER_CLASS:
            route.class_ = armalo_i_route_value(value, armalo_i_route_classes);
            break;
        case ARMALO_I_MEMBER_AUTH:
            route.auth = armalo_i_route_value(value, armalo_i_route_auths);
            break;
        case ARMALO_I_MEMBER_SCOPES:
            *detail = "scopes is no array";
            if (!armalo_i_route_scopes_read(value, &scopes)) reason = ARMALO_REASON_ROUTE_TABLE_MALFORMED;
            break;
        case ARMALO_I_MEMBER_OWNER:
            route.owner = armalo_i_route_value(value, armalo_i_route_owners);
            break;
        case ARMALO_I_MEMBER_AUDIT:
            *detail = "audit is not the name of an event";
            reason = armalo_i_routes_keep_audit(routes, value, &route.audit);
            break;
        default:
            *detail = "a route with an unknown member";
            reason = ARMALO_REASON_ROUTE_TABLE_MALFORMED;
        }
    }
    if (reason != ARMALO_REASON_GRANTED) return reason;
    *detail = "a route without method or path";
    if ((seen & 3) != 3) return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    if (!armalo_i_routes_keep_scopes(routes, &scopes, &route)) return ARMALO_REASON_NO_MEMORY;
    *detail = "too many routes";
    return armalo_i_routes_add(routes, &route);
}

uint32_t armalo_i_route_table_read(armalo_routes *routes, armalo_i_json_value root, const char **detail) {
    armalo_i_json_value name, value, list = {ARMALO_I_JSON_NONE, {NULL, 0}};
    armalo_i_json_iter iter;
    int64_t version = 0;
    *detail = "no object";
    if (root.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(root, &iter))
        return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("v"))) {
            *detail = "v is not 1";
            if (!armalo_i_json_integer(value, &version) || version != 1) return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
        } else if (armalo_i_json_equals(name, armalo_i_span_text("routes"))) {
            list = value;
        } else {
            *detail = "a table with an unknown member";
            return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
        }
    }
    *detail = "neither v and routes, nor openapi";
    if (version != 1 || list.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(list, &iter))
        return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    while (armalo_i_json_next(&iter, &name, &value)) {
        uint32_t reason = armalo_i_table_route(routes, value, detail);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    return ARMALO_REASON_GRANTED;
}
