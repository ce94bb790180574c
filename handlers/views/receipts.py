"""[Receipt] on other screens: what became of an order, and how long it took."""

from collections.abc import Sequence
from typing import Final

from bot.domain.ids import AccountId
from handlers.core.links import ShowOrderReceipt, fits_button
from handlers.views.cards import Row, button, in_rows
from handlers.views.render_context import RenderContext

_IN_A_ROW: Final = 3


def receipt_button(label: str, account_id: AccountId, order_id: str) -> Row:
    """Of an order by the exchange's id; nothing where a button can't name it."""
    return (button(label, ShowOrderReceipt(account_id, order_id).encode()),) if fits_button(order_id) else ()


def receipt_rows(viewer: RenderContext, orders: Sequence[tuple[str, AccountId, str]]) -> tuple[Row, ...]:
    """One button an order: its name, its account, the exchange's id."""
    return in_rows(
        [
            button(f"🧾 {name}", viewer.data(ShowOrderReceipt(account_id, order_id)))
            for name, account_id, order_id in orders
            if fits_button(order_id)
        ],
        _IN_A_ROW,
    )
