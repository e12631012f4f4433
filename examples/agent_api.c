/* SPDX-License-Identifier: MIT */
/* An API on 127.0.0.1 whose agents belong to two orgs, behind API keys and a route table. Copy it and change work().
 *   agent_api -a AUDIT-FILE -k ROOT-KEY-FILE -r RECORDS-FILE -t ROUTE-TABLE
 * It writes its port, and what became of each load of the records, to standard output, and each decision to standard
 * error. When the records have changed (armalo key issue, rotate, revoke) send SIGHUP: no request waits for that. */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include <armalo.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct api {
    armalo_keys *keys;
    armalo_routes *routes;
};

/* What this API is about. Whose a thing is, is known here and nowhere else. */
static struct agent {
    const char *id, *org;
    _Atomic int suspended;
} agents[] = {{"agt_ant", "org_1", 0}, {"agt_bee", "org_1", 0}, {"agt_cat", "org_2", 0}};
#define AGENTS (sizeof agents / sizeof agents[0])

static int64_t now_ms(void *ctx) {
    (void)ctx;
    return (int64_t)time(NULL) * 1000; /* -1 second when time() fails, and that denies */
}

/* 1 only when the event is on the disk. One write a line: threads do not mix theirs. */
static int audit(void *ctx, const char *event, size_t len) {
    struct iovec line[2] = {{(char *)event, len}, {"\n", 1}};
    return writev(*(int *)ctx, line, 2) == (ssize_t)len + 1 && fdatasync(*(int *)ctx) == 0;
}

static void note(const char *what, const armalo_decision *why) {
    char line[ARMALO_OPERATOR_TEXT_SIZE];
    fprintf(stderr, "%s%s\n", what, armalo_decision_operator(why, line, sizeof line, NULL));
}

static enum MHD_Result respond(struct MHD_Connection *c, int status, const char *text) {
    struct MHD_Response *r = MHD_create_response_from_buffer(strlen(text), (char *)text, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(r, "Content-Type", "application/json");
    if (status == 401) MHD_add_response_header(r, "WWW-Authenticate", "Bearer"); /* RFC 9110 15.5.2 */
    enum MHD_Result queued = MHD_queue_response(c, (unsigned)status, r);
    MHD_destroy_response(r);
    return queued;
}

/* The agent that a path is about, byte for byte: the table decodes nothing for us either. */
static struct agent *agent_of(const char *path) {
    static const char before[] = "/v1/agents/";
    if (strncmp(path, before, sizeof before - 1) != 0) return NULL;
    path += sizeof before - 1;
    for (size_t i = 0, len = strcspn(path, "/"); i < AGENTS; i++)
        if (strlen(agents[i].id) == len && memcmp(agents[i].id, path, len) == 0) return &agents[i];
    return NULL;
}

/* Your work, reached with a grant alone: on the agent whose owner was judged, or on what is of org. 1 if done. */
static int work(struct agent *agent, const char *method, const char *path, const char *org, char *text, size_t cap) {
    const char *what = agent == NULL ? path : path + strlen("/v1/agents/") + strlen(agent->id);
    int get = strcmp(method, "GET") == 0, post = strcmp(method, "POST") == 0;
    if (agent == NULL && get && strcmp(what, "/v1/agents") == 0) {
        size_t used = (size_t)snprintf(text, cap, "[");
        for (size_t i = 0; i < AGENTS && used < cap; i++)
            if (strcmp(agents[i].org, org) == 0)
                used += (size_t)snprintf(text + used, cap - used, "%s\"%s\"", used > 1 ? "," : "", agents[i].id);
        return used < cap && used + (size_t)snprintf(text + used, cap - used, "]") < cap;
    }
    if (agent == NULL || !(get ? *what == 0 : post && strcmp(what, "/suspend") == 0))
        return 0; /* a route that the table has and this program has not */
    if (post) agent->suspended = 1;
    const char *suspended = agent->suspended ? "true" : "false";
    return (size_t)snprintf(text, cap, "{\"id\":\"%s\",\"suspended\":%s}", agent->id, suspended) < cap;
}

/* The caller's token, and whether a browser sent it. Two tokens are none: another reader might take the other one. */
static enum MHD_Result field(void *request, enum MHD_ValueKind kind, const char *name, const char *value) {
    armalo_route_request *asked = request;
    (void)kind;
    if (strcasecmp(name, "Authorization") == 0) {
        int first = asked->token == NULL, bearer = value != NULL && strncasecmp(value, "Bearer ", 7) == 0;
        asked->token = first && bearer ? value + 7 : "";
        asked->token_len = strlen(asked->token);
    }
    if (strcasecmp(name, "Origin") == 0 || strncasecmp(name, "Sec-Fetch-", 10) == 0)
        asked->caller = ARMALO_CALLER_BROWSER;
    return MHD_YES;
}

/* Decided, and answered, at the headers: no route here takes a body. */
static enum MHD_Result answer(void *ctx, struct MHD_Connection *c, const char *path, const char *method,
                              const char *version, const char *data, size_t *size, void **request) {
    const struct api *api = ctx;
    struct agent *agent = agent_of(path);
    armalo_route_request asked = {.struct_size = sizeof asked, .caller = ARMALO_CALLER_SERVER};
    armalo_decision why;
    char text[4096];
    (void)version, (void)data, (void)size, (void)request;
    asked.method = method, asked.method_len = strlen(method), asked.path = path, asked.path_len = strlen(path);
    asked.owner = agent != NULL ? agent->org : NULL; /* not known: denied where the table asks for an owner */
    (void)MHD_get_connection_values(c, MHD_HEADER_KIND, field, &asked);
    int granted = armalo_route_authorize(api->routes, api->keys, &asked, NULL, &why);
    note("", &why);
    if (granted && work(agent, method, path, why.org, text, sizeof text)) return respond(c, 200, text);
    if (granted) return respond(c, 500, "{\"error\":\"internal\"}");
    return respond(c, why.http_status, armalo_decision_public(&why, text, sizeof text, NULL));
}

/* The path is judged as it was received: one that was decoded first is another path. */
static size_t as_received(void *ctx, struct MHD_Connection *c, char *text) {
    (void)ctx, (void)c;
    return strlen(text);
}

/* A whole file; NULL when it cannot be read. */
static char *contents(const char *name, size_t *len) {
    struct stat about;
    char *text = NULL;
    FILE *file = name != NULL ? fopen(name, "rb") : NULL;
    if (file != NULL && fstat(fileno(file), &about) == 0 && (text = malloc((size_t)about.st_size + 1)) != NULL) {
        *len = fread(text, 1, (size_t)about.st_size, file);
        if (ferror(file)) free(text), text = NULL;
    }
    if (file != NULL) fclose(file);
    return text;
}

/* All or nothing: when the records are refused, those in use stay in use. */
static int load(armalo_keys *keys, const char *name, armalo_decision *why) {
    size_t len = 0, line = 0;
    char *text = contents(name, &len);
    if (text == NULL) len = 1; /* a file that cannot be read is refused: it is not one without keys */
    int loaded = armalo_keys_load(keys, text, len, &line, why);
    if (loaded)
        printf("loaded\n");
    else
        printf("refused %s, line %zu\n", armalo_reason_name(why->reason), line);
    free(text);
    return loaded;
}

int main(int argc, char **argv) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *records = NULL, *table = NULL;
    uint8_t root_key[ARMALO_ROOT_KEY_SIZE + 1]; /* a byte more, so that a longer file is seen */
    ssize_t root_key_len = 0;
    int trail = -1, file, option;
    while ((option = getopt(argc, argv, "a:k:r:t:")) != -1) {
        if (option == 'a') trail = open(optarg, O_WRONLY | O_CREAT | O_APPEND, 0600); /* -1 denies mutations */
        if (option == 'k') root_key_len = read(file = open(optarg, O_RDONLY), root_key, sizeof root_key), close(file);
        if (option == 'r') records = optarg;
        if (option == 't') table = optarg;
        if (option == '?') return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigset_t reload; /* taken by sigwait() below, and by no thread of the server */
    sigemptyset(&reload), sigaddset(&reload, SIGHUP), sigprocmask(SIG_BLOCK, &reload, NULL);

    armalo_decision why;
    size_t len = 0;
    char *text = contents(table, &len);
    /* clang-format off */
    armalo_host *host = armalo_host_new(&(armalo_host_config){.struct_size = sizeof(armalo_host_config),
        .mode = ARMALO_MODE_PRODUCTION, .now_ms = now_ms, .audit = audit, .audit_ctx = &trail,
        .root_key = root_key, .root_key_len = (size_t)(root_key_len > 0 ? root_key_len : 0)}, &why);
    explicit_bzero(root_key, sizeof root_key);
    struct api api = {.keys = host != NULL ? armalo_keys_new(host, NULL, NULL, &why) : NULL};
    if (api.keys != NULL) api.routes = armalo_routes_new(host, text, len, &why);
    free(text);
    if (api.routes == NULL || !load(api.keys, records, &why))
        return note("refused to start ", &why), EXIT_FAILURE;
    struct MHD_Daemon *server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, &api,
        MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_UNESCAPE_CALLBACK, as_received, NULL, MHD_OPTION_THREAD_POOL_SIZE, 4u,
        MHD_OPTION_CONNECTION_LIMIT, 64u, MHD_OPTION_CONNECTION_TIMEOUT, 10u, MHD_OPTION_END);
    /* clang-format on */
    if (server == NULL) return perror("no server"), EXIT_FAILURE;
    printf("listening on 127.0.0.1:%u\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
    for (int got; sigwait(&reload, &got) == 0;) (void)load(api.keys, records, &why);
}
