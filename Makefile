# Terrace 学阶. `make run` starts it, `make test` proves it; both may be repeated.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test browser lock clean
.ONESHELL:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOG := $(VENV)/install.log
SEMANTIC ?= 1
RUN_EXTRAS := $(if $(filter 0,$(SEMANTIC)),,semantic)
RUN_STAMP := $(VENV)/.installed-$(or $(RUN_EXTRAS),base)
TEST_STAMP := $(VENV)/.installed-test
# uv does not read pip's settings: hand over where else wheels lie
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
ifdef PIP_INDEX_URL
export UV_DEFAULT_INDEX ?= $(PIP_INDEX_URL)
endif

help:
	@echo "make run              start Terrace with its demo at http://127.0.0.1:8000 (LMS_PORT, LMS_BIND)"
	echo "SEMANTIC=0 make run   the same without the packages of sentence similarity, which are large"
	echo "make test             install what the tests need and run every gate"
	echo "make lock             compute constraints.txt anew (UPGRADE=1: with the newest versions)"
	echo "make clean            remove the environment and caches; the data in var/ stays"

run: $(RUN_STAMP)
	@echo "Database: bringing the tables up to date."
	$(BIN)/lms db upgrade
	echo "Curriculum: loading what has changed."
	$(BIN)/lms content sync
	echo "Demo: made once, kept afterwards."
	$(BIN)/lms demo make > /dev/null
	exec $(BIN)/lms serve

test: $(TEST_STAMP) browser
	@exec $(BIN)/python -m tests $(ARGS)

browser:
	@if command -v chromium > /dev/null && [ -n "$$(fc-list :lang=zh 2> /dev/null)" ]; then exit 0; fi
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get > /dev/null; then
	  echo "The browser tests need Debian's packages chromium and fonts-wqy-microhei: install them first." >&2
	  exit 1
	fi
	echo "Browser: installing chromium and fonts-wqy-microhei."
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-wqy-microhei

# $(1): names of extras, or nothing
define install
	target=.$(if $(1),[$(1)])
	echo "Packages: installing the locked versions$(if $(1), with $(1)); the first time takes some minutes ($(LOG))."
	if $(BIN)/python -m pip install --quiet uv > $(LOG) 2>&1; then
	  install=($(BIN)/uv pip install --python $(BIN)/python)
	else
	  echo "uv cannot be had, pip does it more slowly."
	  install=($(BIN)/python -m pip install)
	fi
	if ! "$${install[@]}" -c constraints.txt -e "$$target" >> $(LOG) 2>&1; then
	  tail -n 5 $(LOG) >&2
	  echo "The packages could not be installed (all of it: $(LOG)): is a package index in reach?" >&2
	  exit 1
	fi
endef

$(RUN_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@$(call install,$(RUN_EXTRAS))
	touch $@

$(TEST_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@$(call install,test)
	touch $@

$(BIN)/python:
	@command -v $(PYTHON) > /dev/null || { echo "There is no $(PYTHON): install Python 3.11 or newer." >&2; exit 1; }
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
	  echo "$(PYTHON) is $$($(PYTHON) --version): 3.11 or newer is needed (make run PYTHON=python3.12)." >&2
	  exit 1
	fi
	if ! $(PYTHON) -c 'import venv, ensurepip' 2> /dev/null; then
	  echo "Python's venv module is missing: on Debian, apt-get install python3-venv." >&2
	  exit 1
	fi
	echo "Environment: making $(VENV)."
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The environment could not be made." >&2; exit 1; }

lock: | $(BIN)/python
	@$(BIN)/python -m pip install --quiet uv
	# a torch locked without its build would keep the resolver from the CPU build, which needs no CUDA packages
	sed -i.old -E '/^torch==/d' constraints.txt
	$(BIN)/uv pip compile pyproject.toml --all-extras --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links --quiet $(if $(UPGRADE),--upgrade) --output-file constraints.txt
	sed -i.old -E 's/^(torch==[0-9.]+)\+cpu/\1/' constraints.txt
	rm constraints.txt.old
	echo "constraints.txt is up to date."

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
