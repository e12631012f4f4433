/* SPDX-License-Identifier: MIT */
/* The host that the command is to the library: its mode, its clock, its audit file and its root key. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t cli_now_ms(const cli_run *run) {
    struct timespec now;
    if (run->now_s >= 0) return run->now_s * 1000;
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return 0;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t cli_later_ms(const cli_run *run, int64_t seconds) {
    int64_t now_ms = cli_now_ms(run);
    if (seconds == 0) return 0;
    return seconds > (INT64_MAX - now_ms) / 1000 ? INT64_MAX : now_ms + seconds * 1000;
}

static int64_t clock_of(void *ctx) { return cli_now_ms(ctx); }

/* One event, one line, on the disk before the answer is given. A pipe or a terminal has no disk (EINVAL). */
static int append_event(void *ctx, const char *event, size_t len) {
    const cli_run *run = ctx;
    char line[16384];
    if (len >= sizeof line) return 0;
    memcpy(line, event, len);
    line[len] = '\n';
    return cli_write(run->audit_fd, line, len + 1) && (fsync(run->audit_fd) == 0 || errno == EINVAL);
}

static int mode_of(const char *name) {
    if (name == NULL || strcmp(name, "production") == 0) return ARMALO_MODE_PRODUCTION;
    if (strcmp(name, "staging") == 0) return ARMALO_MODE_STAGING;
    if (strcmp(name, "simulation") == 0) return ARMALO_MODE_SIMULATION;
    if (strcmp(name, "dry_run") == 0) return ARMALO_MODE_DRY_RUN;
    return ARMALO_MODE_UNSET;
}

/* The value of a digit, or -1. */
static int digit_of(const char *digits, size_t count, char c) {
    const char *at = c == 0 ? NULL : memchr(digits, c, count);
    return at == NULL ? -1 : (int)(at - digits);
}

/* Digits of `bits` bits each into bytes. 1 if every digit is one and the bits left over are zero. */
static int decode(const char *digits, unsigned bits, const char *text, size_t len, uint8_t *out) {
    unsigned held = 0, store = 0;
    for (size_t i = 0; i < len; i++) {
        int value = digit_of(digits, (size_t)1 << bits, text[i]);
        if (value < 0) return 0;
        store = ((store << bits) | (unsigned)value) & 0xFFFF;
        held += bits;
        if (held < 8) continue;
        held -= 8;
        *out++ = (uint8_t)(store >> held);
    }
    return (store & ((1U << held) - 1)) == 0;
}

/* 32 raw bytes, 64 hexadecimal digits, or 44 characters of base64; a line end may follow the last two. */
static int root_key(cli_run *run, uint8_t key[ARMALO_ROOT_KEY_SIZE]) {
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    cli_bytes file = {NULL, 0};
    int fine = cli_read(run, "--root-key-file", run->root_key_file, 66, &file);
    if (!fine) return cli_bytes_free(&file), 0;
    size_t len = file.len;
    if (len > ARMALO_ROOT_KEY_SIZE && file.data[len - 1] == '\n') len--;
    if (len > ARMALO_ROOT_KEY_SIZE && len < file.len && file.data[len - 1] == '\r') len--;
    if (file.len == ARMALO_ROOT_KEY_SIZE) {
        memcpy(key, file.data, ARMALO_ROOT_KEY_SIZE);
    } else if (len == 64) {
        for (size_t i = 0; i < len; i++) {
            if (file.data[i] >= 'A' && file.data[i] <= 'F') file.data[i] = (char)(file.data[i] - 'A' + 'a');
        }
        fine = decode("0123456789abcdef", 4, file.data, 64, key);
    } else {
        fine = len == 44 && file.data[43] == '=' && decode(base64, 6, file.data, 43, key);
    }
    if (!fine) cli_usage(run, "--root-key-file: not 32 bytes, raw or in hexadecimal or base64");
    cli_bytes_free(&file);
    return fine;
}

int cli_host(cli_run *run) {
    armalo_decision why;
    uint8_t key[ARMALO_ROOT_KEY_SIZE];
    armalo_host_config config = {.struct_size = sizeof config, .now_ms = clock_of, .clock_ctx = run};
    config.mode = mode_of(run->mode);
    if (config.mode == ARMALO_MODE_UNSET) {
        cli_usage(run, "--mode: not production, staging, simulation or dry_run");
        return 0;
    }
    if (run->audit_file != NULL && !cli_real_file(run, "--audit", run->audit_file)) return 0;
    if (run->root_key_file != NULL) {
        if (!root_key(run, key)) return cli_wipe(key, sizeof key), 0;
        config.root_key = key;
        config.root_key_len = sizeof key;
    }
    if (run->audit_file == NULL) {
        config.audit_off = ARMALO_AUDIT_OFF;
    } else {
        run->audit_fd = open(run->audit_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        config.audit = append_event;
        config.audit_ctx = run;
    }
    if (run->audit_file != NULL && run->audit_fd < 0) {
        cli_usage(run, "--audit: %s", strerror(errno));
    } else {
        run->host = armalo_host_new(&config, &why);
        if (run->host == NULL) cli_refused(run, &why);
    }
    cli_wipe(key, sizeof key);
    return run->host != NULL;
}

void cli_end(cli_run *run) {
    armalo_host_free(run->host);
    if (run->audit_fd >= 0) (void)close(run->audit_fd);
}
