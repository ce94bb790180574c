"""Between the engine's values and the bodies of their rows: JSON, numbers as decimal text, enumerations as their word.

What an older version did not write has its default; what a newer one wrote is passed over.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.domain.errors import UnreadableRow
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.paper import PaperChanges, PaperFill, PaperOrder, PaperPosition, PaperSettings, PaperState
from bot.exchange.matching.model import (
    DEFAULT_LEVERAGE,
    Changes,
    EngineAccount,
    EngineFill,
    EngineOrder,
    EnginePosition,
    Leg,
)

T = TypeVar("T")

_FIRST_RUN: Final = 1
_COIN: Final = "USDT"  # what perpetuals settle in: every wallet has it
_READERS: Final[dict[type, Mapping[str, Callable[[Any], Any]]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperModes:
    """What is stored of an account's settings, beside the leverages."""

    position_mode: PositionMode = PositionMode.ONE_WAY
    margin_mode: MarginMode = MarginMode.ISOLATED
    default_leverage: Decimal = DEFAULT_LEVERAGE


@dataclass(slots=True, kw_only=True)
class Run:
    """An engine's account with the number of its run and when that began (0: with the account)."""

    account: EngineAccount
    number: int
    since: Millis


def run_of(account_id: AccountId, state: PaperState) -> Run:
    """The account as it was stored last. Raises UnreadableRow for a body that nothing of ours wrote."""
    settings = state.settings or PaperSettings(run=_FIRST_RUN, run_ts=Millis(0), made=0, body="{}")
    modes = from_body(PaperModes, settings.body)
    positions = [from_body(EnginePosition, body) for body in state.positions]
    orders = [from_body(EngineOrder, body) for body in state.orders]
    account = EngineAccount(
        prefix=prefix(account_id, settings.run),
        wallet={_COIN: Decimal(0), **state.wallet},
        position_mode=modes.position_mode,
        margin_mode=modes.margin_mode,
        default_leverage=modes.default_leverage,
        leverages=_leverages(settings.body),
        positions={each.leg: each for each in positions},
        orders={each.order_id: each for each in orders},
        made=settings.made,
    )
    return Run(account=account, number=settings.run, since=settings.run_ts)


def prefix(account_id: AccountId, run: int) -> str:
    """What the ids of an account's run begin with."""
    return f"practice-{account_id}-{run}-"


def rows_of(account_id: AccountId, run: Run, changes: Changes, before: "Before", *, begins_run: bool) -> PaperChanges:
    """What a command changed, as it is stored."""
    account = run.account
    return PaperChanges(
        account_id=account_id,
        settings=PaperSettings(run=run.number, run_ts=run.since, made=account.made, body=settings_body(account)),
        wallet={line.coin: account.wallet[line.coin] for line in changes.lines},
        positions=tuple(
            PaperPosition(
                symbol=each.symbol,
                position_idx=each.position_idx,
                is_held=bool(each.size),
                was_held=each.leg in before.held,
                body=to_body(each),
            )
            for each in changes.positions.values()
        ),
        orders=tuple(
            PaperOrder(
                order_id=each.order_id,
                order_link_id=each.order_link_id,
                symbol=each.symbol,
                is_open=each.is_open,
                is_new=each.order_id not in before.orders,
                updated_ts=each.updated_ts,
                body=to_body(each),
            )
            for each in changes.orders.values()
        ),
        fills=tuple(
            PaperFill(exec_id=each.exec_id, ts=each.ts, seq=each.seq, body=to_body(each)) for each in changes.fills
        ),
        begins_run=begins_run,
    )


@dataclass(frozen=True, slots=True)
class Before:
    """What stood in an account before a command."""

    held: frozenset[Leg]
    orders: frozenset[str]

    @classmethod
    def of(cls, account: EngineAccount) -> "Before":
        return cls(frozenset(each.leg for each in account.held()), frozenset(account.orders))


def settings_body(account: EngineAccount) -> str:
    """The stored body of an account's position mode, margin mode and leverages."""
    modes = PaperModes(
        position_mode=account.position_mode,
        margin_mode=account.margin_mode,
        default_leverage=account.default_leverage,
    )
    leverages = {f"{symbol}:{idx}": f"{each:f}" for (symbol, idx), each in account.leverages.items()}
    return json.dumps(_plain(modes) | {"leverages": leverages}, separators=(",", ":"))


def _leverages(body: str) -> dict[Leg, Decimal]:
    found: dict[Leg, Decimal] = {}
    for name, leverage in _object(body).get("leverages", {}).items():
        symbol, _, idx = name.rpartition(":")
        found[Symbol(symbol), int(idx)] = Decimal(leverage)
    return found


def to_body(value: EngineOrder | EnginePosition | EngineFill) -> str:
    """A value of the engine as the JSON that its row holds."""
    return json.dumps(_plain(value), separators=(",", ":"))


def from_body(kind: type[T], body: str) -> T:
    """The value of that class. Raises UnreadableRow for what nothing of ours wrote."""
    stored = _object(body)
    try:
        return kind(**{name: read(stored[name]) for name, read in _readers(kind).items() if name in stored})
    except (TypeError, ValueError, ArithmeticError):
        raise UnreadableRow(f"a stored {kind.__name__} can't be read") from None


def _object(body: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UnreadableRow("a row of the practice exchange is no JSON object")
    return found


def _plain(value: Any) -> dict[str, Any]:
    """The fields that differ from their defaults: most of an order's do not."""
    found = {}
    for each in fields(value):
        held = getattr(value, each.name)
        if each.default is not MISSING and held == each.default and type(held) is type(each.default):
            continue
        found[each.name] = f"{held:f}" if isinstance(held, Decimal) else held
    return found


def _readers(kind: type) -> Mapping[str, Callable[[Any], Any]]:
    """How each field of a dataclass is read; worked out once a class."""
    found = _READERS.get(kind)
    if found is None:
        hints = get_type_hints(kind)
        found = _READERS[kind] = {each.name: _reader(hints[each.name]) for each in fields(kind)}
    return found


def _reader(hint: Any) -> Callable[[Any], Any]:
    if get_origin(hint) in (Union, UnionType):
        (inner,) = [_reader(each) for each in get_args(hint) if each is not NoneType]
        return lambda value: None if value is None else inner(value)
    if isinstance(hint, NewType):
        return _reader(hint.__supertype__)
    if hint is Decimal:
        return Decimal
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return lambda value: value
