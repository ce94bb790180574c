"""An account as Bybit keeps it: key, wallet, positions, orders and what has happened.

Plain state: a matching engine works on it as the control calls do. Money is Decimal, times are epoch milliseconds.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument

DEFAULT_LEVERAGE: Final = Decimal(10)
OPEN_STATUSES: Final = frozenset({"New", "PartiallyFilled", "Untriggered"})
WITHOUT_FILL_STATUSES: Final = frozenset({"Cancelled", "Rejected", "Deactivated"})
"""Statuses that Bybit forgets after a day when nothing was filled."""


@dataclass(slots=True, kw_only=True)
class ApiKey:
    """The key of an account: HMAC with a secret, or RSA with the client's public key."""

    key: str
    secret: str = field(repr=False)
    """Empty for an RSA key."""
    public_key: str = ""
    """PEM; empty for an HMAC key."""
    permissions: dict[str, list[str]]
    read_only: bool = False
    ips: list[str] = field(default_factory=list)
    """Addresses it is bound to; empty for any."""
    created_at: int
    expires_at: int | None = None
    """None: never, as for a key bound to addresses."""

    def is_expired(self, now: int) -> bool:
        return self.expires_at is not None and now >= self.expires_at


@dataclass(slots=True, kw_only=True)
class Position:
    """A leg: index 0 in one-way mode, 1 long and 2 short in hedge mode. Size 0 keeps only its settings."""

    category: str
    symbol: str
    index: int = 0
    side: str = ""
    """Buy, Sell, or nothing while flat."""
    size: Decimal = ZERO
    avg_price: Decimal = ZERO
    entry_value: Decimal = ZERO
    """Exact, in the settle coin; 0 where only the average price is known."""
    open_fee: Decimal = ZERO
    """What was paid to open what is left of it."""
    leverage: Decimal = DEFAULT_LEVERAGE
    added_margin: Decimal = ZERO
    """What was added to it by hand, in isolated margin."""
    take_profit: Decimal = ZERO
    tp_trigger_by: str = "LastPrice"
    stop_loss: Decimal = ZERO
    sl_trigger_by: str = "LastPrice"
    trailing_stop: Decimal = ZERO
    """The distance from the best price."""
    active_price: Decimal = ZERO
    """From where on the trailing stop follows; 0: from the start."""
    best_price: Decimal = ZERO
    """The best one since the trailing stop follows; 0: it does not yet."""
    tpsl_mode: str = "Full"
    realised: Decimal = ZERO
    """Of this holding or, while flat, of the last one."""
    cum_realised: Decimal = ZERO
    """Of all time."""
    created_at: int = 0
    updated_at: int = 0
    opened_at: int = 0
    seq: int = -1
    auto_add_margin: int = 0

    @property
    def direction(self) -> int:
        """1 long, -1 short, 0 flat."""
        return {"Buy": 1, "Sell": -1}.get(self.side, 0)


@dataclass(slots=True, kw_only=True)
class Order:
    """An order, open or closed."""

    category: str
    order_id: str
    link_id: str = ""
    parent_id: str = ""
    """The order whose stop loss or take profit this is."""
    parent_link_id: str = ""
    symbol: str
    side: str
    order_type: str
    price: Decimal = ZERO
    qty: Decimal
    status: str
    time_in_force: str = "GTC"
    position_index: int = 0
    reduce_only: bool = False
    close_on_trigger: bool = False
    create_type: str = "CreateByUser"
    cancel_type: str = "UNKNOWN"
    reject_reason: str = "EC_NoError"
    stop_order_type: str = ""
    trigger_price: Decimal = ZERO
    active_price: Decimal = ZERO
    """Where a trailing stop began to follow; its trigger price goes on from there."""
    trigger_direction: int = 0
    trigger_by: str = ""
    take_profit: Decimal = ZERO
    stop_loss: Decimal = ZERO
    tp_trigger_by: str = ""
    sl_trigger_by: str = ""
    tp_limit_price: Decimal = ZERO
    sl_limit_price: Decimal = ZERO
    tpsl_mode: str = ""
    tp_order_type: str = ""
    sl_order_type: str = ""
    market_unit: str = ""
    smp_type: str = "None"
    slippage_type: str = "UNKNOWN"
    slippage: str = ""
    """As it was asked for."""
    """quoteCoin: the quantity is an amount of the quote coin."""
    is_leverage: str = ""
    filled: Decimal = ZERO
    filled_value: Decimal = ZERO
    fee: Decimal = ZERO
    fee_currency: str = ""
    closed_pnl: Decimal = ZERO
    """What its fills earned by closing, fees within."""
    last_price_on_created: Decimal = ZERO
    skips_new: bool = False
    """Its first state is not told: the stream goes on with what it has become."""
    priority: int = 0
    """Among orders at one price the lowest is first."""
    created_at: int
    updated_at: int

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def left(self) -> Decimal:
        """What is still to be filled, in the unit of `qty`; nothing once the order is closed."""
        done = self.filled_value if self.market_unit == "quoteCoin" else self.filled
        return self.qty - done if self.is_open else ZERO


@dataclass(slots=True, kw_only=True)
class Execution:
    """A fill."""

    category: str
    exec_id: str
    order_id: str
    link_id: str = ""
    symbol: str
    side: str
    price: Decimal
    qty: Decimal
    value: Decimal
    """In the quote coin; for inverse contracts in the coin."""
    fee: Decimal
    fee_rate: Decimal
    fee_currency: str
    exec_type: str = "Trade"
    order_type: str
    order_price: Decimal
    order_qty: Decimal
    leaves_qty: Decimal = ZERO
    stop_order_type: str = ""
    create_type: str = "CreateByUser"
    is_maker: bool = False
    mark_price: Decimal
    closed_size: Decimal | None = None
    """How much of a position it closed; None until that is worked out."""
    pnl: Decimal = ZERO
    """What it brought by closing, before its fee."""
    at: int
    seq: int


@dataclass(slots=True, kw_only=True)
class ClosedPnl:
    """What one closing order earned."""

    category: str
    symbol: str
    order_id: str
    side: str
    """Of the closing order."""
    qty: Decimal
    order_price: Decimal
    order_type: str
    exec_type: str
    closed_size: Decimal
    entry_value: Decimal
    avg_entry: Decimal
    exit_value: Decimal
    avg_exit: Decimal
    pnl: Decimal
    """After both fees."""
    fills: int
    leverage: Decimal
    open_fee: Decimal
    close_fee: Decimal
    created_at: int
    updated_at: int


@dataclass(slots=True, kw_only=True)
class LogEntry:
    """A line of the transaction log: one change of one coin's balance."""

    id: str
    type: str
    currency: str
    at: int
    change: Decimal
    balance: Decimal = ZERO
    """After it."""
    cash_flow: Decimal = ZERO
    category: str = ""
    symbol: str = ""
    side: str = "None"
    qty: Decimal = ZERO
    size: Decimal = ZERO
    """Of the position after it; negative when short."""
    price: Decimal = ZERO
    fee: Decimal = ZERO
    funding: Decimal | None = None
    """Got, or paid where negative; None where it is no funding."""
    fee_rate: Decimal = ZERO
    trade_id: str = ""
    order_id: str = ""
    link_id: str = ""


@dataclass(slots=True, kw_only=True)
class Account:
    """One UID with its one key."""

    uid: int
    environment: str
    """live or demo."""
    key: ApiKey
    hedge: bool = False
    """Hedge mode for its USDT perpetuals; one-way otherwise."""
    hedge_of: dict[str, bool] = field(default_factory=dict)
    """The same by symbol, where it differs from the account's."""
    readings: dict[str, str] = field(default_factory=dict)
    """How Bybit is read where its pages leave it open: reduce_only, short_page, conditional_rows."""
    margin_mode: str = "REGULAR_MARGIN"
    """As account/info gives it: ISOLATED_MARGIN, REGULAR_MARGIN or PORTFOLIO_MARGIN."""
    uta: int = 1
    """As user/query-api gives it: 0 for a classic account."""
    master: bool = True
    """A master account; a subaccount otherwise."""
    created_at: int
    wallet: dict[str, Decimal] = field(default_factory=dict)
    """Wallet balance by coin."""
    cum_realised: dict[str, Decimal] = field(default_factory=dict)
    """By settle coin."""
    positions: dict[str, Position] = field(default_factory=dict)
    """By `leg_key`."""
    orders: dict[str, Order] = field(default_factory=dict)
    """The open ones by order id."""
    history: list[Order] = field(default_factory=list)
    """The closed ones, oldest first."""
    executions: list[Execution] = field(default_factory=list)
    """Oldest first."""
    closed_pnl: list[ClosedPnl] = field(default_factory=list)
    """Oldest first."""
    log: list[LogEntry] = field(default_factory=list)
    """Oldest first."""
    made: int = 0
    """How many ids were given out: numbers the next one."""
    loaded_at: int = 0
    """Epoch milliseconds at which an earlier run's state was taken over; 0: never."""
    funded_at: int = 0
    """Epoch milliseconds until which funding was paid; 0: from its next look on."""
    moves_spot_price: bool = False
    """A spot order's price beyond the limit is moved to it; otherwise the order is refused."""
    refuses_price: bool = False
    """A contract's order whose price is beyond the limit is refused; otherwise the price is moved to it."""
    spot_hedging: bool = False
    """Spot hedging of portfolio margin is switched on."""
    cancels_after: int = 0
    """Seconds after a disconnection until its orders are to be canceled; 0: it is not switched on."""
    applied_at: int = 0
    """Epoch milliseconds of its last demo money."""

    def is_hedged(self, one: Instrument) -> bool:
        """Whether the instrument has two legs here; only USDT perpetuals can."""
        return one.has_hedge_mode and self.hedge_of.get(one.symbol, self.hedge)

    def position(self, category: str, symbol: str, index: int) -> Position:
        """That leg; a flat one with the default settings if it never was used."""
        kept = self.positions.get(leg_key(symbol, index))
        return kept or Position(category=category, symbol=symbol, index=index)

    def leg(self, one: Instrument, index: int) -> Position:
        """That leg; a flat one with the default leverage, or the instrument's highest, if it never was used."""
        kept = self.positions.get(leg_key(one.symbol, index))
        return kept or Position(category=one.category, symbol=one.symbol, index=index, leverage=default_leverage(one))

    def held(self) -> list[Position]:
        """The legs that hold something."""
        return [one for one in self.positions.values() if one.size]


def default_leverage(one: Instrument) -> Decimal:
    """What a contract is traded at until its leverage is set."""
    return min(DEFAULT_LEVERAGE, Decimal(one.max_leverage))


def leg_key(symbol: str, index: int) -> str:
    """Names a leg in `Account.positions`."""
    return f"{symbol}:{index}"
