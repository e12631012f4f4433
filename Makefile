# SPDX-License-Identifier: MIT
# libarmalo: GNU make, no generators. `make help` lists the targets; tests/README.md says what the tests prove.
#
# Variables a caller may set: BUILD (objects, default build), CC, CFLAGS, CPPFLAGS, LDFLAGS, WERROR=-Werror,
# DESTDIR, PREFIX, BINDIR, INCLUDEDIR, LIBDIR, MANDIR.

BUILD      ?= build
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
INCLUDEDIR ?= $(PREFIX)/include
LIBDIR     ?= $(PREFIX)/lib
MANDIR     ?= $(PREFIX)/share/man
CFLAGS     ?= -O2 -g
WERROR     ?=

# The version is one fact, and it is in base.h.
VERSION := $(shell sed -n 's/^.define ARMALO_VERSION "\(.*\)"/\1/p' include/armalo/base.h)
SOMAJOR := $(firstword $(subst ., ,$(VERSION)))

# Flags. -D_FORTIFY_SOURCE needs an optimiser; sanitizer builds set HARDEN to nothing.
WARN     = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wundef
HARDEN  ?= $(if $(filter -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2) -fstack-protector-strong
HARDLD  ?= -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
ALLFLAGS = -std=c11 $(WARN) $(WERROR) $(HARDEN) -MMD -MP $(CPPFLAGS) $(CFLAGS)
LIBFLAGS = $(ALLFLAGS) -Iinclude -Ilib -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections
EXEFLAGS = $(ALLFLAGS) -Iinclude -fPIE
# The tests' own code is not worth the optimiser's time (lint, which wants its warnings, sets TESTOPT to nothing).
TESTOPT  ?= -O0 -U_FORTIFY_SOURCE
TESTFLAGS = $(ALLFLAGS) $(TESTOPT) -D_POSIX_C_SOURCE=200809L -Iinclude -Ilib -Itests -fPIE
LINK     = $(CC) $(CFLAGS) $(LDFLAGS) $(HARDLD)
LINKEXE  = $(LINK) -pie -pthread

# Lazy, so that `make deps` works where pkg-config is what is missing.
pc = $(shell pkg-config --libs $(1))
CORE_LIBS   = $(call pc,libsodium libcrypto)
SQLITE_LIBS = $(call pc,sqlite3)
CHECK_LIBS  = $(call pc,check)
CJSON_LIBS  = $(call pc,libcjson)

# What there is, by wildcard: a new file needs no line here.
ROOMS      := codec crypto core audit access webhook attest govern payment review
CORE_SRC   := $(wildcard $(ROOMS:%=lib/%/*.c))
SQLITE_SRC := $(wildcard lib/addon/sqlite/*.c)
CLI_SRC    := $(wildcard examples/armalo/*.c)
EXAMPLES   := $(patsubst examples/%.c,%,$(wildcard examples/*.c))
HEADERS    := include/armalo.h $(sort $(wildcard include/armalo/*.h))
MANPAGES   := $(sort $(wildcard man/*.[1-9]))
programs    = $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard $(1))))
UNIT       := $(call programs,tests/unit/*.c)
PROPERTY   := $(call programs,tests/property/*.c)
FAULT      := $(call programs,tests/fault/*.c)
CTIME      := $(call programs,tests/ctime/*.c)
BENCH      := $(call programs,tests/bench/*.c)
LONG       := $(call programs,tests/long/*.c)
FUZZ       := $(call programs,tests/fuzz/fuzz_*.c)
THREAD     := $(foreach p,$(UNIT),$(if $(findstring thread,$(notdir $(p))),$(p)))
SCRIPTS    := $(sort $(wildcard tests/ffi/*.py tests/cli/*.sh tests/install/*.sh tests/docs/*.sh tests/docs/*.py \
                tests/lint/bites.py))
LONGSCRIPTS := $(sort $(wildcard tests/long/*.sh tests/long/*.py))

object      = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
SO         := $(BUILD)/libarmalo.so.$(VERSION)
SQLITE_SO  := $(BUILD)/libarmalo-sqlite.so.$(VERSION)
CORE_A     := $(BUILD)/libarmalo.a
SQLITE_A   := $(BUILD)/libarmalo-sqlite.a
PCFILES    := $(BUILD)/armalo.pc $(BUILD)/armalo-sqlite.pc
COMMAND    := $(if $(CLI_SRC),$(BUILD)/armalo)
LIBRARIES  := $(SO) $(CORE_A) $(if $(SQLITE_SRC),$(SQLITE_SO) $(SQLITE_A))
STATIC     := $(if $(SQLITE_SRC),$(SQLITE_A)) $(CORE_A)

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.PHONY: all demo check check-long bench lint format install uninstall dist clean deps help
.PHONY: examples objects unit-programs sanitized-programs thread-programs fuzz-programs FORCE

all: $(LIBRARIES) $(COMMAND) $(PCFILES)

help:
	@echo 'all         the libraries, the armalo command and the .pc files (default)'
	@echo 'demo        install what is missing, build, and run examples/demo.sh'
	@echo 'check       install what is missing, build, and run the tests (5 minutes on two cores)'
	@echo 'check-long  check, a minute of fuzzing for each target, the slow tests (within an hour)'
	@echo 'bench       measure: ratios to a floor of the same run, and sizes'
	@echo 'lint        the house rules (tests/lint)'
	@echo 'format      clang-format every C file in place'
	@echo 'install     into DESTDIR and PREFIX (default /usr/local); uninstall removes the same files'
	@echo 'dist        $(BUILD)/armalo-$(VERSION).tar.gz'
	@echo 'deps        install the Debian packages that build, demo and tests need'
	@echo 'clean       remove $(BUILD)'

# Objects. Every object depends on the Makefile, since that is where its flags are.
$(BUILD)/obj/lib/%.o: lib/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(LIBFLAGS) -c $< -o $@
$(BUILD)/obj/examples/%.o: examples/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(EXEFLAGS) -c $< -o $@
$(BUILD)/obj/tests/%.o: tests/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(TESTFLAGS) -c $< -o $@
$(BUILD)/obj/tests/bench/%.o $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/long/%.o: TESTOPT =

# Libraries. One set of position independent objects serves the shared and the static form.
$(SO): $(call object,$(CORE_SRC)) lib/libarmalo.map
	@mkdir -p $(@D)
	$(LINK) -shared -Wl,-soname,libarmalo.so.$(SOMAJOR) -Wl,--version-script=lib/libarmalo.map -Wl,-z,defs \
	    -Wl,--gc-sections $(filter %.o,$^) $(CORE_LIBS) -pthread -o $@
	ln -sf $(@F) $(BUILD)/libarmalo.so.$(SOMAJOR)
	ln -sf libarmalo.so.$(SOMAJOR) $(BUILD)/libarmalo.so
$(SQLITE_SO): $(call object,$(SQLITE_SRC)) lib/libarmalo-sqlite.map $(SO)
	@mkdir -p $(@D)
	$(LINK) -shared -Wl,-soname,libarmalo-sqlite.so.$(SOMAJOR) -Wl,--version-script=lib/libarmalo-sqlite.map \
	    -Wl,-z,defs -Wl,--gc-sections $(filter %.o,$^) -L$(BUILD) -larmalo $(SQLITE_LIBS) -pthread -o $@
	ln -sf $(@F) $(BUILD)/libarmalo-sqlite.so.$(SOMAJOR)
	ln -sf libarmalo-sqlite.so.$(SOMAJOR) $(BUILD)/libarmalo-sqlite.so
$(CORE_A): $(call object,$(CORE_SRC))
$(SQLITE_A): $(call object,$(SQLITE_SRC))
$(CORE_A) $(SQLITE_A):
	@mkdir -p $(@D)
	rm -f $@
	$(AR) rcsD $@ $^

# Written anew each time: PREFIX may be another one.
$(BUILD)/%.pc: pkgconfig/%.pc.in FORCE
	@mkdir -p $(@D)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	    -e 's|@VERSION@|$(VERSION)|' $< > $@

# The command and the examples see the public headers alone. They carry the library inside, so that they run from the
# build directory as they do once installed.
$(BUILD)/armalo: $(call object,$(CLI_SRC)) $(STATIC)
	$(LINKEXE) $^ $(CJSON_LIBS) $(SQLITE_LIBS) $(CORE_LIBS) -o $@
$(BUILD)/examples/%: $(BUILD)/obj/examples/%.o $(STATIC)
	@mkdir -p $(@D)
	$(LINKEXE) $^ $(EXTRA_LIBS) $(SQLITE_LIBS) $(CORE_LIBS) -o $@
# What an example needs besides.
$(BUILD)/examples/webhook_receiver $(BUILD)/examples/agent_api: EXTRA_LIBS = $(call pc,libmicrohttpd)
examples: $(EXAMPLES:%=$(BUILD)/examples/%)

# Tests: each file is a program. Those in tests/fault can make any allocation fail.
$(BUILD)/tests/fault/%: TEST_LINK = -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(STATIC)
	@mkdir -p $(@D)
	$(LINKEXE) $(TEST_LINK) $^ $(CHECK_LIBS) $(SQLITE_LIBS) $(CORE_LIBS) -o $@
# A fuzz target is linked with the program that replays its corpus; check-long puts libFuzzer in its place.
FUZZ_MAIN ?= $(BUILD)/obj/tests/fuzz/replay.o
$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(FUZZ_MAIN) $(STATIC)
	@mkdir -p $(@D)
	$(LINKEXE) $^ $(SQLITE_LIBS) $(CORE_LIBS) -o $@

unit-programs: $(UNIT) $(PROPERTY) $(FAULT) $(CTIME)
sanitized-programs: $(UNIT) $(PROPERTY) $(FAULT) $(FUZZ)
thread-programs: $(THREAD)
fuzz-programs: $(FUZZ)
objects: $(call object,$(sort $(shell find lib examples tests -name '*.c')))

# The other builds are this Makefile again, in a directory of their own.
JOBS   = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
ASAN   = BUILD=$(BUILD)/asan CC=clang HARDEN= \
           CFLAGS='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'
TSAN   = BUILD=$(BUILD)/tsan CC=clang HARDEN= CFLAGS='-O1 -g -fsanitize=thread'
FUZZER = BUILD=$(BUILD)/fuzzer CC=clang HARDEN= FUZZ_MAIN= LDFLAGS=-fsanitize=fuzzer \
           CFLAGS='-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'
CLANG  = BUILD=$(BUILD)/clang CC=clang

# One line a test for tests/run: its label, then its command.
label   = $(patsubst $(BUILD)/tests/%,%,$(1))
corpus  = tests/fuzz/corpus/$(patsubst fuzz_%,%,$(notdir $(1)))
plain   = $(foreach p,$(1),'$(call label,$(p)) $(p)')
under   = $(foreach p,$(1),'$(2)/$(call label,$(p)) $(3) $(p:$(BUILD)/%=$(BUILD)/$(2)/%)')
fuzz    = $(foreach p,$(1),'$(2)/$(call label,$(p)) $(3) $(p:$(BUILD)/%=$(BUILD)/$(2)/%) $(call corpus,$(p))')
valgrind = $(foreach p,$(1),'$(call label,$(p)) env CK_FORK=no valgrind -q --error-exitcode=1 $(p)')
scripts = $(foreach s,$(1),'$(s:tests/%=%) $(if $(filter %.py,$(s)),python3,sh) $(s)')
# The longest, most of them products of values: as built in check, under the sanitizers in check-long.
SLOW    = $(patsubst %,$(BUILD)/tests/%,property/attest_bits property/attest_bits_given property/attest_rule \
            property/key_bits property/key_rule property/route_product property/webhook_bits property/webhook_replay \
            fault/faults fault/store_sqlite unit/route_lint)
CHECKS  = $(call scripts,$(SCRIPTS)) $(call plain,$(UNIT) $(PROPERTY) $(FAULT)) \
          $(call under,$(filter-out $(SLOW),$(UNIT) $(PROPERTY) $(FAULT)),asan) \
          $(call fuzz,$(FUZZ),asan) $(call under,$(THREAD),tsan,sh tests/tsan.sh) $(call valgrind,$(CTIME))
LONGS   = $(call under,$(SLOW),asan) $(call under,$(UNIT) $(PROPERTY) $(FAULT),clang) $(call plain,$(LONG)) \
          $(call scripts,$(LONGSCRIPTS)) \
          $(call fuzz,$(FUZZ),fuzzer,sh tests/fuzz/minute.sh)
run     = mkdir -p $(BUILD) && printf '%s\n' $(1) > $(BUILD)/tests.list && \
          BUILD=$(abspath $(BUILD)) sh tests/run $(BUILD)/tests.list

check:
	.ci/deps demo check
	+$(MAKE) $(JOBS) all examples unit-programs
	+$(MAKE) $(JOBS) $(ASAN) sanitized-programs
	+$(MAKE) $(JOBS) $(TSAN) thread-programs
	@$(call run,$(CHECKS))

check-long:
	.ci/deps demo check
	+$(MAKE) $(JOBS) all examples unit-programs $(LONG)
	+$(MAKE) $(JOBS) $(ASAN) sanitized-programs
	+$(MAKE) $(JOBS) $(TSAN) thread-programs
	+$(MAKE) $(JOBS) $(CLANG) unit-programs
	+$(MAKE) $(JOBS) $(FUZZER) fuzz-programs
	@export TEST_TIMEOUT=3000; $(call run,$(CHECKS) $(LONGS))

demo:
	.ci/deps demo
	+$(MAKE) $(JOBS) all examples
	sh examples/demo.sh $(BUILD)

bench: $(BENCH)
	+$(MAKE) $(JOBS) all examples
	@set -e; for b in $(BENCH); do echo "== $${b##*/}"; $$b; done
	@BUILD=$(abspath $(BUILD)) sh tests/bench/size.sh

lint:
	.ci/deps check
	@BUILD=$(abspath $(BUILD)) sh tests/lint/lint.sh

C_FILES = $(shell find include lib examples tests -name '*.[ch]')
format:
	clang-format -i $(C_FILES)

deps:
	.ci/deps demo check

# Installing. Uninstalling removes exactly these files, and the directories that they leave empty.
D = $(DESTDIR)
install: all
	install -d $(D)$(LIBDIR)/pkgconfig $(D)$(INCLUDEDIR)/armalo $(D)$(BINDIR)
	for l in $(notdir $(filter %.so.$(VERSION),$(LIBRARIES))); do \
	    base=$${l%.$(VERSION)}; \
	    install -m 755 $(BUILD)/$$l $(D)$(LIBDIR)/$$l && \
	    ln -sf $$l $(D)$(LIBDIR)/$$base.$(SOMAJOR) && ln -sf $$base.$(SOMAJOR) $(D)$(LIBDIR)/$$base || exit 1; \
	done
	install -m 644 $(filter %.a,$(LIBRARIES)) $(D)$(LIBDIR)
	install -m 644 $(PCFILES) $(D)$(LIBDIR)/pkgconfig
	install -m 644 include/armalo.h $(D)$(INCLUDEDIR)
	install -m 644 $(wildcard include/armalo/*.h) $(D)$(INCLUDEDIR)/armalo
	$(if $(COMMAND),install -m 755 $(COMMAND) $(D)$(BINDIR))
	for m in $(notdir $(MANPAGES)); do \
	    install -d $(D)$(MANDIR)/man$${m##*.} && install -m 644 man/$$m $(D)$(MANDIR)/man$${m##*.} || exit 1; \
	done
	$(if $(D),,PATH="$$PATH:/sbin:/usr/sbin" ldconfig 2> /dev/null || true)

INSTALLED = $(foreach l,libarmalo $(if $(SQLITE_SRC),libarmalo-sqlite),\
                $(LIBDIR)/$(l).so.$(VERSION) $(LIBDIR)/$(l).so.$(SOMAJOR) $(LIBDIR)/$(l).so $(LIBDIR)/$(l).a) \
            $(PCFILES:$(BUILD)/%=$(LIBDIR)/pkgconfig/%) $(HEADERS:include/%=$(INCLUDEDIR)/%) $(if $(COMMAND),$(BINDIR)/armalo) \
            $(foreach m,$(notdir $(MANPAGES)),$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(m))
uninstall:
	rm -f $(addprefix $(D),$(INSTALLED))
	rmdir $(D)$(INCLUDEDIR)/armalo 2>/dev/null || true
	$(if $(D),,PATH="$$PATH:/sbin:/usr/sbin" ldconfig 2> /dev/null || true)

# The same commit gives the same bytes. Without git, what is here is packed.
NAME  = armalo-$(VERSION)
FILES = Makefile README.md LICENSE CHANGELOG.md include lib examples tests man pkgconfig .ci .clang-format .gitignore
dist:
	@mkdir -p $(BUILD)
	if git rev-parse --git-dir > /dev/null 2>&1; then git archive --format=tar --prefix=$(NAME)/ HEAD; \
	else tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=u+rwX,go+rX,go-w \
	    --exclude=__pycache__ --transform='s,^,$(NAME)/,' -cf - $(FILES); fi | gzip -9n > $(BUILD)/$(NAME).tar.gz
	@echo $(BUILD)/$(NAME).tar.gz

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
