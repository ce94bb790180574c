"""What turning a driver's words into an account's things has in common: instruments, sides, legs, ids."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.facts import ENDPOINTS
from ops.sim.bybit.fields import Fields
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.ids import Ids
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import Market, UnknownSymbolError

CONTRACTS: Final = ("linear", "inverse")
_SIDES: Final = {"buy": "Buy", "sell": "Sell", "long": "Buy", "short": "Sell"}
_LEG_OF: Final = {"Buy": 1, "Sell": 2}
_LONGEST_LINK_ID: Final = 36


def documented(path: str) -> list[str]:
    """The row fields of an endpoint: a driver may send back what it once got."""
    return ["category", *ENDPOINTS[path].shape("")["list"][0]]


class Seeding:
    """One account being filled, and where the gaps are filled from."""

    def __init__(self, account: Account, market: Market, ids: Ids) -> None:
        self.account = account
        self.market = market
        self.now = market.now()
        self._ids = ids

    def uuid(self) -> str:
        return self._ids.uuid(self.account)

    def seq(self) -> int:
        return self._ids.seq(self.account)

    def fields(self, body: object, where: str, path: str, aliases: Mapping[str, str]) -> Fields:
        """The body read by the row fields of that endpoint. Raises ControlError."""
        return Fields(body, where, documented(path), aliases)

    def instrument(self, fields: Fields, *categories: str) -> Instrument:
        """By symbol and, where given, category. Raises ControlError."""
        symbol = fields.text("symbol")
        if not symbol:
            raise fields.wrong("symbol", "is needed")
        wanted = (fields.choice("category", categories, ""),) if "category" in fields else categories
        try:
            return self.market.any_of(symbol.upper(), *wanted)
        except UnknownSymbolError:
            raise fields.wrong("symbol", f"{symbol} is not listed in {' or '.join(wanted)}") from None

    def side(self, fields: Fields) -> str:
        """Buy unless given; long and short are understood. Raises ControlError."""
        given = fields.text("side", "Buy")
        side = _SIDES.get(given.lower())
        if side is None:
            raise fields.wrong("side", f"must be Buy or Sell, not {given!r}")
        return side

    def leg(self, fields: Fields, one: Instrument, side: str) -> int:
        """positionIdx: that of the account's mode unless given. Raises ControlError."""
        hedge = self.account.is_hedged(one)
        index = fields.integer("positionIdx", _LEG_OF[side] if hedge else 0, high=2)
        if bool(index) != hedge:
            mode = "hedge" if hedge else "one-way"
            raise fields.wrong("positionIdx", f"{index} does not exist in {mode} mode of {one.symbol}")
        return index

    def price(self, fields: Fields, name: str, one: Instrument, default: Decimal = ZERO) -> Decimal:
        """A price to the nearest tick; 0 for none. Raises ControlError."""
        return one.price.round(fields.decimal(name, default))

    def quantity(self, fields: Fields, name: str, one: Instrument) -> Decimal:
        """A positive multiple of the instrument's step, its least quantity unless given. Raises ControlError."""
        qty = fields.decimal(name, one.min_qty, positive=True)
        if not one.qty.fits(qty):
            raise fields.wrong(name, f"must be a multiple of {one.qty.text(1)}, not {qty}")
        return qty

    def link_id(self, fields: Fields) -> str:
        """The orderLinkId, empty unless given. Raises ControlError."""
        link_id = fields.text("orderLinkId")
        if len(link_id) > _LONGEST_LINK_ID:
            raise fields.wrong("orderLinkId", f"must be at most {_LONGEST_LINK_ID} characters")
        return link_id


def signed(fields: Fields, name: str, default: Decimal = ZERO) -> Decimal:
    """An amount that may be negative. Raises ControlError."""
    given = fields.raw(name)
    if isinstance(given, str | int | float) and str(given).startswith("-"):
        return -Fields({name: str(given)[1:]}, "", [name]).decimal(name, default)
    return fields.decimal(name, default)
