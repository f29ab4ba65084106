# Set-up is part of every target: the first `make …` on a fresh clone makes .venv and installs what that target needs, the next
# ones find it there. After that, nothing here needs a network (`make demo` fetches its model once).

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp

.PHONY: help demo test test-long check format docs readme bench bench-engine constraints clean
.DEFAULT_GOAL := help

help:         ## this list
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1 \t\2/' | expand -t 22

demo: $(STAMP)-run          ## fine-tune a model for named-entity recognition, score it, use it (3 minutes)
	$(BIN)/python examples/demo.py

# Tests start many processes: what is compiled once must be kept, wherever the machine is set to forget it.
test: $(STAMP)-test         ## all tests but the long ones
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist worksteal -m "not long" -q

test-long: $(STAMP)-test    ## the tests that take minutes or need downloaded weights
	$(BIN)/pytest -m long

check: $(STAMP)-check       ## lint, format, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)-check      ## put the code in order
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: $(STAMP)-docs         ## build the documentation into site/
	$(BIN)/mkdocs build --strict --quiet

readme: $(STAMP)-run        ## rewrite the tables of README and docs from the code
	$(BIN)/python tools/readme.py

bench: $(STAMP)-run         ## run the benchmarks and rewrite benchmarks/RESULTS.md
	$(BIN)/python benchmarks/run.py

bench-engine: $(STAMP)-bench ## run the engine beside what users would pick, and rewrite benchmarks/ENGINE.md (half an hour)
	PYTHONPATH=benchmarks $(BIN)/python -m engine

constraints:                ## rewrite constraints.txt from what .venv holds
	@{ sed -n '/^#/p' constraints.txt; $(BIN)/pip freeze --exclude-editable | sed 's/+cpu$$//'; } > constraints.new
	@mv constraints.new constraints.txt

clean:                      ## remove everything that was made here
	rm -rf $(VENV) site dist build runs .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# What each target needs, as extras of pyproject.toml. A stamp is as old as the install that it stands for.
$(STAMP)-run:   EXTRAS :=
$(STAMP)-test:  EXTRAS := [test]
$(STAMP)-check: EXTRAS := [check]
$(STAMP)-docs:  EXTRAS := [docs]
$(STAMP)-bench: EXTRAS := [bench]

$(STAMP)-%: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.$(EXTRAS)'
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "tasktune needs Python 3.11 or later; $(PYTHON) is older. Name another: make PYTHON=/path/to/python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
