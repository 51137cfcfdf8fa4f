"""The command line on an archive in a cluster prints what it prints on one in a folder, to the letter."""

from __future__ import annotations

import pytest

import searchkit
from tests.cluster.reached import IN_CLUSTER, archive_in_cluster
from tests.conftest import NEWS, TODAY
from tests.golden.test_cli import CASES, printed, run

pytestmark = [IN_CLUSTER]
OF_FOLDERS = {"error-restore"}
"""What is only said of folders."""


@pytest.fixture(scope="module")
def address():
    with archive_in_cluster() as made:
        with searchkit.connect(made, create=True, today=lambda: TODAY) as archive:
            archive.upsert_all(NEWS)
        yield made.partition("?")[0]


@pytest.mark.parametrize("name", sorted(CASES.keys() - OF_FOLDERS))
def test_commands(name, address, tmp_path, golden):
    golden(f"{name}.txt", printed(name, run, address, tmp_path))
