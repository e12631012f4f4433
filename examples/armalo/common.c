/* SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int cli_usage(const cli_run *run, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)fprintf(stderr, "armalo %s: ", run->command);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    return CLI_USAGE;
}

int cli_refused(const cli_run *run, const armalo_decision *why) {
    (void)fprintf(stderr, "armalo %s: %s: %s", run->command, armalo_reason_name(why->reason),
                  armalo_reason_meaning(why->reason));
    if (why->detail[0] != 0) {
        (void)fputs(" (", stderr);
        cli_put(stderr, why->detail);
        (void)fputc(')', stderr);
    }
    (void)fputc('\n', stderr);
    return CLI_USAGE;
}

int cli_is_fault(const armalo_decision *why) {
    switch (why->reason) {
    case ARMALO_REASON_INVALID_ARGUMENT:
    case ARMALO_REASON_WEBHOOK_CONFIG_INVALID:
    case ARMALO_REASON_SECRET_RECORD_MALFORMED:
    case ARMALO_REASON_KEY_SCOPE_INVALID:
    case ARMALO_REASON_KEY_SPEC_INVALID:
    case ARMALO_REASON_KEY_RECORD_MALFORMED:
    case ARMALO_REASON_KEY_LOG_MALFORMED:
    case ARMALO_REASON_ROUTE_TABLE_MALFORMED:
    case ARMALO_REASON_ROUTE_TABLE_EMPTY:
    case ARMALO_REASON_ROUTE_UNKNOWN_AUTH:
    case ARMALO_REASON_ROUTE_UNKNOWN_CLASS:
    case ARMALO_REASON_ROUTE_MUTATION_WITHOUT_AUTH:
    case ARMALO_REASON_ROUTE_MUTATION_WITHOUT_OWNER:
    case ARMALO_REASON_ROUTE_MUTATION_WITHOUT_AUDIT:
    case ARMALO_REASON_ROUTE_MUTATION_WITHOUT_SCOPE:
    case ARMALO_REASON_ROUTE_OVERLAP:
    case ARMALO_REASON_ROUTE_PARAMETER_REPEATED:
    case ARMALO_REASON_ROUTE_INVALID_METHOD:
    case ARMALO_REASON_ROUTE_INVALID_PATH:
    case ARMALO_REASON_ROUTE_INVALID_SCOPE:
    case ARMALO_REASON_TRUST_MALFORMED:
    case ARMALO_REASON_TRUST_EMPTY:
    case ARMALO_REASON_TRUST_KEY_WEAK:
    case ARMALO_REASON_TRUST_KEY_UNSUPPORTED:
    case ARMALO_REASON_TRUST_KEY_DUPLICATE:
    case ARMALO_REASON_TRUST_TOO_MANY:
    case ARMALO_REASON_TRUST_ROOTS_MISSING:
    case ARMALO_REASON_TRUST_CHAIN_INVALID:
    case ARMALO_REASON_TRUST_UNBOUNDED:
    case ARMALO_REASON_POLICY_MALFORMED:
    case ARMALO_REASON_POLICY_INCOMPLETE:
    case ARMALO_REASON_ATTEST_KEY_UNUSABLE:
    case ARMALO_REASON_ATTEST_SPEC_INVALID:
        return 1;
    default:
        return 0;
    }
}

int cli_denied(const cli_run *run, int fd, const armalo_decision *why) {
    return cli_is_fault(why) ? cli_refused(run, why) : cli_answer(run, fd, why, NULL);
}

int cli_given(const cli_run *run, const char *name, const char *value) {
    if (value == NULL) cli_usage(run, "%s is missing", name);
    return value != NULL;
}

char *cli_joined(const cli_run *run, const cli_list *list) {
    char *text = NULL;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    if (to != NULL) {
        for (size_t i = 0; i < list->count; i++) (void)fprintf(to, "%s%s", i > 0 ? "," : "", list->item[i]);
        int failed = ferror(to);
        if (fclose(to) != 0 || failed) {
            free(text);
            text = NULL;
        }
    }
    if (text == NULL) cli_usage(run, "no memory");
    return text;
}

/* A plain decimal number: no sign, no blank, no leading zero, exact in every JSON reader. */
static int number(const char *text, int64_t *out) {
    int64_t value = 0;
    size_t i = 0;
    for (; text[i] >= '0' && text[i] <= '9' && i < 16; i++) value = value * 10 + (text[i] - '0');
    if (i == 0 || text[i] != 0 || (text[0] == '0' && i > 1) || value > INT64_C(9007199254740991)) return 0;
    *out = value;
    return 1;
}

static int set(const cli_run *run, const cli_option *option, const char *value, size_t room) {
    cli_list *list = option->to;
    const char **text = option->to;
    switch (option->kind) {
    case CLI_FLAG:
        *(int *)option->to = 1;
        return 1;
    case CLI_TEXT:
        *text = value;
        return 1;
    case CLI_NUMBER:
        if (number(value, option->to) && *(int64_t *)option->to >= option->min) return 1;
        cli_usage(run, "--%s: not a whole number of at least %lld, in plain digits", option->name,
                  (long long)option->min);
        return 0;
    default:
        if (list->item == NULL) list->item = calloc(room, sizeof *list->item);
        if (list->item != NULL) list->item[list->count++] = value;
        if (list->item == NULL) cli_usage(run, "no memory");
        return list->item != NULL;
    }
}

#define CLI_OPTIONS 24

int cli_parse(cli_run *run, int argc, char **argv, const cli_option *own, const char **operand) {
    const cli_option common[] = {
        {"now", CLI_NUMBER, &run->now_s, 0},
        {"mode", CLI_TEXT, &run->mode, 0},
        {"root-key-file", CLI_TEXT, &run->root_key_file, 0},
        {"audit", CLI_TEXT, &run->audit_file, 0},
        {"public", CLI_FLAG, &run->public_view, 0},
        {"pretty", CLI_FLAG, &run->pretty, 0},
        {NULL, CLI_FLAG, NULL, 0},
    };
    const cli_option *known[CLI_OPTIONS];
    struct option names[CLI_OPTIONS + 1];
    int given[CLI_OPTIONS] = {0}, count = 0, index;
    for (const cli_option *o = common; o->name != NULL; o++) known[count++] = o;
    for (const cli_option *o = own; o != NULL && o->name != NULL && count < CLI_OPTIONS; o++) known[count++] = o;
    memset(names, 0, sizeof names);
    for (index = 0; index < count; index++) {
        names[index].name = known[index]->name;
        names[index].has_arg = known[index]->kind == CLI_FLAG ? no_argument : required_argument;
        names[index].val = 256 + index;
    }
    opterr = 0;
    for (;;) {
        int got = getopt_long(argc, argv, ":", names, NULL);
        if (got == -1) break;
        if (got == ':') {
            cli_usage(run, "--%s needs a value", known[optopt - 256]->name);
            return 0;
        }
        index = got - 256;
        if (index < 0 || index >= count) {
            const char *word = argv[optind - 1];       /* up to the =, since what follows may be a secret */
            if (optopt > 0 && optopt < 256) word = ""; /* of one letter: there is none */
            cli_usage(run, "unknown or ambiguous option %.*s; see `armalo help %s`", (int)strcspn(word, "="), word,
                      run->command);
            return 0;
        }
        if (given[index] && known[index]->kind != CLI_LIST) {
            cli_usage(run, "--%s is given twice", known[index]->name);
            return 0;
        }
        given[index] = 1;
        if (!set(run, known[index], optarg, (size_t)argc)) return 0;
    }
    if (operand != NULL && optind < argc) *operand = argv[optind++];
    if (optind < argc) {
        cli_usage(run, "too many arguments; see `armalo help %s`", run->command);
        return 0;
    }
    if (run->public_view && run->pretty) {
        cli_usage(run, "--public and --pretty exclude each other");
        return 0;
    }
    return 1;
}

void cli_wipe(void *data, size_t len) {
    /* A call that the compiler cannot see through, so cannot leave out. */
    static void *(*const volatile set_bytes)(void *, int, size_t) = memset;
    if (len > 0) set_bytes(data, 0, len);
}

void cli_bytes_free(cli_bytes *bytes) {
    if (bytes->data != NULL) cli_wipe(bytes->data, bytes->len);
    free(bytes->data);
    bytes->data = NULL;
    bytes->len = 0;
}

int cli_open(cli_run *run, const char *what, const char *path) {
    struct stat info;
    int standard = path == NULL || strcmp(path, "-") == 0;
    if (standard && run->stdin_taken) {
        cli_usage(run, "%s: standard input can be read once only", what);
        return -1;
    }
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        cli_close(fd);
        errno = EISDIR;
        fd = -1;
    }
    if (fd < 0) cli_usage(run, "%s: %s", what, strerror(errno));
    run->stdin_taken |= standard;
    return fd;
}

void cli_close(int fd) {
    if (fd > STDERR_FILENO) (void)close(fd);
}

int cli_real_file(const cli_run *run, const char *what, const char *path) {
    int real = strcmp(path, "-") != 0 && *path != 0;
    if (!real) cli_usage(run, "%s: not the name of a file", what);
    return real;
}

/* Room for more; the old place is wiped, since it may have held a secret. */
static int grow(cli_bytes *bytes, size_t *room, size_t most) {
    size_t wanted = *room == 0 ? 4096 : *room > most / 2 ? most : *room * 2;
    if (wanted > most) wanted = most;
    char *data = malloc(wanted);
    if (data == NULL) return 0;
    size_t len = bytes->len;
    if (len > 0) memcpy(data, bytes->data, len);
    cli_bytes_free(bytes);
    bytes->data = data;
    bytes->len = len;
    *room = wanted;
    return 1;
}

int cli_read_open(const cli_run *run, const char *what, int fd, size_t max, cli_bytes *out) {
    size_t room = 0, most = max == SIZE_MAX ? max : max + 1;
    ssize_t got = 1;
    while (got != 0 && out->len < most) {
        if (out->len == room && !grow(out, &room, most)) {
            errno = ENOMEM;
            break;
        }
        got = read(fd, out->data + out->len, room - out->len);
        if (got > 0) out->len += (size_t)got;
        if (got < 0 && errno != EINTR) break;
    }
    int done = got == 0 || out->len == most;
    if (!done) cli_usage(run, "%s: %s", what, strerror(errno));
    return done;
}

int cli_read(cli_run *run, const char *what, const char *path, size_t max, cli_bytes *out) {
    int fd = cli_open(run, what, path);
    int done = fd >= 0 && cli_read_open(run, what, fd, max, out);
    cli_close(fd);
    return done;
}

int cli_read_secret(cli_run *run, const char *what, const char *path, size_t max, cli_bytes *out) {
    if (!cli_read(run, what, path, max, out)) return 0;
    if (out->len > 0 && out->data[out->len - 1] == '\n') {
        out->len--;
        if (out->len > 0 && out->data[out->len - 1] == '\r') out->len--;
    }
    return 1;
}

int cli_write(int fd, const char *data, size_t len) {
    while (len > 0) {
        ssize_t put = write(fd, data, len);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return 0;
        data += put;
        len -= (size_t)put;
    }
    return 1;
}

int cli_print(const cli_run *run, const char *data, size_t len, int status) {
    if (cli_write(STDOUT_FILENO, data, len)) return status;
    return cli_usage(run, "standard output: %s", strerror(errno));
}

int cli_print_line(const cli_run *run, char *text) {
    size_t len = strlen(text);
    text[len] = '\n';
    return cli_print(run, text, len + 1, CLI_GRANTED);
}

int cli_print_json(const cli_run *run, cJSON *value, int status) {
    char *text = value == NULL ? NULL : run->pretty ? cJSON_Print(value) : cJSON_PrintUnformatted(value);
    cJSON_Delete(value);
    if (text == NULL) return cli_usage(run, "no memory");
    int printed = cli_print_line(run, text);
    cJSON_free(text);
    return printed == CLI_GRANTED ? status : printed;
}

cJSON *cli_words(const char *text) {
    cJSON *array = cJSON_CreateArray();
    char word[ARMALO_SCOPE_MAX + 1];
    while (array != NULL && *text != 0) {
        size_t len = strcspn(text, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)len, text);
        if (!cJSON_AddItemToArray(array, cJSON_CreateString(word))) {
            cJSON_Delete(array);
            array = NULL;
        }
        text += len;
        text += *text == ' ';
    }
    return array;
}
