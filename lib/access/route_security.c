/* SPDX-License-Identifier: MIT */
/* OpenAPI's `security`: a list of alternatives, each a set of schemes. Only what is one auth of a route can be told:
 *   - no alternatives, or an empty one among them: none;
 *   - alternatives of one scheme each, all of one auth: that auth, and the scopes of all of them;
 *   - anything else (two schemes at once, two auths, a scheme that is unknown or not defined): unknown.
 * A scheme's auth is its x-armalo-auth; without one, api_key for type apiKey and for http bearer. */
#include "access/route_openapi.h"

int armalo_i_openapi_ours(armalo_i_json_value name) {
    armalo_i_span ours = armalo_i_span_text("x-armalo");
    return name.raw.len >= ours.len + 2 &&
           armalo_i_span_equal_nocase(armalo_i_span_of(name.raw.ptr + 1, ours.len), ours);
}

/* RFC 6901 section 6: the pointer of a URI fragment is percent-encoded. */
static size_t armalo_i_openapi_unescape(char *text, size_t len) {
    size_t used = 0;
    for (size_t at = 0; at < len; at++) {
        char c = text[at];
        if (c == '%') {
            int value = 0;
            if (len - at < 3) return 0;
            for (int i = 0; i < 2; i++) {
                char d = text[++at];
                int digit = d >= '0' && d <= '9'                     ? d - '0'
                            : (d | 0x20) >= 'a' && (d | 0x20) <= 'f' ? (d | 0x20) - 'a' + 10
                                                                     : -1;
                if (digit < 0) return 0;
                value = value << 4 | digit;
            }
            c = (char)value;
        }
        text[used++] = c;
    }
    return used;
}

static armalo_i_span armalo_i_openapi_token(const armalo_i_json_pointer *pointer, size_t n) {
    return armalo_i_span_of(pointer->text + pointer->token[n].start, pointer->token[n].len);
}

enum armalo_i_openapi_place armalo_i_openapi_ref(armalo_i_json_value ref, armalo_i_json_pointer *pointer,
                                                 armalo_i_span *name) {
    char text[3 * sizeof pointer->text];
    size_t len = 0;
    if (!armalo_i_json_identifier(ref, text, sizeof text, &len) || text[0] != '#') return ARMALO_I_PLACE_NOWHERE;
    len = armalo_i_openapi_unescape(text + 1, len - 1);
    if (!armalo_i_json_pointer_parse(armalo_i_span_of(text + 1, len), pointer) || pointer->count < 2)
        return ARMALO_I_PLACE_NOWHERE;
    armalo_i_span first = armalo_i_openapi_token(pointer, 0), second = armalo_i_openapi_token(pointer, 1);
    *name = armalo_i_openapi_token(pointer, pointer->count - 1);
    if (pointer->count == 2 && armalo_i_span_equal(first, armalo_i_span_text("paths"))) return ARMALO_I_PLACE_PATHS;
    if (pointer->count != 3 || !armalo_i_span_equal(first, armalo_i_span_text("components")))
        return ARMALO_I_PLACE_NOWHERE;
    if (armalo_i_span_equal(second, armalo_i_span_text("pathItems"))) return ARMALO_I_PLACE_PATH_ITEMS;
    if (armalo_i_span_equal(second, armalo_i_span_text("securitySchemes"))) return ARMALO_I_PLACE_SCHEMES;
    return ARMALO_I_PLACE_NOWHERE;
}

static int armalo_i_openapi_is(armalo_i_json_value value, const char *text) {
    return armalo_i_json_equals(value, armalo_i_span_text(text));
}

/* A scheme's own auth, or its $ref. */
static uint8_t armalo_i_openapi_scheme_auth(armalo_i_json_value scheme, armalo_i_json_value *ref) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value, auth = {ARMALO_I_JSON_NONE, {NULL, 0}}, type = auth, http = auth;
    char word[8] = "";
    size_t len = 0;
    int odd = 0;
    *ref = auth;
    if (scheme.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(scheme, &iter)) return ARMALO_I_AUTH_UNKNOWN;
    while (armalo_i_json_next(&iter, &name, &value)) {
        if (armalo_i_openapi_is(name, "$ref")) *ref = value;
        if (armalo_i_openapi_is(name, "type")) type = value;
        if (armalo_i_openapi_is(name, "scheme")) http = value;
        if (armalo_i_openapi_is(name, "x-armalo-auth"))
            auth = value;
        else
            odd |= armalo_i_openapi_ours(name);
    }
    if (odd || (ref->type != ARMALO_I_JSON_NONE && auth.type != ARMALO_I_JSON_NONE)) {
        ref->type = ARMALO_I_JSON_NONE; /* which of them was meant? */
        return ARMALO_I_AUTH_UNKNOWN;
    }
    if (auth.type != ARMALO_I_JSON_NONE) {
        uint8_t named = armalo_i_route_value(auth, armalo_i_route_auths);
        return named == ARMALO_I_AUTH_NONE ? ARMALO_I_AUTH_UNKNOWN : named; /* a scheme that asks for nothing is none */
    }
    if (armalo_i_openapi_is(type, "apiKey")) return ARMALO_I_AUTH_API_KEY;
    /* RFC 9110 11.1: the name of an HTTP scheme is the same in any case. */
    if (armalo_i_openapi_is(type, "http") && armalo_i_json_identifier(http, word, sizeof word, &len) &&
        armalo_i_span_equal_nocase(armalo_i_span_of(word, len), armalo_i_span_text("bearer")))
        return ARMALO_I_AUTH_API_KEY;
    return ARMALO_I_AUTH_UNKNOWN;
}

/* The auth of a scheme by its name, through its $refs. Each scheme is read once, however often it is named. */
static uint32_t armalo_i_openapi_scheme(armalo_i_openapi *api, armalo_i_span name, uint8_t *auth) {
    armalo_i_route_name *passed[ARMALO_I_OPENAPI_HOPS], *scheme;
    armalo_i_json_pointer pointer;
    armalo_i_json_value ref;
    size_t hops = 0;
    *auth = ARMALO_I_AUTH_UNKNOWN;
    for (;;) {
        scheme = armalo_i_route_names_find(&api->schemes, name);
        if (scheme == NULL && hops == 0) return ARMALO_REASON_GRANTED; /* not defined: unknown */
        *api->detail = "a $ref of a security scheme that leads nowhere, or in a circle";
        if (scheme == NULL || hops == ARMALO_I_OPENAPI_HOPS) return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
        if (scheme->known != 0) break;
        passed[hops++] = scheme;
        uint8_t own = armalo_i_openapi_scheme_auth(scheme->value, &ref);
        if (ref.type == ARMALO_I_JSON_NONE) {
            scheme->known = own + 1u;
            break;
        }
        if (armalo_i_openapi_ref(ref, &pointer, &name) != ARMALO_I_PLACE_SCHEMES)
            return ARMALO_REASON_ROUTE_TABLE_MALFORMED;
    }
    for (size_t i = 0; i < hops; i++) passed[i]->known = scheme->known;
    *auth = (uint8_t)(scheme->known - 1);
    return ARMALO_REASON_GRANTED;
}

/* What an alternative asks for. */
typedef struct armalo_i_openapi_alternative {
    int malformed;
    uint32_t schemes;
    uint8_t auth; /* of one scheme */
} armalo_i_openapi_alternative;

static uint32_t armalo_i_openapi_alternative_read(armalo_i_openapi *api, armalo_i_json_value value,
                                                  armalo_i_openapi_alternative *alternative,
                                                  armalo_i_route_scopes *scopes) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, list;
    uint32_t reason = ARMALO_REASON_GRANTED;
    alternative->schemes = 0;
    alternative->auth = ARMALO_I_AUTH_UNKNOWN;
    alternative->malformed = value.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(value, &iter);
    while (!alternative->malformed && reason == ARMALO_REASON_GRANTED && armalo_i_json_next(&iter, &name, &list)) {
        char text[256];
        size_t len = 0;
        alternative->schemes++;
        if (!armalo_i_route_scopes_read(list, scopes)) alternative->malformed = 1;
        if (armalo_i_json_identifier(name, text, sizeof text, &len)) /* a longer name is none that is defined */
            reason = armalo_i_openapi_scheme(api, armalo_i_span_of(text, len), &alternative->auth);
    }
    return reason;
}

/* Of a list: the auth, and the scopes of all alternatives. */
static uint32_t armalo_i_openapi_list_read(armalo_i_openapi *api, armalo_i_json_iter iter, uint8_t *auth,
                                           armalo_i_route_scopes *scopes) {
    armalo_i_json_value name, item;
    armalo_i_openapi_alternative alternative;
    int count = 0, anybody = 0, unknown = 0;
    uint8_t told = ARMALO_I_AUTH_UNKNOWN;
    for (; armalo_i_json_next(&iter, &name, &item); count++) {
        uint32_t reason = armalo_i_openapi_alternative_read(api, item, &alternative, scopes);
        if (reason != ARMALO_REASON_GRANTED || alternative.malformed) return reason;
        if (alternative.schemes == 0) {
            anybody = 1;
            continue;
        }
        unknown |= alternative.schemes > 1 || alternative.auth == ARMALO_I_AUTH_UNKNOWN;
        unknown |= told != ARMALO_I_AUTH_UNKNOWN && told != alternative.auth;
        told = alternative.auth;
    }
    if (count == 0 || anybody) {
        *auth = ARMALO_I_AUTH_NONE;
        scopes->count = scopes->len = 0; /* who may come with nothing need not have what others show */
        scopes->invalid = 0;
    } else if (!unknown) {
        *auth = told;
    }
    return ARMALO_REASON_GRANTED;
}

uint32_t armalo_i_openapi_security_read(armalo_i_openapi *api, armalo_i_json_value value, armalo_i_route *route) {
    armalo_i_json_iter iter;
    armalo_i_route_scopes scopes;
    scopes.count = scopes.len = 0;
    scopes.invalid = 0;
    route->auth = ARMALO_I_AUTH_UNKNOWN;
    if (value.type == ARMALO_I_JSON_ARRAY && armalo_i_json_enter(value, &iter)) {
        uint32_t reason = armalo_i_openapi_list_read(api, iter, &route->auth, &scopes);
        if (reason != ARMALO_REASON_GRANTED) return reason;
    }
    return armalo_i_routes_keep_scopes(api->routes, &scopes, route) ? ARMALO_REASON_GRANTED : ARMALO_REASON_NO_MEMORY;
}
