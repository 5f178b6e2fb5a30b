# Needs Python 3.11+ with pip, and make. `make demo` and `make test` set up everything else by themselves.
# On a machine where python3 is older: make PYTHON=python3.12 demo
PYTHON ?= python3
# Options for the command of `demo`, `test`, `test-long`, `bench` or `bench-readers`: make test ARGS="-k pairs"
ARGS ?=

BIN := .venv/bin
# How many test processes; `make test JOBS=0` runs them in this one.
JOBS ?= auto
UV := uv==0.13.9
COMPILE := .venv-lock/bin/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-header $(UPGRADE)
INSTALL := -m pip --disable-pip-version-check -qq install

.DEFAULT_GOAL := help
.PHONY: help demo test test-long lint types format bench bench-readers bench-align bench-export bench-likeness bench-scale lock pywb scrapyd moto player clean

help: ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: .venv/.run ## the whole system on an embedded press, no network
	@$(BIN)/genbun demo $(ARGS)

test: lint types pywb scrapyd moto player ## everything a change must pass: format, lint, types, tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not long" $(ARGS)

test-long: .venv/.test pywb scrapyd moto player ## the tests that take longer
	$(BIN)/python -m pytest -m long $(ARGS)

lint: .venv/.test ## formatting and lint, nothing is changed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.test ## mypy, strict
	$(BIN)/mypy

format: .venv/.test ## format, and mend what lint can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/.test ## the benchmarks
	$(BIN)/python -m bench $(ARGS)

bench-readers: .venv/.test ## the readers beside trafilatura; GENBUN_REAL_PAGES and GENBUN_FUNDUS add to it
	$(BIN)/python -m bench.readers $(ARGS)

bench-align: .venv/.test ## the aligner beside Gale-Church and the packaged peers, on the pairs aligned by hand
	$(BIN)/python -m bench.align $(ARGS)

bench-export: .venv/.test ## every format of export: time, memory, size
	$(BIN)/python -m bench.export $(ARGS)

bench-likeness: .venv/.test ## pairs without a link: what is found, and what it costs
	$(BIN)/python -m bench.likeness $(ARGS)

bench-scale: .venv/.test ## several workers on one Redis, rebuilding on Dask, an incremental crawl of 10,000 editorials
	$(BIN)/python -m bench.scale $(ARGS)
	$(BIN)/python -m bench.scale_rebuild
	$(BIN)/python -m bench.incremental

# Keeps what is pinned; `make lock UPGRADE=--upgrade` takes the newest of everything, `UPGRADE="-P lxml"` of one.
lock: ## write requirements/*.txt again from pyproject.toml
	@test -x .venv-lock/bin/uv || { $(PYTHON) -m venv .venv-lock && .venv-lock/bin/python $(INSTALL) $(UV); }
	$(COMPILE) pyproject.toml --group build --output-file requirements/run.txt > /dev/null
	$(COMPILE) pyproject.toml --group build --extra redis --extra storage --extra read --constraint requirements/run.txt --output-file requirements/service.txt > /dev/null
	$(COMPILE) pyproject.toml --group test --constraint requirements/run.txt --output-file requirements/test.txt > /dev/null
	$(COMPILE) pyproject.toml --group scrapyd --constraint requirements/run.txt --output-file requirements/scrapyd.txt > /dev/null
	$(COMPILE) --group pywb --output-file requirements/pywb.txt > /dev/null
	$(COMPILE) --group moto --output-file requirements/moto.txt > /dev/null

clean: ## remove the environments and everything that was built
	rm -rf .venv .venv-pywb .venv-scrapyd .venv-moto .venv-lock .cache build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .scrapy
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Genbun needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
			"Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.python requirements/run.txt pyproject.toml
	@echo "Installing what Genbun needs into .venv ..."
	@$(BIN)/python $(INSTALL) --require-hashes --requirement requirements/run.txt
	@$(BIN)/python $(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: .venv/.run requirements/test.txt
	@echo "Installing what the tests need into .venv ..."
	@$(BIN)/python $(INSTALL) --require-hashes --requirement requirements/test.txt
	@touch $@

# pywb's pins contradict Scrapy's, so it has an environment of its own. Tests find it by GENBUN_PYWB, else here.
# Where it cannot be installed, the tests that need it are skipped and say so; in CI that is an error.
pywb:
	@test -n "$$GENBUN_PYWB" || $(MAKE) --no-print-directory .venv-pywb/.done || { \
		echo "pywb cannot be installed here: the tests that need it will be skipped." >&2; test -z "$$CI"; }

# Scrapyd imports pkg_resources, which setuptools 82 no longer has: an environment of its own, found by GENBUN_SCRAPYD.
scrapyd:
	@test -n "$$GENBUN_SCRAPYD" || $(MAKE) --no-print-directory .venv-scrapyd/.done || { \
		echo "Scrapyd cannot be installed here: the tests that need it will be skipped." >&2; test -z "$$CI"; }

# moto wants python-dateutil below 3, what trafilatura needs wants 4: an environment of its own, found by GENBUN_MOTO.
moto:
	@test -n "$$GENBUN_MOTO" || $(MAKE) --no-print-directory .venv-moto/.done || { \
		echo "moto cannot be installed here: the tests that need it will be skipped." >&2; test -z "$$CI"; }

# ReplayWeb.page is AGPL: fetched for the test that opens a package in it, at a pinned digest, and never shipped.
player:
	@tools/fetch_player || { echo "The player cannot be fetched: its tests will be skipped." >&2; test -z "$$CI"; }

.venv-pywb/.done: requirements/pywb.txt
	@echo "Installing pywb into .venv-pywb ..."
	@$(PYTHON) -m venv .venv-pywb
	@.venv-pywb/bin/python $(INSTALL) --require-hashes --requirement requirements/pywb.txt
	@touch $@

.venv-scrapyd/.done: requirements/scrapyd.txt
	@echo "Installing Scrapyd into .venv-scrapyd ..."
	@$(PYTHON) -m venv .venv-scrapyd
	@.venv-scrapyd/bin/python $(INSTALL) --require-hashes --requirement requirements/scrapyd.txt
	@touch $@

.venv-moto/.done: requirements/moto.txt
	@echo "Installing moto into .venv-moto ..."
	@$(PYTHON) -m venv .venv-moto
	@.venv-moto/bin/python $(INSTALL) --require-hashes --requirement requirements/moto.txt
	@touch $@
