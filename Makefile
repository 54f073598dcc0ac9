# Everything below makes its own .venv from requirements.lock; nothing else has to be installed first.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo run test check bench lock screenshots clean

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Patuh needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(READY)

demo: $(READY)  ## a made-up office year with sample accounts, on http://127.0.0.1:$(PORT)
	$(BIN)/patuh demo --port $(PORT)

run: $(READY)  ## the office's own data, under data/ or in PATUH_DATABASE_URL
	$(BIN)/patuh run --port $(PORT)

test: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup tests

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy models dashboard seed
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_structure.py

bench: $(READY)
	$(BIN)/python -m tests.bench

screenshots: $(READY)  ## the README's picture, from the sample year; needs Chromium
	$(BIN)/python -m tests.pictures

lock:  ## needs uv; the lock serves every system and names no host
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --extra dev -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
