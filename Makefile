# Two commands do all the set-up on a machine that has Python, git and make:
#   make demo    see it work, on a throwaway repository
#   make test    run every check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test lint format lock clean

demo: $(VENV)/.ready
	@$(BIN)/python scripts/demo.py

test: $(VENV)/.ready lint
	@scripts/system-packages tests
	$(BIN)/pytest -n auto --dist loadgroup $(PYTEST_ARGS)

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The lock names every package, its version and its hashes, for every platform.
lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	build/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet \
	  --all-extras --group dev pyproject.toml --output-file requirements.lock

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("error: Python 3.11 or later is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@scripts/system-packages demo
	@touch $@

clean:
	rm -rf $(VENV) build dist
