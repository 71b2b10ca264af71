# OpenDimona: `make run` is all that a newcomer needs. Everything happens inside this folder (.venv, var, build).

ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
JOBS := 2
BIN := .venv/bin
STAMP := .venv/installed
DEV_STAMP := .venv/installed-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
WHEELS := -qq --require-hashes --only-binary :all:

# An environment that was made elsewhere (a copied or moved checkout) names its old folder: make it anew.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.PHONY: help install run test lint bench bench-identification bench-portal bench-payroll bench-searches bench-quick soak anomalies messages stories shots picture lock upgrade clean

help: ## this list
	@echo 'OpenDimona: make run starts a sandbox with demonstration data. Also:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 22

install: $(STAMP) ## the program into .venv, with the command .venv/bin/opendimona
	@echo 'Installed: .venv/bin/opendimona --help says what it does.'

run: $(STAMP) ## a running sandbox with demonstration data in var/; Ctrl-C stops it
	@exec $(BIN)/opendimona serve --sandbox --demo --data var

test: $(DEV_STAMP) ## everything that proves the project, by two processes (JOBS=4: by four)
	@sh tests/prepare.sh
	@exec $(BIN)/python -m pytest -n $(JOBS) $(PYTEST_ARGS)

lint: $(DEV_STAMP) ## style, types, and which part may import which
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV_STAMP) ## every measurement of docs/performance.md (long)
	@exec $(BIN)/python -m bench

bench-identification: $(DEV_STAMP) ## loading and finding persons, and the desk while many wait
	@exec $(BIN)/python -m bench --identification --output build/bench-identification.json

bench-portal: $(DEV_STAMP) ## the portal's pages, with a whole Community in its tables
	@exec $(BIN)/python -m bench --portal --output build/bench-portal.json

bench-payroll: $(DEV_STAMP) ## a payroll extract of 200,000 lines against a million periods
	@exec $(BIN)/python -m bench --payroll --output build/bench-payroll.json

bench-searches: $(DEV_STAMP) ## what programs search beside 200,000 periods of one employer
	@exec $(BIN)/python -m bench --searches --output build/bench-searches.json

bench-quick: $(DEV_STAMP) ## baseline, HTTP and desk only, in two minutes
	@exec $(BIN)/python -m bench --quick

soak: $(DEV_STAMP) ## the long forms of the random and the fault tests
	@exec $(BIN)/python -m pytest -m soak $(PYTEST_ARGS)

anomalies: $(DEV_STAMP) ## docs/anomalies.md and the index of cases anew, from catalogue, checks and cases
	@exec $(BIN)/python tools/anomalies.py

messages: $(DEV_STAMP) ## the portal's catalogues anew, with what is still to be translated
	@exec $(BIN)/python -m tools.messages

stories: $(DEV_STAMP) ## a whole September played in a browser: what each story takes, in build/stories.json
	@sh tests/prepare.sh
	@exec $(BIN)/python -m tools.stories

shots: $(DEV_STAMP) ## a picture of every page of the portal in build/shots: desktop and phone, light and dark
	@sh tests/prepare.sh
	@exec $(BIN)/python -m tools.shots

picture: $(DEV_STAMP) ## docs/pictures/portal.svg anew, from the portal's first page
	@sh tests/prepare.sh
	@exec $(BIN)/python -m tools.picture

lock: ## the exact versions and hashes of requirements*.lock for what pyproject.toml asks; what is there stays
	@sh tools/lock.sh '$(PYTHON)'

upgrade: ## requirements*.lock with the newest version of everything
	@sh tools/lock.sh '$(PYTHON)' --upgrade

clean: ## away with .venv, build and caches; the data in var/ stay
	rm -rf .venv build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMP): requirements.lock pyproject.toml
	@if [ -z '$(PYTHON)' ]; then \
	  echo 'OpenDimona needs Python 3.11 or newer, and none was found (python3 is: '"$$(python3 --version 2>&1)"').' >&2; \
	  echo 'Install one (Debian, Ubuntu: apt install python3 python3-venv) or name it: make install PYTHON=/path/to/python3' >&2; \
	  exit 1; fi
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'OpenDimona needs Python 3.11 or newer; $(PYTHON) is '"$$('$(PYTHON)' --version 2>&1)"'.' >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo '$(PYTHON) cannot make virtual environments. Debian and Ubuntu: apt install python3-venv; then try again.' >&2; \
	  exit 1; }
	@echo 'Installing into .venv (a minute the first time) ...'
	@[ "$$(cat $(STAMP) 2>/dev/null)" = "$(CURDIR)" ] && $(PIP) --version >/dev/null 2>&1 || '$(PYTHON)' -m venv --clear .venv
	@$(PIP) install $(WHEELS) -r requirements.lock
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@printf '%s\n' "$(CURDIR)" > $(STAMP)

$(DEV_STAMP): requirements-dev.lock $(STAMP)
	@echo 'Installing what tests and checks need ...'
	@$(PIP) install $(WHEELS) -r requirements-dev.lock
	@touch $(DEV_STAMP)
