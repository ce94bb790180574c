"""Identity, terms and privacy."""

from bot.domain.users import Role
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton
from handlers.views.frame import command_button, menu_row
from handlers.views.render_context import RenderContext


def whoami_card(viewer: RenderContext, role: Role, language_name: str) -> Card:
    """What the bot knows of whoever asks."""
    say, config = viewer.say, viewer.config
    lines = [
        say("whoami-title"),
        say("whoami-id", id=str(config.user_id)),
        say("whoami-role", role=say.plain("role-name", role=role.value)),
        say("whoami-language", name=language_name),
        say("whoami-zone", zone=viewer.zone_name),
        say("whoami-accounts", names=", ".join(viewer.account_name(each) for each in config.accounts)),
    ]
    languages = command_button(viewer, "button-lang", "lang")
    return Card(
        text=join(lines), rows=((*languages, *command_button(viewer, "button-settings", "settings")), menu_row(viewer))
    )


def terms_gate_card(viewer: RenderContext, accept: CardButton, *, key_waits: bool) -> Card:
    """The terms before the first key, with the one button that goes on."""
    say = viewer.say
    parts = [say("terms-first"), Markup(""), say("terms-body")]
    if key_waits:
        parts += [Markup(""), say("terms-key-waits")]
    return Card(text=join(parts), rows=((accept,), menu_row(viewer)))


def accepted_card(viewer: RenderContext) -> Card:
    """Recorded; nothing was waiting for it."""
    return Card(text=viewer.say("terms-accepted"), rows=(command_button(viewer, "button-keys", "keys"),))
