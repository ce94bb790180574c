"""The consequence card: every number that a person sees before an order is sent, and what of it is confirmed.

Money is in the quote coin (USDT); `*_percent` are of the account value, as people say them (0.3 is 0.3 %).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain.errors import UserFacing
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.market import Instrument
from bot.domain.order_drafts import OrderDraft
from bot.domain.orders import MarginMode, TriggerBy
from bot.domain.portfolio import NO_LINK_ID, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One entry order: `price` is the worst one it may be filled at; a market entry is a limit IOC at that price."""

    qty: Decimal
    price: Decimal
    is_market: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLine:
    """One target: what is closed there and what that brings after fees."""

    number: int
    price: Decimal
    qty: Decimal
    share: Decimal  # of the whole, 0 … 1
    gain: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNote:
    """A sentence of the expandable part, or a reason why the order can't be sent: `key` of the texts, its values.

    `cure`: what a button beside a refusal does ("leverage:3", "stop:62000.5", "size:0.001", "license"), "" for none.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict, repr=False)
    cure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCard:
    """Everything the card shows. `refusals` not empty: there is nothing to confirm."""

    draft: OrderDraft
    instrument: Instrument
    account_value: Decimal
    position_idx: int
    entries: tuple[EntryLine, ...]
    bid: Decimal
    ask: Decimal
    stop: Decimal | None
    stop_trigger_by: TriggerBy
    stop_before: Decimal | None  # of the leg this adds to, where it is another one
    trailing: Decimal | None  # how far a stop is to follow the best price, beside the stop
    targets: tuple[TargetLine, ...]
    loss_at_stop: Decimal | None  # with fees, > 0; without a stop: to the liquidation; None: not known
    loss_percent: Decimal | None
    liquidation: Decimal | None
    is_liquidation_estimate: bool  # cross margin: of the whole account
    margin_mode: MarginMode
    leverage: Decimal  # that the order would have
    margin: Decimal  # that the entries need
    entry_fee: Decimal
    fee_rate: Decimal  # taker, a fraction
    is_standard_fee: bool
    funding_rate: Decimal | None
    next_funding_ts: Millis | None
    min_value: Decimal | None
    lowest_price: Decimal | None  # the exchange's price limits
    highest_price: Decimal | None
    positions_open: int
    positions_most: int | None
    loss_budget_left: Decimal | None
    notes: tuple[CardNote, ...]
    refusals: tuple[CardNote, ...]
    quoted_ts: Millis

    @property
    def qty(self) -> Decimal:
        """The quantity of all entries together, in the base coin."""
        return sum((each.qty for each in self.entries), Decimal(0))

    @property
    def value(self) -> Decimal:
        """Position value at the worst prices."""
        return sum((each.qty * each.price for each in self.entries), Decimal(0))

    def confirmed(self) -> "ConfirmedCard":
        """What a tap on [Confirm] agrees to."""
        return ConfirmedCard(
            account_id=self.draft.account_id,
            symbol=self.draft.symbol,
            side=self.draft.side,
            position_idx=self.position_idx,
            qtys=tuple(each.qty for each in self.entries),
            prices=tuple(each.price for each in self.entries),
            is_market=any(each.is_market for each in self.entries),
            stop=self.stop,
            stop_trigger_by=self.stop_trigger_by,
            target_prices=tuple(each.price for each in self.targets),
            target_shares=tuple(each.share for each in self.targets),
            breakeven=self.draft.breakeven,
            trailing=self.trailing,
            leverage=self.leverage,
            margin_mode=self.margin_mode,
            fee_rate=self.fee_rate,
            quoted_ts=self.quoted_ts,
            touch=self.ask if self.draft.side is Side.BUY else self.bid,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedCard:
    """The numbers a person agreed to; nothing beyond them is done."""

    account_id: AccountId
    symbol: Symbol
    side: Side
    position_idx: int
    qtys: tuple[Decimal, ...]
    prices: tuple[Decimal, ...]
    is_market: bool
    stop: Decimal | None
    stop_trigger_by: TriggerBy
    target_prices: tuple[Decimal, ...]
    target_shares: tuple[Decimal, ...]
    breakeven: bool
    leverage: Decimal
    margin_mode: MarginMode
    fee_rate: Decimal
    quoted_ts: Millis
    touch: Decimal | None = None  # the market's price that the card showed; None: it is of an older button
    trailing: Decimal | None = None
    replaces: OrderLinkId = NO_LINK_ID  # of a resting entry that becomes this one, and is not counted besides


class CardOutdated(UserFacing):
    """The price is older than a card may be, or has moved beyond it: nothing was sent, a new card is wanted."""


class EntryRefused(UserFacing):
    """A rule stands against the entry; `cure` as in CardNote."""

    def __init__(self, key: str, *, cure: str = "", **values: object) -> None:
        super().__init__(key, **values)
        self.cure = cure
