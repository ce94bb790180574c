"""/receipt: how an order went from its tap to its last fill, what it cost, and by which ids it is found."""

from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import ButtonExpired
from bot.domain.receipts import Receipt
from handlers.core.context import UpdateContext
from handlers.core.links import ShowOrderReceipt, ShowReceipt
from handlers.core.plain_words import account_type_named
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.trading.accounts import named_or_trading_account, trading_account
from handlers.trading.leg_codes import ShowLegReceipt
from handlers.trading.legs import known_instrument
from handlers.trading.receipt_views import nothing_kept_card, receipt_card


async def receipt_command(ctx: UpdateContext) -> None:
    """`/receipt`, `/receipt btc`, `/receipt demo`: of the newest order. Raises BadInput where there is none."""
    words, receipts = ctx.arguments, ctx.services.trading.receipts
    if words and account_type_named(words[0]) is None:
        found = await ctx.services.market_screens.resolve(" ".join(words))
        account = trading_account(ctx)
        await _show(ctx, account, await receipts.newest(account, found.symbol))
        return
    account = named_or_trading_account(ctx)
    await _show(ctx, account, await receipts.newest(account, None))


async def show_receipt(ctx: UpdateContext, code: ShowReceipt) -> None:
    """[Receipt] of an order that was asked for from here. Raises ButtonExpired for somebody else's."""
    receipt = await ctx.services.trading.receipts.of_intent(ctx.user_id, code.intent)
    await _show(ctx, ctx.config.own_account(receipt.account_id), receipt)


async def show_order_receipt(ctx: UpdateContext, code: ShowOrderReceipt) -> None:
    """[Receipt] of any order of one's account; that nothing of it is kept is said."""
    account = ctx.config.own_account(code.account_id)
    receipt = await ctx.services.trading.receipts.of_order(ctx.user_id, account.account_id, code.order_id)
    if receipt is None:
        await ctx.show(nothing_kept_card(ctx.viewer, account, code.order_id))
        return
    await _show(ctx, account, receipt)


async def show_leg_receipt(ctx: UpdateContext, code: ShowLegReceipt) -> None:
    """[Receipt] of a position: of the order that opened it."""
    account = ctx.config.own_account(code.account_id)
    receipt = await ctx.services.trading.receipts.of_leg(
        ctx.user_id, account.account_id, code.symbol, code.position_idx
    )
    await _show(ctx, account, receipt)


async def _show(ctx: UpdateContext, account: Account, receipt: Receipt) -> None:
    if receipt.account_id != account.account_id:
        raise ButtonExpired
    instrument = await known_instrument(ctx, receipt.symbol)
    await ctx.show(receipt_card(ctx.viewer, account, receipt, instrument))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("receipt", receipt_command, access=EVERYONE),
    view(ShowReceipt, show_receipt, access=EVERYONE),
    view(ShowOrderReceipt, show_order_receipt, access=EVERYONE),
    view(ShowLegReceipt, show_leg_receipt, access=EVERYONE),
)
