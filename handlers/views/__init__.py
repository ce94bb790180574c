"""What the views of all features share: pure functions from values to cards, no Telegram calls."""
