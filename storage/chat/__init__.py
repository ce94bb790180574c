"""A chat's stored state in SQLite: single-use buttons, dialogues, inbox and outbox."""
