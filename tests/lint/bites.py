#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks each rule of tests/lint/house.py once, in a copy of the tree, and sees that it is found where it was broken."""
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))
import house  # noqa: E402

SPDX = "/* SPDX-License-Identifier: MIT */\n"
MARK = "TO" + "DO"


def lib(line, path="lib/codec/broken.c"):
    return path, SPDX + line + "\n"


# What is broken: the rule that must find it, and a new file with its text, or a file with a text to replace by another.
BREAKS = [
    ("top", ("NOTES.md", "notes\n")),
    ("spdx", ("lib/codec/broken.c", "int armalo_i_x;\n")),
    ("spdx", ("tests/cli/broken.sh", "#!/bin/sh\n\n\n# SPDX-License-Identifier: MIT\n")),
    ("spdx", ("man/armalo_broken.3", ".Dd today\n")),
    ("unfinished", lib(f"/* {MARK}: later */")),
    ("unfinished", ("man/armalo_broken.3", f'.\\" SPDX-License-Identifier: MIT\n.\\" {MARK}\n')),
    ("width", lib("/* " + "x" * 120 + " */")),
    ("include", lib('#include "core/decide.h"')),
    ("include", lib('#include "webhook/webhook.h"', "lib/core/broken.c")),
    ("include", lib('#include "json.h"')),
    ("include", lib("#include <sodium.h>")),
    ("include", lib("  #  include <openssl/evp.h>", "lib/webhook/broken.c")),
    ("include", lib("#include <time.h>", "lib/core/broken.c")),
    ("include", lib("#include <stdio.h>", "lib/core/broken.c")),
    ("include", lib("#include <sqlite3.h>", "lib/core/broken.c")),
    ("include", lib('#include "codec/json.h"', "lib/addon/sqlite/broken.c")),
    ("include", lib('#include "codec/json.h"', "examples/broken.c")),
    ("include", lib("#include <stdio.h>", "include/armalo/broken.h")),
    ("include", lib('#include "codec/json.h"', "include/armalo/broken.h")),
    ("name", lib("#define LIMIT 3")),
    ("name", lib("struct broken {\n    int x;\n};")),
    ("name", lib("typedef struct armalo_i_broken {\n    int x;\n} broken;")),
    ("name", lib("typedef int broken;")),
    ("name", lib("typedef int (*broken)(int);")),
    ("name", lib("enum armalo_i_broken { ARMALO_I_A, BROKEN };")),
    ("name", lib("enum { BROKEN };", "include/armalo/broken.h")),
    ("export", ("lib/libarmalo.map", "    armalo_version;\n", "")),
    ("export", ("lib/libarmalo.map", "    armalo_version;\n", "    armalo_version;\n    armalo_version_two;\n")),
    ("export", ("include/armalo/base.h", "ARMALO_API const char *armalo_version", "const char *armalo_version")),
    ("export", ("lib/libarmalo-sqlite.map", "armalo_sqlite_store_new", "armalo_sqlite_store_old")),
    ("export", ("include/armalo/broken.h", SPDX + "".join(
        f"/* x */\nARMALO_API int armalo_b{i}(void);\n" for i in range(80)))),
    ("comment", ("include/armalo/host.h", "ARMALO_API void armalo_host_free(armalo_host *host)",
                 "ARMALO_API void armalo_host_free(armalo_host *unexplained)")),
    ("comment", ("include/armalo/broken.h", SPDX + "ARMALO_API int armalo_broken(void);\n")),
    ("version", ("include/armalo/base.h", '#define ARMALO_VERSION "', '#define ARMALO_VERSION "9')),
    ("version", ("man/armalo_broken.3", '.\\" SPDX-License-Identifier: MIT\nlibarmalo 0.0.9\n')),
    ("call", ("lib/codec/memory.c", "calloc(1, size)", "memset(armalo_i_alloc(size), 0, size)")),  # count too high
]
for call in ["malloc(1)", "free (p)", "strdup(p)", "time(NULL)", "clock_gettime(0, p)", "getenv(p)", 'printf("x")',
             "abort()", "exit(1)", "assert(p)", "strcpy(p, p)", "sprintf(p, p)", "rand()", "memcmp(p, p, 1)"]:
    BREAKS.append(("call", lib(f"void armalo_i_broken(char *p) {{ {call}; }}", "lib/core/broken.c")))

# What must not be found: these are words in comments and strings, or members.
FINE = [
    lib('/* malloc(1), time(NULL) */\nconst char *armalo_i_x = "free(p) struct x {"; // exit(1)', "lib/core/fine.c"),
    lib("int armalo_i_y(armalo_store *s) { return s->free(s) + armalo_i_time(s); }", "lib/core/fine.c"),
    lib("#define ROW 1\n#undef ROW", "lib/core/fine.c"),
]


def found(root, change, names=tuple(house.RULES)):
    """The findings by these rules after a change, as (rule, path)."""
    path = os.path.join(root, change[0])
    old = None
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            old = file.read()
    if len(change) == 3 and change[1] not in old:
        raise SystemExit(f"{change[0]}: no text {change[1]!r} to break")
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(change[1] if len(change) == 2 else old.replace(change[1], change[2], 1))
    after = [(name, where) for where, _, name, _ in house.findings(root, names)]
    if old is None:
        os.remove(path)
    else:
        with open(path, "w", encoding="utf-8") as file:
            file.write(old)
    return after


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as tmp:
        root = os.path.join(tmp, "tree")
        os.mkdir(root)
        for name in house.TOP:
            if os.path.isdir(name):
                shutil.copytree(name, os.path.join(root, name), ignore=shutil.ignore_patterns("corpus", "vectors"))
            elif os.path.exists(name):
                shutil.copy(name, root)
        before = [(name, where) for where, _, name, _ in house.findings(root)]
        for rule, change in BREAKS:
            new = [item for item in found(root, change, [rule]) if item not in before]
            # Exports are found at the map, the version at the change log.
            if any(name == rule and (where == change[0] or rule in ("export", "version")) for name, where in new):
                passed += 1
            else:
                print(f"not found: {rule}: {change}: {new}")
                failed += 1
        for change in FINE:
            new = [item for item in found(root, change) if item not in before]
            if new:
                print(f"found, but fine: {change}: {new}")
                failed += 1
            else:
                passed += 1
        unbroken = set(house.RULES) - {rule for rule, _ in BREAKS}
        for rule in unbroken:
            print(f"no case breaks the rule {rule}")
            failed += 1
    print(f"bites: {passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
