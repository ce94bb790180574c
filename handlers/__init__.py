"""Telegram in: a folder a feature, the machinery in core/, every handler in one table."""
