"""Orders: cards, plans, intents, what becomes of them, and the limits on them."""
