"""Support threads."""
