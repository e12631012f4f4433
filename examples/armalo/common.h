/* SPDX-License-Identifier: MIT */
/* common.h: what every command of `armalo` shares: options, files, the host, and how an answer is printed. */
#ifndef ARMALO_COMMAND_COMMON_H
#define ARMALO_COMMAND_COMMON_H

#include "armalo.h"

#include <cjson/cJSON.h>

/* Exit statuses. On CLI_USAGE nothing was granted and nothing is on standard output. */
#define CLI_GRANTED 0
#define CLI_DENIED  1
#define CLI_USAGE   2

/* One run of one command: the options that all commands have, and the host that is made from them. */
typedef struct cli_run {
    const char *command; /* "webhook verify", for messages */
    int64_t now_s;       /* --now; negative: the clock */
    const char *mode, *root_key_file, *audit_file;
    int public_view, pretty;
    int stdin_taken; /* standard input can be read once */
    int audit_fd;
    armalo_host *host;
} cli_run;

/* A command; main.c has the table. */
int cli_webhook_verify(cli_run *run, int argc, char **argv);
int cli_webhook_sign(cli_run *run, int argc, char **argv);
int cli_webhook_secret_issue(cli_run *run, int argc, char **argv);
int cli_webhook_secret_open(cli_run *run, int argc, char **argv);
int cli_webhook_schemes(cli_run *run, int argc, char **argv);
int cli_json_check(cli_run *run, int argc, char **argv);
int cli_json_canon(cli_run *run, int argc, char **argv);

/* The values of an option that may be repeated, in the order given. Free item; the texts are argv's. */
typedef struct cli_list {
    const char **item;
    size_t count;
} cli_list;

/* A command's own option. An option that is not a list may be given once. */
enum cli_kind {
    CLI_FLAG,   /* int: 1 when given */
    CLI_TEXT,   /* const char *: NULL until given */
    CLI_NUMBER, /* int64_t: unchanged until given; decimal digits only, at least min, at most 2^53-1 */
    CLI_LIST    /* cli_list */
};
typedef struct cli_option {
    const char *name; /* NULL ends the table */
    enum cli_kind kind;
    void *to;
    int64_t min;
} cli_option;

/* Read the arguments: the common options into run, the command's own by its table, and at most one operand (operand
 * NULL: none is allowed). 1, or 0 after saying what is wrong. */
int cli_parse(cli_run *run, int argc, char **argv, const cli_option *own, const char **operand);

/* Say on standard error what is wrong. Returns CLI_USAGE. Never give it what a secret file or an argument holds. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
int cli_usage(const cli_run *run, const char *format, ...);

/* The same for a library call that refused: the reason, its meaning and its detail. Returns CLI_USAGE. */
int cli_refused(const cli_run *run, const armalo_decision *why);

/* Bytes that were read from a file. cli_bytes_free wipes them. */
typedef struct cli_bytes {
    char *data;
    size_t len;
} cli_bytes;
void cli_bytes_free(cli_bytes *bytes);
void cli_wipe(void *data, size_t len);

/* Open a file for reading; NULL and "-" are standard input. -1 after saying why not. `what` stands for the file in
 * messages: its name is not shown, since somebody will type a secret where a file name belongs. */
int cli_open(cli_run *run, const char *what, const char *path);
void cli_close(int fd);

/* 1 if a file that is to be written has a name, and not the one of standard input; 0 after saying so. */
int cli_real_file(const cli_run *run, const char *what, const char *path);

/* Read a file up to max bytes, and one byte more when there is more, for the library to refuse. 1, or 0 after saying
 * why not. */
int cli_read(cli_run *run, const char *what, const char *path, size_t max, cli_bytes *out);

/* Write all of it. 1, or 0 with errno. */
int cli_write(int fd, const char *data, size_t len);

/* Write to standard output. Returns status, or CLI_USAGE when it could not be written. */
int cli_print(const cli_run *run, const char *data, size_t len, int status);

/* Make run->host from the common options. 1, or 0 after saying why not. cli_end ends it. */
int cli_host(cli_run *run);
int64_t cli_now_ms(const cli_run *run);
void cli_end(cli_run *run);

/* Print a decision on fd as the options ask, with more members (an object, or NULL). Returns CLI_GRANTED or
 * CLI_DENIED; CLI_USAGE when it could not be written. */
int cli_answer(const cli_run *run, int fd, const armalo_decision *why, const cJSON *members);

#endif
