/* SPDX-License-Identifier: MIT */
/* webhook secret issue, webhook secret open. Standard output is for the secret alone, since it goes into a file that is
 * read as a secret; a denial goes to standard error. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORDS_MAX ((size_t)16 << 20)

/* What both are told. */
typedef struct request {
    const char *endpoint, *records;
} request;

static int complete(const cli_run *run, const request *r) {
    const char *missing = r->endpoint == NULL          ? "--endpoint"
                          : r->records == NULL         ? "--records"
                          : run->root_key_file == NULL ? "--root-key-file"
                                                       : NULL;
    if (missing != NULL) cli_usage(run, "%s is missing", missing);
    return missing == NULL;
}

/* A denial, or what was wrong with the call or the file. */
static int denied(const cli_run *run, const armalo_decision *why) {
    switch (why->reason) {
    case ARMALO_REASON_INVALID_ARGUMENT:
    case ARMALO_REASON_WEBHOOK_CONFIG_INVALID:
    case ARMALO_REASON_SECRET_RECORD_MALFORMED:
        return cli_refused(run, why);
    default:
        return cli_answer(run, STDERR_FILENO, why, NULL);
    }
}

static int print_secret(const cli_run *run, char *secret) {
    size_t len = strlen(secret);
    secret[len] = '\n'; /* in the place of the NUL, so that it is written in one piece */
    return cli_print(run, secret, len + 1, CLI_GRANTED);
}

/* Open the file of records for appending, alone. A descriptor, or -1 after saying why not. */
static int records_open(const cli_run *run, const char *path, off_t *size) {
    struct stat info;
    struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char last = '\n';
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && fcntl(fd, F_SETLKW, &all) == 0 && fstat(fd, &info) == 0) {
        *size = info.st_size;
        if (!S_ISREG(info.st_mode))
            cli_usage(run, "--records: not a regular file");
        else if (*size > 0 && (pread(fd, &last, 1, *size - 1) != 1 || last != '\n'))
            cli_usage(run, "--records: the last line has no end");
        else
            return fd;
    } else {
        cli_usage(run, "--records: %s", strerror(errno));
    }
    cli_close(fd);
    return -1;
}

/* Append a record and its line end, on the disk, or leave the file as it was. */
static int records_append(const cli_run *run, int fd, off_t size, char *record) {
    size_t len = strlen(record);
    record[len] = '\n';
    if (cli_write(fd, record, len + 1) && fsync(fd) == 0) return 1;
    cli_usage(run, "--records: %s", strerror(errno));
    if (ftruncate(fd, size) != 0) cli_usage(run, "--records: the last line may be torn: %s", strerror(errno));
    return 0;
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
    armalo_decision why;
    off_t size = 0;
    int status = CLI_USAGE, fd = -1;
    if (!cli_parse(run, argc, argv, options, NULL) || !complete(run, &r) || !cli_host(run)) return CLI_USAGE;
    int64_t now_ms = cli_now_ms(run), expires_ms = 0;
    if (expires_in > 0) expires_ms = expires_in > (INT64_MAX - now_ms) / 1000 ? INT64_MAX : now_ms + expires_in * 1000;
    if (cli_real_file(run, "--records", r.records)) fd = records_open(run, r.records, &size);
    if (fd >= 0) {
        int made = armalo_webhook_secret_issue(run->host, r.endpoint, expires_ms, secret, sizeof secret, record,
                                               sizeof record, &why);
        if (!made)
            status = denied(run, &why);
        else if (records_append(run, fd, size, record))
            status = print_secret(run, secret);
    }
    cli_wipe(secret, sizeof secret);
    cli_close(fd);
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
    if (cli_read(run, "--records", r.records, RECORDS_MAX, &file)) {
        if (file.len > RECORDS_MAX)
            cli_usage(run, "--records: larger than %zu bytes", RECORDS_MAX);
        else if (file.len == 0)
            cli_usage(run, "--records: no such record");
        else
            record = find(run, &r, id, &file);
    }
    if (record != NULL) {
        int opened = armalo_webhook_secret_open(run->host, record, strlen(record), r.endpoint, secret, sizeof secret,
                                                NULL, &why);
        status = opened ? print_secret(run, secret) : denied(run, &why);
    }
    cli_wipe(secret, sizeof secret);
    cli_bytes_free(&file);
    return status;
}
