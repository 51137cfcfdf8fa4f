"""Which other names does a typed name go by? A table of them, the archive's own, and their place in a query."""
