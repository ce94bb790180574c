"""What is typed of positions to close, in three languages: which of them, and how much of each."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from handlers.core.plain_words import plain


class LegGroup(StrEnum):
    """Which of an account's positions are meant."""

    ALL = "all"
    WINNERS = "win"
    LOSERS = "lose"
    LONGS = "long"
    SHORTS = "short"


GROUPS: Final[Mapping[str, LegGroup]] = MappingProxyType(
    {
        word: group
        for group, words in {
            LegGroup.ALL: "all everything всё все всех всего всі усі всіх усіх усе",
            LegGroup.WINNERS: "winners winning profit прибыльные прибыльных прибуткові прибуткових",
            LegGroup.LOSERS: "losers losing loss убыточные убыточных збиткові збиткових",
            LegGroup.LONGS: "longs лонги лонгов лонгів",
            LegGroup.SHORTS: "shorts шорты шорти шортов шортів",
        }.items()
        for word in words.split()
    }
)
BETWEEN: Final = frozenset(
    word
    for words in (
        "of each every the my position positions",
        "каждой из от позиция позицию позиции позиций",
        "кожної з від позиція позицію позиції позицій",
    )
    for word in words.split()
)
_SHARES: Final = MappingProxyType(
    {
        plain(word): percent
        for percent, words in {
            100: "all whole everything весь вся всё все целиком повністю 100",
            50: "half ½ 1/2 половину половина пол половини 50",
            25: "quarter ¼ 1/4 четверть чверть 25",
        }.items()
        for word in words.split()
    }
)
_PERCENT: Final = re.compile(r"([1-9][0-9]?|100)%")


def share_of(word: str) -> int | None:
    """Percent of a position, 1 … 100: half, ¼, 30%; None for any other word."""
    typed = _PERCENT.fullmatch(word)
    return _SHARES.get(word) if typed is None else int(typed[1])


def is_of_legs(word: str) -> bool:
    """Whether a word names positions, or a part of them, by itself: half of all, the losers."""
    return word in GROUPS or word in BETWEEN or share_of(word) is not None
