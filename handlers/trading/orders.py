"""Open orders canceled one by one, or every entry at once; stops and targets stay."""

from dataclasses import dataclass
from typing import Final

from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import AccountId, Symbol
from bot.domain.trade_plans import OrderIntent
from bot.services.chat.buttons import ButtonAction
from handlers.core.context import UpdateContext, known_or_trouble
from handlers.core.links import ShowCancels
from handlers.core.specs import EXIT, HandlerSpec, action, view
from handlers.trading.accounts import managed_account
from handlers.trading.cancel_views import (
    CANCELS_A_PAGE,
    canceling_card,
    cancels_card,
    may_be_canceled,
    order_label,
)
from handlers.trading.legs import ActOutcome, show_outcome
from handlers.views.cards import Card
from handlers.views.frame import page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder(ButtonAction):
    """[✕ 1. BTC]: one open order, done at once."""

    ACTION = "trade.cancel"
    account: AccountId
    symbol: Symbol
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelEntries(ButtonAction):
    """[Cancel all entries] of an account; stops and targets stay."""

    ACTION = "trade.cancel-all"
    account: AccountId


async def show_cancels(ctx: UpdateContext, code: ShowCancels) -> None:
    """A page of the account's open orders, each with its [✕]."""
    account = managed_account(ctx, code.account_id)
    shown = await known_or_trouble(lambda: ctx.services.account_screens.orders(account))
    items = () if shown.value is None else tuple(each for each in shown.value.value.items if may_be_canceled(each))
    page = page_of(items, code.page, CANCELS_A_PAGE)
    choices: list[tuple[str, ButtonAction]] = [
        (
            order_label(ctx.viewer, number, each),
            CancelOrder(account=account.account_id, symbol=each.symbol, order_id=each.order_id),
        )
        for number, each in enumerate(page.items, 1)
    ]
    if any(not each.reduce_only for each in items):
        choices.append((ctx.say.plain("button-cancel-all"), CancelEntries(account=account.account_id)))
    buttons = await ctx.buttons(choices)
    count = len(page.items)
    await ctx.show(cancels_card(ctx.viewer, account, shown, page, buttons[:count], buttons[count:]))


async def cancel_order(ctx: UpdateContext, act: CancelOrder) -> None:
    """[✕]. Raises BadInput for an order that is gone already."""
    account = managed_account(ctx, act.account)
    try:
        intent = await ctx.services.trading.legs.cancel(
            ctx.config, account.account_id, act.symbol, act.order_id, idempotency_key=ctx.idempotency_key
        )
    except ButtonExpired as gone:
        raise BadInput("cancel-gone", symbol=act.symbol) from gone
    await _show_cancels(ctx, account.account_id, (intent,))


async def cancel_entries(ctx: UpdateContext, act: CancelEntries) -> None:
    """[Cancel all entries]."""
    account = managed_account(ctx, act.account)
    intents = await ctx.services.trading.legs.cancel_all(
        ctx.config, account.account_id, None, idempotency_key=ctx.idempotency_key
    )
    await _show_cancels(ctx, account.account_id, intents)


async def _show_cancels(ctx: UpdateContext, account_id: AccountId, intents: tuple[OrderIntent, ...]) -> None:
    account = managed_account(ctx, account_id)

    async def draw(outcome: ActOutcome) -> Card:
        return canceling_card(ctx.viewer, account, outcome)

    await show_outcome(ctx, intents, draw)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    view(ShowCancels, show_cancels, access=EXIT),
    action(CancelOrder, cancel_order, access=EXIT, repeats=True),
    action(CancelEntries, cancel_entries, access=EXIT, repeats=True),
)
