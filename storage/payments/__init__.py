"""Payments in Telegram Stars."""
