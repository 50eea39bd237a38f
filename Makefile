# What a person runs; `make` alone lists it. Needs make and Python 3.11 or newer, everything else is fetched.

PYTHON ?= python3
PORT ?= 8000
ENVS ?=
ARGS ?=
DEV := .venv/bin
CLIENT := packages/cf-core/client
# Refreshed in milliseconds when nothing changed.
ENVIRONMENT := $(PYTHON) scripts/environment.py dev

.DEFAULT_GOAL := help
.PHONY: help sandbox test coverage matrix matrix-ci faults bench docs lint format types client client-check dev clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

sandbox: ## start the sandbox on http://localhost:8000 (PORT=8001 for another port)
	@$(PYTHON) scripts/sandbox.py --port $(PORT)

test: dev ## run every test, browser tests included (ARGS="cf-core -- -k token" for some)
	@$(DEV)/python scripts/run_tests.py $(ARGS)

coverage: dev ## run every test and report what they did not reach
	@$(DEV)/python scripts/run_tests.py --coverage $(ARGS)

matrix: dev ## every package from its wheel on every Python and Django (ENVS=py312-django60-core for some)
	@$(DEV)/python scripts/matrix.py --envs "$(ENVS)"

matrix-ci: dev ## the part of the matrix that CI runs
	@$(DEV)/python scripts/matrix.py --ci

lint: dev ## style, formatting and the layers
	@$(DEV)/ruff check .
	@$(DEV)/ruff format --check .
	@$(DEV)/lint-imports --config pyproject.toml --no-logo

format: dev ## put imports and formatting right
	@$(DEV)/ruff check --fix --select I .
	@$(DEV)/ruff format .

types: dev ## mypy --strict over the packages
	@$(DEV)/mypy

faults: dev ## kill real servers at random for some minutes and count what is left (ARGS="--only sqlite --kills 20")
	@$(DEV)/python -m tests.faults $(ARGS)

bench: dev ## measure against a hand-written view (ARGS="--write", "admission", "--profile counter"; see benchmarks/)
	@$(DEV)/python benchmarks/run.py $(ARGS)

docs: dev ## build the documentation into docs/_build, warnings are errors
	@$(DEV)/sphinx-build -W --keep-going -q -b html docs docs/_build
	@echo "docs/_build/index.html"

client: $(CLIENT)/node_modules/.package-lock.json ## build the client script that ships from its sources (needs Node.js 20)
	@npm --prefix $(CLIENT) run --silent build

client-check: $(CLIENT)/node_modules/.package-lock.json ## fail if the client script that ships is not what its sources give
	@npm --prefix $(CLIENT) run --silent check

# npm writes this file last; nothing is fetched again until the lock changes.
$(CLIENT)/node_modules/.package-lock.json: $(CLIENT)/package-lock.json
	npm --prefix $(CLIENT) ci --no-fund --no-audit --loglevel=error
	@touch $@

dev: ## make or refresh the development environment in .venv
	@$(ENVIRONMENT)

clean: ## remove everything that the other commands made, the sandbox's data too
	rm -rf .venv .venvs .tox .nox dist docs/_build .mypy_cache .ruff_cache .import_linter_cache .coverage .coverage.*
	rm -f sandbox/db.sqlite3*
