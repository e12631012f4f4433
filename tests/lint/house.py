#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The house rules that can be read off the text of the files. Prints "file:line: rule: what" for each finding and
exits non-zero if there is one. tests/lint/bites.py breaks each rule once and sees that it is found."""
import functools
import os
import re
import sys

ROOMS = ["codec", "crypto", "core", "audit", "access", "webhook", "attest", "govern", "payment", "review"]
TOP = {"Makefile", "README.md", "LICENSE", "CHANGELOG.md", "include", "lib", "examples", "tests", "man", "pkgconfig"}
MAX_EXPORTS = 80

# What the library may include besides its own headers.
SYSTEM = {"stddef.h", "stdint.h", "stdlib.h", "string.h", "limits.h", "float.h", "errno.h", "stdatomic.h",
          "stdalign.h"}
FOREIGN = {"lib/crypto": ("sodium", "openssl/"), "lib/addon/sqlite": ("sqlite3",)}

# The heap has one door. The rest has no business in a library that reads no clock, no environment and no file, and
# never ends its host.
HEAP = "malloc calloc realloc reallocarray aligned_alloc free strdup strndup alloca".split()
FORBIDDEN = ("time gettimeofday clock_gettime clock localtime gmtime getenv secure_getenv setenv putenv setlocale "
             "localeconv printf puts putchar fprintf fputs fopen abort exit _exit assert signal strcpy strncpy strcat "
             "strncat sprintf vsprintf gets strtok atoi atol strtod rand srand random system popen fork sleep usleep "
             "nanosleep").split()
# Exceptions, counted: (file, name) to how often. A number that is too high is a finding too. memcmp is for public bytes:
# names, prefixes, literals. What is secret goes through armalo_i_equal().
ALLOWED = {
    ("lib/codec/memory.c", "calloc"): 1,
    ("lib/codec/memory.c", "realloc"): 1,
    ("lib/codec/memory.c", "free"): 2,
    ("lib/codec/json_number.c", "<stdio.h>"): 1,  # snprintf, for the digits of a double
    ("lib/codec/json_number.c", "strtod"): 1,  # never shown a decimal point
    ("lib/codec/span.h", "memcmp"): 1,
    ("lib/webhook/check.c", "memcmp"): 1,
    ("lib/webhook/key.c", "memcmp"): 1,
    ("lib/webhook/scheme.c", "memcmp"): 4,
    ("lib/addon/sqlite/store.c", "<pthread.h>"): 1,  # one connection, many threads
    ("lib/access/epoch.c", "<sched.h>"): 1,  # sched_yield, while readers leave or another thread writes
    ("lib/webhook/memory_store.c", "<sched.h>"): 1,  # sched_yield, while another thread holds a shard
}


@functools.lru_cache(maxsize=None)
def code_of(text):
    """The text with comments and the insides of strings blanked, every line where it was."""
    def blank(match):
        part = match.group(0)
        if part[0] in "\"'":
            return part[0] + " " * (len(part) - 2) + part[0]
        return re.sub(r"[^\n]", " ", part)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


class Tree:
    def __init__(self, root):
        self.root, self.texts = root, {}
        for folder in ["include", "lib", "examples", "tests", "man", "pkgconfig", ".ci"]:
            for at, folders, names in os.walk(os.path.join(root, folder)):
                folders[:] = sorted(f for f in folders if f not in ("corpus", "vectors", "__pycache__", "node_modules"))
                for name in sorted(names):
                    self.read(os.path.relpath(os.path.join(at, name), root))
        for name in ["Makefile", "README.md", "CHANGELOG.md"]:
            if os.path.exists(os.path.join(root, name)):
                self.read(name)
        self.code = {path: code_of(text) for path, text in self.texts.items() if path.endswith((".c", ".h"))}

    def read(self, path):
        try:
            with open(os.path.join(self.root, path), encoding="utf-8") as file:
                self.texts[path] = file.read()
        except UnicodeDecodeError:
            pass  # test data


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def rule_top(tree):
    for name in sorted(os.listdir(tree.root)):
        if not name.startswith(".") and name not in TOP | {"build"}:
            yield name, 1, "does not belong at the top level"
    for name in sorted(TOP):
        if not os.path.exists(os.path.join(tree.root, name)):
            yield name, 1, "is missing from the top level"


def rule_spdx(tree):
    for path, text in tree.texts.items():
        head = "\n".join(text.split("\n")[:2])
        source = path.endswith((".c", ".h", ".py", ".js", ".mjs", ".sh", ".map")) or text.startswith("#!")
        if (source or path == "Makefile" or re.match(r"man/.*\.\d$", path)) and "SPDX-License-Identifier: MIT" not in head:
            yield path, 1, "no SPDX-License-Identifier: MIT in the first two lines"


def rule_unfinished(tree):
    marks = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK"]) + r")\b")
    for path, text in tree.texts.items():
        for match in marks.finditer(text):
            number = line_of(text, match.start())
            yield path, number, "unfinished: " + text.split("\n")[number - 1].strip()


def rule_width(tree):
    """Comments, which clang-format leaves alone: at most 120 columns, outside tables."""
    for path, code in tree.code.items():
        table = False
        for number, (line, bare) in enumerate(zip(tree.texts[path].split("\n"), code.split("\n")), 1):
            table = "clang-format off" in line or (table and "clang-format on" not in line)
            if len(line) > 120 and len(bare.rstrip()) <= 120 and not table:
                yield path, number, f"{len(line)} columns, at most 120"


def rule_include(tree):
    include = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
    found = [(path, match) for path, text in tree.texts.items() if path.endswith((".c", ".h"))
             for match in include.finditer(text)]
    for path, match in found:
        number, (kind, header) = line_of(tree.texts[path], match.start()), match.groups()
        folder = os.path.dirname(path)
        beside = kind == '"' and "/" not in header and os.path.join(folder, header) in tree.texts
        public = header == "armalo.h" or header.startswith("armalo/")
        if path.startswith("include/"):
            if not (public and kind == '"') and header not in ("stddef.h", "stdint.h"):
                yield path, number, f"a public header includes {header}"
        elif path.startswith("lib/addon/"):
            addon = "/".join(folder.split("/")[1:3]) + "/"
            if kind == '"' and not (public or beside or header.startswith(addon)):
                yield path, number, f"an add-on uses public headers only, not {header}"
        elif path.startswith("lib/"):
            room = path.split("/")[1]
            if kind == '"' and not public:
                above = header.split("/")[0]
                if "/" not in header or above not in ROOMS:
                    yield path, number, f'includes are written "room/{header}"'
                elif room in ROOMS and ROOMS.index(above) > ROOMS.index(room):
                    yield path, number, f"{room} may not use the later room {above}"
        elif path.startswith("examples/") and kind == '"' and not (public or beside):
            yield path, number, f"an example uses public headers only, not {header}"
        if path.startswith("lib/") and kind == "<":
            foreign = next((names for place, names in FOREIGN.items() if folder == place), ())
            addon_system = path.startswith("lib/addon/") and re.match(r"(errno|stdio|unistd|fcntl|sys/stat)\.h", header)
            allowed = (path, f"<{header}>") in ALLOWED
            if header not in SYSTEM and not (foreign and header.startswith(foreign)) and not addon_system and not allowed:
                yield path, number, f"<{header}> does not belong in {folder}"


def rule_call(tree):
    found = {}
    calls = re.compile(r"(?<![\w.>])(" + "|".join(HEAP + FORBIDDEN + ["memcmp"]) + r")\s*\(|include\s*(<[\w/.]+>)")
    for path, code in tree.code.items():
        for match in calls.finditer(code) if path.startswith("lib/") else ():
            found.setdefault((path, match.group(1) or match.group(2)), []).append(line_of(code, match.start()))
    for (path, name), numbers in found.items():
        for number in numbers[ALLOWED.get((path, name), 0):]:
            if name[0] != "<":  # includes have a rule of their own
                yield path, number, f"{name}() does not belong here"
    for (path, name), count in ALLOWED.items():
        if len(found.get((path, name), [])) < count:
            yield path, 1, f"{name} is not used {count} times any more: lower its count in tests/lint/house.py"


def rule_name(tree):
    """Names of file scope that no object file shows: macros, tags, type names, enumeration constants. (tests/lint/lint.sh
    takes functions and variables, static ones too, from the objects.)"""
    ours = re.compile(r"(armalo_|ARMALO_)")
    for path, code in tree.code.items():
        if not path.startswith(("lib/", "include/")):
            continue
        names = []
        for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", code, re.M):
            undefined = re.search(r"^[ \t]*#[ \t]*undef[ \t]+" + match.group(1) + r"\b", code, re.M)
            if not undefined and match.group(1) not in ("_POSIX_C_SOURCE", "_DEFAULT_SOURCE", "OPENSSL_SUPPRESS_DEPRECATED"):
                names.append(match)
        code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.M)
        names += re.finditer(r"\b(?:struct|union|enum)\s+(\w+)\s*\{", code)
        names += re.finditer(r"^typedef\b[^;{(]*?(\w+)\s*(?:\[[^]]*\]\s*)?;", code, re.M)
        names += re.finditer(r"^typedef\b[^;{(]*\(\s*\*\s*(\w+)\s*\)", code, re.M)
        names += re.finditer(r"^\}\s*(\w+)\s*;", code, re.M)
        for body in re.finditer(r"\benum\b\s*\w*\s*\{([^}]*)\}", code):
            names += re.compile(r"(?:(?<=[{,])|^)\s*([A-Za-z_]\w*)").finditer(code, body.start(1), body.end(1))
        for match in names:
            if not ours.match(match.group(1)):
                yield path, line_of(code, match.start(1)), f"{match.group(1)} has no armalo prefix"


def functions(tree, header):
    """(name, line, parameter names, comment before) of each exported function of a public header."""
    text, code = tree.texts[header], tree.code[header]
    for match in re.finditer(r"^ARMALO_API\s[^;(]*?(\w+)\s*\(([^;]*)\)\s*;", code, re.M):
        parameters = []
        for part in re.sub(r"\s+", " ", match.group(2)).split(","):
            name = re.search(r"(\w+)(?:\[[^]]*\])?$", part.strip())
            if name and name.group(1) != "void":
                parameters.append(name.group(1))
        before = text[:match.start()].rstrip()
        comment = before[before.rfind("/*"):] if before.endswith("*/") else ""
        yield match.group(1), line_of(code, match.start()), parameters, comment


def rule_export(tree):
    core = set()
    for header in [h for h in tree.texts if h.startswith("include/") and h.endswith(".h")]:
        names = {name for name, _, _, _ in functions(tree, header)}
        addon = os.path.basename(header)[:-2]
        script = f"lib/libarmalo-{addon}.map"
        if script in tree.texts:
            yield from compare(tree, script, names)
        else:
            core |= names
        # A declaration without the mark would be hidden, and only a linker would tell.
        for match in re.finditer(r"^(?!ARMALO_API|typedef|static|#|\s|\}).*\b(armalo_\w+)\s*\(", tree.code[header], re.M):
            if match.group(1) not in names:
                yield header, line_of(tree.code[header], match.start()), f"{match.group(1)} is not marked ARMALO_API"
    yield from compare(tree, "lib/libarmalo.map", core)
    if len(core) > MAX_EXPORTS:
        yield "lib/libarmalo.map", 1, f"{len(core)} exported functions, at most {MAX_EXPORTS}"


def compare(tree, script, declared):
    text = tree.texts.get(script, "")
    listed = re.findall(r"^\s*(\w+);", text[text.find("global:"):text.find("local:")], re.M)
    for name in sorted(declared - set(listed)):
        yield script, 1, f"{name} is declared ARMALO_API and not listed"
    for name in sorted(set(listed) - declared):
        yield script, 1, f"{name} is listed and not declared ARMALO_API"
    if listed != sorted(set(listed)):
        yield script, 1, "not sorted, or a name is listed twice"


def rule_comment(tree):
    for header in [h for h in tree.texts if h.startswith("include/") and h.endswith(".h")]:
        for name, line, parameters, comment in functions(tree, header):
            if not comment or "SPDX-License" in comment:
                yield header, line, f"{name} has no comment"
            for parameter in parameters:
                if comment and not re.search(r"\b" + parameter + r"\b", comment):
                    yield header, line, f"the comment of {name} does not name {parameter}"


def rule_version(tree):
    match = re.search(r'^#define ARMALO_VERSION "(\d+\.\d+\.\d+)"', tree.texts.get("include/armalo/base.h", ""), re.M)
    if not match:
        yield "include/armalo/base.h", 1, "no ARMALO_VERSION"
        return
    version = match.group(1)
    heading = re.search(r"^## \[?(\d+\.\d+\.\d+)\]?", tree.texts.get("CHANGELOG.md", ""), re.M)
    if not heading or heading.group(1) != version:
        yield "CHANGELOG.md", 1, f"the newest heading is not {version}"
    for path, text in tree.texts.items():
        if path.startswith("man/") or path == "README.md":
            for said in re.finditer(r"\b(?:lib)?armalo[ -](\d+\.\d+\.\d+)\b", text):
                if said.group(1) != version:
                    yield path, line_of(text, said.start()), f"says version {said.group(1)}, which is {version}"


RULES = {name[5:]: rule for name, rule in sorted(globals().items()) if name.startswith("rule_")}


def findings(root, names=tuple(RULES)):
    tree = Tree(root)
    for name in names:
        for path, line, what in RULES[name](tree):
            yield path, line, name, what


if __name__ == "__main__":
    bad = 0
    for path, line, name, what in findings(sys.argv[1] if len(sys.argv) > 1 else "."):
        print(f"{path}:{line}: {name}: {what}")
        bad += 1
    sys.exit(bad != 0)
