"""Telegram in: one file a feature, every handler in one table."""
