"""Reads a typed or pasted order word by word. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.account_words import ACCOUNT_WORDS
from bot.domain.accounts import AccountType
from bot.domain.order_drafts import SizeKind
from bot.domain.portfolio import Side
from bot.domain.trade_coins import coin_of
from bot.domain.trade_numbers import NumberWalk
from bot.domain.trade_text import Doubt, DoubtKind, TradeText
from bot.domain.trade_tokens import NumberToken, Sign, SignToken, Token, Unit, WordToken, cleaned, tokens_of
from bot.domain.trade_walk import OF_PRICES
from bot.domain.trade_words import WordKind

_AFTER: Final = frozenset({"after", "после", "після"})
_LONGEST_REMARK: Final = 12  # tokens
_BE: Final = "be"  # in small letters a word of any sentence; BE, or "be after tp1" says break-even
_TIMEFRAME: Final = re.compile(r"[0-9]{1,3}(?:m|h|d|w|min|м|ч|г|д)", re.IGNORECASE)
_ENDS_NOISE: Final = frozenset({WordKind.BUY, WordKind.SELL, WordKind.STOP, WordKind.TARGET, WordKind.ENTRY})
_BY_THEMSELVES: Final = frozenset(
    {
        *(WordKind.BUY, WordKind.SELL, WordKind.WITHOUT, WordKind.MARKET, WordKind.ZONE, WordKind.BREAKEVEN),
        *(WordKind.MAX, WordKind.SPOT, WordKind.DOUBTFUL, WordKind.DOLLARS, WordKind.PERCENT, WordKind.PERPETUAL),
    }
)
_IN_REMARKS: Final = frozenset({None, WordKind.NOISE, WordKind.FILLER, WordKind.UNUSED, WordKind.ZONE})


def read_trade(text: str, listed: Collection[str] = ()) -> TradeText:
    """What the text says. `listed`: base coins that trade, in capitals, as far as they are known."""
    text = cleaned(text)
    tokens = tokens_of(text)
    reader = _Reader(text=text, tokens=tokens, coin=coin_of(text, tokens, listed))
    reader.read()
    return reader.found()


@dataclass(slots=True, kw_only=True)
class _Reader(NumberWalk):
    """One walk from left to right over the tokens of a typed order, with what was understood so far."""

    def read(self) -> None:
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            match token:
                case NumberToken():
                    self.number(token)
                case WordToken():
                    self._word(token)
                case SignToken():
                    self._sign(token)
        self.leave_context()
        if self.without is not None:
            self.doubt(DoubtKind.WORD, self.without)

    def found(self) -> TradeText:
        return TradeText(
            text=self.text,
            side=self.side,
            coin=self.coin.token,
            coin_end=self.coin.end,
            coin_name=self.coin.name,
            is_coin_known=self.coin.is_known,
            begins_with_side=_is_side(self.tokens[0]) if self.tokens else False,
            size=self.size,
            size_kind=self.size_kind,
            is_max=self.is_max,
            entries=tuple(self.entries),
            is_market=self.is_market,
            is_zone=self.is_zone,
            stop=self.stop,
            no_stop=self.no_stop,
            targets=tuple(self.targets),
            no_target=self.no_target,
            shares=tuple(self.shares),
            remarks=tuple(self.remarks),
            leverage=self.leverage,
            trailing=self.trailing,
            breakeven=self.breakeven,
            account=self.account,
            bare=tuple(self.bare),
            unread=tuple(self.unread),
            doubts=tuple(self._all_doubts()),
        )

    def _all_doubts(self) -> list[Doubt]:
        first = []
        if self.side is None:
            first.append(Doubt(kind=DoubtKind.SIDE, start=0, end=0, choices=("buy", "sell")))
        if self.coin.token is None:
            first.append(Doubt(kind=DoubtKind.SYMBOL, start=len(self.text), end=len(self.text)))
        two = (Doubt(kind=DoubtKind.TWO_SYMBOLS, start=each.start, end=each.end) for each in self.coin.others)
        if self.is_market and self.entries:
            self.doubt(DoubtKind.SECOND, self.entries[0])
        return [*first, *two, *self.doubts]

    # Words

    def _word(self, token: WordToken) -> None:
        unknown, self.unknown = self.unknown, None
        begins_line, self.begins_line = self.begins_line, False
        if self.at <= self.noise_to and token.kind not in _ENDS_NOISE:
            return
        if token.kind in _ENDS_NOISE:
            self.noise_to = 0
        if self.at - 1 in self.coin.places or token in self.coin.others:
            return
        if token.word == _BE and self._is_after_next():
            self._meaning(token, WordKind.BREAKEVEN)
            return
        account = ACCOUNT_WORDS.get(token.word)
        if account is not None:
            self._account(token, account)
        elif token.kind is None or token.kind is WordKind.UNUSED:
            self._unread(token)
        elif token.kind is WordKind.NOISE:
            self.leave_context()
            self.noise_to = self._end_of_noise(whole_line=begins_line)
        elif token.kind is WordKind.FILLER:
            self.unknown = unknown
            self._skip_label_after(token)
        else:
            self._meaning(token, token.kind)

    def _meaning(self, token: WordToken, kind: WordKind) -> None:
        if self.without is not None and kind in {WordKind.STOP, WordKind.TARGET}:
            self.without = None
            self.no_stop |= kind is WordKind.STOP
            self.no_target |= kind is WordKind.TARGET
            return
        if self.without is not None:
            self.doubt(DoubtKind.WORD, self.without)
            self.without = None
        if kind in _BY_THEMSELVES:
            self._standing_alone(token, kind)
        elif not self._is_of_size_before(token, kind) and not self._is_of_number_before(token, kind):
            self.enter_context(token)

    def _standing_alone(self, token: WordToken, kind: WordKind) -> None:
        """Read a word that means something without a number behind it."""
        match kind:
            case WordKind.BUY | WordKind.SELL:
                if self.is_served or self.context is None or self.context.kind is not WordKind.ENTRY:
                    self.leave_context()  # but for "limit buy", where the price is still to come
                self._side(token, Side.BUY if kind is WordKind.BUY else Side.SELL)
            case WordKind.WITHOUT:
                self._without(token)
            case WordKind.MARKET:
                self.is_market = True
                self.drop_context(WordKind.ENTRY)
            case WordKind.ZONE:
                self._zone(token)
            case WordKind.BREAKEVEN:
                self.breakeven = True
                self.drop_context(WordKind.STOP)
            case WordKind.MAX:
                self._max(token)
            case WordKind.SPOT | WordKind.DOUBTFUL:
                self.doubt(DoubtKind.SPOT if kind is WordKind.SPOT else DoubtKind.WORD, token)
            case _:
                pass

    def _zone(self, token: WordToken) -> None:
        """One entry out of two prices; alone before a price it is the word of the entry, too: zone 3000-3050."""
        self.is_zone = True
        is_alone = self.unknown is None and (self.context is None or self.is_served)
        if is_alone and isinstance(self.peek(), NumberToken):
            self.enter_context(replace(token, kind=WordKind.ENTRY))

    def _without(self, token: WordToken) -> None:
        """No stop; stop: none."""
        kind = None if self.context is None or self.is_served else self.context.kind
        if kind in {WordKind.STOP, WordKind.TARGET}:
            self.context = None
            self.no_stop |= kind is WordKind.STOP
            self.no_target |= kind is WordKind.TARGET
        else:
            self.leave_context()
            self.without = token

    def _max(self, token: WordToken) -> None:
        """A size; of a leverage it says nothing that is understood."""
        following = self.peek()
        is_of_leverage = isinstance(following, WordToken) and following.kind is WordKind.LEVERAGE
        if is_of_leverage or self.size is not None:
            self.doubt(DoubtKind.WORD if is_of_leverage else DoubtKind.SECOND, token)
        else:
            self.is_max = True
            self.drop_context(WordKind.SIZE)

    def _is_of_number_before(self, token: WordToken, kind: WordKind) -> bool:
        """10 leverage, where no number follows."""
        is_leverage = kind is WordKind.LEVERAGE and self.leverage is None and bool(self.bare)
        if not is_leverage or isinstance(self.peek(), NumberToken) or not self.is_just_before(self.bare[-1], token):
            return False
        self.leverage = self.bare.pop()
        return True

    def _is_of_size_before(self, token: WordToken, kind: WordKind) -> bool:
        """1% risk, 100$ size."""
        if self.size is None or kind not in {WordKind.RISK, WordKind.SIZE} or not self.is_just_before(self.size, token):
            return False
        if kind is WordKind.RISK and self.size_kind is SizeKind.EQUITY:
            self.size_kind = SizeKind.RISK
        elif kind is WordKind.RISK:
            self.doubt(DoubtKind.PERCENT, self.size)
        return True

    def _side(self, token: WordToken, side: Side) -> None:
        if self.side not in {None, side}:
            self.doubt(DoubtKind.SECOND, token)
        self.side = self.side or side

    def _account(self, token: WordToken, account: AccountType) -> None:
        if self.account not in {None, account}:
            self.doubt(DoubtKind.SECOND, token)
        self.account = self.account or account

    def _unread(self, token: WordToken) -> None:
        if token.may_be_number and not _TIMEFRAME.fullmatch(token.word):
            self.doubt(DoubtKind.UNREADABLE, token)
            return
        self.unread.append(token)
        if token.kind is None:
            self.unknown = token

    def _is_after_next(self) -> bool:
        following = self.peek()
        return isinstance(following, WordToken) and following.word in _AFTER

    def _skip_label_after(self, token: WordToken) -> None:
        """Breakeven after TP1: the label names no price."""
        following = self.peek()
        if token.word in _AFTER and isinstance(following, WordToken) and following.kind is WordKind.TARGET:
            self.at += 1

    def _end_of_noise(self, *, whole_line: bool) -> int:
        """The index behind what an indicator's label speaks of: its line if it begins one, else one number."""
        for index in range(self.at, len(self.tokens)):
            token = self.tokens[index]
            if isinstance(token, SignToken) and token.sign is Sign.BREAK:
                if not whole_line or self.text[token.start] == "\n":
                    return index
            elif _is_of_order(token):
                return index
            elif isinstance(token, NumberToken) and not whole_line:
                return index + 1
        return len(self.tokens)

    # Signs

    def _sign(self, token: SignToken) -> None:
        is_line = self.text[token.start] == "\n"
        if token.sign is not Sign.SLASH:
            self.unknown = None if token.sign is not Sign.COLON else self.unknown
        if is_line:
            self.begins_line = True
        if self.at <= self.noise_to:
            return
        if token.sign is Sign.OPEN and self._has_remarks():
            self._remark()
        elif token.sign is Sign.AT:
            following = self.peek()
            if isinstance(following, NumberToken):
                self.enter_context(WordToken(start=token.start, end=token.end, typed="@", word="@", kind=WordKind.AT))
        elif is_line and self.is_served:
            following = self.peek()
            if not isinstance(following, NumberToken):
                self.leave_context()

    def _has_remarks(self) -> bool:
        before = self.tokens[self.at - 2] if self.at > 1 else None
        return (
            (isinstance(before, NumberToken) or self.remark_end == self.at - 1)
            and self.is_served
            and self.context is not None
            and self.context.kind in OF_PRICES
        )

    def _remark(self) -> None:
        """(11.78%), [OB], (2.0×ATR) behind a price: no part of the order, but for shares of targets."""
        inside: list[Token] = []
        for index in range(self.at, min(self.at + _LONGEST_REMARK, len(self.tokens))):
            token = self.tokens[index]
            if isinstance(token, SignToken) and token.sign is Sign.CLOSE:
                break
            inside.append(token)
        else:
            return
        if any(
            (isinstance(each, NumberToken) and each.unit in {Unit.DOLLARS, Unit.OTHER})
            or (isinstance(each, WordToken) and each.kind not in _IN_REMARKS)
            or (isinstance(each, SignToken) and each.sign is Sign.BREAK)
            for each in inside
        ):
            return
        self.at += len(inside) + 1
        self.remark_end = self.at
        is_target = self.context is not None and self.context.kind is WordKind.TARGET
        if is_target and len(inside) == 1 and isinstance(inside[0], NumberToken) and inside[0].unit is Unit.PERCENT:
            self.remarks.append(inside[0])


def _is_side(token: Token) -> bool:
    return isinstance(token, WordToken) and token.kind in {WordKind.BUY, WordKind.SELL}


def _is_of_order(token: Token) -> bool:
    """What ends the words of an indicator, wherever it stands."""
    if isinstance(token, WordToken):
        return token.kind in _ENDS_NOISE
    return isinstance(token, NumberToken) and token.unit is Unit.DOLLARS
