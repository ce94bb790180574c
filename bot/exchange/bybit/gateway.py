"""An account's own data at Bybit, and what its key may do: the read side of `ExchangeGateway`, and `KeyInspector`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot.domain.accounts import Account, AccountType, KeyCheck, NewKey
from bot.domain.errors import ExchangeRejected
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.portfolio import (
    STANDARD_MAKER,
    STANDARD_TAKER,
    Balance,
    Execution,
    Executions,
    FeeRate,
    Order,
    Orders,
    Positions,
)
from bot.domain.ports.clock import Clock
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
from bot.exchange.bybit.account_calls import SETTLE_COIN, AccountCalls, Ask, AskPage, Rows, of_each
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.client import BybitClient, SigningKey
from bot.exchange.bybit.endpoints import FEE_RATE
from bot.exchange.retcodes import NOT_ON_DEMO

_UNIFIED: Final = "UNIFIED"
_POSITIONS_A_PAGE: Final = 200  # Bybit's largest
_ORDERS_A_PAGE: Final = 50  # Bybit's largest
_EXECUTIONS: Final = 40  # what stays below the 16 KB that the cache keeps of one answer
_CLOSES: Final = 100  # Bybit's largest
_SCOPES: Final = {Category.LINEAR: {"settleCoin": SETTLE_COIN}, Category.SPOT: {}}
Hosts = Callable[[str, AccountType], str]  # (site, demo or live) -> base URL, with or without a path prefix


@dataclass(frozen=True, slots=True, kw_only=True)
class BybitGateway:
    """Every read is one call, but for books longer than a page; its answer counts as of the moment it was asked for.

    Raises `ExchangeError`s.
    """

    calls: AccountCalls
    clock: Clock
    hosts: Hosts
    client: Callable[[str, SigningKey], BybitClient]  # for a key that is not stored yet

    async def balance(self, account: Account) -> Balance:
        """The unified wallet, spot holdings too."""
        asked_at = self.clock.now()
        return await self.calls.read(
            account,
            lambda client: client.get_wallet_balance(accountType=_UNIFIED),
            lambda answer: balance(answer, account.account_id, asked_at),
        )

    async def positions(self, account: Account, *, is_complete: bool = False) -> Positions:
        """The USDT perpetuals that stand, of both position modes. `is_complete`: see AccountCalls.pages."""
        ask: AskPage = lambda client, query: client.get_positions(**query)  # noqa: E731  typed by its name
        query = {"limit": _POSITIONS_A_PAGE, "settleCoin": SETTLE_COIN}
        asked_at = self.clock.now()
        found = await self.calls.pages(account, ask, positions, query, Category.LINEAR, is_complete=is_complete)
        legs = {leg.leg_key(account.account_id): leg for leg in found.items}
        return Positions(
            account_id=account.account_id,
            items=tuple(legs.values()),
            as_of=asked_at,
            unreadable=found.unreadable,
        )

    async def orders(
        self, account: Account, categories: Sequence[Category] = tuple(Category), *, is_complete: bool = False
    ) -> Orders:
        """The open orders on USDT perpetuals and spot, conditional ones too (one query answers for every kind).

        Each once: pages are read one after the other while orders come and go. `is_complete`: see AccountCalls.pages.
        """
        ask: AskPage = lambda client, query: client.get_open_orders(**query)  # noqa: E731  typed by its name

        async def of_category(category: Category) -> Rows[Order]:
            query = {"limit": _ORDERS_A_PAGE, **_SCOPES[category]}
            return await self.calls.pages(account, ask, orders, query, category, is_complete=is_complete)

        asked_at = self.clock.now()
        found = await of_each(categories, of_category)
        items = {order.order_id: order for order in found.items}
        return Orders(
            account_id=account.account_id,
            items=tuple(items.values()),
            as_of=asked_at,
            unreadable=found.unreadable,
            left_out=found.left_out,
        )

    async def executions(self, account: Account) -> Executions:
        """The newest 40 fills of perpetuals and spot within Bybit's 7 days, each execId once."""
        asked_at = self.clock.now()
        found = await of_each(tuple(Category), partial(self._fills, account))
        fills = {(fill.category, fill.exec_id): fill for fill in found.items}
        newest = sorted(fills.values(), key=lambda fill: fill.exec_ts or 0, reverse=True)[:_EXECUTIONS]
        return Executions(
            account_id=account.account_id,
            items=tuple(newest),
            as_of=asked_at,
            unreadable=found.unreadable,
            left_out=found.left_out,
            is_whole=len(found.items) < _EXECUTIONS,
        )

    async def closed_pnl(self, account: Account) -> ClosedPnls:
        """What the newest 100 orders that closed a perpetual brought, within Bybit's 7 days."""
        asked_at = self.clock.now()
        items = await self.calls.read(
            account,
            lambda client: client.get_closed_pnl(category=Category.LINEAR.value, limit=_CLOSES),
            closed_pnl,
        )
        return ClosedPnls(account_id=account.account_id, items=tuple(items), as_of=asked_at)

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        """The account's rates; on demo, which does not tell them, Bybit's standard ones, marked as such."""
        if account.account_type is AccountType.DEMO and not FEE_RATE.is_on_demo:
            return FeeRate(symbol=symbol, taker=STANDARD_TAKER, maker=STANDARD_MAKER, is_standard=True)
        return await self.calls.read(
            account,
            lambda client: client.get_fee_rates(category=Category.LINEAR.value, symbol=symbol),
            lambda answer: fee_rate(answer, symbol),
        )

    async def inspect(self, key: NewKey) -> KeyCheck:
        """Raises KeyTrouble for a key that Bybit does not take on that host."""
        signing = SigningKey(key_type=key.key_type, api_key=key.api_key, api_secret=key.api_secret)
        client = self.client(self.hosts(key.host, key.account_type), signing)

        async def ask(call: Ask, read: Callable[[Answer], KeyCheck]) -> KeyCheck:
            return await call(client).read(read)

        return await self._key_check(ask, key.account_type, uid_of_key(key.api_key))

    async def inspect_stored(self, account: Account) -> KeyCheck:
        """The same with the stored key of an account."""
        return await self._key_check(partial(self.calls.read, account), account.account_type, account.bybit_uid or "")

    async def _key_check(
        self,
        ask: Callable[[Ask, Callable[[Answer], KeyCheck]], Awaitable[KeyCheck]],
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

    async def _fills(self, account: Account, category: Category) -> Rows[Execution]:
        items, lost = await self.calls.read(
            account,
            lambda client: client.get_executions(category=category.value, limit=_EXECUTIONS),
            lambda answer: executions(answer, category),
        )
        return Rows(items, lost)
