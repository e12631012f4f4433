/* SPDX-License-Identifier: MIT */
/* webhook secret issue, webhook secret open. Standard output is for the secret alone, since it goes into a file that is
 * read as a secret; a denial goes to standard error. */
#define _POSIX_C_SOURCE 200809L
#include "records.h"

#include <string.h>
#include <unistd.h>

/* What both are told. */
typedef struct request {
    const char *endpoint, *records;
} request;

static int complete(const cli_run *run, const request *r) {
    return cli_given(run, "--endpoint", r->endpoint) && cli_given(run, "--records", r->records) &&
           cli_given(run, "--root-key-file", run->root_key_file);
}

int cli_webhook_secret_issue(cli_run *run, int argc, char **argv) {
    request r = {NULL, NULL};
    int64_t expires_in = 0;
    const cli_option options[] = {
        {"endpoint", CLI_TEXT, &r.endpoint, 0},
        {"records", CLI_TEXT, &r.records, 0},
        {"expires-in", CLI_NUMBER, &expires_in, 1},
        {NULL, CLI_FLAG, NULL, 0},
    };
    char secret[ARMALO_WEBHOOK_SECRET_SIZE] = {0}, record[ARMALO_WEBHOOK_RECORD_SIZE] = {0};
    cli_records records = {.fd = -1};
    armalo_decision why;
    int status = CLI_USAGE;
    if (!cli_parse(run, argc, argv, options, NULL) || !complete(run, &r) || !cli_host(run)) return CLI_USAGE;
    int64_t expires_ms = cli_later_ms(run, expires_in);
    if (cli_records_open(run, r.records, 1, &records)) {
        int made = armalo_webhook_secret_issue(run->host, r.endpoint, expires_ms, secret, sizeof secret, record,
                                               sizeof record, &why);
        status = made ? cli_records_issue(run, &records, record, secret) : cli_denied(run, STDERR_FILENO, &why);
    }
    cli_wipe(secret, sizeof secret);
    cli_records_close(&records);
    return status;
}

/* Is this the record that was asked for? -1 when the line is no record at all. */
static int wanted(const char *line, size_t len, const request *r, const char *id) {
    if (armalo_json_check(line, len, SIZE_MAX, NULL) != 1) return -1;
    cJSON *root = cJSON_Parse(line);
    const cJSON *endpoint = cJSON_GetObjectItemCaseSensitive(root, "endpoint");
    const cJSON *record_id = cJSON_GetObjectItemCaseSensitive(root, "id");
    int answer = -1;
    if (cJSON_IsString(endpoint) && cJSON_IsString(record_id))
        answer = id != NULL ? strcmp(record_id->valuestring, id) == 0 : strcmp(endpoint->valuestring, r->endpoint) == 0;
    cJSON_Delete(root);
    return answer;
}

/* The last record that is wanted, NUL-terminated in the file's bytes; NULL after saying why there is none. */
static const char *find(const cli_run *run, const request *r, const char *id, cli_bytes *file) {
    char *found = NULL, *end = file->data + file->len;
    size_t number = 1;
    for (char *line = file->data; line < end; number++) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        if (stop != NULL) *stop = 0;
        int answer = stop == NULL ? -1 : wanted(line, (size_t)(stop - line), r, id);
        if (answer < 0) {
            cli_usage(run, "--records: line %zu is not a secret record", number);
            return NULL;
        }
        if (answer == 1) found = line;
        line = stop + 1;
    }
    if (found == NULL) cli_usage(run, "--records: no such record");
    return found;
}

int cli_webhook_secret_open(cli_run *run, int argc, char **argv) {
    request r = {NULL, NULL};
    const char *id = NULL;
    const cli_option options[] = {
        {"endpoint", CLI_TEXT, &r.endpoint, 0},
        {"records", CLI_TEXT, &r.records, 0},
        {"id", CLI_TEXT, &id, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    char secret[ARMALO_WEBHOOK_SECRET_SIZE] = {0};
    cli_bytes file = {NULL, 0};
    armalo_decision why;
    const char *record = NULL;
    int status = CLI_USAGE;
    if (!cli_parse(run, argc, argv, options, NULL) || !complete(run, &r) || !cli_host(run)) return CLI_USAGE;
    if (cli_records_read(run, r.records, &file)) {
        if (file.len == 0)
            cli_usage(run, "--records: no such record");
        else
            record = find(run, &r, id, &file);
    }
    if (record != NULL) {
        int opened = armalo_webhook_secret_open(run->host, record, strlen(record), r.endpoint, secret, sizeof secret,
                                                NULL, &why);
        status = opened ? cli_print_line(run, secret) : cli_denied(run, STDERR_FILENO, &why);
    }
    cli_wipe(secret, sizeof secret);
    cli_bytes_free(&file);
    return status;
}
