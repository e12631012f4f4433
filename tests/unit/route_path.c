/* SPDX-License-Identifier: MIT */
/* Which request paths are refused because two parsers could read them differently, and what the parameters of the
 * others are; held against a second reading of the rules, byte by byte. RFC 3986: 2.1 and 2.3 (escapes, unreserved),
 * 3.3 (pchar), 6.2.2.2 (an escaped unreserved character is the same path). RFC 3629: UTF-8. */
#include "route_forge.h"

static world *w;
static armalo_routes *routes; /* one route for each number of segments, all parameters */

static void open_routes(void) {
    static char list[65536];
    size_t at = 0;
    w = world_new();
    for (int n = 0; n <= ARMALO_ROUTE_MAX_SEGMENTS; n++) {
        at += (size_t)sprintf(list + at, "%s{'method':'GET','path':'%s", n > 0 ? "," : "", n == 0 ? "/" : "");
        for (int i = 0; i < n; i++) at += (size_t)sprintf(list + at, "/{p%d}", i);
        at += (size_t)sprintf(list + at, "','class':'public','auth':'none','owner':'none'}");
    }
    routes = route_new_of(w, list);
}

static void close_routes(void) {
    armalo_routes_free(routes);
    world_free(w);
}

/* ---- The rules once more: one segment at a time, one character at a time ---- */

static int nibble(char c) {
    const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c == 0 ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits) % 16;
}

/* Bytes of the UTF-8 character at p, 0 if it is none: by decoding and encoding again. */
static size_t utf8(const unsigned char *p, size_t left) {
    unsigned code;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xC0 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : p[0] < 0xF8 ? 4 : 0;
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (n == 0 || n > left) return 0;
    code = n == 1 ? p[0] : p[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xC0) != 0x80) return 0;
        code = code << 6 | (p[i] & 0x3Fu);
    }
    return code < least[n] || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF ? 0 : n;
}

static int good_segment(const char *p, size_t len) {
    unsigned char plain[ARMALO_ROUTE_MAX_PATH];
    size_t n = 0;
    if (len == 0 || (len == 1 && p[0] == '.') || (len == 2 && p[0] == '.' && p[1] == '.')) return 0;
    for (size_t i = 0; i < len; i++) {
        static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        static const char delims[] = "!$&'()*+,=:@"; /* sub-delims without ";", and what pchar has besides */
        if (p[i] != 0 && (strchr(unreserved, p[i]) != NULL || strchr(delims, p[i]) != NULL)) {
            plain[n++] = (unsigned char)p[i];
            continue;
        }
        if (p[i] != '%' || i + 2 >= len || nibble(p[i + 1]) < 0 || nibble(p[i + 2]) < 0) return 0;
        int c = nibble(p[i + 1]) * 16 + nibble(p[i + 2]);
        if (c < 0x20 || c == 0x7F || strchr(unreserved, c) != NULL || strchr("/\\?#;%", c) != NULL) return 0;
        plain[n++] = (unsigned char)c;
        i += 2;
    }
    for (size_t i = 0, k; i < n; i += k) {
        if ((k = utf8(plain + i, n - i)) == 0) return 0;
    }
    return 1;
}

/* 1 and where the segments are. */
static int good_path(const char *p, size_t len, armalo_route_match *match) {
    memset(match, 0, sizeof *match);
    if (len == 0 || len > 4096 || p[0] != '/') return 0;
    for (size_t start = 1, at = 1; len > 1 && at <= len; at++) {
        if (at < len && p[at] != '/') continue;
        if (match->parameter_count == 32 || !good_segment(p + start, at - start)) return 0;
        match->parameter[match->parameter_count].start = (uint32_t)start;
        match->parameter[match->parameter_count++].len = (uint32_t)(at - start);
        start = at + 1;
    }
    match->index = match->parameter_count;
    return 1;
}

static unsigned tried, taken;

static int answers(const char *path, size_t len) {
    armalo_route_match want, got;
    char *exact = route_exact(path, len);
    memset(&got, 0xA5, sizeof got);
    int good = good_path(path, len, &want), granted = route_ask(w, routes, "GET", exact, len, &got);
    if (!good) memset(&want, 0, sizeof want);
    if (granted != good || memcmp(&want, &got, sizeof got) != 0 ||
        w->why.reason != (good ? ARMALO_REASON_GRANTED : ARMALO_REASON_ROUTE_PATH_REFUSED))
        ck_abort_msg("%.*s: %s (%s)", (int)(len < 200 ? len : 200), path, granted ? "taken" : "refused",
                     armalo_reason_name(w->why.reason));
    free(exact);
    tried++;
    taken += (unsigned)granted;
    return granted;
}

/* ---- Named paths: the ones that have broken servers ---- */

START_TEST(test_refused) {
    static const char *const bad[] = {
        "",
        "a",
        "a/b",
        "*",
        "http://h/a",
        "//",
        "/a/",
        "//a",
        "/a//b",
        "/a//",
        "/.",
        "/..",
        "/a/.",
        "/a/..",
        "/a/./b",
        "/a/../b",
        "/../a",
        "/%2e",
        "/%2E%2E",
        "/%2e%2e/a",
        "/.%2e",
        "/a/%2e./b",
        "/a%2fb",
        "/a%2Fb",
        "/%2f",
        "/%5c",
        "/a%5Cb",
        "/a\\b",
        "/\\",
        "/%00",
        "/a%00",
        "/a%00b",
        "/a%0a",
        "/a%0D%0A",
        "/a%7f",
        "/a%1f",
        "/a b",
        "/ ",
        "/a\tb",
        "/a\n",
        "/a\x7f",
        "/a?b",
        "/a#b",
        "/?",
        "/a;b",
        "/;a=1",
        "/a/;/b",
        "/a%3bb",
        "/a%3B",
        "/a%3f",
        "/a%23b",
        "/%",
        "/%4",
        "/%zz",
        "/a%g0",
        "/a%0g",
        "/a%",
        "/a%2",
        "/a/%/b",
        "/a%2/b",
        "/%41",
        "/a%7e",
        "/%61gents",
        "/a%2D",
        "/a%30",
        "/%5F",
        "/%25",
        "/%252f",
        "/a%252e%252e",
        "/100%25",
        "/{a}",
        "/a{",
        "/a}",
        "/a|b",
        "/a^b",
        "/a`b",
        "/a<b",
        "/a>b",
        "/a\"b",
        "/[a]",
        "/a\xc3\xa9",
        "/\xff",
        "/%ff",
        "/%c0%af",
        "/%e0%80%af",
        "/%f0%80%80%af",
        "/%c0%ae",
        "/%ed%a0%80",
        "/%f4%90%80%80",
        "/%c3",
        "/%c3/%a9",
        "/%a9",
        "/a%c3b",
        "/%C3a%A9",
        "/a/b/",
        "/a/%2e%2E",
        "/a/..;/b",
        "/%ef%bc%8f/..",
    };
    open_routes();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        armalo_route_match match;
        memset(&match, 0xA5, sizeof match);
        char *path = route_exact(bad[i], strlen(bad[i]));
        EXPECT_DENY_CALL(w, route_ask(w, routes, "GET", path, strlen(bad[i]), &match),
                         ARMALO_REASON_ROUTE_PATH_REFUSED);
        must(forge_zero(&match, sizeof match));
        must(w->why.http_status == 400 && w->why.evidence == ARMALO_NEGATIVE);
        must(answers(bad[i], strlen(bad[i])) == 0); /* the second reading agrees */
        free(path);
    }
    must(answers("/a\0b", 4) == 0);
    must(answers("/a\0", 3) == 0);
    must(answers("\0/a", 3) == 0);
    close_routes();
}
END_TEST

START_TEST(test_taken) {
    static const char *const good[] = {
        "/",
        "/a",
        "/a/b",
        "/agents/agent_1",
        "/v1.2/file.txt",
        "/...",
        "/.a",
        "/a.",
        "/..a",
        "/a/.../b",
        "/~a",
        "/a-b_c.d~e",
        "/a:b",
        "/a@b",
        "/!$&'()*+,=:@",
        "/a%20b",
        "/%20",
        "/a%40b.c",
        "/%3A",
        "/a%2Bb",
        "/%2b",
        "/%C3%A9",
        "/%c3%a9",
        "/%e2%82%ac",
        "/%F0%9F%98%80",
        "/%22%3C%3E%5B%5D%5E%60%7B%7C%7D",
        "/%7b%7d",
        "/A",
        "/a%26b",
        "/00000000-0000-0000-0000-000000000000",
        "/a/b/c/d/e/f/g/h",
        "/%21%24%26%27%28%29%2A%2B%2C%3D",
    };
    open_routes();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        EXPECT_GRANT(w, route_ask(w, routes, "GET", good[i], strlen(good[i]), NULL));
        must(answers(good[i], strlen(good[i])) == 1);
    }
    close_routes();
}
END_TEST

/* ---- Every byte, every escape, at every place ---- */

START_TEST(test_bytes) {
    char path[160];
    open_routes();
    for (size_t len = 1; len <= 34; len++) { /* across the words that are read at once */
        for (size_t at = 0; at < len; at++) {
            memset(path, 'a', sizeof path);
            path[0] = '/';
            for (int c = 0; c < 256; c++) {
                path[at] = (char)c;
                answers(path, len);
                if (at + 1 >= len || at == 0) continue;
                path[at + 1] = '/'; /* and before a slash */
                answers(path, len);
                path[at + 1] = 'a';
            }
        }
    }
    for (size_t len = 60; len <= 140; len++) { /* across the blocks that are cut at once */
        static const char some[] = "/.%;a\x80";
        for (size_t at = 1; at < len; at++) {
            memset(path, 'a', sizeof path);
            path[0] = '/';
            for (size_t i = 0; i < 6; i++) {
                path[at] = some[i];
                path[at - 1] = at > 1 ? 'a' : '/';
                answers(path, len);
                if (at > 1) path[at - 1] = '/';
                answers(path, len);
            }
        }
    }
    printf("# bytes: %u paths, %u taken\n", tried, taken);
    must(tried > 200000 && taken > 50000);
    close_routes();
}
END_TEST

START_TEST(test_escapes) {
    char path[64];
    open_routes();
    for (int a = 0; a < 256; a++) { /* any two bytes after the percent */
        for (int b = 0; b < 256; b++) {
            int len = sprintf(path, "/x%%aa/y");
            path[3] = (char)a;
            path[4] = (char)b;
            answers(path, (size_t)len);
        }
    }
    for (int i = 0; i < 256; i++) { /* any escape alone, in either case, at each place of a word, and cut short */
        for (size_t at = 1; at < 12; at++) {
            for (int upper = 0; upper < 2; upper++) {
                memset(path, 'a', sizeof path);
                path[0] = '/';
                sprintf(path + at, upper ? "%%%02X" : "%%%02x", (unsigned)i);
                for (size_t len = at; len <= at + 3; len++) answers(path, len);
            }
        }
    }
    /* Any two escapes, and any third after each that begins one of three. */
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) answers(path, (size_t)sprintf(path, "/%%%02x%%%02X", (unsigned)a, (unsigned)b));
    }
    for (int a = 0xDF; a < 0xF6; a++) {
        for (int b = 0x70; b < 0xD0; b++) {
            for (int c = 0x7E; c < 0xC2; c += c == 0x80 ? 0x3F : 1) {
                answers(path, (size_t)sprintf(path, "/%%%02x%%%02x%%%02x", (unsigned)a, (unsigned)b, (unsigned)c));
                answers(path, (size_t)sprintf(path, "/%%%02x%%%02x%%80%%%02x", (unsigned)a, (unsigned)b, (unsigned)c));
            }
        }
    }
    printf("# escapes: %u paths, %u taken\n", tried, taken);
    must(taken > 1000);
    close_routes();
}
END_TEST

/* ---- Limits ---- */

START_TEST(test_limits) {
    static char path[8192];
    open_routes();
    memset(path, 'a', sizeof path);
    path[0] = '/';
    must(answers(path, ARMALO_ROUTE_MAX_PATH) == 1);
    must(answers(path, ARMALO_ROUTE_MAX_PATH + 1) == 0);
    must(answers(path, sizeof path) == 0);
    for (size_t i = 1; i + 3 <= 4096; i += 3) memcpy(path + i, "%7B", 3); /* all escapes */
    must(answers(path, 4096) == 1);
    must(answers(path, 4097) == 0);
    for (size_t n = 30; n <= 35; n++) {
        for (size_t i = 0; i < n; i++) memcpy(path + 2 * i, "/a", 2);
        must(answers(path, 2 * n) == (n <= ARMALO_ROUTE_MAX_SEGMENTS));
        path[2 * n] = '/';
        must(answers(path, 2 * n + 1) == 0);
    }
    memset(path, '/', sizeof path);
    for (size_t len = 1; len < 100; len++) must(answers(path, len) == (len == 1));
    must(answers(path, 4096) == 0);
    close_routes();
}
END_TEST

/* ---- Chance ---- */

START_TEST(test_random) {
    static const char *const pieces[] = {"/",   "/",   "/",   "/",   "a",   "bc",        "agents", ".",   "..", "%20",
                                         "%2F", "%2e", "%c3", "%a9", "%41", ";",         "?",      "#",   "%",  "\\",
                                         "~",   ":",   "%3A", "0",   "-",   "%e2%82%ac", "\x80",   "%7b", "_",  "@"};
    uint32_t random = 12345 + (uint32_t)_i;
    char path[600];
    open_routes();
    for (int n = 0; n < 40000; n++) {
        size_t len = 0;
        path[len++] = '/';
        random = random * UINT32_C(1664525) + UINT32_C(1013904223);
        uint32_t count = (random >> 16) % 24, wild = random >> 8 & 3;
        for (uint32_t i = 0; i < count; i++) {
            random = random * UINT32_C(1664525) + UINT32_C(1013904223);
            /* mostly of the harmless ones, or few would be taken */
            uint32_t which = (random >> 16) % (wild == 0 ? 30u : 7u);
            if (which < 4 && len > 0 && path[len - 1] == '/' && wild != 0) which = 4;
            memcpy(path + len, pieces[which], strlen(pieces[which]));
            len += strlen(pieces[which]);
        }
        answers(path, len);
    }
    printf("# random: %u paths, %u taken\n", tried, taken);
    must(taken > 5000 && tried - taken > 5000);
    close_routes();
}
END_TEST

/* ---- Templates ---- */

static void template_is(const char *path, uint32_t reason) {
    char list[512], finding[512];
    snprintf(list, sizeof list, ROUTE_OPEN("GET", "%s"), path);
    if (reason == ARMALO_REASON_GRANTED) {
        armalo_routes_free(route_new_of(w, list));
        return;
    }
    snprintf(finding, sizeof finding, "[{'reason':'%s','method':'GET','path':'%s','index':0}]",
             armalo_reason_name(reason), path);
    route_deny_of(w, list, reason, finding);
}

START_TEST(test_templates) {
    static const char *const good[] = {
        "/",          "/a",        "/a/b",
        "/{a}",       "/{a}/{b}",  "/a/{b}/c",
        "/{_}",       "/{A9_z}",   "/{a}/{A}",
        "/a:b",       "/a@b",      "/...",
        "/%C3%A9",    "/a%20b",    "/%7B%7D",
        "/!$&()*+,=", "/{id}/%5B", "/{a234567890123456789012345678901234567890123456789012345678901234}",
    };
    static const char *const bad[] = {
        "",        "a",         "a/b",
        "//",      "/a/",       "/a//b",
        "/.",      "/..",       "/a/../b",
        "/%2e",    "/a%2Fb",    "/%00",
        "/a%5C",   "/a b",      "/a?b",
        "/a#b",    "/a;b",      "/%3B",
        "/%25",    "/%",        "/%zz",
        "/%41",    "/{",        "/}",
        "/{}",     "/{a",       "/a}",
        "/a{b}",   "/{a}b",     "/{a}{b}",
        "/{a-b}",  "/{a.b}",    "/{9}",
        "/{ a}",   "/{a*}",     "/{a:int}",
        "/{+a}",   "/:a",       "/*",
        "/a*",     "/a|b",      "/a^b",
        "/%c3%a9", "/%C3%a9",   "/a%3Ab",
        "/a%40b",  "/%21",      "/%C0%AF",
        "/%FF",    "/\xc3\xa9", "/{\xc3\xa9}",
        "/{a/b}",  "/{{a}}",    "/{a2345678901234567890123456789012345678901234567890123456789012345}",
    };
    w = world_new();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) template_is(good[i], ARMALO_REASON_GRANTED);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        /* ":a" and "*" mean a parameter to some, but are literals by RFC 3986. */
        int literal = strcmp(bad[i], "/:a") == 0 || strcmp(bad[i], "/*") == 0 || strcmp(bad[i], "/a*") == 0;
        template_is(bad[i], literal ? ARMALO_REASON_GRANTED : ARMALO_REASON_ROUTE_INVALID_PATH);
    }
    template_is("/{a}/{a}", ARMALO_REASON_ROUTE_PARAMETER_REPEATED);
    template_is("/{a}/b/{c}/d/{a}", ARMALO_REASON_ROUTE_PARAMETER_REPEATED);
    template_is("/{a}/{b}/{b}/{a}", ARMALO_REASON_ROUTE_PARAMETER_REPEATED);
    template_is("/a/{a}", ARMALO_REASON_GRANTED);
    world_free(w);
}
END_TEST

START_TEST(test_template_limits) {
    static char list[10000], path[9000];
    w = world_new();
    for (int n = 31; n <= 33; n++) { /* segments */
        size_t at = 0;
        for (int i = 0; i < n; i++) at += (size_t)sprintf(path + at, i % 2 ? "/a" : "/{b%d}", i);
        sprintf(list, ROUTE_OPEN("GET", "%s"), path);
        char *json = route_table(list);
        armalo_routes *made = armalo_routes_new(w->host, json, strlen(json), &w->why);
        must((made != NULL) == (n <= ARMALO_ROUTE_MAX_SEGMENTS));
        if (made == NULL) must(w->why.reason == ARMALO_REASON_ROUTE_INVALID_PATH);
        armalo_routes_free(made);
        free(json);
    }
    for (size_t len = 4095; len <= 4097; len++) { /* bytes */
        memset(path, 'a', sizeof path);
        path[0] = '/';
        path[len] = 0;
        sprintf(list, ROUTE_OPEN("GET", "%s"), path);
        char *json = route_table(list);
        armalo_routes *made = armalo_routes_new(w->host, json, strlen(json), &w->why);
        must((made != NULL) == (len <= ARMALO_ROUTE_MAX_PATH));
        if (made != NULL) {
            EXPECT_GRANT(w, route_ask(w, made, "GET", path, len, NULL)); /* its event has room for what is shown */
            path[len - 1] = 'b';
            EXPECT_DENY_CALL(w, route_ask(w, made, "GET", path, len, NULL), ARMALO_REASON_ROUTE_UNLISTED);
        }
        armalo_routes_free(made);
        free(json);
    }
    world_free(w);
}
END_TEST

static void fill(TCase *tc) {
    tcase_add_test(tc, test_refused);
    tcase_add_test(tc, test_taken);
    tcase_add_test(tc, test_bytes);
    tcase_add_test(tc, test_escapes);
    tcase_add_test(tc, test_limits);
    tcase_add_loop_test(tc, test_random, 0, 4);
    tcase_add_test(tc, test_templates);
    tcase_add_test(tc, test_template_limits);
}

TEST_MAIN("route_path", fill, 120)
