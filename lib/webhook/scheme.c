/* SPDX-License-Identifier: MIT */
#include "webhook/scheme.h"

/* Reading state: the first fault wins and everything after it is skipped. */
typedef struct armalo_i_reader {
    armalo_i_scheme *scheme;
    const char *fault; /* the member that is wrong; NULL: none yet */
} armalo_i_reader;

static int armalo_i_fault(armalo_i_reader *r, const char *member) {
    if (r->fault == NULL) r->fault = member;
    return 0;
}

static int armalo_i_read_text(armalo_i_json_value value, armalo_i_text *text) {
    size_t len = 0;
    if (!armalo_i_json_string(value, text->text, sizeof text->text, &len)) return 0;
    for (size_t i = 0; i < len; i++) {
        if (text->text[i] < ' ' || text->text[i] > '~') return 0;
    }
    text->len = (uint8_t)len;
    return 1;
}

int armalo_i_is_token(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* The number of a wanted header, added if it is new; ARMALO_I_NO_HEADER if it is no header name or there is no room. */
static uint8_t armalo_i_want(armalo_i_scheme *s, armalo_i_span name) {
    armalo_i_wanted wanted = {0, ARMALO_I_NO_HEADER, {0}};
    if (name.len == 0 || name.len >= sizeof wanted.name) return ARMALO_I_NO_HEADER;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c | 0x20);
        if (!armalo_i_is_token(c)) return ARMALO_I_NO_HEADER;
        wanted.name[i] = c;
    }
    wanted.len = (uint8_t)name.len;
    for (uint8_t i = 0; i < s->wanted_count; i++) {
        if (s->wanted[i].len == wanted.len && strcmp(s->wanted[i].name, wanted.name) == 0) return i;
    }
    if (s->wanted_count == ARMALO_I_WANTED_MAX) return ARMALO_I_NO_HEADER;
    wanted.next = s->wanted_of[wanted.len];
    s->wanted_of[wanted.len] = s->wanted_count;
    s->wanted[s->wanted_count] = wanted;
    return s->wanted_count++;
}

static int armalo_i_read_family(armalo_i_reader *r, armalo_i_json_value value) {
    static const char *const roles[ARMALO_I_ROLES] = {"id", "timestamp", "signature", "event"};
    armalo_i_scheme *s = r->scheme;
    armalo_i_json_iter iter;
    armalo_i_json_value name, member;
    if (value.type != ARMALO_I_JSON_OBJECT || s->family_count == ARMALO_I_FAMILIES ||
        !armalo_i_json_enter(value, &iter)) {
        return armalo_i_fault(r, "headers");
    }
    uint8_t *family = s->family[s->family_count++];
    memset(family, ARMALO_I_NO_HEADER, ARMALO_I_ROLES);
    while (armalo_i_json_next(&iter, &name, &member)) {
        char text[ARMALO_I_NAME_MAX];
        size_t len = 0, role = 0;
        while (role < ARMALO_I_ROLES && !armalo_i_json_equals(name, armalo_i_span_text(roles[role]))) role++;
        if (role == ARMALO_I_ROLES || !armalo_i_json_string(member, text, sizeof text, &len)) {
            return armalo_i_fault(r, "headers");
        }
        family[role] = armalo_i_want(s, armalo_i_span_of(text, len));
        if (family[role] == ARMALO_I_NO_HEADER) return armalo_i_fault(r, "headers");
    }
    return family[ARMALO_I_ROLE_SIGNATURE] != ARMALO_I_NO_HEADER || armalo_i_fault(r, "headers");
}

/* Families are different spellings of one thing: what one has, the other has, and no header stands for two things. */
static int armalo_i_families_agree(const armalo_i_scheme *s) {
    uint32_t used = 0;
    for (size_t f = 0; f < s->family_count; f++) {
        for (size_t role = 0; role < ARMALO_I_ROLES; role++) {
            uint8_t header = s->family[f][role];
            if ((header == ARMALO_I_NO_HEADER) != (s->family[0][role] == ARMALO_I_NO_HEADER)) return 0;
            if (header == ARMALO_I_NO_HEADER) continue;
            if (used & UINT32_C(1) << header) return 0;
            used |= UINT32_C(1) << header;
        }
    }
    return s->family_count > 0;
}

/* One {…} or the literal up to the next one. Returns how many bytes were taken; 0 for a fault. */
static size_t armalo_i_read_part(armalo_i_scheme *s, armalo_i_span rest, armalo_i_part *part, int *is_body) {
    const char *close;
    memset(part, 0, sizeof *part);
    *is_body = 0;
    if (rest.ptr[0] != '{') {
        size_t len = 0;
        while (len < rest.len && rest.ptr[len] != '{' && rest.ptr[len] != '}') len++;
        if (len == 0 || len > sizeof part->literal.text) return 0;
        part->kind = ARMALO_I_PART_LITERAL;
        part->literal.len = (uint8_t)len;
        memcpy(part->literal.text, rest.ptr, len);
        return len;
    }
    close = memchr(rest.ptr, '}', rest.len);
    if (close == NULL) return 0;
    armalo_i_span name = armalo_i_span_of(rest.ptr + 1, (size_t)(close - rest.ptr) - 1);
    if (armalo_i_span_equal(name, armalo_i_span_text("body")))
        *is_body = 1;
    else if (armalo_i_span_equal(name, armalo_i_span_text("id")))
        part->kind = ARMALO_I_PART_ID;
    else if (armalo_i_span_equal(name, armalo_i_span_text("timestamp")))
        part->kind = ARMALO_I_PART_TIMESTAMP;
    else if (armalo_i_span_equal(name, armalo_i_span_text("names")))
        part->kind = ARMALO_I_PART_NAMES;
    else if (armalo_i_span_equal(name, armalo_i_span_text("values")))
        part->kind = ARMALO_I_PART_VALUES;
    else if (name.len > 7 && memcmp(name.ptr, "header:", 7) == 0) {
        part->kind = ARMALO_I_PART_HEADER;
        part->header = armalo_i_want(s, armalo_i_span_of(name.ptr + 7, name.len - 7));
        if (part->header == ARMALO_I_NO_HEADER) return 0;
    } else
        return 0;
    return name.len + 2;
}

static uint32_t armalo_i_part_covers(uint8_t kind) {
    switch (kind) {
    case ARMALO_I_PART_ID:
        return ARMALO_LABEL_COVERS_ID;
    case ARMALO_I_PART_TIMESTAMP:
        return ARMALO_LABEL_COVERS_TIMESTAMP;
    case ARMALO_I_PART_HEADER:
    case ARMALO_I_PART_VALUES:
        return ARMALO_LABEL_COVERS_HEADERS;
    default:
        return 0;
    }
}

/* Where a part may end must be certain, or bytes could be moved over the border without changing the signed content. */
static int armalo_i_part_certain(const armalo_i_part *part) {
    char stop = part->stop;
    switch (part->kind) {
    case ARMALO_I_PART_LITERAL:
        return 1;
    case ARMALO_I_PART_TIMESTAMP:
        return stop != 0 && !(stop >= '0' && stop <= '9');
    case ARMALO_I_PART_NAMES:
        return stop != 0 && stop != ' ' && (stop == '.' || !armalo_i_is_token(stop));
    case ARMALO_I_PART_VALUES:
        return stop == '.'; /* the values are joined with it */
    default:
        return stop != 0;
    }
}

static int armalo_i_read_content(armalo_i_scheme *s, armalo_i_version *version, armalo_i_span rest) {
    int is_body = 0, names = 0, values = 0;
    while (rest.len > 0 && !is_body) {
        armalo_i_part part;
        size_t taken = armalo_i_read_part(s, rest, &part, &is_body);
        if (taken == 0) return 0;
        rest = armalo_i_span_of(rest.ptr + taken, rest.len - taken);
        if (is_body) break;
        if (version->part_count == ARMALO_I_PARTS) return 0;
        if (part.kind != ARMALO_I_PART_LITERAL && rest.len > 0 && rest.ptr[0] != '{') part.stop = rest.ptr[0];
        if (!armalo_i_part_certain(&part)) return 0;
        /* Where the values end is known by how many names there are: before the list, a body could go on with more. */
        if (part.kind == ARMALO_I_PART_VALUES && names == 0) return 0;
        names += part.kind == ARMALO_I_PART_NAMES;
        values += part.kind == ARMALO_I_PART_VALUES;
        version->covers |= armalo_i_part_covers(part.kind);
        version->part[version->part_count++] = part;
    }
    version->covers |= ARMALO_LABEL_COVERS_BODY;
    /* {body} is there, once and last; covered values are known by the covered list of their names. */
    return is_body && rest.len == 0 && names <= 1 && values <= 1 && names == values;
}

static int armalo_i_read_version(armalo_i_reader *r, armalo_i_json_value value) {
    armalo_i_scheme *s = r->scheme;
    armalo_i_json_iter iter;
    armalo_i_json_value name, member;
    int seen = 0;
    if (value.type != ARMALO_I_JSON_OBJECT || s->version_count == ARMALO_I_VERSIONS ||
        !armalo_i_json_enter(value, &iter)) {
        return armalo_i_fault(r, "signatures");
    }
    armalo_i_version *version = &s->version[s->version_count++];
    while (armalo_i_json_next(&iter, &name, &member)) {
        char content[512];
        size_t len = 0;
        seen++;
        if (armalo_i_json_equals(name, armalo_i_span_text("prefix"))) {
            if (!armalo_i_read_text(member, &version->prefix)) return armalo_i_fault(r, "signatures.prefix");
        } else if (armalo_i_json_equals(name, armalo_i_span_text("algorithm"))) {
            int ed25519 = armalo_i_json_equals(member, armalo_i_span_text("ed25519"));
            if (!ed25519 && !armalo_i_json_equals(member, armalo_i_span_text("hmac-sha256"))) {
                return armalo_i_fault(r, "signatures.algorithm");
            }
            if (ed25519 && s->has_ed25519) return armalo_i_fault(r, "signatures.algorithm"); /* one version at most */
            version->algorithm = ed25519 ? ARMALO_I_ED25519 : ARMALO_I_HMAC_SHA256;
            s->has_ed25519 |= ed25519;
        } else if (armalo_i_json_equals(name, armalo_i_span_text("encoding"))) {
            int hex = armalo_i_json_equals(member, armalo_i_span_text("hex"));
            if (!hex && !armalo_i_json_equals(member, armalo_i_span_text("base64"))) {
                return armalo_i_fault(r, "signatures.encoding");
            }
            version->encoding = hex ? ARMALO_I_HEX : ARMALO_I_BASE64;
        } else if (armalo_i_json_equals(name, armalo_i_span_text("content"))) {
            if (!armalo_i_json_string(member, content, sizeof content, &len) ||
                !armalo_i_read_content(s, version, armalo_i_span_of(content, len))) {
                return armalo_i_fault(r, "signatures.content");
            }
        } else
            return armalo_i_fault(r, "signatures");
    }
    return seen == 4 || armalo_i_fault(r, "signatures"); /* all four are required, and no name occurs twice */
}

static int armalo_i_read_secret(armalo_i_reader *r, armalo_i_json_value value) {
    armalo_i_scheme *s = r->scheme;
    armalo_i_json_iter iter;
    armalo_i_json_value name, member;
    int64_t min = 0;
    int encoding = 0;
    if (value.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(value, &iter)) return armalo_i_fault(r, "secret");
    while (armalo_i_json_next(&iter, &name, &member)) {
        if (armalo_i_json_equals(name, armalo_i_span_text("encoding"))) {
            int raw = armalo_i_json_equals(member, armalo_i_span_text("raw"));
            if (!raw && !armalo_i_json_equals(member, armalo_i_span_text("base64")))
                return armalo_i_fault(r, "secret.encoding");
            s->secret_encoding = raw ? ARMALO_I_RAW : ARMALO_I_BASE64;
            encoding = 1;
        } else if (armalo_i_json_equals(name, armalo_i_span_text("prefix"))) {
            if (!armalo_i_read_text(member, &s->secret_prefix)) return armalo_i_fault(r, "secret.prefix");
        } else if (armalo_i_json_equals(name, armalo_i_span_text("min_bytes"))) {
            if (!armalo_i_json_integer(member, &min)) return armalo_i_fault(r, "secret.min_bytes");
        } else
            return armalo_i_fault(r, "secret");
    }
    if (min < 1 || min > ARMALO_WEBHOOK_MAX_SECRET) return armalo_i_fault(r, "secret.min_bytes");
    s->secret_min = (uint32_t)min;
    if (!encoding || (s->secret_encoding == ARMALO_I_RAW && s->secret_prefix.len > 0)) {
        return armalo_i_fault(r, "secret.encoding");
    }
    return 1;
}

static int armalo_i_read_each(armalo_i_reader *r, armalo_i_json_value array, const char *member,
                              int (*read)(armalo_i_reader *, armalo_i_json_value)) {
    armalo_i_json_iter iter;
    armalo_i_json_value name, value;
    if (array.type != ARMALO_I_JSON_ARRAY || !armalo_i_json_enter(array, &iter)) return armalo_i_fault(r, member);
    while (armalo_i_json_next(&iter, &name, &value)) {
        if (!read(r, value)) return armalo_i_fault(r, member);
    }
    return 1;
}

static int armalo_i_read_pointer(armalo_i_json_value value, armalo_i_json_pointer *pointer) {
    char text[256];
    size_t len = 0;
    return armalo_i_json_string(value, text, sizeof text, &len) && len > 0 &&
           armalo_i_json_pointer_parse(armalo_i_span_of(text, len), pointer);
}

static int armalo_i_read_name(armalo_i_json_value value, char out[33]) {
    size_t len = 0;
    if (!armalo_i_json_identifier(value, out, 33, &len)) return 0;
    for (size_t i = 0; i < len; i++) {
        char c = out[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return 0;
    }
    return 1;
}

static int armalo_i_read_member(armalo_i_reader *r, armalo_i_json_value name, armalo_i_json_value value) {
    armalo_i_scheme *s = r->scheme;
    int64_t number = 0;
    static const char *const names[] = {
        "v",          "name",   "headers",     "separator",     "timestamp_prefix", "names_prefix",
        "signatures", "secret", "tolerance_s", "event_pointer", "id_pointer",       "compatibility"};
    size_t i = 0;
    while (i < sizeof names / sizeof names[0] && !armalo_i_json_equals(name, armalo_i_span_text(names[i]))) i++;
    int good = 0;
    switch (i) {
    case 0:
        good = armalo_i_json_integer(value, &number) && number == 1;
        break;
    case 1:
        good = armalo_i_read_name(value, s->name);
        break;
    case 2:
        good = armalo_i_read_each(r, value, "headers", armalo_i_read_family);
        break;
    case 3:
        good = armalo_i_read_text(value, &s->separator) && s->separator.len == 1;
        break;
    case 4:
        good = armalo_i_read_text(value, &s->timestamp_prefix) && s->timestamp_prefix.len > 0;
        break;
    case 5:
        good = armalo_i_read_text(value, &s->names_prefix) && s->names_prefix.len > 0;
        break;
    case 6:
        good = armalo_i_read_each(r, value, "signatures", armalo_i_read_version);
        break;
    case 7:
        good = armalo_i_read_secret(r, value);
        break;
    case 8:
        good = armalo_i_json_integer(value, &s->tolerance_s) && s->tolerance_s >= 1 &&
               s->tolerance_s <= ARMALO_WEBHOOK_MAX_TOLERANCE_S;
        break;
    case 9:
        good = s->has_event_pointer = armalo_i_read_pointer(value, &s->event_pointer);
        break;
    case 10:
        good = s->has_id_pointer = armalo_i_read_pointer(value, &s->id_pointer);
        break;
    case 11:
        good = value.type == ARMALO_I_JSON_TRUE || value.type == ARMALO_I_JSON_FALSE;
        s->compatibility = value.type == ARMALO_I_JSON_TRUE;
        break;
    default:
        return armalo_i_fault(r, "a member that schemes do not have");
    }
    return good || armalo_i_fault(r, names[i]);
}

static int armalo_i_has_part(const armalo_i_version *version, uint8_t kind) {
    for (size_t i = 0; i < version->part_count; i++) {
        if (version->part[i].kind == kind) return 1;
    }
    return 0;
}

/* May this byte stand in what follows a prefix? Base64 has all the digits of decimal numbers. */
static int armalo_i_is_digit(char c, uint8_t encoding) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')) return 1;
    return encoding != ARMALO_I_HEX && ((c >= 'A' && c <= 'Z') || (c >= 'g' && c <= 'z') || strchr("+/=", c) != NULL);
}

/* Could what follows the prefix b make an item that has the longer prefix a? */
static int armalo_i_prefixes_blur(const armalo_i_text *a, const armalo_i_text *b, uint8_t encoding) {
    if (a->len < b->len || memcmp(a->text, b->text, b->len) != 0) return 0;
    return a->len == b->len || armalo_i_is_digit(a->text[b->len], encoding);
}

/* An item of the signature header must be of one kind, and whole, or what is signed cannot be verified. */
static int armalo_i_items_certain(const armalo_i_scheme *s) {
    const armalo_i_text *prefix[ARMALO_I_VERSIONS + 2];
    uint8_t encoding[ARMALO_I_VERSIONS + 2] = {0};
    size_t count = 0;
    for (size_t v = 0; v < s->version_count; v++) {
        encoding[count] = s->version[v].encoding;
        prefix[count++] = &s->version[v].prefix;
    }
    if (s->timestamp_prefix.len > 0) prefix[count++] = &s->timestamp_prefix;
    if (s->names_prefix.len > 0) prefix[count++] = &s->names_prefix;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            if (i != k && armalo_i_prefixes_blur(prefix[i], prefix[k], encoding[k])) return 0;
        }
        if (s->separator.len > 0 && memchr(prefix[i]->text, s->separator.text[0], prefix[i]->len) != NULL) return 0;
    }
    return s->separator.len == 0 || !armalo_i_is_digit(s->separator.text[0], ARMALO_I_BASE64);
}

/* One key signs for all HMAC versions: what was signed as the content of one must not read as that of another. */
static int armalo_i_contents_part(armalo_i_version *a, armalo_i_version *b) {
    size_t i = 0;
    if (a->algorithm != ARMALO_I_HMAC_SHA256 || b->algorithm != ARMALO_I_HMAC_SHA256) return 1;
    while (i < a->part_count && i < b->part_count && memcmp(&a->part[i], &b->part[i], sizeof a->part[i]) == 0) i++;
    if (i == a->part_count && i == b->part_count) return 1; /* one content, in two encodings */
    if (i < a->part_count && i < b->part_count) {
        const armalo_i_text *x = &a->part[i].literal, *y = &b->part[i].literal;
        size_t len = x->len < y->len ? x->len : y->len;
        return a->part[i].kind == ARMALO_I_PART_LITERAL && b->part[i].kind == ARMALO_I_PART_LITERAL &&
               memcmp(x->text, y->text, len) != 0;
    }
    armalo_i_version *shorter = i == a->part_count ? a : b, *longer = shorter == a ? b : a;
    if (longer->part[i].kind != ARMALO_I_PART_NAMES) return 0;
    shorter->body_apart = 1;
    return 1;
}

/* Does the content name a header of a family? Where there are two, it could be shown with the other one's headers,
 * of which nobody signed the event. */
static int armalo_i_content_of_family(const armalo_i_scheme *s, const armalo_i_version *version) {
    for (size_t i = 0; i < version->part_count; i++) {
        if (version->part[i].kind == ARMALO_I_PART_NAMES) return 1; /* the list could name one */
        if (version->part[i].kind == ARMALO_I_PART_HEADER &&
            (memchr(s->family[0], version->part[i].header, ARMALO_I_ROLES) != NULL ||
             memchr(s->family[1], version->part[i].header, ARMALO_I_ROLES) != NULL))
            return 1;
    }
    return 0;
}

/* What holds between members. Returns the member at fault, or NULL. */
static const char *armalo_i_scheme_fault(armalo_i_scheme *s) {
    const uint32_t both = ARMALO_LABEL_COVERS_ID | ARMALO_LABEL_COVERS_TIMESTAMP;
    if (s->name[0] == 0) return "name";
    if (!armalo_i_families_agree(s)) return "headers";
    if (s->version_count == 0) return "signatures";
    if (s->secret_min == 0) return "secret";
    int timestamp_header = s->family[0][ARMALO_I_ROLE_TIMESTAMP] != ARMALO_I_NO_HEADER;
    int id_header = s->family[0][ARMALO_I_ROLE_ID] != ARMALO_I_NO_HEADER;
    if (timestamp_header && s->timestamp_prefix.len > 0) return "timestamp_prefix";
    if ((s->timestamp_prefix.len > 0 || s->names_prefix.len > 0) && s->separator.len == 0) return "separator";
    s->has_timestamp = timestamp_header || s->timestamp_prefix.len > 0;
    /* A timestamp that is not signed says nothing about freshness, and one that is signed must be somewhere. */
    if (s->has_timestamp != (s->tolerance_s > 0)) return "tolerance_s";
    if (id_header && s->has_id_pointer) return "id_pointer";
    if (s->family[0][ARMALO_I_ROLE_EVENT] != ARMALO_I_NO_HEADER && s->has_event_pointer) return "event_pointer";
    if (!armalo_i_items_certain(s)) return "signatures.prefix";
    int names = 0;
    for (size_t v = 0; v < s->version_count; v++) {
        const armalo_i_version *version = &s->version[v];
        if ((version->covers & both) != (s->version[0].covers & both)) return "signatures.content";
        if (((version->covers & ARMALO_LABEL_COVERS_TIMESTAMP) != 0) != s->has_timestamp) return "signatures.content";
        if ((version->covers & ARMALO_LABEL_COVERS_ID) != 0 && !id_header) return "signatures.content";
        if (s->family_count > 1 && armalo_i_content_of_family(s, version)) return "signatures.content";
        names |= armalo_i_has_part(version, ARMALO_I_PART_NAMES);
        for (size_t w = 0; w < v; w++) {
            if (!armalo_i_contents_part(&s->version[v], &s->version[w])) return "signatures.content";
        }
    }
    return names == (s->names_prefix.len > 0) ? NULL : "names_prefix";
}

uint32_t armalo_i_scheme_parse(armalo_i_span json, armalo_i_scheme *scheme, const char **fault) {
    armalo_i_json_value root, name, value;
    armalo_i_json_iter iter;
    armalo_i_reader reader = {scheme, NULL};
    int has_version = 0;
    memset(scheme, 0, sizeof *scheme);
    memset(scheme->wanted_of, ARMALO_I_NO_HEADER, sizeof scheme->wanted_of);
    *fault = "not strict JSON";
    static const armalo_i_json_pointer whole; /* the pointer "": the document itself */
    if (armalo_i_json_scan(json, ARMALO_WEBHOOK_MAX_SCHEME, &whole, &root, NULL) != 1)
        return ARMALO_REASON_SCHEME_INVALID;
    *fault = "not an object";
    if (root.type != ARMALO_I_JSON_OBJECT || !armalo_i_json_enter(root, &iter)) return ARMALO_REASON_SCHEME_INVALID;
    while (armalo_i_json_next(&iter, &name, &value)) {
        has_version |= armalo_i_json_equals(name, armalo_i_span_text("v"));
        if (!armalo_i_read_member(&reader, name, value)) break;
    }
    if (reader.fault == NULL && !has_version) reader.fault = "v";
    if (reader.fault == NULL) reader.fault = armalo_i_scheme_fault(scheme);
    *fault = reader.fault;
    return reader.fault == NULL ? ARMALO_REASON_GRANTED : ARMALO_REASON_SCHEME_INVALID;
}
