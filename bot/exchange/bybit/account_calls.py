"""Calls with the client of an account: one answer, every page of a list, or the same of every category."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeDown, ExchangeUnreadable, KeyTrouble, OutcomeUnknown
from bot.domain.market import Category
from bot.domain.priorities import is_viewing
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.client import Call
from bot.exchange.bybit.fields import array, text, unreadable
from bot.exchange.bybit.pool import ClientPool
from bot.exchange.retcodes import NO_PERMISSION

SETTLE_COIN: Final = "USDT"
_MAX_PAGES: Final = 100
_LONGEST_CURSOR: Final = 1024

T = TypeVar("T")
Ask = Callable[[Any], Call]  # gets a BybitClient, whose endpoint methods are pybit's and untyped
AskPage = Callable[[Any, dict[str, Any]], Call]  # the same, with the query of a page
Decode = Callable[[Answer, Category], tuple[list[T], tuple[str, ...]]]  # the rows, and the symbols of the unreadable


class Rows(NamedTuple, Generic[T]):
    """What was read, the symbols of what can't be, and the categories that this key may not read."""

    items: list[T]
    unreadable: tuple[str, ...]
    left_out: tuple[Category, ...] = ()


class _Page(NamedTuple, Generic[T]):
    items: list[T]
    unreadable: tuple[str, ...]
    cursor: str  # "": the last one


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCalls:
    """What every read and write of an account goes through."""

    pool: ClientPool

    async def read(self, account: Account, ask: Ask, read: Callable[[Answer], T]) -> T:
        """One call with the account's client. Raises ExchangeErrors."""
        client = await self.pool.borrow(account)
        try:
            return await ask(client).read(read)
        except KeyTrouble as trouble:
            if trouble.code != NO_PERMISSION:
                self.pool.evict(account.account_id)  # the next call opens what is stored by then
            raise
        except ExchangeUnreadable:
            raise  # the host answers
        except (ExchangeDown, OutcomeUnknown):
            self.pool.distrust(account.account_id)
            raise

    async def pages(
        self,
        account: Account,
        ask: AskPage,
        decode: Decode[T],
        query: dict[str, Any],
        category: Category,
        *,
        is_complete: bool = False,
    ) -> Rows[T]:
        """Every row, `query["limit"]` at a time.

        A view stops at a short page, whose cursor leads to nothing; what acts on the rows looks.
        """
        items: list[T] = []
        lost: tuple[str, ...] = ()
        cursors: list[str | None] = [None]
        least = 1 if is_complete or not is_viewing() else query["limit"]
        read = partial(_page, decode, category, least, query["limit"])
        while len(cursors) <= _MAX_PAGES:
            asked = {**query, "category": category.value, "cursor": cursors[-1]}
            page: _Page[T] = await self.read(account, partial(_with_query, ask, asked), read)
            items += page.items
            lost += page.unreadable
            if not page.cursor:
                return Rows(items, lost)
            if page.cursor in cursors:
                break
            cursors.append(page.cursor)
        raise unreadable("nextPageCursor", "a way to the end")


async def of_each(categories: Sequence[Category], read: Callable[[Category], Awaitable[Rows[T]]]) -> Rows[T]:
    """Side by side. A category that the key may not read is left out; raises what else goes wrong with any."""
    answers = await asyncio.gather(*map(read, categories), return_exceptions=True)
    items: list[T] = []
    lost: tuple[str, ...] = ()
    left_out: list[Category] = []
    for category, answer in zip(categories, answers, strict=True):
        if isinstance(answer, BaseException):
            is_denied = isinstance(answer, KeyTrouble) and answer.code == NO_PERMISSION
            if not is_denied or len(left_out) + 1 == len(categories):
                raise answer
            left_out.append(category)
        else:
            items += answer.items
            lost += answer.unreadable
    return Rows(items, lost, tuple(left_out))


def _with_query(ask: AskPage, query: dict[str, Any], client: Any) -> Call:
    return ask(client, query)


def _page(decode: Decode[T], category: Category, at_least: int, limit: int, answer: Answer) -> _Page[T]:
    """A page, and the way to the next one if this one has so many rows.

    Where a full page names no way on, nobody knows what comes after it: then the answer can't be read.
    """
    items, lost = decode(answer, category)
    count, is_named = len(array(answer.fields, "list")), answer.fields.get("nextPageCursor") is not None
    has_next = count >= limit or (count >= at_least and is_named)
    return _Page(items, lost, text(answer.fields, "nextPageCursor", _LONGEST_CURSOR) if has_next else "")
