"""Buttons, dialogues, inbox and outbox."""
