"""The market as screens show it: prices, order books, what trades, and which symbol was meant."""
