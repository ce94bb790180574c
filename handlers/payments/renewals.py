"""Monthly subscriptions: begun by a link that Telegram's client pays, stopped and resumed by a tap."""

from dataclasses import dataclass, field
from typing import Final

from bot.domain.ids import DAY_S
from bot.domain.licensing import LicenseType
from bot.domain.offers import SOLD
from bot.services.chat.buttons import ButtonAction
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.specs import AFTER_TERMS, EVERYONE, HandlerSpec, action, view
from handlers.payments.callbacks import ShowRenewals
from handlers.payments.renewal_views import renewal_link_card, renewals_card
from handlers.payments.views import bill
from handlers.views.licenses import stars


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRenewal(ButtonAction):
    """[Premium · 5,000 ⭐ a month]."""

    ACTION = "pay.monthly"
    kind: LicenseType


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRenewal(ButtonAction):
    """[Stop Premium], [Renew Premium again]."""

    ACTION = "pay.renewal"
    payload: str = field(repr=False)
    renews: bool


async def show_renewals(ctx: UpdateContext, _: ShowRenewals) -> None:
    """[Monthly] of the price list. A type is begun once: while it runs it is stopped or resumed."""
    running = await ctx.services.subscriptions.of(ctx.user_id)
    choices: list[tuple[str, ButtonAction]] = []
    for each in running:
        kind = ctx.say.plain("license-type", kind=each.license_type.value)
        key = "button-monthly-resume" if each.is_canceled else "button-monthly-stop"
        choices.append((ctx.say.plain(key, kind=kind), SetRenewal(payload=each.payload, renews=each.is_canceled)))
    for license_type in SOLD:
        choice = ctx.services.payments.prices.renewing(license_type)
        if choice is not None and license_type not in {each.license_type for each in running}:
            kind, price = ctx.say.plain("license-type", kind=license_type.value), stars(ctx.say, choice.stars)
            label = ctx.say.plain("button-monthly-start", kind=kind, stars=price)
            choices.append((label, StartRenewal(kind=license_type)))
    await ctx.show(renewals_card(ctx.viewer, running, await ctx.buttons(choices, lifetime_s=DAY_S)))


async def start_renewal(ctx: UpdateContext, payload: StartRenewal) -> None:
    """A link with the first month's invoice; Telegram says at the payment that it renews."""
    invoice = await ctx.services.payments.issue_renewing(ctx.user_id, payload.kind)
    held = await ctx.services.reads.license(ctx.user_id)
    link = await delivery.create_renewing_link(ctx.bot, bill(ctx.viewer, held, invoice, 1, 1))
    await ctx.show(renewal_link_card(ctx.viewer, invoice, link))


async def set_renewal(ctx: UpdateContext, payload: SetRenewal) -> None:
    """Stops at the end of the paid month, or goes on."""
    await ctx.services.subscriptions.set_renewal(ctx.user_id, payload.payload, renews=payload.renews)
    await show_renewals(ctx, ShowRenewals())


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    view(ShowRenewals, show_renewals, access=EVERYONE),
    action(StartRenewal, start_renewal, access=AFTER_TERMS),
    action(SetRenewal, set_renewal, access=EVERYONE),
)
