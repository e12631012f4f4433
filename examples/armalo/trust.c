/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The library reads a certificate, and wants roots, where the text begins like this. */
static int is_certificate(const cli_bytes *text) {
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    size_t at = 0;
    while (at < text->len && text->data[at] != 0 && strchr(" \t\r\n", text->data[at]) != NULL) at++;
    return text->len - at >= sizeof begin - 1 && memcmp(text->data + at, begin, sizeof begin - 1) == 0;
}

/* OWNER=FILE. An owner may have a "=" in it, like that of a URL's query; the last one ends it. */
static const char *split(const cli_run *run, const char *given, char **owner) {
    const char *equals = strrchr(given, '=');
    if (equals == NULL || equals == given || equals[1] == 0) {
        cli_usage(run, "--trust-of: not OWNER=FILE");
        return NULL;
    }
    *owner = strndup(given, (size_t)(equals - given));
    if (*owner == NULL) cli_usage(run, "no memory");
    return *owner == NULL ? NULL : equals + 1;
}

int cli_trust_read(cli_run *run, cli_trust *t) {
    size_t count = t->files.count + t->owned.count, certificates = 0;
    if (count == 0) {
        cli_usage(run, "--trust or --trust-of is missing");
        return 0;
    }
    t->anchors = calloc(count, sizeof *t->anchors);
    t->texts = calloc(count, sizeof *t->texts);
    t->owners = calloc(count, sizeof *t->owners);
    if (t->anchors == NULL || t->texts == NULL || t->owners == NULL) {
        cli_usage(run, "no memory");
        return 0;
    }
    if (t->roots != NULL && !cli_read(run, "--roots", t->roots, ARMALO_TRUST_MAX_SIZE, &t->roots_text)) return 0;
    for (size_t i = 0; i < count; i++) {
        int of = i >= t->files.count;
        const char *path = of ? split(run, t->owned.item[i - t->files.count], &t->owners[i]) : t->files.item[i];
        if (path == NULL || !cli_read(run, of ? "--trust-of" : "--trust", path, ARMALO_TRUST_MAX_SIZE, &t->texts[i]))
            return 0;
        t->anchors[i] = (armalo_anchor){.struct_size = sizeof t->anchors[i],
                                        .form = ARMALO_ANCHOR_TEXT,
                                        .rs256 = t->rs256,
                                        .data = t->texts[i].data,
                                        .len = t->texts[i].len,
                                        .owner = t->owners[i],
                                        .pinned = ARMALO_PINNED};
        if (t->roots == NULL || !is_certificate(&t->texts[i])) continue;
        certificates++;
        t->anchors[i].roots = t->roots_text.data != NULL ? t->roots_text.data : "";
        t->anchors[i].roots_len = t->roots_text.len;
    }
    if (t->roots != NULL && certificates == 0) cli_usage(run, "--roots: no file of trusted keys is a certificate");
    return t->roots == NULL || certificates > 0;
}

armalo_trust *cli_trust_make(const cli_run *run, const cli_trust *t) {
    armalo_decision why;
    armalo_trust *trust = armalo_trust_new(run->host, t->anchors, t->files.count + t->owned.count, &why);
    if (trust != NULL) return trust;
    /* "anchor N": the files of --trust were counted first. */
    size_t number = strncmp(why.detail, "anchor ", 7) == 0 ? strtoul(why.detail + 7, NULL, 10) : 0;
    int of = number > t->files.count;
    if (number > 0)
        (void)snprintf(why.detail, sizeof why.detail, "%s, file %zu", of ? "--trust-of" : "--trust",
                       of ? number - t->files.count : number);
    cli_refused(run, &why);
    return NULL;
}

void cli_trust_end(cli_trust *t) {
    for (size_t i = 0; i < t->files.count + t->owned.count; i++) {
        if (t->texts != NULL) cli_bytes_free(&t->texts[i]);
        if (t->owners != NULL) free(t->owners[i]);
    }
    cli_bytes_free(&t->roots_text);
    free(t->anchors);
    free(t->texts);
    free(t->owners);
    free(t->files.item);
    free(t->owned.item);
}
