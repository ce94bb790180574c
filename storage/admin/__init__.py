"""The audit, broadcasts, and what admins read."""
