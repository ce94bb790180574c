"""Plans and intents: what a person wants of a leg, and every request that was made for it, written before it is sent.

A plan belongs to a leg; one open plan a leg. An intent is one request to the exchange with an id of its own, committed
before the request. What the exchange said of it is final; what was concluded here (not placed, abandoned) yields to
any row of the exchange.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.ids import AccountId, ChatId, Millis, OrderLinkId, Symbol, UserId
from bot.domain.market import Category
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LeverageRequest,
    OrderRequest,
    TradingStop,
    TriggerBy,
)
from bot.domain.portfolio import LegKey, Position, Side

MOST_TARGETS: Final = 5
_NEVER: Final = Millis(0)
_NONE: Final = Decimal(0)
AnyRequest = OrderRequest | AmendRequest | CancelRequest | TradingStop | LeverageRequest


class PlanState(StrEnum):
    """OPEN from the first intent on; ENDED when the leg is flat again, or nothing of the plan was ever filled."""

    OPEN = "open"
    ENDED = "ended"


class Breakeven(StrEnum):
    """Whether the stop goes to the break-even price after the first target."""

    OFF = "off"
    AFTER_FIRST_TARGET = "after-first-target"
    DONE = "done"
    PASSED = "passed"  # the price was beyond it already: the old stop stays, the person was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTarget:
    """A price at which a share of the position is to be closed; `share` of the whole, 0 … 1.

    The last one is the Full take profit that the exchange holds; the earlier ones are our own reduce-only limit orders.
    """

    number: int  # 1 … 5, nearest first
    price: Decimal
    share: Decimal
    is_done: bool = False  # its order was filled, or canceled by the exchange with the leg


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """The message that shows a plan; message_id 0: not sent yet."""

    chat_id: ChatId
    message_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePlan:
    """What was promised of a leg: one stop, targets, the breakeven rule. `stop` None: none was wanted.

    `trailing`: how far behind the best price a trailing stop follows, from `trailing_active` on (None: at once); it
    stands beside the stop.
    """

    plan_id: int
    user_id: UserId
    account_id: AccountId
    category: Category
    symbol: Symbol
    position_idx: int
    side: Side
    state: PlanState
    stop: Decimal | None
    stop_trigger_by: TriggerBy
    targets: tuple[PlannedTarget, ...]
    breakeven: Breakeven
    protected_ts: Millis | None  # when the stop was read back as promised for the first time
    stop_verified_ts: Millis | None  # when it was last read back as promised
    stop_changed_ts: Millis | None  # when it was found changed by somebody else: nothing is put back unasked
    first_fill_ts: Millis | None
    card: CardPlace | None
    created_ts: Millis
    ended_ts: Millis | None
    targets_ts: Millis = _NEVER  # when its targets were set: orders of targets that ended before are of others
    adopted: Decimal = _NONE  # of the position: opened elsewhere and taken over at `adopted_ts`
    adopted_ts: Millis | None = None
    target_trigger_by: TriggerBy = TriggerBy.LAST  # of the last target, which the exchange holds
    margin_mode: str = ""  # Bybit's marginMode of the account, as it was agreed to or found since; "": not known
    trailing: Decimal | None = None
    trailing_active: Decimal | None = None
    trailing_verified_ts: Millis | None = None  # when it was last read back as promised
    trailing_changed_ts: Millis | None = None  # when it was found changed by somebody else
    version: int = 0  # grows with every change of the plan and of what is done for it

    @property
    def leg(self) -> LegKey:
        return LegKey(
            account_id=self.account_id, category=self.category, symbol=self.symbol, position_idx=self.position_idx
        )

    @property
    def last_target(self) -> PlannedTarget | None:
        """The target that the exchange holds as the take profit of the whole position; None: it holds none."""
        return self.targets[-1] if self.targets and not self.targets[-1].is_done else None


class ExitReason(StrEnum):
    """Why a position was closed or lessened, from Bybit's createType and execType."""

    MANUAL = "manual"
    TARGET = "target"
    STOP = "stop"
    TRAILING = "trailing"
    LIQUIDATION = "liquidation"
    ADL = "adl"
    SETTLEMENT = "settlement"  # the symbol is not traded any more
    RESET = "reset"  # practice money begins anew: no result that a rule counts
    EMERGENCY = "emergency"  # the promised stop could not be set
    ELSEWHERE = "elsewhere"  # by the person at Bybit itself, or by another program
    UNKNOWN = "unknown"


class IntentKind(StrEnum):
    """What a request to the exchange is for; it decides the lane of its leg and what becomes of it after a kill."""

    ENTRY = "entry"
    TARGET = "target"  # one of the earlier targets: a reduce-only limit order
    CLOSE = "close"  # of a whole leg
    REDUCE = "reduce"  # of a part of a leg
    CANCEL = "cancel"
    AMEND = "amend"
    STOP = "stop"  # trading-stop
    LEVERAGE = "leverage"


ORDER_KINDS: Final = frozenset({IntentKind.ENTRY, IntentKind.TARGET, IntentKind.CLOSE, IntentKind.REDUCE})
"""Kinds of intents whose request is an order."""
CLOSES: Final = frozenset({IntentKind.CLOSE, IntentKind.REDUCE})
"""Kinds that somebody asked for to close a leg, or a part of it."""


class IntentState(StrEnum):
    """Where a request stands. Orders use all but DONE and REFUSED.

    The other requests use these two, INTENT, SENDING, UNKNOWN and ABANDONED.
    """

    INTENT = "intent"  # written, not sent
    SENDING = "sending"
    ACKNOWLEDGED = "acknowledged"
    UNTRIGGERED = "untriggered"
    OPEN = "open"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"  # may carry a filled quantity
    REJECTED = "rejected"  # may, too
    UNKNOWN = "unknown"
    NOT_PLACED = "not_placed"  # asked for long enough: it never came to be
    ABANDONED = "abandoned"  # never sent
    DONE = "done"
    REFUSED = "refused"


LIVE: Final = frozenset(
    {
        IntentState.INTENT,
        IntentState.SENDING,
        IntentState.ACKNOWLEDGED,
        IntentState.UNTRIGGERED,
        IntentState.OPEN,
        IntentState.PARTIALLY_FILLED,
        IntentState.UNKNOWN,
    }
)
"""States in which the exchange may still do something for it."""
UNSETTLED: Final = frozenset({IntentState.INTENT, IntentState.SENDING, IntentState.UNKNOWN})
"""States in which nobody knows yet whether it is at the exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntent:
    """A request to be written down. `request` of an order carries its orderLinkId, of the others `order_link_id` does.

    `idempotency_key` is unique: the same one twice is one intent. `remaining`: what a partial close is to leave.
    `card_price`: what the card promised at worst, for the slippage. `good_until`: not sent any more after that moment.
    `tapped_ts`: when its confirmation was taken up; None: nobody tapped.
    """

    kind: IntentKind
    leg: LegKey
    user_id: UserId
    plan_id: int | None
    order_link_id: OrderLinkId
    request: AnyRequest
    idempotency_key: str
    target_number: int | None = None
    remaining: Decimal | None = None
    card_price: Decimal | None = None
    good_until: Millis | None = None
    exit_reason: ExitReason | None = None  # of what closes
    card: CardPlace | None = None  # the message that tells of it; None: the outbox does
    tapped_ts: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIntent:
    """A request as it is written down. `code` is Bybit's retCode of a refusal; `reason` its key in the texts.

    `is_told`: whoever asked for it has seen its last state.
    """

    intent_id: int
    kind: IntentKind
    state: IntentState
    leg: LegKey
    user_id: UserId
    plan_id: int | None
    order_link_id: OrderLinkId
    request: AnyRequest
    target_number: int | None
    remaining: Decimal | None
    card_price: Decimal | None
    good_until: Millis | None
    exit_reason: ExitReason | None
    card: CardPlace | None
    order_id: str
    cum_exec_qty: Decimal
    avg_price: Decimal | None
    fills_qty: Decimal  # of the executions that are booked: "filled" is said when it equals cum_exec_qty
    code: int | None
    reason: str
    is_told: bool
    created_ts: Millis
    sent_ts: Millis | None
    acknowledged_ts: Millis | None
    final_ts: Millis | None

    @property
    def is_live(self) -> bool:
        """Whether the exchange may still do something for it."""
        return self.state in LIVE

    @property
    def is_order(self) -> bool:
        return isinstance(self.request, OrderRequest)

    @property
    def is_counting(self) -> bool:
        """Whether the exchange speaks of fills that have not come yet."""
        return self.fills_qty < self.cum_exec_qty


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedTrade:
    """One closing order: average cost of what it closed, fees of both ways, and why. Money in the quote coin."""

    account_id: AccountId
    user_id: UserId
    plan_id: int | None
    order_id: str
    order_link_id: OrderLinkId
    category: Category
    symbol: Symbol
    position_idx: int
    side: Side  # of the position
    qty: Decimal
    avg_entry_price: Decimal
    avg_exit_price: Decimal
    pnl: Decimal  # after both fees
    open_fee: Decimal
    close_fee: Decimal
    fee_currency: str
    exit_reason: ExitReason
    slippage: Decimal | None  # against the card, in the quote coin; positive is worse
    opened_ts: Millis
    closed_ts: Millis
    funding: Decimal = Decimal(0)  # that was paid for holding it, negative where more was got; not in `pnl`

    @property
    def leg(self) -> LegKey:
        return LegKey(
            account_id=self.account_id, category=self.category, symbol=self.symbol, position_idx=self.position_idx
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedTrade:
    """A plan with everything that was done for it, as screens show it. `position` None: flat, or not known yet."""

    plan: TradePlan
    intents: tuple[OrderIntent, ...]  # oldest first
    position: Position | None
    closed: tuple[ClosedTrade, ...] = ()

    @property
    def version(self) -> int:
        """Grows with every change of the plan and of its intents: a card that shows the same one is up to date."""
        return self.plan.version
