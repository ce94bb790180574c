"""Promo codes: campaigns, redemption, alerts."""
