"""/users, /broadcast, /audit, /report, /health, and what admins do to a user."""
