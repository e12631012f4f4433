/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* POSIX.1-2008 with realpath */
#include "records.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORDS_MAX ((size_t)256 << 20)

static int lock(int fd, short kind) {
    struct flock all = {.l_type = kind, .l_whence = SEEK_SET};
    int got;
    do got = fcntl(fd, F_SETLKW, &all);
    while (got != 0 && errno == EINTR);
    return got == 0;
}

/* 1 if the file that is locked is still the one of that name, 0 if another one took its place; -1 with errno. */
static int still_there(const char *path, cli_records *r) {
    struct stat named;
    free(r->path);
    r->path = NULL;
    if (fstat(r->fd, &r->info) != 0) return -1;
    if (!S_ISREG(r->info.st_mode)) return 1; /* to be refused */
    r->path = realpath(path, NULL);
    if (r->path == NULL || stat(r->path, &named) != 0) return -1;
    return named.st_dev == r->info.st_dev && named.st_ino == r->info.st_ino;
}

int cli_records_open(cli_run *run, const char *path, int create, cli_records *r) {
    char last = '\n';
    int there = 0;
    if (!cli_real_file(run, "--records", path)) return 0;
    while (there == 0) {
        cli_close(r->fd);
        r->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
        there = r->fd >= 0 && lock(r->fd, F_WRLCK) ? still_there(path, r) : -1;
    }
    off_t size = r->info.st_size;
    if (there < 0)
        cli_usage(run, "--records: %s", strerror(errno));
    else if (!S_ISREG(r->info.st_mode))
        cli_usage(run, "--records: not a regular file");
    else if (size > 0 && (pread(r->fd, &last, 1, size - 1) != 1 || last != '\n'))
        cli_usage(run, "--records: the last line has no end");
    else
        return 1;
    return 0;
}

void cli_records_close(cli_records *r) {
    cli_close(r->fd);
    cli_bytes_free(&r->text);
    free(r->path);
}

/* A new name is on the disk when its directory is. Some file systems cannot be asked (EINVAL). */
static int sync_name(const char *path) {
    char *directory = strdup(path);
    if (directory == NULL) return 0;
    strrchr(directory, '/')[1] = 0; /* realpath gave it, so there is one */
    int fd = open(directory, O_RDONLY | O_CLOEXEC);
    int done = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    int error = errno;
    free(directory);
    cli_close(fd);
    errno = error;
    return done;
}

int cli_records_issue(const cli_run *run, cli_records *r, char *record, char *secret) {
    size_t len = strlen(record);
    off_t size = r->info.st_size;
    int status = CLI_USAGE;
    record[len] = '\n';
    if (cli_write(r->fd, record, len + 1) && fsync(r->fd) == 0 && (size > 0 || sync_name(r->path)))
        status = cli_print_line(run, secret);
    else
        cli_usage(run, "--records: %s", strerror(errno));
    if (status != CLI_GRANTED && ftruncate(r->fd, size) != 0)
        cli_usage(run, "--records: the last line may be torn: %s", strerror(errno));
    return status;
}

/* Give a file the owner and the mode of another. */
static int become(int fd, const struct stat *like) {
    struct stat is;
    if (fstat(fd, &is) != 0) return 0;
    if ((is.st_uid != like->st_uid || is.st_gid != like->st_gid) && fchown(fd, like->st_uid, like->st_gid) != 0)
        return 0;
    return fchmod(fd, like->st_mode & 0777) == 0;
}

int cli_records_replace(const cli_run *run, cli_records *r, const char *text, size_t len) {
    size_t room = strlen(r->path) + sizeof ".XXXXXX";
    char *name = malloc(room);
    int fd = -1;
    if (r->info.st_nlink > 1) {
        free(name);
        cli_usage(run, "--records: the file has a second name (a hard link), which would keep the old records");
        return 0;
    }
    if (name != NULL) {
        (void)snprintf(name, room, "%s.XXXXXX", r->path);
        fd = mkstemp(name);
    }
    /* The new file is locked before it can be found: nobody may append to it while it could still be put back. */
    int renamed = fd >= 0 && become(fd, &r->info) && lock(fd, F_WRLCK) && cli_write(fd, text, len) && fsync(fd) == 0 &&
                  rename(name, r->path) == 0;
    int done = renamed && sync_name(r->path);
    if (!done) cli_usage(run, "--records: %s", strerror(errno));
    if (renamed) {
        cli_close(r->fd);
        r->fd = fd;
        r->replaced = 1;
    } else if (fd >= 0) {
        (void)unlink(name);
        cli_close(fd);
    }
    free(name);
    return done;
}

static int small_enough(const cli_run *run, const cli_bytes *text) {
    if (text->len > RECORDS_MAX) cli_usage(run, "--records: larger than %zu bytes", RECORDS_MAX);
    return text->len <= RECORDS_MAX;
}

int cli_records_read(cli_run *run, const char *path, cli_bytes *text) {
    int fd = cli_open(run, "--records", path);
    if (fd < 0) return 0;
    (void)lock(fd, F_RDLCK); /* what cannot be locked, such as a pipe, is not changed by us either */
    int done = cli_read_open(run, "--records", fd, RECORDS_MAX, text) && small_enough(run, text);
    cli_close(fd);
    return done;
}

armalo_keys *cli_keys_load(const cli_run *run, const cli_bytes *text, int fd, armalo_decision *why, int *status) {
    size_t bad_line = 0;
    armalo_keys *keys = armalo_keys_new(run->host, NULL, NULL, why);
    if (keys == NULL) {
        *status = cli_refused(run, why);
    } else if (!armalo_keys_load(keys, text->data, text->len, &bad_line, why)) {
        armalo_keys_free(keys);
        keys = NULL;
        *status = bad_line == 0 ? cli_denied(run, fd, why)
                                : cli_usage(run, "--records: line %zu: %s: %s", bad_line,
                                            armalo_reason_name(why->reason), armalo_reason_meaning(why->reason));
    }
    return keys;
}

int cli_read_token(cli_run *run, cli_bytes *token) {
    /* Far more than any token has, so that a longer text is refused for what it is. */
    return cli_read_secret(run, "the token", NULL, 4096, token);
}

int cli_records_hold_keys(const cli_run *run, cli_records *r, int fd) {
    armalo_decision why;
    int status = CLI_USAGE;
    if (!cli_read_open(run, "--records", r->fd, RECORDS_MAX, &r->text) || !small_enough(run, &r->text)) return status;
    armalo_keys *keys = cli_keys_load(run, &r->text, fd, &why, &status);
    if (keys != NULL) status = CLI_GRANTED;
    armalo_keys_free(keys);
    return status;
}

int cli_records_next(const cli_bytes *text, size_t *at, const char **line, size_t *len) {
    if (*at >= text->len) return 0;
    const char *end = memchr(text->data + *at, '\n', text->len - *at);
    *line = text->data + *at;
    *len = end == NULL ? text->len - *at : (size_t)(end - *line);
    *at += *len + 1;
    if (end != NULL && *len > 0 && (*line)[*len - 1] == '\r') (*len)--;
    return 1;
}

const char *cli_key_record(const cli_run *run, const cli_bytes *text, const char *id, size_t *len) {
    const char *line;
    for (size_t at = 0; cli_records_next(text, &at, &line, len);) {
        cJSON *record = cJSON_ParseWithLength(line, *len);
        const cJSON *name = cJSON_GetObjectItemCaseSensitive(record, "id");
        int found = cJSON_IsString(name) && strcmp(name->valuestring, id) == 0;
        cJSON_Delete(record);
        if (found) return line;
    }
    cli_usage(run, "--records: no such record");
    return NULL;
}
