"""The command line: one module a command, each of them parse, call, present."""

from __future__ import annotations

from searchkit.cli.run import main

__all__ = ["main"]
