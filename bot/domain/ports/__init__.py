"""Protocols that the inside asks of storage, exchange, cache and chat; values stand in bot/domain."""
