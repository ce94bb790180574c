"""What /settings changes: typed values only, each with its range."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final, TypeVar
from zoneinfo import available_timezones

from bot.domain.account_words import ACCOUNT_WORDS
from bot.domain.accounts import Account, AccountType, TradeSettings
from bot.domain.errors import BadInput
from bot.domain.favorites import MOST_FAVORITES
from bot.domain.ids import AccountId, UserId
from bot.domain.market import MarketKey
from bot.domain.numbers import parse_number
from bot.domain.portfolio import OrderType
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.time_zones import offset_name
from bot.domain.users import Notifications, PictureTheme, UserConfig


class SettingField(StrEnum):
    """The settings by the names people type."""

    RISK_PERCENT = "risk_percent"
    STOP_LOSS_PERCENT = "stop_loss_percent"
    TAKE_PROFIT_PERCENT = "take_profit_percent"
    LEVERAGE = "leverage"
    ORDER_TYPE = "order_type"
    DEFAULT_ACCOUNT = "default_account"
    NOTIFICATIONS = "notifications"
    TIME_ZONE = "time_zone"
    PICTURES = "picture_theme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What a number may be: inclusive bounds and how many decimals."""

    minimum: Decimal
    maximum: Decimal
    places: int


RANGES: Final[Mapping[SettingField, Range]] = MappingProxyType(
    {
        SettingField.RISK_PERCENT: Range(minimum=Decimal("0.1"), maximum=Decimal(10), places=2),
        SettingField.STOP_LOSS_PERCENT: Range(minimum=Decimal("0.1"), maximum=Decimal(50), places=2),
        SettingField.TAKE_PROFIT_PERCENT: Range(minimum=Decimal("0.1"), maximum=Decimal(500), places=2),
        SettingField.LEVERAGE: Range(minimum=Decimal(1), maximum=Decimal(100), places=0),
    }
)
_MAX_TYPED: Final = 64
_ACCOUNT: Final = re.compile(r"(?P<type>[a-z]+):(?P<id>[0-9]{1,19})")  # what buttons hold: demo:2
_NUMBERED: Final = re.compile(r"(?P<type>[^\W\d_]+) +(?P<number>[0-9]{1,3})", re.IGNORECASE)  # what is typed: demo 2

Choice = TypeVar("Choice", bound=StrEnum)
_Store = Callable[[UnitOfWork], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Parses what was typed and stores it, or says what is wrong with it."""

    reads: Reads
    transactions: Transactions

    async def set(self, user_id: UserId, field: SettingField, typed: str, *, answers: str | None = None) -> UserConfig:
        """The config with the new value; the dialogue `answers` ends in the same commit.

        Raises BadInput for text that does not fit; NoAccount or ButtonExpired for an account that is not there.
        """
        config = await self._config(user_id)
        typed = typed.strip()
        if len(typed) > _MAX_TYPED:
            raise BadInput("error-too-long", limit=_MAX_TYPED)
        store = await _parsed(config, field, typed)
        async with self.transactions.begin() as unit:
            await store(unit)
            if answers is not None:
                await unit.dialogues.clear(user_id, answers)
        return await self._config(user_id)

    async def mark_favorite(self, config: UserConfig, market: MarketKey, *, is_favorite: bool) -> UserConfig:
        """The config from then on; the newest favorite comes last. Raises BadInput favorites-limit."""
        before = config.favorites
        if (market in before) is is_favorite:
            return config
        if is_favorite and len(before) >= MOST_FAVORITES:
            raise BadInput("favorites-limit", most=MOST_FAVORITES)
        after = (*before, market) if is_favorite else tuple(each for each in before if each != market)
        async with self.transactions.begin() as unit:
            await unit.users.set_favorites(config.user_id, after)
        return replace(config, favorites=after)

    async def _config(self, user_id: UserId) -> UserConfig:
        config = await self.reads.user_config(user_id)
        if config is None:
            raise BadInput("error-start-first")
        return config


async def _parsed(config: UserConfig, field: SettingField, typed: str) -> _Store:
    """What stores the value. Raises BadInput, NoAccount, ButtonExpired."""
    user_id = config.user_id
    if field is SettingField.DEFAULT_ACCOUNT:
        account_id = _account(config, typed).account_id
        return lambda unit: unit.users.set_default_account(user_id, account_id)
    if field is SettingField.TIME_ZONE:
        name = await asyncio.to_thread(_time_zone, typed)  # the names are files
        settings = replace(config.settings, time_zone=name)
        return lambda unit: unit.users.set_settings(user_id, settings)
    if field is SettingField.NOTIFICATIONS:
        settings = replace(config.settings, notifications=_choice(Notifications, typed), choices=())
        return lambda unit: unit.users.set_settings(user_id, settings)
    if field is SettingField.PICTURES:
        settings = replace(config.settings, picture_theme=_choice(PictureTheme, typed))
        return lambda unit: unit.users.set_settings(user_id, settings)
    # for every account: one alone is changed where its order is made, on the order card to come
    trade_settings = _CHANGES[field](config.trade_settings, typed)
    return lambda unit: unit.users.set_trade_settings(user_id, trade_settings)


def _account(config: UserConfig, typed: str) -> Account:
    word, account_id = typed, None
    if (named := _NUMBERED.fullmatch(typed)) is not None:
        return config.numbered(_account_type(named["type"]), int(named["number"]))
    if (button := _ACCOUNT.fullmatch(typed)) is not None:
        word, account_id = button["type"], AccountId(int(button["id"]))
    return config.resolve(_account_type(word), account_id)


def _account_type(word: str) -> AccountType:
    """As orders name it in any language: practice, демо. Raises BadInput."""
    known = ACCOUNT_WORDS.get(word.casefold())
    if known is None:
        raise BadInput("error-choice", choices="practice, demo, live")
    return known


def _number(field: SettingField, typed: str) -> Decimal:
    bounds = RANGES[field]
    is_percent = field is not SettingField.LEVERAGE
    return parse_number(typed, minimum=bounds.minimum, maximum=bounds.maximum, percent=is_percent, places=bounds.places)


def _choice(kind: type[Choice], typed: str) -> Choice:
    for each in kind:
        if each.value.casefold() == typed.casefold():
            return each
    raise BadInput("error-choice", choices=", ".join(each.value.lower() for each in kind))


def _time_zone(typed: str) -> str:
    """An IANA name in any letter case, `Kyiv` for `Europe/Kyiv` where the city is unique; UTC+3 for an offset."""
    wanted = typed.casefold().replace(" ", "_")
    names = _zones()
    if (name := names.get(wanted)) is not None:
        return name
    if (offset := offset_name(typed)) is not None:
        return offset
    cities = [name for key, name in names.items() if key.rpartition("/")[2] == wanted and not key.startswith("etc/")]
    if len(cities) == 1:
        return cities[0]
    by_city = {**{key.rpartition("/")[2]: name for key, name in names.items()}, **names}
    nearest = dict.fromkeys(by_city[each] for each in get_close_matches(wanted, by_city, n=3))
    raise BadInput("error-time-zone", nearest=", ".join(nearest), count=len(nearest))


@cache
def _zones() -> Mapping[str, str]:
    return MappingProxyType({name.casefold(): name for name in sorted(available_timezones())})


_CHANGES: Final[Mapping[SettingField, Callable[[TradeSettings, str], TradeSettings]]] = MappingProxyType(
    {
        SettingField.RISK_PERCENT: lambda old, typed: replace(
            old, risk_percent=_number(SettingField.RISK_PERCENT, typed)
        ),
        SettingField.STOP_LOSS_PERCENT: lambda old, typed: replace(
            old, stop_loss_percent=_number(SettingField.STOP_LOSS_PERCENT, typed)
        ),
        SettingField.TAKE_PROFIT_PERCENT: lambda old, typed: replace(
            old, take_profit_percent=_number(SettingField.TAKE_PROFIT_PERCENT, typed)
        ),
        SettingField.LEVERAGE: lambda old, typed: replace(
            old, leverage=int(_number(SettingField.LEVERAGE, typed.casefold().rstrip("xх")))
        ),
        SettingField.ORDER_TYPE: lambda old, typed: replace(old, order_type=_choice(OrderType, typed)),
    }
)
