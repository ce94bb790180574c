"""What the practice exchange keeps on disk: rows with what is asked for, and a body that the exchange alone reads.

A body is a JSON object. Money in wallets is coin -> balance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSettings:
    """An account beside its money, positions and orders. `run` counts the resets from 1; `made` the ids given out."""

    run: int
    run_ts: Millis  # when the run began; 0: with the account
    made: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPosition:
    """One leg, held or flat; `was_held`: before the change that is to be stored."""

    symbol: Symbol
    position_idx: int
    is_held: bool
    was_held: bool
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOrder:
    """An order, open or closed. `is_new`: it has no row yet."""

    order_id: str
    order_link_id: OrderLinkId
    symbol: Symbol
    is_open: bool
    is_new: bool
    updated_ts: Millis
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFill:
    """An execution; `seq` orders those of one moment."""

    exec_id: str
    ts: Millis
    seq: int
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperState:
    """An account as it was stored last: the open orders, and every leg that ever held something in this run."""

    settings: PaperSettings | None  # None: nothing was ever done with it
    wallet: Mapping[str, Decimal]
    positions: tuple[str, ...]  # bodies
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperChanges:
    """What a command changed. `begins_run`: legs of the run before go."""

    account_id: AccountId
    settings: PaperSettings
    wallet: Mapping[str, Decimal] = field(default_factory=dict)  # the coins that changed
    positions: tuple[PaperPosition, ...] = ()
    orders: tuple[PaperOrder, ...] = ()
    fills: tuple[PaperFill, ...] = ()
    begins_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FedSymbol:
    """Up to which moments a symbol's prices were let act, and its funding was settled."""

    symbol: Symbol
    fed_ts: Millis
    funded_ts: Millis
