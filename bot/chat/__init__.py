"""Telegram's wire: transport, poller, inbox, lanes, outbox and PTB's application."""
