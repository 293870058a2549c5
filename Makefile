# The front door. The build itself is CMake's (CMakePresets.json); this only names the common roads through it.

PREFIX  ?= /usr/local
DESTDIR ?=
SECONDS_EACH ?= 60

man_pages := $(patsubst man/%.scd,build/man/%,$(wildcard man/*.scd))

.DEFAULT_GOAL := help
.PHONY: help run build test install man bench lint fuzz

help: ## say what there is to make
	@echo 'usage: make TARGET'
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r what why; do \
	    printf '%-15s %s\n' "$$what" "$$why"; done

run: build ## install what the build needs, build, and run the examples until Ctrl-C
	build/release/bin/mitori up examples/

build: ## build/release/bin/mitori
	tools/install-deps build
	cmake --preset release
	cmake --build --preset release

# ctest comes last, so that its closing lines are the last that is said.
test: ## install what the tests need, check the sources, build, run all tests
	tools/install-deps test
	tools/lint
	cmake --preset dev
	cmake --build --preset dev
	ctest --preset dev

man: $(man_pages) ## build/man/: the manual pages

build/man/%: man/%.scd
	@mkdir -p build/man
	scdoc <$< >$@.new
	@mv $@.new $@

install: build man ## install below PREFIX (/usr/local), into DESTDIR where that is given
	DESTDIR='$(DESTDIR)' cmake --install build/release --prefix '$(PREFIX)'
	for page in $(man_pages); do \
	    install -D -m 644 "$$page" '$(DESTDIR)$(PREFIX)'/share/man/man"$${page##*.}"/"$${page##*/}" || exit; done

bench: ## measure against the floor and the peers, as ratios
	tools/install-deps bench
	cmake --preset bench
	cmake --build --preset bench
	bench/run build/bench

lint: ## every check of the sources, with clang-tidy
	tools/install-deps lint
	cmake --preset dev
	tools/lint --all

fuzz: ## run each fuzz target for SECONDS_EACH (60)
	tools/install-deps fuzz
	cmake --preset fuzz
	cmake --build --preset fuzz --target tests/fuzz/all
	tools/fuzz build/fuzz $(SECONDS_EACH)
