/* SPDX-License-Identifier: MIT */
#include "access/route_openapi.h"

static const struct {
    char member[8], method[8];
} armalo_i_openapi_methods[ARMALO_I_OPENAPI_METHODS] = {
    {"get", "GET"}, {"head", "HEAD"},   {"options", "OPTIONS"}, {"post", "POST"},
    {"put", "PUT"}, {"patch", "PATCH"}, {"delete", "DELETE"},   {"trace", "TRACE"},
};
#define ARMALO_I_OPENAPI_SAFE 3 /* the first ones change nothing (RFC 9110 9.2.1) */

static uint32_t armalo_i_openapi_method_of(armalo_i_json_value name) {
    uint32_t n = 0;
    while (n < ARMALO_I_OPENAPI_METHODS &&
           !armalo_i_json_equals(name, armalo_i_span_text(armalo_i_openapi_methods[n].member)))
        n++;
    return n;
}

static uint32_t armalo_i_openapi_malformed(armalo_i_openapi *api, const char *detail) {
    *api->detail = detail;
    return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
}

/* The members of an operation that count. */
static uint32_t armalo_i_openapi_operation_read(armalo_i_openapi *api, armalo_i_json_value operation,
                                                armalo_i_route *route) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    uint32_t reason = ARMALO_REASON_GRANTED;
    if (operation.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(operation, &iter))
        return armalo_i_openapi_malformed(api, "an operation that is no object");
    while (reason == ARMALO_REASON_GRANTED && armalo_i_json_next(&iter, &name, &value)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("security"))) {
            reason = armalo_i_openapi_security_read(api, value, route);
        } else if (armalo_i_json_equals(name, armalo_i_span_text("x-armalo-class"))) {
            route->class_ = armalo_i_route_value(value, armalo_i_route_classes);
        } else if (armalo_i_json_equals(name, armalo_i_span_text("x-armalo-owner"))) {
            route->owner = armalo_i_route_value(value, armalo_i_route_owners);
        } else if (armalo_i_json_equals(name, armalo_i_span_text("x-armalo-audit"))) {
            *api->detail = "x-armalo-audit is not the name of an event";
            reason = armalo_i_routes_keep_audit(api->routes, value, &route->audit);
        } else if (armalo_i_openapi_ours(name) || armalo_i_json_equals(name, armalo_i_span_text("$ref"))) {
            reason = armalo_i_openapi_malformed(api, "an operation with an unknown x-armalo member, or a $ref");
        }
    }
    return reason;
}

/* Without x-armalo-class an operation is what its method says; without x-armalo-owner it has none, which blocks a
 * mutation. */
static uint32_t armalo_i_openapi_operation(armalo_i_openapi *api, uint32_t method, armalo_i_json_value operation,
                                           armalo_i_route route) {
    armalo_i_span text = armalo_i_span_text(armalo_i_openapi_methods[method].method);
    route.class_ = method < ARMALO_I_OPENAPI_SAFE ? ARMALO_I_CLASS_READ : ARMALO_I_CLASS_MUTATION;
    route.owner = ARMALO_I_OWNER_NONE;
    route.auth = api->security.auth;
    route.scopes = api->security.scopes;
    route.scopes_invalid = api->security.scopes_invalid;
    uint32_t reason = armalo_i_openapi_operation_read(api, operation, &route);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    if (api->method[method] == 0 && !armalo_i_routes_keep(api->routes, text, &api->method[method]))
        return ARMALO_REASON_NO_MEMORY;
    route.method = api->method[method];
    route.method_len = (uint32_t)text.len;
    *api->detail = "too many routes";
    return armalo_i_routes_add(api->routes, &route);
}

/* A path item's operations become routes; or it has a $ref and none. */
static uint32_t armalo_i_openapi_item(armalo_i_openapi *api, armalo_i_json_value item, const armalo_i_route *path,
                                      armalo_i_json_value *ref) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    uint32_t reason = ARMALO_REASON_GRANTED, before = api->routes->count;
    ref->type = ARMALO_I_JSON_NONE;
    if (item.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(item, &iter))
        return armalo_i_openapi_malformed(api, "a path item that is no object");
    while (reason == ARMALO_REASON_GRANTED && armalo_i_json_next(&iter, &name, &value)) {
        uint32_t method = armalo_i_openapi_method_of(name);
        if (method < ARMALO_I_OPENAPI_METHODS) reason = armalo_i_openapi_operation(api, method, value, *path);
        if (armalo_i_json_equals(name, armalo_i_span_text("$ref"))) *ref = value;
        /* These are of operations alone. */
        if (armalo_i_openapi_ours(name) || armalo_i_json_equals(name, armalo_i_span_text("security")))
            return armalo_i_openapi_malformed(api, "a path item with security, or with an x-armalo member");
    }
    if (reason != ARMALO_REASON_GRANTED) return reason;
    /* OpenAPI 3.1.1 4.8.9: with a field in both, "the behavior is undefined". */
    if (ref->type != ARMALO_I_JSON_NONE && api->routes->count != before)
        return armalo_i_openapi_malformed(api, "a path item with operations beside its $ref");
    return reason;
}

static uint32_t armalo_i_openapi_targets(armalo_i_openapi *api) {
    if (api->has_targets) return ARMALO_REASON_GRANTED;
    api->has_targets = 1;
    int paths = armalo_i_route_names_make(&api->targets[0], api->paths);
    int items = armalo_i_route_names_make(&api->targets[1], api->path_items);
    if (paths == 0 || items == 0) return ARMALO_REASON_NO_MEMORY;
    if (paths < 0 || items < 0) return armalo_i_openapi_malformed(api, "too many path items");
    return ARMALO_REASON_GRANTED;
}

/* The routes that a path item became, once more for another path. */
static uint32_t armalo_i_openapi_repeat(armalo_i_openapi *api, const armalo_i_route_name *item,
                                        const armalo_i_route *path) {
    uint32_t reason = ARMALO_REASON_GRANTED;
    for (uint32_t i = 0; reason == ARMALO_REASON_GRANTED && i < item->count; i++) {
        armalo_i_route route = api->routes->route[item->first + i];
        route.path = path->path;
        route.path_len = path->path_len;
        *api->detail = "too many routes";
        reason = armalo_i_routes_add(api->routes, &route);
    }
    return reason;
}

/* Follow $refs from one path item to the next. Each is read once, however many paths lead there. */
static uint32_t armalo_i_openapi_follow(armalo_i_openapi *api, armalo_i_json_value ref, const armalo_i_route *path) {
    armalo_i_route_name *passed[ARMALO_I_OPENAPI_HOPS];
    armalo_i_json_pointer pointer;
    armalo_i_span name;
    size_t hops = 0;
    uint32_t first = api->routes->count, reason = armalo_i_openapi_targets(api);
    while (reason == ARMALO_REASON_GRANTED && ref.type != ARMALO_I_JSON_NONE) {
        enum armalo_i_openapi_place place = armalo_i_openapi_ref(ref, &pointer, &name);
        armalo_i_route_name *item = NULL;
        if (place == ARMALO_I_PLACE_PATHS) item = armalo_i_route_names_find(&api->targets[0], name);
        if (place == ARMALO_I_PLACE_PATH_ITEMS) item = armalo_i_route_names_find(&api->targets[1], name);
        if (item == NULL || hops == ARMALO_I_OPENAPI_HOPS)
            return armalo_i_openapi_malformed(api, "a $ref of a path item that leads nowhere, or in a circle");
        ref.type = ARMALO_I_JSON_NONE;
        if (item->known) {
            reason = armalo_i_openapi_repeat(api, item, path);
        } else {
            passed[hops++] = item;
            reason = armalo_i_openapi_item(api, item->value, path, &ref);
        }
    }
    for (size_t i = 0; i < hops; i++) {
        passed[i]->known = 1;
        passed[i]->first = first;
        passed[i]->count = api->routes->count - first;
    }
    return reason;
}

static uint32_t armalo_i_openapi_paths(armalo_i_openapi *api) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, item, ref;
    uint32_t reason = ARMALO_REASON_GRANTED;
    if (api->paths.type == ARMALO_I_JSON_NONE) return reason;
    if (api->paths.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(api->paths, &iter))
        return armalo_i_openapi_malformed(api, "paths is no object");
    while (reason == ARMALO_REASON_GRANTED && armalo_i_json_next(&iter, &name, &item)) {
        armalo_i_route path = {0};
        if (name.raw.len >= 4 && strncmp(name.raw.ptr, "\"x-", 3) == 0) continue; /* an extension, no path */
        if (!armalo_i_routes_keep_string(api->routes, name, &path.path, &path.path_len)) return ARMALO_REASON_NO_MEMORY;
        reason = armalo_i_openapi_item(api, item, &path, &ref);
        if (reason == ARMALO_REASON_GRANTED && ref.type != ARMALO_I_JSON_NONE)
            reason = armalo_i_openapi_follow(api, ref, &path);
    }
    return reason;
}

/* "3.0.x" or "3.1.x" */
static int armalo_i_openapi_version(armalo_i_json_value value) {
    char text[16];
    size_t len = 0;
    if (!armalo_i_json_identifier(value, text, sizeof text, &len) || len < 5) return 0;
    if (strncmp(text, "3.0.", 4) != 0 && strncmp(text, "3.1.", 4) != 0) return 0;
    for (size_t i = 4; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') return 0;
    }
    return 1;
}

static uint32_t armalo_i_openapi_root(armalo_i_openapi *api, armalo_i_json_value root) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value, components = {ARMALO_I_JSON_NONE, {NULL, 0}}, security = components;
    int version = 0;
    if (!armalo_i_json_enter(root, &iter)) return armalo_i_openapi_malformed(api, "no object");
    while (armalo_i_json_next(&iter, &name, &value)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("openapi"))) version = armalo_i_openapi_version(value);
        if (armalo_i_json_equals(name, armalo_i_span_text("paths"))) api->paths = value;
        if (armalo_i_json_equals(name, armalo_i_span_text("components"))) components = value;
        if (armalo_i_json_equals(name, armalo_i_span_text("security"))) security = value;
        if (armalo_i_openapi_ours(name)) return armalo_i_openapi_malformed(api, "a document with an x-armalo member");
        if (armalo_i_json_equals(name, armalo_i_span_text("routes")))
            return armalo_i_openapi_malformed(api, "both openapi and routes: it could be read as either");
    }
    if (!version) return armalo_i_openapi_malformed(api, "openapi is neither 3.0 nor 3.1");
    api->path_items = armalo_i_json_member(components, "pathItems");
    int schemes = armalo_i_route_names_make(&api->schemes, armalo_i_json_member(components, "securitySchemes"));
    if (schemes == 0) return ARMALO_REASON_NO_MEMORY;
    if (schemes < 0) return armalo_i_openapi_malformed(api, "too many security schemes");
    uint32_t reason = armalo_i_openapi_security_read(api, security, &api->security);
    return reason == ARMALO_REASON_GRANTED ? armalo_i_openapi_paths(api) : reason;
}

uint32_t armalo_i_route_openapi_read(armalo_routes *routes, armalo_i_json_value root, const char **detail) {
    armalo_i_openapi api = {0};
    api.routes = routes;
    api.detail = detail;
    uint32_t reason = armalo_i_openapi_root(&api, root);
    armalo_i_route_names_free(&api.schemes);
    armalo_i_route_names_free(&api.targets[0]);
    armalo_i_route_names_free(&api.targets[1]);
    return reason;
}
