"""Plans, intents, closed trades, limits, and what stops an account from entering."""
