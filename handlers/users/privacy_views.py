"""/terms, /privacy and /forget."""

from collections.abc import Mapping, Sequence

from bot.domain.ids import Millis
from bot.domain.privacy import PrivacyState
from bot.services.users.people import TERMS_VERSION
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton
from handlers.views.frame import command_button, menu_row
from handlers.views.render_context import RenderContext


def terms_card(viewer: RenderContext, state: PrivacyState, accept: CardButton | None) -> Card:
    """The terms, their version, and when the reader accepted them; `accept` while they have not."""
    say = viewer.say
    if state.terms_accepted_at is None or accept is not None:
        license_balance = say("terms-not-accepted")
    else:
        license_balance = say("terms-accepted-at", date=viewer.when(state.terms_accepted_at))
    parts = [say("terms-title", version=TERMS_VERSION), Markup(""), say("terms-body"), Markup(""), license_balance]
    rows = ((accept,) if accept is not None else (), command_button(viewer, "button-privacy", "privacy"))
    return Card(text=join(parts), rows=(*rows, menu_row(viewer)))


def privacy_card(viewer: RenderContext, export: CardButton) -> Card:
    """What is stored, why and how long, with a copy and the way out at hand."""
    say = viewer.say
    text = join([say("privacy-title"), say("privacy-body"), say("privacy-how-long")], "\n\n")
    return Card(text=text, rows=((export,), command_button(viewer, "button-forget", "forget"), menu_row(viewer)))


def export_card(viewer: RenderContext) -> Card:
    """The caption of the document."""
    return Card(text=viewer.say("privacy-export"))


def forget_card(viewer: RenderContext, go_on: CardButton, keep: CardButton) -> Card:
    """The first question: what it means."""
    say = viewer.say
    return Card(text=join([say("forget-title"), say("forget-body")], "\n\n"), rows=((keep,), (go_on,)))


def forget_surely_card(
    viewer: RenderContext,
    erase: CardButton,
    keep: CardButton,
    standing: Mapping[str, Sequence[Markup]],
) -> Card:
    """Asks a second time before an erasure; `standing`: what is at Bybit, by the name of its account."""
    accounts = [join([viewer.say("forget-account", account=name), *sentences]) for name, sentences in standing.items()]
    return Card(text=join([viewer.say("forget-surely"), *accounts], "\n\n"), rows=((keep,), (erase,)))


def forgotten_card(viewer: RenderContext, at: Millis, keep: CardButton) -> Card:
    """It will happen, until when it can be taken back, and how."""
    key = "forget-due-banned" if viewer.config.is_banned else "forget-due"
    return Card(text=viewer.say(key, date=viewer.when(at)), rows=((keep,),))


def kept_card(viewer: RenderContext) -> Card:
    """Says that the account stays and nothing is erased."""
    return Card(text=viewer.say("forget-kept"), rows=(menu_row(viewer),))
