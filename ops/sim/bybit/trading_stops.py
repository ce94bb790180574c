"""Stop loss and take profit of a held leg, as position/trading-stop sets them.

Full: one price each of the whole position, changed in place. Partial: rows of their own sizes, only ever added; such a
pair takes itself out. Source: Bybit v5 documentation, page position/trading-stop; what has no code of its own is
refused with 10001.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.orders import TimeInForce, TpslMode, TradingStop, TriggerBy, TriggerDirection, opposite
from bot.domain.portfolio import NO_LINK_ID, OrderType
from bot.exchange.matching import checks
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, EngineOrder, EnginePosition, EngineRejected, Markets
from bot.exchange.matching.money import is_on_step
from bot.exchange.matching.work import Work
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.trading import Command

NOT_MODIFIED: Final = 34040
NO_POSITION: Final = "can not set tp/sl/ts for zero position"
_TOO_LARGE: Final = 110058


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWish:
    """One side of what is asked for: a stop loss or a take profit."""

    price: Decimal
    trigger_by: TriggerBy = TriggerBy.LAST
    size: Decimal = ZERO
    """Of a partial one."""
    limit: Decimal | None = None
    """The limit price of a partial one; None: a market order."""


def full(symbol: str, index: int, stop: StopWish | None, target: StopWish | None) -> Command:
    """Set the prices that are given, leave those that are None; 0 takes one away."""

    def command(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        held = account.position((Symbol(symbol), index))
        request = TradingStop(
            category=Category.LINEAR,
            symbol=Symbol(symbol),
            position_idx=index,
            stop_loss=(held.stop_loss or ZERO) if stop is None else stop.price,
            sl_trigger_by=held.sl_trigger_by if stop is None else stop.trigger_by,
            take_profit=(held.take_profit or ZERO) if target is None else target.price,
            tp_trigger_by=held.tp_trigger_by if target is None else target.trigger_by,
        )
        return engine.set_trading_stop(account, request, markets)

    return command


def engine_work(engine: Engine, account: EngineAccount, markets: Markets) -> Work:
    """A command of the engine's kind that the engine itself does not have."""
    return Work(
        account=account,
        markets=markets,
        spares_market=engine.spares_market,
        counts_protections=engine.counts_protections,
    )


def partial(symbol: str, index: int, stop: StopWish | None, target: StopWish | None) -> Command:
    """Add a row for each that is given; two belong together."""

    def command(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        checks.check_leg(account, index)
        work = engine_work(engine, account, markets)
        held = account.position((Symbol(symbol), index))
        _check(work, held, stop, target)
        pair = work.new_id() if stop and target else ""
        for wish, is_stop in ((target, False), (stop, True)):
            if wish is not None:
                work.order(_row(work, held, wish, pair, is_stop=is_stop))
        return work.changes

    return command


def _check(work: Work, held: EnginePosition, stop: StopWish | None, target: StopWish | None) -> None:
    if held.side is None:
        raise EngineRejected(checks.WRONG_PARAMETER, NO_POSITION)
    view = work.view(held.symbol)
    wishes = [wish for wish in (stop, target) if wish is not None]
    if not wishes or not all(wish.price for wish in wishes):  # a partial one is canceled by its order's id
        raise EngineRejected(NOT_MODIFIED, "not modified")
    if stop and target and stop.size != target.size:
        raise EngineRejected(checks.WRONG_PARAMETER, "tpSize and slSize must be the same")
    for wish in wishes:
        if wish.size <= 0 or not is_on_step(wish.size, view.rules.instrument.qty_step):
            raise EngineRejected(checks.WRONG_PARAMETER, "tpSize or slSize invalid")
        if wish.size > held.size:
            raise EngineRejected(_TOO_LARGE, "insufficient size of remaining position size")
        if wish.limit is not None and (wish.limit <= 0 or not is_on_step(wish.limit, view.rules.instrument.tick_size)):
            raise EngineRejected(checks.WRONG_PARAMETER, "tpLimitPrice or slLimitPrice invalid")
    checks.check_protection(
        view,
        held.side,
        base=None,
        stop=stop.price if stop else None,
        target=target.price if target else None,
        stop_by=stop.trigger_by if stop else TriggerBy.LAST,
        target_by=target.trigger_by if target else TriggerBy.LAST,
    )
    probe = _row(work, held, wishes[0], "", is_stop=False)
    checks.check_room(work.account, probe, len(wishes), counts_protections=work.counts_protections)


def _row(work: Work, held: EnginePosition, wish: StopWish, pair: str, *, is_stop: bool) -> EngineOrder:
    if held.side is None:
        raise EngineRejected(checks.WRONG_PARAMETER, NO_POSITION)
    kind = "PartialStopLoss" if is_stop else "PartialTakeProfit"
    falls = (held.direction > 0) == is_stop
    return EngineOrder(
        order_id=work.new_id(),
        order_link_id=NO_LINK_ID,
        symbol=held.symbol,
        position_idx=held.position_idx,
        side=opposite(held.side),
        order_type=OrderType.MARKET if wish.limit is None else OrderType.LIMIT,
        qty=wish.size,
        price=wish.limit or ZERO,
        time_in_force=TimeInForce.IOC if wish.limit is None else TimeInForce.GTC,
        status="Untriggered",
        reduce_only=True,
        close_on_trigger=True,
        trigger_price=wish.price,
        trigger_direction=TriggerDirection.FALLS if falls else TriggerDirection.RISES,
        trigger_by=wish.trigger_by,
        stop_order_type=kind,
        tpsl_mode=TpslMode.PARTIAL,
        parent_order_id=pair,
        create_type=f"CreateBy{kind}",
        priority=work.number(),
        created_ts=work.now,
        updated_ts=work.now,
    )


def unchanged_is_fine(command: Command) -> Command:
    """The command, for a call that changes something else as well: that nothing is modified is then no refusal."""

    def lenient(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        try:
            return command(engine, account, markets)
        except EngineRejected as refusal:
            if refusal.code != NOT_MODIFIED:
                raise
            return Changes()

    return lenient
