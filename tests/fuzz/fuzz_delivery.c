/* SPDX-License-Identifier: MIT */
/* Fuzz target: no mutation of a valid delivery is granted, unless it changes nothing that counts (sample_holds). The
 * input picks a delivery and says how to change it: byte by byte, header by header. */
#include "webhook_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct text {
    char bytes[704];
    size_t len;
} text;

typedef struct mutant {
    text name[FUZZ_HEADERS], value[FUZZ_HEADERS], body;
    size_t count;
} mutant;

static void set(text *t, const char *bytes, size_t len) {
    memcpy(t->bytes, bytes, len);
    t->len = len;
}

/* One change: what, where (a text, and a place in it), and a byte. */
static void mutate(mutant *m, fuzz_input *in) {
    uint8_t what = fuzz_byte(in), which = fuzz_byte(in), c;
    size_t at = fuzz_byte(in), h = m->count > 0 ? which / 3 % m->count : 0;
    text *t = m->count == 0 || which % 3 == 2 ? &m->body : which % 3 == 1 ? &m->value[h] : &m->name[h];
    at = (at | (size_t)(what >> 4 & 3) << 8) % (t->len + 1);
    switch (what % 10) {
    case 0: /* a bit */
        if (at < t->len) t->bytes[at] = (char)(t->bytes[at] ^ (1 << (what >> 4 & 7)));
        break;
    case 1: /* a byte */
        c = fuzz_byte(in);
        if (at < t->len) t->bytes[at] = (char)c;
        break;
    case 2: /* a byte more */
        if (t->len == sizeof t->bytes) break;
        memmove(t->bytes + at + 1, t->bytes + at, t->len - at);
        t->bytes[at] = (char)fuzz_byte(in);
        t->len++;
        break;
    case 3: /* a byte less */
        if (at == t->len) break;
        memmove(t->bytes + at, t->bytes + at + 1, t->len - at - 1);
        t->len--;
        break;
    case 4:
        t->len = at;
        break;
    case 5: /* a header less */
        if (m->count == 0) break;
        m->name[h] = m->name[m->count - 1];
        m->value[h] = m->value[m->count - 1];
        m->count--;
        break;
    case 6: /* a header twice */
        if (m->count == 0 || m->count == FUZZ_HEADERS) break;
        m->name[m->count] = m->name[h];
        m->value[m->count] = m->value[h];
        m->count++;
        break;
    case 7: /* the end of one text to the beginning of another, as where id and timestamp meet */
        for (size_t k = 0; k < m->count && k < 2; k++) {
            text *to = k == 0 ? &m->body : &m->value[(h + 1) % m->count];
            size_t len = t->len - at;
            if (to == t || to->len + len > sizeof to->bytes) continue;
            memmove(to->bytes + len, to->bytes, to->len);
            memcpy(to->bytes, t->bytes + at, len);
            to->len += len;
            t->len = at;
            break;
        }
        break;
    case 8: /* a header of another sample, whole */
        if (m->count < FUZZ_HEADERS) {
            sample other;
            sample_make(&other, (enum sample_kind)(at % SAMPLES));
            const armalo_header *header = &other.header[which % other.header_count];
            set(&m->name[m->count], header->name, header->name_len);
            set(&m->value[m->count++], header->value, header->value_len);
        }
        break;
    default: /* a name of the other family, or of the same */
        if (m->count > 0) {
            sample other;
            sample_make(&other, (enum sample_kind)(at % SAMPLES));
            const char *name = other.family[which & 1][what >> 4 & 3];
            if (name != NULL) set(&m->name[h], name, strlen(name));
        }
        break;
    }
}

static armalo_webhook *endpoint(const sample *s, unsigned kind, int any) {
    static armalo_webhook *hooks[SAMPLES][2];
    static armalo_host *host;
    static int64_t now_ms = SAMPLE_NOW_MS;
    if (host == NULL) host = sample_host(&now_ms);
    if (hooks[kind][any] == NULL) {
        armalo_webhook_config config = sample_config(s, any, NULL);
        hooks[kind][any] = armalo_webhook_new(host, &config, NULL);
        fuzz_must(hooks[kind][any] != NULL);
    }
    return hooks[kind][any];
}

/* Headers of other samples come in whole, and some of them prove the same body under the same secrets. */
static int is_another(const sample *s, const armalo_request *r, int any) {
    for (int kind = 0; kind < SAMPLES; kind++) {
        sample other;
        sample_make(&other, (enum sample_kind)kind);
        if (strcmp(other.scheme, s->scheme) == 0 && sample_holds(&other, r, any)) return 1;
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static mutant m;
    fuzz_input in = {data, size};
    armalo_header headers[FUZZ_HEADERS];
    armalo_decision why;
    sample s;
    uint8_t pick = fuzz_byte(&in), how = fuzz_byte(&in);
    unsigned kind = pick % SAMPLES;
    sample_make(&s, (enum sample_kind)kind);
    m.count = s.header_count;
    for (size_t i = 0; i < m.count; i++) {
        set(&m.name[i], s.header[i].name, s.header[i].name_len);
        set(&m.value[i], s.header[i].value, s.header[i].value_len);
    }
    set(&m.body, s.body, s.body_len);
    int untouched = in.left == 0;
    for (int changes = 0; in.left > 0 && changes < 16; changes++) mutate(&m, &in);
    armalo_request r = sample_request(&s);
    for (size_t i = 0; i < m.count; i++)
        headers[i] = (armalo_header){m.name[i].bytes, m.name[i].len, m.value[i].bytes, m.value[i].len};
    r.headers = headers;
    r.header_count = m.count;
    r.body = m.body.bytes;
    r.body_len = m.body.len;
    int any = how & 1;
    int granted = fuzz_verify(endpoint(&s, kind, any), &r, 1 + (how >> 1) % 40u, &why);
    fuzz_must(!granted || sample_holds(&s, &r, any) || is_another(&s, &r, any)); /* nothing without its proof */
    fuzz_must(granted || !untouched);
    return 0;
}
