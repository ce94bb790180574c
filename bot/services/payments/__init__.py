"""Payments in Telegram Stars: in, back, and reconciled."""
