# Each command sets up everything it needs, on a machine with Python, git and make:
#   make demo    see it work in a temporary repository
#   make test    run all checks
#   make kit     make a file that installs it without a network; NANO=1 adds the nano engine
#   make dist    build a wheel and an sdist, and try both in fresh environments
#   make man     render the manual and the completions from man/*.md and the options
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# two per core, because many tests wait for recordings that play in real time
WORKERS = $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')

.PHONY: demo test collected lint lint-page format kit dist man parity nano-benchmark voices numbers lock clean

demo: $(VENV)/.ready
	@$(BIN)/python scripts/demo.py

# The assertions of the tests are rewritten once, beside the linters, instead of in each worker;
# some environments forbid to keep the result.
test collected: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/.nano
	@$(MAKE) --no-print-directory --jobs=2 lint collected
	@scripts/system-packages tests
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS)

collected: $(VENV)/.nano
	@$(BIN)/pytest --collect-only -qq >/dev/null || true  # `test` reports what is wrong

lint: $(VENV)/.nano
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The scripts of the page, with a linter that needs no Node.js, in an environment apart.
lint-page: build/page/.ready
	build/page/bin/biome lint --error-on-warnings

build/page/.ready: requirements-page.lock
	$(PYTHON) -m venv build/page
	build/page/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-page.lock
	@touch $@

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

kit: $(VENV)/.dev
	@mkdir -p dist
	$(BIN)/git-voicenote kit --force $(if $(NANO),--nano) $(KIT_ARGS) dist

dist: $(VENV)/.dev
	rm -f dist/*.whl dist/*.tar.gz
	$(BIN)/python -m hatchling build
	$(BIN)/python scripts/try_dist.py dist

man: $(VENV)/.dev
	$(BIN)/python -m scripts.manual
	$(BIN)/python -m scripts.completion

# The implementations that ours is compared and timed against, in an environment of their own.
parity: build/parity/.ready
	build/parity/bin/python -m benchmarks.parity

nano-benchmark: build/parity/.ready
	build/parity/bin/python -m benchmarks.nano $(NANO_ARGS)

# The voices of the benchmarks, in an environment of their own.
voices: build/voices/.ready

build/voices/.ready: requirements-voices.lock
	$(PYTHON) -m venv build/voices
	build/voices/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-voices.lock
	@touch $@

# The libraries that write numbers in digits, in an environment apart.
numbers: build/numbers/.ready
	$(BIN)/python -m benchmarks.numbers

build/numbers/.ready: requirements-numbers.lock $(VENV)/.ready
	$(PYTHON) -m venv build/numbers
	build/numbers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-numbers.lock
	@touch $@

build/parity/.ready: requirements-parity.lock
	$(PYTHON) -m venv build/parity
	build/parity/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-parity.lock
	@touch $@

# The lock files pin every package by version and hash, for every platform. Those in locks/ are what
# users get, and are part of the package: base.lock (`pip install git-voicenote`), kit.lock (a kit)
# and kit-nano.lock (a kit with the nano engine, whose packages have 4.6 GB), and build.lock, which
# builds the package. The others are for developers.
# A pinned version is kept: to update a package, remove it from the lock files first.
COMPILE = build/lock/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet
SAME = --constraint requirements-nano.lock
lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	$(COMPILE) --group dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --group dev --extra nano pyproject.toml --constraint requirements.lock \
	  --output-file requirements-nano.lock
	$(COMPILE) $(SAME) pyproject.toml --output-file locks/base.lock
	$(COMPILE) $(SAME) pyproject.toml --extra server --group kit --output-file locks/kit.lock
	$(COMPILE) $(SAME) pyproject.toml --extra server --extra nano --group kit \
	  --output-file locks/kit-nano.lock
	$(COMPILE) $(SAME) --group build --output-file locks/build.lock
	$(COMPILE) --group parity --extra nano pyproject.toml --constraint requirements.lock \
	  --output-file requirements-parity.lock
	$(COMPILE) --group voices --output-file requirements-voices.lock
	$(COMPILE) --group numbers --output-file requirements-numbers.lock
	$(COMPILE) --group page --output-file requirements-page.lock

$(VENV)/.ready: locks/base.lock locks/build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("error: Python 3.11 or later is needed; name one with make PYTHON=...")'
	@$(PYTHON) scripts/set_up.py $(VENV)
	@scripts/system-packages demo
	@touch $@

$(VENV)/.dev: $(VENV)/.ready requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.nano: $(VENV)/.dev requirements-nano.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-nano.lock
	@touch $@

clean:
	rm -rf $(VENV) build dist
