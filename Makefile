# Every target installs what it lacks (.ci/setup); what is there already is neither installed nor built again.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:
.PHONY: help run test bench release smoke browser setup clean

# Flags from outside would replace those of .cargo/config.toml and rebuild everything.
unexport RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_TARGET_DIR

# A machine that builds once has no use for incremental data.
ifdef CI
export CARGO_INCREMENTAL := 0
endif

RELEASE := $(CURDIR)/target/release/vestibule
SCALE ?= 1
DEMO := VESTIBULE_DATABASE_URL=sqlite://var/demo.db VESTIBULE_SECRET_KEY_FILE=var/demo.key

help: ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' Makefile | expand -t 16

run: browser ## Serve the demo on http://127.0.0.1:8080 (FRESH=1 forgets what was done in it)
	cargo build --locked --bin vestibule
	mkdir -p var
	$(if $(FRESH),rm -f var/demo.db*)
	exec env $(DEMO) target/debug/vestibule serve --demo

test: ## Run every check and test: format, lints, both databases, journeys in a real browser
	.ci/test

bench: release ## Show the budgets and what is measured against them, at scale too (SCALE= leaves that out)
	.ci/setup postgres node
	SCALE=$(SCALE) VESTIBULE_BIN=$(RELEASE) node end2end/bench.mjs

release: browser ## Build the one binary with everything inside: target/release/vestibule
	cargo build --locked --release --bin vestibule

smoke: release ## Run the walk-through on the release, both ways in and on both databases
	.ci/setup chromium node
	cd end2end && VESTIBULE_BIN=$(RELEASE) npx playwright test -g smoke

browser: ## Build the browser code into target/site/pkg, show its size
	.ci/setup rust wasm bindgen
	RUSTC_BOOTSTRAP=1 cargo rustc --locked --lib --crate-type cdylib --profile wasm-release --target wasm32-unknown-unknown \
		--no-default-features --features hydrate --target-dir target/wasm --config target/wasm.toml
	target/bindgen/release/bindgen target/wasm/wasm32-unknown-unknown/wasm-release/vestibule.wasm target/site/pkg vestibule

setup: ## Install everything the targets need
	.ci/setup rust wasm bindgen chromium postgres node

clean: ## Remove what was built
	rm -rf target
