"""Bybit v5: pybit's endpoints and signing over our own transport."""
