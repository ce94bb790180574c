"""What buttons carry: short enough, strictly read, and bound to their owner in groups."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.accounts import AccountType
from bot.domain.admin import AdminActionKind, UserFilter
from bot.domain.broadcasts import AudienceLicense
from bot.domain.chart_intervals import ChartInterval
from bot.domain.errors import ButtonExpired
from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.licensing import LicenseType
from bot.domain.market import Category
from bot.domain.notices import NoticeKind
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.payments import Listed
from bot.domain.periods import FURTHEST_BACK, Period
from bot.domain.portfolio import Side
from bot.domain.price_alerts import AlertSide
from bot.domain.promo_codes import MOST_DAYS, MOST_USES
from bot.domain.secrets import carries_pin
from bot.domain.sites import SITES
from bot.domain.support import ThreadList
from bot.domain.tickets import PresetKind
from bot.domain.users import Language, Notifications
from bot.services.chat.buttons import random_token
from bot.services.users.preferences import SettingField
from handlers.accounts.callbacks import AskRemoval, ShowSite
from handlers.admin.audit_views import AREAS
from handlers.core import callbacks
from handlers.core.callbacks import Code
from handlers.core.closing_words import LegGroup
from handlers.core.links import RunCommand, ShowBalance, ShowPositions, ShowPrice, ShowSymbols
from handlers.core.specs import Place, ViewSpec
from handlers.registry import TABLE
from handlers.statistics.codes import CurveKind, StatsPart
from handlers.trading.limit_fields import LimitField
from handlers.trading.ticket_codes import TicketPart
from handlers.users.callbacks import LAST_MINUTE, LONGEST_MUTE, MenuGroup, PressPin, SetLanguage, ShowSetting

CODES = TABLE.codes

LONGEST: dict[str, Any] = {
    "account_id": AccountId(2**63 - 1),
    "page": callbacks.LARGEST_PAGE,
    "symbol": Symbol("A" * 30),
    "command": "a" * 32,
    "category": max(Category, key=len),
    "language": max(Language, key=len),
    "setting": max(SettingField, key=len),
    "group": max(MenuGroup, key=len),
    "site": max((site.code for site in SITES), key=len),
    "account_type": max(AccountType, key=len),
    "pad": "A" * 22,
    "key": "0",
    "user_id": UserId(2**52 - 1),
    "shown": max(UserFilter, key=len),
    "kind": max(AdminActionKind, key=len),
    "broadcast": 2**63 - 1,
    "license": max(AudienceLicense, key=len),
    "spoken": "all",
    "active": True,
    "area": max(AREAS, key=len),
    "before": callbacks.LARGEST_ROW,
    "thread_id": 2**63 - 1,
    "license_type": max(LicenseType, key=len),
    "position_idx": 2,
    "legs": max(LegGroup, key=len),
    "percent": 100,
    "limit": max(LimitField, key=len),
    "mode": max(PositionMode, key=len),
    "margin": max(MarginMode, key=len),
    "leverage": 100,
    "days": MOST_DAYS,
    "uses": MOST_USES,
    "price": Decimal("1000000000.1234567"),
    "is_favorite": True,
    "is_spot": True,
    "way": max(AlertSide, key=len),
    "campaign": 2**63 - 1,
    "which": ThreadList.OPEN,
    "listed": max(Listed, key=len),
    "number": callbacks.LARGEST_ROW,
    "months": 12,
    "ticket": callbacks.LARGEST_ROW,
    "part": TicketPart.MAIN,
    "value": "A" * 20,
    "period": max(Period, key=len),
    "back": FURTHEST_BACK,
    "by": max(StatsPart, key=len),
    "presets": max(PresetKind, key=len),
    "side": max(Side, key=len),
    "usdt": 1_000_000,
    "plan": callbacks.LARGEST_ROW,
    "disagreement": callbacks.LARGEST_ROW,
    "interval": max(ChartInterval, key=len),
    "order_id": "A" * 36,
    "hundredths": 5_000,
    "intent": callbacks.LARGEST_ROW,
    "drill": callbacks.LARGEST_ROW,
    "curve": max(CurveKind, key=len),
    "notice": max(NoticeKind, key=len),
    "ring": max(Notifications, key=len),
    "start": LAST_MINUTE,
    "end": LAST_MINUTE,
    "hours": LONGEST_MUTE,
}
LARGEST_USER = UserId(2**52 - 1)  # Telegram's ids have at most 52 significant bits


def owner_of(code: type[Code]) -> UserId | None:
    """The longest owner that is written behind it: none in private chats, where most screens stand."""
    (spec,) = [each for each in TABLE.specs if isinstance(each, ViewSpec) and each.code is code]
    return LARGEST_USER if Place.GROUP in spec.places else None


def longest(code: type[Code]) -> Code:
    return code(*(LONGEST[each.name] for each in fields(code)))


def test_the_longest_form_of_every_code_fits_into_a_button_and_is_read_back() -> None:
    for code in CODES:
        wish = longest(code)
        assert len(wish.encode(owner_of(code)).encode()) <= callbacks.MAX_BYTES, code.TAG
        assert code.decode(wish.encode()) == wish
        assert code.decode(wish.encode(owner_of(code))) == wish


def test_data_that_telegram_would_refuse_is_not_sent() -> None:
    with pytest.raises(ValueError, match="longer"):
        ShowPrice(Symbol("A" * 59)).encode()
    with pytest.raises(ValueError, match="longer"):
        ShowPrice(Symbol("A" * 53)).encode(LARGEST_USER)


def test_a_token_fits_and_is_read_back() -> None:
    token = random_token()
    assert len(callbacks.token_data(token).encode()) <= callbacks.MAX_BYTES
    assert callbacks.token_of(callbacks.token_data(token)) == token


def test_what_the_keypad_sends_is_known_as_a_secret() -> None:
    assert carries_pin(PressPin("A" * 22, "7").encode())
    assert not carries_pin(RunCommand("pin").encode())


def test_tags_are_unique() -> None:
    assert len({code.TAG for code in CODES}) == len(CODES)
    assert {code.__name__ for code in CODES} == {code.__name__ for code in Code.__subclasses__()}


@pytest.mark.parametrize(
    "data",
    [
        "",
        "v1",
        "v1:bal",
        "v1:bal:",
        "v1:bal:1:2",
        "v2:bal:1",
        "v1:bal:-1",
        "v1:bal:01",
        "v1:bal:1 ",
        "v1:bal:٣",
        "v1:bal:²",
        "v1:bal:1e3",
        "v1:bal:9223372036854775808",
        "v1:bal:99999999999999999999",
        "v1:bal:0x1",
        "v1:bal:None",
        "V1:bal:1",
        "v1:pos:1",
        "t:1",
        "v1:bal:1\n",
    ],
)
def test_a_tampered_balance_code_is_refused(data: str) -> None:
    with pytest.raises(ButtonExpired):
        ShowBalance.decode(data)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (ShowPositions, "v1:pos:1:10000"),
        (ShowPositions, "v1:pos:1:-1"),
        (ShowPrice, "v1:px:btcusdt"),
        (ShowPrice, "v1:px:A"),
        (ShowPrice, "v1:px:" + "A" * 31),
        (ShowPrice, "v1:px:BTC USDT"),
        (ShowPrice, "v1:px:BTC'--"),
        (ShowSymbols, "v1:sym:inverse:0"),
        (RunCommand, "v1:do:../etc"),
        (RunCommand, "v1:do:Ban"),
        (ShowSite, "v1:site:xx"),
        (ShowSetting, "v1:set:is_banned"),
        (SetLanguage, "v1:lang:de"),
        (AskRemoval, "v1:unkey:gold"),
    ],
)
def test_tampered_codes_are_refused(code: type[Code], data: str) -> None:
    with pytest.raises(ButtonExpired):
        code.decode(data)


@pytest.mark.parametrize("data", ["t:", "t:short", "t:" + "A" * 23, "t:" + "A" * 21 + "ä", "v1:bal:1", "t:" + "'" * 22])
def test_what_can_be_no_token_asks_no_database(data: str) -> None:
    with pytest.raises(ButtonExpired):
        callbacks.token_of(data)


@given(st.text(max_size=70))
def test_any_data_is_read_or_refused(data: str) -> None:
    callbacks.owner_of(data)
    for code in CODES:
        try:
            assert code.decode(data).encode() == data.partition("@")[0]
        except ButtonExpired:
            continue


def test_whose_button_it_is() -> None:
    assert callbacks.owner_of("v1:px:BTCUSDT@1001") == 1001
    assert callbacks.owner_of("v1:px:BTCUSDT") is None
    assert callbacks.owner_of("v1:px:BTCUSDT@") is None
    assert callbacks.owner_of("v1:px:BTCUSDT@x") is None
    assert callbacks.owner_of("v1:px:BTCUSDT@1001@1002") is None
