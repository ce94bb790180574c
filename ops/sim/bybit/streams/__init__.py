"""Bybit's WebSockets: sessions that take and give text, and what they are told."""
