"""What is known of one order from its tap on: moments, fills, what they cost, and the ids by which it is found."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.orders import OrderRequest, TimeInForce, direction
from bot.domain.patience import BYBIT
from bot.domain.portfolio import Execution, Order, Side
from bot.domain.trade_plans import CLOSES, ClosedTrade, IntentKind, IntentState, OrderIntent, TradePlan


class StepKind(StrEnum):
    """What happened to an order at a moment."""

    TAPPED = "tapped"  # its confirmation was taken up
    WRITTEN = "written"  # its row, before it was sent
    PLACED = "placed"  # by the exchange's word: of orders of which nothing is written here
    SENT = "sent"
    UNKNOWN = "unknown"  # no answer said what became of it
    SETTLED = "settled"  # … until then
    ACCEPTED = "accepted"
    FILLED = "filled"  # one fill
    ENDED = "ended"  # canceled, refused, or given up
    STOP_SEEN = "stop-seen"  # the leg's stop, at the exchange, after the fills
    TARGET = "target"  # an earlier target of the same trade was filled


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptStep:
    """A moment of an order; `fill` of FILLED, `number` of TARGET. Fills are dated by the exchange's clock."""

    kind: StepKind
    ts: Millis
    fill: Execution | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMarks:
    """What is written of an intent beside its states. `touch`: the market's price that its card showed.

    `questions` about it that the exchange has answered.
    """

    tapped_ts: Millis | None = None
    touch: Decimal | None = None
    request_id: str = ""
    unknown_ts: Millis | None = None
    settled_ts: Millis | None = None
    questions: int = 0
    stop_seen_ts: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slippage:
    """What an order got worse than the price that was shown or promised, in the quote coin; negative is better.

    `fraction`: of the value at that price.
    """

    money: Decimal
    fraction: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One order. Everything may be absent but its account and symbol: rows are kept for different times.

    `intent` None: it was not asked for from here. `order`: as it rests, or rested when the exchange was last asked.
    `siblings`: the orders of the same trade, oldest first, this one among them. `prices`: those that its owner has
    changed it to, each with the moment of that, oldest first.
    """

    account_id: AccountId
    symbol: Symbol
    order_id: str
    order_link_id: OrderLinkId
    intent: OrderIntent | None
    marks: OrderMarks
    fills: tuple[Execution, ...]
    closed: ClosedTrade | None
    order: Order | None
    plan: TradePlan | None
    siblings: tuple[OrderIntent, ...] = ()
    prices: tuple[tuple[Millis, Decimal], ...] = ()

    @property
    def side(self) -> Side | None:
        """Of the order; None: nothing that is kept says it."""
        if self.intent is not None and isinstance(self.intent.request, OrderRequest):
            return self.intent.request.side
        sides = [each.side for each in self.fills] + ([] if self.order is None else [self.order.side])
        return sides[0] if sides else None

    @property
    def qty(self) -> Decimal | None:
        """What was asked for; None: all that stood, or not known."""
        if self.intent is not None and isinstance(self.intent.request, OrderRequest):
            return self.intent.request.qty or None
        return None if self.order is None else self.order.qty or None

    @property
    def filled(self) -> Decimal:
        """By the fills that are booked; of an intent whose fills are not kept any more, what the exchange said."""
        said = Decimal(0) if self.intent is None else self.intent.cum_exec_qty
        return sum((each.exec_qty for each in self.fills), Decimal(0)) or said

    @property
    def average(self) -> Decimal | None:
        priced = [(each.exec_price, each.exec_qty) for each in self.fills if each.exec_price is not None]
        qty = sum((qty for _, qty in priced), Decimal(0))
        if qty:
            return sum((price * qty for price, qty in priced), Decimal(0)) / qty
        return None if self.intent is None else self.intent.avg_price

    @property
    def fees(self) -> tuple[tuple[str, Decimal], ...]:
        """By coin; negative is a rebate."""
        found: dict[str, Decimal] = {}
        for each in self.fills:
            if each.exec_fee is not None:
                found[each.fee_currency] = found.get(each.fee_currency, Decimal(0)) + each.exec_fee
        return tuple(sorted(found.items()))

    @property
    def began(self) -> Millis | None:
        """The moment that the others are counted from."""
        steps = self.steps
        return steps[0].ts if steps else None

    @property
    def steps(self) -> tuple[ReceiptStep, ...]:
        """Its moments from the first one on, in their order; those that are not known are left out."""
        found = [*_begin(self), *_fills(self), *_end(self)]
        return (*found[:1], *sorted(found[1:], key=lambda each: each.ts))

    @property
    def slippage(self) -> Slippage | None:
        """Of entries against the market's price on the card, of limits and closes against the price that was shown.

        None: nothing was filled, or no price was shown or promised before.
        """
        price, average, side = self._expected, self.average, self.side
        if price is None or average is None or side is None or not self.filled:
            return None
        money = (average - price) * self.filled * direction(side)
        return Slippage(money=money, fraction=money / (price * self.filled), price=price)

    @property
    def _expected(self) -> Decimal | None:
        intent, closed = self.intent, self.closed
        if intent is not None and isinstance(intent.request, OrderRequest):
            if intent.kind in CLOSES:
                return intent.card_price
            is_at_market = intent.request.time_in_force is TimeInForce.IOC  # whose own price is the worst allowed
            return self.marks.touch if is_at_market else self._agreed(intent.card_price, intent.request.price)
        if closed is None or closed.slippage is None or not closed.qty:
            return None
        return closed.avg_exit_price + closed.slippage / closed.qty * direction(closed.side)

    def _agreed(self, first: Decimal | None, last: Decimal | None) -> Decimal | None:
        """The price of a limit order; of one that was edited between fills the mean of what stood when they came."""
        if first is None or last is None or not self.fills:
            return last
        prices = [(Millis(0), first), *self.prices]
        worth = sum(
            (each.exec_qty * [price for ts, price in prices if ts <= (each.exec_ts or ts)][-1] for each in self.fills),
            Decimal(0),
        )
        return worth / sum((each.exec_qty for each in self.fills), Decimal(0))


def _begin(receipt: Receipt) -> list[ReceiptStep]:
    intent, marks = receipt.intent, receipt.marks
    if intent is None:
        placed = None if receipt.order is None else receipt.order.created_ts
        return [] if placed is None else [ReceiptStep(kind=StepKind.PLACED, ts=placed)]
    moments = (
        (StepKind.TAPPED, marks.tapped_ts),
        (StepKind.WRITTEN, intent.created_ts),
        (StepKind.SENT, intent.sent_ts),
        (StepKind.UNKNOWN, marks.unknown_ts),
        (StepKind.SETTLED, marks.settled_ts),
        (StepKind.ACCEPTED, accepted_ts(intent)),
    )
    return [ReceiptStep(kind=kind, ts=ts) for kind, ts in moments if ts is not None]


def accepted_ts(intent: OrderIntent) -> Millis | None:
    """When the exchange accepted it; None: it did not, or nobody saw when.

    It accepts what was sent within its recv_window alone: what was known only later, after a restart or a lost answer,
    was found by asking, and that moment would stand behind the order's own fills.
    """
    known, sent = intent.acknowledged_ts, intent.sent_ts
    if known is None or not (intent.order_id or intent.cum_exec_qty):  # a refusal is noted as an answer, too
        return None
    return known if sent is None or known - sent <= BYBIT.recv_window else None


def _fills(receipt: Receipt) -> list[ReceiptStep]:
    dated = ((each.exec_ts, each) for each in receipt.fills)
    return [ReceiptStep(kind=StepKind.FILLED, ts=ts, fill=each) for ts, each in dated if ts is not None]


def _end(receipt: Receipt) -> list[ReceiptStep]:
    intent, found = receipt.intent, list[ReceiptStep]()
    if intent is None:
        return found
    is_filled = intent.state is IntentState.FILLED
    if intent.final_ts is not None and (not is_filled or not receipt.fills):
        found.append(ReceiptStep(kind=StepKind.FILLED if is_filled else StepKind.ENDED, ts=intent.final_ts))
    if receipt.marks.stop_seen_ts is not None:
        found.append(ReceiptStep(kind=StepKind.STOP_SEEN, ts=receipt.marks.stop_seen_ts))
    if intent.kind is IntentKind.ENTRY:
        found += [
            ReceiptStep(kind=StepKind.TARGET, ts=each.final_ts, number=each.target_number or 0)
            for each in receipt.siblings
            if each.kind is IntentKind.TARGET and each.state is IntentState.FILLED
            if each.final_ts is not None and each.final_ts >= intent.created_ts  # earlier ones are of another entry
        ]
    return found
