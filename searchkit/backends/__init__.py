"""The engines behind `searchkit.index.Index`. They do not know each other."""
