"""A change of a resting order as it is typed: 62k; 0.02 btc; $200; sl 60k tp 70k; price 62k size 0.02."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.order_drafts import PriceLevel, SizeKind
from bot.domain.order_edits import OrderChange
from bot.domain.orders import direction
from bot.domain.portfolio import Side
from bot.domain.size_words import is_none, read_level, read_price, read_size

_PRICE: Final = "price"
_SIZE: Final = "size"
_STOP: Final = "stop"
_TARGET: Final = "target"
_WORDS: Final = {
    word: field
    for field, words in {
        _PRICE: "price limit at to цена цену лимит по на ціна ціну ліміт @",
        _SIZE: "size qty quantity amount value размер объем объём количество сумма розмір обсяг кількість сума",
        _STOP: "sl stop стоп сл",
        _TARGET: "tp target тейк тп цель ціль",
    }.items()
    for word in words.split()
}
_MONEY: Final = frozenset({"$", "usdt", "usd", "баксов", "долларов"})
_HUNDRED: Final = Decimal(100)
_ZERO: Final = Decimal(0)


def read_edit(text: str, *, near: Decimal, side: Side, coin: str) -> OrderChange:
    """The change that the words ask for of an order of that price and side. Raises BadInput for any other words."""
    found: dict[str, str] = {}
    context = ""
    words = _joined(text.casefold().replace(":", " ").replace("=", " ").split(), coin.casefold())
    for word in words:
        if word in _WORDS:
            if context:
                raise BadInput("edit-how")
            context = _WORDS[word]
            continue
        field = context or (_SIZE if _is_size(word, coin.casefold()) else _PRICE)
        if field in found:
            raise BadInput("edit-how")
        found[field], context = word, ""
    if context or not found:
        raise BadInput("edit-how")
    price = read_price(found[_PRICE], near=near) if _PRICE in found else None
    base = near if price is None else price
    way = direction(side)
    return OrderChange(
        price=price,
        **_size(found.get(_SIZE), coin.casefold()),
        stop=_level(found.get(_STOP), base, -way),
        target=_level(found.get(_TARGET), base, way),
    )


def _joined(words: Sequence[str], coin: str) -> list[str]:
    """With the unit that stands behind a number at the number."""
    joined: list[str] = []
    for word in words:
        if joined and (word in _MONEY or word == coin) and joined[-1][-1:].isdigit():
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined


def _is_size(word: str, coin: str) -> bool:
    return word.endswith((coin, *_MONEY)) or word.startswith("$")


def _size(word: str | None, coin: str) -> dict[str, Decimal]:
    """In coins or in money; a share of the account is no size of an order that stands."""
    if word is None:
        return {}
    size = read_size(word.removesuffix(coin).strip())
    if size.kind is SizeKind.VALUE:
        return {"value": size.amount}
    if size.kind is SizeKind.QTY:
        return {"qty": size.amount}
    raise BadInput("edit-how")


def _level(word: str | None, base: Decimal, way: int) -> Decimal | None:
    """A price, or so many percent from the order's; 0 for none."""
    if word is None:
        return None
    if is_none(word):
        return _ZERO
    level = read_level(word, near=base)
    return _price_of(level, base, way)


def _price_of(level: PriceLevel | None, base: Decimal, way: int) -> Decimal:
    if level is None:
        return _ZERO
    if level.price is not None:
        return level.price
    price = base * (1 + way * (level.percent or _ZERO) / _HUNDRED)
    if price <= 0:
        raise BadInput("card-level-below-zero")
    return price
