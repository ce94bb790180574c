"""The consequence card: what a draft would come to, and every rule that stands against it.

Every number is at the worst price that the entries may be filled at, so that nothing turns out worse than it was shown.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain import card_formulas as formulas
from bot.domain.card_entries import EnteredOrder, Remarks, entered, unit_loss
from bot.domain.card_formulas import TOLERANCE, ZERO, Held
from bot.domain.card_inputs import CardInputs
from bot.domain.card_levels import asked_targets, asked_trailing
from bot.domain.card_sizes import SharedTarget, least_qty, shared
from bot.domain.leg_protection import TRAILING
from bot.domain.leg_rules import conditional_rows, wrong_side
from bot.domain.numbers import plain
from bot.domain.order_card import OrderCard, TargetLine
from bot.domain.orders import MOST_CONDITIONAL, MarginMode, TriggerBy, direction
from bot.domain.portfolio import Side
from bot.domain.risk_rules import EntryWish, RiskView, broken_rules, loss_budget, open_legs

_PERCENT: Final = Decimal(100)
_CENT: Final = Decimal("0.01")
_TRADING: Final = "Trading"
_ROWS_OF_A_LEG: Final = 2  # conditional rows that one more order may bring: its stop and its last target


def make_card(inputs: CardInputs) -> OrderCard:
    """The card of a draft. Raises BadInput for levels and shares that can be none."""
    remarks = Remarks()
    _check_symbol(inputs, remarks)
    order = entered(inputs, remarks)
    liquidation = _liquidation(order)
    _check_stop(order, liquidation, remarks)
    targets = _targets(order, remarks)
    _check_targets(order, targets, remarks)
    _check_waiting(order, targets, remarks)
    loss = _loss(order)
    margin = _margin(order, remarks)
    _check_rows(order, targets, remarks)
    _check_limits(order, loss, remarks)
    return _card(order, _Outcome(liquidation=liquidation, targets=targets, loss=loss, margin=margin), remarks)


def _check_symbol(inputs: CardInputs, remarks: Remarks) -> None:
    remarks.refusals.extend(inputs.stopped)
    if inputs.instrument.status not in {_TRADING, ""}:
        remarks.refuse("card-not-trading", symbol=inputs.draft.symbol)
    if inputs.balance.total_equity is None:
        remarks.refuse("card-value-unknown")


# --- what comes of it ------------------------------------------------------------------------------------------------


def _whole(order: EnteredOrder) -> tuple[Decimal, Decimal]:
    """Size and average price of the leg with every entry filled."""
    if order.standing is None:
        return order.qty, order.price
    own = order.standing.entry_price or order.standing.mark_price or order.price
    qtys = (order.qty, order.standing.size)
    return sum(qtys, ZERO), formulas.average(qtys, (order.price, own))


def _liquidation(order: EnteredOrder) -> Decimal | None:
    """On the tick, rounded so that it is not reached earlier than shown; None where a leg would be lessened."""
    inputs, side = order.inputs, order.inputs.draft.side
    if inputs.standing is not None and inputs.standing.side is not side:
        return None
    qty, price = _whole(order)
    tiers = inputs.tiers_of(inputs.draft.symbol)
    if inputs.settings.margin_mode is MarginMode.ISOLATED:
        found = formulas.isolated_liquidation(side, qty, price, order.leverage, tiers)
    else:
        found = formulas.cross_liquidation(_legs(order), _cross_margin(order), tiers)
    return None if found is None else formulas.outwards(found, side, inputs.instrument.tick_size)


def _legs(order: EnteredOrder) -> list[Held]:
    """Every leg of the symbol with the entries filled: the new one counts from its price, the others from the mark."""
    legs = [Held(side=order.inputs.draft.side, qty=order.qty, price=order.price)]
    mark = order.market.mark
    return legs + [Held(side=each.side, qty=each.size, price=mark) for each in order.inputs.positions_here]


def _cross_margin(order: EnteredOrder) -> Decimal:
    """What the account is worth after the entry fee, less what its other symbols need."""
    inputs = order.inputs
    needed = ZERO
    for each in inputs.positions_elsewhere:
        price = each.mark_price or each.entry_price or ZERO
        needed += formulas.maintenance(each.size, price, inputs.tiers_of(each.symbol))
    return inputs.account_value - _entry_fee(order) - needed


def _entry_fee(order: EnteredOrder) -> Decimal:
    """At most: a sell may be filled higher than at its worst price, and pays more for that."""
    side, touch, rate = order.inputs.draft.side, order.market.touch, order.inputs.rate
    fees = (formulas.fee(each.qty, formulas.fee_price(side, each.price, touch), rate) for each in order.entries)
    return sum(fees, ZERO)


def _loss(order: EnteredOrder) -> Decimal | None:
    """Of the entries at the stop, without one by a liquidation, fees within; never below 0. None: nobody can say."""
    total = ZERO
    for each in order.entries:
        loss = unit_loss(order.inputs, each.price, order.stop, order.leverage)
        if loss is None:
            return None
        total += each.qty * loss
    return max(ZERO, total)


def _held_loss(order: EnteredOrder) -> Decimal | None:
    """Of what it adds to, at the same stop; below 0 where that lies in the profit. None: nobody can say."""
    if order.standing is None:
        return ZERO
    own = order.standing.entry_price
    loss = None if own is None else unit_loss(order.inputs, own, order.stop, order.leverage)
    return None if loss is None else loss * order.standing.size


# --- the stop and the targets ----------------------------------------------------------------------------------------


def _check_stop(order: EnteredOrder, liquidation: Decimal | None, remarks: Remarks) -> None:
    """On the losing side of every entry and of the market, and reached well before the liquidation."""
    inputs, stop = order.inputs, order.stop
    if stop is None:
        return
    side, way = inputs.draft.side, direction(inputs.draft.side)
    prices = [each.price for each in order.entries]
    if not inputs.draft.limits or order.standing is not None:
        prices.append(order.market.touch)
    if any((price - stop) * way <= 0 for price in prices):
        key = "card-stop-above" if side is Side.BUY else "card-stop-below"
        remarks.refuse(key, stop=stop, price=min(prices) if side is Side.BUY else max(prices))
        return
    if liquidation is None:
        return
    nearest = formulas.outwards(liquidation * (1 + way * TOLERANCE), side, inputs.instrument.tick_size)
    if (stop - nearest) * way < 0:
        remarks.refuse("card-stop-beyond-liquidation", f"stop:{plain(nearest)}", stop=stop, liquidation=liquidation)
        lower = _safe_leverage(order, stop)
        if lower is not None and order.standing is None:
            remarks.refuse("card-lower-leverage", f"leverage:{lower}", leverage=lower)


def _safe_leverage(order: EnteredOrder, stop: Decimal) -> int | None:
    """The highest whole leverage at which the liquidation lies well behind the stop; None: none, or cross margin."""
    inputs, side = order.inputs, order.inputs.draft.side
    if inputs.settings.margin_mode is not MarginMode.ISOLATED:
        return None
    tiers = inputs.tiers_of(inputs.draft.symbol)
    for leverage in range(int(order.leverage), 0, -1):
        found = formulas.isolated_liquidation(side, order.qty, order.price, Decimal(leverage), tiers)
        if found is None or (stop - found * (1 + direction(side) * TOLERANCE)) * direction(side) > 0:
            return leverage if leverage < order.leverage else None
    return None


def _targets(order: EnteredOrder, remarks: Remarks) -> tuple[TargetLine, ...]:
    """Targets of the whole leg, each with what it brings after fees."""
    inputs = order.inputs
    wanted = asked_targets(inputs, order.reference)
    qty, price = _whole(order)
    found = shared(wanted, qty, inputs.instrument)
    for each in found:
        if each.joined > 1:
            remarks.note("card-target-joined", target=each.price, count=each.joined)
    return tuple(_target(inputs, number, each, price) for number, each in enumerate(found, 1))


def _target(inputs: CardInputs, number: int, target: SharedTarget, price: Decimal) -> TargetLine:
    gain = formulas.result(inputs.draft.side, target.qty, price, target.price, inputs.rate)
    return TargetLine(number=number, price=target.price, qty=target.qty, share=target.share, gain=gain)


def _check_targets(order: EnteredOrder, targets: tuple[TargetLine, ...], remarks: Remarks) -> None:
    """On the winning side of every entry and of the market."""
    way, side = direction(order.inputs.draft.side), order.inputs.draft.side
    prices = [*(each.price for each in order.entries), order.market.touch]
    if order.inputs.draft.limits and order.standing is None:
        prices.pop()
    for each in targets:
        if any((each.price - price) * way <= 0 for price in prices):
            key = "card-target-below" if side is Side.BUY else "card-target-above"
            remarks.refuse(key, target=each.price, price=max(prices) if side is Side.BUY else min(prices))
            return


def _check_waiting(order: EnteredOrder, targets: tuple[TargetLine, ...], remarks: Remarks) -> None:
    """The entries of the leg that wait are filled with the same stop and targets."""
    found = wrong_side(order.inputs.draft.side, order.inputs.waiting, order.stop, (each.price for each in targets))
    if found is not None:
        level, price = found
        remarks.refuse("entry-waiting-beyond", stop=level, price=price)


# --- what stands against it ------------------------------------------------------------------------------------------


def _margin(order: EnteredOrder, remarks: Remarks) -> Decimal:
    """What the entries need; refused where the account has less to give."""
    inputs = order.inputs
    side, rate = inputs.draft.side, inputs.rate
    costs = (formulas.order_cost(side, each.qty, each.price, order.leverage, rate) for each in order.entries)
    margin = sum(costs, ZERO)
    available = inputs.balance.total_available
    if available is not None and margin > available:
        step, count = inputs.instrument.qty_step, len(order.entries)
        fits = formulas.floor_to(order.qty * max(ZERO, available) / margin / count, step) * count
        least = max(least_qty(inputs.instrument, each.price) for each in order.entries) * count
        cure = f"size:{plain(fits)}" if fits >= least else ""
        remarks.refuse("card-margin", cure, margin=margin.quantize(_CENT), available=available.quantize(_CENT))
    return margin


def _check_rows(order: EnteredOrder, targets: tuple[TargetLine, ...], remarks: Remarks) -> None:
    """Bybit holds ten conditional orders of a symbol: those there are, those that resting entries bring, and ours."""
    rows = conditional_rows(order.inputs.orders_here)
    ours = 0 if order.standing is not None else (order.stop is not None) + bool(targets)  # an add's stand already
    trails = order.inputs.draft.trailing is not None and not any(
        each.stop_order_type == TRAILING for each in order.inputs.orders_here
    )
    if rows + min(ours, _ROWS_OF_A_LEG) * len(order.entries) + trails > MOST_CONDITIONAL:
        remarks.refuse("card-rows", symbol=order.inputs.draft.symbol, count=rows, most=MOST_CONDITIONAL)


def _check_limits(order: EnteredOrder, loss: Decimal | None, remarks: Remarks) -> None:
    inputs, held = order.inputs, _held_loss(order)
    wish = EntryWish(
        symbol=inputs.draft.symbol,
        position_idx=inputs.position_idx,
        qty=order.qty,
        qty_step=inputs.instrument.qty_step,
        value=order.value,
        loss=None if loss is None or held is None else max(ZERO, loss + held),
        held_loss=held or ZERO,
        leverage=order.leverage,
        margin_mode=inputs.settings.margin_mode,
        turnover=inputs.ticker.turnover_24h,
    )
    remarks.refusals.extend(broken_rules(_view(inputs), wish))
    budget = loss_budget(inputs.limits, inputs.marks, inputs.account_value)
    if budget is not None and loss is not None and loss > budget[1] > 0:
        remarks.note("card-loss-over-budget", loss=loss.quantize(_CENT), left=budget[1].quantize(_CENT))


def _view(inputs: CardInputs) -> RiskView:
    return RiskView(
        limits=inputs.limits,
        account_value=inputs.account_value,
        exposures=inputs.exposures,
        marks=inputs.marks,
        now=inputs.now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What would come of the entries."""

    liquidation: Decimal | None
    targets: tuple[TargetLine, ...]
    loss: Decimal | None
    margin: Decimal


def _stop_before(order: EnteredOrder) -> Decimal | None:
    """The stop of what it adds to; None: none, or it adds to nothing."""
    if order.standing is not None:
        return order.standing.stop_loss
    plan = order.inputs.plan if order.inputs.is_add else None
    return None if plan is None else plan.stop


def _card(order: EnteredOrder, outcome: _Outcome, remarks: Remarks) -> OrderCard:
    inputs, value = order.inputs, order.inputs.account_value
    before = _stop_before(order)
    budget = loss_budget(inputs.limits, inputs.marks, value)
    least = max(least_qty(inputs.instrument, each.price) * each.price for each in order.entries)
    return OrderCard(
        draft=inputs.draft,
        instrument=inputs.instrument,
        account_value=value,
        position_idx=inputs.position_idx,
        entries=order.entries,
        bid=order.market.bid,
        ask=order.market.ask,
        stop=order.stop,
        stop_trigger_by=TriggerBy.LAST,
        stop_before=before if before and before != order.stop else None,
        trailing=asked_trailing(inputs, order.reference),
        targets=outcome.targets,
        loss_at_stop=outcome.loss,
        loss_percent=outcome.loss / value * _PERCENT if outcome.loss is not None and value > 0 else None,
        liquidation=outcome.liquidation,
        is_liquidation_estimate=inputs.settings.margin_mode is MarginMode.CROSS,
        margin_mode=inputs.settings.margin_mode,
        leverage=order.leverage,
        margin=outcome.margin,
        entry_fee=_entry_fee(order),
        fee_rate=inputs.rate,
        is_standard_fee=inputs.fee.is_standard,
        funding_rate=inputs.ticker.funding_rate,
        next_funding_ts=inputs.ticker.next_funding_ts,
        min_value=least,
        lowest_price=order.market.lowest,
        highest_price=order.market.highest,
        positions_open=len(open_legs(inputs.exposures)),
        positions_most=inputs.limits.most_positions,
        loss_budget_left=None if budget is None else budget[1],
        notes=tuple(remarks.notes),
        refusals=tuple(remarks.refusals),
        quoted_ts=inputs.ticker.as_of,
    )
