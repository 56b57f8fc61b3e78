# make run | test | bench | fmt: the same at the desk and in CI. Needs Python >= 3.11 with pip, and make; nothing else.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PY     := $(BIN)/python

# uv does not read pip's configuration: hand it pip's local wheel folder, where there is one.
UV_FIND_LINKS ?= $(or $(PIP_FIND_LINKS),$(shell $(PYTHON) -m pip config get global.find-links 2>/dev/null))
ifneq ($(strip $(UV_FIND_LINKS)),)
export UV_FIND_LINKS
endif

# $(call install,WHAT): uv does it in seconds; plain pip does it too, where uv cannot.
define install
	@$(BIN)/uv pip install -q --python $(PY) --compile-bytecode -c constraints.txt -e '$(1)' \
	  || { echo "uv could not install this; plain pip tries now (slower, and UV_... settings do not count)."; \
	       $(PY) -m pip install -q -c constraints.txt -e '$(1)'; }
endef

.PHONY: help setup setup-dev run serve test lint bench fmt lock browser clean

help:
	@echo "make run    set up and open the room on http://127.0.0.1:8765"
	@echo "make test   set up, lint, check types and import rules, run all tests"
	@echo "make bench  speed, as ratios against named baselines"
	@echo "make fmt    format the code"

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Memesmith needs Python 3.11 or newer; call make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install -q -c constraints.txt uv

$(VENV)/.ready: pyproject.toml constraints.txt | $(PY)
	@echo "Setting up (half a minute to a few minutes, once) ..."
	$(call install,.)
	@touch $@

$(VENV)/.ready-dev: pyproject.toml constraints.txt | $(PY)
	@echo "Setting up for development (once) ..."
	$(call install,.[dev])
	@touch $@ $(VENV)/.ready

setup: $(VENV)/.ready

setup-dev: $(VENV)/.ready-dev

run: setup
	@$(BIN)/memesmith run

serve: setup
	@$(BIN)/memesmith serve

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

test: lint browser
	$(PY) -m pytest

bench: setup-dev
	$(PY) -m tests.bench

fmt: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The browser tests need a Chromium; as root on Debian it can be had without asking anybody.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -qq update && \
	    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null; } || \
	  echo "!!! No Chromium here and none could be installed: the browser tests will NOT run."

lock: $(PY)
	$(BIN)/uv pip compile -q pyproject.toml --all-extras --python-version 3.11 --no-header --no-annotate -o constraints.tmp
	{ echo "# Exact versions of everything, for pip and uv alike. Regenerate: make lock"; \
	  sed 's/+cpu$$//' constraints.tmp; echo "uv==$$($(BIN)/uv --version | cut -d' ' -f2)"; } > constraints.txt
	rm constraints.tmp

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
