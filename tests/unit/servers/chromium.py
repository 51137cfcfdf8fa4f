"""A headless Chromium, driven through a pipe; what it asks for is answered in this process, so there is no socket."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.unit.servers.asgi import Client

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
HOME = "http://localhost"
_START = (
    "import os, sys; ends = [os.dup(int(each)) for each in sys.argv[1:3]]; os.dup2(ends[0], 3); os.dup2(ends[1], 4); "
    "os.set_inheritable(3, True); os.set_inheritable(4, True); "
    "os.execv(sys.argv[3], sys.argv[3:])"
)
"""Gives Chromium the pipe under the numbers that it wants, 3 and 4."""


class Chromium:
    """One page of a browser.

    `asked` are the addresses that it asked for; `told` what it wrote on its console, refusals of the policy included.
    """

    def __init__(self, client: Client, profile: Path) -> None:
        self.client = client
        self.asked: list[str] = []
        self.told: list[str] = []
        self._loaded: list[str] = []
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()

        self._process = subprocess.Popen(
            [sys.executable, "-ISc", _START, str(to_browser), str(from_browser),
             PROGRAM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
             "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update",
             "--window-size=1280,1600",  # all of a page: what is scrolled to is left again when the search box takes the focus
             f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        self._held = b""
        self._number = 0
        self._session = ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        self.call("Fetch.enable", patterns=[{"urlPattern": "*"}])

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)

    def call(self, method: str, **parameters: Any) -> Any:
        number = self._send(method, parameters)
        while True:
            message = self._next()
            if message.get("id") == number:
                assert "error" not in message, (method, message["error"])
                return message["result"]

    def _send(self, method: str, parameters: dict[str, Any]) -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        return self._number

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            piece = os.read(self._in, 1 << 20)
            assert piece, "Chromium has ended"
            self._held += piece
        first, _, self._held = self._held.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        self._take(message)
        return message

    def _take(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message.get("method"):
            case "Fetch.requestPaused":
                self._answer(parameters)
            case "Page.lifecycleEvent" if parameters["name"] == "load":
                self._loaded.append(parameters["loaderId"])
            case "Log.entryAdded":
                self.told.append(parameters["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.told.append(str(parameters["exceptionDetails"]))

    def _answer(self, paused: dict[str, Any]) -> None:
        address = paused["request"]["url"]
        self.asked.append(address)
        if not address.startswith(f"{HOME}/"):
            self._send("Fetch.failRequest", {"requestId": paused["requestId"], "errorReason": "AccessDenied"})
            return
        parts = urlsplit(address)
        headers = {name.lower(): value for name, value in paused["request"]["headers"].items()}
        headers.pop("if-none-match", None)
        reply = self.client.ask("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path, headers)
        given = [{"name": name, "value": value} for name, value in reply.headers.items() if name != "content-encoding"]
        body = base64.b64encode(reply.body).decode()
        self._send(
            "Fetch.fulfillRequest",
            {"requestId": paused["requestId"], "responseCode": reply.status, "responseHeaders": given, "body": body},
        )

    # -- what a person does

    def open(self, target: str, then: Callable[[], object] | None = None) -> None:
        """Go to an address, or do what leads to another page, and wait until that is loaded, its script run.

        An address is waited for by the number of its own load: on a busy machine the empty page of the start may say
        that it is loaded only after this one was asked for.
        """
        before = len(self._loaded)
        if then is None:
            number = self.call("Page.navigate", url=HOME + target)["loaderId"]
            while number not in self._loaded:
                self._next()
            return
        then()
        while len(self._loaded) == before:
            self._next()

    def see(self, code: str) -> Any:
        """The value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, key: str) -> None:
        text = {"text": key} if len(key) == 1 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def mouse(self, kind: str, x: float, y: float, held: bool = False) -> None:
        button = "none" if kind == "mouseMoved" else "left"
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, buttons=int(held), clickCount=1)
        if kind == "mouseMoved":  # the page is told of a movement with the next frame
            self.see("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))
