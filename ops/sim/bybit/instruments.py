"""What can be traded: the instruments of all four categories and their rows in instruments-info."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from ops.sim.bybit import facts, small
from ops.sim.bybit.facts import Tier
from ops.sim.bybit.grids import ZERO, Grid

_MAX_PRICE_TICKS: Final = 19_999_998
FUNDING_CAP: Final = Decimal("0.00375")
_LEVERAGE_STEP: Final = "0.01"
_PRICE_LIMITS: Final = {"linear": ("0.01", "0.02"), "inverse": ("0.01", "0.02"), "spot": ("0.005", "0.01")}
"""riskParameters X and Y by category; X is how far from the mark a limit price may lie."""


def epoch_ms(day: str) -> int:
    """Midnight UTC of an ISO day, epoch milliseconds."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instrument:
    """One row of instruments-info, and what prices and margins need of it."""

    category: str
    symbol: str
    symbol_id: int
    coin: str
    """Whose price process it follows."""
    multiplier: int = 1
    """Coins in one unit of the base: 1000 for 1000PEPEUSDT."""
    base_coin: str
    quote_coin: str
    settle_coin: str
    price: Grid
    qty: Grid
    min_qty: Decimal
    max_qty: Decimal
    max_market_qty: Decimal
    max_leverage: str = ""
    tiers: tuple[Tier, ...] = ()
    first_risk_id: int = 0
    launched: int
    """Epoch milliseconds."""
    delivered: int = 0
    """Epoch milliseconds of delivery or delisting; 0 for none."""
    status: str = "Trading"
    strike: Decimal = ZERO
    is_call: bool = False
    row: dict[str, Any] = field(default_factory=dict)
    """As instruments-info gives it."""

    @property
    def is_contract(self) -> bool:
        return self.category in {"linear", "inverse"}

    @property
    def is_dated(self) -> bool:
        """Whether it is a contract with a delivery."""
        return self.is_contract and bool(self.delivered)

    @property
    def has_hedge_mode(self) -> bool:
        """USDT perpetuals have it."""
        return self.category == "linear" and self.settle_coin == "USDT" and not self.is_dated

    @property
    def is_trading(self) -> bool:
        """Whether orders meet: also in the last phase before its launch."""
        before = self.row.get("preListingInfo") if self.status == "PreLaunch" else None
        return self.status == "Trading" or bool(before and before["curAuctionPhase"] == "ContinuousTrading")

    def moment(self, at: int) -> int:
        """That epoch millisecond, or the delivery if it is past: no price moves after it."""
        return min(at, self.delivered) if self.is_dated else at

    @property
    def price_limit(self) -> Decimal:
        """How far a limit price may lie from the mark price, as a share."""
        return Decimal(_PRICE_LIMITS[self.category][0])

    @property
    def far_price_limit(self) -> Decimal:
        """The same where the index price lies far off."""
        return Decimal(_PRICE_LIMITS[self.category][1])

    @property
    def min_value(self) -> Decimal:
        """The least value of a contract's order: USDT, for inverse contracts USD."""
        return Decimal(5 if self.category == "linear" else 1)

    def price_text(self, price: float) -> str:
        """A price to the nearest tick, at least one."""
        return self.price.text(max(1, self.price.nearest(price)))

    def index_text(self, price: float) -> str:
        """An index price: as many digits as the tick has, but no multiple of it."""
        return self.price.write(Decimal(f"{price:.12g}"))


def _risk_parameters(category: str) -> dict[str, str]:
    ratio_x, ratio_y = _PRICE_LIMITS[category]
    return {"priceLimitRatioX": ratio_x, "priceLimitRatioY": ratio_y}


def _contract_row(one: Instrument) -> dict[str, Any]:
    return {
        "symbol": one.symbol,
        "symbolId": one.symbol_id,
        "contractType": "LinearPerpetual" if one.category == "linear" else "InversePerpetual",
        "status": one.status,
        "baseCoin": one.base_coin,
        "quoteCoin": one.quote_coin,
        "settleCoin": one.settle_coin,
        "symbolType": "",
        "launchTime": str(one.launched),
        "deliveryTime": str(one.delivered),
        "deliveryFeeRate": "",
        "priceScale": str(one.price.digits),
        "unifiedMarginTrade": True,
        "fundingInterval": 480,
        "copyTrading": "both" if one.settle_coin == "USDT" else "none",
        "upperFundingRate": str(FUNDING_CAP),
        "lowerFundingRate": str(-FUNDING_CAP),
        "displayName": "",
        "fullName": _full_name(one.coin),
        "marketRegion": "",
        "underlyingTicker": "",
        "forbidUplWithdrawal": False,
        "isPreListing": False,
        "preListingInfo": None,
        "riskParameters": _risk_parameters(one.category),
        **_contract_filters(one),
    }


def _contract_filters(one: Instrument) -> dict[str, dict[str, str]]:
    return {
        "leverageFilter": {
            "minLeverage": "1",
            "maxLeverage": one.max_leverage,
            "leverageStep": _LEVERAGE_STEP,
        },
        "priceFilter": {
            "minPrice": one.price.text(1),
            "maxPrice": one.price.text(_MAX_PRICE_TICKS),
            "tickSize": one.price.text(1),
        },
        "lotSizeFilter": {
            "maxOrderQty": one.qty.write(one.max_qty),
            "minOrderQty": one.qty.write(one.min_qty),
            "qtyStep": one.qty.text(1),
            "postOnlyMaxOrderQty": one.qty.write(one.max_qty),
            "maxMktOrderQty": one.qty.write(one.max_market_qty),
            "minNotionalValue": str(one.min_value),
        },
    }


def _full_name(coin: str) -> str:
    known = small.EVERY.get(coin)
    return known.name if known else coin


def contract(category: str, place: int, fact: dict[str, Any], **changes: Any) -> Instrument:
    """From a row of the table; `changes` takes the place of what would follow from it."""
    symbol, coin = fact["symbol"], fact["coin"]
    price, qty = Grid(Decimal(fact["tick"])), Grid(Decimal(fact["step"]))
    quote = "USDT" if symbol.endswith("USDT") else ("USDC" if symbol.endswith("PERP") else "USD")
    base = coin if fact["multiplier"] == 1 else symbol.removesuffix("USDT")
    fields: dict[str, Any] = {
        "category": category,
        "symbol": symbol,
        "symbol_id": 5 + place if category == "linear" else 5_000 + place,
        "coin": coin,
        "multiplier": fact["multiplier"],
        "base_coin": base,
        "quote_coin": quote,
        "settle_coin": coin if category == "inverse" else quote,
        "price": price,
        "qty": qty,
        "min_qty": qty.step,
        "max_qty": Decimal(fact["max_qty"]),
        "max_market_qty": Decimal(fact["max_market_qty"]),
        "max_leverage": fact["max_leverage"],
        "tiers": facts.TIERS[fact["tiers"]],
        "first_risk_id": place * 10 + 1,
        "launched": epoch_ms(fact["launched"]),
    }
    one = Instrument(**{**fields, **changes})
    one.row.update(_contract_row(one))
    return one


def _spot(place: int, fact: dict[str, Any]) -> Instrument:
    price, qty = Grid(Decimal(fact["tick"])), Grid(Decimal(fact["step"]))
    one = Instrument(
        category="spot",
        symbol=fact["symbol"],
        symbol_id=9 + place,
        coin=fact["coin"],
        base_coin=fact["coin"],
        quote_coin="USDT",
        settle_coin="USDT",
        price=price,
        qty=qty,
        min_qty=Decimal(fact["min_qty"]),
        max_qty=Decimal(fact["max_qty"]),
        max_market_qty=Decimal(fact["max_market_qty"]),
        launched=epoch_ms("2021-07-05"),
    )
    one.row.update(_spot_row(one, fact))
    return one


def _spot_row(one: Instrument, fact: dict[str, Any]) -> dict[str, Any]:
    amount = facts.COINS[one.coin].price * one.max_qty
    return {
        "symbol": one.symbol,
        "symbolId": one.symbol_id,
        "baseCoin": one.base_coin,
        "quoteCoin": one.quote_coin,
        "innovation": "0",
        "symbolType": "",
        "status": one.status,
        "marginTrading": "utaOnly",
        "stTag": "0",
        "lotSizeFilter": {
            "basePrecision": fact["step"],
            "quotePrecision": fact["quote_precision"],
            "minOrderQty": fact["min_qty"],
            "maxOrderQty": fact["max_qty"],
            "minOrderAmt": fact["min_amount"],
            "maxOrderAmt": f"{amount:.0f}",
            "maxLimitOrderQty": fact["max_qty"],
            "maxMarketOrderQty": fact["max_market_qty"],
            "postOnlyMaxLimitOrderSize": str(5 * one.max_qty),
        },
        "priceFilter": {"tickSize": fact["tick"]},
        "riskParameters": _risk_parameters("spot"),
    }


def _delisted(place: int, fact: dict[str, Any]) -> Instrument:
    one = contract(
        "linear",
        len(_LINEAR) + place,
        {
            **fact,
            "multiplier": 1,
            "max_qty": fact["step"],
            "max_market_qty": fact["step"],
            "max_leverage": "12.50",
            "tiers": "C",
        },
    )
    one.row.update(status="Closed", deliveryTime=str(epoch_ms(fact["closed"])))
    return one


def by_symbol(instruments: Iterable[Instrument]) -> dict[str, Instrument]:
    return dict(sorted((one.symbol, one) for one in instruments))


_LINEAR: Final = [*facts.LINEAR, *small.LINEAR]

LISTED: Final[dict[str, dict[str, Instrument]]] = {
    "linear": by_symbol(contract("linear", place, fact) for place, fact in enumerate(_LINEAR)),
    "inverse": by_symbol(contract("inverse", place, fact) for place, fact in enumerate(facts.INVERSE)),
    "spot": by_symbol(_spot(place, fact) for place, fact in enumerate(facts.SPOT)),
}
"""What trades, by category and symbol, in the order of the symbols; what comes and goes: options, dated, prelaunch."""

CLOSED: Final = by_symbol(_delisted(place, fact) for place, fact in enumerate(facts.DELISTED))
"""Contracts that no longer trade: only instruments-info with status=Closed tells of them."""
