# Everything a newcomer needs: `make demo` shows itsmkit at work, `make test` runs every check.
# The first call makes a virtual environment in .venv; later calls use it again.

PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
DESK    = $(VENV)/.desk-ready
READY   = $(VENV)/.ready
DOCS    = $(VENV)/.docs-ready
BENCH   = $(VENV)/.bench-ready
FILES   = src plugins tests examples benchmarks bench docs/conf.py docs/service_map.py docs/standard_workflows.py docs/public_values.py

.DEFAULT_GOAL := help
.PHONY: help demo test test-all lint types imports pytest bench soak catalogues docs clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "itsmkit needs Python 3.11 or newer; this is %s. Name one: make PYTHON=python3.12 ..." % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

# What users have; `--group` needs pip 25.1, which is newer than what most Pythons bring.
$(DESK): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[cli,diagrams,inventory,json,languages,numpy]'
	@touch $@

$(READY): pyproject.toml $(DESK)
	$(BIN)/python -m pip install --quiet --editable '.[cli,diagrams,inventory,json,languages,numpy]' --group dev
	@touch $@

$(DOCS): pyproject.toml $(READY)
	$(BIN)/python -m pip install --quiet --group docs
	@touch $@

$(BENCH): pyproject.toml $(READY)
	$(BIN)/python -m pip install --quiet --group bench
	@touch $@

demo: $(DESK)  ## a month of a made-up service desk, as tables and as an HTML report
	@$(BIN)/itsmkit demo

test: lint types imports pytest  ## every check: lint, types, import contracts, tests, examples

lint: $(READY)
	$(BIN)/ruff check $(FILES)
	$(BIN)/ruff format --check $(FILES)

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

# A page of examples is one story, so each file stays with one worker; what takes long begins first (conftest.py).
IN_PARALLEL = -n auto --dist loadfile --no-loadscope-reorder

pytest: $(READY)
	$(BIN)/pytest $(IN_PARALLEL) --cov --cov-branch --cov-report=term --cov-fail-under=95

test-all: test  ## the tests also on Python 3.12 and 3.13, where they are installed
	@for v in 3.12 3.13; do \
	  if python$$v --version >/dev/null 2>&1; then \
	    $(MAKE) --no-print-directory PYTHON=python$$v VENV=.venv-$$v pytest-plain || exit 1; \
	  else echo "python$$v is not on this machine: skipped"; fi; \
	done

.PHONY: pytest-plain
pytest-plain: $(READY)
	$(BIN)/pytest $(IN_PARALLEL) -q

bench: $(BENCH)  ## speed and memory as ratios, answers checked first
	PYTHONPATH=plugins/itsmkit-sql/src:plugins/itsmkit-ml/src $(BIN)/python -m benchmarks

soak: $(READY)  ## what must be shown of a desk on SQLite and on PostgreSQL; `make soak SHORT=--short` for a small part
	PYTHONPATH=.:src:plugins/itsmkit-sql/src $(BIN)/python -m bench.reliability $(SHORT)

catalogues: $(READY)  ## write new messages into the catalogues of src/itsmkit/languages, and list what lacks a translation
	@$(BIN)/python -m itsmkit.testing.catalogues

docs: $(DOCS)  ## the documentation as HTML in docs/_build/html
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html"

clean:  ## remove everything that can be made again
	rm -rf $(VENV) .venv-3.12 .venv-3.13 docs/_build .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
