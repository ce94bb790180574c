"""A broadcast before it goes out, and how far it has come."""

from collections.abc import Sequence
from typing import Final

from bot.domain.broadcasts import Audience, AudienceLicense, Broadcast, BroadcastState, Delivery
from bot.domain.ids import UserId
from bot.domain.users import Language
from handlers.admin.callbacks import AimBroadcast, StopBroadcast
from handlers.texts.catalog import LANGUAGE_NAMES, Markup, join
from handlers.views.cards import Card, Row, button, in_rows
from handlers.views.frame import command_button, menu_row
from handlers.views.render_context import RenderContext
from handlers.views.tables import table

_ALL: Final = "all"
_LICENSES_IN_A_ROW: Final = 3
_BAR: Final = 20  # characters


def ask_text_card(viewer: RenderContext) -> Card:
    """Asks for the text of a broadcast."""
    return Card(text=viewer.say("broadcast-ask-text"), rows=(command_button(viewer, "button-cancel", "cancel"),))


def audience_card(viewer: RenderContext, broadcast: Broadcast, count: int, confirm: Row) -> Card:
    """Whom it is for, how many those are, and the one button that sends it."""
    say = viewer.say
    text = say("broadcast-audience", count=count) if count else say("broadcast-audience-empty")
    rows = (*_license_rows(viewer, broadcast), *_other_rows(viewer, broadcast), confirm)
    return Card(text=text, rows=(*rows, command_button(viewer, "button-cancel", "cancel")))


def progress_card(viewer: RenderContext, broadcast: Broadcast, unreached: Sequence[tuple[UserId, Delivery]]) -> Card:
    """Sent, blocked, undeliverable; who the last ones are once it is over."""
    say = viewer.say
    done = _BAR * broadcast.handled // max(1, broadcast.total)
    rows = [
        (say.plain("broadcast-sent"), str(broadcast.sent)),
        (say.plain("broadcast-blocked"), str(broadcast.blocked)),
        (say.plain("broadcast-failed"), str(broadcast.failed)),
        (say.plain("broadcast-left"), str(max(0, broadcast.total - broadcast.handled))),
    ]
    parts = [
        say("broadcast-title", state=broadcast.state.value),
        Markup(f"<code>{'█' * done}{'░' * (_BAR - done)}</code>"),
        table(rows),
    ]
    if broadcast.state is BroadcastState.SENDING:
        stop = button(say.plain("button-broadcast-stop"), viewer.data(StopBroadcast(broadcast.broadcast_id)))
        return Card(text=join(parts), rows=((stop,),))
    if unreached:
        ids = ", ".join(str(user_id) for user_id, _ in unreached)
        parts.append(say("broadcast-unreached", ids=ids))
    return Card(text=join(parts), rows=(menu_row(viewer),))


def _license_rows(viewer: RenderContext, broadcast: Broadcast) -> tuple[Row, ...]:
    audience = broadcast.audience
    buttons = [
        button(
            _marked(viewer, viewer.say.plain("broadcast-license", kind=each.value), is_on=each is audience.license),
            viewer.data(_aimed(broadcast, Audience(
                license=each, language=audience.language, is_active=audience.is_active))),
        )
        for each in AudienceLicense
    ]  # fmt: skip
    return in_rows(buttons, _LICENSES_IN_A_ROW)


def _other_rows(viewer: RenderContext, broadcast: Broadcast) -> tuple[Row, Row]:
    say, audience = viewer.say, broadcast.audience
    languages = []
    for language in (None, *Language):
        name = say.plain("broadcast-every-language") if language is None else LANGUAGE_NAMES[language]
        aimed = Audience(license=audience.license, language=language, is_active=audience.is_active)
        label = _marked(viewer, name, is_on=language is audience.language)
        languages.append(button(label, viewer.data(_aimed(broadcast, aimed))))
    seen = []
    for is_active in (False, True):
        name = say.plain("broadcast-seen", when="week" if is_active else "ever")
        aimed = Audience(license=audience.license, language=audience.language, is_active=is_active)
        label = _marked(viewer, name, is_on=is_active is audience.is_active)
        seen.append(button(label, viewer.data(_aimed(broadcast, aimed))))
    return tuple(languages), tuple(seen)


def _aimed(broadcast: Broadcast, audience: Audience) -> AimBroadcast:
    spoken = _ALL if audience.language is None else audience.language.value
    return AimBroadcast(broadcast.broadcast_id, audience.license, spoken, audience.is_active)


def _marked(viewer: RenderContext, name: str, *, is_on: bool) -> str:
    return viewer.say.plain("tab-current", name=name) if is_on else name
