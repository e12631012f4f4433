/* SPDX-License-Identifier: MIT */
/* Fuzz target: up to the first byte 0xFF (which no JSON has), the input is a route table or an OpenAPI document; after
 * it, a request's path. The linter and the maker agree; findings are strict JSON; a table made of the text is asked
 * for the path by every method, and so is a table of our own. What is granted is a path without anything that is read
 * in two ways, and fits the template that the event names, segment by segment. */
#include "armalo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds) {
    if (!holds) abort();
}

static char event[16384];

static int keep(void *ctx, const char *text, size_t len) {
    (void)ctx;
    must(strlen(text) == len && len < sizeof event && armalo_json_check(text, len, SIZE_MAX, NULL) == 1);
    memcpy(event, text, len + 1);
    return 1;
}

static int64_t now(void *ctx) {
    (void)ctx;
    return INT64_C(1700000000000);
}

static char *exact(const void *bytes, size_t len) {
    char *copy = malloc(len > 0 ? len : 1);
    must(copy != NULL);
    if (len > 0) memcpy(copy, bytes, len);
    return copy;
}

static void check_denial(const armalo_decision *why) {
    must(armalo_decision_granted(why) == 0 && why->grant != ARMALO_GRANT && why->evidence != ARMALO_POSITIVE);
    must(why->reason != ARMALO_REASON_UNDECIDED && why->reason != ARMALO_REASON_GRANTED);
    must(strcmp(armalo_reason_name(why->reason), "core.undecided") != 0);
}

/* The path against the template of the event's subject: "GET /a/{b}". */
static void check_template(const char *method, const char *path, size_t len, const armalo_route_match *match) {
    char head[64];
    snprintf(head, sizeof head, "\"subject\":\"%s ", method);
    const char *p = strstr(event, head);
    size_t at = 0, parameters = 0;
    must(p != NULL);
    if (len > 500) return; /* the event shows the beginning alone */
    for (p += strlen(head); *p != '"'; p++) {
        if (*p != '{') {
            must(at < len && path[at++] == *p);
            continue;
        }
        must(parameters < match->parameter_count && match->parameter[parameters].start == at);
        must(match->parameter[parameters].len > 0);
        at += match->parameter[parameters++].len;
        must(at <= len);
        p = strchr(p, '}');
    }
    must(at == len && parameters == match->parameter_count);
}

static void check_path(const char *path, size_t len) {
    must(len > 0 && len <= ARMALO_ROUTE_MAX_PATH && path[0] == '/' && (len == 1 || path[len - 1] != '/'));
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)path[i];
        must(c > ' ' && c < 0x7F && strchr("\\?#;\"<>[]^`{|}", c) == NULL);
        if (c == '/') must(i + 1 == len || path[i + 1] != '/');
        if (c == '/') must(i + 1 >= len || path[i + 1] != '.' || (i + 2 < len && path[i + 2] != '/'));
        if (c == '/') must(i + 3 != len || path[i + 1] != '.' || path[i + 2] != '.');
        if (c == '/' && i + 3 < len) must(memcmp(path + i, "/../", 4) != 0);
        if (c != '%') continue;
        char digits[3] = {0}, *end;
        must(i + 2 < len);
        memcpy(digits, path + i + 1, 2);
        long value = strtol(digits, &end, 16);
        must(end == digits + 2 && value >= ' ' && value != 0x7F && strchr("/\\?#;%-._~", (int)value) == NULL);
        must(!(value >= '0' && value <= '9') && !((value | 0x20) >= 'a' && (value | 0x20) <= 'z'));
    }
}

static void ask(const armalo_routes *routes, const char *text, size_t len) {
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", ""};
    static const armalo_route_match none;
    char *path = exact(text, len);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        armalo_route_request request = {.struct_size = sizeof request,
                                        .method = methods[i],
                                        .method_len = strlen(methods[i]),
                                        .path = path,
                                        .path_len = len,
                                        .owner = "org_1",
                                        .caller = ARMALO_CALLER_SERVER};
        armalo_route_match match;
        armalo_decision why;
        memset(&match, 0xA5, sizeof match);
        memset(&why, 0xA5, sizeof why);
        if (armalo_route_authorize(routes, NULL, &request, &match, &why) == 1) {
            must(armalo_decision_granted(&why) == 1 && i < 7);
            check_path(path, len);
            check_template(methods[i], path, len, &match);
        } else {
            check_denial(&why);
            must(memcmp(&match, &none, sizeof none) == 0);
        }
    }
    free(path);
}

static const char own_table[] =
    "{\"v\":1,\"routes\":["
    "{\"method\":\"GET\",\"path\":\"/\",\"class\":\"public\",\"auth\":\"none\",\"owner\":\"none\"},"
    "{\"method\":\"GET\",\"path\":\"/{a}\",\"class\":\"public\",\"auth\":\"none\",\"owner\":\"none\"},"
    "{\"method\":\"GET\",\"path\":\"/a:b\",\"class\":\"public\",\"auth\":\"none\",\"owner\":\"none\"},"
    "{\"method\":\"GET\",\"path\":\"/{a}/{b}\",\"class\":\"public\",\"auth\":\"none\",\"owner\":\"none\"},"
    "{\"method\":\"GET\",\"path\":\"/a/{b}\",\"class\":\"public\",\"auth\":\"none\",\"owner\":\"none\"},"
    "{\"method\":\"GET\",\"path\":\"/{a}/b/{c}\",\"class\":\"public\",\"auth\":\"none\",\"owner\":\"none\"},"
    "{\"method\":\"GET\",\"path\":\"/%C3%A9/b/{c}\",\"class\":\"public\",\"auth\":\"none\",\"owner\":\"none\"},"
    "{\"method\":\"GET\",\"path\":\"/a/b/c/{d}/a_literal_of_many_bytes\",\"class\":\"public\",\"auth\":\"none\","
    "\"owner\":\"none\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static armalo_host *host;
    static armalo_routes *own;
    static char findings[1 << 20];
    armalo_decision why;
    if (host == NULL) {
        armalo_host_config config = {
            .struct_size = sizeof config, .mode = ARMALO_MODE_PRODUCTION, .now_ms = now, .audit = keep};
        must((host = armalo_host_new(&config, NULL)) != NULL);
        must((own = armalo_routes_new(host, own_table, strlen(own_table), NULL)) != NULL);
    }
    const uint8_t *end = size == 0 ? NULL : memchr(data, 0xFF, size);
    size_t len = end == NULL ? size : (size_t)(end - data), found_len = 0;
    char *text = exact(data, len);
    memset(&why, 0xA5, sizeof why);
    int clean = armalo_routes_lint(host, text, len, findings, sizeof findings, &found_len, &why);
    uint32_t reason = why.reason;
    if (clean) {
        must(armalo_decision_granted(&why) == 1 && strcmp(findings, "[]") == 0 && found_len == 2);
    } else {
        check_denial(&why);
        if (found_len > 0 && found_len < sizeof findings) {
            must(strlen(findings) == found_len && armalo_json_check(findings, found_len, SIZE_MAX, NULL) == 1);
            must(found_len > 2 && strstr(findings, armalo_reason_name(reason)) != NULL);
        }
    }
    memset(&why, 0xA5, sizeof why);
    armalo_routes *routes = armalo_routes_new(host, text, len, &why);
    free(text);
    must((routes != NULL) == clean && armalo_decision_granted(&why) == 0);
    if (routes == NULL) must(why.reason == reason);
    if (end != NULL) {
        ask(own, (const char *)end + 1, size - len - 1);
        if (routes != NULL) ask(routes, (const char *)end + 1, size - len - 1);
    }
    armalo_routes_free(routes);
    return 0;
}
