"""/subscribe: types and periods with prices, an invoice at the second tap, and one's own payments."""

from typing import Final

from bot.domain.ids import DAY_S
from bot.domain.licensing import LicenseType
from bot.domain.offers import SOLD
from bot.services.chat.buttons import Wish
from handlers.core import delivery
from handlers.core.callbacks import ShowMyPayments
from handlers.core.context import Turn
from handlers.core.specs import AFTER_TERMS, EVERYONE, Entry, command, does, shows
from handlers.payments.views import PAGE, bill, choice_label, my_payments_card, subscribe_card

INVOICE: Final = "pay.invoice"
PRICES_FOR: Final = DAY_S  # seconds that the price list can be tapped


async def show(turn: Turn) -> None:
    """`/subscribe`."""
    payments = turn.services.payments
    choices = [choice for kind in SOLD for choice in payments.prices.of_type(kind)]
    buttons = await turn.buttons(
        [
            (
                choice_label(turn.viewer, choice),
                Wish(action=INVOICE, values={"kind": choice.license_type.value, "months": str(choice.months)}),
            )
            for choice in choices
        ],
        lifetime_s=PRICES_FOR,
    )
    held = await turn.services.reads.license(turn.user_id)
    await turn.show(subscribe_card(turn.viewer, held, payments.prices, list(zip(choices, buttons, strict=True))))


async def send_invoice(turn: Turn, wish: Wish) -> None:
    """A choice: its invoice, or both of them."""
    kind, months = LicenseType(wish.values["kind"]), int(wish.values["months"])
    invoices = await turn.services.payments.issue(turn.user_id, kind, months)
    for number, invoice in enumerate(invoices, 1):
        await delivery.send_invoice(turn.bot, turn.chat_id, bill(turn.viewer, invoice, number, len(invoices)))


async def show_mine(turn: Turn, code: ShowMyPayments) -> None:
    """[My payments]."""
    found = await turn.services.payments.page_of(turn.user_id, code.before, PAGE + 1)
    await turn.show(my_payments_card(turn.viewer, found))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("subscribe", show, access=EVERYONE, description="command-subscribe"),
    does(INVOICE, send_invoice, access=AFTER_TERMS),
    shows(ShowMyPayments, show_mine, access=EVERYONE),
)
