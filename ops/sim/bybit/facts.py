"""The tables of facts about Bybit, read once: instruments, coins, endpoints, error texts.

They stand in ops/sim/data/bybit_*.json, each with its source and version.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import orjson

from bot.domain.risk_tiers import RiskTier

DATA: Final = Path(__file__).parent.parent / "data"


def _read(name: str) -> dict[str, Any]:
    table: dict[str, Any] = orjson.loads((DATA / f"bybit_{name}.json").read_bytes())
    return table


def _rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    """A table of columns and rows as one dictionary a row."""
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One request parameter of an endpoint."""

    name: str
    type: str
    """string, integer, boolean or array."""
    required: bool = False
    values: tuple[str, ...] = ()
    """What is allowed; empty where anything is."""
    minimum: int | None = None
    maximum: int | None = None
    default: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What Bybit's documentation says of one path."""

    path: str
    method: str
    ok: str
    """retMsg of success."""
    permission: str | None
    """None: public. any: every key. order, position: the group of the category asked for."""
    per_second: int | None
    """Requests a second and UID; None for public endpoints."""
    per_second_of: dict[str, int]
    """The same by category, where it is another."""
    request: tuple[Parameter, ...]
    texts: dict[str, str]
    """retMsg for a missing or wrong parameter, where the endpoint has words of its own."""
    response: dict[str, Any]
    """Shape of `result` by kind of category (contract, option, spot) or under `any`."""
    on_demo: bool
    """Whether the demo host answers it."""

    def rate(self, category: str) -> int:
        """Requests a second and UID of that category; 0 for public endpoints."""
        return self.per_second_of.get(category, self.per_second or 0)

    def shape(self, category: str) -> Any:
        """The shape of `result` for that category ("" where the endpoint has none)."""
        kind = "contract" if category in {"linear", "inverse"} else category
        return self.response.get(kind) or self.response["any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """A coin and how its price behaves in the stand-in."""

    coin: str
    name: str
    price: Decimal
    """USDT for one coin; the level the price process stays around."""
    volatility: float
    """Against BTC."""
    daily_volume: float
    """USDT traded a day in its perpetual."""
    driver: int | None = None
    """The number of the process it follows; None for one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(RiskTier):
    """One step of a risk limit; values are USDT, for inverse contracts coins."""

    written_leverage: str
    """`max_leverage` as Bybit writes it."""

    @property
    def initial(self) -> Decimal:
        """Initial margin rate at the greatest leverage, four digits."""
        return (1 / self.max_leverage).quantize(Decimal("0.0001")).normalize()


_ANSWERS: Final = _read("endpoints")
_DEMO: Final[dict[str, Any]] = _ANSWERS["demo"]


def _parameter(name: str, fact: dict[str, Any]) -> Parameter:
    return Parameter(
        name=name,
        type=fact["type"],
        required=fact.get("required", False),
        values=tuple(fact.get("values", ())),
        minimum=fact.get("min"),
        maximum=fact.get("max"),
        default=fact.get("default"),
    )


def _endpoint(path: str, fact: dict[str, Any]) -> Endpoint:
    return Endpoint(
        path=path,
        method=fact["method"],
        ok=fact["ok"],
        permission=fact.get("permission"),
        per_second=fact.get("per_second"),
        per_second_of=fact.get("per_second_of", {}),
        request=tuple(_parameter(name, field) for name, field in fact["request"].items()),
        texts=fact.get("texts", {}),
        response=fact["response"],
        on_demo=path.startswith(tuple(_DEMO["below"])) or path in {*_DEMO["listed"], *_DEMO["besides"]},
    )


def _tiers(steps: list[list[str]]) -> tuple[Tier, ...]:
    tiers: list[Tier] = []
    deduction = Decimal(0)
    for limit, maintenance, max_leverage in steps:
        if tiers:
            last = tiers[-1]
            deduction = last.deduction + last.limit * (Decimal(maintenance) - last.maintenance)
        tiers.append(
            Tier(
                limit=Decimal(limit),
                maintenance=Decimal(maintenance),
                max_leverage=Decimal(max_leverage),
                written_leverage=max_leverage,
                deduction=deduction,
            )
        )
    return tuple(tiers)


_MARKETS: Final = _read("instruments")
_SETTINGS: Final = _read("settings")

ENDPOINTS: Final[dict[str, Endpoint]] = {
    path: _endpoint(path, fact)
    for table in (_ANSWERS, _read("order_entry"), _SETTINGS)
    for path, fact in table["endpoints"].items()
}
ENDPOINTS["/v5/order/pre-check"] = replace(
    ENDPOINTS["/v5/order/pre-check"], request=ENDPOINTS["/v5/order/create"].request
)
_SPOT_ORDERS: Final = _read("spot")
ERROR_TEXTS: Final[dict[int, str]] = {
    int(code): text for table in (_read("errors"), _SPOT_ORDERS) for code, text in table["texts"].items()
}
MOST_IN_BATCH: Final[dict[str, int]] = _SETTINGS["batch"]
"""How many orders a batch may have, by category."""
DEMO_MONEY: Final[dict[str, Decimal]] = {coin: Decimal(most) for coin, most in _SETTINGS["demo_money"].items()}
"""The most of each coin that a demo account gets at once."""
MOST_SPOT_ORDERS: Final[dict[str, int]] = _SPOT_ORDERS["most"]
"""How many spot orders may be open: in all, and of a symbol by order filter."""
COINS: Final[dict[str, Coin]] = {
    row["coin"]: Coin(**{**row, "price": Decimal(row["price"])}) for row in _rows(_MARKETS["coins"])
}
TIERS: Final[dict[str, tuple[Tier, ...]]] = {
    name: _tiers(steps) for name, steps in _MARKETS["tiers"]["classes"].items()
}
LINEAR: Final = _rows(_MARKETS["linear"])
INVERSE: Final = _rows(_MARKETS["inverse"])
SPOT: Final = _rows(_MARKETS["spot"])
OPTION: Final = _rows(_MARKETS["option"])
DELISTED: Final = _rows(_MARKETS["delisted"])
SMALL: Final[dict[str, Any]] = _MARKETS["small"]
DATED: Final[dict[str, Any]] = _MARKETS["dated"]
PRELAUNCH: Final[dict[str, Any]] = _MARKETS["prelaunch"]
CHAINS: Final[dict[str, list[dict[str, str]]]] = {
    coin: [dict(zip(_MARKETS["chains"]["columns"], chain, strict=True)) for chain in chains]
    for coin, chains in _MARKETS["chains"]["coins"].items()
}
FEES: Final[dict[str, tuple[Decimal, Decimal]]] = {
    category: (Decimal(taker), Decimal(maker)) for category, (taker, maker) in _MARKETS["fees"].items()
}
"""Taker and maker rate by category."""
