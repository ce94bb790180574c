"""Price alerts as people type them: btc 70k, btc above 70,000, eth +5%, биток ниже 60к. Never a guess.

A percentage counts from the price of now. One without a sign, a number with two readings (3,120) of which not exactly
one is near the market, and a price far from the market have several meanings: the person is asked which.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.market import Instrument
from bot.domain.numbers import plain, readings
from bot.domain.price_alerts import AlertSide

LONGEST_WORDS: Final = 12
_NEAR: Final = Decimal("0.2")  # of the market: the reading that is meant
_FAR: Final = 3  # times the market, or a third of it: asked about
_FURTHEST: Final = 10_000  # times the market
_MOST_PERCENT: Final = Decimal(900)
_THOUSAND: Final = 1000
_WHOLE: Final = Decimal(100)
_LEAST_DIGITS: Final = 8  # decimals where a symbol's tick is not known
_LEVEL: Final = re.compile(r"[-+<>≤≥=$]*[.,]?\d[\d.,']*[kк]?%?\$?")
_BEGIN: Final = re.compile(r"[-+<>≤≥=$]*[.,]?\d")  # a number, readable or not
_SIGNS: Final = "<>≤≥="
_NO_COIN: Final = "·"
_UNITS: Final = frozenset({"%", "$", "k", "к"})
_DOLLARS: Final = re.compile(r"\$|usdt$|usd$")
_SIDES: Final[Mapping[str, AlertSide]] = MappingProxyType(
    {
        word: side
        for side, words in {
            AlertSide.ABOVE: "above over up > ≥ >= выше вверх рост больше вище вгору більше понад",
            AlertSide.BELOW: "below under down < ≤ <= ниже вниз падение меньше нижче униз менше",
        }.items()
        for word in words.split()
    }
)
_FILLERS: Final = tuple("at to when if reaches hits на по до при если когда якщо коли в у цена цене ціна ціні".split())  # noqa: SIM905  words read better


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWords:
    """What was typed, taken apart. `level` "": no price was named. `side` None: what the price of now makes of it."""

    coin: str = ""
    level: str = ""
    side: AlertSide | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLevel:
    """A price that a level may mean, and from which side it is waited for."""

    side: AlertSide
    price: Decimal


def read_words(typed: Sequence[str]) -> AlertWords:
    """The coin first or last, the price behind it; words for a side anywhere. Nothing is checked yet."""
    words = [each for word in typed[:LONGEST_WORDS] if (each := _unified(word)) and each not in _FILLERS]
    words = _units_joined(words)
    side = next((found for word in words if (found := _SIDES.get(word) or _SIDES.get(_sign_of(word)))), None)
    words = [word for word in words if word not in _SIDES]
    if len(words) > 1 and _LEVEL.fullmatch(words[0]) and not any(map(_LEVEL.fullmatch, words[1:])):
        words = [*words[1:], words[0]]  # 70k btc
    split = next((at for at, word in enumerate(words) if at and _BEGIN.match(word)), len(words))
    return AlertWords(coin=" ".join(words[:split]), level=" ".join(words[split:]).lstrip(_SIGNS), side=side)


def read_level(text: str) -> AlertWords:
    """The same where the coin is known: 70k, above 70k, +5%; `coin` is what stands before the price all the same."""
    words = read_words((_NO_COIN, *text.split()))
    return replace(words, coin=words.coin.removeprefix(_NO_COIN).strip())


def levels_of(words: AlertWords, now: Decimal, instrument: Instrument | None) -> tuple[AlertLevel, ...]:
    """The levels that the words may mean at that price, the nearest first; one: it is meant.

    Raises BadInput: error-number (no number), alert-percent, alert-far, alert-here (it is that price now).
    """
    text = words.level
    prices = _moved(text, words.side, now) if text.endswith("%") else _prices(text, now)
    found = {_on_tick(each, instrument) for each in prices}
    if any(not now / _FURTHEST <= each <= now * _FURTHEST for each in found):
        raise BadInput("alert-far", price=now)
    if words.side is None and found == {now}:
        raise BadInput("alert-here", price=now)
    return tuple(
        AlertLevel(side=words.side or (AlertSide.ABOVE if price > now else AlertSide.BELOW), price=price)
        for price in sorted(found, key=lambda each: abs(each - now))
        if price != now or words.side is not None
    )


def is_level(text: str) -> bool:
    """Whether a text is a price or a percentage, or begins with one: 70k, +5%, above 70k."""
    words = read_level(text)
    return (
        bool(words.level)
        and not words.coin
        and all(each.isdigit() or _LEVEL.fullmatch(each) for each in words.level.split())
    )


def is_far(price: Decimal, now: Decimal) -> bool:
    """Whether a price is so far from the market that it may be a slip: three times it, or a third of it."""
    return not now / _FAR <= price <= now * _FAR


def moved_by(percent: Decimal, now: Decimal, instrument: Instrument | None) -> Decimal:
    """The price so many percent away, on the symbol's tick."""
    return _on_tick(now * (_WHOLE + percent) / _WHOLE, instrument)


def _moved(text: str, side: AlertSide | None, now: Decimal) -> list[Decimal]:
    sign = text[:1] if text[:1] in "+-" else {AlertSide.ABOVE: "+", AlertSide.BELOW: "-"}.get(side, "") if side else ""
    sizes = [each for each in readings(text.lstrip("+-"), percent=True) if 0 < each <= _MOST_PERCENT]
    shares = [way * each for each in sizes for way in ((1, -1) if not sign else (1,) if sign == "+" else (-1,))]
    prices = [now * (_WHOLE + each) / _WHOLE for each in shares if each > -_WHOLE]
    if not prices:
        raise BadInput("alert-percent")
    return prices


def _prices(text: str, now: Decimal) -> list[Decimal]:
    """The readings of a price: the one near the market; of a far one also its thousands, which may have been meant."""
    bare = _DOLLARS.sub("", text).strip()
    unit = _THOUSAND if bare.endswith(("k", "к")) else 1
    digits = bare[:-1].strip() if unit > 1 else bare
    found = [unit * each for each in readings(digits) if each > 0]
    if not found:
        raise BadInput("error-alert-price")
    near = [each for each in found if abs(each - now) <= now * _NEAR]
    if len(near) == 1:
        return near
    if len(found) == 1 and is_far(found[0], now):
        thousands = found[0] * _THOUSAND
        return [*found, *([thousands] if abs(thousands - now) <= now / 2 else [])]
    return found


def _on_tick(price: Decimal, instrument: Instrument | None) -> Decimal:
    if instrument is None:
        return Decimal(plain(round(price, max(_LEAST_DIGITS, -int(price.adjusted()) + 4))))
    steps = (price / instrument.tick_size).to_integral_value()
    return Decimal(instrument.price_text(steps * instrument.tick_size))


def _units_joined(words: Sequence[str]) -> list[str]:
    """A unit goes to the number before it: 5 %."""
    joined: list[str] = []
    for word in words:
        if word in _UNITS and joined:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _sign_of(word: str) -> str:
    return word[: len(word) - len(word.lstrip(_SIGNS))]


def _unified(word: str) -> str:
    return unicodedata.normalize("NFKC", word).replace("\N{MINUS SIGN}", "-").casefold().strip('«»"`!?;:')
