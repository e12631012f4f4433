/* SPDX-License-Identifier: MIT */
/* attest verify, attest inspect. */
#define _POSIX_C_SOURCE 200809L
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SUBJECT_MAX ((size_t)1 << 30) /* of a file, which is read whole */

/* What verify is told, and the files but for the keys and the revocation lists. */
typedef struct question {
    cli_trust trust;
    cli_list revocations;
    const char *policy, *subject, *subject_id, *reveal, *artifact;
    int64_t min_number;
    int payload;
    cli_bytes policy_text, subject_data, revealed, artifact_data;
} question;

static void question_end(question *q) {
    cli_trust_end(&q->trust);
    cli_bytes_free(&q->policy_text);
    cli_bytes_free(&q->subject_data);
    cli_bytes_free(&q->revealed);
    cli_bytes_free(&q->artifact_data);
    free(q->revocations.item);
}

/* An artifact as it is, but for the line end that closes the file of what is not JSON. */
static int read_artifact(cli_run *run, const char *path, cli_bytes *out) {
    size_t at = 0;
    if (!cli_given(run, "ARTIFACT", path) || !cli_read(run, "ARTIFACT", path, ARMALO_ATTEST_MAX_SIZE, out)) return 0;
    while (at < out->len && out->data[at] != 0 && strchr(" \t\r\n", out->data[at]) != NULL) at++;
    if (at < out->len && out->data[at] == '{') return 1;
    if (out->len > 0 && out->data[out->len - 1] == '\n') {
        out->len--;
        if (out->len > 0 && out->data[out->len - 1] == '\r') out->len--;
    }
    return 1;
}

/* What the artifact must speak of, into the request. */
static int read_subject(cli_run *run, question *q, armalo_attest_request *request) {
    if (q->subject != NULL && q->subject_id != NULL) {
        cli_usage(run, "--subject and --subject-id exclude each other");
        return 0;
    }
    request->subject = q->subject_id;
    if (q->subject_id != NULL && *q->subject_id == 0) {
        cli_usage(run, "--subject-id: empty");
        return 0;
    }
    if (q->subject == NULL) return 1;
    if (strcmp(q->subject, "-") != 0 && !cli_is_digest(q->subject) && access(q->subject, F_OK) != 0) {
        cli_usage(run, "--subject: no such file; for what has a name there is --subject-id");
        return 0;
    }
    if (cli_is_digest(q->subject)) {
        request->subject = q->subject;
        return cli_digest_fits(run, "--subject", q->subject);
    }
    if (!cli_read(run, "--subject", q->subject, SUBJECT_MAX, &q->subject_data)) return 0;
    request->subject_data = q->subject_data.data != NULL ? q->subject_data.data : "";
    request->subject_len = q->subject_data.len;
    if (q->subject_data.len > SUBJECT_MAX)
        cli_usage(run, "--subject: larger than %zu bytes; give its digest", SUBJECT_MAX);
    return q->subject_data.len <= SUBJECT_MAX;
}

static int read_revealed(cli_run *run, question *q, armalo_attest_request *request) {
    if (q->reveal == NULL) return 1;
    if (!cli_read(run, "--reveal", q->reveal, ARMALO_ATTEST_MAX_SIZE, &q->revealed)) return 0;
    if (q->revealed.len == 0) cli_usage(run, "--reveal: empty");
    request->revealed = q->revealed.data;
    request->revealed_len = q->revealed.len;
    return q->revealed.len > 0;
}

/* A lowest number of no list would make nothing safer, and look as if it did. */
static int revocations_fit(cli_run *run, question *q) {
    int fits = q->min_number < 0 || q->revocations.count > 0;
    if (!fits) cli_usage(run, "--revocations-min: needs --revocations");
    if (q->min_number < 0) q->min_number = 0;
    return fits;
}

/* Everything but the lists. 1, or 0 after saying why not. */
static int question_read(cli_run *run, question *q, armalo_attest_request *request) {
    if (!cli_given(run, "--policy", q->policy) || !revocations_fit(run, q) || !cli_trust_read(run, &q->trust) ||
        !cli_read(run, "--policy", q->policy, ARMALO_ATTEST_MAX_POLICY, &q->policy_text) ||
        !read_subject(run, q, request) || !read_revealed(run, q, request) ||
        !read_artifact(run, q->artifact, &q->artifact_data))
        return 0;
    request->artifact = q->artifact_data.data != NULL ? q->artifact_data.data : "";
    request->artifact_len = q->artifact_data.len;
    return 1;
}

static int add_text(cJSON *to, const char *name, const char *text) {
    return (*text == 0 ? cJSON_AddNullToObject(to, name) : cJSON_AddStringToObject(to, name, text)) != NULL;
}

/* As RFC 3339; null for 0, since it does not say. */
static int add_time(cJSON *to, const char *name, int64_t ms) {
    char text[64] = "", day[40];
    int64_t part = ms % 1000 < 0 ? ms % 1000 + 1000 : ms % 1000;
    time_t seconds = (time_t)((ms - part) / 1000);
    struct tm parts;
    if (ms != 0 && gmtime_r(&seconds, &parts) != NULL && strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts) > 0)
        (void)snprintf(text, sizeof text, "%s.%03dZ", day, (int)part);
    return add_text(to, name, text);
}

/* The keys that count. NULL for no memory. */
static cJSON *keys_of(const armalo_attested *attested, uint32_t count) {
    cJSON *keys = cJSON_CreateArray();
    for (uint32_t i = 0; i < count && keys != NULL; i++) {
        armalo_attested_facts facts;
        cJSON *key = cJSON_CreateObject();
        armalo_attested_facts_get(attested, i, &facts);
        int good = add_text(key, "owner", facts.owner) && add_text(key, "key_id", facts.key_id) &&
                   add_text(key, "thumbprint", facts.thumbprint) && cJSON_AddItemToArray(keys, key);
        if (good) continue;
        cJSON_Delete(key);
        cJSON_Delete(keys);
        keys = NULL;
    }
    return keys;
}

/* What was verified, to be printed with the decision; nulls where it is a denial. NULL for no memory. */
static cJSON *facts_of(const armalo_attested *attested) {
    static const char *const formats[] = {"", "dsse", "jws", "vc"};
    armalo_attested_facts facts;
    char signers[16] = "null", artifact[CLI_DIGEST_SIZE] = "", payload[CLI_DIGEST_SIZE] = "";
    armalo_attested_facts_get(attested, 0, &facts);
    if (attested != NULL) {
        (void)snprintf(signers, sizeof signers, "%u", (unsigned)facts.signer_count);
        cli_digest_text(facts.artifact_sha256, artifact);
        cli_digest_text(facts.payload_sha256, payload);
    }
    /* Nobody signed the order of signatures: of several, none is the issuer. */
    const char *owner = facts.signer_count == 1 ? facts.owner : "", *id = facts.signer_count == 1 ? facts.key_id : "";
    cJSON *to = cJSON_CreateObject(),
          *keys = attested == NULL ? cJSON_CreateNull() : keys_of(attested, facts.signer_count);
    int good = add_text(to, "format", formats[facts.format]) && add_text(to, "issuer", owner) &&
               add_text(to, "key_id", id) && add_text(to, "type", facts.type) && add_text(to, "id", facts.id) &&
               cJSON_AddRawToObject(to, "signers", signers) != NULL && add_time(to, "issued_at", facts.issued_ms) &&
               add_time(to, "expires_at", facts.expires_ms) && add_text(to, "artifact", artifact) &&
               add_text(to, "payload_digest", payload) && keys != NULL;
    if (good && cJSON_AddItemToObject(to, "keys", keys)) return to;
    cJSON_Delete(keys);
    cJSON_Delete(to);
    return NULL;
}

/* The verified payload, on one line or on many. NULL after saying that there is no memory. */
static char *payload_of(const cli_run *run, const armalo_attested *attested) {
    size_t len = 0;
    int32_t type;
    (void)!armalo_attested_value(attested, "", NULL, 0, &len, &type); /* how long it is */
    char *text = malloc(len + 1), *out = NULL;
    if (text == NULL || !armalo_attested_value(attested, "", text, len + 1, &len, &type))
        cli_usage(run, "no memory");
    else
        out = cli_json_text(run, text, run->pretty);
    free(text);
    return out;
}

/* Print the decision; wants_payload: with the payload, if there is one. */
static int answer(const cli_run *run, const armalo_decision *why, const armalo_attested *attested, int wants_payload) {
    static const char head[] = "payload        ";
    char *payload = NULL;
    int status = CLI_USAGE;
    cJSON *members = facts_of(attested);
    if (wants_payload && attested != NULL) payload = payload_of(run, attested);
    if (wants_payload && attested != NULL && payload == NULL) {
        cJSON_Delete(members);
        return CLI_USAGE;
    }
    int good = members != NULL;
    if (good && wants_payload && !run->pretty)
        good = cJSON_AddRawToObject(members, "payload", payload != NULL ? payload : "null") != NULL;
    if (good)
        status = cli_answer(run, STDOUT_FILENO, why, members);
    else
        cli_usage(run, "no memory");
    if (status == CLI_GRANTED && run->pretty && payload != NULL) {
        status = cli_print(run, head, sizeof head - 1, status);
        if (status == CLI_GRANTED) status = cli_print_line(run, payload);
    }
    free(payload);
    cJSON_Delete(members);
    return status;
}

/* Load the lists, in the order given. 1; or 0 with the exit status, after saying why not. */
static int revoke(cli_run *run, const question *q, armalo_trust *trust, int *status) {
    for (size_t i = 0; i < q->revocations.count; i++) {
        cli_bytes list = {NULL, 0};
        armalo_decision why;
        char detail[sizeof why.detail];
        *status = CLI_USAGE;
        if (!cli_read(run, "--revocations", q->revocations.item[i], ARMALO_REVOCATIONS_MAX_SIZE, &list)) {
            cli_bytes_free(&list);
            return 0;
        }
        int loaded = armalo_revocations_load(trust, NULL, list.data != NULL ? list.data : "", list.len, q->min_number,
                                             NULL, &why);
        cli_bytes_free(&list);
        if (loaded) continue;
        memcpy(detail, why.detail, sizeof detail);
        (void)snprintf(why.detail, sizeof why.detail, "revocation list %zu%s%.100s", i + 1, *detail != 0 ? ": " : "",
                       detail);
        *status = cli_is_fault(&why) ? cli_refused(run, &why) : answer(run, &why, NULL, q->payload);
        return 0;
    }
    return 1;
}

int cli_attest_verify(cli_run *run, int argc, char **argv) {
    question q = {.min_number = -1};
    const cli_option options[] = {
        CLI_TRUST_OPTIONS(&q.trust),
        {"policy", CLI_TEXT, &q.policy, 0},
        {"revocations", CLI_LIST, &q.revocations, 0},
        {"revocations-min", CLI_NUMBER, &q.min_number, 0},
        {"subject", CLI_TEXT, &q.subject, 0},
        {"subject-id", CLI_TEXT, &q.subject_id, 0},
        {"reveal", CLI_TEXT, &q.reveal, 0},
        {"payload", CLI_FLAG, &q.payload, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    armalo_attest_request request = {.struct_size = sizeof request};
    armalo_attest_policy *policy = NULL;
    armalo_trust *trust = NULL;
    armalo_attested *attested = NULL;
    armalo_decision why;
    int status = CLI_USAGE;
    if (cli_parse(run, argc, argv, options, &q.artifact) && question_read(run, &q, &request) && cli_host(run)) {
        policy = armalo_attest_policy_new(run->host, q.policy_text.data, q.policy_text.len, &why);
        if (policy == NULL) cli_refused(run, &why);
    }
    if (policy != NULL) trust = cli_trust_make(run, &q.trust);
    if (trust != NULL && revoke(run, &q, trust, &status)) {
        (void)!armalo_attest_verify(policy, trust, &request, &attested, &why); /* answer() reads the decision */
        status = answer(run, &why, attested, q.payload);
    }
    armalo_attested_free(attested);
    armalo_trust_free(trust);
    armalo_attest_policy_free(policy);
    question_end(&q);
    return status;
}

int cli_attest_inspect(cli_run *run, int argc, char **argv) {
    const char *path = NULL;
    cli_bytes artifact = {NULL, 0};
    armalo_decision why;
    char *text = NULL;
    size_t len = 0;
    int status = CLI_USAGE, read = 0;
    if (cli_parse(run, argc, argv, NULL, &path) && read_artifact(run, path, &artifact)) {
        const char *data = artifact.data != NULL ? artifact.data : "";
        (void)!armalo_attest_inspect(data, artifact.len, NULL, 0, &len, &why); /* how long it is */
        text = malloc(len + 1);
        if (text == NULL)
            cli_usage(run, "no memory");
        else
            read = armalo_attest_inspect(data, artifact.len, text, len + 1, &len, &why);
        if (text != NULL && !read) cli_refused(run, &why);
    }
    if (read) {
        (void)fprintf(stderr, "armalo %s: nothing of this was verified\n", run->command);
        status = cli_print_layout(run, text);
    }
    free(text);
    cli_bytes_free(&artifact);
    return status;
}
