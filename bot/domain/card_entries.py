"""The entries of a card: leverage, stop, prices and quantities, with what stands against them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.domain import card_formulas as formulas
from bot.domain.card_formulas import ZERO
from bot.domain.card_inputs import CardInputs, MarketNow
from bot.domain.card_levels import asked_stop
from bot.domain.card_sizes import EntryRisk, even_qty, least_qty, wanted_qty
from bot.domain.leg_rules import is_entry
from bot.domain.numbers import plain
from bot.domain.order_card import CardNote, EntryLine
from bot.domain.order_drafts import OrderSize, SizeKind
from bot.domain.orders import MarginMode, direction
from bot.domain.portfolio import Position, Side

_PERCENT = Decimal(100)
_SIX_DIGITS = Decimal("0.000001")
_CENT = Decimal("0.01")


@dataclass(slots=True, kw_only=True)
class Remarks:
    """What a card says besides its numbers, and what stands against it."""

    notes: list[CardNote] = field(default_factory=list)
    refusals: list[CardNote] = field(default_factory=list)

    def note(self, key: str, **values: object) -> None:
        self.notes.append(CardNote(key=key, values=values))

    def refuse(self, key: str, cure: str = "", **values: object) -> None:
        self.refusals.append(CardNote(key=key, values=values, cure=cure))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredOrder:
    """An order with its quantities. `reference`: what percents are counted from; `standing`: what it adds to."""

    inputs: CardInputs
    market: MarketNow
    leverage: Decimal
    standing: Position | None
    reference: Decimal
    stop: Decimal | None
    entries: tuple[EntryLine, ...]

    @property
    def qty(self) -> Decimal:
        return sum((each.qty for each in self.entries), ZERO)

    @property
    def price(self) -> Decimal:
        """What the entries cost on the whole, at worst."""
        return formulas.average([each.qty for each in self.entries], [each.price for each in self.entries])

    @property
    def value(self) -> Decimal:
        return self.qty * self.price


def entered(inputs: CardInputs, remarks: Remarks) -> EnteredOrder:
    """The entries of a draft at the prices of now. Raises BadInput for levels that can be none."""
    market = inputs.market()
    standing = _check_leg(inputs, remarks)
    leverage = _leverage(inputs, remarks)
    limits = _limit_prices(inputs, market, remarks)
    reference = sum(limits, ZERO) / len(limits) if limits else market.touch
    stop, is_default = asked_stop(inputs, reference)
    if stop is None:
        remarks.note("card-no-stop")
    elif is_default:
        remarks.note("card-stop-default", stop=stop, percent=inputs.defaults.stop_loss_percent)
    prices = limits or (_worst_price(inputs, market, stop, remarks),)
    entries = _sized(inputs, prices, stop, leverage, remarks)
    return EnteredOrder(
        inputs=inputs,
        market=market,
        leverage=leverage,
        standing=standing,
        reference=reference,
        stop=stop,
        entries=entries,
    )


def unit_loss(inputs: CardInputs, price: Decimal, stop: Decimal | None, leverage: Decimal) -> Decimal | None:
    """What one unit loses at the stop, without one by a liquidation, with both fees; None: nobody can say."""
    return unit_loss_of(inputs.draft.side, price, stop, leverage, inputs.settings.margin_mode, inputs.rate)


def unit_loss_of(
    side: Side, price: Decimal, stop: Decimal | None, leverage: Decimal, margin_mode: MarginMode, rate: Decimal
) -> Decimal | None:
    """The same of a card that was confirmed."""
    if stop is not None:
        return -formulas.result(side, Decimal(1), price, stop, rate)
    if margin_mode is MarginMode.ISOLATED:
        return formulas.isolated_loss(side, Decimal(1), price, leverage, rate)
    return None


def _check_leg(inputs: CardInputs, remarks: Remarks) -> Position | None:
    """What the entry adds to; an opposite entry in one-way mode would lessen it instead, and is refused."""
    draft, held = inputs.draft, inputs.standing
    if held is not None and held.side is not draft.side:
        remarks.refuse("card-opposite", symbol=draft.symbol, qty=held.size)
        return None
    own = [each for each in inputs.orders_here if each.position_idx == inputs.position_idx and is_entry(each)]
    opposite = [each for each in own if each.side is not draft.side]
    if opposite:
        remarks.refuse("card-opposite-resting", symbol=draft.symbol, count=len(opposite))
    if held is not None and not inputs.is_managed:
        remarks.refuse("card-foreign", symbol=draft.symbol, held=held.size)
    return held


def _leverage(inputs: CardInputs, remarks: Remarks) -> Decimal:
    """The one asked for, or the symbol's own. Refused above what the symbol allows, or where it would change others."""
    own = inputs.settings.leverage(inputs.draft.side)
    leverage = own if inputs.draft.leverage is None else Decimal(max(1, inputs.draft.leverage))
    most = inputs.tiers_of(inputs.draft.symbol)[0].max_leverage
    most = most if inputs.instrument.max_leverage is None else min(most, inputs.instrument.max_leverage)
    if leverage > most:
        remarks.refuse("card-leverage-too-high", f"leverage:{int(most)}", leverage=leverage, most=most)
    is_free = not inputs.positions_here and not any(is_entry(each) for each in inputs.orders_here)
    if leverage != own and is_free:
        remarks.note("card-leverage-set", own=own, leverage=leverage)
    elif leverage != own:
        remarks.refuse("card-leverage-in-use", f"leverage:{int(own)}", leverage=leverage, own=own)
    elif is_free and inputs.draft.leverage is None and own > (usual := inputs.defaults.leverage):
        remarks.note("card-leverage-own", own=own, leverage=Decimal(usual))
    return leverage


def _limit_prices(inputs: CardInputs, market: MarketNow, remarks: Remarks) -> tuple[Decimal, ...]:
    """Limit prices on the tick, never worse than asked for; () for a market entry."""
    side, tick = inputs.draft.side, inputs.instrument.tick_size
    prices = tuple(formulas.inwards(each, side, tick) for each in inputs.draft.limits)
    for asked, price in zip(inputs.draft.limits, prices, strict=True):
        if asked != price:
            remarks.note("card-price-rounded", price=price, tick=tick)
        if price <= 0:
            remarks.refuse("card-price-zero", tick=tick)
        if not market.allows(price):
            remarks.note("card-beyond-limits", price=price, limit_price=market.bound)
        elif (price - market.touch) * direction(side) >= 0:
            remarks.note("card-limit-crosses", price=price, touch_price=market.touch)
    return tuple(max(each, tick) for each in prices)


def _worst_price(inputs: CardInputs, market: MarketNow, stop: Decimal | None, remarks: Remarks) -> Decimal:
    """The limit of the IOC order that a market entry is."""
    side, tick = inputs.draft.side, inputs.instrument.tick_size
    is_behind = stop is not None and (market.touch - stop) * direction(side) > 0
    bound = stop if is_behind else None
    price = formulas.worst_price(side, market.touch, tick, stop=bound, lowest=market.lowest, highest=market.highest)
    if price is not None:
        return price
    alone = formulas.worst_price(side, market.touch, tick, stop=None, lowest=market.lowest, highest=market.highest)
    if alone is None:
        remarks.refuse("card-outside-limits", touch_price=market.touch, limit_price=market.bound)
    else:
        remarks.refuse("card-stop-too-near", stop=stop, touch_price=market.touch)
    return alone or formulas.inwards(market.touch, side, tick)


def _sized(
    inputs: CardInputs, prices: Sequence[Decimal], stop: Decimal | None, leverage: Decimal, remarks: Remarks
) -> tuple[EntryLine, ...]:
    """Quantities on the step, the same for every entry. Of one that is too small the smallest is shown, and refused."""
    instrument, count, is_market = inputs.instrument, len(prices), not inputs.draft.limits
    size = inputs.draft.size or OrderSize(SizeKind.RISK, inputs.defaults.risk_percent)
    risks = [EntryRisk(price=each, loss=unit_loss(inputs, each, stop, leverage)) for each in prices]
    is_most = size.kind is SizeKind.MAX
    wanted = _most(inputs, size, prices, leverage) if is_most else wanted_qty(size, risks, inputs.account_value)
    if wanted is None:
        remarks.refuse("card-risk-unknown")
    qty = even_qty(max(ZERO, wanted or ZERO), count, instrument.qty_step)
    least, most = max(least_qty(instrument, each) for each in prices), instrument.max_order_qty
    if qty < least:
        if wanted is not None:
            value = (least * sum(prices, ZERO)).quantize(_CENT)
            coin, cure = instrument.base_coin, f"size:{plain(least * count)}"
            remarks.refuse("card-too-small", cure, least=least * count, coin=coin, value=value)
        qty = least
    elif most is not None and qty > most:
        remarks.refuse("card-too-large", f"size:{plain(most * count)}", qty=qty * count, most=most * count)
    elif wanted is not None and not is_most and qty * count != wanted:
        rounded = wanted.quantize(_SIX_DIGITS).normalize()
        remarks.note("card-size-rounded", qty=qty * count, wanted=rounded, step=instrument.qty_step)
    return tuple(EntryLine(qty=qty, price=each, is_market=is_market) for each in prices)


def _most(inputs: CardInputs, size: OrderSize, prices: Sequence[Decimal], leverage: Decimal) -> Decimal:
    """The quantity that the free money is margin and fees for, or the exchange's largest order; or a share of that."""
    one = Decimal(1)
    costs = (formulas.order_cost(inputs.draft.side, one, each, leverage, inputs.rate) for each in prices)
    free = inputs.balance.total_available
    money = inputs.account_value if free is None else max(ZERO, free)
    found = money * len(prices) / sum(costs, ZERO)
    most = inputs.instrument.max_order_qty
    return (found if most is None else min(found, most * len(prices))) * size.amount / _PERCENT
