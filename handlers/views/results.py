"""Result cards as pictures: what of a trade is shown to others."""

from decimal import Decimal

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis
from bot.domain.market import Instrument
from bot.domain.portfolio import Side
from handlers.core.links import LONGEST_SHARED, ShareClosed, fits_button
from handlers.pictures.contents import ResultCard
from handlers.views.cards import Row, button
from handlers.views.charts import look_of
from handlers.views.render_context import RenderContext
from handlers.views.times import day


def share_row(label: str, account_id: AccountId, order_id: str, position_idx: int) -> Row:
    """[Share] of what an order closed; nothing for an id that no button holds."""
    if not fits_button(order_id, LONGEST_SHARED):
        return ()
    return (button(label, ShareClosed(account_id, order_id, position_idx).encode()),)


def result_picture(
    viewer: RenderContext,
    account: Account,
    *,
    symbol: str,
    side: Side,
    leverage: Decimal | None,
    share: Decimal,
    prices: tuple[tuple[str, Decimal], ...],
    at: Millis,
    instrument: Instrument | None,
    source: str,
) -> ResultCard:
    """`share` is of the margin where the leverage is known, else of the value. `prices`: keys of names, and prices."""
    say, figures = viewer.say, viewer.figures
    side_text = say.plain("side-long" if side is Side.BUY else "side-short")
    rows = [(say.plain(key), figures.price(price, instrument)) for key, price in prices]
    rows += [
        (say.plain("share-account"), viewer.type_name(account.account_type)),
        (say.plain("share-date"), day(at)),
    ]
    return ResultCard(
        look=look_of(viewer),
        symbol=symbol,
        side=side_text if leverage is None else f"{side_text} · {figures.number(leverage)}x",
        is_long=side is Side.BUY,
        share=share,
        basis=say.plain("share-basis", known=int(leverage is not None)),
        rows=tuple(rows),
        source=source,
    )
