"""A typed order cut into numbers, words and signs, each with its place in the text.

A number is what the strict grammar of bot/domain/numbers.py reads, with k, % or a unit at it; digits that are none
become a number without readings, never a part of one.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, auto
from typing import Final

from bot.domain.numbers import plain, readings
from bot.domain.trade_words import KINDS, OTHER_MONEY, THOUSANDS, WordKind

LONGEST_TEXT: Final = 1_200  # characters
MEANT: Final = "≡"  # before a price that was asked about and is meant, however far from the market it is
_THOUSAND: Final = 1_000
_GROUP: Final = 3  # digits
_DOLLAR_WORDS: Final = sorted((word for word, kind in KINDS.items() if kind is WordKind.DOLLARS), key=len, reverse=True)
_OTHER_WORDS: Final = sorted(OTHER_MONEY, key=len, reverse=True)


_UNITS: Final = frozenset("%$€£₽₴¥")


class Unit(StrEnum):
    """The unit that stands at a number: a percent sign, a currency, the times of a leverage, or none."""

    NONE = auto()
    PERCENT = auto()
    DOLLARS = auto()
    TIMES = auto()  # x5, 5x
    OTHER = auto()  # money that nothing is traded in here


class Sign(StrEnum):
    """What is neither a number nor a word."""

    BREAK = auto()  # a new line, | or ;
    OPEN = auto()
    CLOSE = auto()
    COLON = auto()
    SLASH = auto()
    DASH = auto()
    AT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberToken:
    """A number; two readings if it is ambiguous (3,120), none if it is no number. k is multiplied out."""

    start: int
    end: int
    readings: tuple[Decimal, ...]
    unit: Unit = Unit.NONE
    sign: str = ""  # "+", "-"
    has_dollar_before: bool = False
    is_ordinal: bool = False  # 1) or 2. before what it numbers
    halves: tuple[Decimal, Decimal] | None = None  # 64000,66000 may be a list of two
    is_meant: bool = False  # MEANT stands before it


@dataclass(frozen=True, slots=True, kw_only=True)
class WordToken:
    """A word as it was typed, and in the form in which words are compared."""

    start: int
    end: int
    typed: str
    word: str
    kind: WordKind | None

    @property
    def may_be_number(self) -> bool:
        """Whether it has a digit in it, or is the unit of a number that is none."""
        return self.typed in _UNITS or any(letter.isnumeric() for letter in self.typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignToken:
    """A sign that may join or part what stands around it."""

    start: int
    end: int
    sign: Sign


Token = NumberToken | WordToken | SignToken

_THOUSAND_PATTERN: Final = "|".join(sorted(THOUSANDS, key=len, reverse=True))
_NUMBER: Final = re.compile(
    rf"""
    (?P<meant>{MEANT})?(?:(?P<times>[xх×])\s?)?
    (?P<sign>(?<![\w%$)])[+-])?
    (?:(?P<dollar>\$[ ]?)(?P<sign_behind>[+-])?)?
    (?P<body>[0-9](?:[0-9.,'\u00a0\u2009\u202f]*[0-9])?|\.[0-9]+)
    (?:\s?(?P<thousands>{_THOUSAND_PATTERN})\.?(?![^\W\d_])|(?P<thousands_glued>[kк])(?=\s?(?:\$|usd)))?
    (?:\s?(?P<percent>%)|\s?(?P<dollars>\$(?![a-z])|(?:{"|".join(map(re.escape, _DOLLAR_WORDS))})(?!\w))
       |\s?(?P<other>(?:{"|".join(map(re.escape, _OTHER_WORDS))})(?!\w))|(?P<times_behind>[xх×]))?
    (?!\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ORDINAL: Final = re.compile(r"(?<![\w.,])[1-9][0-9]?(?:[).](?=\s+[$0-9])|\)(?=[$0-9]))")
_GLUED: Final = re.compile(r"(?:sl|tp|сл|тп|стоп|тейк|risk|риск|lev)(?=[0-9])", re.IGNORECASE)
_LABEL: Final = re.compile(r"(?:tp|тп|тейк|target|цель|ціль|entry|вход|вхід)[1-9](?![0-9.,%kк])(?!\s?%)", re.IGNORECASE)
_TWINS: Final = re.compile(r"([1-9][0-9]{2,}),([1-9][0-9]{2,})")
_SHORT: Final = re.compile(r"(?:s/l|t/p|w/o|б/у|r/r)(?!\w)", re.IGNORECASE)
_LINK: Final = re.compile(r"https?://\S+|(?<!\w)@[^\W\d]\w*", re.IGNORECASE)
_NAME: Final = re.compile(
    r"[$#]?(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,30}(?:[/\-_:.](?:USDT|USDC|USD|PERP|P)\b)+", re.IGNORECASE
)
_WORD: Final = re.compile(r"[$#]?\w+(?:['’ʼ\-][^\W\d_]+)*")
_SIGNS: Final = {
    "\n": Sign.BREAK,
    "|": Sign.BREAK,
    ";": Sign.BREAK,
    "•": Sign.BREAK,
    "(": Sign.OPEN,
    "[": Sign.OPEN,
    "{": Sign.OPEN,
    ")": Sign.CLOSE,
    "]": Sign.CLOSE,
    "}": Sign.CLOSE,
    ":": Sign.COLON,
    "=": Sign.COLON,
    "/": Sign.SLASH,
    "-": Sign.DASH,
    "@": Sign.AT,
}
_KEYCAP: Final = re.compile("([0-9])\ufe0f?\u20e3")
_DASHES: Final = re.compile("[\u2010-\u2015\u2212~]")


def cleaned(text: str) -> str:
    """The text in which places are counted: without invisible signs and keycaps, every dash a hyphen."""
    text = unicodedata.normalize("NFC", text[:LONGEST_TEXT].replace("\r", "\n"))  # й is one letter
    text = _KEYCAP.sub(r" \1) ", text)[:LONGEST_TEXT]
    text = "".join(
        " " if unicodedata.category(sign) in {"Cf", "Cc", "Cs", "Mn"} and sign != "\n" else sign for sign in text
    )
    return _DASHES.sub("-", text).strip()


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a cleaned text in their order; what is none of them, an emoji or a comma, is left out."""
    found: list[Token] = []
    place = 0
    while place < len(text):
        token, place = _token_at(text, place)
        if token is not None:
            found.append(token)
    return tuple(_joined(text, found))


def _token_at(text: str, place: int) -> tuple[Token | None, int]:
    for pattern, make in _PATTERNS:
        match = pattern.match(text, place)
        if match is not None:
            return make(match), match.end()
    sign = _SIGNS.get(text[place])
    if sign is not None:
        return SignToken(start=place, end=place + 1, sign=sign), place + 1
    is_odd = text[place].isnumeric() or text[place] in _UNITS  # ½, or a unit without its number
    odd = _word_of(place, text[place]) if is_odd else None
    return odd, place + 1


def _number(match: re.Match[str]) -> NumberToken:
    times = _THOUSAND if match["thousands"] or match["thousands_glued"] else 1
    unit = Unit.NONE
    if match["times"] or match["times_behind"]:
        unit = Unit.TIMES
    elif match["percent"]:
        unit = Unit.PERCENT
    elif match["dollar"] or match["dollars"]:
        unit = Unit.DOLLARS
    elif match["other"]:
        unit = Unit.OTHER
    is_twice = bool(match["dollar"]) and bool(match["percent"] or match["times_behind"] or match["other"])
    values = () if is_twice or (match["sign"] and match["sign_behind"]) else readings(match["body"])
    return NumberToken(
        start=match.start(),
        end=match.end(),
        readings=tuple(each * times for each in values),
        unit=unit,
        sign=match["sign"] or match["sign_behind"] or "",
        has_dollar_before=bool(match["dollar"]),
        halves=_halves(match["body"], times),
        is_meant=bool(match["meant"]),
    )


def _halves(body: str, times: int) -> tuple[Decimal, Decimal] | None:
    twins = _TWINS.fullmatch(body)
    if twins is None or len(twins[1]) != len(twins[2]):
        return None
    return Decimal(twins[1]) * times, Decimal(twins[2]) * times


def _word_of(start: int, typed: str) -> WordToken:
    bare = typed.lstrip("$#")
    word = unicodedata.normalize("NFKC", bare).casefold().replace("ʼ", "'").replace("’", "'")
    label = word[:-1] if _LABEL.fullmatch(word) else word  # tp1
    kind = None if typed[0] == "$" else KINDS.get(label) or KINDS.get(label.replace("-", ""))
    if typed == "BE":  # in small letters it is a word of any sentence
        kind = WordKind.BREAKEVEN
    return WordToken(start=start, end=start + len(typed), typed=typed, word=word, kind=kind)


def _word(match: re.Match[str]) -> WordToken:
    return _word_of(match.start(), match.group())


def _ordinal(match: re.Match[str]) -> NumberToken:
    return NumberToken(start=match.start(), end=match.end(), readings=(), is_ordinal=True)


def _nothing(_: re.Match[str]) -> None:
    """A link, or somebody's name."""


def _joined(text: str, tokens: list[Token]) -> list[Token]:
    """Groups that a blank parts, where the second can be no number of its own: 64 000 is one, 64 500 may be two."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if isinstance(last, NumberToken) and isinstance(token, NumberToken) and _continues(text, last, token):
            whole = text[last.start : token.end]
            if match := _NUMBER.fullmatch(whole.replace(" ", "\u00a0")):
                number = _number(match)
                joined[-1] = NumberToken(
                    start=last.start,
                    end=token.end,
                    readings=number.readings,
                    unit=number.unit,
                    sign=last.sign,
                    has_dollar_before=number.has_dollar_before,
                )
                continue
        joined.append(token)
    return joined


def _continues(text: str, last: NumberToken, token: NumberToken) -> bool:
    digits = re.match(r"0[0-9]{2}(?![0-9])", text[token.start :])
    is_open = re.fullmatch(r"[+-]?\$?[1-9][0-9]{0,2}(?:[ \u00a0][0-9]{3})*", text[last.start : last.end])
    return text[last.end : token.start] == " " and bool(digits) and bool(is_open)


_PATTERNS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Token | None]], ...]] = (
    (_LINK, _nothing),
    (_ORDINAL, _ordinal),
    *((pattern, _word) for pattern in (_SHORT, _LABEL, _GLUED, _NAME)),
    (_NUMBER, _number),
    (_WORD, _word),
)
"""In the order in which they are tried."""


def shown(value: Decimal) -> str:
    """A value as it is put into a text in place of an ambiguous one: never with two readings."""
    return plain(value)
