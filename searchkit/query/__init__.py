"""Text to tree: the query language and its dates. Knows no backend."""
