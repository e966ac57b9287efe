# Every target sets itself up from nothing: Python 3.11 or later, make, and a connection or a package cache.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
PORT ?= 8000
export PORT
PY := .venv/bin/python
SETUP := ./scripts/setup.sh

.PHONY: help demo test check bench test-vllm test-trainers soak wheel screenshots requirements format clean

help: ## what there is
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile

demo: ## start the studio on 127.0.0.1:$PORT; ONCE=1 runs the main job once and stops
	@$(SETUP) run
	@exec $(PY) manage.py studio $(if $(filter 1 true yes,$(ONCE)),--once)

test: ## unit, integration, fault and browser tests
	@$(SETUP) dev
	@./scripts/test.sh $(ARGS)

check: ## format, lint, types, imports, migrations, OpenAPI, deployment
	@$(SETUP) dev
	@./scripts/check.sh

bench: ## measure; ONLY=name runs one benchmark file
	@$(SETUP) dev
	@$(PY) -m bench.run $(ONLY)

test-vllm: ## engines and strategies on real vLLM (CPU build), as a server and in a worker
	@$(SETUP) dev
	@./scripts/test_vllm.sh

test-trainers: ## the adapters inside the trainers' own packages
	@$(SETUP) dev
	@./scripts/test_trainers.sh

soak: ## long fuzzing, load and fault runs
	@$(SETUP) dev
	@./scripts/soak.sh

wheel: ## the client's wheel, in client/dist
	@$(SETUP) dev
	@rm -rf client/dist && .venv/bin/python -m pip wheel --quiet --no-deps --wheel-dir client/dist ./client && ls client/dist

screenshots: ## the pictures of the README, from a running demo
	@$(SETUP) dev
	@$(PY) scripts/screenshots.py

requirements: ## pin the newest versions that fit *.in
	@$(SETUP) dev
	@./scripts/requirements.sh

format: ## write the code as `make check` wants it
	@$(SETUP) dev
	@.venv/bin/ruff check --fix-only --quiet . && .venv/bin/ruff format .

clean: ## remove the virtual environment and caches; .studio with its data stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov
