"""A campaign's terms before and after a change."""

from bot.domain.promo import Campaign
from bot.domain.promo_codes import Terms
from handlers.promo.callbacks import PromoCard
from handlers.promo.views import terms_line
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton, button
from handlers.views.frame import command_button
from handlers.views.render_context import RenderContext


def ask_change_card(viewer: RenderContext, campaign: Campaign) -> Card:
    """Asks what shall be otherwise."""
    say, number = viewer.say, str(campaign.campaign_id)
    lines = [say("promo-edit-title", campaign=number), terms_line(viewer, campaign.terms), say("promo-edit-ask")]
    return Card(text=join(lines), rows=(command_button(viewer, "button-cancel", "cancel"),))


def change_card(viewer: RenderContext, campaign: Campaign, terms: Terms, confirm: CardButton) -> Card:
    """What is, and what would be."""
    say = viewer.say
    lines = [
        say("promo-edit-title", campaign=str(campaign.campaign_id)),
        say("promo-edit-before", terms=terms_line(viewer, campaign.terms)),
        say("promo-edit-after", terms=terms_line(viewer, terms)),
    ]
    if terms.note != campaign.terms.note:
        lines.append(say("promo-note", note=terms.note) if terms.note else say("promo-edit-no-note"))
    if terms.loosens(campaign.terms):
        lines += [Markup(""), say("promo-edit-more")]
    back = button(say.plain("button-promo-open"), viewer.data(PromoCard(campaign.campaign_id)))
    return Card(text=join(lines), rows=((confirm,), (back,)))
