"""How is an OpenSearch cluster asked? Shared by the engine and the record that are kept in one; needs [opensearch]."""
