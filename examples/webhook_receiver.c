/* SPDX-License-Identifier: MIT */
/* A webhook receiver on 127.0.0.1, for POST /webhook. Copy it and change handle().
 *   webhook_receiver -a AUDIT-FILE -s SECRET-FILE [-s SECRET-FILE ...] [-p PORT] [-n DELIVERIES-TO-REMEMBER] EVENT ...
 * It writes its port and what it processed to standard output, and each decision to standard error.
 * Rotation: restart with the new secret and the old one; once no sender uses the old one, with the new one alone.
 * The memory store forgets at a restart; armalo_sqlite_store_new() in its place does not. */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include <armalo.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct incoming {
    armalo_header headers[ARMALO_WEBHOOK_MAX_HEADERS + 1]; /* one more than allowed, so that too many are seen */
    size_t header_count, body_len;
    armalo_webhook_stream *stream; /* of this request; NULL: denied by its headers, or decided */
    armalo_decision why;
    char body[65536];
};

static int64_t now_ms(void *ctx) {
    (void)ctx;
    return (int64_t)time(NULL) * 1000; /* -1 second when time() fails, and that denies */
}

/* 1 only when the event is on the disk. One write a line: threads do not mix theirs. */
static int audit(void *ctx, const char *event, size_t len) {
    struct iovec line[2] = {{(char *)event, len}, {"\n", 1}};
    return writev(*(int *)ctx, line, 2) == (ssize_t)len + 1 && fdatasync(*(int *)ctx) == 0;
}

/* Your work, on exactly the bytes that were signed. ARMALO_DONE only when its result can no longer be lost. */
static int handle(const armalo_delivery *delivery, const char *body, size_t len) {
    (void)body;
    int n = printf("processed %s %s (%zu bytes)\n", delivery->event, delivery->id, len);
    return n > 0 ? ARMALO_DONE : ARMALO_FAILED;
}

static void note(const char *what, const armalo_decision *why) {
    char line[ARMALO_OPERATOR_TEXT_SIZE];
    fprintf(stderr, "%s %s\n", what, armalo_decision_operator(why, line, sizeof line, NULL));
}

static enum MHD_Result respond(struct MHD_Connection *c, int status, const char *text) {
    struct MHD_Response *r = MHD_create_response_from_buffer(strlen(text), (char *)text, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result queued = MHD_queue_response(c, (unsigned)status, r);
    MHD_destroy_response(r);
    return queued;
}

/* The whole body is here: decide, work only when told to process, and tell the sender only what is public. */
static enum MHD_Result answer(struct MHD_Connection *c, armalo_webhook *hook, struct incoming *in) {
    static const char *const names[] = {"denied", "process", "in_progress", "duplicate", "unchecked"};
    char text[ARMALO_PUBLIC_TEXT_SIZE];
    armalo_delivery delivery = {0};
    int granted = in->stream != NULL && armalo_webhook_finish(in->stream, &delivery, &in->why);
    in->stream = NULL; /* finish ended it */
    note(names[delivery.disposition], &in->why);
    int done = delivery.disposition == ARMALO_DUPLICATE;
    if (granted && delivery.disposition == ARMALO_PROCESS) {
        armalo_decision settled;
        done = handle(&delivery, in->body, in->body_len);
        if (!armalo_webhook_settle(hook, &delivery, done, &settled)) note("not settled", &settled), done = 0;
    }
    if (granted && done != ARMALO_DONE) return respond(c, 503, "{\"error\":\"unavailable\"}"); /* to be sent again */
    return respond(c, in->why.http_status, armalo_decision_public(&in->why, text, sizeof text, NULL));
}

/* Every header field as it came, repeated ones too. */
static enum MHD_Result field(void *request, enum MHD_ValueKind kind, const char *name, size_t name_len,
                             const char *value, size_t value_len) {
    struct incoming *in = request;
    while (value_len > 0 && (value[value_len - 1] == ' ' || value[value_len - 1] == '\t')) value_len--;
    if (kind != MHD_HEADER_KIND || in->header_count == sizeof in->headers / sizeof in->headers[0]) return MHD_NO;
    in->headers[in->header_count++] = (armalo_header){name, name_len, value, value_len};
    return MHD_YES;
}

static enum MHD_Result receive(void *hook, struct MHD_Connection *c, const char *url, const char *method,
                               const char *version, const char *data, size_t *size, void **request) {
    struct incoming *in = *request;
    (void)version;
    if (in == NULL) { /* the headers are here */
        if (strcmp(url, "/webhook") != 0 || strcmp(method, "POST") != 0) return respond(c, 404, "{}");
        if ((in = *request = calloc(1, sizeof *in)) == NULL) return MHD_NO;
        (void)MHD_get_connection_values_n(c, MHD_HEADER_KIND, field, in);
        armalo_request head = {.struct_size = sizeof head, .headers = in->headers, .header_count = in->header_count};
        in->stream = armalo_webhook_begin(hook, &head, &in->why);
        return MHD_YES;
    }
    if (*size == 0) return answer(c, hook, in);
    if (in->stream != NULL && armalo_webhook_update(in->stream, data, *size))
        memcpy(in->body + in->body_len, data, *size); /* fits: update takes max_body in all, the size of body */
    in->body_len += *size; /* a denied body is read too, so that the sender gets its answer, but not without end */
    *size = 0;
    return in->body_len <= 4 * sizeof in->body ? MHD_YES : MHD_NO;
}

static void completed(void *ctx, struct MHD_Connection *c, void **request, enum MHD_RequestTerminationCode how) {
    (void)ctx, (void)c, (void)how;
    if (*request != NULL) armalo_webhook_cancel(((struct incoming *)*request)->stream); /* the connection broke */
    free(*request);
}

int main(int argc, char **argv) {
    static char text[ARMALO_WEBHOOK_MAX_SECRETS][ARMALO_WEBHOOK_MAX_SECRET + 2];
    armalo_secret secrets[ARMALO_WEBHOOK_MAX_SECRETS] = {{0}};
    size_t count = 0, remember = 100000;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int trail = -1, file, option;
    while ((option = getopt(argc, argv, "a:s:p:n:")) != -1) {
        if (option == 'a') trail = open(optarg, O_WRONLY | O_CREAT | O_APPEND, 0600); /* -1 denies everything */
        if (option == 'p') at.sin_port = htons((uint16_t)strtoul(optarg, NULL, 10));
        if (option == 'n') remember = strtoul(optarg, NULL, 10);
        if (option == '?' || (option == 's' && count == ARMALO_WEBHOOK_MAX_SECRETS)) return 2;
        if (option == 's') { /* a file's text without its final newline; what cannot be read is empty, and refused */
            ssize_t n = read(file = open(optarg, O_RDONLY), text[count], sizeof text[count]);
            close(file);
            secrets[count].text_len = (size_t)(n > 0 ? n - (text[count][n - 1] == '\n') : 0);
            secrets[count].text = text[count];
            count++;
        }
    }
    armalo_decision why;
    /* clang-format off */
    armalo_host *host = armalo_host_new(&(armalo_host_config){.struct_size = sizeof(armalo_host_config),
        .mode = ARMALO_MODE_PRODUCTION, .now_ms = now_ms, .audit = audit, .audit_ctx = &trail}, &why);
    armalo_store *store = host != NULL ? armalo_memory_store_new(remember, &why) : NULL;
    armalo_webhook *hook = store != NULL ? armalo_webhook_new(host, &(armalo_webhook_config){
        .struct_size = sizeof(armalo_webhook_config), .scheme = "standard", .secrets = secrets, .secret_count = count,
        .events = optind < argc ? (const char *const *)(argv + optind) : NULL, .event_count = (size_t)(argc - optind),
        .store = store, .max_body = sizeof((struct incoming *)0)->body}, &why) : NULL;
    explicit_bzero(text, sizeof text);
    if (hook == NULL) return note("refused to start", &why), EXIT_FAILURE;
    struct MHD_Daemon *server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, receive, hook,
        MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_THREAD_POOL_SIZE, 4u,
        MHD_OPTION_CONNECTION_LIMIT, 64u, MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
    /* clang-format on */
    if (server == NULL) return perror("no server"), EXIT_FAILURE;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("listening on 127.0.0.1:%u\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
    for (;;) pause(); /* SIGTERM may end it at any point: a delivery that was not settled is sent again */
}
