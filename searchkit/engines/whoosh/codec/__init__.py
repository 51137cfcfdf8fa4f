"""How is a segment laid out on disk? As arrays in one memory-mapped file; `FORMAT.md` specifies every byte.

Imports nothing of searchkit but this package.
"""
