"""/subscribe: types and periods with prices, an invoice at the second tap, and one's own payments."""

from dataclasses import dataclass
from typing import Final

from bot.domain.ids import DAY_S
from bot.domain.licensing import LicenseType
from bot.domain.offers import SOLD
from bot.services.chat.buttons import ButtonAction
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.specs import AFTER_TERMS, EVERYONE, HandlerSpec, action, command, view
from handlers.payments.callbacks import ShowMyPayments
from handlers.payments.views import PAGE, bill, choice_label, my_payments_card, subscribe_card

PRICES_FOR: Final = DAY_S  # seconds that the price list can be tapped


@dataclass(frozen=True, slots=True, kw_only=True)
class SendInvoice(ButtonAction):
    """A type and a period of the price list."""

    ACTION = "pay.invoice"
    kind: LicenseType
    months: int


async def show_prices(ctx: UpdateContext) -> None:
    """`/subscribe`."""
    payments = ctx.services.payments
    choices = [choice for kind in SOLD for choice in payments.prices.of_type(kind)]
    buttons = await ctx.buttons(
        [
            (choice_label(ctx.viewer, choice), SendInvoice(kind=choice.license_type, months=choice.months))
            for choice in choices
        ],
        lifetime_s=PRICES_FOR,
    )
    held = await ctx.services.reads.license(ctx.user_id)
    await ctx.show(subscribe_card(ctx.viewer, held, payments.prices, list(zip(choices, buttons, strict=True))))


async def send_invoice(ctx: UpdateContext, payload: SendInvoice) -> None:
    """A choice: its invoice, or both of them."""
    invoices = await ctx.services.payments.issue(ctx.user_id, payload.kind, payload.months)
    for number, invoice in enumerate(invoices, 1):
        await delivery.send_invoice(ctx.bot, ctx.chat_id, bill(ctx.viewer, invoice, number, len(invoices)))


async def show_own_payments(ctx: UpdateContext, code: ShowMyPayments) -> None:
    """[My payments]."""
    found = await ctx.services.payments.page_of(ctx.user_id, code.before, PAGE + 1)
    await ctx.show(my_payments_card(ctx.viewer, found))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("subscribe", show_prices, access=EVERYONE),
    action(SendInvoice, send_invoice, access=AFTER_TERMS),
    view(ShowMyPayments, show_own_payments, access=EVERYONE),
)
