"""What a typed or pasted order is found to say, before the market is looked at: its parts, and what is doubtful in it.

Every token of the text gets a meaning, or is filler, or a label of an indicator with what stands behind it, or an
unread word that is named to the person, or a doubt. While there is a doubt, nothing goes on. Nothing is guessed: a
number has a meaning by its unit or by the word before it, or it is a doubt.
"""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.order_drafts import SizeKind
from bot.domain.portfolio import Side
from bot.domain.trade_tokens import NumberToken, WordToken

_MOST_UNREAD: Final = 2  # words without a meaning in an order without a number


class DoubtKind(StrEnum):
    """Why a word is asked about; the texts have a sentence for each."""

    SIDE = "side"  # buy or sell: not said
    SYMBOL = "symbol"  # no coin
    TWO_SYMBOLS = "two-symbols"
    UNKNOWN_SYMBOL = "unknown-symbol"
    AMBIGUOUS = "ambiguous"  # 3,120
    UNREADABLE = "unreadable"  # digits that are no number, or no number of that place
    BARE = "bare"  # a number without a unit or a word
    FAR = "far"  # a price far from the market
    SECOND = "second"  # what was said already, otherwise
    LACKS = "lacks"  # a word without its number
    PERCENT = "percent"  # is not meant there, or alone is
    SHARES = "shares"
    SIGN = "sign"
    ORDER = "order"  # targets neither rise nor fall
    WORD = "word"  # it may turn the order around
    UNKNOWN_WORD = "unknown-word"  # a number stands behind it
    MONEY = "money"  # of another currency
    LEVERAGE = "leverage"
    SPOT = "spot"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A place in the text that has to be put otherwise; `choices` are what it may be put as, ready to be taken."""

    kind: DoubtKind
    start: int
    end: int
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeText:
    """What was found. Numbers still have their readings; `bare` are those without a meaning."""

    text: str = field(repr=False)
    side: Side | None = None
    coin: WordToken | None = None
    coin_name: str = ""
    is_coin_known: bool = False
    begins_with_side: bool = False
    coin_end: int = 0  # where the coin's name ends, which may be of two words
    size: NumberToken | None = None
    size_kind: SizeKind = SizeKind.VALUE
    is_max: bool = False
    entries: tuple[NumberToken, ...] = ()
    is_market: bool = False
    is_zone: bool = False
    stop: NumberToken | None = None
    no_stop: bool = False
    targets: tuple[NumberToken, ...] = ()
    no_target: bool = False
    shares: tuple[NumberToken, ...] = ()
    remarks: tuple[NumberToken, ...] = ()  # percents in brackets behind targets: shares, or distances
    leverage: NumberToken | None = None
    trailing: NumberToken | None = None
    breakeven: bool = False
    account: AccountType | None = None
    bare: tuple[NumberToken, ...] = ()
    unread: tuple[WordToken, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def symbol_typed(self) -> str:
        """The coin as it was typed, "" for none."""
        return "" if self.coin is None else self.text[self.coin.start : self.coin_end]

    @property
    def is_pasted(self) -> bool:
        """Of several lines: somebody else's words."""
        return "\n" in self.text

    @property
    def is_bare(self) -> bool:
        """Whether it names a side and a coin and nothing else."""
        only = TradeText(text=self.text, side=self.side, coin=self.coin, coin_end=self.coin_end)
        return (
            self.coin is not None
            and self.side is not None
            and only == replace(self, coin_name="", is_coin_known=False, begins_with_side=False)
        )

    @property
    def is_order(self) -> bool:
        """Whether the text is meant as an order at all: a side beside a coin or numbers, and no sentence about one."""
        if self.size or self.entries or self.stop or self.targets or self.bare:
            return self.side is not None
        has_coin = self.is_coin_known or (self.coin is not None and self.begins_with_side)
        return self.side is not None and has_coin and len(self.unread) <= _MOST_UNREAD

    @property
    def lacks_side(self) -> bool:
        """Whether nothing but the side is missing for it to be an order."""
        has_parts = bool(self.size or self.entries or self.stop or self.targets)
        return self.side is None and self.is_coin_known and has_parts and len(self.unread) <= _MOST_UNREAD


def with_words(text: str, start: int, end: int, words: str) -> str:
    """The text with other words in a place; "" leaves it out."""
    return re.sub(r" {2,}", " ", f"{text[:start]} {words} {text[end:]}").strip()
