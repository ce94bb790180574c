"""Frozen values, events, errors, ports and pure rules; imports the standard library only."""
