# Needs make and Python 3.11 or newer; everything else is installed into .venv from the locks.

VENV   := .venv
PYTHON := $(VENV)/bin/python
# Which Python makes the virtual environment; the first suitable one, unless you name it.
BASE_PYTHON ?=
# Test processes, four at most; 0 runs the suite in this one, as --pdb needs it.
TEST_PROCESSES ?= auto
# More for pytest, as in: make test ARGS='-k orders -x'
ARGS ?=
UV ?= uv

# What Python has compiled is kept for the processes that the tests start, and for the next run.
PYTEST = env -u PYTHONDONTWRITEBYTECODE $(PYTHON) -m pytest -n $(TEST_PROCESSES) --maxprocesses 4 --dist worksteal

.PHONY: help run test test-rest test-all check pictures audit bench guide lock

help:  ## show this
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/installed-run  ## start the portal with demo data; HOST and PORT are read from the environment
	@exec $(PYTHON) app.py run

test: $(VENV)/installed-dev  ## tell each story once: with htmx on SQLite, or without on PostgreSQL
	@$(PYTEST) --pairs=first $(ARGS)

test-rest: $(VENV)/installed-dev  ## tell the stories in the other ways, and what takes long
	@$(PYTEST) --pairs=rest $(ARGS)

test-all: $(VENV)/installed-dev  ## run both
	@$(PYTEST) --pairs=all $(ARGS)

check: $(VENV)/installed-dev  ## lint, types, import floors and templates; silent when all is well
	@$(PYTHON) -m ruff check --quiet
	@$(PYTHON) -m ruff format --check --quiet || { echo "Not formatted; this formats: $(PYTHON) -m ruff format"; exit 1; }
	@$(PYTHON) -m mypy --no-error-summary
	@said=$$($(VENV)/bin/lint-imports --no-logo 2>&1) || { printf '%s\n' "$$said"; exit 1; }
	@$(PYTHON) -m tests.stage.check_templates

pictures: $(VENV)/installed-dev  ## accept how the pages look now (needs Chromium); ARGS='-k orders' accepts some
	@$(PYTEST) --pairs=rest tests/pictures --accept-pictures $(ARGS)

audit: $(VENV)/installed-dev  ## measure how far the pages reach: axe-core, Nu, bytes, Lighthouse (docs/reach.md)
	@$(PYTHON) -m tests.audit

bench: $(VENV)/installed-dev  ## measure speed and weight
	@$(PYTHON) -m bench $(ARGS)

guide: $(VENV)/installed-dev  ## make the user guide's pictures and PDF anew (needs Chromium)
	@$(PYTHON) -m docs.guide.make

lock:  ## work out the locks anew from the .in files (needs uv); LOCK_ARGS=--upgrade takes newer versions
	@for name in requirements requirements-dev; do \
	  $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
	    $(LOCK_ARGS) --output-file $$name.txt $$name.in || exit 1; \
	done

# An environment whose Python is gone, as after an upgrade of the system, is made anew.
ifneq ($(shell test -x $(PYTHON) && echo there),there)
$(shell rm -f $(VENV)/installed-run $(VENV)/installed-dev)
endif

# The stamps: older than its lock, or not there, means that packages have to be installed.
$(VENV)/installed-run: requirements.txt
$(VENV)/installed-dev: requirements-dev.txt
$(VENV)/installed-run $(VENV)/installed-dev:
	@if ! $(PYTHON) -m pip --version >/dev/null 2>&1; then \
	  found=; for base in $(or $(BASE_PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
	    "$$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && found=$$base && break; \
	  done; \
	  [ -n "$$found" ] || { echo "The portal needs Python 3.11 or newer, and none was found; BASE_PYTHON=/path/to/python names one." >&2; exit 1; }; \
	  "$$found" -m venv --clear $(VENV) >/dev/null 2>&1 \
	    || { echo "$$found cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; rm -rf $(VENV); exit 1; }; \
	fi
	@echo "Installing the packages of $< into $(VENV) …"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
