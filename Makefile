# Two commands do it all on a machine with Python 3.11+ and make:
#   make run    the main job on the shipped data
#   make test   the tests
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
UV     := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test test-slow lint types bench docs clean

help:
	@echo "make run    run the scenario 1945: history, verdicts, figure, page (in runs/)"
	@echo "make test   lint, types and tests"
	@echo "make test-slow  the slow tests too"
	@echo "make bench  benchmarks beside peers"
	@echo "make docs   the documentation site (in site/)"

$(STAMP): pyproject.toml constraints.txt
ifdef UV
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	VIRTUAL_ENV=$(abspath $(VENV)) $(UV) pip install --quiet -c constraints.txt -e . --group dev
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e . --group dev
endif
	@touch $@

run: $(STAMP)
	$(BIN)/conjuncture run 1945

# Two test processes on two cores: threads of the linear algebra would only get in the way.
test: lint types
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 -m "not slow"

test-slow: lint types
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2

lint: $(STAMP)
	$(BIN)/ruff check src tests scripts benchmarks
	$(BIN)/ruff format --check src tests scripts benchmarks

types: $(STAMP)
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python benchmarks/bench_leontief.py
	$(BIN)/python benchmarks/bench_plan.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/bench_plan_size.py
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/bench_plan_sparse.py
	$(BIN)/python benchmarks/bench_run.py

docs: $(STAMP)
	$(BIN)/python scripts/build_reference.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "open site/index.html"

clean:
	rm -rf $(VENV) build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
