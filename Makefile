# Signet. `make run` starts it, `make check` proves it; everything built goes to build/.

CC      ?= gcc
V       := $(shell git -c safe.directory='*' describe --always --dirty 2>/dev/null || echo 0.1)
LIBS    := -lmicrohttpd -lgnutls -lhogweed -lnettle -lgmp -lsqlite3 -ljansson -lcrypt -lseccomp -linih -lcurl-gnutls -lz -lpthread
WARN    := -Wall -Wextra -Werror -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith -Wwrite-strings
HARDEN  := -fstack-protector-strong -fPIE -ftrivial-auto-var-init=zero
FLAGS   := -std=c11 -D_GNU_SOURCE -DSIGNET_VERSION='"$(V)"' -Iserver -Ibuild/gen $(WARN) $(HARDEN)

# SAN=address or SAN=thread builds the test daemon and the unit tests with that sanitizer, beside the others.
SAN     ?=
CHECK   := build/check$(if $(SAN),-$(SAN))
SANITIZE_address := -fsanitize=address,undefined -fno-sanitize-recover=undefined
SANITIZE_thread  := -fsanitize=thread

RELEASE_FLAGS := -O2 -g -D_FORTIFY_SOURCE=2
CHECK_FLAGS   := -O1 -g -DTEST_SEAMS $(SANITIZE_$(SAN))

SOURCES := $(wildcard server/*.c server/*/*.c)
GEN     := build/gen/queries.inc build/gen/migrations.inc build/gen/openapi.inc build/gen/assets.inc
TESTS   := $(wildcard tests/unit/*/test_*.c)
UNIT    := $(TESTS:tests/unit/%.c=$(CHECK)/unit/%)

.PHONY: all run check checks unit e2e bench soak clean
all: build/signet

# The two promises ------------------------------------------------------------------------------------------
DATA := run
ARGS :=
run:
	@packaging/bootstrap run
	@$(MAKE) --no-print-directory -s -j2 build/signet
	@exec build/signet serve --data $(DATA) $(ARGS)

check:
	@packaging/bootstrap check
	@$(MAKE) --no-print-directory -s -j2 build/signet $(CHECK)/signet unit-programs tests/node_modules/.stamp
	@$(MAKE) --no-print-directory -s checks unit
	@$(MAKE) --no-print-directory -s -j2 SAN=$(or $(SAN),address) replay
	@$(MAKE) --no-print-directory -s e2e

checks:
	@for c in tests/checks/*.sh; do $$c || { echo "$$c failed" >&2; exit 1; }; done
e2e: $(CHECK)/signet build/signet tests/node_modules/.stamp
	SIGNET=$(CHECK)/signet node tests/e2e/run.mjs $(or $(E2E),$(wildcard tests/e2e/*.test.mjs))
bench:
	@packaging/bootstrap bench
	@$(MAKE) --no-print-directory -s -j2 build/signet tests/node_modules/.stamp
	node tests/bench/run.mjs $(BENCH)
soak:
	@packaging/bootstrap check
	@$(MAKE) --no-print-directory -s -j2 build/signet tests/node_modules/.stamp
	node tests/soak/run.mjs $(SOAK)
tests/node_modules/.stamp: tests/package-lock.json
	cd tests && npm ci --loglevel=error --no-audit --no-fund >/dev/null && touch node_modules/.stamp

# release ---------------------------------------------------------------------------------------------
RELEASE_O := $(SOURCES:%.c=build/release/%.o) build/release/embedded.o
build/signet: $(RELEASE_O)
	$(CC) -pie -Wl,-z,relro,-z,now,-z,noexecstack -o $@ $^ $(LIBS)
build/release/%.o: %.c $(GEN)
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(RELEASE_FLAGS) -MMD -MP -c -o $@ $<
build/release/embedded.o: build/gen/embedded.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<

# test build: the same source with the seams --------------------------------------------------------------
CHECK_O := $(SOURCES:%.c=$(CHECK)/%.o) $(CHECK)/embedded.o
$(CHECK)/signet: $(CHECK_O)
	$(CC) -pie $(SANITIZE_$(SAN)) -o $@ $^ $(LIBS)
$(CHECK)/libsignet.a: $(filter-out $(CHECK)/server/main.o,$(CHECK_O))
	@rm -f $@
	ar rcs $@ $^
$(CHECK)/%.o: %.c $(GEN)
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CHECK_FLAGS) -MMD -MP -c -o $@ $<
$(CHECK)/embedded.o: build/gen/embedded.S
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<
$(CHECK)/unit/%: tests/unit/%.c $(CHECK)/libsignet.a
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CHECK_FLAGS) -Itests/unit -MMD -MP -o $@ $< $(CHECK)/libsignet.a $(LIBS) -lcmocka
.PHONY: unit-programs
unit-programs: $(UNIT)
unit: $(UNIT)
	@tests/unit/run $(UNIT)

# fuzz: each target of tests/fuzz replays its corpus under the sanitizers in `make check`; `make fuzz` looks for more --------
FUZZ    := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SOURCES := $(wildcard $(addsuffix /*.c,$(addprefix server/,base pki keeper http)))
FUZZ_SEC ?= 60
.PHONY: replay fuzz
replay: $(FUZZ:%=$(CHECK)/fuzz/%)
	@for t in $(FUZZ); do $(CHECK)/fuzz/$$t tests/fuzz/corpus/$$t || exit 1; done
$(CHECK)/libfuzz.a: $(FUZZ_SOURCES:%.c=$(CHECK)/%.o)
	@rm -f $@
	ar rcs $@ $^
$(CHECK)/fuzz/%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(CHECK)/libfuzz.a
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CHECK_FLAGS) -MMD -MP -MF $@.d -o $@ $^ $(LIBS)
fuzz:
	@packaging/bootstrap fuzz
	@$(MAKE) --no-print-directory -s -j2 $(FUZZ:%=build/fuzz/%)
	@for t in $(FUZZ); do mkdir -p build/fuzz/corpus/$$t && \
	    build/fuzz/$$t -max_total_time=$(FUZZ_SEC) -max_len=8192 -timeout=5 -print_final_stats=1 -artifact_prefix=build/fuzz/ \
	    build/fuzz/corpus/$$t tests/fuzz/corpus/$$t || exit 1; done
build/fuzz/lib.a: $(FUZZ_SOURCES:%.c=build/fuzz/%.o)
	@rm -f $@
	ar rcs $@ $^
build/fuzz/server/%.o: server/%.c $(GEN)
	@mkdir -p $(@D)
	$(FUZZ_CC) -fsanitize=fuzzer-no-link -c -o $@ $<
build/fuzz/%: tests/fuzz/fuzz_%.c build/fuzz/lib.a
	$(FUZZ_CC) -fsanitize=fuzzer -o $@ $^ $(LIBS)
FUZZ_CC := clang-14 -std=c11 -D_GNU_SOURCE -DSIGNET_VERSION='"fuzz"' -DTEST_SEAMS -Iserver -Ibuild/gen -O1 -g $(SANITIZE_address)

# generated -------------------------------------------------------------------------------------------
build/gen/queries.inc: $(wildcard db/queries/*.sql) db/queries.awk
	@mkdir -p $(@D)
	awk -f db/queries.awk $(filter %.sql,$^) </dev/null > $@
webui/node_modules/.stamp: webui/package-lock.json
	cd webui && npm ci --loglevel=error --no-audit --no-fund >/dev/null && touch node_modules/.stamp
# What the binary carries: webui/pack.mjs, the migrations and the contract, by .incbin.
build/gen/migrations.inc build/gen/openapi.inc build/gen/assets.inc build/gen/embedded.S &: webui/node_modules/.stamp packaging/embed.sh $(wildcard db/migrations/*.sql) $(wildcard server/api/openapi.json) $(shell find webui -type f -not -path '*/node_modules/*' 2>/dev/null)
	packaging/embed.sh build/gen

-include $(SOURCES:%.c=build/release/%.d) $(SOURCES:%.c=$(CHECK)/%.d) $(UNIT:=.d) $(FUZZ:%=$(CHECK)/fuzz/%.d)

clean:
	rm -rf build
