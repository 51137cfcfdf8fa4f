"""How does a result look? As text for terminals, programs and spreadsheets. Nothing here prints."""
