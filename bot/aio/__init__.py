"""Asyncio parts that every folder may use. The standard library and bot.domain only."""
