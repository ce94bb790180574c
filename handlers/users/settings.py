"""/settings: by buttons with presets, typed at once, or in a dialogue that asks for the value."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.time_zones import zone_of
from bot.domain.users import Language
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.users.preferences import RANGES, SettingField
from handlers.core.context import UpdateContext
from handlers.core.phrases import is_sentence
from handlers.core.plain_words import one_slip, plain
from handlers.core.specs import EVERYONE, SETTING, HandlerSpec, action, command, dialogue, view
from handlers.texts.catalog import Translator
from handlers.texts.cities import zone_of_city
from handlers.users.callbacks import ShowSetting
from handlers.users.settings_views import (
    WORDS,
    names,
    preset_values,
    setting_card,
    setting_saved,
    settings_card,
)

_WORDS_OF_A_PLACE: Final = 3  # America / New York
_NUMBER: Final = re.compile(r"[^\w\s]{0,2}[\d\W_]*\d[\d\W_]*(?:[xх%]|проц\w*|perc\w*)?")  # also one that is none

_SHORT_WORDS: Final[Mapping[SettingField, str]] = MappingProxyType(
    {  # of Russian and Ukrainian, beside the card's own names
        SettingField.RISK_PERCENT: "риск ризик",
        SettingField.STOP_LOSS_PERCENT: "стоп сл",
        SettingField.TAKE_PROFIT_PERCENT: "тейк тп цель ціль",
        SettingField.LEVERAGE: "плечо",
        SettingField.ORDER_TYPE: "ордер",
        SettingField.DEFAULT_ACCOUNT: "счёт счет рахунок",
        SettingField.NOTIFICATIONS: "сообщения уведомления повідомлення сповіщення",
        SettingField.TIME_ZONE: "время час пояс зона",
        SettingField.PICTURES: "картинки графики графіки тема",
    }
)
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
        "charts": SettingField.PICTURES,
        "theme": SettingField.PICTURES,
    }
    | {word: field for field, words in _SHORT_WORDS.items() for word in words.split()}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPreset(ButtonAction):
    """A preset below a setting: the value that a tap gives it."""

    ACTION = "settings.set"
    field: SettingField
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskValue(ButtonAction):
    """[Another value] of stored buttons: shows the setting, whose card takes the value."""

    ACTION = "settings.ask"
    field: SettingField


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDialogue(DialoguePayload):
    """What the value of that setting shall be."""

    DIALOGUE = "settings.value"
    field: SettingField


async def show_or_change_setting(ctx: UpdateContext) -> None:
    """`/settings`, `/settings risk`, `/settings risk 1.5`."""
    if not ctx.arguments:
        await ctx.show(settings_card(ctx.viewer))
        return
    field, value = _field_argument(ctx)
    if value:
        await _set_value(ctx, field, value)
    else:
        await _show_field(ctx, field)


async def show_setting(ctx: UpdateContext, code: ShowSetting) -> None:
    """One setting with its presets; a typed value is taken, too."""
    await _show_field(ctx, code.setting)


async def set_preset(ctx: UpdateContext, payload: SetPreset) -> None:
    """Sets the value of a preset's button."""
    await _set_value(ctx, payload.field, payload.value)


async def ask_value(ctx: UpdateContext, payload: AskValue) -> None:
    """[Another value] of buttons that were stored when there was one: the setting itself."""
    await _show_field(ctx, payload.field)


async def set_typed_value(ctx: UpdateContext, payload: ValueDialogue) -> None:
    """The next message; one that does not fit is explained and may be sent again."""
    await _set_value(ctx, payload.field, ctx.text, answers=ValueDialogue.DIALOGUE)


def _field_argument(ctx: UpdateContext) -> tuple[SettingField, str]:
    """The setting and what follows it: short words, and the card's own in any language. Raises BadInput."""
    fields = dict(_FIELDS)
    for language in Language:
        fields |= names(Translator(ctx.data.texts, language))
    words = ctx.arguments
    for count in range(len(words), 0, -1):
        field = fields.get(" ".join(words[:count]).casefold())
        if field is not None:
            return field, " ".join(words[count:])
    nearest = one_slip(words[0].casefold(), fields)
    if nearest:
        raise BadInput("error-setting", word=words[0], nearest=nearest[0])
    raise BadInput("error-setting-unlike", word=words[0])


def _value_of(ctx: UpdateContext, field: SettingField, typed: str) -> str:
    """What is stored for a word of the setting's own buttons; anything else as it was typed."""
    shown = {label.casefold(): value for value, label in preset_values(ctx.viewer, field)}
    city = zone_of_city(typed) if field is SettingField.TIME_ZONE else None
    return city or shown.get(typed.strip().casefold(), typed)


async def _set_value(ctx: UpdateContext, field: SettingField, value: str, *, answers: str | None = None) -> None:
    try:
        config = await ctx.services.preferences.set(ctx.user_id, field, _value_of(ctx, field, value), answers=answers)
    except BadInput as mistake:
        if mistake.key == "error-number" and not RANGES[field].places:
            raise BadInput("error-number-whole", **mistake.values) from mistake  # an example without decimals
        raise
    await asyncio.to_thread(zone_of, config.settings.time_zone)  # a file, which views then have at hand
    viewer = replace(ctx, config=config).viewer
    await ctx.show(settings_card(viewer, lead=setting_saved(viewer, field)))


async def _show_field(ctx: UpdateContext, field: SettingField) -> None:
    choices: list[tuple[str, ButtonAction]] = [
        (label, SetPreset(field=field, value=value)) for value, label in preset_values(ctx.viewer, field)
    ]
    presets = await ctx.buttons(choices)
    await ctx.services.dialogues.begin(ctx.user_id, ValueDialogue(field=field))
    await ctx.show(setting_card(ctx.viewer, field, presets))


async def _is_value(ctx: UpdateContext, payload: ValueDialogue) -> bool:
    """A number for a number, a word of the setting's buttons, a place for a time zone; or what was meant as one."""
    text = plain(ctx.text)
    if text in {plain(label) for _, label in preset_values(ctx.viewer, payload.field)}:
        return True
    if payload.field in RANGES:
        return _NUMBER.fullmatch(text) is not None
    if payload.field is SettingField.TIME_ZONE:
        return len(text.split()) <= _WORDS_OF_A_PLACE and await is_sentence(ctx)
    return len(text.split()) == 1 and await is_sentence(ctx)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("settings", show_or_change_setting, access=EVERYONE, good_for_s=SETTING),
    view(ShowSetting, show_setting, access=EVERYONE),
    action(SetPreset, set_preset, access=EVERYONE),
    action(AskValue, ask_value, access=EVERYONE),
    dialogue(ValueDialogue, set_typed_value, access=EVERYONE, takes=_is_value),
)
