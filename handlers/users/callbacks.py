"""Codes of the menu, of language, settings, messages and the PIN's keypad."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from bot.domain.notices import NoticeKind
from bot.domain.payloads import AtMost, Matching
from bot.domain.users import Language, Notifications
from bot.services.users.preferences import SettingField
from handlers.core.callbacks import Code

LAST_MINUTE: Final = 1_439  # of a day
LONGEST_MUTE: Final = 168  # hours


@dataclass(frozen=True, slots=True)
class SetLanguage(Code):
    """Harmless and undone by one more tap: design.md lets a language button carry a code."""

    TAG = "lang"
    language: Language


class MenuGroup(StrEnum):
    """What stands behind the menu's last buttons."""

    TRADING = "trading"
    MORE = "more"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class ShowMenu(Code):
    """A group of the menu."""

    TAG = "menu"
    group: MenuGroup


@dataclass(frozen=True, slots=True)
class ShowSetting(Code):
    """One setting with its presets."""

    TAG = "set"
    setting: SettingField


@dataclass(frozen=True, slots=True)
class ChooseRing(Code):
    """How a kind of message rings from now on: undone by one more tap, as a language is."""

    TAG = "ring"
    notice: NoticeKind
    ring: Notifications


@dataclass(frozen=True, slots=True)
class ShowQuiet(Code):
    """Quiet hours, and others to choose from."""

    TAG = "quiet"


@dataclass(frozen=True, slots=True)
class SetQuiet(Code):
    """Quiet hours in minutes of the day; two alike: none."""

    TAG = "hush"
    start: Annotated[int, AtMost(LAST_MINUTE)]
    end: Annotated[int, AtMost(LAST_MINUTE)]


@dataclass(frozen=True, slots=True)
class MuteFor(Code):
    """So many hours from the press on; 0: no longer."""

    TAG = "mute"
    hours: Annotated[int, AtMost(LONGEST_MUTE)]


@dataclass(frozen=True, slots=True)
class PressPin(Code):
    """A key of the PIN's keypad: a digit, b for back, c to cancel. The pad's token dies with the pad."""

    TAG = "pin"
    pad: Annotated[str, Matching("[A-Za-z0-9_-]{22}")]
    key: Annotated[str, Matching("[0-9bc]")]
