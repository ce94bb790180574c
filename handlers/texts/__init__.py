"""Texts in every language, with the same keys and placeholders in each."""
