# Targets of development. `make` lists them.
PYTHON ?= python3
VENV := .venv
REQUIREMENTS := tests/python/test.txt
PYTHON_SOURCES := src/constructs/compute/instances/user_data lambda tests
STAMP := $(VENV)/.installed
# Python environment of the tool that the benchmark of the validation compares with.
BENCHMARK := .benchmark
BENCHMARK_STAMP := $(BENCHMARK)/.installed
ROWS := 1000000
# Of seeded tests.
SCHEDULES := 100000
PAIRS := 200
RUNS := 50
MUTATIONS := 3000
STACK_CHANGES := 1000
SEED := 1
# Without npm, the test that needs it reports that npm is missing.
NODE_STAMP := $(if $(shell command -v npm),tests/node/node_modules/.package-lock.json)

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the paymig command
	cargo build --release

.PHONY: test
test: lint $(STAMP) $(NODE_STAMP) ## Lint, then unit, snapshot and engine tests
	cargo test --workspace --no-run
	$(MAKE) --no-print-directory --jobs=3 --output-sync=target test-systems test-rust test-python

# The parts of `test`. All mostly wait for Terraform and for databases. So they run at the same time, and with more
# concurrent tests than a small machine has processors. Python tests measure times: they have priority.
SYSTEMS := systems:: side_by_side::
.PHONY: test-systems test-rust test-python
test-systems: export RUST_TEST_THREADS ?= 2
test-systems:
	nice -n 5 cargo test --test terraform -- $(SYSTEMS)
test-rust: export RUST_TEST_THREADS ?= 3
test-rust:
	nice -n 5 cargo test --workspace --no-fail-fast -- $(addprefix --skip ,$(SYSTEMS))
test-python:
	$(VENV)/bin/pytest --quiet --numprocesses=2 --dist=loadfile

.PHONY: lint
lint: $(STAMP) ## Formatting and lints of the Rust and the Python code
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	$(VENV)/bin/ruff check $(PYTHON_SOURCES)
	$(VENV)/bin/ruff format --check $(PYTHON_SOURCES)
	$(VENV)/bin/mypy --strict $(PYTHON_SOURCES)

.PHONY: bless
bless: $(STAMP) $(NODE_STAMP) ## Update snapshots, addresses, bindings, generated documents and the stack file schema
	PAYMIG_BLESS=1 INSTA_UPDATE=always cargo test --workspace --no-fail-fast

.PHONY: bench-validation
bench-validation: $(STAMP) $(BENCHMARK_STAMP) ## Throughput of the validation against reladiff; ROWS=1000000
	PYTHONPATH=lambda:tests/lambda AWS_DEFAULT_REGION=us-east-1 $(VENV)/bin/python \
		tests/lambda/benchmark/validation_throughput.py --rows $(ROWS) --reladiff $(BENCHMARK)/bin/python

.PHONY: explore
explore: $(STAMP) ## Explore schedules of the cutover; SCHEDULES=100000 SEED=1 REPLAY=JSON
	PYTHONPATH=lambda:tests:tests/lambda $(VENV)/bin/python -m explorer.explore \
		--schedules $(SCHEDULES) --seed $(SEED) $(if $(REPLAY),--replay '$(REPLAY)')

.PHONY: faults
faults: $(STAMP) ## Migrate with every fault of the local DMS, in each phase, on both engines
	PAYMIG_FAULTS=all $(VENV)/bin/pytest --quiet tests/lambda/migration_faults/test_single_faults.py

.PHONY: fault-pairs
fault-pairs: $(STAMP) ## Migrate with pairs of faults of the local DMS; PAIRS=200 SEED=1
	PAYMIG_FAULT_PAIRS=$(PAIRS) PAYMIG_FAULT_SEED=$(SEED) $(VENV)/bin/pytest --quiet \
		tests/lambda/migration_faults/test_fault_pairs.py

.PHONY: cutovers
cutovers: $(STAMP) ## Measure the unavailability of writes in cutovers without faults; RUNS=50 SEED=1
	PAYMIG_CUTOVER_RUNS=$(RUNS) PAYMIG_CUTOVER_SEED=$(SEED) $(VENV)/bin/pytest --quiet \
		tests/lambda/migration_faults/test_cutover_downtime.py

.PHONY: rehearsal
rehearsal: export STACK ?= stacks/orchestrated.toml
rehearsal: export ENVIRONMENT ?= migration
rehearsal: export FIXTURES ?= datacenter.tf.json
rehearsal: $(STAMP) ## Migrate a stack in a local AWS, and print the report; STACK=file.toml ENVIRONMENT= FIXTURES=
	cargo test --quiet --test terraform rehearsal_of_a_stack_file -- --ignored --nocapture

.PHONY: side-by-side
side-by-side: $(STAMP) ## Apply all environments of each stack with two suffixes beside each other
	PAYMIG_SIDE_BY_SIDE=all cargo test --test terraform side_by_side

.PHONY: walks
walks: $(STAMP) ## Move every system through all stages, and plan each stage again
	PAYMIG_WALKS=all cargo test --test terraform systems:: -- --nocapture

.PHONY: effects
effects: export PAYMIG_EFFECT_TYPES ?= $(TYPES)
effects: $(STAMP) ## Ask the AWS provider which changes replace a resource (needs terraform); TYPES="aws_lb aws_eip"
	PAYMIG_BLESS=1 cargo test --test provider effects_are_those

.PHONY: mutations
mutations: $(STAMP) ## Compare `paymig diff` with the provider on random changes; MUTATIONS=3000 STACK_CHANGES=1000 SEED=1
	PAYMIG_MUTATIONS=$(MUTATIONS) PAYMIG_STACK_CHANGES=$(STACK_CHANGES) PAYMIG_MUTATION_SEED=$(SEED) cargo test --test provider random_change -- --nocapture

.PHONY: schema
schema: ## Read the AWS provider's schema anew (needs terraform)
	cargo run -p bindgen -- schema

.PHONY: bindings
bindings: ## Write src/aws anew from fixtures/provider
	cargo run -p bindgen -- bindings

$(STAMP): $(REQUIREMENTS)
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --require-hashes --requirement $(REQUIREMENTS)
	touch $@

$(BENCHMARK_STAMP): tests/python/benchmark.txt
	$(PYTHON) -m venv $(BENCHMARK)
	$(BENCHMARK)/bin/pip install --quiet --require-hashes --requirement $<
	touch $@

tests/node/node_modules/.package-lock.json: tests/node/package-lock.json
	npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@
