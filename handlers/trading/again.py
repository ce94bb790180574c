"""[Send again] and [Buy the rest] of a message: what was not filled of a trade, as a card at the prices of now."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import AccountId
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.orders import OrderRequest, TimeInForce
from bot.domain.trade_plans import ManagedTrade, OrderIntent, TradePlan
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, HandlerSpec, view
from handlers.trading.accounts import managed_account
from handlers.trading.card import show_card
from handlers.trading.leg_codes import OrderAgain
from handlers.trading.live_views import asked_of, entries_of, is_final, left_over, of_message

_HUNDREDTH: Final = Decimal("0.01")
_NO_MESSAGE: Final = -1  # the entries that were confirmed last, on whichever message


async def order_again(ctx: UpdateContext, code: OrderAgain) -> None:
    """The card; it sends nothing before it is confirmed, as an order of its own."""
    trade = await ctx.services.trading.watch.trade(code.plan)
    if trade is None:
        raise ButtonExpired
    account = managed_account(ctx, trade.plan.account_id)
    last = of_message(trade, _NO_MESSAGE)
    if not all(map(is_final, entries_of(last))):
        raise BadInput("again-under-way")
    if left_over(last) <= 0:
        raise BadInput("again-filled")
    await show_card(ctx, draft_of(last, account.account_id))


def draft_of(trade: ManagedTrade, account_id: AccountId) -> OrderDraft:
    """What is left of the entries, with the stop and the targets that were promised."""
    plan, entries = trade.plan, [each for each in entries_of(trade) if each.fills_qty < asked_of(each)]
    return OrderDraft(
        account_id=account_id,
        symbol=plan.symbol,
        side=plan.side,
        size=OrderSize(SizeKind.QTY, left_over(trade)),
        limits=tuple(price for each in entries if (price := _limit(each)) is not None),
        stop=None if plan.stop is None else PriceLevel(price=plan.stop),
        no_stop=plan.stop is None,
        targets=tuple(PriceLevel(price=each.price) for each in plan.targets),
        no_target=not plan.targets,
        trailing=_trailing(plan, entries),
    )


def _trailing(plan: TradePlan, entries: Sequence[OrderIntent]) -> Decimal | None:
    """The distance of its trailing stop in percent of the entry."""
    prices = [each.request.price for each in entries if isinstance(each.request, OrderRequest) and each.request.price]
    if plan.trailing is None or not prices:
        return None
    return (plan.trailing / prices[0] * 100).quantize(_HUNDREDTH) or _HUNDREDTH


def _limit(entry: OrderIntent) -> Decimal | None:
    """The price of an entry that was to rest; None: it was one at the market."""
    request = entry.request
    if not isinstance(request, OrderRequest) or request.time_in_force is TimeInForce.IOC:
        return None
    return request.price


HANDLERS: Final[tuple[HandlerSpec, ...]] = (view(OrderAgain, order_again, access=EVERYONE),)
