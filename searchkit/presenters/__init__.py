"""Results to text: for a terminal, for programs, for spreadsheets. Nothing here prints."""
