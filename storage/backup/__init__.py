"""Copies of the database: made beside the running bot, verified, sealed, kept in rotation, and brought back."""
