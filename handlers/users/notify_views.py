"""What /notify shows: how each kind of message rings, quiet hours, and until when it is muted."""

from typing import Final

from bot.domain.notices import ALWAYS, NoticeKind, QuietHours
from bot.domain.users import Notifications
from bot.services.users.preferences import SettingField
from handlers.texts.catalog import Markup, join
from handlers.users.callbacks import ChooseRing, MuteFor, SetQuiet, ShowQuiet, ShowSetting
from handlers.users.notify_words import clock
from handlers.views.cards import Card, CardButton, button, in_rows
from handlers.views.frame import command_button, menu_row, screen_button
from handlers.views.render_context import RenderContext

_MUTES: Final = (1, 8)  # hours
_QUIET: Final = (QuietHours(start=1_320, end=420), QuietHours(start=1_380, end=480), QuietHours(start=0, end=540))
_SIGNS: Final = {Notifications.ON: "🔔", Notifications.SILENT: "🔕", Notifications.OFF: "✖"}
_NEXT: Final = {
    Notifications.ON: Notifications.SILENT,
    Notifications.SILENT: Notifications.OFF,
    Notifications.OFF: Notifications.ON,
}


def notify_card(viewer: RenderContext, *, lead: Markup | None = None) -> Card:
    """Every kind with how it rings, each a button to the next way; quiet hours and the mute."""
    say, settings = viewer.say, viewer.config.settings
    kinds = [
        say("notices-line", sign=_SIGNS[settings.choice(kind)], about=say.plain("notices-about", kind=kind.value))
        for kind in NoticeKind
    ]
    lines = [*([] if lead is None else [lead]), mute_line(viewer), quiet_line(viewer), Markup("")]
    lines += [say("notices-signs"), *kinds, Markup(""), say("notices-never-off")]
    buttons = [_kind_button(viewer, kind) for kind in NoticeKind]
    quiet = button(say.plain("button-quiet"), viewer.data(ShowQuiet()))
    return Card(text=join(lines), rows=(*in_rows(buttons, 2), (quiet,), _mute_buttons(viewer), menu_row(viewer)))


def quiet_card(viewer: RenderContext) -> Card:
    """Quiet hours as they are, and what they may be."""
    say = viewer.say
    presets = [button(_span(hours), viewer.data(SetQuiet(hours.start, hours.end))) for hours in _QUIET]
    presets.append(button(say.plain("button-no-quiet"), viewer.data(SetQuiet(0, 0))))
    zone = screen_button(viewer, "setting-time-zone", ShowSetting(SettingField.TIME_ZONE))
    lines = [quiet_line(viewer), say("quiet-about"), say("quiet-type", zone=viewer.zone_name)]
    back = command_button(viewer, "button-back", "notify")
    return Card(text=join(lines), rows=(*in_rows(presets, 2), (*zone, *back)))


def ring_line(viewer: RenderContext, kind: NoticeKind, ring: Notifications) -> Markup:
    """What was chosen for a kind."""
    about = viewer.say.plain("notices-about", kind=kind.value)
    return viewer.say("notices-line", sign=f"✓ {_SIGNS[ring]}", about=about)


def quiet_line(viewer: RenderContext) -> Markup:
    """The quiet hours, by the reader's clock."""
    hours = viewer.config.settings.quiet_hours
    if hours is None:
        return viewer.say("quiet-none")
    return viewer.say("quiet-hours", hours=_span(hours), zone=viewer.zone_name)


def mute_line(viewer: RenderContext) -> Markup:
    """Until when it is muted, and what rings all the same."""
    until = viewer.config.settings.muted_until
    return viewer.say("mute-until", until=viewer.when(until)) if until > viewer.now else viewer.say("mute-none")


def _kind_button(viewer: RenderContext, kind: NoticeKind) -> CardButton:
    now = viewer.config.settings.choice(kind)
    following = _NEXT[now]
    if following is Notifications.OFF and kind in ALWAYS:
        following = Notifications.ON
    name = viewer.say.plain("notices-kind", kind=kind.value)
    return button(f"{_SIGNS[now]} {name}", viewer.data(ChooseRing(kind, following)))


def _mute_buttons(viewer: RenderContext) -> tuple[CardButton, ...]:
    if viewer.config.settings.muted_until > viewer.now:
        return (button(viewer.say.plain("button-unmute"), viewer.data(MuteFor(0))),)
    return tuple(button(viewer.say.plain("button-mute", hours=hours), viewer.data(MuteFor(hours))) for hours in _MUTES)


def _span(hours: QuietHours) -> str:
    return f"{clock(hours.start)}–{clock(hours.end)}"
