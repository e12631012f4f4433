/* SPDX-License-Identifier: MIT */
/* records.h: files of records, one JSON object a line, and the key records in them.
 *
 * Whoever changes such a file locks it; whoever reads one waits for that. What fails leaves the file as it was. */
#ifndef ARMALO_COMMAND_RECORDS_H
#define ARMALO_COMMAND_RECORDS_H

#include "common.h"

#include <sys/stat.h>

/* A file that is being changed. Zero it but for fd, which is -1. */
typedef struct cli_records {
    int fd;
    char *path; /* where it is, whatever links led there */
    struct stat info;
    cli_bytes text; /* after cli_records_hold_keys */
    int replaced;
} cli_records;

/* Open the file for changing, alone; `create`: make it when it is not there. 1, or 0 after saying why not. */
int cli_records_open(cli_run *run, const char *path, int create, cli_records *records);
void cli_records_close(cli_records *records);

/* Append a record and, once it is on the disk, print the secret that belongs to it. The line end takes the place of the
 * record's NUL. Returns CLI_GRANTED, or CLI_USAGE after saying why not. */
int cli_records_issue(const cli_run *run, cli_records *records, char *record, char *secret);

/* Put this text in the place of all there is: whoever opens the file finds the old text or the new one. 1, or 0 after
 * saying why not; `replaced` is set as soon as the new one can be found. */
int cli_records_replace(const cli_run *run, cli_records *records, const char *text, size_t len);

/* Read a file without changing it; path may be "-". 1, or 0 after saying why not. */
int cli_records_read(cli_run *run, const char *path, cli_bytes *text);

/* Load key records. NULL after saying why not, with the exit status; a denial is printed on fd. */
armalo_keys *cli_keys_load(const cli_run *run, const cli_bytes *text, int fd, armalo_decision *why, int *status);

/* Read a token from standard input. 1, or 0 after saying why not. */
int cli_read_token(cli_run *run, cli_bytes *token);

/* Read the records of an open file and see that they load, since a host would refuse them together with any record that
 * is put beside them. CLI_GRANTED, or the exit status; a denial is printed on fd. */
int cli_records_hold_keys(const cli_run *run, cli_records *records, int fd);

/* The next line, without its end; *at moves on. 1, or 0 after the last. */
int cli_records_next(const cli_bytes *text, size_t *at, const char **line, size_t *len);

/* The record with this id among key records that were loaded. NULL after saying that there is none. */
const char *cli_key_record(const cli_run *run, const cli_bytes *text, const char *id, size_t *len);

#endif
