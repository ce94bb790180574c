"""Messages of trading on their way into the outbox."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.chat import outbox_message
from bot.domain.ids import ChatId, Millis
from bot.domain.market import Instrument
from bot.domain.portfolio import LegKey
from bot.domain.ports.storage import UnitOfWork
from bot.domain.trade_messages import ClosedMessage, TradeMessage
from bot.domain.trade_plans import ClosedTrade, ExitReason

ASKED_FOR: Final = frozenset({ExitReason.MANUAL, ExitReason.RESET})
"""Closes that somebody tapped: told by their card, or by the outbox where no card did; all others ring at once."""


async def closed_message(unit: UnitOfWork, closed: ClosedTrade, left: Mapping[LegKey, Decimal]) -> ClosedMessage:
    """`left`: the size that stands of each leg."""
    remaining = left.get(closed.leg, Decimal(0))
    parts = () if remaining or closed.plan_id is None else await unit.legs.closed_of_plan(closed.plan_id)
    is_last = len(parts) > 1 and parts[-1].order_id == closed.order_id
    target = await _target_of(unit, closed) if closed.exit_reason is ExitReason.TARGET else 0
    return ClosedMessage(
        plan_id=closed.plan_id or 0,
        account_id=closed.account_id,
        symbol=closed.symbol,
        side=closed.side,
        qty=closed.qty,
        avg_entry_price=closed.avg_entry_price,
        avg_exit_price=closed.avg_exit_price,
        pnl=closed.pnl,
        fees=closed.open_fee + closed.close_fee,
        exit_reason=closed.exit_reason,
        remaining=remaining,
        order_id=closed.order_id,
        position_idx=closed.position_idx,
        slippage=closed.slippage,
        funding=closed.funding,
        whole=sum((each.pnl - each.funding for each in parts), Decimal(0)) if is_last else None,
        closes=len(parts) if is_last else 0,
        target=target,
    )


async def _target_of(unit: UnitOfWork, closed: ClosedTrade) -> int:
    """The number of the target that closed it; 0: its plan has one alone, or none is known."""
    plan = await unit.plans.get(closed.plan_id) if closed.plan_id is not None else None
    if plan is None or len(plan.targets) < 2:  # noqa: PLR2004  one needs no number
        return 0
    intent = await unit.intents.by_link_id(closed.order_link_id) if closed.order_link_id else None
    number = None if intent is None else intent.target_number
    return number or plan.targets[-1].number  # the exchange's own take profit is the last one


async def enqueue(
    unit: UnitOfWork,
    account: Account,
    payload: TradeMessage,
    key: str,
    now: Millis,
    *,
    instrument: Instrument | None = None,
) -> None:
    """A message to the account's owner, which says of which account it is, and goes on from the card of its plan.

    `instrument`: the rules that its prices are written by, None: they are not at hand.
    """
    plan = await unit.plans.get(payload.plan_id) if payload.plan_id else None
    card = None if plan is None else plan.card
    is_there = card is not None and card.chat_id == ChatId(account.user_id)
    payload = replace(
        payload,
        account_type=account.account_type,
        account_number=account.number,
        reply_to=card.message_id if card is not None and is_there else 0,
        tick=payload.tick if instrument is None else instrument.tick_size,
    )
    await unit.enqueue(outbox_message(payload, user_id=account.user_id, idempotency_key=key), now)
