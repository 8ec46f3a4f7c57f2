# Everything lives in .venv beside this file; nothing else on the machine is touched.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test test-clients check format clean
.DEFAULT_GOAL := demo

demo: .venv/.demo-ready ## A live canary in the sandbox, in the console
	@$(BIN)/lambdactl demo

test: check ## All linters, type checks and tests
	$(BIN)/pytest --numprocesses 2 --dist worksteal

test-clients: .venv/.test-ready .venv-awscli/.ready .venv-samcli/.ready ## The AWS CLI and the SAM CLI against the sandbox
	$(BIN)/pytest --numprocesses 3 --dist loadfile tests_clients

check: .venv/.test-ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint infra/template.yml

format: .venv/.test-ready ## Lay out the code and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .venv-awscli .venv-samcli build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "lambdactl needs Python 3.11 or newer; try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { \
	  rm -rf .venv; echo "this Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

.venv/.demo-ready: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Setting up .venv (once, a minute or so) ..."
	@$(PIP) --editable '.[sandbox]'
	@touch $@

.venv/.test-ready: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Setting up .venv for tests (once, a minute or two) ..."
	@$(PIP) --editable '.[sandbox,dev]'
	@touch $@ .venv/.demo-ready

# Each client has an environment of its own: SAM pins another boto3 than ours.
.venv-%/.ready: constraints-%.txt | .venv/bin/python
	@echo "Setting up $(@D) (once, a minute or so) ..."
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
