"""What schemathesis makes of the OpenAPI document, asked of a real server: no server error, nothing undocumented."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.unit.servers.test_running import TOKEN, index, running, tokens  # noqa: F401  # fixtures

pytestmark = pytest.mark.skipif(find_spec("schemathesis") is None, reason="schemathesis: not installed")

LEFT_OUT = ("positive_data_acceptance", "negative_data_rejection")
"""No schema tells a day in words from another text, nor which parameters go together; and every number is a text too."""


def test_schemathesis_finds_nothing(index, tokens, tmp_path):  # noqa: F811
    with running(index, "--ingest-token", str(tokens), "-q") as server:
        found = subprocess.run(
            [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
             "run", f"http://127.0.0.1:{server.port}/openapi.json", "--header", f"Authorization: Bearer {TOKEN}",
             "--seed", "1", "--max-examples", "10", "--continue-on-failure", "--no-color", "--warnings", "off",
             "--exclude-checks", ",".join(LEFT_OUT)],
            cwd=tmp_path, capture_output=True, text=True, timeout=600,
        )  # fmt: skip
    assert found.returncode == 0, found.stdout[-5000:]
    assert " passed" in found.stdout.rpartition("Test cases:")[2], found.stdout[-2000:]
