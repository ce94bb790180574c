"""/balance, /positions, /orders, /trades and /keys."""
