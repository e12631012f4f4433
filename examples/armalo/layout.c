/* SPDX-License-Identifier: MIT */
/* JSON as it came, laid out anew: on one line, or on many for a person. No number is rounded on the way. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *past_blanks(const char *p) { return p + strspn(p, " \t\r\n"); }

/* A string, from quote to quote. DEL and C1, which JSON lets through and a terminal obeys, are escaped. */
static const char *put_string(FILE *to, const char *p) {
    (void)fputc(*p++, to);
    while (*p != '"' && *p != 0) {
        unsigned char c = (unsigned char)*p, next = (unsigned char)p[1];
        if (c == 0x7F) {
            (void)fputs("\\u007f", to);
        } else if (c == 0xC2 && next >= 0x80 && next <= 0x9F) {
            (void)fprintf(to, "\\u%04x", (unsigned)next);
            p++;
        } else {
            (void)fputc(*p, to);
            if (c == '\\' && next != 0) (void)fputc(*++p, to);
        }
        p++;
    }
    (void)fputc('"', to);
    return *p == 0 ? p : p + 1;
}

static void put_json(FILE *to, const char *json, int lines) {
    int depth = 0;
    for (const char *p = past_blanks(json); *p != 0; p = past_blanks(p)) {
        if (*p == '"') {
            p = put_string(to, p);
            continue;
        }
        char c = *p++, next = *past_blanks(p);
        int opens = c == '{' || c == '[', closes = c == '}' || c == ']';
        depth += opens - closes;
        if (lines && closes) (void)fprintf(to, "\n%*s", 2 * depth, "");
        (void)fputc(c, to);
        if (opens && (next == '}' || next == ']')) {
            (void)fputc(next, to);
            p = past_blanks(p) + 1;
            depth--;
        } else if (lines && (opens || c == ',')) {
            (void)fprintf(to, "\n%*s", 2 * depth, "");
        } else if (lines && c == ':') {
            (void)fputc(' ', to);
        }
    }
}

char *cli_json_text(const cli_run *run, const char *json, int lines) {
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    int good = to != NULL;
    if (good) {
        put_json(to, json, lines);
        good = !ferror(to);
        if (fclose(to) != 0) good = 0;
    }
    if (good) return text;
    free(text);
    cli_usage(run, "no memory");
    return NULL;
}

int cli_print_layout(const cli_run *run, const char *json) {
    char *text = cli_json_text(run, json, run->pretty);
    int status = text == NULL ? CLI_USAGE : cli_print_line(run, text);
    free(text);
    return status;
}
