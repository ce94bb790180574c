"""Bybit's WebSocket streams: connections, what they say, and the values that they keep current."""
