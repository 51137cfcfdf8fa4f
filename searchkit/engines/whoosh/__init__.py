"""How are questions answered on one machine? Articles in Whoosh segments, queries as operations on arrays."""
