"""TLS and users for a cluster of the tests: the plugin, certificates of a throw-away authority, users and a token.

All of it is made anew for each checkout, in `.cluster/`, and is good for nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

PASSWORDS = {"admin": "Lundu-7-admin", "reader": "渡口:7 reader", "nobody": "Lundu-7-nobody"}
"""`admin` may do all; `reader` may search the archives `test-open-…`; `nobody` is known, and may do nothing."""
_KEY = base64.b64encode(hashlib.sha512(b"a key of the tests").digest())
AUTHORITY, OTHER_AUTHORITY = "ca.pem", "other-ca.pem"
_DAYS = "3650"
NAME = "localhost"
"""The only name that the certificate of a node has."""


def token(user: str, roles: list[str], key: bytes = _KEY) -> str:
    """Return a token (JWT) that the cluster takes for a user."""
    parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": user, "roles": roles, "exp": 4102444800}]
    text = b".".join(_base64(json.dumps(part).encode()) for part in parts)
    sum = hmac.new(base64.b64decode(key), text, hashlib.sha256).digest()
    return (text + b"." + _base64(sum)).decode()


def _base64(text: bytes) -> bytes:
    return base64.urlsafe_b64encode(text).rstrip(b"=")


# -- what the nodes get


def add_plugin(base: Path, plugin: Path) -> None:
    """Lay the plugin into a distribution."""
    folder = base / "plugins" / "opensearch-security"
    with zipfile.ZipFile(plugin) as archive:
        archive.extractall(folder)
    # A plugin may not have files of its own in `config`; they would be its defaults.
    shutil.rmtree(folder / "config")


def prepare(folder: Path, base: Path, java: Path) -> None:
    """Make the certificates and the files of users, unless they are there."""
    if (folder / "complete").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in (AUTHORITY, OTHER_AUTHORITY):
        key = folder / name.replace(".pem", ".key")
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=searchkit tests", "-days", _DAYS,
                 "-keyout", key, "-out", folder / name)  # fmt: skip
    request = folder / "node.csr"
    _openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=node", "-keyout", folder / "node.key",
             "-out", request)  # fmt: skip
    names = folder / "names"
    names.write_text(f"subjectAltName=DNS:{NAME}\nextendedKeyUsage=serverAuth,clientAuth\n")
    _openssl("x509", "-req", "-in", request, "-CA", folder / AUTHORITY, "-CAkey", folder / "ca.key", "-set_serial", "7",
             "-days", _DAYS, "-extfile", names, "-out", folder / "node.pem")  # fmt: skip
    files = folder / "opensearch-security"
    files.mkdir()
    for kind, content in _files(base, java).items():
        meta = {"type": kind.replace("_", ""), "config_version": 2}
        # JSON is YAML.
        (files / f"{kind}.yml").write_text(json.dumps({"_meta": meta, **content}))
    (folder / "complete").touch()


def _openssl(*arguments: object) -> None:
    try:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit("cluster: no openssl here, which makes the certificates; install it") from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"cluster: {error.stderr}") from None


def _files(base: Path, java: Path) -> dict[str, dict[str, Any]]:
    """Return the files of the plugin by their kind."""
    users = {name: {"hash": _hash(word, base, java), "reserved": False} for name, word in PASSWORDS.items()}
    domains = {
        "token": {
            "http_enabled": True, "transport_enabled": False, "order": 0,
            "http_authenticator": {
                "type": "jwt", "challenge": False,
                "config": {"signing_key": _KEY.decode(), "roles_key": "roles", "subject_key": "sub"},
            },
            "authentication_backend": {"type": "noop"},
        },
        "password": {
            "http_enabled": True, "transport_enabled": True, "order": 1,
            "http_authenticator": {"type": "basic", "challenge": True},
            "authentication_backend": {"type": "intern"},
        },
    }  # fmt: skip
    reading = {
        "index_patterns": ["test-open-*"],
        "allowed_actions": [
            "read", "indices:admin/mappings/get", "indices:admin/get", "indices:admin/aliases/get",
            "indices:monitor/stats", "indices:monitor/settings/get", "indices:admin/refresh*",
        ],
    }  # fmt: skip
    cluster_wide = [
        "cluster:monitor/main", "cluster:monitor/health", "cluster_composite_ops_ro",
        "indices:data/read/point_in_time/create", "indices:data/read/point_in_time/delete",
    ]  # fmt: skip
    writing = {"index_patterns": ["test-open-*"], "allowed_actions": ["indices_all"]}
    return {
        "config": {"config": {"dynamic": {"http": {"anonymous_auth_enabled": False}, "authc": domains}}},
        "internal_users": users,
        "roles": {
            "test_reader": {"cluster_permissions": cluster_wide, "index_permissions": [reading]},
            "test_writer": {
                "cluster_permissions": [*cluster_wide, "cluster_composite_ops"],
                "index_permissions": [writing],
            },
        },
        "roles_mapping": {
            "all_access": {"users": ["admin"], "backend_roles": ["all"]},
            "test_reader": {"users": ["reader"], "backend_roles": ["readers"]},
            "test_writer": {"backend_roles": ["writers"]},
        },
        "action_groups": {},
        "tenants": {},
        "nodes_dn": {},
    }


def _hash(password: str, base: Path, java: Path) -> str:
    jars = f"{base / 'plugins' / 'opensearch-security'}/*:{base / 'lib'}/*"
    command = [java / "bin" / "java", "-Dfile.encoding=UTF-8", "-Dsun.jnu.encoding=UTF-8", "-cp", jars]
    command += ["org.opensearch.security.tools.Hasher", "-env", "WORD"]
    environment = {**os.environ, "WORD": password, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    found = re.search(r"^\$2\S+$", done.stdout, re.MULTILINE)
    if not found:
        raise SystemExit(f"cluster: no hash of a password: {done.stdout}{done.stderr}")
    return found[0]


def settings(folder: Path, config: Path) -> dict[str, Any]:
    """Put the files beside the configuration of a node, and return what its settings need."""
    for name in (AUTHORITY, "node.pem", "node.key"):
        shutil.copy(folder / name, config)
    shutil.copytree(folder / "opensearch-security", config / "opensearch-security", dirs_exist_ok=True)
    found: dict[str, Any] = {
        "plugins.security.ssl.http.enabled": True,
        "plugins.security.ssl.transport.enforce_hostname_verification": False,
        "plugins.security.allow_default_init_securityindex": True,
        "plugins.security.nodes_dn": ["CN=node"],
    }
    for each in ("http", "transport"):
        found[f"plugins.security.ssl.{each}.pemcert_filepath"] = "node.pem"
        found[f"plugins.security.ssl.{each}.pemkey_filepath"] = "node.key"
        found[f"plugins.security.ssl.{each}.pemtrustedcas_filepath"] = AUTHORITY
    return found
