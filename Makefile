# Every target makes what it needs: a fresh clone needs only Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps
# Half of a first start is compiling, where nobody did it before; pip does it for what it installs.
# setuptools warns of every editable install that its folder is on the path: hence -qq, errors alone.
COMPILE := $(BIN)/python -m compileall -q -j 0 bot handlers storage cache stats_api ops
BUDGET ?= 600
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help run init install restart demo test check lint format campaign bench lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

# Python 3.11's own pip compares each file of an index with each tag of the machine: twice the seconds of a newer one.
$(VENV)/bin/python:
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Perpdesk needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r .ci/requirements-pip.lock

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "Installing what requirements.lock pins ..."
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip --disable-pip-version-check -qq install --no-deps --no-index --no-build-isolation -e .
	@$(COMPILE)
	@touch $@

$(VENV)/.dev: .ci/requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what .ci/requirements-dev.lock pins ..."
	@$(PIP) --no-compile -r .ci/requirements-dev.lock
	@touch $@

run: $(VENV)/.runtime  ## the bot: real Telegram and Bybit if a token is set, the demo otherwise
	@exec $(BIN)/python -m ops start

init: $(VENV)/.runtime  ## ask for a token, make settings and keys, print the owner's link
	@exec $(BIN)/python -m ops init

install: $(VENV)/.runtime  ## the systemd unit, its user and the command perpdesk (root; docs/operator.md)
	@ops/deploy/install.sh

restart: $(VENV)/.runtime  ## drain the bot, start it anew, wait until it serves, show the end of its log
	@exec $(BIN)/python -m ops restart

demo: $(VENV)/.runtime  ## the bot with both stand-ins
	@exec $(BIN)/python -m ops demo

lint: $(VENV)/.dev  ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

# The tests' bytecode is made once, beside the linters, and not by each worker.
test: $(VENV)/.dev  ## lint, then every test
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --collect-only -qq >/dev/null 2>&1 & \
	  $(MAKE) --no-print-directory lint; linted=$$?; wait; exit $$linted
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n 4 --dist worksteal

check: test  ## the same as test: what CI runs

$(VENV)/.schemathesis: .ci/requirements-schemathesis.lock | $(VENV)/bin/python
	@echo "Installing schemathesis, of the campaigns, beside it ..."
	@$(PYTHON) -m venv $(VENV)/schemathesis
	@$(VENV)/schemathesis/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r $<
	@touch $@

campaign: $(VENV)/.dev $(VENV)/.schemathesis  ## the long runs: kill -9, fuzz, mutants (SEED=1 BUDGET=600)
	@$(BIN)/python -m ops.campaigns --seed $(SEED) --budget $(BUDGET)

$(VENV)/.aiogram: .ci/requirements-aiogram.lock | $(VENV)/bin/python
	@echo "Installing the baselines of the bench that want versions of their own ..."
	@$(PYTHON) -m venv $(VENV)/aiogram
	@$(VENV)/aiogram/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r $<
	@touch $@

bench: $(VENV)/.dev $(VENV)/.aiogram  ## speed beside its baselines, in one run
	@$(BIN)/python -m ops bench

format: $(VENV)/.dev  ## put every file in the one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(VENV)/.dev  ## pin anew what pyproject.toml asks for (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml --group install \
	  -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml --group install --group dev \
	  -c requirements.lock -o .ci/requirements-dev.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate .ci/aiogram.in \
	  -o .ci/requirements-aiogram.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate .ci/schemathesis.in \
	  -o .ci/requirements-schemathesis.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate .ci/pip.in \
	  -o .ci/requirements-pip.lock

clean:  ## the environment and every cache, not the state
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
