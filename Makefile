# Two commands do all the set-up: `make demo` shows the product, `make test` runs the tests; .ci/run runs all that must pass.
PYTHON ?= python3
OLDEST ?= python3.10
VENV ?= .venv
BIN := $(VENV)/bin
EXTRAS ?= dev

.PHONY: demo slow test messages docs coverage torture lint compat oldest lowest installs package bench clean cluster cluster-test cluster-stop

$(VENV)/installed-$(EXTRAS): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	touch $@

demo: $(VENV)/installed-$(EXTRAS)
	@$(BIN)/searchkit demo

# Bytecode of tests and modules is kept for the next run, in a place of its own, whatever the environment says of it.
PYTEST = PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(abspath $(VENV))/bytecode $(BIN)/python -m pytest -n auto --dist worksteal

# The inner loop: under two minutes on two cores. The gate runs `slow` after it.
test: $(VENV)/installed-$(EXTRAS)
	$(PYTEST) -m "not slow"

# The rest of the suite: crashes, damage, hostile input, real articles, servers in processes, a browser, other libraries.
slow: $(VENV)/installed-$(EXTRAS)
	$(PYTEST) -m slow

# Branches of searchkit that the tests take, those in child processes among them; fails below the floor.
coverage: $(VENV)/installed-$(EXTRAS)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto --dist worksteal
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered

# The long versions: of crashes, damage and hostile input, then of every other test that has one, with twenty times the
# examples, and others each time. About an hour. Needs strace.
torture: $(VENV)/installed-$(EXTRAS)
	$(BIN)/python -m pytest tests/torture --torture -s
	$(BIN)/python -m pytest --ignore=tests/torture --torture -n auto --dist worksteal

# Take the texts of the code into the catalogues of all languages, and compile these: after a text was added or changed.
messages: $(VENV)/installed-$(EXTRAS)
	$(BIN)/python .ci/messages.py

# The documentation site in English and Chinese, with the reference of the Python library, in build/docs/site. A broken
# link or a docstring that cannot be read ends it. ADDRESS is where it will be served, for its map of pages.
ADDRESS ?=
docs:
	$(MAKE) EXTRAS=docs $(VENV)/installed-docs
	$(BIN)/python .ci/site/build.py --address '$(ADDRESS)'

lint: $(VENV)/installed-$(EXTRAS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The other two distributions of Whoosh: same tests of the engine, in environments of their own.
compat:
	for whoosh in whoosh==2.7.4 whoosh3; do \
	  sh .ci/other-whoosh "$$whoosh" || exit 1; \
	done

# The oldest Python that pyproject.toml promises.
oldest:
	sh .ci/oldest-python $(OLDEST)

# The lowest versions that pyproject.toml promises, on the oldest Python.
lowest:
	sh .ci/lowest-versions $(OLDEST)

# What README.md says to install, with the oldest pip of each Python that is here. Minutes for each.
PYTHONS ?= python3.10 python3.11 python3.12 python3.13 python3.14
installs:
	sh .ci/installs $(PYTHONS)

# The sdist, the wheel made from it, and the sdist's tests on that wheel.
package:
	sh .ci/package $(PYTHON)

# Peers are installed with the extra `bench`. The real articles are not part of this repository: see benchmarks/corpus.py.
# 979,700 articles take more than an hour, mostly to index, and 15 GB of disk in BENCH, where indexes are kept for the next run.
BENCH ?= .bench
bench:
	$(MAKE) EXTRAS=bench $(VENV)/installed-bench
	$(BIN)/python benchmarks/engines.py --copies 1 --folder $(BENCH)/1
	$(BIN)/python benchmarks/archive.py --copies 1 --folder $(BENCH)/archive-1
	$(BIN)/python benchmarks/coldstart.py --archive $(BENCH)/archive-1/index
	$(BIN)/python benchmarks/engines.py --copies 10 --folder $(BENCH)/10 --engines searchkit,tantivy
	$(BIN)/python benchmarks/engines.py --copies 50 --folder $(BENCH)/50 --engines searchkit,tantivy
	$(BIN)/python benchmarks/engines.py --plot docs/growth.svg
	$(BIN)/python benchmarks/archive.py --copies 50 --folder $(BENCH)/archive-50

# An OpenSearch cluster for the tests, on this machine: three nodes, or NODES=1, each with HEAP=1g; TLS=1 with certificates
# and users, APART=1 with a network for each node that can be cut (as root). Needs Java and Maven.
cluster:
	@$(PYTHON) tests/cluster/nodes.py start

# The tests of the engine and of the record that need a cluster, on the one that this starts, and those of TLS and users on
# a second one, of one node. They run on until `make cluster-stop`.
cluster-test: $(VENV)/installed-$(EXTRAS)
	@address=$$($(BIN)/python tests/cluster/nodes.py start) && \
	secure=$$(PORT= TLS=1 NODES=1 HEAP=512m $(BIN)/python tests/cluster/nodes.py start) && \
	SEARCHKIT_CLUSTER=$$address SEARCHKIT_CLUSTER_TLS=$$secure $(BIN)/python -m pytest tests/cluster tests/contract tests/oracle/test_opensearch_equals_memory.py \
	  tests/realdata/test_cluster.py -k "cluster or opensearch"

cluster-stop:
	@$(PYTHON) tests/cluster/nodes.py stop

clean:
	@if [ -d .cluster ]; then $(PYTHON) tests/cluster/nodes.py stop; rm -rf "$$(readlink -f .cluster)" .cluster; fi
	rm -rf $(VENV) .venv-* build dist *.egg-info .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis
