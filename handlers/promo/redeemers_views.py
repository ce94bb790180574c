"""Who redeemed a campaign."""

from collections.abc import Sequence

from bot.domain.promo import Campaign, Redeemer
from handlers.promo.callbacks import PromoCard, PromoRedeemers
from handlers.promo.views import terms_line
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton, Row, button
from handlers.views.dates import day_of
from handlers.views.frame import menu_row
from handlers.views.render_context import RenderContext
from handlers.views.times import span

_SHOWN_OF_PSEUDONYM = 8  # digits that tell two erased people apart


def redeemers_card(
    viewer: RenderContext,
    campaign: Campaign,
    redeemers: Sequence[Redeemer],
    file: Row,
    before: int,
    *,
    has_more: bool,
) -> Card:
    """A page of redemptions, the newest first; `before` 0 is the first one."""
    say, number = viewer.say, campaign.campaign_id
    lines = [say("promo-redeemers", campaign=str(number)), terms_line(viewer, campaign.terms), Markup("")]
    lines += [_line(viewer, each) for each in redeemers] or [say("promo-redeemers-none")]
    pages: list[CardButton] = []
    if before:
        pages.append(button(say.plain("button-promo-newest"), viewer.data(PromoRedeemers(number))))
    if has_more:
        older = PromoRedeemers(number, redeemers[-1].usage.usage_id)
        pages.append(button(say.plain("button-promo-older"), viewer.data(older)))
    back = button(say.plain("button-promo-open"), viewer.data(PromoCard(number)))
    return Card(text=join(lines), rows=(tuple(pages), file, (back,), menu_row(viewer)))


def redeemers_caption(viewer: RenderContext, campaign: Campaign) -> Card:
    """The caption of the file of redeemers."""
    lines = [viewer.say("promo-redeemers", campaign=str(campaign.campaign_id)), terms_line(viewer, campaign.terms)]
    return Card(text=join(lines))


def state_of(redeemer: Redeemer) -> str:
    """What became of the time that a redemption gave."""
    if redeemer.user_id is None:
        return "erased"
    if redeemer.is_undone:
        return "called-back"
    return "active" if redeemer.left else "over"


def _line(viewer: RenderContext, redeemer: Redeemer) -> Markup:
    say, at = viewer.say, day_of(viewer, redeemer.usage.at)
    if redeemer.user_id is None:
        return say("promo-redeemer-erased", at=at, pseudonym=redeemer.pseudonym[:_SHOWN_OF_PSEUDONYM])
    parts = [redeemer.first_name, "" if redeemer.username is None else f"@{redeemer.username}"]
    state = say.plain("promo-redeemer-state", state=state_of(redeemer), left=span(say, redeemer.left / 1000))
    line = say(
        "promo-redeemer",
        at=at,
        name=" ".join(part for part in parts if part) or "–",
        user=str(redeemer.user_id),
        state=state,
    )
    return join([line, say("promo-redeemer-by-admin")], " · ") if redeemer.by_admin else line
