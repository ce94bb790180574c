"""The keypad and what /pin shows."""

from typing import Final

from bot.domain.ids import Millis
from bot.domain.pins import LENGTH, StoredPin
from handlers.core.keypads import Keypad, Step
from handlers.texts.catalog import Markup, join
from handlers.users.callbacks import PressPin
from handlers.views.cards import Card, Row, button
from handlers.views.frame import menu_row
from handlers.views.render_context import RenderContext

_ROWS: Final = ("123", "456", "789")
_TITLES: Final = {Step.ENTER: "pin-enter", Step.NEW: "pin-new", Step.REPEAT: "pin-repeat"}


def keypad_card(viewer: RenderContext, keypad: Keypad, *, lead: Markup | None = None) -> Card:
    """Ten digits, back and cancel; how many were tapped, never which."""
    say = viewer.say
    parts = [] if lead is None else [lead, Markup("")]
    dots = " ".join("●" * len(keypad.digits) + "○" * (LENGTH - len(keypad.digits)))
    parts += [say(_TITLES[keypad.step]), Markup(""), Markup(f"<code>{dots}</code>")]

    def key(label: str, name: str) -> Row:
        return (button(label, viewer.data(PressPin(keypad.token, name))),)

    digits = tuple(sum((key(digit, digit) for digit in row), ()) for row in _ROWS)
    last = (*key(say.plain("button-pin-back"), "b"), *key("0", "0"), *key(say.plain("button-cancel"), "c"))
    return Card(text=join(parts), rows=(*digits, last))


def locked_card(viewer: RenderContext, until: Millis) -> Card:
    """Says until when the PIN is locked, after five wrong tries."""
    return Card(text=viewer.say("pin-is-locked", time=viewer.when(until)), rows=(menu_row(viewer),))


def pin_card(
    viewer: RenderContext, stored: StoredPin | None, rows: tuple[Row, ...], *, lead: Markup | None = None
) -> Card:
    """What it stands before, and whether there is one."""
    say = viewer.say
    parts = [] if lead is None else [lead, Markup("")]
    parts += [say("pin-title"), say("pin-about"), Markup("")]
    if stored is None:
        parts.append(say("pin-none"))
    else:
        parts.append(say("pin-guards-keys") if stored.guards_keys else say("pin-not-for-keys"))
    return Card(text=join(parts), rows=rows)
