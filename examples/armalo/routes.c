/* SPDX-License-Identifier: MIT */
/* routes lint, routes authorize. */
#define _POSIX_C_SOURCE 200809L
#include "records.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FINDINGS_SIZE ((size_t)64 * 1024) /* room for those of most tables; a table with more is judged twice */

/* Read a table or an OpenAPI document, for the library to refuse when it is none. */
static int read_table(cli_run *run, const char *what, const char *path, cli_bytes *table) {
    if (!cli_read(run, what, path, ARMALO_ROUTES_MAX_TEXT, table)) return 0;
    if (table->len == 0) cli_usage(run, "%s: empty", what);
    return table->len > 0;
}

/* 1 with the findings as the library wrote them, NUL-terminated, or NULL when the text is no table; 0 for no memory. */
static int findings_of(const cli_run *run, const cli_bytes *table, char **findings, armalo_decision *why) {
    size_t room = FINDINGS_SIZE, len = 0;
    do {
        free(*findings);
        if (len >= room) room = len + 1;
        *findings = malloc(room);
        if (*findings == NULL) {
            cli_usage(run, "no memory");
            return 0;
        }
        (void)!armalo_routes_lint(run->host, table->data, table->len, *findings, room, &len, why);
    } while (len >= room);
    if (len == 0) {
        free(*findings);
        *findings = NULL;
    }
    return 1;
}

int cli_routes_lint(cli_run *run, int argc, char **argv) {
    const char *path = NULL;
    cli_bytes table = {NULL, 0};
    char *findings = NULL;
    armalo_decision why;
    int status = CLI_USAGE;
    if (cli_parse(run, argc, argv, NULL, &path) && cli_host(run) && read_table(run, "FILE", path, &table) &&
        findings_of(run, &table, &findings, &why)) {
        int blocked = armalo_decision_granted(&why) ? CLI_GRANTED : CLI_DENIED;
        if (findings == NULL)
            status = cli_denied(run, STDERR_FILENO, &why);
        else if (run->public_view)
            status = cli_answer(run, STDOUT_FILENO, &why, NULL);
        else if (run->pretty)
            status = cli_print_json(run, cJSON_Parse(findings), blocked);
        else if (cli_print_line(run, findings) == CLI_GRANTED)
            status = blocked;
    }
    free(findings);
    cli_bytes_free(&table);
    return status;
}

/* What was matched, to be printed with the decision; nulls where it is a denial. NULL for no memory. */
static cJSON *matched(const armalo_route_request *request, const armalo_route_match *match, int granted) {
    cJSON *members = cJSON_CreateObject(), *route = granted ? cJSON_CreateNumber(match->index) : cJSON_CreateNull();
    cJSON *parameters = cJSON_CreateArray();
    char text[ARMALO_ROUTE_MAX_PATH + 1];
    int good = cJSON_AddItemToObject(members, "route", route);
    if (!good) cJSON_Delete(route);
    for (uint32_t i = 0; good && i < match->parameter_count; i++) {
        size_t len = match->parameter[i].len;
        memcpy(text, request->path + match->parameter[i].start, len);
        text[len] = 0;
        good = cJSON_AddItemToArray(parameters, cJSON_CreateString(text));
    }
    good = good && cJSON_AddItemToObject(members, "parameters", parameters);
    if (good) return members;
    cJSON_Delete(parameters);
    cJSON_Delete(members);
    return NULL;
}

/* Is the bearer of the token of this org at all? */
static int of_org(armalo_keys *keys, const armalo_route_request *request, const char *org, armalo_decision *why) {
    armalo_access access = {.struct_size = sizeof access,
                            .org = org,
                            .intent = ARMALO_READ,
                            .caller = request->caller,
                            .identity_only = ARMALO_IDENTITY_ONLY,
                            .key_id = request->key_id};
    return armalo_key_verify(keys, request->token != NULL ? request->token : "", request->token_len, &access, why);
}

static int authorize(const cli_run *run, const armalo_routes *routes, armalo_keys *keys,
                     const armalo_route_request *request, const char *org) {
    armalo_decision why;
    armalo_route_match match = {0};
    int granted = (org == NULL || of_org(keys, request, org, &why)) &&
                  armalo_route_authorize(routes, keys, request, &match, &why);
    cJSON *members = matched(request, &match, granted);
    int status = members == NULL ? cli_usage(run, "no memory") : cli_answer(run, STDOUT_FILENO, &why, members);
    cJSON_Delete(members);
    return status;
}

int cli_routes_authorize(cli_run *run, int argc, char **argv) {
    const char *table_file = NULL, *records_file = NULL, *org = NULL;
    int browser = 0, status = CLI_USAGE;
    armalo_route_request request = {.struct_size = sizeof request};
    const cli_option options[] = {
        {"routes", CLI_TEXT, &table_file, 0},
        {"method", CLI_TEXT, &request.method, 0},
        {"path", CLI_TEXT, &request.path, 0},
        {"org", CLI_TEXT, &org, 0},
        {"owner", CLI_TEXT, &request.owner, 0},
        {"records", CLI_TEXT, &records_file, 0},
        {"browser", CLI_FLAG, &browser, 0},
        {"key-id", CLI_TEXT, &request.key_id, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    cli_bytes table = {NULL, 0}, records = {NULL, 0}, token = {NULL, 0};
    armalo_routes *routes = NULL;
    armalo_keys *keys = NULL;
    armalo_decision why;
    if (cli_parse(run, argc, argv, options, NULL) && cli_given(run, "--routes", table_file) &&
        cli_given(run, "--method", request.method) && cli_given(run, "--path", request.path) &&
        cli_given(run, "--records", records_file) && cli_given(run, "--root-key-file", run->root_key_file) &&
        cli_host(run) && read_table(run, "--routes", table_file, &table) &&
        cli_records_read(run, records_file, &records) && cli_read_token(run, &token)) {
        routes = armalo_routes_new(run->host, table.data, table.len, &why);
        if (routes == NULL)
            status = cli_denied(run, STDOUT_FILENO, &why);
        else
            keys = cli_keys_load(run, &records, STDOUT_FILENO, &why, &status);
    }
    if (keys != NULL) {
        request.method_len = strlen(request.method);
        request.path_len = strlen(request.path);
        request.token = token.len > 0 ? token.data : NULL;
        request.token_len = token.len;
        request.caller = browser ? ARMALO_CALLER_BROWSER : ARMALO_CALLER_SERVER;
        status = authorize(run, routes, keys, &request, org);
    }
    armalo_keys_free(keys);
    armalo_routes_free(routes);
    cli_bytes_free(&token);
    cli_bytes_free(&records);
    cli_bytes_free(&table);
    return status;
}
