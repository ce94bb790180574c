"""Monthly subscriptions: what runs, what can be begun, and the link to its first month."""

from collections.abc import Sequence

from bot.domain.payments import Invoice, Subscription
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton
from handlers.views.frame import command_button
from handlers.views.licenses import stars
from handlers.views.render_context import RenderContext


def renewals_card(viewer: RenderContext, running: Sequence[Subscription], buttons: Sequence[CardButton]) -> Card:
    """Those that run, how they go on, and buttons for them and for the others."""
    say = viewer.say
    lines = [renewal_line(viewer, each) for each in running]
    text = join([say("monthly-title"), *lines, Markup(""), say("monthly-how")])
    back = command_button(viewer, "button-license-subscribe", "subscribe")
    return Card(text=text, rows=(*((each,) for each in buttons), back))


def renewal_line(viewer: RenderContext, subscription: Subscription) -> Markup:
    """Until when a subscription is paid, and what then."""
    say = viewer.say
    kind = say.plain("license-type", kind=subscription.license_type.value)
    key = "monthly-stopped" if subscription.is_canceled else "monthly-runs"
    return say(key, kind=kind, stars=stars(say, subscription.stars), date=viewer.when(subscription.until))


def renewal_link_card(viewer: RenderContext, invoice: Invoice, link: str) -> Card:
    """The way to Telegram's own payment, which says that it renews."""
    say = viewer.say
    kind, price = say.plain("license-type", kind=invoice.license_type.value), stars(say, invoice.stars)
    pay = CardButton(say.plain("button-monthly-pay", stars=price), url=link)
    return Card(text=say("monthly-link", kind=kind, stars=price), rows=((pay,),))
