"""How is each format read? One module a format."""
