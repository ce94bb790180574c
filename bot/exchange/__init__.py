"""Adapters of the exchange port: Bybit and paper."""
