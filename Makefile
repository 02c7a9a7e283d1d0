# xattn: build, demo, tests. `make help` lists the targets.
#
# Three switches, each with a build folder of its own, so that they never mix objects:
#   BLAS=openblas (default) | none      none: portable loops, for machines without OpenBLAS
#   SANITIZE=asan | tsan                AddressSanitizer and UndefinedBehaviorSanitizer; ThreadSanitizer
#   ENGINE=libfuzzer | afl              the fuzz targets for one of these, with SANITIZE=asan
#
# For a target that no package of the libraries is built for, SOURCES=DIR compiles them from there: scripts/get_sources.sh.

BLAS     ?= openblas
SANITIZE ?=
ENGINE   ?=
WERROR   ?=
PREFIX   ?= /usr/local
SECONDS  ?= 60
SOURCES  ?=
TARGET   ?=

variant := $(BLAS)$(addprefix -,$(SANITIZE))$(addprefix -,$(ENGINE))
BUILD   := build/$(variant)

# Looked up when a recipe runs, not when make starts: `deps` may just have installed them.
# Debian keeps the headers where the compiler looks; elsewhere pkg-config knows.
modules    = libcjson libutf8proc zlib $(if $(filter openblas,$(BLAS)),openblas)
ifeq ($(SOURCES),)
pkg_cflags = $(shell pkg-config --cflags $(modules) 2>/dev/null)
pkg_libs   = $(shell pkg-config --libs $(modules) 2>/dev/null || echo $(if $(filter openblas,$(BLAS)),-lopenblas) -lcjson -lutf8proc -lz)
else
pkg_cflags = -isystem $(SOURCES) -isystem $(SOURCES)/utf8proc -isystem $(SOURCES)/zlib -DUTF8PROC_STATIC
pkg_libs   = $(BUILD)/libsources.a
endif

# -O3                          vectorises the loops around OpenBLAS: norms, softmax, widening
# -ffp-contract=off            a*b+c rounds twice everywhere, so gcc and clang agree to the last bit
# -fno-math-errno              sqrtf becomes one instruction; nobody reads errno after it
# -MMD -MP                     header dependencies, written beside each object
# -msse2 -mfpmath=sse          32-bit x86: every operation rounds to its type, as on all other machines
OPTIMISE = -O3 -g -ffp-contract=off -fno-math-errno $(if $(filter i386-% i486-% i586-% i686-%,$(machine)),-msse2 -mfpmath=sse)

machine := $(shell $(CC) -dumpmachine)

cache := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/xattn

on_macos := $(filter Darwin,$(shell uname -s))

# It reads untrusted files, so what should be impossible had better end the program (docs/SECURITY.md):
# -fstack-protector-strong     an overrun of an array on the stack is noticed before the function returns
# -D_FORTIFY_SOURCE=3          memcpy, snprintf and others check the size of what they write to, where it is known;
#                              undefined first, for compilers that define it themselves; the sanitizers do better
# -fPIC, -pie                  code lies at another address in every run, and may be part of a shared library
# -z relro, -z now             tables of function addresses are read-only once the program runs
# -z noexecstack               no page is writable and executable
# The last two are for ELF: on macOS they are the linker's own way.
HARDEN   = -fstack-protector-strong -fPIC $(if $(SANITIZE),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
HARDEN_LINK = $(if $(on_macos),,-pie -Wl,-z,relro,-z,now,-z,noexecstack)
WARN     = -Wall -Wextra -Wpedantic -Wformat=2 -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
           -Wvla -Wwrite-strings $(if $(WERROR),-Werror)
SANITIZERS_asan = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DXATTN_LEAK_CHECK
SANITIZERS_tsan = -fsanitize=thread -fno-omit-frame-pointer
SANITIZERS      = $(SANITIZERS_$(SANITIZE))
ifneq ($(ENGINE),)
CC          = $(if $(filter afl,$(ENGINE)),afl-clang-fast,clang)
SANITIZERS += $(if $(filter libfuzzer,$(ENGINE)),-fsanitize=fuzzer-no-link)
endif
# -fvisibility=hidden          a library shows what xattn.h declares, and nothing else
HIDDEN   = -fvisibility=hidden
# POSIX.1-2008 for mmap, poll and friends; DEFAULT and DARWIN for madvise and getopt_long beside it
FEATURES = -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE -D_FILE_OFFSET_BITS=64

ALL_CFLAGS  = $(FEATURES) -Isrc $(OPTIMISE) $(HARDEN) $(HIDDEN) $(WARN) $(SANITIZERS) -MMD -MP $(pkg_cflags) $(CFLAGS)
ALL_LDFLAGS = $(HARDEN_LINK) $(SANITIZERS) $(LDFLAGS)
LIBS        = $(pkg_libs) -lm -lpthread

# Everything in src is the library, but for main and the commands, the other matrix products, and
# kernels for other processors than the compiler's.
other_blas  := $(if $(filter openblas,$(BLAS)),src/nn/matrix_portable.c,src/nn/matrix_openblas.c)
other_cpus  := $(if $(filter x86_64%,$(machine)),,$(wildcard src/nn/kernels/*_avx*.c)) \
               $(if $(filter aarch64% arm64%,$(machine)),,$(wildcard src/nn/kernels/*_neon*.c)) \
               $(if $(filter wasm%,$(machine)),,$(wildcard src/nn/kernels/*_wasm.c))
sources     := $(filter-out $(other_blas) $(other_cpus),$(wildcard src/*.c src/*/*.c src/*/*/*.c))
program_src := src/main.c $(filter src/cli/%,$(sources))
library_src := $(filter-out $(program_src),$(sources))
object       = $(patsubst %.c,$(BUILD)/%.o,$(1))

# The page of the HTML report, as C arrays.
page        := $(addprefix src/align/html/,page.css page.html maps.js steps.js page.js)

# test_memory.c needs --wrap, which macOS's linker does not know.
test_src      := $(filter-out $(if $(on_macos),tests/faults/test_memory.c),$(wildcard tests/*/test_*.c tests/*/*/test_*.c))
support_src   := $(wildcard tests/support/*.c)
test_programs := $(patsubst tests/%.c,$(BUILD)/tests/%,$(test_src))
fuzz_programs := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))

# The trainer of lessons 11 and 12: two programs, and the rest, which tests and exercises are linked with too.
learn_programs := $(BUILD)/examples/learn/learn $(BUILD)/examples/learn/by_hand
examples      := $(patsubst %.c,$(BUILD)/%,$(wildcard examples/*.c)) $(learn_programs)

learn_src     := $(filter-out $(learn_programs:$(BUILD)/%=%.c),$(wildcard examples/learn/*.c))

# For bash, zsh and fish, from the table of options; each shell wants a name of its own.
completions   := $(addprefix $(BUILD)/completions/,xattn.bash _xattn xattn.fish)

# An exercise is a folder: its test, linked with the starter, with the solution, or with your answer.
exercises     := $(wildcard exercises/*-*)
solutions     := $(addsuffix /solution,$(addprefix $(BUILD)/,$(exercises)))
starters      := $(addsuffix /starter,$(addprefix $(BUILD)/,$(exercises)))
exercise      := $(filter exercises/$(N)-%,$(exercises))

.PHONY: all help deps demo examples exercise learn docs site test check asan tsan aarch64 musl wasm web web-demo wheel fuzz soak lint parity bench install uninstall clean FORCE

all: deps ## build the program ./xattn and the library ./libxattn.a; the shared one into $(BUILD)
	@$(MAKE) --no-print-directory xattn libxattn.a $(BUILD)/$(shared)

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

deps: ## install the libraries that are missing, or say which they are
	@scripts/deps.sh build $(BLAS)

# Copies of this variant's, made again whenever another variant's lie there.
xattn libxattn.a: %: $(BUILD)/% FORCE
	@cmp -s $< $@ || cp $< $@
FORCE:
.SECONDARY:  # keep the tests' objects

# A kernel is compiled for the processors that it is chosen on when the program runs: nn/kernels/cpu.h.
kernels := $(BUILD)/src/nn/kernels
$(kernels)/%_avx2.o: ALL_CFLAGS += -mavx2 -mfma -mf16c
$(kernels)/%_avx_vnni.o: ALL_CFLAGS += -mavx2 -mavxvnni
$(kernels)/%_avx512.o $(kernels)/%_avx512_vnni.o: ALL_CFLAGS += -mavx512f -mavx512bw -mavx512dq -mavx512vl
$(kernels)/%_avx512_vnni.o: ALL_CFLAGS += -mavx512vnni
$(kernels)/%_neon_dotprod.o: ALL_CFLAGS += -march=armv8.2-a+dotprod

$(BUILD)/xattn: $(call object,$(program_src)) $(BUILD)/internal.a $(if $(SOURCES),$(BUILD)/libsources.a)
	@echo "link $@"
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/page.c: src/align/html/embed.sh $(page)
	@mkdir -p $(@D)
	@sh $^ >$@

$(BUILD)/page.o: $(BUILD)/page.c Makefile
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

library_obj := $(call object,$(library_src)) $(BUILD)/page.o

# With all its names: for the program, and for tests, which look inside.
$(BUILD)/internal.a: $(library_obj)
	@rm -f $@
	@$(AR) rcs $@ $^

# For others: one object in which only the names of xattn.h can be seen, so that a host may have a buffer_append of
# its own. Linking it to that object makes hidden names local on macOS; elsewhere objcopy does. It goes by the name,
# as does names.map for the shared library, because gcc shows functions that it clones for processors (nn/clones.h).
OBJCOPY ?= $(or $(shell $(CC) -print-prog-name=objcopy),objcopy)
$(BUILD)/libxattn.a: $(library_obj)
	@echo "archive $@"
	@$(CC) -r -nostdlib $(SANITIZERS) -o $(BUILD)/xattn.o $^
	@$(if $(on_macos),,$(OBJCOPY) --wildcard --keep-global-symbol='xattn_*' $(BUILD)/xattn.o)
	@rm -f $@
	@$(AR) rcs $@ $(BUILD)/xattn.o

# The number behind .so changes when programs must be built again.
version   := $(shell sed -n 's/^\#define XATTN_VERSION "\(.*\)"/\1/p' src/xattn.h)
series    := 0
shared    := $(if $(on_macos),libxattn.$(version).dylib,libxattn.so.$(version))
soname    := $(if $(on_macos),libxattn.$(series).dylib,libxattn.so.$(series))
linkname  := $(if $(on_macos),libxattn.dylib,libxattn.so)
comma     := ,
no_gaps    = $(if $(on_macos)$(SANITIZE),,-Wl,--no-undefined)
name_flags = $(if $(on_macos),-install_name @rpath/$(soname),-Wl$(comma)-soname$(comma)$(soname) -Wl$(comma)--version-script=scripts/install/names.map)
$(BUILD)/$(shared): $(library_obj) $(if $(SOURCES),$(BUILD)/libsources.a)
	@echo "link $@"
	@$(CC) -shared $(name_flags) $(no_gaps) $(filter-out -pie,$(ALL_LDFLAGS)) -o $@ $(library_obj) $(LIBS)

# The libraries that a package has elsewhere.
library_sources := cjson/cJSON.c utf8proc/utf8proc.c $(patsubst %,zlib/%.c,adler32 crc32 inflate inffast inftrees zutil)
$(BUILD)/libsources.a: $(library_sources:%.c=$(BUILD)/sources/%.o)
	@rm -f $@
	@$(AR) rcs $@ $^

$(BUILD)/sources/%.o: $(SOURCES)/%.c
	@mkdir -p $(@D)
	@$(CC) $(OPTIMISE) -fPIC $(pkg_cflags) -c -o $@ $<

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "compile $<"
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

demo: all ## translate a sentence and show its cross-attention map
	@scripts/demo.sh

test: ## build and run every test; ends with "N passed, N failed"
	@scripts/deps.sh test $(BLAS)
	@$(MAKE) --no-print-directory BLAS=none build/none/xattn build/none/libxattn.a
	@$(MAKE) --no-print-directory check

check: $(BUILD)/xattn $(BUILD)/libxattn.a $(BUILD)/$(shared) $(completions) $(test_programs) $(examples) $(solutions) $(starters) fuzz-programs
	@BUILD=$(BUILD) tests/run.sh $(test_programs) $(solutions) $(wildcard tests/*/test_*.sh)

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(call object,$(support_src)) $(BUILD)/internal.a
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

$(BUILD)/tests/%.o $(BUILD)/tests/support/%.o: ALL_CFLAGS += -Itests/support $(cmocka_cflags)
cmocka_cflags := $(if $(SOURCES),-isystem $(SOURCES)/cmocka/include -D_UINTPTR_T)  # which stdint.h has

# The program itself with a test in front of its main, its allocator and its loader.
wrapped := main _Exit malloc calloc realloc free mmap model_load
$(BUILD)/tests/faults/test_memory: $(call object,$(program_src) tests/faults/test_memory.c $(support_src)) $(BUILD)/internal.a
	@$(CC) $(ALL_LDFLAGS) $(wrapped:%=-Wl,--wrap=%) -o $@ $^ -lcmocka $(LIBS)

# The index of models is the program's, not the library's.
$(BUILD)/tests/cli/test_model_index $(BUILD)/tests/fuzz/fuzz_model_index: $(BUILD)/src/cli/model_index.o

# So are the lines that it reads.
$(BUILD)/tests/fuzz/fuzz_lines: $(BUILD)/src/cli/lines.o $(BUILD)/src/cli/utf16.o

# The fuzzer has a main; without one, replay.c runs the inputs that are named.
replay := $(if $(ENGINE),,$(BUILD)/tests/fuzz/replay.o)
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(replay) $(call object,$(support_src)) $(BUILD)/internal.a
	@$(CC) $(ALL_LDFLAGS) $(if $(ENGINE),-fsanitize=fuzzer) -o $@ $^ -lcmocka $(LIBS)

.PHONY: fuzz-programs
fuzz-programs: $(fuzz_programs) $(BUILD)/tests/fuzz/seeds

examples: $(examples) ## the programs of examples/, into $(BUILD)/examples

# Two embed the library, and see what a stranger sees; the others look inside.
$(BUILD)/examples/translate $(BUILD)/examples/look: $(BUILD)/libxattn.a
$(BUILD)/examples/attention_by_hand $(BUILD)/examples/positions: $(BUILD)/internal.a
$(BUILD)/examples/%: examples/%.c
	@mkdir -p $(@D)
	@$(CC) $(FEATURES) -Isrc $(WARN) $(SANITIZERS) -o $@ $^ $(LIBS)

$(BUILD)/film.c: src/align/html/embed.sh examples/learn/film.html
	@mkdir -p $(@D)
	@sh $^ >$@

$(BUILD)/film.o: $(BUILD)/film.c Makefile
	@$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(BUILD)/liblearn.a: $(call object,$(learn_src)) $(BUILD)/film.o
	@rm -f $@
	@$(AR) rcs $@ $^

$(learn_programs): %: %.o $(BUILD)/liblearn.a $(BUILD)/internal.a
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/tests/learn/%: $(BUILD)/tests/learn/%.o $(call object,$(support_src)) $(BUILD)/liblearn.a $(BUILD)/internal.a
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

learn: all $(BUILD)/examples/learn/learn ## train a small translator and make a film of its attention: TASK=numbers, dates or reverse
	@cmp -s $(BUILD)/examples/learn/learn $@ || cp $(BUILD)/examples/learn/learn $@
	@./learn $(or $(TASK),numbers)

exercise: ## test your answer to one of exercises/: make exercise N=1
	@test -n "$(exercise)" || { echo "usage: make exercise N=1, one of $(notdir $(exercises))"; exit 2; }
	@scripts/deps.sh test $(BLAS)
	@test -e $(exercise)/answer.c || { cp $(exercise)/starter.c $(exercise)/answer.c && \
	    echo "$(exercise)/answer.c is yours to write; $(exercise)/README.md says what"; }
	@$(MAKE) --no-print-directory $(BUILD)/$(exercise)/answer
	@$(BUILD)/$(exercise)/answer

.SECONDEXPANSION:
$(BUILD)/exercises/%: $(BUILD)/exercises/%.o $(BUILD)/exercises/$$(*D)/test.o $(call object,$(support_src)) $(BUILD)/liblearn.a $(BUILD)/internal.a
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

$(BUILD)/exercises/%.o: ALL_CFLAGS += -Itests/support -Iexamples
$(BUILD)/tests/learn/%.o: ALL_CFLAGS += -Iexamples

$(BUILD)/completions/generate: $(BUILD)/completions/generate.o $(BUILD)/src/cli/option_table.o
	@$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/completions/xattn.bash: for = bash
$(BUILD)/completions/_xattn: for = zsh
$(BUILD)/completions/xattn.fish: for = fish
$(completions): $(BUILD)/completions/generate
	@$< $(for) >$@

docs: xattn $(examples) ## quoted code and printed output in the documents, as they are now
	@UPDATE=1 BUILD=$(BUILD) sh tests/docs/test_excerpts.sh
	@UPDATE=1 BUILD=$(BUILD) sh tests/docs/test_commands.sh

site: ## the documents as a website to read from disk, build/site/index.html
	@scripts/site/build.sh

asan: ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/deps.sh test $(BLAS)
	@$(MAKE) --no-print-directory SANITIZE=asan check

tsan: ## the tests under ThreadSanitizer
	@scripts/deps.sh test $(BLAS)
	@TSAN_OPTIONS=halt_on_error=1 $(MAKE) --no-print-directory SANITIZE=tsan check

# For other processors and C libraries, from Debian: gcc-aarch64-linux-gnu, qemu-user and the libraries for arm64;
# musl-tools and dpkg-dev. .ci/run installs them.

# The C tests that need no more than the library. The others run the program, or wrap its allocator; and test_texts.c
# translates so much that an emulated processor takes minutes.
aarch64_tests = $(patsubst tests/%.c,build/aarch64/tests/%,$(filter-out tests/api/test_texts.c,$(wildcard $(foreach d,api base model nn text,tests/$d/test_*.c))))
aarch64: ## tests of the library as built for ARM, under qemu: the NEON kernels among them
	@$(MAKE) --no-print-directory CC=aarch64-linux-gnu-gcc BLAS=none BUILD=build/aarch64 build/aarch64/xattn $(aarch64_tests)
	@EMULATOR=qemu-aarch64 BUILD=build/aarch64 tests/run.sh $(aarch64_tests)

# The tests of the program, except those of what only a dynamic program has.
musl_tests = $(filter-out tests/cli/test_hardening.sh tests/cli/test_two_builds.sh tests/cli/test_example.sh,$(wildcard tests/cli/test_*.sh))
musl: ## a static program for any Linux, build/musl/xattn, with the C library musl; and the tests of the program with it
	@scripts/get_sources.sh $(cache)/sources
	@$(MAKE) --no-print-directory CC=musl-gcc BLAS=none BUILD=build/musl SOURCES=$(cache)/sources HARDEN_LINK=-static build/musl/xattn
	@BUILD=build/musl tests/run.sh $(musl_tests)

# For browsers, from Debian: emscripten, node-acorn and dpkg-dev. -msimd128: instructions that every browser has had since 2023;
# -O2: smaller by the size of a reader or two.
for_wasm = $(MAKE) --no-print-directory CC=emcc AR=emar BLAS=none BUILD=build/wasm SOURCES=$(cache)/sources HARDEN= HARDEN_LINK= \
           CFLAGS=-msimd128 OPTIMISE='$(filter-out -g,$(OPTIMISE:-O3=-O2))'
web: ## the explorer, a page that translates by itself and shows where each head looks: build/web, for any web server
	@scripts/get_sources.sh $(cache)/sources
	@$(for_wasm) build/wasm/internal.a build/wasm/libsources.a
	@web/build.sh $(cache)/sources build/wasm/internal.a build/wasm/libsources.a

# The C tests of the layers, except that of OpenBLAS. Node has a fetch, which emscripten mistakes for a browser's.
wasm_tests = $(patsubst tests/%.c,build/wasm/tests/%,$(filter-out tests/nn/test_matrix.c,$(wildcard tests/nn/test_*.c)))
wasm: ## tests of the library as built for browsers, in Node: the kernels for WebAssembly's SIMD among them
	@scripts/get_sources.sh $(cache)/sources
	@scripts/get_sources.sh $(cache)/sources cmocka
	@NODE_PATH=$${NODE_PATH:-/usr/share/nodejs} $(for_wasm) LDFLAGS='-O1 -Lbuild/wasm -sNODERAWFS=1 -sALLOW_MEMORY_GROWTH=1 --pre-js tests/web/environment.js' \
	    build/wasm/libcmocka.a $(wasm_tests)
	@EMULATOR='node --no-experimental-fetch' BUILD=build/wasm tests/run.sh $(wasm_tests)

$(BUILD)/libcmocka.a: $(SOURCES)/cmocka/src/cmocka.c
	@$(CC) -O1 -DHAVE_SIGNAL_H -DHAVE_UNISTD_H $(cmocka_cflags) -c -o $(BUILD)/cmocka.o $<
	@$(AR) rcs $@ $(BUILD)/cmocka.o

PORT ?= 8000
web-demo: web ## the explorer in your browser, at http://127.0.0.1:8000/; PORT=8080 for another port
	@echo "open http://127.0.0.1:$(PORT)/ in a browser; Ctrl-C ends the server"
	@python3 -m http.server --bind 127.0.0.1 --directory build/web $(PORT)

fuzz: ENGINE := $(or $(ENGINE),libfuzzer)
fuzz: ## the fuzz targets, two at a time: SECONDS=60 each, TARGET=name for one, ENGINE=libfuzzer or afl
	@scripts/deps.sh $(ENGINE) none
	@$(MAKE) --no-print-directory ENGINE=$(ENGINE) BLAS=none SANITIZE=asan fuzz-programs
	@printf '%s\n' $(or $(TARGET),$(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))) | \
	    xargs -n 1 -P 2 tests/fuzz/run.sh $(ENGINE) $(SECONDS)

soak: all ## 200,000 lines of hostile text: as many out, memory flat; draws docs/images/soak.svg
	@tests/soak/run.sh

# Without the libraries of this machine: they are compiled into libxattn, from scripts/get_sources.sh.
wheel: ## a Python wheel with library and model that needs numpy alone, build/wheel/xattn-*.whl
	@scripts/get_sources.sh $(cache)/sources
	@python/wheel.sh "BLAS=none BUILD=build/wheel SOURCES=$(cache)/sources LDFLAGS=-s"

lint: ## formatting, static analysis, shell and Python checks
	@scripts/deps.sh lint
	@scripts/lint.sh

parity: all ## compare with transformers, sentencepiece and CTranslate2 in a virtual environment
	@scripts/parity/run.sh

bench: all ## time it beside other translators; ISA=avx2 or avx512: with no more instructions than that
	@scripts/bench/run.sh $(addprefix --isa ,$(ISA))

# Their values reach the script as they are: spaces in them are nobody's business here.
install uninstall: export PREFIX := $(PREFIX)
install uninstall: export DESTDIR := $(DESTDIR)
install uninstall: export VERSION := $(version)
install uninstall: export SHARED := $(shared)
install uninstall: export SONAME := $(soname)
install uninstall: export LINKNAME := $(linkname)
install uninstall: export LIBS = $(pkg_libs) -lm -lpthread
install: all $(completions) ## into $(PREFIX): program, manual, completions, libraries, header, model
	@scripts/install.sh install $(BUILD)

uninstall: ## what install put there
	@scripts/install.sh uninstall $(BUILD)

clean: ## everything that was built
	rm -rf build xattn learn libxattn.a

-include $(shell find build -name '*.d' 2>/dev/null)
