/* SPDX-License-Identifier: MIT */
/* armalo: the library's reach for people. It parses arguments, reads files and prints; every judgement is a public call
 * of the library. */
#define _POSIX_C_SOURCE 200809L
#include "common.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SENDER                                                                                                         \
    "  --scheme NAME|FILE.json  a preset (armalo webhook schemes), or a scheme of your own\n"                          \
    "  --secret-file F          the secret as the sender gives it; repeat it during a rotation\n"                      \
    "  --max-body N             the largest body, in bytes (1048576)\n"

#define RECORDS "  --records FILE           the file of records, one a line\n"
#define BEARER                                                                                                         \
    "  --browser                the request comes from a browser\n"                                                    \
    "  --key-id ID              the key's id, where the caller sends it besides (none)\n"

#define TRUST                                                                                                          \
    "  --trust FILE             trusted keys: JWKS, PEM, a certificate, or lines of did:key; repeat it\n"              \
    "  --trust-of OWNER=FILE    the same, and whom they speak for; repeat it\n"                                        \
    "  --roots FILE             PEM certificates that the certificates must lead up to\n"                              \
    "  --rsa-pkcs1              RSA keys that name no algorithm are for RS256 (PS256)\n"

static const struct {
    const char *name, *summary, *usage, *options;
    int (*run)(cli_run *run, int argc, char **argv);
} commands[] = {
    {"webhook verify", "judge a delivery",
     "--scheme NAME|FILE.json --secret-file F [--secret-file F2 ...] [--header 'Name: value' ...]\n"
     "    [--headers-file F] [--tolerance S] [--event NAME ...] [--store FILE] [--max-body N] [--now T] [BODY-FILE]",
     SENDER "  --header 'Name: value'   a header field as received; repeat it\n"
            "  --headers-file F         header fields, one a line\n"
            "  --tolerance S            seconds either side of now (the scheme's own)\n"
            "  --event NAME             an event that is allowed; repeat it (any event)\n"
            "  --store FILE             remember deliveries in this SQLite file\n",
     cli_webhook_verify},
    {"webhook sign", "print the headers that sign a body",
     "--scheme NAME|FILE.json --secret-file F [--secret-file F2 ...] --id ID [--max-body N] [--now T] [BODY-FILE]",
     SENDER "  --id ID                  the delivery id\n", cli_webhook_sign},
    {"webhook secret issue", "make a secret, print it once, append its sealed record",
     "--root-key-file F --endpoint NAME --records FILE [--expires-in S]",
     "  --endpoint NAME          the endpoint that the secret is for\n" RECORDS
     "  --expires-in S           end of the secret's life, in seconds from now (none)\n",
     cli_webhook_secret_issue},
    {"webhook secret open", "print the secret of a sealed record",
     "--root-key-file F --endpoint NAME --records FILE [--id ID]",
     "  --endpoint NAME          the endpoint that the secret is for\n" RECORDS
     "  --id ID                  the record to open (the endpoint's last one)\n",
     cli_webhook_secret_open},
    {"webhook schemes", "print the presets as JSON", "", "", cli_webhook_schemes},
    {"key issue", "make a key, print its token once, append its sealed record",
     "--root-key-file F --org O --scope S [--scope S2 ...] --records FILE [--name NAME] [--env live|test|sim]\n"
     "    [--use server|any] [--prefix P] [--expires-in S] [--parent ID]",
     "  --org O                  the org that the key is of\n"
     "  --scope S                what the key may do; repeat it, or put commas between\n" RECORDS
     "  --name NAME              what people call it\n"
     "  --env live|test|sim      what it is for (live)\n"
     "  --use server|any         any: also from a browser, but never for a mutation (server)\n"
     "  --prefix P               how its token begins (pk)\n"
     "  --expires-in S           end of the key's life, in seconds from now (none)\n"
     "  --parent ID              the key that mints it, and that it must be within\n",
     cli_key_issue},
    {"key verify", "may the bearer of this token do this?",
     "--root-key-file F --records FILE [--org O] [--scope S ...] [--mutation] [--browser] [--key-id ID] < TOKEN",
     RECORDS "  --org O                  the org that the key must be of (any)\n"
             "  --scope S                what the key must allow; repeat it, or put commas between (none: who is it?)\n"
             "  --mutation               something is to be changed; needs --scope\n" BEARER,
     cli_key_verify},
    {"key rotate", "replace a key, print the new token once", "--root-key-file F --id ID --records FILE [--overlap S]",
     "  --id ID                  the key to be replaced\n" RECORDS
     "  --overlap S              seconds that the old token goes on working (0)\n",
     cli_key_rotate},
    {"key revoke", "end a key", "--root-key-file F --id ID --records FILE",
     "  --id ID                  the key to be revoked\n" RECORDS, cli_key_revoke},
    {"key list", "print the keys, one a line", "--root-key-file F --records FILE", RECORDS, cli_key_list},
    {"key unused", "print the scopes that a key never used", "--root-key-file F --id ID --records FILE [AUDIT-LOG]",
     "  --id ID                  the key to be reviewed\n" RECORDS, cli_key_unused},
    {"scope check", "do these scopes allow those?", "--granted S,... --required S,...",
     "  --granted S,...          what there is\n"
     "  --required S,...         what is needed\n",
     cli_scope_check},
    {"routes lint", "find what blocks a release in a route table or OpenAPI document", "[FILE]", "", cli_routes_lint},
    {"routes authorize", "may this request go ahead?",
     "--root-key-file F --routes FILE --method M --path P --records FILE [--org O] [--owner O2] [--browser]\n"
     "    [--key-id ID] < TOKEN",
     "  --routes FILE            the route table, or an OpenAPI document\n"
     "  --method M               the request's method\n"
     "  --path P                 its path, as received\n" RECORDS
     "  --org O                  the org that the key must be of (any)\n"
     "  --owner O2               the org that the resource belongs to (not known)\n" BEARER,
     cli_routes_authorize},
    {"attest verify", "may this artifact be relied upon?",
     "--trust-of OWNER=FILE ... | --trust FILE ... --policy FILE [--roots FILE] [--rsa-pkcs1]\n"
     "    [--revocations FILE ...] [--revocations-min N] [--subject FILE|sha256:HEX|sha512:HEX | --subject-id TEXT]\n"
     "    [--reveal FILE] [--payload] ARTIFACT",
     TRUST "  --policy FILE            what is accepted of whom, as JSON\n"
           "  --revocations FILE       a signed revocation list; repeat it\n"
           "  --revocations-min N      the lowest number of such a list that is accepted (0)\n"
           "  --subject FILE|DIGEST    what the artifact must speak of: a file, sha256:HEX or sha512:HEX\n"
           "  --subject-id TEXT        the same: the sub of a JWS, the id of a credential's subject\n"
           "  --reveal FILE            a JSON object of withheld sections\n"
           "  --payload                print what was verified, too\n",
     cli_attest_verify},
    {"attest sign", "sign a statement, or add a signature to one",
     "--key FILE --predicate-type T [--subject FILE|sha256:HEX|sha512:HEX ...] [--key-id ID]\n"
     "    [--withhold NAME ...] PREDICATE\n"
     "       armalo attest sign --key FILE --add ENVELOPE [--key-id ID]",
     "  --key FILE               the private key, PEM\n"
     "  --predicate-type T       the type of the predicate, a URI\n"
     "  --subject FILE|DIGEST    what it speaks of: a file, sha256:HEX or sha512:HEX; repeat it (the predicate)\n"
     "  --key-id ID              a hint to the key (its thumbprint)\n"
     "  --withhold NAME          a section of a bundle whose value is left out; repeat it\n"
     "  --add ENVELOPE           an envelope that gets one signature more\n",
     cli_attest_sign},
    {"attest inspect", "print what an artifact says, without judging it", "ARTIFACT", "", cli_attest_inspect},
    {"json check", "is this strict JSON?", "[FILE]", "", cli_json_check},
    {"json canon", "print the canonical form (RFC 8785)", "[FILE]", "", cli_json_canon},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static const char common_help[] = "Common options:\n"
                                  "  --now UNIX_SECONDS       decide as of this time (the clock)\n"
                                  "  --mode MODE              production, staging, simulation or dry_run (production)\n"
                                  "  --root-key-file F        the host's root key: 32 bytes, raw, hex or base64\n"
                                  "  --audit FILE             append every event to this file\n"
                                  "  --public                 print what a stranger may learn\n"
                                  "  --pretty                 print a table\n"
                                  "A file named - is standard input.\n"
                                  "Exit status: 0 granted or valid, 1 denied or invalid, 2 wrong usage.\n";

/* How many words of a command's name the arguments begin with; *whole: all of them. */
static int words_matched(const char *name, int argc, char **argv, int *whole) {
    int words = 0;
    while (*name != 0 && words < argc) {
        size_t len = strcspn(name, " ");
        if (strlen(argv[words]) != len || memcmp(argv[words], name, len) != 0) break;
        words++;
        name += len;
        if (*name == ' ') name++;
    }
    *whole = *name == 0;
    return words;
}

/* The commands that begin with these words, and how to use the one that they name. */
static int help(const cli_run *run, int argc, char **argv) {
    int shown = 0, named = argc == 0, whole;
    if (argc == 0) (void)printf("usage: armalo COMMAND [OPTION ...]\n\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        if (words_matched(commands[i].name, argc, argv, &whole) != argc) continue;
        shown = 1;
        if (!whole) {
            (void)printf("  %-22s %s\n", commands[i].name, commands[i].summary);
            continue;
        }
        named = 1;
        const char *end = commands[i].summary[strlen(commands[i].summary) - 1] == '?' ? "" : ".";
        (void)printf("usage: armalo %s %s\n\n%s: %s%s\n\n%s%s", commands[i].name, commands[i].usage, commands[i].name,
                     commands[i].summary, end, commands[i].options, *commands[i].options != 0 ? "\n" : "");
    }
    if (!shown) return cli_usage(run, "no such command; see `armalo help`");
    if (argc == 0)
        (void)printf("  %-22s %s\n  %-22s %s\n\n", "--version", "print the version", "help [COMMAND]",
                     "print this, or how to use a command");
    if (named) (void)printf("%s", common_help);
    return fflush(stdout) == 0 ? CLI_GRANTED : cli_usage(run, "standard output cannot be written");
}

/* A closed standard descriptor would be given to the next file that is opened: hold its place, the wrong way round. */
static int hold_standard_descriptors(void) {
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) return 0;
    }
    return 1;
}

int main(int argc, char **argv) {
    cli_run run = {.command = "help", .now_s = -1, .audit_fd = -1};
    int whole;
    if (!hold_standard_descriptors()) return CLI_USAGE;
    (void)signal(SIGPIPE, SIG_IGN); /* an answer that nobody reads is an error to be dealt with, not an end */
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        char text[64];
        int len = snprintf(text, sizeof text, "armalo %s\n", armalo_version());
        return cli_print(&run, text, (size_t)len, CLI_GRANTED);
    }
    if (argc >= 2 && (strcmp(argv[1], "help") == 0 || (argc == 2 && strcmp(argv[1], "--help") == 0)))
        return help(&run, argc - 2, argv + 2);
    for (size_t i = 0; i < COMMANDS; i++) {
        int words = words_matched(commands[i].name, argc - 1, argv + 1, &whole);
        if (!whole) continue;
        run.command = commands[i].name;
        int status = commands[i].run(&run, argc - words, argv + words);
        cli_end(&run);
        return status;
    }
    return cli_usage(&run, "no such command; see `armalo help`");
}
