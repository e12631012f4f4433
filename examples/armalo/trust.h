/* SPDX-License-Identifier: MIT */
/* trust.h: trusted keys from files. */
#ifndef ARMALO_COMMAND_TRUST_H
#define ARMALO_COMMAND_TRUST_H

#include "common.h"

/* What the options say, and what was read of it. Zero it. */
typedef struct cli_trust {
    cli_list files, owned; /* --trust FILE, --trust-of OWNER=FILE */
    const char *roots;
    int rs256;
    armalo_anchor *anchors; /* those of files first */
    cli_bytes *texts, roots_text;
    char **owners;
} cli_trust;

/* Rows of a command's table. */
/* clang-format off */
#define CLI_TRUST_OPTIONS(trust) \
    {"trust", CLI_LIST, &(trust)->files, 0}, \
    {"trust-of", CLI_LIST, &(trust)->owned, 0}, \
    {"roots", CLI_TEXT, &(trust)->roots, 0}, \
    {"rsa-pkcs1", CLI_FLAG, &(trust)->rs256, 0}
/* clang-format on */

/* Read the files that the options name. 1, or 0 after saying why not. */
int cli_trust_read(cli_run *run, cli_trust *trust);

/* The keys in them, pinned: they are the operator's own. NULL after saying why not. run->host is there. */
armalo_trust *cli_trust_make(const cli_run *run, const cli_trust *trust);
void cli_trust_end(cli_trust *trust);

#endif
