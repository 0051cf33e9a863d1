.PHONY: demo test test-spark bench clean
PYTHON ?= python3
BIN := .venv/bin

demo: .venv/installed
	rm -f demo.db
	$(BIN)/tenders --db demo.db fetch --saved fixtures
	$(BIN)/tenders --db demo.db report

test: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

# An environment of its own: Spark's pandas would be imported by sqlite-utils in every other test.
test-spark:
	$(PYTHON) -m venv .venv-spark
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test,spark]'
	.venv-spark/bin/python -m pytest -m spark

bench: .venv/installed
	$(BIN)/python bench/run.py
	$(BIN)/python bench/memory.py
	$(BIN)/python bench/documents.py

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	$(BIN)/python -m compileall -q tender_tracker
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	touch $@

clean:
	rm -rf .venv .venv-spark demo.db* .mypy_cache .ruff_cache .pytest_cache
