"""How does what is typed become a tree? The query language and its dates; knows no engine."""
