"""SQLite: its machinery in sqlite/, statements and row mappers in a folder a feature."""
