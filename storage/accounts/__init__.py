"""Accounts, their keys, their positions and orders, their trades."""
