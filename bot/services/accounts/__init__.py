"""Accounts: their Bybit keys, their stored positions and orders, and their screens."""
