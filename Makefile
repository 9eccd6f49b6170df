# Two commands are all a newcomer needs: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_DIR ?= .llmops/demo
PORT ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK := 1

NPM := $(BIN)/python -m scripts.npm
WEB := app/web/index.html
SOURCES := $(shell find frontend/src frontend/public -type f -not -name '*.test.*') \
  frontend/index.html frontend/vite.config.ts frontend/package-lock.json

.PHONY: help demo up dashboard dev screenshots test check fix docs openapi bench bench-limits bench-pages drill science lock audit clean
.DEFAULT_GOAL := help

help: ## Show what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.ready try-dashboard ## Three prompt versions on forty golden examples; needs no API key
	@$(BIN)/llmops demo --data-dir $(DEMO_DIR) --port $(PORT)

up: $(VENV)/.ready try-dashboard ## Run the platform on this machine until Ctrl-C
	@$(BIN)/llmops up --port $(PORT)

dashboard: $(WEB) ## Build the dashboard; brings a Node where there is none

# the platform starts without its dashboard, and says what is missing
.PHONY: try-dashboard
try-dashboard: $(VENV)/.ready
	@$(MAKE) --no-print-directory -s $(WEB) || echo "The dashboard could not be built; the API and the command line work without it."

dev: frontend/node_modules/.ready ## The dashboard's dev server, in front of a running `make up`
	@LLMOPS_API=http://127.0.0.1:$(PORT) $(NPM) run dev

test: $(VENV)/.ready-dev $(WEB) ## All tests, with coverage of branches
	@$(NPM) test
	@rm -rf .coverage
	$(BIN)/coverage run -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --fail-under=90 --skip-covered | tail -n 40

check: $(VENV)/.ready-dev $(WEB) ## Format, lint, types, import ladder, docs, and the same for the dashboard
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m scripts.house_rules
	$(BIN)/python -m scripts.generate_docs --check
	@$(NPM) run --silent lint
	@$(NPM) run --silent types:check
	$(BIN)/python -m scripts.dashboard_budgets

fix: $(VENV)/.ready-dev ## Format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.ready-dev ## Write what is generated: settings, CLI, .env.example, OpenAPI, the dashboard's types
	$(BIN)/python -m scripts.generate_docs
	@$(NPM) run --silent types

openapi: $(VENV)/.ready ## Print the OpenAPI document
	@$(BIN)/llmops openapi

screenshots: $(VENV)/.ready-dev $(WEB) ## The README's pictures, taken anew on the demo
	$(BIN)/python -m scripts.screenshots

bench: $(VENV)/.ready-dev ## Experiments against a mock provider, beside a bare asyncio loop
	$(BIN)/python -m benchmarks.experiment $(ARGS)

bench-limits: $(VENV)/.ready-dev ## How well a provider's limits are kept, and whether the playground waits
	$(BIN)/python -m benchmarks.limits $(ARGS)

bench-pages: $(VENV)/.ready-dev $(WEB) ## How soon the dashboard's pages are there, how its long list answers, its server
	$(BIN)/python -m benchmarks.pages $(ARGS)

drill: $(VENV)/.ready-dev ## Every fault five times over: is all finished, and nothing paid twice?
	$(BIN)/python -m tests.faults.drill $(ARGS)

science: $(VENV)/.ready-dev ## How often the verdict is right, measured on real scores
	$(BIN)/python -m scripts.operating_characteristics

audit: $(VENV)/.ready-dev ## Known weaknesses in the pinned dependencies
	$(BIN)/pip-audit --requirement requirements.txt --require-hashes --disable-pip

lock: $(VENV)/.ready-dev ## Pin every dependency anew
	$(BIN)/pip install -qq uv
	$(BIN)/python -m scripts.lock --upgrade

clean: ## Remove the environment and the demo's data
	rm -rf $(VENV) app/web frontend/node_modules .llmops .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/.ready: requirements.txt pyproject.toml sdk/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the dependencies (once, about a minute)."
	@$(BIN)/pip install -qq --require-hashes -r requirements.txt
	@$(BIN)/pip install -qq --no-deps -e . -e ./sdk
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.txt
	@echo "Installing what tests and checks need."
	@$(BIN)/pip install -qq --require-hashes -r requirements-dev.txt
	@touch $@

frontend/node_modules/.ready: frontend/package-lock.json | $(VENV)/.ready
	@echo "Installing what builds the dashboard (once, about half a minute)."
	@$(NPM) ci --loglevel error
	@touch $@

$(WEB): $(SOURCES) | frontend/node_modules/.ready
	@$(NPM) run --silent build
