"""Pushed values into the regions: `CachePushes`."""

from typing import Any, Final

from bot.domain.accounts import Account
from bot.domain.market import Klines, OrderBook, Ticker
from bot.domain.portfolio import Balance, Orders, Positions
from bot.domain.ports.streams import AccountPush, MarketPush
from cache.facade import account_key
from cache.region import Region
from cache.regions import Regions

_PRICE_S: Final = 1.0
"""Whoever pushes prices knows one of now without asking anybody: an older one needs not be shown."""


class CachePushes:
    """Implements `bot.domain.ports.streams.Pushes` over the regions of positions, orders, balances and the market."""

    def __init__(self, regions: Regions) -> None:
        self._price = regions.price
        self._market_data = regions.market_data
        self._of_type: Final[dict[type, Region[Any]]] = {
            Positions: regions.position,
            Orders: regions.order,
            Balance: regions.balance,
        }

    def push(self, account: Account, value: AccountPush, *, good_for: float) -> None:
        """`good_for` in seconds from the value's `as_of`."""
        self._of_type[type(value)].put(account_key(account), value, ttl=good_for)

    def renew(self, account: Account, value: AccountPush, before: AccountPush, *, good_for: float) -> bool:
        """Whether `before` still stood there. Loads under way go on."""
        return self._of_type[type(value)].renew(account_key(account), value, before, ttl=good_for)

    def end(self, account: Account, value: AccountPush) -> None:
        """Its time is over if it still stands; what was loaded meanwhile stays."""
        self._of_type[type(value)].expire(account_key(account), value)

    def push_market(self, value: MarketPush) -> None:
        match value:
            case Ticker():
                self._price.put((value.category, value.symbol), value, ttl=_PRICE_S)
            case OrderBook():
                self._market_data.put(("order_book", value.category, value.symbol, ""), value, ttl=_PRICE_S)
            case Klines():
                self._market_data.put(("klines", value.category, value.symbol, value.interval), value)
