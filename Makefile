# Front doors. Each installs what it needs through scripts/bootstrap, then works in build folders.

BUILD ?= build
CHECK ?= build-check
PREFIX ?= /usr/local

all: $(BUILD)/rung

$(BUILD)/rung: bootstrap-build FORCE
	@test -f $(BUILD)/build.ninja || meson setup $(BUILD) --prefix=$(PREFIX) -Dtests=false >$(BUILD).log || { cat $(BUILD).log; exit 1; }
	@ninja -C $(BUILD) --quiet
	@ln -sf src/rung $(BUILD)/rung

demo: all
	@scripts/demo $(BUILD)/rung

check:
	@scripts/bootstrap check
	@scripts/check $(CHECK)

check-all:
	@scripts/bootstrap all
	@scripts/check $(CHECK) --all

check-regression: all
	@scripts/bootstrap check
	@RUNG=$(abspath $(BUILD)/rung) scripts/check-regression --keep $(abspath build-all)/regression/ways

bench: all
	@scripts/bootstrap bench
	@bench/run $(BUILD)/rung
	@RUNG_TEST_FSYNC=off test/with-postgresql --own bench/purge.py $(BUILD)/rung $(if $(FULL),--users 20000)
	@test/with-postgresql --own bench/serve.py $(BUILD)/rung

install: all
	@meson install -C $(BUILD) --no-rebuild --quiet
	@scripts/install-manual $(BUILD)/rung $(DESTDIR)$(PREFIX)

bootstrap-build:
	@scripts/bootstrap build

clean:
	rm -rf build build-*

FORCE:
.PHONY: all demo check check-all check-regression bench install bootstrap-build clean FORCE
