"""Users: first meeting, roles, settings, PIN, privacy."""
