"""/license."""
