"""An account's own data at Bybit, and what its key may do: the read side of `ExchangeGateway`, and `KeyInspector`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar

from bot.domain.accounts import Account, AccountType, KeyCheck, NewKey
from bot.domain.errors import ExchangeDown, ExchangeRejected, ExchangeUnreadable, KeyTrouble, OutcomeUnknown
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.portfolio import (
    STANDARD_MAKER,
    STANDARD_TAKER,
    Balance,
    Execution,
    Executions,
    FeeRate,
    Orders,
    Positions,
)
from bot.domain.ports.clock import Clock
from bot.domain.priorities import is_viewing
from bot.domain.trades import ClosedPnls
from bot.exchange.bybit.account_answers import (
    balance,
    closed_pnl,
    executions,
    fee_rate,
    key_check,
    key_check_without_rights,
    orders,
    positions,
    uid_of_key,
)
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.client import BybitClient, Call, SigningKey
from bot.exchange.bybit.endpoints import FEE_RATE
from bot.exchange.bybit.fields import array, text, unreadable
from bot.exchange.bybit.pool import ClientPool
from bot.exchange.retcodes import NO_PERMISSION, NOT_ON_DEMO

_UNIFIED: Final = "UNIFIED"
_SETTLE_COIN: Final = "USDT"
_POSITIONS_A_PAGE: Final = 200  # Bybit's largest
_ORDERS_A_PAGE: Final = 50  # Bybit's largest
_EXECUTIONS: Final = 40  # what stays below the 16 KB that the cache keeps of one answer
_CLOSES: Final = 100  # Bybit's largest
_MAX_PAGES: Final = 100
_LONGEST_CURSOR: Final = 1024
_SCOPES: Final = {Category.LINEAR: {"settleCoin": _SETTLE_COIN}, Category.SPOT: {}}

T = TypeVar("T")
_Ask = Callable[[Any], Call]  # gets a BybitClient, whose endpoint methods are pybit's and untyped
_AskPage = Callable[[Any, dict[str, Any]], Call]  # the same, with the query of a page
_Decode = Callable[[Answer, Category], tuple[list[T], tuple[str, ...]]]  # the rows, and the symbols of the unreadable
Hosts = Callable[[str, AccountType], str]  # (site, demo or live) -> base URL, with or without a path prefix


class _Rows(NamedTuple, Generic[T]):
    """What was read, the symbols of what can't be, and the categories that this key may not read."""

    items: list[T]
    unreadable: tuple[str, ...]
    left_out: tuple[Category, ...] = ()


class _Page(NamedTuple, Generic[T]):
    items: list[T]
    unreadable: tuple[str, ...]
    cursor: str  # "": the last one


@dataclass(frozen=True, slots=True, kw_only=True)
class BybitGateway:
    """Every read is one call, but for books longer than a page. Raises `ExchangeError`s."""

    pool: ClientPool
    clock: Clock
    hosts: Hosts
    client: Callable[[str, SigningKey], BybitClient]  # for a key that is not stored yet

    async def balance(self, account: Account) -> Balance:
        """The unified wallet, spot holdings too."""
        return await self._read(
            account,
            lambda client: client.get_wallet_balance(accountType=_UNIFIED),
            lambda answer: balance(answer, account.account_id, self.clock.now()),
        )

    async def positions(self, account: Account) -> Positions:
        """The USDT perpetuals that stand, of both position modes."""
        ask: _AskPage = lambda client, query: client.get_positions(**query)  # noqa: E731  typed by its name
        found = await self._pages(account, ask, positions, _POSITIONS_A_PAGE, Category.LINEAR)
        legs = {leg.leg_key(account.account_id): leg for leg in found.items}
        return Positions(
            account_id=account.account_id,
            items=tuple(legs.values()),
            as_of=self.clock.now(),
            unreadable=found.unreadable,
        )

    async def orders(self, account: Account) -> Orders:
        """The open orders on USDT perpetuals and spot, conditional ones too (one query answers for every kind).

        Each once: pages are read one after the other while orders come and go.
        """
        ask: _AskPage = lambda client, query: client.get_open_orders(**query)  # noqa: E731  typed by its name
        found = await self._of_every_category(partial(self._pages, account, ask, orders, _ORDERS_A_PAGE))
        items = {order.order_id: order for order in found.items}
        return Orders(
            account_id=account.account_id,
            items=tuple(items.values()),
            as_of=self.clock.now(),
            unreadable=found.unreadable,
            left_out=found.left_out,
        )

    async def executions(self, account: Account) -> Executions:
        """The newest 40 fills of perpetuals and spot within Bybit's 7 days, each execId once."""
        found = await self._of_every_category(partial(self._fills, account))
        fills = {(fill.category, fill.exec_id): fill for fill in found.items}
        newest = sorted(fills.values(), key=lambda fill: fill.exec_ts or 0, reverse=True)[:_EXECUTIONS]
        return Executions(
            account_id=account.account_id,
            items=tuple(newest),
            as_of=self.clock.now(),
            unreadable=found.unreadable,
            left_out=found.left_out,
            is_whole=len(found.items) < _EXECUTIONS,
        )

    async def closed_pnl(self, account: Account) -> ClosedPnls:
        """What the newest 100 orders that closed a perpetual brought, within Bybit's 7 days."""
        items = await self._read(
            account,
            lambda client: client.get_closed_pnl(category=Category.LINEAR.value, limit=_CLOSES),
            closed_pnl,
        )
        return ClosedPnls(account_id=account.account_id, items=tuple(items), as_of=self.clock.now())

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        """The account's rates; on demo, which does not tell them, Bybit's standard ones, marked as such."""
        if account.account_type is AccountType.DEMO and not FEE_RATE.is_on_demo:
            return FeeRate(symbol=symbol, taker=STANDARD_TAKER, maker=STANDARD_MAKER, is_standard=True)
        return await self._read(
            account,
            lambda client: client.get_fee_rates(category=Category.LINEAR.value, symbol=symbol),
            lambda answer: fee_rate(answer, symbol),
        )

    async def inspect(self, key: NewKey) -> KeyCheck:
        """Raises KeyTrouble for a key that Bybit does not take on that host."""
        signing = SigningKey(key_type=key.key_type, api_key=key.api_key, api_secret=key.api_secret)
        client = self.client(self.hosts(key.host, key.account_type), signing)

        async def ask(call: _Ask, read: Callable[[Answer], KeyCheck]) -> KeyCheck:
            return await call(client).read(read)

        return await self._key_check(ask, key.account_type, uid_of_key(key.api_key))

    async def inspect_stored(self, account: Account) -> KeyCheck:
        """The same with the stored key of an account."""
        return await self._key_check(partial(self._read, account), account.account_type, account.bybit_uid or "")

    async def _key_check(
        self,
        ask: Callable[[_Ask, Callable[[Answer], KeyCheck]], Awaitable[KeyCheck]],
        account_type: AccountType,
        stand_in_uid: str,
    ) -> KeyCheck:
        """By user/query-api; where demo refuses that (it is not on Bybit's list for demo), by what demo does answer."""
        try:
            return await ask(
                lambda client: client.get_api_key_information(), lambda answer: key_check(answer, self.clock.now())
            )
        except ExchangeRejected as no:
            if account_type is not AccountType.DEMO or no.code != NOT_ON_DEMO:
                raise
        return await ask(
            lambda client: client.get_account_info(),
            lambda answer: key_check_without_rights(answer, stand_in_uid, self.clock.now()),
        )

    async def _fills(self, account: Account, category: Category) -> _Rows[Execution]:
        items, lost = await self._read(
            account,
            lambda client: client.get_executions(category=category.value, limit=_EXECUTIONS),
            lambda answer: executions(answer, category),
        )
        return _Rows(items, lost)

    async def _of_every_category(self, read: Callable[[Category], Awaitable[_Rows[T]]]) -> _Rows[T]:
        """Side by side. A category that the key may not read is left out; raises what else goes wrong with any."""
        answers = await asyncio.gather(*map(read, Category), return_exceptions=True)
        items: list[T] = []
        lost: tuple[str, ...] = ()
        left_out: list[Category] = []
        for category, answer in zip(Category, answers, strict=True):
            if isinstance(answer, BaseException):
                is_denied = isinstance(answer, KeyTrouble) and answer.code == NO_PERMISSION
                if not is_denied or len(left_out) + 1 == len(Category):
                    raise answer
                left_out.append(category)
            else:
                items += answer.items
                lost += answer.unreadable
        return _Rows(items, lost, tuple(left_out))

    async def _read(self, account: Account, ask: _Ask, read: Callable[[Answer], T]) -> T:
        """One call with the account's client."""
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

    async def _pages(
        self, account: Account, ask: _AskPage, decode: _Decode[T], size: int, category: Category
    ) -> _Rows[T]:
        """Every row. A view stops at a short page, whose cursor leads to nothing; what acts on the rows looks."""
        items: list[T] = []
        lost: tuple[str, ...] = ()
        cursors: list[str | None] = [None]
        read = partial(_page, decode, category, 1 if not is_viewing() else size)
        while len(cursors) <= _MAX_PAGES:
            query = {"category": category.value, "limit": size, "cursor": cursors[-1], **_SCOPES[category]}
            page: _Page[T] = await self._read(account, partial(_with_query, ask, query), read)
            items += page.items
            lost += page.unreadable
            if not page.cursor:
                return _Rows(items, lost)
            if page.cursor in cursors:
                break
            cursors.append(page.cursor)
        raise unreadable("nextPageCursor", "a way to the end")


def _with_query(ask: _AskPage, query: dict[str, Any], client: Any) -> Call:
    return ask(client, query)


def _page(decode: _Decode[T], category: Category, at_least: int, answer: Answer) -> _Page[T]:
    """A page, and the way to the next one if this one has so many rows."""
    items, lost = decode(answer, category)
    has_next = len(array(answer.fields, "list")) >= at_least and answer.fields.get("nextPageCursor") is not None
    return _Page(items, lost, text(answer.fields, "nextPageCursor", _LONGEST_CURSOR) if has_next else "")
