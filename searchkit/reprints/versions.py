"""The versions of the rules that families are made by. A search reads them and does without the rules."""

from __future__ import annotations

SKETCHES = "2"
"""Counted up when a change of `shingles` changes what a sketch holds: kept sketches are then made again."""

LINKS = "1"
"""Counted up when a change of `detection` changes which articles are linked: kept families are then made again."""
