"""/balance, /positions, /orders, /fills and /keys."""
