"""What does each command do? One module for each command: parse, call, present."""

from __future__ import annotations

from searchkit.cli.run import main

__all__ = ["main"]
