"""Telegram's side: transport, poller, inbox, lanes, outbox and PTB's application."""
