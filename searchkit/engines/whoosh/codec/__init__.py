"""The columnar codec: Whoosh segments whose parts are arrays in one memory-mapped file. `FORMAT.md` says every byte.

Imports nothing of searchkit but this package.
"""
