"""A draft in the form in which buttons carry it and tickets are stored: flat, each field a text of its own.

Levels are written as people say them: 64000 is a price, 3% a distance from the entry.
"""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Self

from bot.domain.ids import AccountId, Symbol
from bot.domain.numbers import plain
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.portfolio import Side

_NONE: Final = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFields:
    """`stop` and `targets`: "" and () where the account's settings decide, "none" for without."""

    account_id: AccountId
    symbol: Symbol
    side: Side
    size_kind: SizeKind | None = None
    size: Decimal | None = None
    limits: tuple[Decimal, ...] = ()
    stop: str = ""
    targets: tuple[str, ...] = ()
    shares: tuple[Decimal, ...] = ()
    breakeven: bool = False
    leverage: int | None = None
    trailing: Decimal | None = None

    @classmethod
    def make(cls, draft: OrderDraft, **others: Any) -> Self:
        """The fields of a draft; `others` are those that a class below adds."""
        return cls(
            account_id=draft.account_id,
            symbol=draft.symbol,
            side=draft.side,
            size_kind=None if draft.size is None else draft.size.kind,
            size=None if draft.size is None else draft.size.amount,
            limits=draft.limits,
            stop=_NONE if draft.no_stop else "" if draft.stop is None else level_text(draft.stop),
            targets=(_NONE,) if draft.no_target else tuple(map(level_text, draft.targets)),
            shares=draft.shares,
            breakeven=draft.breakeven,
            leverage=draft.leverage,
            trailing=draft.trailing,
            **others,
        )

    @property
    def draft(self) -> OrderDraft:
        """Raises ValueError for a level that was never written like this."""
        kind, amount = self.size_kind, self.size
        return OrderDraft(
            account_id=self.account_id,
            symbol=self.symbol,
            side=self.side,
            size=None if kind is None or amount is None else OrderSize(kind, amount),
            limits=self.limits,
            stop=None if self.stop in {"", _NONE} else level_of(self.stop),
            no_stop=self.stop == _NONE,
            targets=() if self.targets == (_NONE,) else tuple(map(level_of, self.targets)),
            no_target=self.targets == (_NONE,),
            shares=self.shares,
            breakeven=self.breakeven,
            leverage=self.leverage,
            trailing=self.trailing,
        )


def level_text(level: PriceLevel) -> str:
    """A level as it is stored: the price (64000), or the distance from the entry (3%)."""
    if level.price is not None:
        return plain(level.price)
    return f"{plain(level.percent or Decimal(0))}%"


def level_of(text: str) -> PriceLevel:
    """The level that was written so. Raises ValueError."""
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation as unreadable:
        raise ValueError("neither a price nor a percentage") from unreadable
    if not number.is_finite() or number <= 0:
        raise ValueError("a level is above zero")
    return PriceLevel(percent=number) if text.endswith("%") else PriceLevel(price=number)
