/* SPDX-License-Identifier: MIT */
/* The signed content up to the body. */
#include "codec/text.h"
#include "webhook/webhook.h"

static int armalo_i_append(char *out, size_t cap, size_t *len, armalo_i_span text) {
    if (text.len > cap - *len) return 0;
    if (text.len != 0) memcpy(out + *len, text.ptr, text.len); /* an absent value has no pointer */
    *len += text.len;
    return 1;
}

/* The one value of a header of the request. */
static uint32_t armalo_i_named_value(const armalo_request *request, armalo_i_span name, armalo_i_span *value) {
    int found = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        const armalo_header *header = &request->headers[i];
        if (!armalo_i_span_equal_nocase(armalo_i_span_of(header->name, header->name_len), name)) continue;
        if (found++) return ARMALO_REASON_HEADER_REPEATED;
        *value = armalo_i_span_of(header->value, header->value_len);
    }
    return found == 1 ? ARMALO_REASON_GRANTED : ARMALO_REASON_SIGNED_HEADER_MISSING;
}

static uint32_t armalo_i_value_certain(armalo_i_span value, char stop) {
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] < ' ' || value.ptr[i] > '~') return ARMALO_REASON_HEADER_INVALID;
        if (value.ptr[i] == stop) return ARMALO_REASON_SIGNED_HEADER_AMBIGUOUS;
    }
    return ARMALO_REASON_GRANTED;
}

/* {values}: the values of the headers that {names} lists (separated by single spaces), joined with '.'. */
static uint32_t armalo_i_append_values(const armalo_i_content_input *in, char *out, size_t cap, size_t *len,
                                       int *event_covered) {
    armalo_i_span rest = in->names;
    for (int first = 1; rest.len > 0; first = 0) {
        const char *space = memchr(rest.ptr, ' ', rest.len);
        armalo_i_span name = armalo_i_span_of(rest.ptr, space == NULL ? rest.len : (size_t)(space - rest.ptr));
        armalo_i_span value = {NULL, 0};
        if (name.len == 0 || (space != NULL && name.len + 1 == rest.len)) return ARMALO_REASON_SIGNED_HEADER_MISSING;
        uint32_t reason = armalo_i_named_value(in->request, name, &value);
        if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_value_certain(value, '.');
        if (reason != ARMALO_REASON_GRANTED) return reason;
        if (in->event_header != ARMALO_I_NO_HEADER) {
            const armalo_i_wanted *event = &in->scheme->wanted[in->event_header];
            *event_covered |= armalo_i_span_equal_nocase(name, armalo_i_span_of(event->name, event->len));
        }
        if ((!first && !armalo_i_append(out, cap, len, armalo_i_span_of(".", 1))) ||
            !armalo_i_append(out, cap, len, value)) {
            return ARMALO_REASON_HEADER_TOO_LONG;
        }
        rest = space == NULL ? armalo_i_span_of(rest.ptr, 0) : armalo_i_span_of(space + 1, rest.len - name.len - 1);
    }
    return ARMALO_REASON_GRANTED;
}

uint32_t armalo_i_content_prefix(const armalo_i_version *version, const armalo_i_content_input *in, char *out,
                                 size_t cap, size_t *len, int *event_covered) {
    *len = 0;
    for (size_t i = 0; i < version->part_count; i++) {
        const armalo_i_part *part = &version->part[i];
        armalo_i_span text = {NULL, 0};
        uint32_t reason = ARMALO_REASON_GRANTED;
        switch (part->kind) {
        case ARMALO_I_PART_LITERAL:
            text = armalo_i_span_of(part->literal.text, part->literal.len);
            break;
        case ARMALO_I_PART_TIMESTAMP:
            text = in->timestamp;
            break;
        case ARMALO_I_PART_ID:
            text = in->id;
            /* id.timestamp.body has no lengths in it: "a" + "1.{}" and "a.1" + "{}" must not read alike. */
            if (memchr(text.ptr, part->stop, text.len) != NULL) return ARMALO_REASON_ID_INVALID;
            break;
        case ARMALO_I_PART_HEADER:
            if (in->fields == NULL) return ARMALO_REASON_CANNOT_SIGN;
            if (in->fields->count[part->header] == 0) return ARMALO_REASON_SIGNED_HEADER_MISSING;
            text = in->fields->value[part->header];
            reason = armalo_i_value_certain(text, part->stop);
            *event_covered |= part->header == in->event_header;
            break;
        case ARMALO_I_PART_NAMES:
            if (in->request == NULL) return ARMALO_REASON_CANNOT_SIGN;
            text = in->names;
            if (text.len == 0) return ARMALO_REASON_SIGNED_HEADER_MISSING;
            reason = armalo_i_value_certain(text, part->stop);
            /* RFC 9110 5.1: only a token names a header. Else the beginning of a body that was signed without covered
             * headers could be shown as a list of names, and what follows a dot in it as their values. */
            for (size_t k = 0; k < text.len && reason == ARMALO_REASON_GRANTED; k++) {
                if (text.ptr[k] != ' ' && !armalo_i_is_token(text.ptr[k])) reason = ARMALO_REASON_SIGNED_HEADER_MISSING;
            }
            break;
        case ARMALO_I_PART_VALUES:
            reason = armalo_i_append_values(in, out, cap, len, event_covered);
            break;
        default:
            return ARMALO_REASON_UNDECIDED;
        }
        if (reason != ARMALO_REASON_GRANTED) return reason;
        if (text.len > 0 && !armalo_i_append(out, cap, len, text)) return ARMALO_REASON_HEADER_TOO_LONG;
    }
    return ARMALO_REASON_GRANTED;
}
