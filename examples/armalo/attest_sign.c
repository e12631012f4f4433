/* SPDX-License-Identifier: MIT */
/* attest sign. Standard output is for the envelope alone; a denial goes to standard error. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_MAX ((size_t)64 * 1024) /* bytes of a private key in PEM */

/* What is to be signed, and the files. */
typedef struct request {
    const char *key, *predicate, *add;
    cli_list subjects, withhold;
    cli_bytes key_text, predicate_text, envelope;
    const char **named;             /* the subjects as digests, of argv or of files */
    char (*files)[CLI_DIGEST_SIZE]; /* those of files */
    armalo_attest_spec spec;
} request;

static void request_end(request *r) {
    cli_bytes_free(&r->key_text);
    cli_bytes_free(&r->predicate_text);
    cli_bytes_free(&r->envelope);
    free(r->named);
    free(r->files);
    free(r->subjects.item);
    free(r->withhold.item);
}

static int read_subjects(cli_run *run, request *r) {
    size_t count = r->subjects.count;
    if (count == 0) return 1;
    r->named = calloc(count, sizeof *r->named);
    r->files = calloc(count, sizeof *r->files);
    if (r->named == NULL || r->files == NULL) {
        cli_usage(run, "no memory");
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        const char *given = r->subjects.item[i];
        int is_digest = cli_is_digest(given);
        r->named[i] = is_digest ? given : r->files[i];
        if (is_digest ? !cli_digest_fits(run, "--subject", given)
                      : !cli_digest_file(run, "--subject", given, r->files[i]))
            return 0;
    }
    r->spec.subjects = r->named;
    r->spec.subject_count = count;
    return 1;
}

/* A new statement. */
static int read_statement(cli_run *run, request *r) {
    if (!cli_given(run, "--predicate-type", r->spec.predicate_type) || !cli_given(run, "PREDICATE", r->predicate) ||
        !read_subjects(run, r) || !cli_read(run, "PREDICATE", r->predicate, ARMALO_ATTEST_MAX_SIZE, &r->predicate_text))
        return 0;
    r->spec.predicate = r->predicate_text.data != NULL ? r->predicate_text.data : "";
    r->spec.predicate_len = r->predicate_text.len;
    if (r->withhold.count > 0) r->spec.withhold = r->withhold.item;
    r->spec.withhold_count = r->withhold.count;
    return 1;
}

/* An envelope that is to have a signature more. */
static int read_envelope(cli_run *run, request *r) {
    if (r->spec.predicate_type != NULL || r->predicate != NULL || r->subjects.count > 0 || r->withhold.count > 0) {
        cli_usage(run, "--add signs what is in the envelope: no PREDICATE and none of its options");
        return 0;
    }
    if (!cli_read(run, "--add", r->add, ARMALO_ATTEST_MAX_SIZE, &r->envelope)) return 0;
    if (r->envelope.len == 0) cli_usage(run, "--add: empty");
    r->spec.envelope = r->envelope.data;
    r->spec.envelope_len = r->envelope.len;
    return r->envelope.len > 0;
}

static int request_read(cli_run *run, request *r) {
    if (!cli_given(run, "--key", r->key) || !(r->add != NULL ? read_envelope(run, r) : read_statement(run, r)) ||
        !cli_read_secret(run, "--key", r->key, KEY_MAX, &r->key_text))
        return 0;
    if (r->key_text.len == 0 || r->key_text.len > KEY_MAX) cli_usage(run, "--key: no private key");
    r->spec.key = r->key_text.data;
    r->spec.key_len = r->key_text.len;
    return r->key_text.len > 0 && r->key_text.len <= KEY_MAX;
}

/* What was given is at fault for all that is of attestations; the rest is a denial. */
static int refused(const cli_run *run, const armalo_decision *why) {
    int given = why->reason >= ARMALO_REASON_ATTEST_SIZE && why->reason <= ARMALO_REASON_ATTEST_SPEC_INVALID;
    return given ? cli_refused(run, why) : cli_denied(run, STDERR_FILENO, why);
}

int cli_attest_sign(cli_run *run, int argc, char **argv) {
    request r = {.spec = {.struct_size = sizeof r.spec}};
    const cli_option options[] = {
        {"key", CLI_TEXT, &r.key, 0},
        {"key-id", CLI_TEXT, &r.spec.key_id, 0},
        {"predicate-type", CLI_TEXT, &r.spec.predicate_type, 0},
        {"subject", CLI_LIST, &r.subjects, 0},
        {"withhold", CLI_LIST, &r.withhold, 0},
        {"add", CLI_TEXT, &r.add, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    const size_t room = ARMALO_ATTEST_MAX_SIZE + 1; /* no envelope is longer, so it is signed once */
    armalo_decision why;
    char *envelope = NULL;
    int status = CLI_USAGE;
    if (cli_parse(run, argc, argv, options, &r.predicate) && request_read(run, &r) && cli_host(run)) {
        envelope = malloc(room);
        if (envelope == NULL)
            cli_usage(run, "no memory");
        else if (armalo_attest_sign(run->host, &r.spec, envelope, room, NULL, &why))
            status = cli_print_layout(run, envelope);
        else
            status = refused(run, &why);
    }
    free(envelope);
    request_end(&r);
    return status;
}
