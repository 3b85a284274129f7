# Short on purpose: read a target before you run it. `make setup` first; the others do it for you.
UV_VERSION := 0.13.9
BIN := .venv/bin
BENCHES := $(filter-out floors report,$(basename $(notdir $(wildcard bench/[a-z]*.py))))

.PHONY: setup demo test check fix bench proto clean

# The environment, commit hooks, and a MariaDB and a MySQL for tests and demo. Quick the second time.
setup: .venv/.complete
	@if [ -e .git ] && [ -z "$$CI" ] && ! git config core.hooksPath; then $(BIN)/pre-commit install; fi
	$(BIN)/python -m integration.servers install

.venv/bin/uv:
	python3 -m venv .venv
	$(BIN)/pip install --quiet uv==$(UV_VERSION)

.venv/.complete: .venv/bin/uv pyproject.toml uv.lock
	$(BIN)/uv sync --locked --quiet
	touch $@

# One online schema change on a private server, under writes, proved at the end.
demo: setup
	$(BIN)/schemabot demo

# A file's tests stay together: they share what it set up on its process's servers.
test: setup
	$(BIN)/pytest tests --numprocesses auto
	$(BIN)/pytest integration -m "not long" --numprocesses 2 --dist loadfile

check: .venv/.complete
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/pytest tests/architecture
	$(BIN)/codespell
	$(BIN)/uv lock --check

fix: .venv/.complete
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The long measurements; each prints its ratios and the command that made them.
bench: setup
	set -e; for bench in $(BENCHES); do $(BIN)/python -m bench.$$bench; done
	$(BIN)/pytest -m long
	$(BIN)/pytest tests/schemabot/scheduler tests/schemabot/storage integration/storage \
	    -m "not long" --optimistic both

proto: .venv/.complete
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc --proto_path=. \
	    --python_out=. --pyi_out=. --grpclib_python_out=. tern/v1/tern.proto

# What the others made in this folder. Servers are shared by all checkouts: ~/.cache/schemabot.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
	    .coverage .coverage.* htmlcov build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
