"""/subscribe, Telegram's side of a payment, and /payments for admins."""
