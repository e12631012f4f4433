/* SPDX-License-Identifier: MIT */
/* json check, json canon. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where and why a text is not strict JSON, as compilers say it. Returns CLI_DENIED; CLI_USAGE when nobody could tell.
 * A name with a control character in it is not shown. */
static int fault(const cli_run *run, int fd, const char *path, const armalo_json_error *error) {
    char text[4096];
    const char *name = path == NULL || strcmp(path, "-") == 0 ? "<stdin>" : path;
    for (const char *p = name; *p != 0; p++) {
        if ((unsigned char)*p < ' ' || *p == 127 || p - name > 2048) name = "<file>", p = name;
    }
    if (error->reason < ARMALO_REASON_JSON_SYNTAX || error->reason > ARMALO_REASON_JSON_SIZE)
        return cli_usage(run, "%s: %s", armalo_reason_name(error->reason), armalo_reason_meaning(error->reason));
    int len = snprintf(text, sizeof text, "%s:%zu:%zu: %s: %s\n", name, error->line, error->column,
                       armalo_reason_name(error->reason), armalo_reason_meaning(error->reason));
    if (fd == STDOUT_FILENO) return cli_print(run, text, (size_t)len, CLI_DENIED);
    return cli_write(fd, text, (size_t)len) ? CLI_DENIED : CLI_USAGE;
}

int cli_json_check(cli_run *run, int argc, char **argv) {
    const char *path = NULL;
    cli_bytes file = {NULL, 0};
    armalo_json_error error;
    if (!cli_parse(run, argc, argv, NULL, &path)) return CLI_USAGE;
    int status = CLI_USAGE;
    if (cli_read(run, "FILE", path, ARMALO_JSON_CANONICAL_MAX, &file)) {
        int valid = armalo_json_check(file.data, file.len, ARMALO_JSON_CANONICAL_MAX, &error) == 1;
        status = valid ? CLI_GRANTED : fault(run, STDOUT_FILENO, path, &error);
    }
    cli_bytes_free(&file);
    return status;
}

/* A fault goes to standard error here: what is on standard output will be digested or signed. */
int cli_json_canon(cli_run *run, int argc, char **argv) {
    const char *path = NULL;
    cli_bytes file = {NULL, 0};
    armalo_json_error error;
    char *out = NULL;
    size_t len = 0;
    if (!cli_parse(run, argc, argv, NULL, &path)) return CLI_USAGE;
    int status = CLI_USAGE;
    if (cli_read(run, "FILE", path, ARMALO_JSON_CANONICAL_MAX, &file)) {
        int valid = armalo_json_canonical(file.data, file.len, NULL, 0, &len, &error) == 1;
        if (!valid && error.reason == ARMALO_REASON_BUFFER_TOO_SMALL) {
            out = malloc(len);
            if (out == NULL)
                error.reason = ARMALO_REASON_NO_MEMORY;
            else
                valid = armalo_json_canonical(file.data, file.len, out, len, &len, &error) == 1;
        }
        status = valid ? cli_print(run, out, len, CLI_GRANTED) : fault(run, STDERR_FILENO, path, &error);
    }
    free(out);
    cli_bytes_free(&file);
    return status;
}
