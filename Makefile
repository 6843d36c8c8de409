# On a fresh machine with Python 3.11 or later, make and a package index, each of these does all its own set-up.

.DEFAULT_GOAL := help

HOST ?= 127.0.0.1
PORT ?= 7860
# The folder that make chat keeps its library in, and the articles it takes in first.
LIBRARY ?= library
ARTICLES ?= seeds
# More arguments for pytest: make test PYTEST="-k figures"
PYTEST ?=
# The first Python on the machine that is new enough.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)

BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --retries 5
# Stamps: the environment is made once, and again when pyproject.toml changes.
USE := .venv/.installed
DEVELOP := .venv/.installed-dev

.PHONY: help chat test soak lint eval install

help: ## show this help
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

chat: $(USE) ## index seeds/ and open the web chat on http://127.0.0.1:7860
	@$(BIN)/wenju add $(ARTICLES) --library $(LIBRARY)
	@exec $(BIN)/wenju serve --library $(LIBRARY) --host $(HOST) --port $(PORT)

# The browser has the machine to itself, its tests hold promises in seconds; 5 says that PYTEST chose none of them.
test: $(DEVELOP) ## run all tests, the ones in a real browser included
	@scripts/test_needs.sh
	@$(BIN)/python -m pytest -m browser $(PYTEST) || [ $$? = 5 ]
	@$(BIN)/python -m pytest -m "not browser and not soak" -n 2 --dist loadfile $(PYTEST)

soak: $(DEVELOP) ## run the proofs that take many minutes each: every fault, endless texts, 5,000 spoilt questions
	@scripts/test_needs.sh
	@$(BIN)/python -m pytest -m soak $(PYTEST)

lint: $(DEVELOP) ## check style and types
	$(BIN)/ruff check .
	$(BIN)/mypy

eval: $(USE) ## ask the visible questions over seeds/ and print the figures
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	$(BIN)/wenju add seeds --library "$$folder/library" >&2 && \
	$(BIN)/wenju eval tests/golden/seeds-visible.jsonl --library "$$folder/library" --articles seeds

install: $(DEVELOP) ## make the environment in .venv, with everything that development needs

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "wenju needs Python 3.11 or later; install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making the environment in .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make an environment; on Debian and Ubuntu install python3-venv" >&2; exit 1; }

$(USE): pyproject.toml | $(BIN)/python
	@echo "Installing wenju; the first time takes some minutes"
	@$(PIP) -e .
	@touch $@

$(DEVELOP): pyproject.toml | $(BIN)/python
	@echo "Installing wenju and its tests; the first time takes some minutes"
	@$(PIP) -e '.[dev]'
	@touch $@ $(USE)
