"""[Share] of an open position: what a close now would bring, in percent."""

from typing import Final

from bot.domain.errors import ButtonExpired
from handlers.core.context import UpdateContext
from handlers.core.links import ShowLeg
from handlers.core.pictures import PictureCard, show_picture
from handlers.core.specs import EVERYONE, HandlerSpec, view
from handlers.trading.accounts import managed_account
from handlers.trading.leg_codes import ShareLeg
from handlers.trading.leg_views import back_row
from handlers.trading.legs import known_instrument, one_leg
from handlers.views.cards import Card
from handlers.views.results import result_picture


async def share_leg(ctx: UpdateContext, code: ShareLeg) -> None:
    """The position as it stands. Raises ButtonExpired where it is closed or has no price yet, ExchangeErrors."""
    account = managed_account(ctx, code.account_id)
    outlook = await one_leg(ctx, account, code.symbol, code.position_idx)
    position, viewer = outlook.position, ctx.viewer
    if not position.entry_price or outlook.exit_price is None or outlook.net_if_closed is None:
        raise ButtonExpired
    share = outlook.net_if_closed / (position.entry_price * position.size) * (position.leverage or 1)
    content = result_picture(
        viewer,
        account,
        symbol=code.symbol,
        side=position.side,
        leverage=position.leverage,
        share=share,
        prices=(("share-entry", position.entry_price), ("share-now", outlook.exit_price)),
        at=outlook.as_of,
        instrument=await known_instrument(ctx, code.symbol),
        source=f"@{ctx.bot.username}",
    )
    name = f"{content.symbol} · {content.side}"
    text = viewer.say("share-caption", name=name, change=viewer.figures.change(share), basis=content.basis)
    leg = ShowLeg(code.account_id, code.symbol, code.position_idx)
    await show_picture(ctx, PictureCard(content=content, card=Card(text=text, rows=(back_row(viewer, leg),))))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (view(ShareLeg, share_leg, access=EVERYONE),)
