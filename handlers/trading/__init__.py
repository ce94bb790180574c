"""Orders in chat: the ticket, the card, the live message, positions, closes, panic, limits."""
