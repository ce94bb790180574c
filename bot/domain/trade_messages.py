"""Messages of trading that must arrive: fills, stops, closes, disagreements. They ring.

Every one names the account, those of a leg the symbol, too; `plan_id` 0: no plan of ours. Prices in the quote coin,
quantities in the base coin.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.chat import Merging, OutboxPayload
from bot.domain.ids import AccountId, Symbol
from bot.domain.legs import BriefOrder
from bot.domain.notices import NoticeKind
from bot.domain.orders import TriggerBy
from bot.domain.portfolio import Side
from bot.domain.trade_plans import ExitReason, IntentKind, IntentState

_ALARMING: Final = frozenset({ExitReason.LIQUIDATION, ExitReason.ADL, ExitReason.EMERGENCY})
_STOPS: Final = frozenset({ExitReason.STOP, ExitReason.TRAILING})


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeMessage(OutboxPayload):
    """A message about a leg; `account_type` and `account_number` name the account, as it is read without its config.

    `reply_to`: the message that shows its plan, in the owner's own chat; 0: there is none. `tick`: the step of the
    symbol's prices, 0: it was not known.
    """

    account_id: AccountId
    symbol: Symbol
    account_type: AccountType = AccountType.PAPER
    account_number: int = 1
    position_idx: int = 0
    plan_id: int = 0
    reply_to: int = 0
    tick: Decimal = Decimal(0)

    @property
    def thread(self) -> str:
        """Its leg: what is told of it within seconds may become one message."""
        return f"{self.account_id}:{self.symbol}:{self.position_idx}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMessage(TradeMessage):
    """What became of an entry that no card told of: filled, wholly or in part, refused, or never sent."""

    KIND = "trade-entry"
    NOTICE = NoticeKind.ENTRIES

    side: Side
    qty: Decimal  # that was asked for
    filled: Decimal
    state: IntentState
    avg_price: Decimal | None = None
    reason: str = ""  # key of the texts
    code: int = 0  # Bybit's, of a refusal
    intent_id: int = 0  # 0: of a message that was written before it was kept

    def merging(self) -> Merging:
        """Entries of one leg are told together."""
        return Merging(thread=self.thread, joins=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedMessage(TradeMessage):
    """A position was closed or lessened. `remaining`: what is left of it.

    `whole`: after all costs, of the trade's `closes` together, where the last of several ended it. `target`: which of
    several targets was reached, 0: none, or the only one.
    """

    KIND = "trade-closed"
    NOTICE = NoticeKind.EXITS

    side: Side  # of the position
    qty: Decimal
    avg_entry_price: Decimal
    avg_exit_price: Decimal
    pnl: Decimal  # after both fees
    fees: Decimal
    exit_reason: ExitReason
    remaining: Decimal
    order_id: str
    slippage: Decimal | None = None
    funding: Decimal = Decimal(0)  # paid; not in `pnl`
    whole: Decimal | None = None
    closes: int = 0
    target: int = 0

    def notice(self) -> NoticeKind:
        """Of a target, and of a close that leaves a part open; of a stop or an end; or of an alarm."""
        if self.exit_reason in _ALARMING:
            return NoticeKind.ALARMS
        is_step = self.exit_reason is ExitReason.TARGET or (self.remaining > 0 and self.exit_reason not in _STOPS)
        return NoticeKind.TARGETS if is_step else self.NOTICE

    def merging(self) -> Merging:
        """The fills of one order are told together: each message says what they come to."""
        return Merging(thread=self.thread, subject=self.order_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRefusedMessage(TradeMessage):
    """A close, a stop or a target that the exchange does not take."""

    KIND = "trade-exit-refused"
    NOTICE = NoticeKind.ALARMS

    intent: IntentKind
    state: IntentState
    reason: str = ""
    code: int = 0
    target: int = 0  # the number of a target, 0: it is none
    blocking: tuple[BriefOrder, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StopMissingMessage(TradeMessage):
    """A position stands without the stop that was promised; it is being set."""

    KIND = "trade-stop-missing"
    NOTICE = NoticeKind.ALARMS

    side: Side
    stop: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StopChangedMessage(TradeMessage):
    """Stop, take profit or trailing stop are not as promised, by somebody else's doing: nothing is put back.

    None: there is none.
    What sets them off is said where it is another one than was promised.
    """

    KIND = "trade-stop-changed"
    NOTICE = NoticeKind.ALARMS

    side: Side
    disagreement_id: int = 0  # 0: it has no row
    stop: Decimal | None = None  # promised
    stop_seen: Decimal | None = None
    stop_by: TriggerBy | None = None
    stop_by_seen: TriggerBy | None = None
    take_profit: Decimal | None = None
    take_profit_seen: Decimal | None = None
    take_profit_by: TriggerBy | None = None
    take_profit_by_seen: TriggerBy | None = None
    trailing: Decimal | None = None  # promised distance
    trailing_seen: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGoneMessage(TradeMessage):
    """The order of a target was moved or canceled by somebody else, or the exchange has not taken it.

    `price_seen`: where it stands; None: nowhere.
    """

    KIND = "trade-target-gone"
    NOTICE = NoticeKind.ALARMS

    number: int
    price: Decimal
    price_seen: Decimal | None = None
    disagreement_id: int = 0
    is_refused: bool = False
    reason: str = ""  # of a refusal: key of the texts
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakevenMessage(TradeMessage):
    """After the first target the stop goes to `stop`; None: the price is beyond it already, the old stop stays."""

    KIND = "trade-breakeven"
    NOTICE = NoticeKind.TARGETS

    stop: Decimal | None = None

    def notice(self) -> NoticeKind:
        """A stop that could not follow is an alarm."""
        return NoticeKind.ALARMS if self.stop is None else self.NOTICE

    def merging(self) -> Merging | None:
        """With the target that it follows, unless it is an alarm."""
        return None if self.stop is None else Merging(thread=self.thread, joins=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegForeignMessage(TradeMessage):
    """A leg holds more than was opened from here, or stands the other way: its targets and resting entries pause.

    `turned_to`: which way, where it is not the one that was opened here.
    """

    KIND = "trade-leg-foreign"
    NOTICE = NoticeKind.ALARMS

    ours: Decimal
    size: Decimal
    disagreement_id: int = 0
    turned_to: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionGoneMessage(TradeMessage):
    """A managed position does not stand any more, and no trade is known that closed it."""

    KIND = "trade-position-gone"
    NOTICE = NoticeKind.ALARMS


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOrderMessage(TradeMessage):
    """An order or a position of ours that the database did not know: a backup was restored. Targets are not known."""

    KIND = "trade-found"
    NOTICE = NoticeKind.ALARMS

    disagreement_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginModeMessage(OutboxPayload):
    """The margin mode of an account with something open was switched elsewhere; both in Bybit's words."""

    KIND = "trade-margin-mode"
    NOTICE = NoticeKind.ALARMS

    account_id: AccountId
    account_type: AccountType
    account_number: int = 1
    before: str
    after: str
