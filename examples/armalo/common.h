/* SPDX-License-Identifier: MIT */
/* common.h: what every command of `armalo` shares: options, files, the host, and how an answer is printed. */
#ifndef ARMALO_COMMAND_COMMON_H
#define ARMALO_COMMAND_COMMON_H

#include "armalo.h"

#include <cjson/cJSON.h>
#include <stdio.h>

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
int cli_key_issue(cli_run *run, int argc, char **argv);
int cli_key_verify(cli_run *run, int argc, char **argv);
int cli_key_rotate(cli_run *run, int argc, char **argv);
int cli_key_revoke(cli_run *run, int argc, char **argv);
int cli_key_list(cli_run *run, int argc, char **argv);
int cli_key_unused(cli_run *run, int argc, char **argv);
int cli_scope_check(cli_run *run, int argc, char **argv);
int cli_routes_lint(cli_run *run, int argc, char **argv);
int cli_routes_authorize(cli_run *run, int argc, char **argv);
int cli_attest_verify(cli_run *run, int argc, char **argv);
int cli_attest_sign(cli_run *run, int argc, char **argv);
int cli_attest_inspect(cli_run *run, int argc, char **argv);
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

/* 1 if a required option was given; 0 after saying that it is missing. */
int cli_given(const cli_run *run, const char *name, const char *value);

/* A list of options as one text, with commas between; NULL after saying that there is no memory. Free it. */
char *cli_joined(const cli_run *run, const cli_list *list);

/* Say on standard error what is wrong. Returns CLI_USAGE. Never give it what a secret file or an argument holds. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
int cli_usage(const cli_run *run, const char *format, ...);

/* The same for a library call that refused: the reason, its meaning and its detail. Returns CLI_USAGE. */
int cli_refused(const cli_run *run, const armalo_decision *why);

/* Are the arguments or a file at fault, and not what was to be judged? */
int cli_is_fault(const armalo_decision *why);

/* What a call that gave no answer comes to: cli_refused() if that is so, else the denial is printed on fd. */
int cli_denied(const cli_run *run, int fd, const armalo_decision *why);

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

/* The same for a file that is open. */
int cli_read_open(const cli_run *run, const char *what, int fd, size_t max, cli_bytes *out);

/* Read a secret: a file less the one line end that may end it. */
int cli_read_secret(cli_run *run, const char *what, const char *path, size_t max, cli_bytes *out);

/* Write all of it. 1, or 0 with errno. */
int cli_write(int fd, const char *data, size_t len);

/* Write to standard output. Returns status, or CLI_USAGE when it could not be written. */
int cli_print(const cli_run *run, const char *data, size_t len, int status);

/* Print a text and a line end, which takes the place of its NUL, so that a secret is written in one piece and into no
 * other buffer. Returns CLI_GRANTED, or CLI_USAGE when it could not be written. */
int cli_print_line(const cli_run *run, char *text);

/* Print an object or array on a line (with --pretty, on many), and free it; NULL is no memory. Returns as cli_print. */
int cli_print_json(const cli_run *run, cJSON *value, int status);

/* JSON text as it came but for its white space: on one line, or on many; nothing in it moves a terminal. NULL after
 * saying that there is no memory. Free it. */
char *cli_json_text(const cli_run *run, const char *json, int lines);

/* Print such a text and a line end, with --pretty on many lines. Returns CLI_GRANTED, or CLI_USAGE when it could not be
 * written. */
int cli_print_layout(const cli_run *run, const char *json);

/* "sha256:…" or "sha512:…", with its NUL. */
#define CLI_DIGEST_SIZE (7 + 128 + 1)

/* Does the text begin like a digest? */
int cli_is_digest(const char *text);
/* 1 if it is one; 0 after saying that it is not. */
int cli_digest_fits(const cli_run *run, const char *what, const char *text);
void cli_digest_text(const uint8_t digest[ARMALO_DIGEST_SIZE], char text[CLI_DIGEST_SIZE]);
/* The SHA-256 of a file. 1, or 0 after saying why not. */
int cli_digest_file(cli_run *run, const char *what, const char *path, char text[CLI_DIGEST_SIZE]);

/* The words of a text, which are separated by single spaces, as an array; NULL for no memory. */
cJSON *cli_words(const char *text);

/* Make run->host from the common options. 1, or 0 after saying why not. cli_end ends it. */
int cli_host(cli_run *run);
int64_t cli_now_ms(const cli_run *run);
/* The time so many seconds from now, however many; 0 for 0. */
int64_t cli_later_ms(const cli_run *run, int64_t seconds);
void cli_end(cli_run *run);

/* Write what came from outside for a person to read. It does not move the cursor: C0, DEL, and C1 (as UTF-8) are shown
 * as "?". */
void cli_put(FILE *to, const char *text);

/* Print a decision on fd as the options ask, with more members (an object, or NULL). Returns CLI_GRANTED or
 * CLI_DENIED; CLI_USAGE when it could not be written. */
int cli_answer(const cli_run *run, int fd, const armalo_decision *why, const cJSON *members);

#endif
