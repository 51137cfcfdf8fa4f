"""How is a record kept in one SQLite file? Its tables, the connections to it, and what is checked."""
