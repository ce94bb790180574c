"""Users, their PINs, export and erasure."""
