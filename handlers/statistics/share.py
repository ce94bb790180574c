"""/share [SYMBOL] [ACCOUNT] and [Share]: a closed trade as a picture without money, in groups, too."""

from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.services.statistics.shares import SharedTrade
from handlers.core.context import UpdateContext
from handlers.core.links import ShareClosed, ShowClosed
from handlers.core.pictures import PictureCard, show_picture
from handlers.core.plain_words import account_type_named
from handlers.core.specs import ANYWHERE, EVERYONE, HandlerSpec, command, view
from handlers.views.cards import Card, button
from handlers.views.frame import menu_row
from handlers.views.results import result_picture

_WORDS: Final = 3  # of a symbol


async def share_command(ctx: UpdateContext) -> None:
    """`/share`, `/share eth`, `/share btc demo`. Raises BadInput, NoAccount, UnknownSymbol."""
    types = [named for each in ctx.arguments if (named := account_type_named(each)) is not None]
    words = [each for each in ctx.arguments if account_type_named(each) is None]
    account = ctx.config.resolve(types[0]) if types else ctx.config.default_account
    symbol: Symbol | None = None
    if words:
        symbol = (await ctx.services.market_screens.resolve(" ".join(words[:_WORDS]))).symbol
    found = await ctx.services.results.shares.newest(account, symbol)
    if found is None:
        name = ctx.viewer.account_name(account)
        raise BadInput("share-nothing", account=name, symbol=symbol or "", any=int(symbol is None))
    await _show(ctx, account, found)


async def share_closed(ctx: UpdateContext, code: ShareClosed) -> None:
    """[Share] below what a close brought. Raises ButtonExpired for what is not the presser's, or too long ago."""
    account = ctx.config.own_account(code.account_id)
    found = await ctx.services.results.shares.of_order(account, code.order_id, code.position_idx)
    if found is None:
        raise ButtonExpired
    await _show(ctx, account, found)


async def _show(ctx: UpdateContext, account: Account, found: SharedTrade) -> None:
    viewer, trade = ctx.viewer, found.trade
    content = result_picture(
        viewer,
        account,
        symbol=trade.symbol,
        side=trade.side,
        leverage=found.leverage,
        share=found.share,
        prices=(("share-entry", trade.avg_entry_price), ("share-exit", trade.avg_exit_price)),
        at=trade.closed_ts,
        instrument=await ctx.services.account_screens.instruments.find(Category.LINEAR, trade.symbol),
        source=f"@{ctx.bot.username}",
    )
    closed = button(viewer.say.plain("button-closed"), viewer.data(ShowClosed(account.account_id)))
    rows = () if viewer.owner is not None else ((closed, *menu_row(viewer)),)
    name = f"{content.symbol} · {content.side}"
    text = viewer.say("share-caption", name=name, change=viewer.figures.change(found.share), basis=content.basis)
    await show_picture(ctx, PictureCard(content=content, card=Card(text=text, rows=rows)))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("share", share_command, access=EVERYONE, places=ANYWHERE),
    view(ShareClosed, share_closed, access=EVERYONE),
)
