"""How does a segment lie on the disk? As arrays in one memory-mapped file; `FORMAT.md` says every byte.

Imports nothing of searchkit but this package.
"""
