"""The compose files: they can be read, and start what the tests run on, with the settings that the tests have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "cluster"
OF_CONTAINERS = {"bootstrap.memory_lock"}
TESTED = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "cluster").glob("*.py"))


def services(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))["services"]
    return found


def test_all_compose_files_are_looked_at():
    assert {path.name for path in FOLDER.iterdir()} == {"compose.yaml", "production.yaml"}


@pytest.mark.parametrize("name", ["compose.yaml", "production.yaml"])
def test_the_version_is_the_one_that_is_tested(name):
    given = (ROOT / "tests" / "cluster" / "nodes.py").read_text(encoding="utf-8")
    version = given.partition('"OPENSEARCH", "')[2].partition('"')[0]
    assert {each["image"] for each in services(name).values()} == {f"opensearchproject/opensearch:{version}"}


def test_the_settings_are_those_of_the_tests():
    for each in services("compose.yaml").values():
        dotted = {setting for setting in each["environment"] if "." in setting} - OF_CONTAINERS
        assert len(dotted) > 5
        assert [setting for setting in dotted if f'"{setting}"' not in TESTED] == []


def test_the_nodes_know_each_other_and_are_for_this_machine_only():
    found = services("compose.yaml")
    assert len(found) == 3
    for name, each in found.items():
        assert each["environment"]["node.name"] == name
        for setting in ("discovery.seed_hosts", "cluster.initial_cluster_manager_nodes"):
            assert each["environment"][setting].split(",") == list(found)
        assert [port.startswith("127.0.0.1:") for port in each["ports"]] == [True]
    ports = [port for each in found.values() for port in each["ports"]]
    assert len(set(ports)) == len(ports)


def test_production_has_tls_and_no_password_of_everybody():
    (node,) = services("production.yaml").values()
    given = node["environment"]
    assert given["plugins.security.ssl.http.enabled"] == "true"
    assert given["DISABLE_INSTALL_DEMO_CONFIG"] == "true"
    assert "DISABLE_SECURITY_PLUGIN" not in given
