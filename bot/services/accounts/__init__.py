"""Accounts: their Bybit keys, their stored positions and orders, and what screens show of them."""
