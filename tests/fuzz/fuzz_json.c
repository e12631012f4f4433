/* SPDX-License-Identifier: MIT */
/* Fuzz target: the strict JSON check, walking and fetching. */
#include "codec/json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds) {
    if (!holds) abort();
}

/* Every part lies inside its container, in order, and is of the type its first byte says. */
static size_t walk(armalo_i_json_value value, size_t depth) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, inner;
    const char *end = value.raw.ptr + value.raw.len, *at = value.raw.ptr;
    static const char firsts[] = "\0ntf0\"[{";
    size_t count = 0, len = 999;
    int64_t number;
    must(value.raw.len > 0 && value.type >= ARMALO_I_JSON_NULL && value.type <= ARMALO_I_JSON_OBJECT);
    must(value.type == ARMALO_I_JSON_NUMBER ? (*at >= '0' && *at <= '9') || *at == '-' : *at == firsts[value.type]);
    armalo_i_json_integer(value, &number);
    if (value.type == ARMALO_I_JSON_STRING) {
        char *text = malloc(value.raw.len);
        must(text != NULL && armalo_i_json_string(value, text, value.raw.len, &len) && len <= value.raw.len - 2);
        must(armalo_i_json_equals(value, armalo_i_span_of(text, len)));
        if (armalo_i_json_identifier(value, text, value.raw.len, &len)) must(len > 0 && strlen(text) == len);
        free(text);
    }
    if (!armalo_i_json_enter(value, &iter)) return 0;
    must(depth < ARMALO_I_JSON_MAX_DEPTH);
    while (armalo_i_json_next(&iter, &name, &inner)) {
        must((name.type == ARMALO_I_JSON_STRING) == (value.type == ARMALO_I_JSON_OBJECT));
        if (name.type == ARMALO_I_JSON_STRING) {
            must(name.raw.ptr > at && name.raw.len >= 2 && name.raw.ptr + name.raw.len < inner.raw.ptr);
            at = name.raw.ptr;
        }
        must(inner.raw.ptr > at && inner.raw.ptr + inner.raw.len < end);
        at = inner.raw.ptr + inner.raw.len - 1;
        walk(inner, depth + 1);
        count++;
    }
    return count;
}

/* The token of a pointer for this name, "~" and "/" escaped; 0 if it is too long. */
static size_t token(armalo_i_json_value name, char *out, size_t cap) {
    char text[100];
    size_t len, n = 0;
    if (!armalo_i_json_string(name, text, sizeof text, &len)) return 0;
    out[n++] = '/';
    for (size_t i = 0; i < len; i++) {
        if (n + 2 > cap) return 0;
        if (text[i] == '~' || text[i] == '/') {
            out[n++] = '~';
            out[n++] = text[i] == '~' ? '0' : '1';
        } else {
            out[n++] = text[i];
        }
    }
    return n;
}

/* Fetching by pointer, in the whole text, what walking has found down to two levels. */
static void fetch(armalo_i_span text, armalo_i_json_value value, char *path, size_t used, int levels) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, inner, found;
    armalo_i_json_pointer pointer;
    size_t index = 0;
    must(armalo_i_json_pointer_parse(armalo_i_span_of(path, used), &pointer));
    must(armalo_i_json_scan(text, SIZE_MAX, &pointer, &found, NULL));
    must(found.type == value.type && found.raw.ptr == value.raw.ptr && found.raw.len == value.raw.len);
    if (levels == 0 || !armalo_i_json_enter(value, &iter)) return;
    for (; index < 8 && armalo_i_json_next(&iter, &name, &inner); index++) {
        size_t more = 2;
        path[used] = '/';
        path[used + 1] = (char)('0' + index);
        if (name.type == ARMALO_I_JSON_STRING) more = token(name, path + used, 100);
        if (more != 0) fetch(text, inner, path, used + more, levels - 1);
        if (name.type != ARMALO_I_JSON_STRING) continue;
        /* By name too, among all members. */
        char plain[100];
        size_t len;
        if (!armalo_i_json_string(name, plain, sizeof plain - 1, &len)) continue;
        plain[len] = '\0';
        must(armalo_i_json_member(value, plain).raw.ptr == inner.raw.ptr);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    armalo_i_span text = armalo_i_span_of(data, size);
    armalo_i_json_fault scan = {0}, load = {0};
    armalo_i_json_value root;
    int scanned = armalo_i_json_scan(text, SIZE_MAX, NULL, NULL, &scan);
    int loaded = armalo_i_json_load(text, SIZE_MAX, &root, &load);
    must(scanned == (scan.status == ARMALO_I_JSON_OK) && loaded == (load.status == ARMALO_I_JSON_OK));
    must(loaded == (root.type != ARMALO_I_JSON_NONE));
    must(scan.status != ARMALO_I_JSON_BAD && scan.status != ARMALO_I_JSON_SIZE && scan.offset <= size);
    if (scan.status != ARMALO_I_JSON_MEMBERS) must(memcmp(&scan, &load, sizeof scan) == 0);
    if (!loaded) {
        must(load.line >= 1 && load.column >= 1);
        return 0;
    }
    must(root.raw.ptr >= text.ptr && root.raw.ptr + root.raw.len <= text.ptr + text.len);
    walk(root, 0);
    char path[256];
    if (scanned && size < 4096) fetch(text, root, path, 0, 2);
    return 0;
}
