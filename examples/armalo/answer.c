/* SPDX-License-Identifier: MIT */
/* How a decision is printed: the operator's line, the public line, or a table for a person. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The operator's line as the library wrote it, with the members put before its closing brace. */
static char *operator_line(const armalo_decision *why, const cJSON *members) {
    char text[ARMALO_OPERATOR_TEXT_SIZE];
    size_t len;
    const char *line = armalo_decision_operator(why, text, sizeof text, &len);
    if (line != text) return NULL;
    char *more = members == NULL ? NULL : cJSON_PrintUnformatted(members);
    if (members != NULL && more == NULL) return NULL;
    size_t room = len + (more == NULL ? 0 : strlen(more)) + 1;
    char *out = malloc(room);
    if (out != NULL && more == NULL)
        (void)snprintf(out, room, "%s", line);
    else if (out != NULL)
        (void)snprintf(out, room, "%.*s,%s", (int)(len - 1), line, more + 1);
    cJSON_free(more);
    return out;
}

void cli_put(FILE *to, const char *text) {
    for (const char *p = text; *p != 0; p++) {
        unsigned char c = (unsigned char)*p;
        int control = c < ' ' || c == 127;
        if (c == 0xC2 && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] <= 0x9F) control = 1, p++;
        (void)fputc(control ? '?' : *p, to);
    }
}

static void table_value(FILE *to, const cJSON *value) {
    const cJSON *item;
    if (cJSON_IsString(value)) {
        cli_put(to, value->valuestring);
    } else if (cJSON_IsNumber(value)) {
        (void)fprintf(to, "%.0f", value->valuedouble);
    } else if (cJSON_IsArray(value) || cJSON_IsObject(value)) {
        cJSON_ArrayForEach(item, value) {
            table_value(to, item);
            if (item->next != NULL) (void)fputs(cJSON_IsArray(value) ? ", " : " ", to);
        }
    }
}

/* A row of the table: what has something to say. */
static int shown(const cJSON *member) {
    return !cJSON_IsNull(member) && !cJSON_IsBool(member) && !(cJSON_IsArray(member) && member->child == NULL);
}

/* The verdict, then a row for each member that says something. */
static char *table(const char *line, int granted, int colour) {
    char *out = NULL;
    size_t len = 0;
    cJSON *root = cJSON_Parse(line);
    const cJSON *member;
    int width = 12;
    FILE *to = root == NULL ? NULL : open_memstream(&out, &len);
    if (to != NULL) {
        (void)fprintf(to, "%s%s%s\n",
                      !colour   ? ""
                      : granted ? "\033[1;32m"
                                : "\033[1;31m",
                      granted ? "GRANTED" : "DENIED", colour ? "\033[0m" : "");
        cJSON_ArrayForEach(member, root) {
            if (shown(member) && (int)strlen(member->string) > width) width = (int)strlen(member->string);
        }
        cJSON_ArrayForEach(member, root) {
            if (!shown(member)) continue;
            (void)fprintf(to, "%-*s ", width, member->string);
            table_value(to, member);
            (void)fputc('\n', to);
        }
        if (fclose(to) != 0) {
            free(out);
            out = NULL;
        }
    }
    cJSON_Delete(root);
    return out;
}

static int colour_wanted(int fd) {
    const char *no_color = getenv("NO_COLOR");
    return isatty(fd) && (no_color == NULL || *no_color == 0);
}

int cli_answer(const cli_run *run, int fd, const armalo_decision *why, const cJSON *members) {
    char text[ARMALO_PUBLIC_TEXT_SIZE];
    int granted = armalo_decision_granted(why);
    char *line = run->public_view ? NULL : operator_line(why, members);
    if (line != NULL && run->pretty) {
        char *rows = table(line, granted, colour_wanted(fd));
        free(line);
        line = rows;
    }
    if (line == NULL && !run->public_view) return cli_usage(run, "no memory");
    const char *shown = run->public_view ? armalo_decision_public(why, text, sizeof text, NULL) : line;
    int written = cli_write(fd, shown, strlen(shown)) && (run->pretty || cli_write(fd, "\n", 1));
    free(line);
    if (!written) return cli_usage(run, "the answer could not be written: %s", strerror(errno));
    return granted ? CLI_GRANTED : CLI_DENIED;
}
