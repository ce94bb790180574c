"""The Bybit stand-in: the v5 REST API over HTTP, with accounts, prices and faults driven from outside."""
