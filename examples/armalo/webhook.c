/* SPDX-License-Identifier: MIT */
/* webhook verify, webhook sign, webhook schemes. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include "armalo/sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADERS_FILE_MAX ((size_t)1 << 20)
#define CHUNK            ((size_t)64 * 1024)

/* What verify and sign are both told. */
typedef struct endpoint {
    const char *scheme, *body, *store_file;
    cli_list secret_files, events;
    int64_t tolerance_s, max_body;
    cli_bytes scheme_json, *texts; /* texts: what the secret files hold */
    armalo_secret *secrets;
    armalo_store *store;
} endpoint;

static void endpoint_end(endpoint *e) {
    armalo_store_free(e->store);
    for (size_t i = 0; e->texts != NULL && i < e->secret_files.count; i++) cli_bytes_free(&e->texts[i]);
    cli_bytes_free(&e->scheme_json);
    free(e->texts);
    free(e->secrets);
    free(e->secret_files.item);
    free(e->events.item);
}

static int read_secret(cli_run *run, const char *path, cli_bytes *text, armalo_secret *secret) {
    if (!cli_read_secret(run, "--secret-file", path, ARMALO_WEBHOOK_MAX_SECRET + 2, text)) return 0;
    secret->text = text->data != NULL ? text->data : "";
    secret->text_len = text->len;
    return 1;
}

/* Read the scheme's file and the secrets. 1, or 0 after saying why not. */
static int endpoint_read(cli_run *run, endpoint *e) {
    if (e->scheme == NULL || e->secret_files.count == 0) {
        cli_usage(run, "%s is missing", e->scheme == NULL ? "--scheme" : "--secret-file");
        return 0;
    }
    size_t len = strlen(e->scheme);
    if (strchr(e->scheme, '/') != NULL || (len > 5 && strcmp(e->scheme + len - 5, ".json") == 0)) {
        if (!cli_read(run, "--scheme", e->scheme, ARMALO_WEBHOOK_MAX_SCHEME, &e->scheme_json)) return 0;
    }
    e->texts = calloc(e->secret_files.count, sizeof *e->texts);
    e->secrets = calloc(e->secret_files.count, sizeof *e->secrets);
    if (e->texts == NULL || e->secrets == NULL) {
        cli_usage(run, "no memory");
        return 0;
    }
    for (size_t i = 0; i < e->secret_files.count; i++) {
        if (!read_secret(run, e->secret_files.item[i], &e->texts[i], &e->secrets[i])) return 0;
    }
    return 1;
}

/* The endpoint, or NULL after saying why not. */
static armalo_webhook *endpoint_make(cli_run *run, endpoint *e) {
    armalo_decision why;
    if (!cli_host(run)) return NULL;
    if (e->store_file != NULL) {
        if (!cli_real_file(run, "--store", e->store_file)) return NULL;
        e->store = armalo_sqlite_store_new(e->store_file, 0, &why);
        if (e->store == NULL) {
            cli_refused(run, &why);
            return NULL;
        }
    }
    armalo_webhook_config config = {.struct_size = sizeof config,
                                    .secrets = e->secrets,
                                    .secret_count = e->secret_files.count,
                                    .events = e->events.item,
                                    .event_count = e->events.count,
                                    .any_event = e->events.count == 0 ? ARMALO_ANY_EVENT : 0,
                                    .store = e->store,
                                    .max_body = (size_t)e->max_body,
                                    .tolerance_s = e->tolerance_s};
    if (e->scheme_json.data == NULL) {
        config.scheme = e->scheme;
    } else {
        config.scheme_json = e->scheme_json.data;
        config.scheme_json_len = e->scheme_json.len;
    }
    armalo_webhook *hook = armalo_webhook_new(run->host, &config, &why);
    if (hook == NULL) cli_refused(run, &why);
    return hook;
}

/* RFC 9110 5.1, 5.5: the name is a token, directly followed by the colon; blanks around the value are not part of it;
 * CR, LF and NUL are never in it. */
static int read_header(const char *line, size_t len, armalo_header *header) {
    static const char token[] = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t at = 0;
    while (at < len && memchr(token, line[at], sizeof token - 1) != NULL) at++;
    if (at == 0 || at == len || line[at] != ':') return 0;
    header->name = line;
    header->name_len = at++;
    while (at < len && (line[at] == ' ' || line[at] == '\t')) at++;
    while (len > at && (line[len - 1] == ' ' || line[len - 1] == '\t')) len--;
    header->value = line + at;
    header->value_len = len - at;
    for (; at < len; at++) {
        if (line[at] == '\r' || line[at] == '\n' || line[at] == 0) return 0;
    }
    return 1;
}

/* The lines of a headers file. They end with LF or CRLF; an empty line may end the file. */
static int read_header_lines(cli_run *run, const cli_bytes *file, armalo_header *headers, size_t *count) {
    size_t at = 0;
    for (size_t line = 1; at < file->len; line++) {
        const char *start = file->data + at, *lf = memchr(start, '\n', file->len - at);
        size_t len = lf == NULL ? file->len - at : (size_t)(lf - start);
        at += len + (lf != NULL);
        if (lf != NULL && len > 0 && start[len - 1] == '\r') len--;
        if (len == 0 && at == file->len) break;
        if (!read_header(start, len, &headers[*count])) {
            cli_usage(run, "--headers-file: line %zu is not 'Name: value'", line);
            return 0;
        }
        (*count)++;
    }
    return 1;
}

/* All header fields: those of the options, then those of the file. 1, or 0 after saying why not. Free *headers. */
static int read_headers(cli_run *run, const cli_list *given, const char *path, cli_bytes *file, armalo_header **headers,
                        size_t *count) {
    size_t lines = 1;
    if (path != NULL && !cli_read(run, "--headers-file", path, HEADERS_FILE_MAX, file)) return 0;
    if (file->len > HEADERS_FILE_MAX) {
        cli_usage(run, "--headers-file: larger than %zu bytes", HEADERS_FILE_MAX);
        return 0;
    }
    for (size_t i = 0; i < file->len; i++) lines += file->data[i] == '\n';
    *headers = calloc(given->count + lines, sizeof **headers);
    if (*headers == NULL) {
        cli_usage(run, "no memory");
        return 0;
    }
    for (*count = 0; *count < given->count; (*count)++) {
        const char *text = given->item[*count];
        if (!read_header(text, strlen(text), &(*headers)[*count])) {
            cli_usage(run, "--header: number %zu is not 'Name: value'", *count + 1);
            return 0;
        }
    }
    return read_header_lines(run, file, *headers, count);
}

/* Give the library the body, piece by piece, until it has all or wants no more. 1 when why holds the decision; 0 after
 * saying why the body could not be read. */
static int judge(cli_run *run, armalo_webhook *hook, const armalo_request *request, int body, armalo_delivery *delivery,
                 armalo_decision *why) {
    char chunk[CHUNK];
    armalo_webhook_stream *stream = armalo_webhook_begin(hook, request, why);
    if (stream == NULL) return 1;
    for (;;) {
        ssize_t got = read(body, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            cli_usage(run, "BODY-FILE: %s", strerror(errno));
            armalo_webhook_cancel(stream);
            return 0;
        }
        if (got == 0 || !armalo_webhook_update(stream, chunk, (size_t)got)) break;
    }
    if (!armalo_webhook_finish(stream, delivery, why)) return 1;
    /* This command hands the delivery to nobody but its caller, so printing it is all the processing there is. */
    if (delivery->disposition == ARMALO_PROCESS) {
        armalo_decision settled;
        if (!armalo_webhook_settle(hook, delivery, ARMALO_DONE, &settled)) *why = settled;
    }
    return 1;
}

static const char *disposition_name(int32_t disposition) {
    switch (disposition) {
    case ARMALO_PROCESS:
        return "process";
    case ARMALO_IN_PROGRESS:
        return "in_progress";
    case ARMALO_DUPLICATE:
        return "duplicate";
    case ARMALO_UNCHECKED:
        return "unchecked";
    default:
        return NULL;
    }
}

static int add_text(cJSON *to, const char *name, const char *text) {
    return (text == NULL || *text == 0 ? cJSON_AddNullToObject(to, name) : cJSON_AddStringToObject(to, name, text)) !=
           NULL;
}

static int print_delivery(const cli_run *run, const armalo_delivery *delivery, const armalo_decision *why) {
    static const armalo_delivery none;
    const armalo_delivery *d = armalo_decision_granted(why) ? delivery : &none;
    char timestamp[24] = "null";
    if (d->timestamp_s != 0) (void)snprintf(timestamp, sizeof timestamp, "%lld", (long long)d->timestamp_s);
    cJSON *members = cJSON_CreateObject();
    int status = CLI_USAGE;
    if (members != NULL && add_text(members, "disposition", disposition_name(d->disposition)) &&
        add_text(members, "delivery_id", d->id) && add_text(members, "event", d->event) &&
        cJSON_AddRawToObject(members, "timestamp", timestamp) != NULL)
        status = cli_answer(run, STDOUT_FILENO, why, members);
    else
        cli_usage(run, "no memory");
    cJSON_Delete(members);
    return status;
}

int cli_webhook_verify(cli_run *run, int argc, char **argv) {
    endpoint e = {0};
    cli_list given = {NULL, 0};
    const char *headers_file = NULL;
    const cli_option options[] = {
        {"scheme", CLI_TEXT, &e.scheme, 0},
        {"secret-file", CLI_LIST, &e.secret_files, 0},
        {"header", CLI_LIST, &given, 0},
        {"headers-file", CLI_TEXT, &headers_file, 0},
        {"tolerance", CLI_NUMBER, &e.tolerance_s, 1}, /* the library reads 0 as "the scheme's own" */
        {"event", CLI_LIST, &e.events, 0},
        {"store", CLI_TEXT, &e.store_file, 0},
        {"max-body", CLI_NUMBER, &e.max_body, 1},
        {NULL, CLI_FLAG, NULL, 0},
    };
    cli_bytes file = {NULL, 0};
    armalo_header *headers = NULL;
    armalo_webhook *hook = NULL;
    armalo_delivery delivery = {0};
    armalo_decision why = {0};
    armalo_request request = {.struct_size = sizeof request};
    int status = CLI_USAGE, body = -1;
    if (cli_parse(run, argc, argv, options, &e.body) && endpoint_read(run, &e) &&
        read_headers(run, &given, headers_file, &file, &headers, &request.header_count))
        body = cli_open(run, "BODY-FILE", e.body);
    request.headers = headers;
    if (body >= 0) hook = endpoint_make(run, &e);
    if (hook != NULL && judge(run, hook, &request, body, &delivery, &why))
        status = print_delivery(run, &delivery, &why);
    armalo_webhook_free(hook);
    cli_close(body);
    free(headers);
    cli_bytes_free(&file);
    free(given.item);
    endpoint_end(&e);
    return status;
}

int cli_webhook_sign(cli_run *run, int argc, char **argv) {
    endpoint e = {0};
    const char *id = NULL;
    const cli_option options[] = {
        {"scheme", CLI_TEXT, &e.scheme, 0}, {"secret-file", CLI_LIST, &e.secret_files, 0},
        {"id", CLI_TEXT, &id, 0},           {"max-body", CLI_NUMBER, &e.max_body, 1},
        {NULL, CLI_FLAG, NULL, 0},
    };
    char text[ARMALO_WEBHOOK_HEADERS_SIZE];
    cli_bytes body = {NULL, 0};
    armalo_webhook *hook = NULL;
    armalo_decision why = {0};
    size_t len = 0, out = 0;
    int status = CLI_USAGE;
    if (cli_parse(run, argc, argv, options, &e.body) && endpoint_read(run, &e) &&
        cli_read(run, "BODY-FILE", e.body, e.max_body == 0 ? ARMALO_WEBHOOK_BODY_DEFAULT : (size_t)e.max_body, &body))
        hook = endpoint_make(run, &e);
    if (hook != NULL) {
        if (armalo_webhook_sign(hook, id, id == NULL ? 0 : strlen(id), body.data, body.len, 0, text, sizeof text, &len,
                                &why)) {
            for (size_t i = 0; i < len; i++) {
                if (text[i] != '\r') text[out++] = text[i];
            }
            status = cli_print(run, text, out, CLI_GRANTED);
        } else {
            status = cli_answer(run, STDOUT_FILENO, &why, NULL);
        }
    }
    armalo_webhook_free(hook);
    cli_bytes_free(&body);
    endpoint_end(&e);
    return status;
}

int cli_webhook_schemes(cli_run *run, int argc, char **argv) {
    const char *schemes = armalo_webhook_schemes();
    if (!cli_parse(run, argc, argv, NULL, NULL)) return CLI_USAGE;
    int status = cli_print(run, schemes, strlen(schemes), CLI_GRANTED);
    return status == CLI_GRANTED ? cli_print(run, "\n", 1, status) : status;
}
