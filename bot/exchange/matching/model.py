"""What the engine works on: the rules and prices of symbols, and an account's orders, positions and money.

Quantities are in the base coin (inverse contracts: in USD), prices in the quote coin, money in the settle coin, times
UTC ms. Orders, positions and fills are frozen: the account holds the newest of each, `Changes` every one that a command
made anew, so that whoever keeps them on disk writes exactly that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.market import Instrument
from bot.domain.orders import (
    MarginMode,
    PositionMode,
    TimeInForce,
    TpslMode,
    TriggerBy,
    TriggerDirection,
    direction,
)
from bot.domain.portfolio import NO_LINK_ID, STANDARD_MAKER, STANDARD_TAKER, OrderType, Side
from bot.domain.risk_tiers import RiskTier

ZERO: Final = Decimal(0)
UNLIMITED: Final = Decimal("Infinity")  # size of a level that any order fits into
DEFAULT_LEVERAGE: Final = Decimal(3)
OPEN_STATUSES: Final = frozenset({"New", "PartiallyFilled", "Untriggered"})
_NEVER: Final = Millis(0)
_CASH: Final = frozenset({"USDT", "USDC", "USD"})  # worth a dollar where nothing else is said

Leg = tuple[Symbol, int]  # symbol and positionIdx: 0 one-way, 1 long and 2 short of hedge mode
PriceSize = tuple[Decimal, Decimal]


class EngineRejected(Exception):  # noqa: N818  named by what happened, as ExchangeRejected is
    """A definite no, before anything was changed. `code` is the retCode that Bybit has for it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolRules:
    """What may be ordered of a symbol, what it costs and what must stay as margin. Fees are fractions of the value."""

    instrument: Instrument
    tiers: tuple[RiskTier, ...]  # lowest first, never empty
    taker: Decimal = STANDARD_TAKER
    maker: Decimal = STANDARD_MAKER
    is_inverse: bool = False  # in USD, settled in the base coin

    @property
    def symbol(self) -> Symbol:
        return self.instrument.symbol

    @property
    def settle_coin(self) -> str:
        return self.instrument.base_coin if self.is_inverse else self.instrument.quote_coin


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketView:
    """A symbol at a moment. `bids` and `asks` best first; a level of size UNLIMITED takes any order."""

    rules: SymbolRules
    last: Decimal
    mark: Decimal
    index: Decimal
    bids: tuple[PriceSize, ...]
    asks: tuple[PriceSize, ...]
    ts: Millis  # of the read: what an account has taken of these levels is gone until a newer one

    def price(self, trigger_by: TriggerBy) -> Decimal:
        """The price that triggers of that kind look at."""
        return {TriggerBy.LAST: self.last, TriggerBy.MARK: self.mark, TriggerBy.INDEX: self.index}[trigger_by]


@dataclass(frozen=True, slots=True, kw_only=True)
class Markets:
    """Everything that a command may look at: the symbols it trades or the account holds, and what coins are worth.

    Of the traded symbol the book counts; of others that the account holds only the mark price.
    """

    views: Mapping[Symbol, MarketView]
    now: Millis
    dollars: Mapping[str, Decimal] = field(default_factory=dict)  # for one coin

    def worth(self, coin: str) -> Decimal:
        """USD for one coin; USDT and USDC count as one unless `dollars` says otherwise. Raises KeyError."""
        known = self.dollars.get(coin)
        if known is None and coin in _CASH:
            return Decimal(1)
        return self.dollars[coin] if known is None else known


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOrder:
    """An order, open or closed, in Bybit's words. `price` of a market order: the worst it may be filled at."""

    order_id: str
    order_link_id: OrderLinkId
    symbol: Symbol
    position_idx: int
    side: Side
    order_type: OrderType
    qty: Decimal
    price: Decimal
    time_in_force: TimeInForce
    status: str  # Untriggered, New, PartiallyFilled, Filled, Cancelled, Rejected, Deactivated
    reduce_only: bool = False
    close_on_trigger: bool = False
    filled: Decimal = ZERO
    filled_value: Decimal = ZERO  # in the settle coin
    fee: Decimal = ZERO  # negative: rebates
    trigger_price: Decimal | None = None
    trigger_direction: TriggerDirection | None = None
    trigger_by: TriggerBy = TriggerBy.LAST
    active_price: Decimal | None = None  # where a trailing stop began to follow; its trigger price goes on from there
    stop_order_type: str = ""  # Stop, StopLoss, TakeProfit, PartialStopLoss, PartialTakeProfit, TrailingStop
    stop_loss: Decimal | None = None
    sl_trigger_by: TriggerBy = TriggerBy.LAST
    take_profit: Decimal | None = None
    tp_trigger_by: TriggerBy = TriggerBy.LAST
    tpsl_mode: TpslMode | None = None
    parent_order_link_id: OrderLinkId = NO_LINK_ID  # of the order whose stop loss or take profit this is
    parent_order_id: str = ""  # the same order's own id
    create_type: str = "CreateByUser"
    cancel_type: str = "UNKNOWN"
    reject_reason: str = "EC_NoError"
    priority: int = 0  # among orders at one price the lowest is first
    created_ts: Millis
    updated_ts: Millis

    @property
    def leg(self) -> Leg:
        return self.symbol, self.position_idx

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def is_resting(self) -> bool:
        """Whether it stands in the book: open, and no trigger is waited for."""
        return self.status in {"New", "PartiallyFilled"}

    @property
    def left(self) -> Decimal:
        """What is still to be filled; 0 once it is closed."""
        return self.qty - self.filled if self.is_open else ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePosition:
    """One leg. Flat: size 0, no side, and only what was realised is kept."""

    symbol: Symbol
    position_idx: int
    side: Side | None = None
    size: Decimal = ZERO
    entry_value: Decimal = ZERO  # at the prices of the entries, exact: what averages are made of
    realised: Decimal = ZERO  # since the leg was last flat, fees and funding within
    cum_realised: Decimal = ZERO
    stop_loss: Decimal | None = None  # Full
    sl_trigger_by: TriggerBy = TriggerBy.LAST
    take_profit: Decimal | None = None
    tp_trigger_by: TriggerBy = TriggerBy.LAST
    trailing_stop: Decimal | None = None  # the distance
    active_price: Decimal | None = None  # from where on the trailing stop follows; None: from the start
    best_price: Decimal | None = None  # since it follows; None: it does not yet
    added_margin: Decimal = ZERO  # beyond what the leverage asks for; counts in isolated margin alone
    opened_ts: Millis = _NEVER
    updated_ts: Millis = _NEVER
    seq: int = -1

    @property
    def leg(self) -> Leg:
        return self.symbol, self.position_idx

    @property
    def direction(self) -> int:
        """1 long, -1 short, 0 flat."""
        return direction(self.side) if self.side else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFill:
    """One execution. `gain`: what it brought by closing, before its fee."""

    exec_id: str
    order_id: str
    order_link_id: OrderLinkId
    symbol: Symbol
    position_idx: int
    side: Side
    exec_type: str  # Trade, Funding, BustTrade
    price: Decimal
    qty: Decimal
    value: Decimal
    fee: Decimal  # of a Funding: what is paid; negative: what is got
    fee_rate: Decimal
    fee_currency: str
    is_maker: bool
    closed_size: Decimal
    gain: Decimal
    create_type: str
    stop_order_type: str
    order_type: OrderType
    order_price: Decimal
    order_qty: Decimal
    leaves_qty: Decimal
    mark_price: Decimal
    ts: Millis
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletLine:
    """One change of one coin's balance, as a line of Bybit's transaction log."""

    kind: str  # TRADE, SETTLEMENT (funding), LIQUIDATION
    coin: str
    change: Decimal
    balance: Decimal  # after it
    symbol: Symbol
    exec_id: str
    ts: Millis


@dataclass(slots=True, kw_only=True)
class EngineAccount:
    """All of an account that lasts. The engine alone changes it, each change named in the `Changes` of that command.

    `prefix` begins each id given out and must be of this account and this run of it alone. `taken` may be forgotten.
    """

    prefix: str
    wallet: dict[str, Decimal]  # by coin
    position_mode: PositionMode = PositionMode.ONE_WAY
    margin_mode: MarginMode = MarginMode.ISOLATED
    default_leverage: Decimal = DEFAULT_LEVERAGE
    leverages: dict[Leg, Decimal] = field(default_factory=dict)
    positions: dict[Leg, EnginePosition] = field(default_factory=dict)  # those that ever held something
    orders: dict[str, EngineOrder] = field(default_factory=dict)  # the open ones by id
    made: int = 0  # how many ids, priorities and seqs were given out
    taken: dict[Symbol, tuple[Millis, dict[Decimal, Decimal]]] = field(default_factory=dict)  # of the newest book

    def position(self, leg: Leg) -> EnginePosition:
        """The leg, flat where it never held anything."""
        return self.positions.get(leg) or EnginePosition(symbol=leg[0], position_idx=leg[1])

    def leverage(self, leg: Leg) -> Decimal:
        """The leverage that was set for the leg, else the account's default."""
        return self.leverages.get(leg, self.default_leverage)

    def held(self) -> list[EnginePosition]:
        """The legs with a size above 0, of all symbols."""
        return [each for each in self.positions.values() if each.size]

    @property
    def symbols(self) -> frozenset[Symbol]:
        """Where it has a position or an open order."""
        return frozenset((*(each.symbol for each in self.held()), *(each.symbol for each in self.orders.values())))


@dataclass(slots=True, kw_only=True)
class Changes:
    """What a command changed, to be written before it is answered: the last state of each order and position."""

    orders: dict[str, EngineOrder] = field(default_factory=dict)  # by id, closed ones too
    positions: dict[Leg, EnginePosition] = field(default_factory=dict)
    fills: list[EngineFill] = field(default_factory=list)
    lines: list[WalletLine] = field(default_factory=list)
    settings: bool = False  # the account's modes or leverages

    def join(self, more: "Changes") -> None:
        """Add what a later command changed."""
        self.orders |= more.orders
        self.positions |= more.positions
        self.fills += more.fills
        self.lines += more.lines
        self.settings |= more.settings

    def __bool__(self) -> bool:
        return bool(self.orders or self.positions or self.fills or self.lines or self.settings)
