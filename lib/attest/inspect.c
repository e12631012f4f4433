/* SPDX-License-Identifier: MIT */
/* attest/inspect.c: what an artifact says, which is not what is so. Its result is a text that says that first, and
 * nothing that could be taken for a verified artifact. */
#include "attest/alg.h"
#include "attest/artifact.h"
#include "codec/memory.h"
#include "core/decide.h"

static void armalo_i_inspect_string(armalo_i_writer *w, armalo_i_span text) {
    if (text.len == 0)
        armalo_i_write_text(w, "null");
    else
        armalo_i_write_string(w, text.ptr, text.len);
}

/* Inside an object it lies one level deeper: may a strict reader still go there? */
static int armalo_i_inspect_fits(armalo_i_span json) {
    int depth = 1, quoted = 0;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '[' || c == '{') && ++depth > ARMALO_I_JSON_MAX_DEPTH)
            return 0;
        else if (!quoted && (c == ']' || c == '}'))
            depth--;
    }
    return 1;
}

/* What there is to show as the payload: of a credential none of whose proofs can be read, all of it. */
static armalo_i_span armalo_i_inspect_payload(const armalo_i_artifact *a) {
    armalo_i_span payload = {"", 0};
    for (size_t i = 0; i < a->count && payload.len == 0; i++) payload = a->signature[i].payload;
    return payload.len == 0 && a->format == ARMALO_FORMAT_VC ? a->root.raw : payload;
}

/* json: the payload, to be shown as what it is; NONE: as text that is none. */
static void armalo_i_inspect_write(armalo_i_writer *w, const armalo_i_artifact *a, armalo_i_json_value json) {
    static const char *const formats[] = {"unknown", "dsse", "jws", "vc"};
    armalo_i_write_text(w, "{\"verified\":false,\"format\":\"");
    armalo_i_write_text(w, formats[a->format]);
    armalo_i_write_text(w, "\",\"signatures\":[");
    for (size_t i = 0; i < a->count; i++) {
        const armalo_i_signature *s = &a->signature[i];
        armalo_i_write_text(w, i > 0 ? ",{\"key_id\":" : "{\"key_id\":");
        armalo_i_inspect_string(w, s->hint);
        armalo_i_write_text(w, ",\"algorithm\":");
        if (s->alg <= ARMALO_I_ALG_NONE || s->refused == ARMALO_REASON_ATTEST_ALGORITHM_REFUSED)
            armalo_i_write_text(w, "null");
        else
            armalo_i_inspect_string(w, armalo_i_span_text(armalo_i_alg_name(s->alg)));
        armalo_i_write_raw(w, "}", 1);
    }
    armalo_i_write_text(w, "],\"type\":");
    armalo_i_inspect_string(w, armalo_i_span_text(a->type));
    armalo_i_write_text(w, ",\"payload\":");
    if (json.type != ARMALO_I_JSON_NONE)
        armalo_i_write_raw(w, json.raw.ptr, json.raw.len);
    else
        armalo_i_inspect_string(w, armalo_i_inspect_payload(a));
    armalo_i_write_raw(w, "}", 1);
}

static uint32_t armalo_i_inspect(armalo_i_artifact *a, armalo_i_span text, char *buf, size_t cap, size_t *len) {
    uint32_t reason = armalo_i_artifact_format(a, text, ARMALO_ATTEST_MAX_SIZE);
    if (reason == ARMALO_REASON_GRANTED) reason = armalo_i_artifact_open(a, text);
    if (reason != ARMALO_REASON_GRANTED) return reason;
    armalo_i_json_value json, none = {ARMALO_I_JSON_NONE, {NULL, 0}};
    armalo_i_json_fault fault;
    if (!armalo_i_json_load(armalo_i_inspect_payload(a), ARMALO_ATTEST_MAX_SIZE, &json, &fault)) {
        if (fault.status == ARMALO_I_JSON_NO_MEMORY) return ARMALO_REASON_NO_MEMORY;
        json = none;
    }
    if (!armalo_i_inspect_fits(json.raw)) json = none;
    armalo_i_writer w = {NULL, 0, 0};
    armalo_i_inspect_write(&w, a, json);
    *len = w.len;
    if (cap <= w.len) return ARMALO_REASON_BUFFER_TOO_SMALL;
    w = (armalo_i_writer){buf, cap, 0};
    armalo_i_inspect_write(&w, a, json);
    buf[w.len] = 0; /* as long as the first time */
    return ARMALO_REASON_GRANTED;
}

int armalo_attest_inspect(const void *artifact, size_t artifact_len, char *buf, size_t cap, size_t *len,
                          armalo_decision *why) {
    size_t unseen_len;
    if (len == NULL) len = &unseen_len;
    *len = 0;
    armalo_i_refuse(why, ARMALO_REASON_UNDECIDED, NULL);
    if (artifact == NULL || (buf == NULL && cap > 0)) return armalo_i_refuse(why, ARMALO_REASON_INVALID_ARGUMENT, NULL);
    armalo_i_artifact *a = armalo_i_alloc(sizeof *a);
    uint32_t reason = a == NULL ? ARMALO_REASON_NO_MEMORY
                                : armalo_i_inspect(a, armalo_i_span_of(artifact, artifact_len), buf, cap, len);
    int read = reason == ARMALO_REASON_GRANTED;
    if (!read) armalo_i_refuse(why, reason, a == NULL ? NULL : a->detail);
    if (a != NULL) armalo_i_artifact_end(a);
    armalo_i_release(a);
    return read;
}
