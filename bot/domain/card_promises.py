"""What cards promised and what happened: of entries price, worst price and fee, of stops the loss.

A card is right where the fill was no worse than its worst price, the fee no more than it said, the loss at the stop no
more than it said. What a card said is kept from the moment of its confirmation; of what is not kept nobody knows.
Money in the quote coin, positive is worse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain import card_formulas as formulas
from bot.domain.ids import Millis, Symbol
from bot.domain.orders import direction
from bot.domain.portfolio import Side
from bot.domain.symbol_names import quote_of
from bot.domain.trade_plans import ExitReason

ZERO: Final = Decimal(0)
_ONE: Final = Decimal(1)
_AT_A_STOP: Final = frozenset({ExitReason.STOP, ExitReason.LIQUIDATION, ExitReason.EMERGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFill:
    """A fill of an entry order, and what its card said. None: that was not kept; of `stop`: the card had none.

    `worst`: the price that no fill may be beyond; `touch`: the market's, as the card showed it; `fee_rate` a fraction.
    """

    intent_id: int
    plan_id: int | None
    symbol: Symbol
    side: Side
    price: Decimal
    qty: Decimal
    fee: Decimal
    ts: Millis
    is_market: bool
    worst: Decimal | None
    touch: Decimal | None
    fee_rate: Decimal | None
    stop: Decimal | None
    fee_coin: str = ""  # "": the quote coin

    @property
    def slippage(self) -> Decimal | None:
        """Against the market's price on the card; None for a limit order, which named its own price."""
        if not self.is_market or self.touch is None:
            return None
        return (self.price - self.touch) * self.qty * direction(self.side)

    @property
    def is_within(self) -> bool | None:
        """Whether it was filled at the worst price of the card or better."""
        if self.worst is None:
            return None
        return (self.price - self.worst) * direction(self.side) <= 0

    @property
    def fee_said(self) -> Decimal | None:
        """What the card said that it would cost at most; None, too, where it was paid in another coin."""
        if self.fee_rate is None or self.worst is None or self.fee_coin not in {"", quote_of(self.symbol)}:
            return None
        touch = self.worst if self.touch is None else self.touch
        return formulas.fee(self.qty, formulas.fee_price(self.side, self.worst, touch), self.fee_rate)

    @property
    def loss_said(self) -> Decimal | None:
        """What the card said that this part would lose at its stop, both fees within."""
        if self.fee_rate is None or self.worst is None or self.stop is None:
            return None
        return -formulas.result(self.side, self.qty, self.worst, self.stop, self.fee_rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class StopClose:
    """A close at a stop, or of a position that had one. `stop`: of its plan at the end; `slippage` against it.

    `loss` after the fees of both ways, negative where it brought something; funding is in no card and not in it.
    """

    plan_id: int | None
    exit_reason: ExitReason
    symbol: Symbol
    qty: Decimal
    loss: Decimal
    slippage: Decimal | None
    stop: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTruth:
    """What came of the positions that reached their stop. `held`: closed by the stop; `reached`: these and the others.

    `loss_said` and `loss_came` are of the `compared` ones; `moved`: the stop stood elsewhere than on the card;
    `unknown`: what the card said was not kept.
    """

    reached: int = 0
    held: int = 0
    compared: int = 0
    within: int = 0  # lost no more than was said
    loss_said: Decimal = ZERO
    loss_came: Decimal = ZERO
    slippage: Decimal = ZERO
    moved: int = 0
    unknown: int = 0


def stop_truth(closes: Sequence[StopClose], entries: Mapping[int, Sequence[EntryFill]], coin: str) -> StopTruth:
    """Of closes of that coin; `entries` are the entry fills of their plans."""
    found = [each for each in closes if each.exit_reason in _AT_A_STOP and quote_of(each.symbol) == coin]
    held = [each for each in found if each.exit_reason is ExitReason.STOP]
    compared, moved, unknown = [], 0, 0
    for each in held:
        fills = () if each.plan_id is None else entries.get(each.plan_id, ())
        said = _loss_said(each, fills)
        if said is not None:
            compared.append((said, each.loss))
        elif _is_moved(each, fills):
            moved += 1
        else:
            unknown += 1
    return StopTruth(
        reached=len(found),
        held=len(held),
        compared=len(compared),
        within=sum(came <= said for said, came in compared),
        loss_said=sum((said for said, _ in compared), ZERO),
        loss_came=sum((came for _, came in compared), ZERO),
        slippage=sum((each.slippage for each in held if each.slippage is not None), ZERO),
        moved=moved,
        unknown=unknown,
    )


def _is_moved(close: StopClose, fills: Sequence[EntryFill]) -> bool:
    return close.stop is not None and any(each.stop != close.stop for each in fills)


def _loss_said(close: StopClose, fills: Sequence[EntryFill]) -> Decimal | None:
    """Its share of what the cards of its plan said; None where that is not known, or the stop was moved since."""
    losses = [each.loss_said for each in fills]
    known = [each for each in losses if each is not None]
    if not fills or len(known) != len(losses) or _is_moved(close, fills):
        return None
    whole = sum((each.qty for each in fills), ZERO)
    return sum(known, ZERO) * min(_ONE, close.qty / whole)
