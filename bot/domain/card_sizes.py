"""How much an order is: sizes as people say them as quantities on the step, and targets as shares of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.card_formulas import ZERO, ceil_to, floor_to, part_of
from bot.domain.market import Instrument
from bot.domain.order_drafts import OrderSize, SizeKind

_PERCENT: Final = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRisk:
    """One entry of an order as sizing sees it. `loss`: of one unit at the stop, or at the liquidation; both fees."""

    price: Decimal
    loss: Decimal | None


def wanted_qty(size: OrderSize, entries: Sequence[EntryRisk], account_value: Decimal) -> Decimal | None:
    """The quantity of all entries together, each the same, before it is rounded; at the worst prices.

    None: by risk, and what would be lost is not known.
    """
    if size.kind is SizeKind.QTY:
        return size.amount
    count = len(entries)
    price = sum((each.price for each in entries), ZERO) / count
    if size.kind is SizeKind.VALUE:
        return size.amount / price
    money = account_value * size.amount / _PERCENT
    if size.kind is SizeKind.EQUITY:
        return money / price
    losses = [each.loss for each in entries]
    known = [each for each in losses if each is not None and each > 0]
    return money * count / sum(known, ZERO) if len(known) == count else None


def least_qty(instrument: Instrument, price: Decimal) -> Decimal:
    """The smallest order that the exchange takes at that price."""
    step = instrument.qty_step
    least = ceil_to(instrument.min_order_qty or step, step)
    if instrument.min_notional is not None and price > 0:
        least = max(least, ceil_to(instrument.min_notional / price, step))
    return least


def even_qty(total: Decimal, count: int, step: Decimal) -> Decimal:
    """What each of so many entries gets: never more together than `total`."""
    return floor_to(total / count, step)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTarget:
    """A target with its quantity. `joined`: how many wanted targets came together in it."""

    price: Decimal
    share: Decimal  # of the whole, 0 … 1
    qty: Decimal
    joined: int = 1


def shared(wanted: Sequence[SharedTarget], whole: Decimal, instrument: Instrument) -> tuple[SharedTarget, ...]:
    """Quantities for targets, nearest first: floored to the step, the rest to the last.

    A share under the minimum joins the next; the last one is held by the exchange for the whole position, so that it
    has no minimum, but something has to be left for it: else it takes the place of the one before.
    """
    step = instrument.qty_step
    done: list[SharedTarget] = []
    left, carried, joined = whole, ZERO, 0
    for target in wanted[:-1]:
        share = target.share + carried
        qty = floor_to(part_of(whole, share), step)
        if qty < least_qty(instrument, target.price) or qty >= left:
            carried, joined = share, joined + 1
            continue
        done.append(replace(target, share=share, qty=qty, joined=joined + 1))
        left, carried, joined = left - qty, ZERO, 0
    if wanted:
        last = wanted[-1]
        done.append(replace(last, share=last.share + carried, qty=left, joined=joined + 1))
    return tuple(done)
