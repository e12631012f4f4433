/* SPDX-License-Identifier: MIT */
/* key verify, key list, key unused: what changes no record. */
#define _POSIX_C_SOURCE 200809L
#include "records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOG_MAX ((size_t)256 << 20)

int cli_key_verify(cli_run *run, int argc, char **argv) {
    const char *file = NULL;
    int mutation = 0, browser = 0, status = CLI_USAGE;
    armalo_access access = {.struct_size = sizeof access};
    cli_list scopes = {NULL, 0};
    const cli_option options[] = {
        {"records", CLI_TEXT, &file, 0},    {"org", CLI_TEXT, &access.org, 0},
        {"scope", CLI_LIST, &scopes, 0},    {"mutation", CLI_FLAG, &mutation, 0},
        {"browser", CLI_FLAG, &browser, 0}, {"key-id", CLI_TEXT, &access.key_id, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    cli_bytes text = {NULL, 0}, token = {NULL, 0};
    armalo_keys *keys = NULL;
    armalo_decision why;
    char *joined = NULL;
    if (cli_parse(run, argc, argv, options, NULL) && cli_given(run, "--records", file) &&
        cli_given(run, "--root-key-file", run->root_key_file) && cli_host(run) && cli_records_read(run, file, &text) &&
        cli_read_token(run, &token) && (scopes.count == 0 || (joined = cli_joined(run, &scopes)) != NULL))
        keys = cli_keys_load(run, &text, STDOUT_FILENO, &why, &status);
    if (keys != NULL) {
        access.scopes = joined;
        access.any_org = access.org == NULL ? ARMALO_ANY_ORG : 0;
        access.identity_only = joined == NULL && !mutation ? ARMALO_IDENTITY_ONLY : 0;
        access.intent = mutation ? ARMALO_MUTATION : ARMALO_READ;
        access.caller = browser ? ARMALO_CALLER_BROWSER : ARMALO_CALLER_SERVER;
        (void)!armalo_key_verify(keys, token.data != NULL ? token.data : "", token.len, &access,
                                 &why); /* cli_answer reads the decision */
        status = cli_answer(run, STDOUT_FILENO, &why, NULL);
    }
    armalo_keys_free(keys);
    cli_bytes_free(&token);
    cli_bytes_free(&text);
    free(joined);
    free(scopes.item);
    return status;
}

/* What of a record says something about the key: not its digest, not its seal. */
static cJSON *shown(const char *record, size_t len) {
    static const char *const members[] = {"id",         "org",        "name",       "scopes",     "env",     "use",
                                          "created_at", "not_before", "expires_at", "revoked_at", "replaces"};
    cJSON *all = cJSON_ParseWithLength(record, len), *some = cJSON_CreateObject();
    int good = all != NULL && some != NULL;
    for (size_t i = 0; good && i < sizeof members / sizeof members[0]; i++) {
        cJSON *member = cJSON_DetachItemFromObjectCaseSensitive(all, members[i]);
        good = cJSON_AddItemToObject(some, members[i], member);
        if (!good) cJSON_Delete(member);
    }
    cJSON_Delete(all);
    if (!good) cJSON_Delete(some);
    return good ? some : NULL;
}

/* All records, in one piece: a list that breaks off could be taken for the whole of it. */
static int list(const cli_run *run, const cli_bytes *text) {
    char *lines = NULL;
    const char *record;
    size_t size = 0, at = 0, len;
    FILE *to = open_memstream(&lines, &size);
    int good = to != NULL;
    while (good && cli_records_next(text, &at, &record, &len)) {
        if (len == 0) continue;
        cJSON *key = shown(record, len);
        char *line = key == NULL ? NULL : run->pretty ? cJSON_Print(key) : cJSON_PrintUnformatted(key);
        good = line != NULL && fprintf(to, "%s\n", line) > 0;
        cJSON_free(line);
        cJSON_Delete(key);
    }
    if (to != NULL && fclose(to) != 0) good = 0;
    int status = good ? cli_print(run, lines, size, CLI_GRANTED) : cli_usage(run, "no memory");
    free(lines);
    return status;
}

int cli_key_list(cli_run *run, int argc, char **argv) {
    const char *file = NULL;
    const cli_option options[] = {{"records", CLI_TEXT, &file, 0}, {NULL, CLI_FLAG, NULL, 0}};
    cli_bytes text = {NULL, 0};
    armalo_keys *keys = NULL;
    armalo_decision why;
    int status = CLI_USAGE;
    if (cli_parse(run, argc, argv, options, NULL) && cli_given(run, "--records", file) &&
        cli_given(run, "--root-key-file", run->root_key_file) && cli_host(run) && cli_records_read(run, file, &text))
        keys = cli_keys_load(run, &text, STDERR_FILENO, &why, &status);
    if (keys != NULL) status = run->public_view ? cli_answer(run, STDOUT_FILENO, &why, NULL) : list(run, &text);
    armalo_keys_free(keys);
    cli_bytes_free(&text);
    return status;
}

/* The record is sealed: which of its scopes does the log not show in use? */
static int unused(const cli_run *run, const char *record, size_t len, const cli_bytes *log, const char *id) {
    char scopes[ARMALO_SCOPES_TEXT_SIZE];
    armalo_decision why;
    if (!armalo_key_unused(run->host, record, len, log->data, log->len, scopes, sizeof scopes, NULL, &why))
        return cli_denied(run, STDERR_FILENO, &why);
    if (run->public_view) return cli_answer(run, STDOUT_FILENO, &why, NULL);
    cJSON *result = cJSON_CreateObject(), *words = cli_words(scopes);
    if (cJSON_AddStringToObject(result, "id", id) == NULL || !cJSON_AddItemToObject(result, "unused", words)) {
        cJSON_Delete(words);
        cJSON_Delete(result);
        result = NULL;
    }
    return cli_print_json(run, result, CLI_GRANTED);
}

int cli_key_unused(cli_run *run, int argc, char **argv) {
    const char *file = NULL, *id = NULL, *log_file = NULL, *record = NULL;
    const cli_option options[] = {{"records", CLI_TEXT, &file, 0}, {"id", CLI_TEXT, &id, 0}, {NULL, CLI_FLAG, NULL, 0}};
    cli_bytes text = {NULL, 0}, log = {NULL, 0};
    armalo_keys *keys = NULL;
    armalo_decision why;
    size_t len = 0;
    int status = CLI_USAGE;
    if (cli_parse(run, argc, argv, options, &log_file) && cli_given(run, "--records", file) &&
        cli_given(run, "--id", id) && cli_given(run, "--root-key-file", run->root_key_file) && cli_host(run) &&
        cli_records_read(run, file, &text) && cli_read(run, "AUDIT-LOG", log_file, LOG_MAX, &log))
        keys = cli_keys_load(run, &text, STDERR_FILENO, &why, &status);
    if (keys != NULL) {
        status = CLI_USAGE;
        if (log.len > LOG_MAX)
            cli_usage(run, "AUDIT-LOG: larger than %zu bytes", LOG_MAX);
        else if ((record = cli_key_record(run, &text, id, &len)) != NULL)
            status = unused(run, record, len, &log, id);
    }
    armalo_keys_free(keys);
    cli_bytes_free(&log);
    cli_bytes_free(&text);
    return status;
}
