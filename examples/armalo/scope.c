/* SPDX-License-Identifier: MIT */
/* scope check. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <string.h>

/* The set of an option. NULL after saying what is wrong, without a word of what was typed. */
static armalo_scopes *set_of(const cli_run *run, const char *option, const char *text) {
    armalo_decision why;
    if (!cli_given(run, option, text)) return NULL;
    armalo_scopes *set = armalo_scopes_new(text, strlen(text), &why);
    if (set == NULL)
        cli_usage(run, "%s: %s: %s", option, armalo_reason_name(why.reason), armalo_reason_meaning(why.reason));
    return set;
}

/* Which of the required scopes are not allowed? NULL for no memory. */
static cJSON *missing_of(const armalo_scopes *granted, const armalo_scopes *required) {
    char text[ARMALO_SCOPES_TEXT_SIZE];
    if (!armalo_scopes_text(required, text, sizeof text, NULL)) return NULL;
    cJSON *words = cli_words(text), *word = words == NULL ? NULL : words->child;
    while (word != NULL) {
        cJSON *next = word->next;
        if (armalo_scopes_allow(granted, word->valuestring, strlen(word->valuestring)))
            cJSON_Delete(cJSON_DetachItemViaPointer(words, word));
        word = next;
    }
    return words;
}

int cli_scope_check(cli_run *run, int argc, char **argv) {
    const char *granted_text = NULL, *required_text = NULL;
    const cli_option options[] = {
        {"granted", CLI_TEXT, &granted_text, 0},
        {"required", CLI_TEXT, &required_text, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    if (!cli_parse(run, argc, argv, options, NULL)) return CLI_USAGE;
    armalo_scopes *granted = set_of(run, "--granted", granted_text);
    armalo_scopes *required = granted == NULL ? NULL : set_of(run, "--required", required_text);
    int status = CLI_USAGE;
    if (required != NULL) {
        int allowed = armalo_scopes_subset(required, granted);
        cJSON *result = cJSON_CreateObject(), *missing = missing_of(granted, required);
        if (cJSON_AddBoolToObject(result, "granted", allowed) == NULL ||
            !cJSON_AddItemToObject(result, "missing", missing)) {
            cJSON_Delete(missing);
            cJSON_Delete(result);
            result = NULL;
        }
        status = cli_print_json(run, result, allowed ? CLI_GRANTED : CLI_DENIED);
    }
    armalo_scopes_free(required);
    armalo_scopes_free(granted);
    return status;
}
