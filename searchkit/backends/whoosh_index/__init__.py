"""The Whoosh backend: articles in Whoosh segments, queries as array operations over their postings."""
