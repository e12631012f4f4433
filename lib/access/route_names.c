/* SPDX-License-Identifier: MIT */
#include "access/route_names.h"

#include "codec/memory.h"
#include "codec/swar.h"

static uint32_t armalo_i_route_name_hash(armalo_i_span name) {
    uint64_t hash = name.len;
    for (size_t at = 0; at < name.len; at += 8) {
        const unsigned char *p = (const unsigned char *)name.ptr + at;
        hash =
            (hash ^ armalo_i_word_before(p, (const unsigned char *)name.ptr + name.len)) * UINT64_C(0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
    }
    return (uint32_t)(hash >> 7);
}

static armalo_i_span armalo_i_route_name_text(const armalo_i_route_names *names, uint32_t n) {
    return armalo_i_span_of(names->text + names->name[n].text, names->name[n].len);
}

static int armalo_i_route_names_room(armalo_i_route_names *names, armalo_i_json_value object) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    size_t count = 0, text = 0, slots = 2;
    if (!armalo_i_json_enter(object, &iter)) return 1;
    for (; armalo_i_json_next(&iter, &name, &value); count++) text += name.raw.len;
    if (count > ARMALO_I_ROUTE_NAMES_MAX) return -1;
    if (count == 0) return 1;
    while (slots < 2 * count) slots *= 2;
    names->mask = (uint32_t)slots - 1;
    names->name = armalo_i_alloc(count * sizeof names->name[0]);
    names->slot = armalo_i_alloc(slots * sizeof names->slot[0]);
    names->text = armalo_i_alloc(text);
    return names->name != NULL && names->slot != NULL && names->text != NULL;
}

int armalo_i_route_names_make(armalo_i_route_names *names, armalo_i_json_value object) {
    armalo_i_route_names empty = {0};
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    size_t used = 0, len;
    *names = empty;
    if (object.type != ARMALO_I_JSON_OBJECT) return 1;
    int room = armalo_i_route_names_room(names, object);
    if (room != 1 || !armalo_i_json_enter(object, &iter)) return room;
    while (armalo_i_json_next(&iter, &name, &value)) {
        armalo_i_route_name *one = &names->name[names->count];
        if (!armalo_i_json_string(name, names->text + used, name.raw.len, &len)) return 0;
        one->value = value;
        one->text = (uint32_t)used;
        one->len = (uint32_t)len;
        used += len;
        uint32_t at = armalo_i_route_name_hash(armalo_i_route_name_text(names, names->count));
        while (names->slot[at & names->mask] != 0) at++;
        names->slot[at & names->mask] = ++names->count;
    }
    return 1;
}

void armalo_i_route_names_free(armalo_i_route_names *names) {
    armalo_i_release(names->name);
    armalo_i_release(names->slot);
    armalo_i_release(names->text);
}

armalo_i_route_name *armalo_i_route_names_find(const armalo_i_route_names *names, armalo_i_span name) {
    if (names->count == 0) return NULL;
    for (uint32_t at = armalo_i_route_name_hash(name);; at++) {
        uint32_t n = names->slot[at & names->mask];
        if (n == 0) return NULL;
        if (armalo_i_span_equal(armalo_i_route_name_text(names, n - 1), name)) return &names->name[n - 1];
    }
}
