"""The live card of a trade: from the tap to its fill, in one message that edits; never "failed" while unknown."""

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Final

from telegram.error import TelegramError

from bot.domain.errors import ExchangeError, UserFacing
from bot.domain.ids import DAY_S
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.portfolio import Side
from bot.domain.trade_plans import ManagedTrade
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.live_messages import LEFT
from handlers.trading.actions import ShowOrderCard
from handlers.trading.legs import known_instrument, place_of
from handlers.trading.live_views import (
    Ending,
    ending_of,
    is_answered,
    is_over,
    left_over,
    of_message,
    told_of,
    trade_card,
)
from handlers.views.cards import Card, CardButton, Row

_logger = logging.getLogger(__name__)

AT_ONCE: Final = 0.2  # seconds that the first sight of a trade waits for its fill
_BETWEEN_EDITS: Final = 0.5  # seconds
_REST: Final = {
    Side.BUY: ("button-rest-buy-at", "button-rest-buy"),
    Side.SELL: ("button-rest-sell-at", "button-rest-sell"),
}


async def show_trade(ctx: UpdateContext, trade: ManagedTrade, draft: OrderDraft) -> None:
    """The trade as it stands a moment after the tap; edited for ten seconds, or until it is filled and protected.

    What comes later is a message of its own, which rings. `draft` is what it was made of, for [New price] and the like.
    """
    tapped = place_of(ctx).message_id
    trade = await _answered(ctx, of_message(trade, tapped), tapped)
    message_id = await ctx.show(await _drawn(ctx, trade, draft))
    if message_id <= 0:
        return  # it waits for Telegram: the outbox tells what this card cannot
    await ctx.services.trading.watch.told(told_of(trade))
    if not is_over(trade):
        live = ctx.data.live_messages
        live.keep(
            ctx.target, message_id, _follow(ctx, trade, draft, _Place(tapped, message_id), live.trade_s), "a live trade"
        )


def take_up(ctx: UpdateContext, trade: ManagedTrade, draft: OrderDraft, message_id: int) -> None:
    """Bring the card of a trade up to date after a restart, and until it is over or another screen takes its place.

    An edit of an old card rings nobody, so that the outbox tells of the end as well.
    """

    async def follow() -> None:
        shown = of_message(trade, message_id)
        if await _redrawn(ctx, shown, draft, message_id):
            await _follow(ctx, shown, draft, _Place(message_id, message_id), LEFT, is_heard=False)

    ctx.data.live_messages.keep(ctx.target, message_id, follow(), "a trade of the last run")


@dataclass(frozen=True, slots=True)
class _Place:
    """The message whose button was tapped, and the one that shows the trade: the same, unless the first is gone."""

    tapped: int
    shown: int


async def _answered(ctx: UpdateContext, trade: ManagedTrade, tapped: int) -> ManagedTrade:
    """The trade once every entry has its answer, or as it stands when that takes too long."""
    loop = asyncio.get_running_loop()
    last = loop.time() + AT_ONCE
    while not is_answered(trade) and (left := last - loop.time()) > 0:
        later = await ctx.services.trading.watch.changed(trade, timeout_s=left)
        if later is None:
            break
        trade = of_message(later, tapped)
    return trade


async def _follow(
    ctx: UpdateContext,
    trade: ManagedTrade,
    draft: OrderDraft,
    place: _Place,
    follow_s: float,
    *,
    is_heard: bool = True,
) -> None:
    """Edits for so many seconds. `is_heard`: the person waits for it, so that what the card says is told by it."""
    loop = asyncio.get_running_loop()
    last = loop.time() + follow_s
    while not is_over(trade) and (left := last - loop.time()) > 0:
        later = await ctx.services.trading.watch.changed(trade, timeout_s=left)
        if later is None or later.version == trade.version:
            return
        trade = of_message(later, place.tapped)
        if not await _redrawn(ctx, trade, draft, place.shown):
            return
        if is_heard:
            await ctx.services.trading.watch.told(told_of(trade))
        await asyncio.sleep(min(_BETWEEN_EDITS, max(0.0, last - loop.time())))


async def _redrawn(ctx: UpdateContext, trade: ManagedTrade, draft: OrderDraft, message_id: int) -> bool:
    """Whether the message shows it now."""
    try:
        return await delivery.edit(ctx.bot, ctx.target, message_id, await _drawn(ctx, trade, draft)) is not None
    except TelegramError as refusal:
        _logger.warning("a live trade could not be brought up to date: %s", refusal.message)
        return False


async def _drawn(ctx: UpdateContext, trade: ManagedTrade, draft: OrderDraft) -> Card:
    return trade_card(ctx.viewer, trade, await known_instrument(ctx, draft.symbol), await _way_on(ctx, trade, draft))


async def _way_on(ctx: UpdateContext, trade: ManagedTrade, draft: OrderDraft) -> Row:
    """[New price] after nothing, [Buy the rest at …] after a part, [Send again] for what never came to be."""
    match ending_of(trade):
        case Ending.NOTHING:
            return (await _again(ctx, ctx.say.plain("button-entry-new-price"), draft),)
        case Ending.NOT_PLACED:
            return (await _again(ctx, ctx.say.plain("button-entry-again"), draft),)
        case Ending.PART:
            rest = _rest_of(trade, draft)
            return (await _again(ctx, await _rest_label(ctx, rest), rest),)
        case _:
            return ()


def _rest_of(trade: ManagedTrade, draft: OrderDraft) -> OrderDraft:
    """What is left to enter, with the stop and the targets that stand."""
    plan = trade.plan
    return replace(
        draft,
        size=OrderSize(SizeKind.QTY, left_over(trade)),
        limits=(),
        stop=None if plan.stop is None else PriceLevel(price=plan.stop),
        no_stop=plan.stop is None,
        targets=tuple(PriceLevel(price=each.price) for each in plan.targets),
        no_target=not plan.targets,
    )


async def _rest_label(ctx: UpdateContext, rest: OrderDraft) -> str:
    at, alone = _REST[rest.side]
    try:
        card = await ctx.services.trading.quotes.card(ctx.config, rest)
    except (UserFacing, ExchangeError) as trouble:
        _logger.info("no price for the rest of an order: %s", trouble)
        return ctx.say.plain(alone)
    market = card.ask if rest.side is Side.BUY else card.bid
    return ctx.say.plain(at, price=ctx.viewer.figures.price(market, card.instrument))


async def _again(ctx: UpdateContext, label: str, draft: OrderDraft) -> CardButton:
    (made,) = await ctx.buttons([(label, ShowOrderCard.make(draft))], lifetime_s=DAY_S)
    return made
