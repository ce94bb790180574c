"""The watch over the event loop: a blocking call of ours that it runs raises, in any test."""

from functools import cache

from blockbuster import BlockBuster

PACKAGES = ["bot", "handlers", "storage", "cache", "stats_api"]


@cache
def guard() -> BlockBuster:
    """One a process, and left on between tests, where no loop runs: sixty wrappers a test cost more than most tests."""
    return BlockBuster(scanned_modules=PACKAGES)
