"""Starts and stops an OpenSearch cluster for the tests: `nodes.py start`, `stop`, `status`; `make cluster` calls it.

Each node is a process of its own on the loopback interface, without TLS and users, unless TLS or APART say otherwise. Maven resolves the distribution,
which comes without modules, and the jars of the two modules that searchkit needs; both are laid out in `.cluster/`, with
the data and the logs of the nodes. What is there already, or runs already, is left as it is.

The environment: NODES (3, or 1), HEAP (of each node: 1g), PORT (of the first: 9211), OPENSEARCH (another version), JAVA_HOME,
TLS=1 (certificates and users, see `security`), APART=1 (each node in a network namespace, see `partitions`; as root).
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
if not __package__:
    sys.path.insert(0, str(HERE.parents[1]))

from tests.cluster import partitions, security  # noqa: E402

LINK = HERE.parents[1] / ".cluster"
VERSION = os.environ.get("OPENSEARCH", "2.19.1")
NODES = int(os.environ.get("NODES", "3"))
HEAP = os.environ.get("HEAP", "1g")
TLS = os.environ.get("TLS", "") == "1"
APART = os.environ.get("APART", "") == "1"
KIND = ("-tls" if TLS else "") + ("-apart" if APART else "")
"""Clusters of several kinds may run at once, each from a port of its own."""
FIRST_HTTP = int(os.environ.get("PORT") or {"": "9211", "-tls": "9251", "-apart": "9211"}.get(KIND, "9251"))
OLDEST_JAVA = 11
SECONDS_TO_START = 240
NOBODY = 65534
"""OpenSearch refuses to run as root: then it runs as this user."""
MODULES = {
    "lang-painless": (
        "org.opensearch.painless.PainlessPlugin", "",
        ["lang-painless", "opensearch-scripting-painless-spi", "antlr4-runtime", "asm"],
    ),
    "analysis-common": ("org.opensearch.analysis.common.CommonAnalysisPlugin", "lang-painless", ["analysis-common"]),
}  # fmt: skip
"""Name: the class of the module, the module that it extends, and how the names of its jars begin."""
POLICY = """grant {
  permission java.lang.RuntimePermission "createClassLoader";
  permission java.lang.RuntimePermission "getClassLoader";
};
"""


def home() -> Path:
    """The folder of all that belongs to the cluster. Where nobody but root may enter the checkout, it lies elsewhere."""
    if not LINK.exists() and os.getuid() == 0 and not all(path.stat().st_mode & 0o001 for path in LINK.parents):
        elsewhere = Path(tempfile.mkdtemp(prefix="searchkit-cluster-"))
        elsewhere.chmod(0o755)
        LINK.unlink(missing_ok=True)  # it leads nowhere
        LINK.symlink_to(elsewhere)
    return LINK.resolve()


FOLDER = home()
CERTIFICATES = FOLDER / "certificates"
SNAPSHOTS = FOLDER / "snapshots"
"""Where repositories of snapshots may be: one folder for all nodes."""


def stopped_by(message: str) -> SystemExit:
    return SystemExit(f"cluster: {message}")


# -- what a node is made of


def java_home() -> Path:
    """The folder of the Java that runs the nodes."""
    given = os.environ.get("JAVA_HOME")
    java = Path(given, "bin", "java") if given else Path(shutil.which("java") or "java")
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=True).stderr
    except (OSError, subprocess.CalledProcessError):
        raise stopped_by(
            f"no Java here (Java {OLDEST_JAVA} or newer runs the nodes); install it, or set JAVA_HOME"
        ) from None
    found = re.search(r'version "(\d+)', told)
    if found and int(found[1]) < OLDEST_JAVA:
        raise stopped_by(f"Java {found[1]} is too old: the nodes need {OLDEST_JAVA} or newer; set JAVA_HOME")
    return java.resolve().parents[1]


def distribution() -> Path:
    """The folder of the distribution with its modules, which is made if it is not there; with TLS, with the plugin."""
    base = FOLDER / f"opensearch-{VERSION}"
    if not (base / "complete").exists():
        lay_out(base)
    if not TLS:
        return base
    secured = FOLDER / f"opensearch-{VERSION}-tls"
    if not (secured / "complete").exists():
        shutil.rmtree(secured, ignore_errors=True)
        shutil.copytree(base, secured, ignore=shutil.ignore_patterns("complete"))
        plugin = f"opensearch-security-{VERSION}.0.zip"
        fetch(f"dependency:copy -Dartifact=org.opensearch.plugin:opensearch-security:{VERSION}.0:zip", secured)
        security.add_plugin(secured, secured / plugin)
        (secured / plugin).unlink()
        (secured / "complete").touch()
    return secured


def fetch(goal: str, folder: Path) -> None:
    """Let Maven put into a folder what a node consists of."""
    if not shutil.which("mvn"):
        raise stopped_by("no Maven here (mvn), which fetches OpenSearch; install it, e.g. apt install maven")
    command = ["mvn", "-q", "-B", "-f", HERE / "pom.xml", f"-Dopensearch.version={VERSION}", *goal.split()]
    print(f"cluster: fetching OpenSearch {VERSION} with Maven", file=sys.stderr)
    # Only the addresses go to standard output, and Maven writes there even where it is quiet.
    command.append(f"-DoutputDirectory={folder}")
    done = subprocess.run(command, stdout=sys.stderr)
    if done.returncode:
        raise stopped_by(f"Maven did not get OpenSearch {VERSION}; what it says is above")


def lay_out(base: Path) -> None:
    """Make the folder of the distribution, with its modules."""
    jars = FOLDER / f"jars-{VERSION}"
    fetch("dependency:copy-dependencies", jars)
    shutil.rmtree(base, ignore_errors=True)
    with zipfile.ZipFile(jars / f"opensearch-{VERSION}.zip") as archive:
        archive.extractall(FOLDER)
    for script in (base / "bin").iterdir():
        script.chmod(0o755)
    for name, (main, extends, starts) in MODULES.items():
        module = base / "modules" / name
        module.mkdir(parents=True)
        for start in starts:
            for jar in jars.glob(f"{start}-*.jar"):
                shutil.copy(jar, module)
        described = {
            "name": name, "description": name, "version": VERSION, "classname": class_in(module, main),
            "extended.plugins": extends,
            "java.version": OLDEST_JAVA, "opensearch.version": VERSION, "has.native.controller": "false",
            "custom.foldername": "",
        }  # fmt: skip
        lines = "".join(f"{key}={value}\n" for key, value in described.items())
        (module / "plugin-descriptor.properties").write_text(lines)
    (base / "modules" / "lang-painless" / "plugin-security.policy").write_text(POLICY)
    shutil.rmtree(jars)
    (base / "complete").touch()


def class_in(module: Path, main: str) -> str:
    """The class of a module: from OpenSearch 3 on, `PainlessPlugin` is called `PainlessModulePlugin`."""
    names = [main, main.removesuffix("Plugin") + "ModulePlugin"]
    for jar in module.glob("*.jar"):
        with zipfile.ZipFile(jar) as opened:
            held = set(opened.namelist())
        for name in names:
            if f"{name.replace('.', '/')}.class" in held:
                return name
    raise stopped_by(f"{module.name} has no class {main}")


# -- nodes


def folder_of(number: int) -> Path:
    # A cluster of one and a cluster of three elect their manager differently: their data are apart.
    return FOLDER / f"nodes-{NODES}{KIND}" / f"n{number}"


def host_of(number: int) -> str:
    if APART:
        return partitions.address(number)
    return security.NAME if TLS else "127.0.0.1"


def http_port(number: int) -> int:
    # Each has the first port to itself where it has an address to itself.
    return FIRST_HTTP if APART else FIRST_HTTP + number - 1


def transport(number: int) -> str:
    host = partitions.address(number) if APART else "127.0.0.1"
    return f"{host}:{http_port(number) + 100}"


def url_of(number: int) -> str:
    """The address at which a node answers."""
    return f"{'https' if TLS else 'http'}://{host_of(number)}:{http_port(number)}"


def urls() -> str:
    """The addresses of all nodes, as SEARCHKIT_CLUSTER has them."""
    return ",".join(url_of(number) for number in range(1, NODES + 1))


def pid_of(node: Path) -> int | None:
    """The process of a node, if it runs."""
    try:
        pid = int((node / "pid").read_text())
        command = Path(f"/proc/{pid}/cmdline")
        os.kill(pid, 0)
        # After a restart of the machine the number may be another program's.
        return pid if not command.exists() or str(node).encode() in command.read_bytes() else None
    except (OSError, ValueError):
        return None


def start_node(number: int, base: Path, java: Path) -> subprocess.Popen[bytes]:
    node = folder_of(number)
    for name in ("config", "data", "logs", "tmp"):
        (node / name).mkdir(parents=True, exist_ok=True)
    SNAPSHOTS.mkdir(exist_ok=True)
    for path in (base / "config").iterdir():
        if path.is_file():
            shutil.copy(path, node / "config")
    options = (base / "config" / "jvm.options").read_text().splitlines()
    kept = [line for line in options if not re.search(r"^-Xm[sx]|gc\.log|HeapDump|hs_err", line)]
    kept += [f"-Xms{HEAP}", f"-Xmx{HEAP}", f"-XX:ErrorFile={node}/logs/hs_err.log"]
    (node / "config" / "jvm.options").write_text("\n".join(kept) + "\n")
    everyone = range(1, NODES + 1)
    settings: dict[str, Any] = {
        "cluster.name": "searchkit-tests",
        "node.name": f"n{number}",
        "path.data": str(node / "data"),
        "path.logs": str(node / "logs"),
        "path.repo": [str(SNAPSHOTS)],
        "network.host": transport(number).partition(":")[0],
        "http.port": http_port(number),
        "transport.port": http_port(number) + 100,
        "discovery.seed_hosts": [transport(each) for each in everyone],
        "cluster.initial_cluster_manager_nodes": [f"n{each}" for each in everyone],
        # The disk of a developer may be nearly full, which is nothing to the tests.
        "cluster.routing.allocation.disk.threshold_enabled": False,
        # With these, 2.19 logs a trace of its stack for every point in time that is opened.
        "search.request_stats_enabled": False,
    }
    if TLS:
        security.prepare(CERTIFICATES, base, java)
        settings |= security.settings(CERTIFICATES, node / "config")
    if APART:
        settings |= partitions.SETTINGS
    lines = "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
    (node / "config" / "opensearch.yml").write_text(lines)
    as_user: dict[str, Any] = {}
    before: list[str] = []
    if os.getuid() == 0:
        if APART:  # only root enters a namespace
            before = ["ip", "netns", "exec", partitions.namespace(number), "setpriv", f"--reuid={NOBODY}"]
            before += [f"--regid={NOBODY}", "--clear-groups"]
        else:
            as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        for path in [SNAPSHOTS, node, *node.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
    environment = {
        **os.environ, "OPENSEARCH_PATH_CONF": str(node / "config"), "OPENSEARCH_TMPDIR": str(node / "tmp"),
        "OPENSEARCH_JAVA_HOME": str(java),
    }  # fmt: skip
    with (node / "output").open("wb") as output:
        return subprocess.Popen(
            [*before, "nice", "-n", "10", base / "bin" / "opensearch", "-p", node / "pid"], cwd=node, env=environment,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            **as_user,
        )  # fmt: skip


def health() -> dict[str, Any] | None:
    """What the first node that answers says of the cluster."""
    for number in range(1, NODES + 1):
        try:
            return dict(asked(number, "/_cluster/health"))
        except (OSError, urllib.error.URLError, ValueError):
            continue
    return None


def asked(number: int, path: str, seconds: float = 5) -> Any:
    """What a node answers."""
    headers, context = {}, None
    if TLS:
        word = f"admin:{security.PASSWORDS['admin']}"
        headers = {"Authorization": f"Basic {base64.b64encode(word.encode()).decode()}"}
        context = ssl.create_default_context(cafile=str(CERTIFICATES / security.AUTHORITY))
    request = urllib.request.Request(url_of(number) + path, headers=headers)
    with urllib.request.urlopen(request, timeout=seconds, context=context) as answer:
        return json.load(answer)


def elected() -> int:
    """The number of the node that is the elected manager, as the first that answers has it; 0 if none knows."""
    for number in range(1, NODES + 1):
        try:
            told = asked(number, "/_cat/cluster_manager?format=json")
            return int(told[0]["node"].removeprefix("n"))
        except (OSError, urllib.error.URLError, ValueError, LookupError):
            continue
    return 0


def is_ready(told: dict[str, Any] | None) -> bool:
    # One node has nowhere to put a replica.
    enough = ("green",) if NODES > 1 else ("green", "yellow")
    return told is not None and told["number_of_nodes"] == NODES and told["status"] in enough


def start() -> None:
    others = [path for path in FOLDER.glob(f"nodes-?{KIND}/n*") if path.parent != folder_of(1).parent and pid_of(path)]
    if others:
        raise stopped_by(f"a cluster of another size runs ({others[0].parent.name}); make cluster-stop ends it")
    if not is_ready(health()):
        java, base = java_home(), distribution()
        if APART:
            partitions.lay(range(1, NODES + 1))
            partitions.heal(range(1, NODES + 1))
        started = [
            start_node(number, base, java) for number in range(1, NODES + 1) if pid_of(folder_of(number)) is None
        ]
        end = time.monotonic() + SECONDS_TO_START
        while not is_ready(told := health()):
            if time.monotonic() > end or any(each.poll() is not None for each in started):
                status = told["status"] if told else "no answer"
                raise stopped_by(f"not ready ({status}); see {folder_of(1)}/output")
            time.sleep(1)
    print(urls() if APART else url_of(1))


def stop() -> None:
    """End all nodes that this checkout started, whatever their number."""
    running = [pid for path in FOLDER.glob("nodes-*/n*") if (pid := pid_of(path))]
    for pid in running:
        os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 60
    while left := [path for path in FOLDER.glob("nodes-*/n*") if pid_of(path)]:
        if time.monotonic() > end:
            raise stopped_by(f"{left[0]} does not end")
        time.sleep(0.2)
    if os.getuid() == 0 and shutil.which("ip"):
        partitions.remove()
    print(f"cluster: {len(running)} nodes stopped", file=sys.stderr)


def status() -> None:
    print(json.dumps(health() or {"status": "no cluster"}))


if __name__ == "__main__":
    commands = {"start": start, "stop": stop, "status": status}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        raise stopped_by(f"give one of {', '.join(commands)}")
    commands[sys.argv[1]]()
