"""How does a result look? As text for a terminal, for programs, for spreadsheets. Nothing here prints."""
