# Two commands do everything: `make run` and `make test`. `make` alone lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip

# The tests that every line and branch of scoring/ is asked of; they alone are traced, because tracing slows what it watches.
SCORING := $(patsubst %,tests/test_%.py,actions answers behind casebook checklist compare cost data doubts laws naive plan portfolio replay style targets units vectors whatif)
PYTEST = $(BIN)/python -m pytest --numprocesses 3 --dist loadfile -m "(browser or not browser)$$(test -n "$$TENKEN_TEST_POSTGRES" || echo " and not postgres")$$(command -v soffice >/dev/null || echo " and not libreoffice")"

.PHONY: help venv dev run test bench prove check format lock shots words schema browser clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

$(VENV)/runtime.stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tenken needs Python 3.11 or newer; name one with PYTHON=/path/to/python3")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(UV) install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/runtime.stamp
	@$(UV) install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

venv: $(VENV)/runtime.stamp ## set up only: virtual environment and locked libraries
	@echo "ready: $(BIN)/python -m tenken --help"

dev: $(VENV)/dev.stamp

run: $(VENV)/runtime.stamp ## set up and start on http://127.0.0.1:8501 (TENKEN_PORT changes it)
	@$(BIN)/python -m tenken serve

browser:
	@scripts/browser.sh

test: dev browser ## everything: laws, vectors, pages in both languages, a story in a real Chromium
	@test -n "$$TENKEN_TEST_POSTGRES" || echo "PostgreSQL tests are left out; to run them: TENKEN_TEST_POSTGRES=postgresql+psycopg://… make test"
	@command -v soffice >/dev/null || echo "LibreOffice tests are left out: soffice is not installed; the workbook's formulas are calculated in Python only"
	@$(PYTEST) $(SCORING) --cov --cov-report=term --cov-fail-under=100
	@$(PYTEST) $(addprefix --ignore=,$(SCORING)) --no-loadscope-reorder

bench: dev browser ## measure what is promised about speed and print one table (ten idle minutes; asserts nothing)
	@$(BIN)/python -m tests.bench

prove: dev browser ## the promises, tried hundreds of times each (long; PROVE=word for the proofs of that name)
	@$(BIN)/python -m tests.prove $(PROVE)
	@test -n "$(PROVE)" || TENKEN_TEST_EVERY_THEME=1 TENKEN_TEST_EVERY_QUESTION=1 $(BIN)/python -m pytest tests/browser/test_access.py tests/browser/test_full_check.py

check: dev ## ruff, ruff format, mypy strict, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: dev ## let ruff format and mend what it can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

shots: dev browser ## every screen as PNG with the facts of its DOM, into shots/
	@$(BIN)/python -m tests.browser.shots shots

words: dev ## bring tenken/locales/ja.po up to date with the sentences in the code
	@PYTHONPATH=. $(BIN)/pybabel -q extract -F babel.cfg --no-location --sort-output --project=Tenken -o $(VENV)/tenken.pot .
	@$(BIN)/pybabel -q update --no-wrap --no-fuzzy-matching --ignore-obsolete -l ja -i $(VENV)/tenken.pot -o tenken/locales/ja.po

schema: dev ## write checklists/schema.json from the types
	@$(BIN)/python -m tenken schema > checklists/schema.json

lock: $(VENV)/runtime.stamp ## lock requirements*.txt anew from pyproject.toml
	@$(UV) compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements.txt
	@$(UV) compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --group dev pyproject.toml -o requirements-dev.txt

clean: ## remove what can be made again (never var/)
	@rm -rf $(VENV) shots .mypy_cache .ruff_cache .coverage
