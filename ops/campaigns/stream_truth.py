"""What is shown of accounts and prices, against what stands at the stand-in's exchange, now and then.

While streams fail what is shown may be old, but it never goes back, and it is always something that once stood.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeError
from bot.domain.ids import AccountId, Symbol
from bot.domain.market import Category, OrderBook
from bot.domain.portfolio import Balance, Order, Orders, Position, Positions
from ops.campaigns.stream_stand import PRICES, StreamStand
from ops.sim.bybit.account_news import AccountNews

INTERVAL: Final = "1"
_OLD_MS: Final = 1_500  # that an order book may lag behind: told twice a second, and on its way
_STEP_MS: Final = 10
_MARK_SLACK: Final = Decimal("0.001")  # a mark price moves on its own
_LEG: Final = ("size", "stopLoss", "takeProfit", "leverage", "side")
_ORDER: Final = ("orderStatus", "qty", "price", "cumExecQty", "triggerPrice")
_Key = tuple[AccountId, str, int]


@dataclass
class WhatStood:
    """Everything that the exchange told, and what was shown of it so far."""

    by_uid: Mapping[int, AccountId] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)
    _legs: defaultdict[tuple[_Key, int, int], set[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(set))
    _orders: defaultdict[tuple[str, int], set[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(set))
    _wallets: defaultdict[AccountId, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    _leg_shown: dict[_Key, tuple[int, int]] = field(default_factory=dict)
    _legs_gone: dict[_Key, tuple[int, int]] = field(default_factory=dict)
    _order_shown: dict[tuple[AccountId, str], tuple[int, Decimal]] = field(default_factory=dict)
    _orders_gone: set[tuple[AccountId, str]] = field(default_factory=set)
    _wallet_shown: dict[AccountId, int] = field(default_factory=dict)

    def hear(self, news: AccountNews) -> None:
        """A message of the exchange, before anything becomes of it on its way."""
        account_id = self.by_uid[news.uid]
        for row in news.rows:
            if news.topic == "position":
                key = account_id, str(row["symbol"]), int(row["positionIdx"])
                self._legs[key, int(row["seq"]), int(row["updatedTime"] or 0)].add(_values(row, _LEG))
            elif news.topic == "order":
                self._orders[str(row["orderId"]), int(row["updatedTime"])].add(_values(row, _ORDER))
            elif news.topic == "wallet":
                self._wallets[account_id] += [
                    Decimal(each["walletBalance"]) for each in row["coin"] if each["coin"] == "USDT"
                ]

    def show(self, account: Account, value: Positions | Orders | Balance) -> None:
        """Something was put into the cache, or read from it."""
        if isinstance(value, Positions):
            self._show_legs(account.account_id, value.items)
        elif isinstance(value, Orders):
            self._show_orders(account.account_id, value.items)
        else:
            self._show_wallet(account.account_id, value)

    def _show_legs(self, account_id: AccountId, legs: Sequence[Position]) -> None:
        told: set[_Key] = set()
        for leg in legs:
            key, version = (account_id, str(leg.symbol), leg.position_idx), (leg.seq, leg.updated_ts or 0)
            told.add(key)
            if version < self._leg_shown.get(key, version) or self._legs_gone.get(key) == version:
                self._breach(f"{key} goes back from {self._leg_shown[key]} to {version}")
            stood = self._legs.get((key, *version), set())
            shown = (leg.size, leg.stop_loss or 0, leg.take_profit or 0, leg.leverage, leg.side.value)
            if stood and shown not in stood:
                self._breach(f"{key} {version}: {shown} shown, {stood} stood")
            self._leg_shown[key] = version
        for key, version in self._leg_shown.items():
            if key[0] == account_id and key not in told:
                self._legs_gone[key] = version

    def _show_orders(self, account_id: AccountId, orders: Sequence[Order]) -> None:
        told: set[tuple[AccountId, str]] = set()
        for order in orders:
            key, version = (account_id, order.order_id), (order.updated_ts or 0, order.cum_exec_qty or Decimal(0))
            told.add(key)
            if version < self._order_shown.get(key, version) or key in self._orders_gone:
                self._breach(f"order {order.order_id} goes back to {version} ({order.order_status})")
            stood = self._orders.get((order.order_id, version[0]), set())
            prices = (order.price or 0, order.cum_exec_qty or 0, order.trigger_price or 0)
            if stood and (order.order_status, order.qty, *prices) not in stood:
                self._breach(f"order {order.order_id}: {order.order_status, order.qty, *prices} shown, {stood} stood")
            self._order_shown[key] = version
        self._orders_gone |= {key for key in self._order_shown if key[0] == account_id and key not in told}

    def _show_wallet(self, account_id: AccountId, wallet: Balance) -> None:
        """Amounts are told in their order; one that came twice counts as the later one."""
        amount = next((each.wallet_balance for each in wallet.coins if each.coin == "USDT"), None)
        told = self._wallets[account_id]
        places = [place for place, each in enumerate(told) if each == amount]
        if not places:
            if told and self._wallet_shown.get(account_id, -1) >= 0:
                self._breach(f"wallet: {amount} shown, which never stood")
            return
        if places[-1] < self._wallet_shown.get(account_id, -1):
            self._breach(f"wallet goes back to {amount}")
        self._wallet_shown[account_id] = max(places[0], self._wallet_shown.get(account_id, -1))

    def _breach(self, what: str) -> None:
        self.breaches.append(what)


async def account_difference(stand: StreamStand, uid: str, account: Account) -> str | None:
    """What is shown of an account that does not stand there; None: nothing."""
    truth, reads = stand.control.account(uid), stand.reads
    legs = sorted(_leg_of(each) for each in truth["positions"])
    shown = sorted(_leg_shown(each) for each in (await reads.positions(account)).items)
    if shown != legs:
        return f"positions: {shown} shown, {legs} stand"
    orders = sorted((str(each["orderId"]), *_values(each, _ORDER)) for each in truth["orders"])
    told = sorted(_order_shown(each) for each in (await reads.orders(account)).items)
    if told != orders:
        return f"orders: {told} shown, {orders} stand"
    wallet = {each["coin"]: Decimal(each["walletBalance"]) for each in truth["wallet"]["coin"]}
    coins = {each.coin: each.wallet_balance for each in (await reads.balance(account)).coins}
    if any(coins.get(coin) != amount for coin, amount in wallet.items()):
        return f"wallet: {coins} shown, {wallet} stand"
    return None


async def market_difference(stand: StreamStand, booked: Symbol) -> str | None:
    """What is shown of the market that is not so; `booked`: the symbol whose book and candles are looked at."""
    for symbol in PRICES:
        one, now = stand.world.market.any_of(symbol, "linear"), stand.world.now()
        ticker = await stand.market.ticker(Symbol(symbol))
        last, mark = stand.world.market.last_price(one, now), stand.world.market.mark_price(one, now)
        if ticker.last_price != last:
            return f"price of {symbol}: {ticker.last_price} shown, {last} stands"
        if ticker.mark_price is None or abs(ticker.mark_price / mark - 1) > _MARK_SLACK:
            return f"mark price of {symbol}: {ticker.mark_price} shown, {mark} stands"
    book = await stand.market.order_book(booked)
    if (book.bids, book.asks) not in _books(stand, book):
        return f"the order book of {booked}: {book.bids[:2]} {book.asks[:2]} was none of the last {_OLD_MS} ms"
    return None


async def candle_difference(stand: StreamStand, symbol: Symbol) -> str | None:
    """Finished candles that are shown otherwise than REST answers them."""
    shown = {each.start_ts: each for each in (await stand.market.klines(symbol, INTERVAL)).items[:-1]}
    told = {
        each.start_ts: each for each in (await stand.bybit.market.klines(Category.LINEAR, symbol, INTERVAL)).items[:-1]
    }
    for start, candle in shown.items():
        if start in told and told[start] != candle:
            return f"candle of {symbol}: {candle} shown, {told[start]} stands"
    return None


async def difference(stand: StreamStand, booked: Symbol) -> str | None:
    """What is wrong now with what is shown; None: nothing. What is neither shown nor answered is wrong, too."""
    try:
        for uid, account in zip(stand.uids, stand.accounts, strict=True):
            wrong = await account_difference(stand, uid, account)
            if wrong is None and not stand.streams.accounts.is_healthy(account.account_id):
                wrong = "the stream is not up again"
            if wrong is not None:
                return f"account {account.account_id}: {wrong}"
        return await market_difference(stand, booked)
    except ExchangeError as trouble:
        return f"not shown, and not answered: {trouble}"


def _books(stand: StreamStand, like: OrderBook) -> Iterator[tuple[object, object]]:
    """Those of the moments before."""
    one, now = stand.world.market.any_of(like.symbol, "linear"), stand.world.now()
    depth = max(len(like.bids), len(like.asks))
    for at in range(now, now - _OLD_MS, -_STEP_MS):
        bids, asks = stand.world.books.sides(one, at, depth)
        yield _levels(bids), _levels(asks)


def _levels(side: Sequence[Sequence[str]]) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple((Decimal(price), Decimal(size)) for price, size in side)


def _values(row: Mapping[str, Any], names: Sequence[str]) -> tuple[object, ...]:
    """Amounts as numbers, an empty one as 0; words as they are."""
    return tuple(row[name] if name in ("side", "orderStatus") else Decimal(str(row.get(name) or 0)) for name in names)


def _leg_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["symbol"], row["positionIdx"], *_values(row, _LEG), Decimal(row["avgPrice"])


def _leg_shown(leg: Position) -> tuple[Any, ...]:
    promised = (leg.size, leg.stop_loss or 0, leg.take_profit or 0, leg.leverage, leg.side.value)
    return leg.symbol, leg.position_idx, *promised, leg.entry_price


def _order_shown(order: Order) -> tuple[Any, ...]:
    amounts = (order.qty, order.price or 0, order.cum_exec_qty or 0, order.trigger_price or 0)
    return order.order_id, order.order_status, *amounts
