"""The consequence card: what an order would come to, before it is sent; one tap confirms exactly that."""

import asyncio
import logging
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Final

from telegram.error import TelegramError

from bot.domain.errors import ExchangeError, UserFacing
from bot.domain.ids import DAY_S
from bot.domain.licensing import TRIAL_DAYS
from bot.domain.order_card import CardOutdated, EntryRefused, OrderCard
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.portfolio import Side
from bot.services.chat.buttons import ButtonAction
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.errors import sentence
from handlers.core.live_messages import PATIENCE
from handlers.core.specs import AFTER_TERMS, ANY_AGE, AT_MARKET, EVERYONE, HandlerSpec, action
from handlers.trading.actions import ConfirmEntry, EditDraft, ResumeForOrder, ShowOrderCard, StartTrialForOrder
from handlers.trading.card_views import asking_card, cure_label, order_card, outdated_card, refused_card, size_text
from handlers.trading.legs import known_instrument, place_of
from handlers.trading.live import show_trade
from handlers.views.cards import Card, CardButton

_logger = logging.getLogger(__name__)

_CONFIRM: Final = {Side.BUY: "button-entry-buy", Side.SELL: "button-entry-sell"}


async def show_card(ctx: UpdateContext, draft: OrderDraft) -> None:
    """The consequence card of a draft, with [Confirm], or with what stands against it and its cures.

    Where the prices take their time it says so, and the card takes the place of that. Raises UserFacing and
    ExchangeErrors of the quote, which have their own cards.
    """
    live = ctx.data.live_messages
    quote = live.begin(ctx.services.trading.quotes.card(ctx.config, draft), "a quote")
    done, _ = await asyncio.wait({quote}, timeout=PATIENCE)
    if done:
        card = quote.result()
        _age(ctx, card, await ctx.show(await _drawn(ctx, card)))
        return
    message_id = await ctx.show(asking_card(ctx.viewer, draft))
    live.keep(ctx.target, message_id, _show_later(ctx, quote, message_id), "an order card on its way")


async def _show_later(ctx: UpdateContext, quote: asyncio.Task[OrderCard], message_id: int) -> None:
    try:
        shown = await _drawn(ctx, await quote)
    except (UserFacing, ExchangeError) as trouble:
        shown = (await sentence(trouble, ctx.data, ctx.user_id))(ctx.viewer)
    try:
        await delivery.edit(ctx.bot, ctx.target, message_id, shown)
    except TelegramError as refusal:
        _logger.warning("an order card could not be shown: %s", refusal.message)
        return
    if quote.exception() is None:
        _age(ctx, quote.result(), message_id)


def _age(ctx: UpdateContext, card: OrderCard, message_id: int) -> None:
    """Let a card that can be confirmed grow old in place."""
    if message_id <= 0 or card.refusals:
        return
    live, age_s = ctx.data.live_messages, (ctx.services.clock.now() - card.quoted_ts) / 1000
    live.later(
        ctx.target, message_id, live.order_card_s - age_s, lambda: _grow_old(ctx, card, message_id), "an old order card"
    )


async def show_card_again(ctx: UpdateContext, payload: ShowOrderCard) -> None:
    """[New price], or what cures a refusal: the card at the prices of now."""
    await show_card(ctx, payload.draft)


async def start_trial(ctx: UpdateContext, payload: StartTrialForOrder) -> None:
    """[Start the 7-day trial] on a card, and the same card, which can be confirmed now. Raises BadInput as /license."""
    await ctx.services.licenses.start_trial(ctx.user_id)
    await show_card(ctx, payload.draft)


async def resume_for_order(ctx: UpdateContext, payload: ResumeForOrder) -> None:
    """[Resume entries] on a card, and the same card, which can be confirmed now. Raises as the card's quote does."""
    await ctx.services.trading.pauses.resume(ctx.config.own_account(payload.account_id))
    await show_card(ctx, payload.draft)


async def confirm_entry(ctx: UpdateContext, payload: ConfirmEntry) -> None:
    """The one tap that enters; a second one shows the same trade, for which nothing is read at the exchange."""
    trading, key = ctx.services.trading, ctx.idempotency_key
    trade = await trading.watch.entered_by(key) if ctx.is_repeat else None
    try:
        if trade is None:
            trade = await trading.entries.confirm(ctx.config, payload.card, place=place_of(ctx), idempotency_key=key)
    except CardOutdated as outdated:
        await ctx.show(await _outdated(ctx, payload.draft, outdated))
    except EntryRefused as refusal:
        await ctx.show(await _refused(ctx, payload, refusal))
    else:
        await trading.tickets.used(ctx.user_id, payload.draft)
        await show_trade(ctx, trade, payload.draft)


async def _drawn(ctx: UpdateContext, card: OrderCard) -> Card:
    """A card that can be confirmed; or, with what is in its way, its cures. Beside them [Change]."""
    choices: list[tuple[str, ButtonAction]] = []
    if card.refusals:
        for refusal in card.refusals:
            cured = _cured(card.draft, refusal.cure)
            if cured is not None:
                choices.append((cure_label(ctx.viewer, refusal.cure, card.instrument), ShowOrderCard.make(cured)))
            elif refusal.cure == "resume":
                choices.append(_resume(ctx, card.draft))
            elif refusal.cure == "license" and await ctx.services.licenses.may_try(ctx.user_id):
                trial = ctx.say.plain("button-trial", days=TRIAL_DAYS)
                choices.append((trial, StartTrialForOrder.make(card.draft)))
    else:
        label = ctx.say.plain(_CONFIRM[card.draft.side], size=size_text(ctx.viewer, card))
        choices.append((label, ConfirmEntry.of(card)))
    choices.append((ctx.say.plain("button-entry-change"), EditDraft.make(card.draft)))
    *first, change = await ctx.buttons(choices, lifetime_s=DAY_S)
    return order_card(ctx.viewer, card, tuple(first), (change,))


async def _grow_old(ctx: UpdateContext, card: OrderCard, message_id: int) -> None:
    """The same card with [New price] in the place of [Confirm]."""
    choices = (
        (ctx.say.plain("button-entry-new-price"), ShowOrderCard.make(card.draft)),
        (ctx.say.plain("button-entry-change"), EditDraft.make(card.draft)),
    )
    again, change = await ctx.buttons(choices, lifetime_s=DAY_S)
    shown = order_card(ctx.viewer, card, (again,), (change,), is_old=True)
    try:
        await delivery.edit(ctx.bot, ctx.target, message_id, shown)
    except TelegramError as refusal:
        _logger.info("an old order card could not be marked: %s", refusal.message)


async def _outdated(ctx: UpdateContext, draft: OrderDraft, outdated: CardOutdated) -> Card:
    return outdated_card(ctx.viewer, draft, outdated, await _new_price(ctx, draft))


async def _refused(ctx: UpdateContext, payload: ConfirmEntry, refusal: EntryRefused) -> Card:
    cured, choices = _cured(payload.draft, refusal.cure), list[tuple[str, ButtonAction]]()
    if cured is not None:
        label = cure_label(ctx.viewer, refusal.cure, await known_instrument(ctx, payload.symbol))
        choices.append((label, ShowOrderCard.make(cured)))
    elif refusal.cure == "resume":
        choices.append(_resume(ctx, payload.draft))
    buttons = await ctx.buttons(choices, lifetime_s=DAY_S) if choices else ()
    return refused_card(ctx.viewer, refusal, payload.card, buttons)


def _resume(ctx: UpdateContext, draft: OrderDraft) -> tuple[str, ButtonAction]:
    return ctx.say.plain("button-resume-entries"), ResumeForOrder.make(draft)


async def _new_price(ctx: UpdateContext, draft: OrderDraft) -> CardButton:
    choice = (ctx.say.plain("button-entry-new-price"), ShowOrderCard.make(draft))
    (made,) = await ctx.buttons([choice], lifetime_s=DAY_S)
    return made


def _cured(draft: OrderDraft, cure: str) -> OrderDraft | None:
    """The draft with what a cure changes; None for a cure that is no change of the draft."""
    what, _, value = cure.partition(":")
    if what == "price":
        return draft
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    match what:
        case "leverage":
            return replace(draft, leverage=int(amount))
        case "stop":
            return replace(draft, stop=PriceLevel(price=amount), no_stop=False)
        case "size":
            return replace(draft, size=OrderSize(SizeKind.QTY, amount))
        case _:
            return None


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    action(ShowOrderCard, show_card_again, access=EVERYONE, repeats=True, good_for_s=ANY_AGE),
    action(StartTrialForOrder, start_trial, access=AFTER_TERMS),
    action(ResumeForOrder, resume_for_order, access=EVERYONE, repeats=True),
    action(ConfirmEntry, confirm_entry, access=EVERYONE, repeats=True, good_for_s=AT_MARKET),
)
