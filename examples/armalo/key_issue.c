/* SPDX-License-Identifier: MIT */
/* key issue, key rotate, key revoke. Where a token is printed, standard output is for the token alone, since it goes
 * into a file that is read as a token; a denial goes to standard error. */
#define _POSIX_C_SOURCE 200809L
#include "records.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int env_of(const char *name) {
    if (strcmp(name, "live") == 0) return ARMALO_ENV_LIVE;
    if (strcmp(name, "test") == 0) return ARMALO_ENV_TEST;
    return strcmp(name, "sim") == 0 ? ARMALO_ENV_SIM : 0;
}

static int use_of(const char *name) {
    if (strcmp(name, "server") == 0) return ARMALO_USE_SERVER;
    return strcmp(name, "any") == 0 ? ARMALO_USE_ANY : 0;
}

/* The records are open and load: issue the key. */
static int issue(cli_run *run, cli_records *records, armalo_key_spec *spec, const char *parent) {
    char token[ARMALO_KEY_TOKEN_SIZE] = {0}, record[ARMALO_KEY_RECORD_SIZE];
    armalo_decision why;
    int status = CLI_USAGE;
    if (parent != NULL) {
        spec->parent = cli_key_record(run, &records->text, parent, &spec->parent_len);
        if (spec->parent == NULL) return status;
    }
    if (armalo_key_issue(run->host, spec, token, sizeof token, record, sizeof record, &why))
        status = cli_records_issue(run, records, record, token);
    else
        status = cli_denied(run, STDERR_FILENO, &why);
    cli_wipe(token, sizeof token);
    return status;
}

int cli_key_issue(cli_run *run, int argc, char **argv) {
    const char *file = NULL, *parent = NULL, *env = "live", *use = "server";
    armalo_key_spec spec = {.struct_size = sizeof spec};
    cli_list scopes = {NULL, 0};
    int64_t expires_in = 0;
    const cli_option options[] = {
        {"org", CLI_TEXT, &spec.org, 0},
        {"scope", CLI_LIST, &scopes, 0},
        {"env", CLI_TEXT, &env, 0},
        {"use", CLI_TEXT, &use, 0},
        {"expires-in", CLI_NUMBER, &expires_in, 1},
        {"records", CLI_TEXT, &file, 0},
        {"name", CLI_TEXT, &spec.name, 0},
        {"prefix", CLI_TEXT, &spec.prefix, 0},
        {"parent", CLI_TEXT, &parent, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    cli_records records = {.fd = -1};
    char *joined = NULL;
    int status = CLI_USAGE;
    if (cli_parse(run, argc, argv, options, NULL) && cli_given(run, "--org", spec.org) &&
        cli_given(run, "--scope", scopes.count > 0 ? "" : NULL) && cli_given(run, "--records", file) &&
        cli_given(run, "--root-key-file", run->root_key_file))
        spec.scopes = joined = cli_joined(run, &scopes);
    spec.env = env_of(env);
    spec.use = use_of(use);
    if (joined != NULL && spec.env == 0)
        cli_usage(run, "--env: not live, test or sim");
    else if (joined != NULL && spec.use == 0)
        cli_usage(run, "--use: not server or any");
    else if (joined != NULL && cli_host(run) && cli_records_open(run, file, 1, &records)) {
        spec.expires_ms = cli_later_ms(run, expires_in);
        status = cli_records_hold_keys(run, &records, STDERR_FILENO);
        if (status == CLI_GRANTED) status = issue(run, &records, &spec, parent);
    }
    cli_records_close(&records);
    free(joined);
    free(scopes.item);
    return status;
}

/* A record that is to be replaced, in the text of its file. */
typedef struct change {
    const char *file, *id, *record;
    size_t len;
    cli_records records;
} change;

/* Read the arguments, open the file and find the record. CLI_GRANTED, or the exit status. */
static int change_begin(cli_run *run, int argc, char **argv, const cli_option *options, change *c, int fd) {
    if (!cli_parse(run, argc, argv, options, NULL) || !cli_given(run, "--id", c->id) ||
        !cli_given(run, "--records", c->file) || !cli_given(run, "--root-key-file", run->root_key_file))
        return CLI_USAGE;
    if (!cli_host(run) || !cli_records_open(run, c->file, 0, &c->records)) return CLI_USAGE;
    int status = cli_records_hold_keys(run, &c->records, fd);
    if (status != CLI_GRANTED) return status;
    c->record = cli_key_record(run, &c->records.text, c->id, &c->len);
    return c->record == NULL ? CLI_USAGE : CLI_GRANTED;
}

/* Put another record in the place of the old one, and one more (or "") at the end. 1, or 0 after saying why not. */
static int change_write(const cli_run *run, change *c, const char *record, const char *appended) {
    const cli_bytes *old = &c->records.text;
    size_t before = (size_t)(c->record - old->data), after = old->len - before - c->len;
    size_t record_len = strlen(record), more = strlen(appended), len = before + record_len + after;
    char *text = malloc(len + more + 1);
    if (text == NULL) {
        cli_usage(run, "no memory");
        return 0;
    }
    memcpy(text, old->data, before);
    memcpy(text + before, record, record_len);
    memcpy(text + before + record_len, c->record + c->len, after);
    if (more > 0) {
        memcpy(text + len, appended, more);
        len += more;
        text[len++] = '\n';
    }
    int done = cli_records_replace(run, &c->records, text, len);
    free(text);
    return done;
}

int cli_key_rotate(cli_run *run, int argc, char **argv) {
    change c = {.records = {.fd = -1}};
    int64_t overlap_s = 0;
    const cli_option options[] = {
        {"id", CLI_TEXT, &c.id, 0},
        {"records", CLI_TEXT, &c.file, 0},
        {"overlap", CLI_NUMBER, &overlap_s, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    char token[ARMALO_KEY_TOKEN_SIZE] = {0}, record[ARMALO_KEY_RECORD_SIZE], old[ARMALO_KEY_RECORD_SIZE];
    armalo_decision why;
    int status = change_begin(run, argc, argv, options, &c, STDERR_FILENO);
    if (status == CLI_GRANTED) {
        int64_t overlap_ms = overlap_s > INT64_MAX / 1000 ? INT64_MAX : overlap_s * 1000;
        int made = armalo_key_rotate(run->host, c.record, c.len, overlap_ms, token, sizeof token, record, sizeof record,
                                     old, sizeof old, &why);
        if (!made)
            status = cli_denied(run, STDERR_FILENO, &why);
        else
            status = change_write(run, &c, old, record) ? cli_print_line(run, token) : CLI_USAGE;
        /* A token that nobody got to see takes nobody's place. */
        if (status != CLI_GRANTED && c.records.replaced)
            (void)cli_records_replace(run, &c.records, c.records.text.data, c.records.text.len);
    }
    cli_wipe(token, sizeof token);
    cli_records_close(&c.records);
    return status;
}

int cli_key_revoke(cli_run *run, int argc, char **argv) {
    change c = {.records = {.fd = -1}};
    const cli_option options[] = {
        {"id", CLI_TEXT, &c.id, 0},
        {"records", CLI_TEXT, &c.file, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    char record[ARMALO_KEY_RECORD_SIZE];
    armalo_decision why;
    int status = change_begin(run, argc, argv, options, &c, STDOUT_FILENO);
    if (status == CLI_GRANTED) {
        int made = armalo_key_revoke(run->host, c.record, c.len, record, sizeof record, &why);
        int same = made && strlen(record) == c.len && memcmp(record, c.record, c.len) == 0; /* revoked before */
        status = made && !same && !change_write(run, &c, record, "") ? CLI_USAGE
                                                                     : cli_answer(run, STDOUT_FILENO, &why, NULL);
    }
    cli_records_close(&c.records);
    return status;
}
