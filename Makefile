# `make demo` shows the product, `make test` proves it; both set everything up by themselves.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
DEMO := var/demo
AS_OF := 2026-11-20
PORT := 8000
# What keeps cases is tested on both databases: SQLite with everything else, then these on PostgreSQL.
ON_POSTGRESQL := tests/integration/accounts tests/integration/trace tests/integration/casework tests/integration/desk \
	tests/integration/visits tests/integration/referrals tests/integration/supervision tests/integration/cases tests/integration/dispatch tests/integration/payments \
	tests/integration/keeping tests/integration/roads tests/integration/notices tests/integration/verification tests/integration/applications \
	tests/integration/decisions tests/integration/reviews tests/integration/grievances tests/integration/citizen tests/integration/bundles
# Two cores: one thread each for the numeric libraries, or contention costs more than it gives.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export POLARS_MAX_THREADS := 2

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/.installed: requirements/locked.txt pyproject.toml
	python3 -m venv $(VENV) || (apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && python3 -m venv $(VENV))
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/locked.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

install: $(VENV)/.installed ## build .venv with locked parts and the command .venv/bin/jiuzhu

browser: ## Debian's Chromium and Chinese fonts, for tests in a real browser
	@command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi 'noto.*cjk' || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null)

java: ## Debian's Java 17, for the tests of the spark engine
	@command -v java >/dev/null || (apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless >/dev/null) || \
		{ echo 'make java: Java 17 is missing and could not be installed; as root: apt-get install openjdk-17-jre-headless' >&2; exit 1; }

postgresql: ## Debian's PostgreSQL, for the tests of the cases on it
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || (apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null) || \
		{ echo 'make postgresql: the server is missing and could not be installed; as root: apt-get install postgresql' >&2; exit 1; }

demo: install ## clone to running county: data made, release built, warnings out, page up
	$(BIN)/jiuzhu demo --workspace $(DEMO) --as-of $(AS_OF) --port $(PORT)

test: install browser java postgresql ## everything that must hold before a change lands
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/jiuzhu catalogue check
	$(BIN)/pytest -n 2 --dist loadgroup --coverage-page new
	$(BIN)/python -m tests.support.postgresql $(BIN)/pytest -n 2 --dist loadgroup --coverage-page more $(ON_POSTGRESQL)

test-unit: install ## one function at a time, under a minute
	$(BIN)/pytest -n 2 tests/unit

prove-spark: install java ## the spark engine on every case, on random rules, on all indicators of a county, and on two executors
	$(BIN)/python -m tests.property.engines.prove_spark

docs: install ## write the reference pages from the catalogue
	$(BIN)/jiuzhu catalogue pages --out docs/reference

bench: install ## every figure asked of the base into docs/reference/performance.md; SCALE=1 is ten million residents, 0.02 the default
	$(BIN)/python -m bench --scale $(or $(SCALE),0.02) $(if $(INVENTED),--invented $(INVENTED))

bench-ingest: install ## rows a second from CSV into archive and vault
	$(BIN)/python -m bench.ingest

bench-engines: install ## the sql and the columnar engine on a county drawn at random
	$(BIN)/python -m bench.engine_sql
	$(BIN)/python -m bench.engine_columnar

bench-linking: install ## how well people without a right number are found again
	$(BIN)/python -m bench.febrl

bench-invention: install ## records a second that are invented
	$(BIN)/python -m bench.synthesise --parquet

bench-acts: install postgresql ## acts a second of sixteen writers, with the record chained and with plain rows
	$(BIN)/python -m bench.acts

bench-windows: install postgresql ## WINDOWS (1826) officers at the desk for MINUTES (1; asked are 10), or how many it holds
	@test -d var/windows/workspace/releases || for stage in synthesise deliver run; do \
		$(BIN)/python -m bench.province --residents 400000 --division 3713 --folder var/windows --stage $$stage; done
	$(BIN)/python -m bench.windows --search --windows $(or $(WINDOWS),1826) --minutes $(or $(MINUTES),1)

bench-pages: install postgresql ## what a page of the desk costs, by kind, without a server between; wants the workspace of bench-windows
	$(BIN)/python -m bench.window_pages

bench-desk: install postgresql ## a list of 200,000 warnings under every filter, and 50,000 released in one act; on both databases
	$(BIN)/python -m bench.casework_lists
	$(BIN)/python -m tests.support.postgresql $(BIN)/python -m bench.casework_lists

bench-raises: install ## a new standard over 100,000 benefits in force: judged again, shown, raised in one act
	$(BIN)/python -m bench.raises

bench-province: install ## invent, deliver and run a province of RESIDENTS (2000000); takes an hour at 8500000
	$(BIN)/python -m bench.province --residents $(or $(RESIDENTS),2000000)

bench-verification: install ## one family while departments are slow and down, and everybody who signed at once
	$(BIN)/python -m bench.verification

prove-engines: install ## random rules and all indicators on ROWS (1000000) random rows, engine against engine, 105,000 judged; SEED=… repeats
	nice $(BIN)/python -m tests.property.engines.prove --rows $(or $(ROWS),1000000) $(if $(SEED),--seed $(SEED))

prove-histories: install ## stream and release on HISTORIES (1000) random histories; the last base from nothing, byte for byte
	nice $(BIN)/python -m tests.property.stream.prove --histories $(or $(HISTORIES),1000) $(if $(SEED),--seed $(SEED))

prove-kills: install ## KILLS (2000) times kill -9 while files are delivered, looked at and run: nothing lost, nothing twice
	nice $(BIN)/python -m tests.property.kills.prove --kills $(or $(KILLS),2000) $(if $(SEED),--seed $(SEED))

prove-presses: install postgresql ## CASES (200) cases pressed eight times at the same moment: as many results as cases
	PRESSED_CASES=$(or $(CASES),200) nice $(BIN)/python -m tests.support.postgresql $(BIN)/pytest -q -p no:cacheprovider tests/integration/desk/test_presses.py

prove-payments: install ## KILLS (10000) times kill -9 of the worker of payments, its bank misbehaving: nothing twice, nothing lost
	nice $(BIN)/python -m tests.property.payments.prove --kills $(or $(KILLS),10000) $(if $(SEED),--seed $(SEED))

prove-ledger: install ## STEPS (1000000) random steps on the ledger: equal to a plain model of it
	nice $(BIN)/python -m tests.property.payments.prove_ledger --steps $(or $(STEPS),1000000) $(if $(SEED),--seed $(SEED))

prove-decisions: install ## DECISIONS (10000) past decisions computed again after rules and data changed: equal bytes
	nice $(BIN)/python -m tests.property.decisions.prove --decisions $(or $(DECISIONS),10000) $(if $(SEED),--seed $(SEED))

prove-programmes: install ## FAMILIES (10000) drawn at random, judged many at once and one by one by every programme: the same answers
	JIUZHU_FAMILIES=$(or $(FAMILIES),10000) $(if $(SEED),JIUZHU_SEED=$(SEED)) nice $(BIN)/pytest -q -p no:cacheprovider tests/property/programmes

prove-desk-kills: install ## KILLS (5000) times kill -9 of desk and worker: no half act, nothing answered lost, the record whole
	nice $(BIN)/python -m tests.property.kills.prove_desk --kills $(or $(KILLS),5000) $(if $(SEED),--seed $(SEED))

format: install ## put code into the agreed shape
	$(BIN)/ruff check --fix src tests bench
	$(BIN)/ruff format src tests bench

lock: install ## choose the newest allowed versions and lock them with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra test --extra bench --generate-hashes --no-emit-index-url --no-header --quiet --upgrade --output-file requirements/locked.txt

.PHONY: bench bench-raises bench-verification bench-acts bench-desk bench-pages bench-windows bench-ingest bench-engines bench-linking bench-invention bench-province prove-engines prove-histories prove-kills prove-desk-kills prove-payments prove-ledger prove-decisions prove-programmes prove-presses help install browser java postgresql demo test test-unit docs format lock
