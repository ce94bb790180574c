"""SQLite: one writer, one query-only reader, migrations, one file a table group."""
