"""The limits of an account, one by one: what each is called, how a value of it is typed, and its presets."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import Symbol
from bot.domain.numbers import parse_number
from bot.domain.risk import RiskLimits
from handlers.core.plain_words import plain

_MINUTE_S: Final = 60
NO_LIMIT: Final = frozenset(
    {"none", "no", "off", "any", "all", "-", "нет", "любые", "все", "всё", "немає", "будь-які", "усі"}
)


class LimitField(StrEnum):
    """One limit, in its order on the card."""

    POSITIONS = "positions"
    LEVERAGE = "leverage"
    SYMBOL_VALUE = "symbol"
    TOTAL_VALUE = "total"
    RISK = "risk"
    DAILY_LOSS = "daily"
    DRAWDOWN = "drawdown"
    COOLDOWN = "cooldown"
    TILT = "tilt"
    TURNOVER = "turnover"
    SYMBOLS = "symbols"


class LimitKind(StrEnum):
    """How a value is written and typed."""

    COUNT = "count"
    LEVERAGE = "leverage"
    MONEY = "money"
    PERCENT = "percent"
    MINUTES = "minutes"  # typed and shown; stored in seconds
    SYMBOLS = "symbols"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRule:
    """What a limit is in RiskLimits, and which values it takes, as they are typed."""

    attribute: str
    kind: LimitKind
    presets: tuple[str, ...]
    minimum: Decimal
    maximum: Decimal


def _rule(attribute: str, kind: LimitKind, presets: str, minimum: str = "0", maximum: str = "0") -> LimitRule:
    return LimitRule(
        attribute=attribute,
        kind=kind,
        presets=tuple(presets.split()),
        minimum=Decimal(minimum),
        maximum=Decimal(maximum),
    )


RULES: Final[Mapping[LimitField, LimitRule]] = MappingProxyType(
    {
        LimitField.POSITIONS: _rule("most_positions", LimitKind.COUNT, "1 3 5 10", "1", "200"),
        LimitField.LEVERAGE: _rule("most_leverage", LimitKind.LEVERAGE, "1 3 5 10", "1", "200"),
        LimitField.SYMBOL_VALUE: _rule("most_symbol_value", LimitKind.MONEY, "500 1000 5000", "1", "100000000"),
        LimitField.TOTAL_VALUE: _rule("most_total_value", LimitKind.MONEY, "1000 5000 20000", "1", "100000000"),
        LimitField.RISK: _rule("most_trade_risk_percent", LimitKind.PERCENT, "0.5 1 2 5", "0.01", "100"),
        LimitField.DAILY_LOSS: _rule("daily_loss_percent", LimitKind.PERCENT, "2 3 5 10", "0.1", "100"),
        LimitField.DRAWDOWN: _rule("drawdown_percent", LimitKind.PERCENT, "5 10 20", "0.1", "100"),
        LimitField.COOLDOWN: _rule("cooldown_s", LimitKind.MINUTES, "5 15 60", "1", "1440"),
        LimitField.TILT: _rule("tilt_losses", LimitKind.COUNT, "2 3 5", "1", "50"),
        LimitField.TURNOVER: _rule("least_turnover", LimitKind.MONEY, "1000000 10000000", "1", "100000000000"),
        LimitField.SYMBOLS: _rule("symbols", LimitKind.SYMBOLS, "BTCUSDT,ETHUSDT,SOLUSDT BTCUSDT"),
    }
)

_WORDS: Final[Mapping[LimitField, str]] = MappingProxyType(
    {
        LimitField.POSITIONS: "positions позиции позиції",
        LimitField.LEVERAGE: "leverage lev плечо плече",
        LimitField.SYMBOL_VALUE: "symbol пара",
        LimitField.TOTAL_VALUE: "total всего усього",
        LimitField.RISK: "risk риск ризик",
        LimitField.DAILY_LOSS: "daily day день",
        LimitField.DRAWDOWN: "drawdown просадка просідання",
        LimitField.COOLDOWN: "cooldown перерыв перерва",
        LimitField.TILT: "tilt тильт тільт",
        LimitField.TURNOVER: "turnover оборот",
        LimitField.SYMBOLS: "symbols pairs пары пари",
    }
)
FIELDS: Final[Mapping[str, LimitField]] = MappingProxyType(
    {word: field for field, words in _WORDS.items() for word in words.split()}
)


def value_of(limits: RiskLimits, field: LimitField) -> str:
    """The value as it is stored in a button: digits, symbols with commas between them; "" for no limit."""
    rule, value = RULES[field], getattr(limits, RULES[field].attribute)
    if value is None or value == ():
        return ""
    if rule.kind is LimitKind.SYMBOLS:
        return ",".join(value)
    return str(value // _MINUTE_S if rule.kind is LimitKind.MINUTES else value)


def with_value(limits: RiskLimits, field: LimitField, text: str) -> RiskLimits:
    """The limits with that one changed; "" takes it away. Raises BadInput for what is no value of it."""
    rule = RULES[field]
    if rule.kind is LimitKind.SYMBOLS:
        return replace(limits, symbols=tuple(Symbol(each) for each in text.split(",") if each))
    if not text:
        return replace(limits, **{rule.attribute: None})  # type: ignore[arg-type]  # the rule names a field that may be None
    places = 2 if rule.kind is LimitKind.PERCENT else 1 if rule.kind is LimitKind.LEVERAGE else 0
    number = parse_number(
        text, minimum=rule.minimum, maximum=rule.maximum, percent=rule.kind is LimitKind.PERCENT, places=places
    )
    whole = int(number) * (_MINUTE_S if rule.kind is LimitKind.MINUTES else 1)
    is_whole = rule.kind in {LimitKind.COUNT, LimitKind.MINUTES}
    return replace(limits, **{rule.attribute: whole if is_whole else number})  # type: ignore[arg-type]  # as above


def field_named(word: str) -> LimitField:
    """Raises BadInput for a word that names no limit."""
    found = FIELDS.get(plain(word))
    if found is None:
        raise BadInput("limits-unknown", word=word)
    return found
