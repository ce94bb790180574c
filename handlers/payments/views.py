"""Prices, invoices, one's own payments, the admins' list and card."""

from collections.abc import Callable, Sequence
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.ids import UserId
from bot.domain.licensing import License, LicenseType
from bot.domain.offers import SOLD, Choice, PriceList
from bot.domain.payments import Invoice, Listed, OlderCharge, Payment, PaymentStatus
from bot.domain.promo import starts_after
from handlers.core.delivery import Bill
from handlers.core.links import SUBSCRIBE_PAYLOAD, AskRefund, ShowPaymentsOf
from handlers.payments.callbacks import ShowMyPayments, ShowPayment, ShowPayments, ShowRenewals
from handlers.texts.catalog import Markup, Translator, Value, join
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.figures import MINUS
from handlers.views.frame import command_button, menu_row
from handlers.views.licenses import holding, stars
from handlers.views.render_context import RenderContext
from handlers.views.tables import columns
from handlers.views.times import day, span

PAGE: Final = 8  # payments a card
REASONS: Final = ("reason-wish", "reason-mistake", "reason-trouble")
_IN_A_ROW: Final = 4


def subscribe_card(
    viewer: RenderContext, held: License, prices: PriceList, choices: Sequence[tuple[Choice, CardButton]]
) -> Card:
    """What is held, the price list, a button for each choice."""
    say = viewer.say
    parts = [say("subscribe-title"), *holding(viewer, held)]
    rows: list[Row] = []
    for kind in SOLD:
        of_kind = [(choice, press) for choice, press in choices if choice.license_type is kind]
        if of_kind:
            parts += [Markup(""), say("subscribe-type", kind=kind.value), *_begins(viewer, held, kind)]
            parts.append(_prices(viewer, prices, of_kind))
            rows += in_rows([press for _, press in of_kind], 2)
    if any(len(choice.parts) > 1 for choice, _ in choices):
        parts += [Markup(""), say("subscribe-two")]
    if AccountType.LIVE not in viewer.traded:
        parts += [Markup(""), say("subscribe-live-off")]
    parts += [Markup(""), say("subscribe-how")]
    mine = button(say.plain("button-my-payments"), viewer.data(ShowMyPayments()))
    monthly = button(say.plain("button-monthly"), viewer.data(ShowRenewals()))
    return Card(text=join(parts), rows=(*rows, (monthly, mine), menu_row(viewer)))


def nothing_sold_card(viewer: RenderContext) -> Card:
    """While there is no price list."""
    say = viewer.say
    mine = button(say.plain("button-my-payments"), viewer.data(ShowMyPayments()))
    rows = ((mine,), command_button(viewer, "button-license", "license"), menu_row(viewer))
    return Card(text=say("subscribe-nothing"), rows=rows)


def choice_label(viewer: RenderContext, choice: Choice) -> str:
    """Premium 3 mo; its price stands above."""
    return viewer.say.plain("button-choice", kind=choice.license_type.value, months=choice.months)


def bill(viewer: RenderContext, held: License, invoice: Invoice, number: int, count: int) -> Bill:
    """An invoice in the payer's language; of two, which one it is. It says when the time begins, if not at once."""
    say, kind = viewer.say, invoice.license_type.value
    title = say.plain("invoice-title", kind=kind, days=invoice.days)
    description = say.plain("invoice-description", kind=kind, days=invoice.days)
    if count > 1:
        title = say.plain("invoice-part", title=title, number=number, count=count)
    return Bill(
        title=title,
        description=" ".join([description, *_begins(viewer, held, invoice.license_type)]),
        payload=invoice.payload,
        stars=invoice.stars,
        start_parameter=SUBSCRIBE_PAYLOAD,
    )


def my_payments_card(viewer: RenderContext, found: Sequence[Payment]) -> Card:
    """A person's own, newest first; one more than a page means that there are older ones."""
    say = viewer.say
    shown = found[:PAGE]
    lines = [_line(say, payment) for payment in shown] or [say("payments-none")]
    older = _older(viewer, found, ShowMyPayments(shown[-1].payment_id).encode) if shown else ()
    back = command_button(viewer, "button-license-subscribe", "subscribe")
    text = join([say("my-payments-title"), *lines, say("my-payments-help")])
    return Card(text=text, rows=(older, back, menu_row(viewer)))


def payments_card(viewer: RenderContext, found: Sequence[Payment], listed: Listed) -> Card:
    """Everybody's, with a button for each and a filter above."""
    say = viewer.say
    shown = found[:PAGE]
    lines = [_line(say, payment, with_user=True) for payment in shown] or [say("payments-none")]
    filters = [
        button(
            say.plain("tab-current", name=name) if each is listed else name,
            viewer.data(ShowPayments(each, 0)),
        )
        for each in Listed
        if (name := say.plain("payments-filter", which=each.value))
    ]
    cards = [button(f"#{each.payment_id}", viewer.data(ShowPayment(each.payment_id))) for each in shown]
    older = _older(viewer, found, ShowPayments(listed, shown[-1].payment_id).encode) if shown else ()
    rows = (*in_rows(cards, _IN_A_ROW), older, *in_rows(filters, 3), menu_row(viewer))
    return Card(text=join([say("payments-title"), *lines]), rows=rows)


def payments_of_card(viewer: RenderContext, user_id: UserId, found: Sequence[Payment], total: tuple[int, int]) -> Card:
    """One person's, newest first. `total`: Stars kept, Stars given back."""
    say = viewer.say
    kept, returned = total
    shown = found[:PAGE]
    lines = [_line(say, payment) for payment in shown] or [say("payments-none")]
    title = say("payments-of-title", user=str(user_id))
    sums = say("payments-of-total", kept=stars(say, kept), returned=stars(say, returned))
    older: Row = ()
    if len(found) > PAGE:
        older = (button(say.plain("button-older"), viewer.data(ShowPaymentsOf(user_id, shown[-1].payment_id))),)
    cards = [button(f"#{each.payment_id}", viewer.data(ShowPayment(each.payment_id))) for each in shown]
    return Card(text=join([title, sums, *lines]), rows=(*in_rows(cards, _IN_A_ROW), older, _back(viewer)))


def payment_card(viewer: RenderContext, payment: Payment, unused: int) -> Card:
    """One payment's story. `unused` in ms: what of it has not run yet."""
    say = viewer.say
    lines = [
        say("payment-title", number=payment.payment_id),
        say("payment-of", user=_user(payment)),
        say("payment-paid", stars=stars(say, payment.stars), date=viewer.when(payment.paid_at)),
        say("payment-for", what=_what(say, payment)),
        say("payment-status", status=_status(say, payment)),
    ]
    if unused:
        lines.append(say("payment-unused", span=span(say, unused / 1000)))
    if payment.reason:
        lines.append(say("payment-reason", reason=_reason(say, payment)))
    if payment.trouble:
        lines.append(say("payment-trouble", said=payment.trouble, attempts=payment.attempts))
    if payment.settled_at is not None:
        lines.append(say("payment-settled", date=viewer.when(payment.settled_at)))
    lines.append(say("payment-charge", charge=payment.charge_id))
    can_go_back = payment.status is PaymentStatus.COMPLETED and payment.user_id is not None
    ask = button(say.plain("button-refund"), viewer.data(AskRefund(payment.payment_id)))
    return Card(text=join(lines), rows=((ask,) if can_go_back else (), _back(viewer)))


def ask_reason_card(viewer: RenderContext, payment: Payment, reasons: Sequence[CardButton]) -> Card:
    """Asks why the Stars go back, with the usual reasons as buttons."""
    text = viewer.say("refund-why", number=payment.payment_id, stars=stars(viewer.say, payment.stars))
    return Card(text=text, rows=(*in_rows(reasons, 1), _to_payment(viewer, payment.payment_id)))


def type_reason_card(viewer: RenderContext, number: int) -> Card:
    """The next message is the reason."""
    return Card(text=viewer.say("refund-type-reason", number=number), rows=(_to_payment(viewer, number),))


def confirm_refund_card(viewer: RenderContext, payment: Payment, unused: int, reason: str, confirm: CardButton) -> Card:
    """What goes back, what is taken, and why."""
    say = viewer.say
    lines = [
        say("refund-ask", stars=stars(say, payment.stars), user=_user(payment)),
        say("refund-takes", what=_what(say, payment), span=span(say, unused / 1000)),
        say("payment-reason", reason=reason),
    ]
    return Card(text=join(lines), rows=((confirm,), _to_payment(viewer, payment.payment_id)))


def refund_asked_card(viewer: RenderContext, payment: Payment) -> Card:
    """Under way: the word that it is done comes as a message of its own."""
    text = viewer.say("refund-asked", stars=stars(viewer.say, payment.stars), user=_user(payment))
    return Card(text=text, rows=(_to_payment(viewer, payment.payment_id), _back(viewer)))


def second_refund_card(viewer: RenderContext, payment: Payment, confirm: CardButton) -> Card:
    """Asks a payer whether the second payment of an invoice goes back."""
    say = viewer.say
    text = say(
        "refund-second-ask", stars=stars(say, payment.stars), what=_what(say, payment), number=payment.payment_id
    )
    return Card(text=text, rows=((confirm,), command_button(viewer, "button-license", "license")))


def second_refunded_card(viewer: RenderContext, payment: Payment) -> Card:
    """Under way: that it is done comes as a message of its own."""
    text = viewer.say("refund-second-asked", stars=stars(viewer.say, payment.stars))
    return Card(text=text, rows=(command_button(viewer, "button-license", "license"),))


def older_charges_card(viewer: RenderContext, charges: Sequence[OlderCharge]) -> Card:
    """Charges from before this database, the newest first."""
    say = viewer.say
    lines = [
        say(
            "older-line",
            date=day(each.paid_at),
            user="–" if each.payer is None else str(each.payer),
            stars=stars(say, each.stars),
            charge=each.charge_id,
        )
        for each in charges
    ] or [say("payments-none")]
    return Card(text=join([say("older-title"), *lines]), rows=(_back(viewer), menu_row(viewer)))


def _prices(viewer: RenderContext, prices: PriceList, choices: Sequence[tuple[Choice, CardButton]]) -> Markup:
    say, rows = viewer.say, []
    for choice, _ in choices:
        discount = prices.discount(choice)
        less = f"{MINUS}{viewer.figures.percent_sign(str(discount))}" if discount else ""
        rows.append((say.plain("subscribe-months", months=choice.months), _price(say, choice), less))
    return columns(rows)


def _begins(viewer: RenderContext, held: License, kind: LicenseType) -> list[Markup]:
    """When time of that type that is bought now begins to run; nothing if it is at once."""
    starts = starts_after(held, kind, viewer.now)
    return [viewer.say("subscribe-begins", date=viewer.when(starts))] if starts > viewer.now else []


def _price(say: Translator, choice: Choice) -> str:
    """24,000 ⭐; of two equal parts 2 × 24,000 ⭐."""
    amounts = [part.stars for part in choice.parts]
    if len(set(amounts)) == 1 and len(amounts) > 1:
        return f"{len(amounts)} × {stars(say, amounts[0])}"
    return " + ".join(stars(say, amount) for amount in amounts)


def _line(say: Translator, payment: Payment, *, with_user: bool = False) -> Markup:
    values: dict[str, Value] = {
        "number": payment.payment_id,
        "date": day(payment.created_at),
        "what": _what(say, payment),
        "stars": stars(say, payment.stars),
        "status": _status(say, payment),
    }
    return say("payment-line-of", user=_user(payment), **values) if with_user else say("payment-line", **values)


def _what(say: Translator, payment: Payment) -> str:
    """Premium, 90 days; nothing for what could not be credited."""
    if payment.license_type is None or payment.days is None:
        return say.plain("payment-nothing")
    return say.plain("invoice-title", kind=payment.license_type.value, days=payment.days)


def _status(say: Translator, payment: Payment) -> str:
    return say.plain("payment-state", status=payment.status.value)


def _reason(say: Translator, payment: Payment) -> str:
    """Why it is unclaimed in words; an admin's reason as it was typed."""
    is_unclaimed = payment.entry_id is None
    return say.plain("unclaimed-why", why=payment.reason) if is_unclaimed else payment.reason


def _user(payment: Payment) -> str:
    return "–" if payment.user_id is None else str(payment.user_id)


def _older(viewer: RenderContext, found: Sequence[Payment], encode: Callable[..., str]) -> Row:
    return (button(viewer.say.plain("button-older"), encode(viewer.owner)),) if len(found) > PAGE else ()


def _back(viewer: RenderContext) -> Row:
    return command_button(viewer, "button-payments", "payments")


def _to_payment(viewer: RenderContext, number: int) -> Row:
    return (button(viewer.say.plain("button-back"), viewer.data(ShowPayment(number))),)
