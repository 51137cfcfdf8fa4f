"""How does a language model ask an archive? With the tools that `searchkit mcp` offers by the Model Context Protocol.

`tools` is the table of tools: their `arguments`, and a function from an archive and checked arguments to an `Answer`.
`finding` answers with articles, in the `forms` that ChatGPT's connectors expect, and `counting` with documents of
`presenters/SCHEMA.md`. `quoting` marks what is from the archive, `bounds` keeps answers short. `protocol` makes a
server of the official SDK from the table, `running` connects it to standard input and output or to HTTP.
"""
