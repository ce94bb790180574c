"""An account's own data at Bybit, and what its key may do: the read side of `ExchangeGateway`, and `KeyInspector`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot.domain.accounts import Account, AccountType, KeyCheck, NewKey
from bot.domain.errors import ExchangeDown, KeyTrouble, OutcomeUnknown
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Balance, Executions, FeeRate, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.account_answers import balance, executions, fee_rate, key_check, orders, positions
from bot.exchange.bybit.client import BybitClient, SigningKey
from bot.exchange.bybit.decode import Json
from bot.exchange.bybit.fields import Fields, rows, text_or_empty, unreadable
from bot.exchange.bybit.pool import ClientPool

_UNIFIED: Final = "UNIFIED"
_SETTLE_COIN: Final = "USDT"
_POSITIONS_A_PAGE: Final = 200  # Bybit's largest
_ORDERS_A_PAGE: Final = 50  # Bybit's largest
_EXECUTIONS: Final = 40  # what stays below the 16 KB that the cache keeps of one answer
_MAX_PAGES: Final = 100
_LONGEST_CURSOR: Final = 1024

_Ask = Callable[[Any], Awaitable[Json]]  # gets a BybitClient, whose endpoint methods are pybit's and untyped
_Page = Callable[[str | None, Any], Awaitable[Json]]  # the same, behind a cursor
Hosts = Callable[[str, AccountType], str]  # (site, demo or live) -> base URL, with or without a path prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class BybitGateway:
    """Every read is one call, but for books longer than a page. Raises `ExchangeError`s."""

    pool: ClientPool
    clock: Clock
    hosts: Hosts
    client: Callable[[str, SigningKey], BybitClient]  # for a key that is not stored yet

    async def balance(self, account: Account) -> Balance:
        result = await self._read(account, lambda client: client.get_wallet_balance(accountType=_UNIFIED))
        return balance(result, account.account_id, self.clock.now())

    async def positions(self, account: Account) -> Positions:
        """The USDT perpetuals that stand, of both position modes."""
        ask: _Page = lambda cursor, client: client.get_positions(  # noqa: E731  typed by its name
            category="linear", settleCoin=_SETTLE_COIN, limit=_POSITIONS_A_PAGE, cursor=cursor
        )
        items = positions(await self._pages(account, ask, _POSITIONS_A_PAGE), Category.LINEAR, account.account_id)
        return Positions(account_id=account.account_id, items=items, as_of=self.clock.now())

    async def orders(self, account: Account) -> Orders:
        """The open orders on USDT perpetuals, conditional ones too (one query answers for every kind)."""
        ask: _Page = lambda cursor, client: client.get_open_orders(  # noqa: E731  typed by its name
            category="linear", settleCoin=_SETTLE_COIN, limit=_ORDERS_A_PAGE, cursor=cursor
        )
        items = orders(await self._pages(account, ask, _ORDERS_A_PAGE), Category.LINEAR)
        return Orders(account_id=account.account_id, items=items, as_of=self.clock.now())

    async def executions(self, account: Account) -> Executions:
        """The newest 40 fills of perpetuals within Bybit's 7 days."""
        result = await self._read(account, lambda client: client.get_executions(category="linear", limit=_EXECUTIONS))
        items = executions(rows(result), Category.LINEAR)
        return Executions(account_id=account.account_id, items=items, as_of=self.clock.now())

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        result = await self._read(account, lambda client: client.get_fee_rates(category="linear", symbol=symbol))
        return fee_rate(result, symbol)

    async def inspect(self, key: NewKey) -> KeyCheck:
        """Raises KeyTrouble for a key that Bybit does not take on that host."""
        signing = SigningKey(key_type=key.key_type, api_key=key.api_key, api_secret=key.api_secret)
        client = self.client(self.hosts(key.host, key.account_type), signing)
        return key_check(await client.get_api_key_information(), self.clock.now())

    async def inspect_stored(self, account: Account) -> KeyCheck:
        result = await self._read(account, lambda client: client.get_api_key_information())
        return key_check(result, self.clock.now())

    async def _read(self, account: Account, ask: _Ask) -> Json:
        """One call with the account's client."""
        client = await self.pool.borrow(account)
        try:
            return await ask(client)
        except KeyTrouble:
            self.pool.evict(account.account_id)  # the next call opens what is stored by then
            raise
        except (ExchangeDown, OutcomeUnknown):
            self.pool.distrust(account.account_id)
            raise

    async def _pages(self, account: Account, ask: _Page, size: int) -> list[Fields]:
        """Every row. A short page is the last one: Bybit gives a cursor with it all the same."""
        found: list[Fields] = []
        cursors: set[str] = set()
        cursor: str | None = None
        while len(cursors) < _MAX_PAGES:
            result = await self._read(account, partial(ask, cursor))
            page = rows(result)
            found += page
            cursor = text_or_empty(result, "nextPageCursor", _LONGEST_CURSOR)
            if not cursor or len(page) < size:
                return found
            if cursor in cursors:
                break
            cursors.add(cursor)
        raise unreadable("nextPageCursor", "a way to the end")
