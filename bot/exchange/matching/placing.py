"""A new order: read, judged, then let into the book or kept until its trigger; amended and taken back."""

from dataclasses import replace
from decimal import Decimal

from bot.domain.ids import OrderLinkId
from bot.domain.orders import AmendRequest, CancelRequest, OrderRequest, TimeInForce, TpslMode
from bot.domain.portfolio import OrderType, Side
from bot.exchange.matching import checks, protection, quota
from bot.exchange.matching.executing import execute, is_affordable, market_price
from bot.exchange.matching.model import ZERO, EngineAccount, EngineOrder, EngineRejected, MarketView
from bot.exchange.matching.money import within_limit
from bot.exchange.matching.work import Work

_LONG, _SHORT = 1, 2


def place(work: Work, request: OrderRequest) -> EngineOrder:
    """Take an order on. Raises EngineRejected, with the account as it was."""
    account, view = work.account, work.view(request.symbol)
    checks.check_link_id(account, request.order_link_id)
    checks.check_leg(account, request.position_idx)
    order = _read(work, request)
    checks.check_live(view.rules, reduce_only=order.reduce_only)
    order = _sized(work, order)
    checks.check_size(view.rules, order, quota.reducible(account, order.leg, order.side))
    checks.check_prices(view.rules, order)
    checks.check_worth(view, order)
    checks.check_trigger(view, order)
    _check_protection(view, order)
    checks.check_room(account, order, _rows(order), counts_protections=work.counts_protections)
    order = replace(order, price=_limited(view, order))
    if order.status == "Untriggered":
        return work.order(_numbered(work, order))
    _check_exposure(work, view, order)
    return execute(work, work.order(_numbered(work, order)))


def amend(work: Work, request: AmendRequest) -> EngineOrder:
    """Change an open order; it keeps its place in the queue only if it got smaller. Raises EngineRejected."""
    order = wanted(work.account, request.order_id, request.target_link_id)
    view = work.view(order.symbol)
    new = replace(
        order,
        qty=order.qty if request.qty is None else request.qty,
        price=order.price if request.price is None else request.price,
        trigger_price=order.trigger_price if request.trigger_price is None else request.trigger_price,
    )
    if request.stop_loss is not None:
        new = replace(new, stop_loss=request.stop_loss or None, sl_trigger_by=request.sl_trigger_by)
    if request.take_profit is not None:
        new = replace(new, take_profit=request.take_profit or None, tp_trigger_by=request.tp_trigger_by)
    if new == order:
        message = "The order remains unchanged as the parameters entered match the existing ones."
        raise EngineRejected(checks.WRONG_PARAMETER, message)
    if new.tpsl_mode is None and (new.stop_loss or new.take_profit):
        new = replace(new, tpsl_mode=TpslMode.FULL)
    _check_amended(work, view, order, new)
    if new.reduce_only and new.is_resting:
        new = replace(new, qty=new.filled + quota.allowed(work, new))
    new = replace(new, price=_limited(view, new), updated_ts=work.now)
    if new.price != order.price or new.qty > order.qty:
        new = replace(new, priority=work.number())
    work.order(new)
    if new.qty != order.qty:
        for partner in protection.partners(work, new):
            work.order(replace(partner, qty=new.qty, updated_ts=work.now))
    if new.trigger_price != order.trigger_price and new.stop_order_type in protection.FULL_KINDS:
        protection.moved(work, new)
    return execute(work, new) if new.is_resting and new.price != order.price else new


def cancel(work: Work, request: CancelRequest) -> EngineOrder:
    """Take an open order back; of a leg's own stop or target, its price goes from the position, too.

    A Partial stop and target of one order go together, as they do at Bybit.
    """
    order = wanted(work.account, request.order_id, request.target_link_id)
    if order.stop_order_type in protection.FULL_KINDS and order.status == "Untriggered":
        protection.moved(work, replace(order, trigger_price=None))
    elif order.stop_order_type == protection.TRAILING:
        protection.untrail(work, order.leg)
    work.close_order(order, "CancelByUser")
    for partner in protection.partners(work, order):
        work.close_order(partner, "CancelByTpSlTsClear")
    return work.newest(order)


def wanted(account: EngineAccount, order_id: str, order_link_id: OrderLinkId) -> EngineOrder:
    """The open order of that id, or of that id of ours where `order_id` is empty. Raises EngineRejected."""
    if order_id:
        found = account.orders.get(order_id)
    else:
        same = (each for each in account.orders.values() if order_link_id and each.order_link_id == order_link_id)
        found = next(same, None)
    if found is None:
        raise EngineRejected(checks.NO_SUCH_ORDER, "order not exists or too late to cancel")
    return found


def _read(work: Work, request: OrderRequest) -> EngineOrder:
    """The request as an order; in hedge mode what goes against a leg can only reduce it."""
    closes_leg = (request.position_idx, request.side) in {(_LONG, Side.SELL), (_SHORT, Side.BUY)}
    conditional = request.trigger_price is not None
    is_market = request.order_type is OrderType.MARKET
    protected = bool(request.stop_loss or request.take_profit)
    return EngineOrder(
        order_id="",
        order_link_id=request.order_link_id,
        symbol=request.symbol,
        position_idx=request.position_idx,
        side=request.side,
        order_type=request.order_type,
        qty=request.qty,
        price=ZERO if is_market else request.price or ZERO,
        time_in_force=TimeInForce.IOC if is_market else request.time_in_force,
        status="Untriggered" if conditional else "New",
        reduce_only=request.reduce_only or request.close_on_trigger or closes_leg,
        close_on_trigger=request.close_on_trigger,
        trigger_price=request.trigger_price,
        trigger_direction=request.trigger_direction if conditional else None,
        trigger_by=request.trigger_by,
        stop_order_type="Stop" if conditional else "",
        stop_loss=request.stop_loss or None,
        sl_trigger_by=request.sl_trigger_by,
        take_profit=request.take_profit or None,
        tp_trigger_by=request.tp_trigger_by,
        tpsl_mode=request.tpsl_mode if protected else None,
        create_type="CreateByStopOrder" if conditional else "CreateByUser",
        created_ts=work.now,
        updated_ts=work.now,
    )


def _sized(work: Work, order: EngineOrder) -> EngineOrder:
    """A reduce-only order is cut to what it may reduce; quantity 0 with closeOnTrigger means the whole leg."""
    if not order.reduce_only:
        return order
    whole = order.close_on_trigger and not order.qty
    if order.status == "Untriggered":
        held = quota.reducible(work.account, order.leg, order.side)
        return replace(order, qty=held) if whole else order
    if whole:
        most = work.view(order.symbol).rules.instrument.max_market_order_qty
        held = quota.reducible(work.account, order.leg, order.side)
        order = replace(order, qty=held if most is None else min(held, most))
    room = quota.allowed(work, order)
    if not room:
        message = "current position is zero, cannot fix reduce-only order qty"
        raise EngineRejected(checks.NOTHING_TO_REDUCE, message)
    return replace(order, qty=min(order.qty, room))


def _check_protection(view: MarketView, order: EngineOrder) -> None:
    if not (order.stop_loss or order.take_profit):
        return
    if order.reduce_only:
        raise EngineRejected(110057, "Conditional order or limit order contains TP/SL related params")
    base = order.price or order.trigger_price or None
    checks.check_protection(
        view,
        order.side,
        base=base,
        stop=order.stop_loss,
        target=order.take_profit,
        stop_by=order.sl_trigger_by,
        target_by=order.tp_trigger_by,
    )


def _rows(order: EngineOrder) -> int:
    """How many conditional rows it stands for from now on; those of its own stops come with its fills."""
    return 1 if order.status == "Untriggered" else 0


def _limited(view: MarketView, order: EngineOrder) -> Decimal:
    if order.status == "Untriggered":
        return order.price
    if order.order_type is OrderType.MARKET:
        return market_price(order, view)
    return within_limit(view, order.side, order.price)


def _check_exposure(work: Work, view: MarketView, order: EngineOrder) -> None:
    """What it opens is within the risk tiers, and paid for."""
    opens = order.qty - order.filled - quota.reducible(work.account, order.leg, order.side)
    if order.reduce_only or opens <= 0:
        return
    price = order.price if order.order_type is OrderType.LIMIT else view.mark
    checks.check_tier(work.account, view.rules, order.leg, opens, price)
    if not is_affordable(work, order):
        raise EngineRejected(checks.NO_MONEY, "ab not enough for new order")


def _check_amended(work: Work, view: MarketView, order: EngineOrder, new: EngineOrder) -> None:
    if order.stop_order_type in protection.FULL_KINDS and new.qty != order.qty:
        raise EngineRejected(110060, "Under full TP/SL mode, it is not allowed to modify TP/SL")
    if new.qty <= order.filled:
        message = "The modified contract quantity cannot be less than or equal to the filled quantity."
        raise EngineRejected(110064, message)
    if order.order_type is OrderType.MARKET and new.price != order.price:
        raise EngineRejected(checks.WRONG_PARAMETER, "price invalid")
    checks.check_size(view.rules, new)
    checks.check_prices(view.rules, new)
    checks.check_worth(view, new)
    checks.check_trigger(view, new)
    _check_protection(view, new)
    if new.is_resting and (new.qty > order.qty or new.price != order.price):
        held_back = work.account.orders.pop(order.order_id)  # its own reserve pays for it first
        try:
            _check_exposure(work, view, new)
        finally:
            work.account.orders[held_back.order_id] = held_back


def _numbered(work: Work, order: EngineOrder) -> EngineOrder:
    return replace(order, order_id=work.new_id(), priority=work.number())
