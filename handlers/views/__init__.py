"""Pure functions from values to cards: what is read, in whose language, in which time zone; no Telegram calls."""
