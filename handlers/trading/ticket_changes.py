"""What a choice makes of a ticket's draft."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.draft_fields import level_of
from bot.domain.errors import ButtonExpired
from bot.domain.ids import AccountId, Symbol
from bot.domain.market import Instrument, Ticker
from bot.domain.order_drafts import OrderDraft, PriceLevel, SizeKind
from bot.domain.orders import direction
from bot.domain.portfolio import Side
from bot.domain.tickets import size_of
from handlers.trading.ticket_codes import TicketPart

NONE: Final = "none"
AT_MARKET: Final = "market"
_PERCENT: Final = Decimal(100)


def chosen(draft: OrderDraft, part: TicketPart, value: str) -> OrderDraft:
    """The draft after a tap. Raises ButtonExpired for a value that no button of ours has."""
    choose = _CHOICES.get(part)
    if choose is None:
        raise ButtonExpired
    try:
        return choose(draft, value)
    except ValueError as tampered:
        raise ButtonExpired from tampered


def with_symbol(draft: OrderDraft, symbol: Symbol) -> OrderDraft:
    """Another coin: prices and quantities of the one before mean nothing there."""
    if symbol == draft.symbol:
        return draft
    size = draft.size if draft.size is None or draft.size.kind is not SizeKind.QTY else None
    return replace(_without_prices(draft), symbol=symbol, size=size)


def with_side(draft: OrderDraft, side: Side) -> OrderDraft:
    """The other way: prices lie on the wrong side then."""
    return draft if side is draft.side else replace(_without_prices(draft), side=side)


def with_stop(draft: OrderDraft, stop: PriceLevel | None) -> OrderDraft:
    return replace(draft, stop=stop, no_stop=stop is None)


def with_target(draft: OrderDraft, target: PriceLevel | None) -> OrderDraft:
    return replace(draft, targets=() if target is None else (target,), shares=(), no_target=target is None)


def with_entry(draft: OrderDraft, price: Decimal | None) -> OrderDraft:
    """A limit price; None is the market."""
    return replace(draft, limits=() if price is None else (price,))


def better_price(side: Side, percent: Decimal, ticker: Ticker, instrument: Instrument | None) -> Decimal:
    """So many percent better than the market: below it for a buy, above it for a sell; on the tick."""
    touch = (ticker.ask_price if side is Side.BUY else ticker.bid_price) or ticker.last_price
    price = touch * (1 - direction(side) * percent / _PERCENT)
    if instrument is None:
        return price.quantize(touch, rounding=ROUND_HALF_EVEN)
    return (price / instrument.tick_size).quantize(Decimal(1), rounding=ROUND_HALF_EVEN) * instrument.tick_size


def price_at(level: PriceLevel, base: Decimal, away: int) -> Decimal:
    """A level as a price, seen from an entry at `base`; `away`: 1 above it, -1 below it."""
    if level.price is not None:
        return level.price
    return base * (1 + away * (level.percent or Decimal(0)) / _PERCENT)


def stop_of(draft: OrderDraft, account: Account) -> PriceLevel | None:
    """The stop that the order would have: its own, or the settings'."""
    if draft.no_stop:
        return None
    return draft.stop or PriceLevel(percent=account.settings.stop_loss_percent)


def targets_of(draft: OrderDraft, account: Account) -> tuple[PriceLevel, ...]:
    """The targets that it would have."""
    if draft.no_target:
        return ()
    return draft.targets or (PriceLevel(percent=account.settings.take_profit_percent),)


def _without_prices(draft: OrderDraft) -> OrderDraft:
    """Distances in percent stay."""
    keeps_stop = draft.stop is None or draft.stop.price is None
    keeps_targets = all(each.price is None for each in draft.targets)
    return replace(
        draft,
        limits=(),
        stop=draft.stop if keeps_stop else None,
        targets=draft.targets if keeps_targets else (),
        shares=draft.shares if keeps_targets else (),
    )


def _level(value: str) -> PriceLevel | None:
    return None if value == NONE else level_of(value)


_CHOICES: Final[Mapping[TicketPart, Callable[[OrderDraft, str], OrderDraft]]] = {
    TicketPart.ACCOUNT: lambda draft, value: replace(draft, account_id=AccountId(int(value))),
    TicketPart.SYMBOL: lambda draft, value: with_symbol(draft, Symbol(value)),
    TicketPart.SIDE: lambda draft, value: with_side(draft, Side(value)),
    TicketPart.SIZE: lambda draft, value: replace(draft, size=size_of(value)),
    TicketPart.STOP: lambda draft, value: with_stop(draft, _level(value)),
    TicketPart.TARGET: lambda draft, value: with_target(draft, _level(value)),
    TicketPart.LEVERAGE: lambda draft, value: replace(draft, leverage=int(value)),
}
