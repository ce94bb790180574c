"""What /settings shows: everything on one card, then one setting with its presets."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bot.domain.numbers import plain
from bot.domain.portfolio import OrderType
from bot.domain.users import Notifications, PictureTheme, UserConfig
from bot.services.users.preferences import RANGES, SettingField
from handlers.texts.catalog import Markup, Translator, join
from handlers.texts.cities import zone_label
from handlers.users.callbacks import ShowSetting
from handlers.views.cards import Card, CardButton, button, in_rows
from handlers.views.frame import command_button, menu_row
from handlers.views.render_context import RenderContext
from handlers.views.tables import table

NUMBER_PRESETS: Final[Mapping[SettingField, tuple[str, ...]]] = MappingProxyType(
    {
        SettingField.RISK_PERCENT: ("0.5", "1", "2", "3"),
        SettingField.STOP_LOSS_PERCENT: ("1", "2", "3", "5"),
        SettingField.TAKE_PROFIT_PERCENT: ("3", "5", "8", "15"),
        SettingField.LEVERAGE: ("1", "2", "3", "5", "10"),
    }
)
_ZONES: Final = (
    "UTC",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Kyiv",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Singapore",
    "America/New_York",
)
_PRESETS_IN_A_ROW: Final = 4
_ZONES_IN_A_ROW: Final = 2
WORDS: Final[Mapping[SettingField, str]] = MappingProxyType(
    {
        SettingField.RISK_PERCENT: "risk",
        SettingField.STOP_LOSS_PERCENT: "sl",
        SettingField.TAKE_PROFIT_PERCENT: "tp",
        SettingField.LEVERAGE: "leverage",
        SettingField.ORDER_TYPE: "order",
        SettingField.DEFAULT_ACCOUNT: "account",
        SettingField.NOTIFICATIONS: "notify",
        SettingField.TIME_ZONE: "zone",
        SettingField.PICTURES: "pictures",
    }
)


def settings_card(viewer: RenderContext, *, lead: Markup | None = None) -> Card:
    """Every setting with its value and a button to change it."""
    say = viewer.say
    parts = [] if lead is None else [lead, Markup("")]
    rows = [(say.plain(_label(field)), current_value(viewer, field)) for field in SettingField]
    buttons = [button(say.plain(_label(field)), viewer.data(ShowSetting(field))) for field in SettingField]
    parts += [say("settings-title"), table(rows), say("settings-typing")]
    return Card(text=join(parts), rows=(*in_rows(buttons, 2), menu_row(viewer)))


def setting_card(
    viewer: RenderContext,
    field: SettingField,
    presets: Sequence[CardButton],
) -> Card:
    """One setting: what it is for, what it is now, what it may be, and that a typed value is taken."""
    say = viewer.say
    parts = [
        say("setting-title", name=say.plain(_label(field)), value=current_value(viewer, field)),
        say(f"setting-about-{field.replace('_', '-')}"),
    ]
    if field in RANGES:
        parts += [_range_line(viewer, field), say("setting-type-it")]
    elif field is SettingField.TIME_ZONE:
        parts.append(say("setting-type-zone"))
    width = _ZONES_IN_A_ROW if field is SettingField.TIME_ZONE else _PRESETS_IN_A_ROW
    by_kind = command_button(viewer, "notify-by-kind", "notify") if field is SettingField.NOTIFICATIONS else ()
    back = command_button(viewer, "button-back", "settings")
    return Card(text=join(parts), rows=(*in_rows(presets, width), (*by_kind, *back)))


def names(say: Translator) -> Mapping[str, SettingField]:
    """What the card calls the settings, in one case."""
    return {say.plain(_label(field)).casefold(): field for field in SettingField}


def setting_saved(viewer: RenderContext, field: SettingField) -> Markup:
    """What it is from now on."""
    say = viewer.say
    return say("setting-saved", name=say.plain(_label(field)), value=current_value(viewer, field))


def preset_values(viewer: RenderContext, field: SettingField) -> tuple[tuple[str, str], ...]:
    """What can be had by one tap: what is stored, and its label."""
    match field:
        case SettingField.ORDER_TYPE:
            return tuple((each.value, _choice(viewer, "order-type", each.value)) for each in OrderType)
        case SettingField.NOTIFICATIONS:
            return tuple((each.value, _choice(viewer, "notify", each.value)) for each in Notifications)
        case SettingField.PICTURES:
            return tuple((each.value, _choice(viewer, "picture-theme", each.value)) for each in PictureTheme)
        case SettingField.DEFAULT_ACCOUNT:
            accounts = viewer.config.accounts
            return tuple((f"{each.account_type}:{each.account_id}", viewer.account_name(each)) for each in accounts)
        case SettingField.TIME_ZONE:
            return tuple((each, zone_label(each, viewer.say.language)) for each in _ZONES)
        case _:
            return tuple((each, _with_unit(viewer, field, Decimal(each))) for each in NUMBER_PRESETS[field])


def current_value(viewer: RenderContext, field: SettingField) -> str:
    """The value as it is shown: 1%, 3x, Market."""
    return _SHOWN[field](viewer, viewer.config)


def _range_line(viewer: RenderContext, field: SettingField) -> Markup:
    bounds = RANGES[field]
    return viewer.say(
        "setting-range",
        minimum=_with_unit(viewer, field, bounds.minimum),
        maximum=_with_unit(viewer, field, bounds.maximum),
    )


def _with_unit(viewer: RenderContext, field: SettingField, value: Decimal) -> str:
    return f"{plain(value)}x" if field is SettingField.LEVERAGE else _percent(viewer, value)


def _percent(viewer: RenderContext, value: Decimal) -> str:
    return viewer.figures.percent_sign(plain(value))


def _choice(viewer: RenderContext, key: str, value: str) -> str:
    return viewer.say.plain(f"{key}-{value.lower()}")


def _label(field: SettingField) -> str:
    return f"setting-{field.replace('_', '-')}"


_SHOWN: Final[Mapping[SettingField, Callable[[RenderContext, UserConfig], str]]] = MappingProxyType(
    {
        SettingField.RISK_PERCENT: lambda viewer, config: _percent(viewer, config.trade_settings.risk_percent),
        SettingField.STOP_LOSS_PERCENT: lambda viewer, config: _percent(
            viewer, config.trade_settings.stop_loss_percent
        ),
        SettingField.TAKE_PROFIT_PERCENT: lambda viewer, config: _percent(
            viewer, config.trade_settings.take_profit_percent
        ),
        SettingField.LEVERAGE: lambda _, config: f"{config.trade_settings.leverage}x",
        SettingField.ORDER_TYPE: lambda viewer, config: _choice(
            viewer, "order-type", config.trade_settings.order_type.value
        ),
        SettingField.DEFAULT_ACCOUNT: lambda viewer, config: viewer.account_name(config.default_account),
        SettingField.NOTIFICATIONS: lambda viewer, config: (
            viewer.say.plain("notify-by-kind")
            if config.settings.choices
            else _choice(viewer, "notify", config.settings.notifications.value)
        ),
        SettingField.TIME_ZONE: lambda viewer, _: viewer.zone_name,
        SettingField.PICTURES: lambda viewer, config: _choice(
            viewer, "picture-theme", config.settings.picture_theme.value
        ),
    }
)
