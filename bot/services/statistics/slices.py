"""Histories read a slice at a time, so that neither the loop nor memory ever holds all of one."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from bot.domain.accounts import Account
from bot.domain.ids import AccountId
from bot.domain.periods import Span
from bot.domain.ports.statistics import Key, Slice

ROWS: Final = 1_000  # read at a time: a slice holds reader and loop for a few milliseconds

Item = TypeVar("Item")
Read = Callable[[AccountId, Span, Key | None, int], Awaitable[Slice[Item]]]


async def each_slice(
    read: Read[Item], account: Account, span: Span, take: Callable[[tuple[Item, ...]], Awaitable[None]]
) -> None:
    """Hand over every row of the account in that span, oldest first. Raises what both raise."""
    after: Key | None = None
    while True:
        found = await read(account.account_id, span, after, ROWS)
        await take(found.items)
        if found.after is None:
            return
        after = found.after
