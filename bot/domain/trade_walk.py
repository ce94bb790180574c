"""Where the reading of a typed order stands: the tokens, the place, the word that numbers belong to."""

from dataclasses import dataclass, field
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.order_drafts import SizeKind
from bot.domain.portfolio import Side
from bot.domain.trade_coins import NamedCoin
from bot.domain.trade_text import Doubt, DoubtKind
from bot.domain.trade_tokens import NumberToken, Sign, SignToken, Token, Unit, WordToken
from bot.domain.trade_words import WordKind

_WANT_NUMBER: Final = frozenset(
    {
        *(WordKind.STOP, WordKind.TARGET, WordKind.ENTRY, WordKind.RISK, WordKind.LEVERAGE, WordKind.SHARES),
        *(WordKind.SIZE, WordKind.TRAILING),
    }
)
OF_PRICES: Final = frozenset({WordKind.STOP, WordKind.TARGET, WordKind.ENTRY})
_LARGEST_LABEL: Final = 9


@dataclass(slots=True, kw_only=True)
class TokenWalk:
    """What is known while a text is read once. `context`: the word that the next number belongs to."""

    text: str = field(repr=False)
    tokens: tuple[Token, ...]
    coin: NamedCoin
    at: int = 0
    context: WordToken | None = None
    is_served: bool = False  # the context has had its number
    noise_to: int = 0  # tokens up to this index are of an indicator
    remark_end: int = 0  # the index behind the last remark in brackets
    begins_line: bool = True
    without: WordToken | None = None
    unknown: WordToken | None = None  # the unread word just before
    doubts: list[Doubt] = field(default_factory=list)
    side: Side | None = None
    size: NumberToken | None = None
    size_kind: SizeKind = SizeKind.VALUE
    is_max: bool = False
    stop: NumberToken | None = None
    no_stop: bool = False
    no_target: bool = False
    leverage: NumberToken | None = None
    trailing: NumberToken | None = None
    account: AccountType | None = None
    is_market: bool = False
    is_zone: bool = False
    breakeven: bool = False
    entries: list[NumberToken] = field(default_factory=list)
    targets: list[NumberToken] = field(default_factory=list)
    shares: list[NumberToken] = field(default_factory=list)
    remarks: list[NumberToken] = field(default_factory=list)
    bare: list[NumberToken] = field(default_factory=list)
    unread: list[WordToken] = field(default_factory=list)

    def doubt(self, kind: DoubtKind, token: Token, *choices: str) -> None:
        self.doubts.append(Doubt(kind=kind, start=token.start, end=token.end, choices=choices))

    def enter_context(self, token: WordToken) -> None:
        if self.context is not None and not self.is_served and self._goes_on(self.context, token):
            return
        is_stop = self.context is not None and self.context.kind is WordKind.STOP and not self.is_served
        if is_stop and token.kind is WordKind.TRAILING:  # стоп трейлинг 2%
            self.context = None
        self.leave_context()
        self.context, self.is_served = token, False

    @staticmethod
    def _goes_on(context: WordToken, token: WordToken) -> bool:
        """Take profit; limit entry; entry at 3000; trailing stop."""
        if context.kind is WordKind.TRAILING:
            return token.kind in {WordKind.TRAILING, WordKind.STOP}
        return token.kind is context.kind or (token.kind is WordKind.AT and context.kind in OF_PRICES)

    def leave_context(self) -> None:
        """A word whose number never came is doubtful, but for those that also stand alone."""
        if self.context is not None and not self.is_served and self.context.kind in _WANT_NUMBER:
            self.doubt(DoubtKind.LACKS, self.context)
        self.context = None

    def drop_context(self, kind: WordKind) -> None:
        if self.context is not None and self.context.kind is kind:
            self.context = None

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def is_before_coin(self, token: NumberToken) -> bool:
        """0.5 btc; the token is the one just read. Of 100 $btc nobody can say whether the dollar is the coin's."""
        following = self.peek()
        is_tagged = isinstance(following, WordToken) and following.typed.startswith("$")
        return token.unit is Unit.NONE and self.at in self.coin.places and not is_tagged

    def is_just_before(self, number: NumberToken, word: WordToken) -> bool:
        return not self.text[number.end : word.start].strip()

    def is_label(self, token: NumberToken) -> bool:
        """Whether it only numbers what follows: target 1: 66k."""
        following = self.peek()
        is_small = token.readings and token.unit is Unit.NONE and max(token.readings) <= _LARGEST_LABEL
        return bool(
            is_small and isinstance(following, SignToken) and following.sign is Sign.COLON and self.context is not None
        )

    def with_unit_behind(self, token: NumberToken) -> NumberToken:
        """The number with the unit that a word behind it gives, which is read with it: "3 percent"."""
        following = self.peek()
        if token.unit is Unit.NONE and isinstance(following, WordToken) and following.kind is WordKind.PERCENT:
            self.at += 1
            return NumberToken(
                start=token.start, end=following.end, readings=token.readings, unit=Unit.PERCENT, sign=token.sign
            )
        return token

    def is_ahead(self, *units: Unit) -> bool:
        """Whether a number of such a unit still comes before the next word of an order."""
        for token in self.tokens[self.at :]:
            if isinstance(token, NumberToken) and token.unit in units:
                return True
            if isinstance(token, WordToken) and token.kind is not None and token.kind is not WordKind.FILLER:
                return False
        return False
