"""Codes of the menu, of language, settings and the PIN's keypad."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from bot.domain.payloads import Matching
from bot.domain.users import Language
from bot.services.users.preferences import SettingField
from handlers.core.callbacks import Code


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
class PressPin(Code):
    """A key of the PIN's keypad: a digit, b for back, c to cancel. The pad's token dies with the pad."""

    TAG = "pin"
    pad: Annotated[str, Matching("[A-Za-z0-9_-]{22}")]
    key: Annotated[str, Matching("[0-9bc]")]
