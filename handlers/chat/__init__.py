"""Messages of the Telegram side itself: what becomes of updates."""
