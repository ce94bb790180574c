"""Buttons and dialogues."""
