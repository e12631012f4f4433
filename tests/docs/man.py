#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold the manual pages to the headers: python3 tests/docs/man.py, with BUILD (default: build) where the library is.

A public header and its page say the same thing twice, for two readers. This reads both and compares: prototypes,
parameters, constants, members, reasons; compiles the examples; and lets the library judge the schemes, tables, policies
and keys that are shown. What the formats' pages list is read off the library's own tables."""
import glob
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BUILD", os.path.join(ROOT, "build")))
OUT = os.path.join(BUILD, "tests", "docs")
CC = os.environ.get("CC", "cc").split()
SECTIONS = {
    "3": ["NAME", "LIBRARY", "SYNOPSIS", "DESCRIPTION", "RETURN VALUES", "EXAMPLES", "ERRORS", "SEE ALSO", "STANDARDS",
          "CAVEATS", "SECURITY CONSIDERATIONS"],
    "7": ["NAME", "DESCRIPTION", "EXAMPLES", "SEE ALSO", "STANDARDS", "CAVEATS", "SECURITY CONSIDERATIONS"],
}
NOT_CONSTANTS = {"ARMALO_API", "ARMALO_MUST_USE"}
REASON = r"\b(?:core|host|json|webhook|key|route|trust|attest)\.[a-z0-9_]"
STANDARD = (r"RFC \d+|Standard Webhooks [\d.]*\d|DSSE [\d.]*\d|in-toto Statement v\d+|VC Data Model [\d.]*\d|"
            r"Data Integrity EdDSA Cryptosuites [\d.]*\d|did:key")

passed = failed = 0


def check(good, what):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("failed: " + what)


def tidy(text):
    return re.sub(r"\s*([*(),\[\];])\s*", r"\1", " ".join(text.split()))


# The headers.

def comment_text(raw):
    return " ".join(re.sub(r"^\s*\* ?", "", line) for line in raw.strip("/*").splitlines())


def without_comments(source):
    return re.sub(r"/\*.*?\*/", " ", source, flags=re.S)


def split_args(text):
    return [a.strip() for a in re.split(r",(?![^(]*\))", text)] if text.strip() != "void" else []


def declared_name(declaration):
    pointer = re.search(r"\(\*(\w+)\)", declaration)
    return pointer.group(1) if pointer else re.findall(r"\w+", re.sub(r"\[.*", "", declaration))[-1]


class Header:
    def __init__(self, path):
        self.name = os.path.relpath(path, os.path.join(ROOT, "include"))
        self.source = open(path, encoding="utf-8").read()
        bare = without_comments(self.source)
        self.functions = {}
        for m in re.finditer(r"(?:/\*((?:[^*]|\*(?!/))*)\*/\s*)?^ARMALO_API\s+([^;]*);", self.source, re.S | re.M):
            text = " ".join(m.group(2).replace("ARMALO_MUST_USE", " ").split())
            returns, name, args = re.match(r"(.*?)\b(armalo_\w+)\s*\((.*)\)$", text).groups()
            self.functions[name] = (returns.strip(), split_args(args), comment_text(m.group(1) or ""))
        self.callbacks = {m[1]: (m[0], split_args(m[2])) for m in
                          re.findall(r"typedef ([^;{]*?)\(\*(armalo_\w+)\)\(([^)]*)\);", bare)}
        self.structs = {m[1]: [" ".join(d.split()) for d in re.split(r";(?![^{]*\})", m[0]) if d.strip()] for m in
                        re.findall(r"typedef struct \w+ \{(.*?)\}\s*(\w+);", bare, re.S)}
        self.opaque = re.findall(r"^typedef struct (\w+) \1;", bare, re.M)
        self.constants = {}
        for name, comment in re.findall(r"^#define (ARMALO_\w+)[ \t]+\S[^\n]*?(?:/\*(.*))?$", self.source, re.M):
            if name not in NOT_CONSTANTS:
                self.constants[name] = comment
        self.rows = re.findall(r'X\(\s*(\d+),\s*(\w+),\s*"([\w.]+)",\s*(\w+),\s*(\w+),\s*"([^"]*)"\)', self.source)


# The pages. A line that begins with a dot is a macro; the others are text.

class Page:
    def __init__(self, path):
        self.path = path
        self.file = os.path.basename(path)
        self.name, self.section = self.file.rsplit(".", 1)
        self.lines = open(path, encoding="utf-8").read().splitlines()
        self.order = [line[4:].strip() for line in self.lines if line.startswith(".Sh ")]
        self.sections = self.cut(self.lines, ".Sh ")
        self.parts = self.cut(self.sections.get("DESCRIPTION", []), ".Ss ")

    @staticmethod
    def cut(lines, macro):
        parts, current = {}, None
        for line in lines:
            if line.startswith(macro):
                current = parts.setdefault(line[len(macro):].strip().strip('"'), [])
            elif current is not None:
                current.append(line)
        return parts

    def prototypes(self):
        """name: (returns, arguments) of the synopsis."""
        found, returns, name, args = {}, "", None, []
        for line in self.sections.get("SYNOPSIS", []):
            macro, _, rest = line.partition(" ")
            rest = rest.strip()
            if macro == ".Ft":
                returns = rest.strip('"')
            elif macro == ".Fo":
                name, args = rest, []
            elif macro == ".Fa":
                args.append(rest.strip('"'))
            elif macro == ".Fc":
                found[name] = (returns, args)
            elif macro == ".Fn":
                words = rest.split(None, 1)
                found[words[0]] = (returns, split_args(words[1].strip('"') if len(words) > 1 else "void"))
        return found

    def items(self, section=None):
        """Head and body lines of each list item, in order."""
        found = []
        for line in self.lines if section is None else self.sections.get(section, []):
            if line.startswith(".It "):
                found.append((line[4:], []))
            elif line.startswith((".El", ".Ss", ".Sh")):
                found.append(("", []))
            elif found:
                found[-1][1].append(line)
        return [item for item in found if item[0]]

    def examples(self):
        found, block = [], None
        for line in self.sections.get("EXAMPLES", []):
            if line.startswith(".Bd -literal"):
                block = []
            elif line.startswith(".Ed"):
                found.append("\n".join(block) + "\n")
                block = None
            elif block is not None:
                block.append(line.replace("\\&", "").replace("\\e", "\\"))
        return found


def words_after(lines, macro):
    """Every word that stands after a macro in macro lines."""
    found = set()
    for line in lines:
        if line.startswith("."):
            for m in re.finditer(r"(?:^\.|\s)%s((?:\s+[^\s]+)+)" % macro, line):
                found.update(w for word in m.group(1).split() for w in re.findall(r"[\w.>*-]+", word))
    return found


def plain(lines):
    return " ".join(re.sub(r"^\.\w+ ", "", line) for line in lines)


# Reasons, as headers and pages list them.

def reason_set(text, table):
    """Expand names, `host.clock_*`, `first … last` and `numbers 69 and 80 to 116`."""
    names = {name for _, _, name, *_ in table}
    number = {name: int(n) for n, _, name, *_ in table}
    found, unknown = set(), set()
    for token in re.findall(REASON + r"*\*?", text):
        hits = {n for n in names if n.startswith(token[:-1])} if token.endswith("*") else {token} & names
        found |= hits
        if not hits:
            unknown.add(token)
    for first, last in re.findall(r"([a-z]+\.[a-z0-9_]+) … ([a-z]+\.[a-z0-9_]+)", text):
        found |= {n for n in names if number.get(first, 1) <= number[n] <= number.get(last, 0)}
    for numbers in re.findall(r"numbers? ([\d ,]+(?:(?:and|to)[\d ,]+)*)", text):
        for a, b in re.findall(r"(\d+)(?: to (\d+))?", numbers):
            found |= {n for n in names if int(a) <= number[n] <= int(b or a)}
    return found, unknown


def header_reasons(comment, table):
    m = re.search(r"Reasons: (.*?)(?: Follows:| Thread safety:| Out: | In: |$)", comment)
    return (m.group(1), *reason_set(m.group(1), table)) if m else None


def check_reasons(header, page, name, comment, table):
    listed = header_reasons(comment, table)
    if listed is None:
        return
    text, expected, unknown = listed
    check(not unknown, "%s: %s: no such reasons: %s" % (header.name, name, ", ".join(sorted(unknown))))
    bodies = {re.sub(r"^Fn ", "", head).split()[0]: body for head, body in page.items("ERRORS")}
    body = bodies.get(name)
    check(body is not None, "%s: ERRORS has no item for %s" % (page.file, name))
    if body is None:
        return
    given = words_after(body, "Er")
    if any(line.startswith("The same, and") for line in body):  # as the item before
        before = list(bodies)[list(bodies).index(name) - 1]
        given |= words_after(bodies[before], "Er")
    given = {g.strip(".;,") for g in given if "." in g.strip(".")}
    as_other = re.search(r"\bas (armalo_\w+)\(\)", text)
    if as_other:
        check(as_other.group(1) in words_after(body, "Fn"),
              "%s: ERRORS of %s does not refer to %s" % (page.file, name, as_other.group(1)))
    check(given == expected, "%s: ERRORS of %s: missing [%s], not in the header [%s]" % (
        page.file, name, " ".join(sorted(expected - given)), " ".join(sorted(given - expected))))


# What is compared.

def check_functions(headers, pages, table):
    documented = {}
    for page in pages:
        for name, prototype in page.prototypes().items():
            check(name not in documented, "%s: %s is in another page too" % (page.file, name))
            documented[name] = (page, prototype)
    for header in headers:
        for name, (returns, args) in header.callbacks.items():
            page, prototype = documented.pop("(*%s)" % name, (None, None))
            check(page is not None and tidy("%s(%s)" % (prototype[0], ",".join(prototype[1]))) ==
                  tidy("typedef %s(%s)" % (returns, ",".join(args))), "callback %s of %s" % (name, header.name))
            if page is not None:
                check_parameters(page, name, args)
        for name, (returns, args, comment) in header.functions.items():
            page, prototype = documented.pop(name, (None, None))
            check(page is not None, "%s: no page has %s" % (header.name, name))
            if page is None:
                continue
            given = "%s %s(%s)" % (prototype[0], name, ",".join(prototype[1]))
            wanted = "%s %s(%s)" % (returns, name, ",".join(args))
            check(tidy(given) == tidy(wanted), "%s: %s\n    the header has %s" % (page.file, tidy(given), tidy(wanted)))
            check(".In " + header.name in page.sections["SYNOPSIS"], "%s: .In %s" % (page.file, header.name))
            check(name in words_after(page.sections["NAME"], "Nm"), "%s: NAME lacks %s" % (page.file, name))
            check_parameters(page, name, args)
            part = plain(page.parts.get(name, []))
            if "Thread safety:" in comment:
                check(re.search(r"\b(thread|threads|reads)\b", part), "%s: %s: thread safety" % (page.file, name))
            returned = page.sections["RETURN VALUES"]
            if returns != "void":
                check(name in words_after(returned, "Fn"), "%s: RETURN VALUES lacks %s" % (page.file, name))
            if returns == "int":
                paragraph = " ".join(p for p in "\n".join(returned).split(".Pp") if name in p)
                check(re.search(r"\b1\b", paragraph) and re.search(r"\b0\b", paragraph),
                      "%s: RETURN VALUES of %s: 1 and 0" % (page.file, name))
            standards = plain(page.sections["STANDARDS"])
            follows = re.search(r"Follows: (.*?)(?: Thread safety:|$)", comment)
            for standard in re.findall(STANDARD, " ".join(follows.group(1).split()) if follows else ""):
                check(standard in standards, "%s: STANDARDS lacks %s" % (page.file, standard))
            check_reasons(header, page, name, comment, table)
    check(not documented, "not in any header: " + ", ".join(documented))


def check_parameters(page, name, args):
    part = page.parts.get(name)
    check(part is not None, "%s: DESCRIPTION has no .Ss %s" % (page.file, name))
    if part is not None:
        named = {w for word in words_after(part, "Fa") for w in re.findall(r"\w+", word)}
        missing = [declared_name(a) for a in args if declared_name(a) not in named]
        check(not missing, "%s: %s: parameters without a word: %s" % (page.file, name, ", ".join(missing)))


def check_types(headers, pages):
    for header in headers:
        for name, members in header.structs.items():
            found = [p for p in pages if "struct " + name in p.parts]
            check(len(found) == 1, "struct %s is in %d pages" % (name, len(found)))
            for page in found:
                given = [re.match(r'\.It Fa "(.*)"$', line) for line in page.parts["struct " + name]]
                given = [m.group(1) for m in given if m]
                check([tidy(g) for g in given] == [tidy(m) for m in members],
                      "%s: struct %s\n    page   %s\n    header %s" % (page.file, name, given, members))
        for name in header.opaque:
            check(any(".Vt typedef struct %s %s ;" % (name, name) in p.lines for p in pages), "type " + name)


def documented_constants(pages):
    for page in pages:
        for head, body in page.items():
            m = re.match(r"Dv (ARMALO_\w+) No = (?:Qq )?(.+)$", head)
            if m:
                yield page, m.group(1), m.group(2), body, "Qq" in head


def check_constants(headers, pages):
    wanted = {name: (header, comment) for header in headers for name, comment in header.constants.items()}
    seen, lines, places = set(), [], []
    for page, name, value, body, is_text in documented_constants(pages):
        seen.add(name)
        places.append((page.file, name, value))
        lines.append('_Static_assert(__builtin_strcmp(%s, "%s") == 0, "");' % (name, value) if is_text else
                     '_Static_assert((%s) == (%s), "");' % (name, value))
        header, comment = wanted.get(name, (None, ""))
        check(header is not None, "%s: no header has %s" % (page.file, name))
        for word in re.findall(r'"([^"]+)"', comment) + re.findall(r"\b(\d{3} \w+)", comment):
            check(word in plain(body), "%s: %s: \"%s\" is missing" % (page.file, name, word))
    for name in wanted:
        check(name in seen, "%s: no page gives the value of %s" % (wanted[name][0].name, name))
    source = '#include "armalo.h"\n#include "armalo/sqlite.h"\n' + "\n".join(lines) + "\n"
    path = os.path.join(OUT, "constants.c")
    errors = compile_c(path, source, "-fsyntax-only")
    wrong = {int(n) for n in re.findall(r"constants\.c:(\d+):\d+: error", errors)}
    check(not errors or wrong, "constants.c: " + errors)
    for i, (file, name, value) in enumerate(places):
        check(i + 3 not in wrong, "%s: %s is not %s" % (file, name, value))


def check_table(header, page):
    given = {}
    for head, body in page.items():
        m = re.match(r"Er ([\w.]+) No = (\d+) Pq Dv ARMALO_REASON_(\w+)$", head)
        if m:
            text = " ".join(line for line in body if not line.startswith("."))
            given[m.group(1)] = (m.group(2), m.group(3), text.replace("\\e", "\\"))
    check(len(header.rows) > 0, "reasons.h has no rows")
    for number, constant, name, evidence, public_class, meaning in header.rows:
        wanted = "Evidence %s, class %s. %s." % (evidence.lower(), public_class.lower(), meaning[0].upper() + meaning[1:])
        check(given.pop(name, None) == (number, constant, wanted), "%s: the row of %s" % (page.file, name))
    check(not given, "%s: rows that the header does not have: %s" % (page.file, ", ".join(given)))


def check_pages(pages):
    files = {p.file for p in pages} | {os.path.basename(f) for f in glob.glob(os.path.join(ROOT, "man", "*.1"))}
    for page in pages:
        order = [s for s in page.order if s in SECTIONS[page.section]]
        check(order == SECTIONS[page.section], "%s: sections %s" % (page.file, ", ".join(page.order)))
        check(page.sections["NAME"][0].split()[1] == page.name, "%s: NAME begins with another name" % page.file)
        for name, section in re.findall(r"^\.Xr (armalo\w*) (\d)", "\n".join(page.lines), re.M):
            check("%s.%s" % (name, section) in files, "%s: there is no %s(%s)" % (page.file, name, section))
        names = set(re.findall(REASON + "+", " ".join(words_after(page.lines, "Er"))))
        check(names <= {row[2] for h in HEADERS for row in h.rows}, "%s: unknown reasons" % page.file)
        lint = subprocess.run(["mandoc", "-Tlint", "-Wwarning", page.path], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        check(lint.returncode == 0 and lint.stdout == "", "%s: mandoc: %s" % (page.file, lint.stdout))
    index = next(p for p in pages if p.file == "armalo.7")
    for page in pages:
        if page is not index:
            check(".Xr %s %s" % (page.name, page.section) in [line.rstrip(" ,.:;") for line in index.lines],
                  "armalo.7 does not list " + page.file)


# What is compiled and run.

def compile_c(path, source, *options):
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    done = subprocess.run(CC + ["-std=c11", "-Wall", "-Werror", "-I" + os.path.join(ROOT, "include"), path,
                                *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout if done.returncode != 0 else ""


def libraries():
    flags = subprocess.run(["pkg-config", "--libs", "libsodium", "libcrypto"], stdout=subprocess.PIPE, text=True)
    return [os.path.join(BUILD, "libarmalo.a"), *flags.stdout.split(), "-pthread"]


def run_c(name, source, *arguments):
    """Compile, link with the library of BUILD, run: its output, or None."""
    program = os.path.join(OUT, name)
    errors = compile_c(program + ".c", source, "-o", program, *libraries())
    if errors:
        print(errors)
        return None
    done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True, timeout=60)
    return done.stdout if done.returncode == 0 else None


def check_examples(pages):
    for page in pages:
        blocks = page.examples()
        check(blocks, "%s: no example" % page.file)
        for i, block in enumerate(blocks):
            label = "%s-%d" % (page.file.replace(".", "-"), i + 1)
            if block.startswith("{"):
                kind = next((kind for member, kind in KINDS.items() if '"%s"' % member in block), "scheme")
                check(run_c("probe", PROBE, kind, block) is not None,
                      "%s: example %d: the library refuses this %s" % (page.file, i + 1, kind))
            elif "\nint main(" in block:
                check(run_c(label, block) is not None, "%s: example %d does not run" % (page.file, i + 1))
            elif block.startswith("#"):
                path = os.path.join(OUT, label + ".c")
                errors = compile_c(path, block, "-fsyntax-only")
                check(not errors, "%s: example %d: %s" % (page.file, i + 1, errors))
            else:
                check(block.startswith("$ "), "%s: example %d is neither C nor JSON nor a command" % (page.file, i + 1))


# What an example in JSON is, by a member that nothing else has.
KINDS = {"routes": "routes", "openapi": "routes", "formats": "policy", "keys": "trust",
         "next_update": "urn:armalo:revocations:v1", "sections": "urn:armalo:bundle:v1"}

PROBE = r"""
#include <armalo.h>
#include <stdio.h>
#include <string.h>
static int64_t now_ms(void *ctx) { (void)ctx; return 1700000000000; }
int main(int argc, char **argv) {
    armalo_decision why;
    uint8_t root[32];
    char secret[ARMALO_WEBHOOK_SECRET_SIZE], record[ARMALO_WEBHOOK_RECORD_SIZE];
    for (int i = 0; i < 32; i++) root[i] = (uint8_t)i;
    armalo_host_config config = {.struct_size = sizeof config, .mode = ARMALO_MODE_PRODUCTION, .now_ms = now_ms,
                                 .audit_off = ARMALO_AUDIT_OFF, .root_key = root, .root_key_len = 32};
    armalo_host *host = armalo_host_new(&config, &why);
    if (host == NULL) return 1;
    if (argc == 1) {
        puts(armalo_webhook_schemes());
        if (armalo_webhook_secret_issue(host, "e", 0, secret, sizeof secret, record, sizeof record, &why) != 1) return 1;
        puts(record);
        char token[ARMALO_KEY_TOKEN_SIZE], key[ARMALO_KEY_RECORD_SIZE];
        armalo_key_spec spec = {.struct_size = sizeof spec, .org = "o", .scopes = "a:b", .env = ARMALO_ENV_LIVE,
                                .use = ARMALO_USE_SERVER};
        if (armalo_key_issue(host, &spec, token, sizeof token, key, sizeof key, &why) != 1) return 1;
        puts(key);
    } else if (strcmp(argv[1], "routes") == 0) {
        char findings[4096];
        if (armalo_routes_lint(host, argv[2], strlen(argv[2]), findings, sizeof findings, NULL, &why) != 1) {
            fprintf(stderr, "%s: %s\n", armalo_reason_name(why.reason), why.detail);
            return 1;
        }
    } else if (strcmp(argv[1], "policy") == 0) {
        armalo_attest_policy *policy = armalo_attest_policy_new(host, argv[2], strlen(argv[2]), &why);
        if (policy == NULL) fprintf(stderr, "%s: %s\n", armalo_reason_name(why.reason), why.detail);
        if (policy == NULL) return 1;
        armalo_attest_policy_free(policy);
    } else if (strcmp(argv[1], "trust") == 0) {
        armalo_anchor anchor = {.struct_size = sizeof anchor, .form = ARMALO_ANCHOR_TEXT, .data = argv[2],
                                .len = strlen(argv[2]), .pinned = ARMALO_PINNED};
        armalo_trust *trust = armalo_trust_new(host, &anchor, 1, &why);
        if (trust == NULL) fprintf(stderr, "%s: %s\n", armalo_reason_name(why.reason), why.detail);
        if (trust == NULL) return 1;
        armalo_trust_free(trust);
    } else if (strncmp(argv[1], "urn:", 4) == 0) {
        static const char key[] = "-----BEGIN PRIVATE KEY-----\n" /* RFC 8410 10.3 */
                                  "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
                                  "-----END PRIVATE KEY-----\n";
        char envelope[8192];
        armalo_attest_spec spec = {.struct_size = sizeof spec, .key = key, .key_len = strlen(key),
                                   .predicate_type = argv[1], .predicate = argv[2],
                                   .predicate_len = strlen(argv[2])};
        if (armalo_attest_sign(host, &spec, envelope, sizeof envelope, NULL, &why) != 1) {
            fprintf(stderr, "%s: %s\n", armalo_reason_name(why.reason), why.detail);
            return 1;
        }
    } else {
        armalo_secret key = {"0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQR", 64, 0};
        armalo_webhook_config hook_config = {
            .struct_size = sizeof hook_config, .scheme_json = argv[2], .scheme_json_len = strlen(argv[2]),
            .secrets = &key, .secret_count = 1, .any_event = ARMALO_ANY_EVENT};
        armalo_webhook *hook = armalo_webhook_new(host, &hook_config, &why);
        if (hook == NULL) fprintf(stderr, "%s: %s\n", armalo_reason_name(why.reason), why.detail);
        if (hook == NULL) return 1;
        armalo_webhook_free(hook);
    }
    armalo_host_free(host);
    return 0;
}
"""


def leaves(value):
    if isinstance(value, dict):
        return [leaf for v in value.values() for leaf in leaves(v)]
    return [leaf for v in value for leaf in leaves(v)] if isinstance(value, list) else [value]


def described(page, section):
    return {head.split()[-1] for head, _ in page.items(section)}


def check_schemes(page, schemes, record):
    """Each preset's item says every text of the preset; every member of the formats is described."""
    items = {head.split()[-1]: body for head, body in page.items("PRESETS")}
    check(list(items) == [s["name"] for s in schemes], "%s: PRESETS are %s" % (page.file, ", ".join(items)))
    for scheme in schemes:
        text = plain(items.get(scheme["name"], [])).replace("\\&", "")
        words = [str(leaf).strip() for key, value in scheme.items() if key not in ("v", "name", "compatibility")
                 for leaf in leaves(value)]
        missing = sorted({w for w in words if w and w not in text})
        check(not missing, "%s: the preset %s: missing: %s" % (page.file, scheme["name"], " | ".join(missing)))
        check(("compatibility" in text) == scheme.get("compatibility", False),
              "%s: the preset %s: compatibility" % (page.file, scheme["name"]))
        signed = {"id": "{id}", "timestamp": "{timestamp}", "headers": "{values}"}
        contents = " ".join(s["content"] for s in scheme["signatures"])
        for label, part in signed.items():
            check(("covers:" + label in text) == (part in contents),
                  "%s: the preset %s: covers:%s" % (page.file, scheme["name"], label))
        check("covers:body" in text, "%s: the preset %s: covers:body" % (page.file, scheme["name"]))
        check(("freshness:not_provided" in text) == ("tolerance_s" not in scheme),
              "%s: the preset %s: freshness:not_provided" % (page.file, scheme["name"]))
    for section, members in (("THE SCHEME FORMAT", {m for s in schemes for m in s}), ("THE SECRET RECORD", set(record))):
        missing = members - described(page, section)
        check(not missing, "%s: %s lacks %s" % (page.file, section, ", ".join(sorted(missing))))


def check_access(keys, routes, header, record, table):
    """The members of a key record, in their order; the blockers that the linter can find, and no others."""
    given = [head.split()[-1] for head, _ in keys.items("THE RECORD")]
    check(given == list(record), "%s: THE RECORD has %s" % (keys.file, ", ".join(given)))
    found, _ = reason_set(header_reasons(header.functions["armalo_routes_lint"][2], table)[0], table)
    blockers = {name for name in found if name.startswith("route.")} - {"route.table_malformed"}
    given = described(routes, "RELEASE BLOCKERS")
    check(given == blockers, "%s: RELEASE BLOCKERS differ in %s" % (routes.file, ", ".join(sorted(given ^ blockers))))


# The library's own tables of names, read off its source.

def source_text(path):
    with open(os.path.join(ROOT, "lib", path), encoding="utf-8") as file:
        return file.read()


def source_table(path, name):
    """The initializer of a table at file scope, or of one inside a function."""
    m = re.search(r"\b%s\[[^\]]*\] = \{(.*?)\};" % name, source_text(path), re.S)
    return m.group(1) if m else ""


def schema(name):
    """The fields of a predicate, in order: (path, words), with those of nested objects behind their own."""
    found = []
    for field, form, more in re.findall(r'\{"(\w+)",\s*(\w+),\s*\w+,\s*("[^"]*"|\w+)\}', source_table(
            "attest/predicate.c", name)):
        found.append((field, more.strip('"').split() if form.endswith("_WORD") else []))
        if more.startswith("armalo_i_"):
            found += [(field + "." + path, words) for path, words in schema(more)]
    return found


def predicates():
    types = re.findall(r"=\s*\{(\"[^\"]+\"|\w+),\s*(\w+)\}", source_table("attest/predicate.c", "armalo_i_predicates"))
    named = dict(re.findall(r'#define (ARMALO_I_\w+)\s+("[^"]+")', source_text("attest/predicate.h")))
    return {named.get(text, text).strip('"'): schema(fields) for text, fields in types}


def heads(lines):
    """What the items of some lines of a page are of."""
    return [line[4:].split()[-1] for line in lines if line.startswith(".It ")]


def body_of(lines, item):
    """The lines of one item of some lines of a page."""
    at = ".It Ql " + item
    rest = lines[lines.index(at) + 1:] if at in lines else []
    return rest[:next((i for i, line in enumerate(rest) if line.startswith((".It ", ".El"))), len(rest))]


def names_after(lines, macro):
    return {word.strip(".") for word in words_after(lines, macro)} - {""}


def check_policy_format(page):
    members = re.findall(r'"(\w+)"', source_table("attest/policy.c", "armalo_i_policy_members"))
    section = page.sections.get("THE POLICY FORMAT", [])
    first = next((i for i, line in enumerate(section) if line.startswith(".Ss ")), len(section))
    check(members and heads(section[:first]) == members, "%s: THE POLICY FORMAT lists [%s], the library knows [%s]" % (
        page.file, " ".join(heads(section[:first])), " ".join(members)))
    parts = Page.cut(section, ".Ss ")
    for part, function in (("Claims", "armalo_i_policy_claim"), ("Revocation", "armalo_i_policy_revocation")):
        body = re.search(r"^static int %s\(.*?^\}" % function, source_text("attest/policy.c"), re.S | re.M)
        known = re.findall(r'armalo_i_span_text\("(\w+)"\)', body.group(0) if body else "")
        check(known and heads(parts.get(part, [])) == known, "%s: %s lists [%s], the library knows [%s]" % (
            page.file, part, " ".join(heads(parts.get(part, []))), " ".join(known)))
    operators = re.findall(r'\[ARMALO_I_OP_\w+\] = "(\w+)"', source_text("attest/claims.c"))
    given = names_after(body_of(parts.get("Claims", []), "operator"), "Ql")
    check(operators and given == set(operators), "%s: Claims: operators: %s" % (
        page.file, ", ".join(sorted(given ^ set(operators)))))
    for list_of, path, pattern in (("formats", "attest/policy.c", r'\[ARMALO_FORMAT_\w+\] = "(\w+)"'),
                                   ("algorithms", "attest/alg.c", r'\{"(\w+)", ARMALO_I_ALG_\w+\}')):
        known = set(re.findall(pattern, source_text(path)))
        missing = known - names_after(body_of(section, list_of), "Ql")
        check(known and not missing, "%s: %s lacks %s" % (page.file, list_of, ", ".join(sorted(missing))))


def check_predicates(page):
    parts = Page.cut(page.sections.get("OUR PREDICATES", []), ".Ss ")
    known = predicates()
    check(known and list(parts) == list(known), "%s: OUR PREDICATES are [%s], the library knows [%s]" % (
        page.file, " ".join(parts), " ".join(known)))
    for name, fields in known.items():
        given = heads(parts.get(name, []))
        check(fields and given == [path for path, _ in fields], "%s: %s lists [%s], the library knows [%s]" % (
            page.file, name, " ".join(given), " ".join(path for path, _ in fields)))
        for path, words in fields:
            said = names_after(body_of(parts.get(name, []), path), "Ql")
            check(said == set(words), "%s: %s of %s: [%s], the library knows [%s]" % (
                page.file, path, name, " ".join(sorted(said)), " ".join(words)))


def check_attest_order(page, header, table):
    """Every reason of a verification has its place in the order of checks, and its evidence."""
    found, _ = reason_set(header_reasons(header.functions["armalo_attest_verify"][2], table)[0], table)
    judged = {name for name in found if name.startswith(("attest.", "trust."))}
    given = {name for name in names_after(page.sections.get("THE ORDER OF CHECKS", []), "Er")
             if name.startswith(("attest.", "trust."))}
    check(judged and judged == given, "%s: THE ORDER OF CHECKS: %s" % (page.file, " ".join(sorted(judged ^ given))))
    items = {head.split()[-1]: names_after(body, "Er") for head, body in page.items("EVIDENCE")}
    for state in ("UNAVAILABLE", "STALE", "SIMULATED"):
        wanted = {row[2] for row in table if row[2] in judged and row[3] == state}
        given = items.get("ARMALO_" + state, set())
        check(wanted and wanted == given, "%s: EVIDENCE: %s: %s" % (page.file, state, " ".join(sorted(wanted ^ given))))


HEADERS = [Header(f) for f in sorted(glob.glob(os.path.join(ROOT, "include", "armalo", "*.h")))]


def main():
    os.makedirs(OUT, exist_ok=True)
    table = [row for h in HEADERS for row in h.rows]
    pages = [Page(f) for f in sorted(glob.glob(os.path.join(ROOT, "man", "*.[37]")))]
    chapter = [p for p in pages if p.section == "3"]
    check(HEADERS and chapter, "there are headers and pages")
    check_pages(pages)
    check_functions(HEADERS, chapter, table)
    check_types(HEADERS, chapter)
    check_constants(HEADERS, chapter)
    check_table(next(h for h in HEADERS if h.rows), next(p for p in pages if p.file == "armalo_reasons.3"))
    check_examples(pages)
    attest = next(p for p in pages if p.file == "armalo_attest.7")
    check_policy_format(attest)
    check_predicates(attest)
    check_attest_order(attest, next(h for h in HEADERS if h.name == "armalo/attest.h"), table)
    output = run_c("probe", PROBE)
    check(output is not None, "the library in %s tells its formats (run make first)" % BUILD)
    if output is not None:
        schemes, secret, key = (json.loads(line) for line in output.splitlines())
        named = {p.file: p for p in pages}
        check_schemes(named["armalo_webhook.7"], schemes, secret)
        check_access(named["armalo_key.7"], named["armalo_route.7"],
                     next(h for h in HEADERS if h.name == "armalo/route.h"), key, table)
    print("man: %d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 and passed > 0 else 1


sys.exit(main())
