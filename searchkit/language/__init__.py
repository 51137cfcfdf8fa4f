"""In which language is a person told something? Programs are told the same in every language: JSON, codes, files."""
