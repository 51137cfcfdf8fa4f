"""How does a typed query become a tree? The query language and its dates; knows no engine."""
