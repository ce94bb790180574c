"""/subscribe: types and periods with prices, an invoice at the second tap, and one's own payments."""

from dataclasses import dataclass
from typing import Final

from bot.domain.ids import DAY_S
from bot.domain.licensing import LicenseType
from bot.domain.offers import SOLD
from bot.services.chat.buttons import ButtonAction
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.links import BuyLicense
from handlers.core.specs import AFTER_TERMS, EVERYONE, HandlerSpec, action, command, view
from handlers.payments import renewals
from handlers.payments.callbacks import AskSecondRefund, ShowMyPayments
from handlers.payments.views import (
    PAGE,
    bill,
    choice_label,
    my_payments_card,
    nothing_sold_card,
    second_refund_card,
    second_refunded_card,
    subscribe_card,
)

PRICES_FOR: Final = DAY_S  # seconds that the price list can be tapped


@dataclass(frozen=True, slots=True, kw_only=True)
class SendInvoice(ButtonAction):
    """A type and a period of the price list."""

    ACTION = "pay.invoice"
    kind: LicenseType
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSecond(ButtonAction):
    """[Refund now] of one's own second payment of an invoice."""

    ACTION = "pay.refund-second"
    number: int


async def show_prices(ctx: UpdateContext) -> None:
    """`/subscribe`."""
    payments = ctx.services.payments
    if payments.prices.is_empty:
        await ctx.show(nothing_sold_card(ctx.viewer))
        return
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
    await _send_invoices(ctx, payload.kind, payload.months)


async def send_renewal(ctx: UpdateContext, code: BuyLicense) -> None:
    """[Renew] of a reminder: the same invoice as by the price list."""
    await _send_invoices(ctx, code.license_type, code.months)


async def _send_invoices(ctx: UpdateContext, kind: LicenseType, months: int) -> None:
    invoices = await ctx.services.payments.issue(ctx.user_id, kind, months)
    held = await ctx.services.reads.license(ctx.user_id)
    for number, invoice in enumerate(invoices, 1):
        await delivery.send_invoice(ctx.bot, ctx.chat_id, bill(ctx.viewer, held, invoice, number, len(invoices)))


async def show_own_payments(ctx: UpdateContext, code: ShowMyPayments) -> None:
    """[My payments]."""
    found = await ctx.services.payments.page_of(ctx.user_id, code.before, PAGE + 1)
    await ctx.show(my_payments_card(ctx.viewer, found))


async def ask_second_refund(ctx: UpdateContext, code: AskSecondRefund) -> None:
    """[Refund the second] of a receipt asks first."""
    payment = await ctx.services.refunds.second(ctx.user_id, code.number)
    (button,) = await ctx.buttons([(ctx.say.plain("button-refund-now"), RefundSecond(number=code.number))])
    await ctx.send(second_refund_card(ctx.viewer, payment, button))


async def refund_second(ctx: UpdateContext, payload: RefundSecond) -> None:
    """[Refund now], by the payer."""
    payment = await ctx.services.refunds.return_second(ctx.user_id, payload.number)
    await ctx.show(second_refunded_card(ctx.viewer, payment))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("subscribe", show_prices, access=EVERYONE),
    action(SendInvoice, send_invoice, access=AFTER_TERMS),
    view(BuyLicense, send_renewal, access=AFTER_TERMS),
    view(ShowMyPayments, show_own_payments, access=EVERYONE),
    view(AskSecondRefund, ask_second_refund, access=EVERYONE),
    action(RefundSecond, refund_second, access=EVERYONE),
    *renewals.HANDLERS,
)
