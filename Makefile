# Two commands do all the set-up: `make demo` shows the product, `make test` runs everything that must pass.
PYTHON ?= python3
OLDEST ?= python3.10
VENV ?= .venv
BIN := $(VENV)/bin
EXTRAS ?= dev

.PHONY: demo test lint compat oldest clean

$(VENV)/installed-$(EXTRAS): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	touch $@

demo: $(VENV)/installed-$(EXTRAS)
	@$(BIN)/searchkit demo

test: $(VENV)/installed-$(EXTRAS)
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/installed-$(EXTRAS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The other two distributions of Whoosh: same tests of the backend, in environments of their own.
compat:
	for whoosh in whoosh==2.7.4 whoosh3; do \
	  sh .ci/other-whoosh "$$whoosh" || exit 1; \
	done

# The oldest Python that pyproject.toml promises.
oldest:
	sh .ci/oldest-python $(OLDEST)

clean:
	rm -rf $(VENV) .venv-* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
