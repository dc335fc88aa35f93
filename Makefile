# Everything a fresh machine needs comes from here: `make demo` shows what tiaokuai is, `make test` proves it.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
TIAOKUAI := $(BIN)/tiaokuai
FOLDERS := app files graph loaders metrics planning viz
SOURCES := $(shell find $(FOLDERS) -name '*.py' -o -name '*.toml' -o -name '*.cypher' -o -name '*.gz' -o -name '*.css' -o -name '*.js')
# Four share two cores: a browser, a server and a command of its own leave the test that waits for them idle.
WORKERS := -n 4 --dist loadgroup --no-loadscope-reorder --max-worker-restart 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Without compiled modules every command of the tests would start at half the speed.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo test quick soak lint unit system kernels bench bundle images baseline docs fuzz nightly package pythons clean

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

install: $(VENV)/.test  ## a virtual environment in .venv with everything for use and development

# The link tree of a strict editable install holds one link a file: made again whenever a file comes or goes.
$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.runtime: $(VENV)/.made pyproject.toml constraints.txt
	$(BIN)/pip install -q -c constraints.txt setuptools
	$(BIN)/pip install -q -c constraints.txt --no-build-isolation -e . --config-settings editable_mode=strict
	touch $@

$(VENV)/.files: FORCE $(VENV)/.runtime
	@ls $(sort $(SOURCES)) | cmp -s - $@ || { \
	  $(BIN)/pip install -q --no-deps --no-build-isolation -e . --config-settings editable_mode=strict && ls $(sort $(SOURCES)) > $@; }

$(VENV)/.test: $(VENV)/.files pyproject.toml constraints.txt
	$(BIN)/pip install -q -c constraints.txt --no-build-isolation -e '.[dev,docs]' --config-settings editable_mode=strict
	touch $@

FORCE:

demo: $(VENV)/.files  ## an example district and its report, opened where there is a screen
	@$(TIAOKUAI) demo

# What one core can do while the other checks types: machine code that every later process finds ready, downloads.
test: install  ## all tests, with lint, types and the import contract first
	@$(MAKE) --no-print-directory -j 2 lint kernels system
	@$(MAKE) --no-print-directory unit

quick: install kernels  ## pure code alone, within a minute: no browser, no server, no process
	$(BIN)/python -m pytest -q --quick $(WORKERS)

soak: install  ## make test in N fresh clones, two fifths of them on a busy machine (N=5)
	bash scripts/soak.sh $(or $(N),5)

lint: install  ## style, types, and which way imports run
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: install system  ## the tests alone
	$(BIN)/python -m pytest $(WORKERS)

kernels: install  # compiled once, or each of the tests' processes would compile them for itself
	@$(TIAOKUAI) simulate examples/medical-innovation --months 2 --runs 2 --json >/dev/null

system:  ## what the tests need beside Python: a browser, a server of Neo4j (kept between runs)
	bash scripts/system.sh

bench: install  ## the benchmarks, each beside its peers; the tables are in benchmarks/README.md
	$(BIN)/pip install -q -c constraints.txt --no-build-isolation -e '.[bench]' --config-settings editable_mode=strict
	for bench in benchmarks/bench_*.py; do $(BIN)/python $$bench || exit 1; done

bundle:  ## the plotly.js with just what the pictures draw with
	cd scripts/browser && npm install --no-fund --no-audit --no-package-lock && node bundle.mjs

images: $(VENV)/.files  ## the pictures in the README, drawn from the example district (needs a Chromium)
	$(BIN)/python scripts/images.py

baseline: install  ## the exact results that the tests hold this version to
	$(BIN)/python scripts/baseline.py

docs: install  ## the documentation, without a warning
	$(BIN)/python scripts/data_page.py
	$(BIN)/mkdocs build --strict

fuzz: install  ## what make test does not try: other examples each time (ROUNDS=5), mutated inputs by the ten thousand
	for round in $$(seq $(or $(ROUNDS),5)); do \
	  TIAOKUAI_TESTS_EXAMPLES=fuzz $(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "hypothesis and not neo4j" || exit 1; done
	TIAOKUAI_FUZZ=10000 TIAOKUAI_FAULTS=15 $(BIN)/python -m pytest -n 2 tests/test_fuzz.py tests/test_faults.py

nightly: install  ## what a release tells, attacked on some three hundred networks
	TIAOKUAI_NIGHTLY=1 $(BIN)/python -m pytest -n 2 tests/release

package: install  ## wheel and sdist
	$(BIN)/python -m build

pythons: install  ## the wheel under every Python from 3.11 that this machine has
	PYTHON=$(BIN)/python bash scripts/pythons.sh

clean:  ## forget everything that was made
	rm -rf $(VENV) build dist site *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
