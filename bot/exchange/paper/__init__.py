"""The practice exchange: the matching engine in this process, at Bybit's live prices, its books in our database."""
