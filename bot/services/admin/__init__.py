"""What admins do and see: users, broadcasts, reports, health."""
