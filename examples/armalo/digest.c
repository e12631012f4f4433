/* SPDX-License-Identifier: MIT */
/* Digests of files, and texts that are digests. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)64 * 1024)

int cli_is_digest(const char *text) { return strncmp(text, "sha256:", 7) == 0 || strncmp(text, "sha512:", 7) == 0; }

int cli_digest_fits(const cli_run *run, const char *what, const char *text) {
    size_t digits = strncmp(text, "sha512:", 7) == 0 ? 128 : 64;
    int fits = strlen(text) == 7 + digits && strspn(text + 7, "0123456789abcdef") == digits;
    if (!fits) cli_usage(run, "%s: not sha256: and 64 or sha512: and 128 hexadecimal digits, in lowercase", what);
    return fits;
}

void cli_digest_text(const uint8_t digest[ARMALO_DIGEST_SIZE], char text[CLI_DIGEST_SIZE]) {
    memcpy(text, "sha256:", 7);
    for (size_t i = 0; i < ARMALO_DIGEST_SIZE; i++) (void)snprintf(text + 7 + 2 * i, 3, "%02x", digest[i]);
}

/* The file to its end. 1, or 0 after saying why not. */
static int add_file(const cli_run *run, const char *what, int fd, EVP_MD_CTX *context) {
    char chunk[CHUNK];
    ssize_t got;
    do {
        got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) cli_usage(run, "%s: %s", what, strerror(errno));
        if (got < 0) return 0;
        if (EVP_DigestUpdate(context, chunk, (size_t)got) != 1) {
            cli_usage(run, "%s: no digest", what);
            return 0;
        }
    } while (got != 0);
    return 1;
}

int cli_digest_file(cli_run *run, const char *what, const char *path, char text[CLI_DIGEST_SIZE]) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int good = 0, fd = cli_open(run, what, path);
    if (fd < 0) return 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
        cli_usage(run, "%s: no digest", what);
    } else if (add_file(run, what, fd, context)) {
        good = EVP_DigestFinal_ex(context, digest, &len) == 1 && len == ARMALO_DIGEST_SIZE;
        if (!good) cli_usage(run, "%s: no digest", what);
    }
    EVP_MD_CTX_free(context);
    cli_close(fd);
    if (good) cli_digest_text(digest, text);
    return good;
}
