"""/settings: by buttons with presets, typed at once, or in a dialogue that asks for the value."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput
from bot.domain.users import Language
from bot.services.chat.buttons import Wish
from bot.services.users.preferences import RANGES, SettingField
from handlers.core.callbacks import ShowSetting
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, continues, does, shows
from handlers.texts.catalog import Say
from handlers.users.settings_views import (
    WORDS,
    ask_value_card,
    names,
    preset_values,
    setting_card,
    setting_saved,
    settings_card,
)

SET: Final = "settings.set"
ASK: Final = "settings.ask"
ASKS_VALUE: Final = "settings.value"
_STATE: Final = "asked"
_LONGEST_NAME: Final = 20  # letters compared
_TYPED_FREELY: Final = frozenset({*RANGES, SettingField.TIME_ZONE})

_FIELDS: Final[Mapping[str, SettingField]] = MappingProxyType(
    {word: field for field, word in WORDS.items()}
    | {field.value: field for field in SettingField}
    | {
        "stop": SettingField.STOP_LOSS_PERCENT,
        "stoploss": SettingField.STOP_LOSS_PERCENT,
        "target": SettingField.TAKE_PROFIT_PERCENT,
        "takeprofit": SettingField.TAKE_PROFIT_PERCENT,
        "lev": SettingField.LEVERAGE,
        "notifications": SettingField.NOTIFICATIONS,
        "timezone": SettingField.TIME_ZONE,
        "tz": SettingField.TIME_ZONE,
    }
)


async def typed(turn: Turn) -> None:
    """`/settings`, `/settings risk`, `/settings risk 1.5`."""
    if not turn.arguments:
        await turn.show(settings_card(turn.viewer))
        return
    field, value = _meant(turn)
    if value:
        await _set(turn, field, value)
    else:
        await _show_field(turn, field)


async def tapped(turn: Turn, code: ShowSetting) -> None:
    """One setting."""
    await _show_field(turn, code.setting)


async def set_preset(turn: Turn, wish: Wish) -> None:
    """A preset's button."""
    await _set(turn, SettingField(wish.values["field"]), wish.values["value"])


async def ask_value(turn: Turn, wish: Wish) -> None:
    """[Another value]."""
    field = SettingField(wish.values["field"])
    await turn.services.dialogues.begin(turn.user_id, ASKS_VALUE, _STATE, {"field": field.value})
    await turn.show(ask_value_card(turn.viewer, field))


async def take_value(turn: Turn, dialogue: Dialogue) -> None:
    """The next message; one that does not fit is explained and may be sent again."""
    await _set(turn, SettingField(dialogue.values["field"]), turn.text)
    await turn.services.dialogues.end(turn.user_id)


def _meant(turn: Turn) -> tuple[SettingField, str]:
    """The setting and what follows it: short words, and the card's own in any language. Raises BadInput."""
    fields = dict(_FIELDS)
    for language in Language:
        fields |= names(Say(turn.data.texts, language))
    words = turn.arguments
    for count in range(len(words), 0, -1):
        field = fields.get(" ".join(words[:count]).casefold())
        if field is not None:
            return field, " ".join(words[count:])
    nearest = get_close_matches(words[0].casefold()[:_LONGEST_NAME], fields, n=1)
    if nearest:
        raise BadInput("error-setting", word=words[0], nearest=nearest[0])
    raise BadInput("error-setting-unlike", word=words[0])


def _value_of(turn: Turn, field: SettingField, typed: str) -> str:
    """What is stored for a word of the setting's own buttons; anything else as it was typed."""
    shown = {label.casefold(): value for value, label in preset_values(turn.viewer, field)}
    return shown.get(typed.strip().casefold(), typed)


async def _set(turn: Turn, field: SettingField, value: str) -> None:
    try:
        config = await turn.services.preferences.set(turn.user_id, field, _value_of(turn, field, value))
    except BadInput as mistake:
        if mistake.key == "error-number" and not RANGES[field].places:
            raise BadInput("error-number-whole", **mistake.values) from mistake  # an example without decimals
        raise
    viewer = replace(turn, config=config).viewer
    await turn.show(settings_card(viewer, lead=setting_saved(viewer, field)))


async def _show_field(turn: Turn, field: SettingField) -> None:
    choices = [
        (label, Wish(action=SET, values={"field": field.value, "value": value}))
        for value, label in preset_values(turn.viewer, field)
    ]
    if field in _TYPED_FREELY:
        choices.append((turn.say.plain("button-other-value"), Wish(action=ASK, values={"field": field.value})))
    buttons = await turn.buttons(choices)
    presets, other = (buttons[:-1], buttons[-1]) if field in _TYPED_FREELY else (buttons, None)
    await turn.show(setting_card(turn.viewer, field, presets, other))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("settings", typed, access=EVERYONE, description="command-settings"),
    shows(ShowSetting, tapped, access=EVERYONE),
    does(SET, set_preset, access=EVERYONE),
    does(ASK, ask_value, access=EVERYONE),
    continues(ASKS_VALUE, take_value, access=EVERYONE),
)
