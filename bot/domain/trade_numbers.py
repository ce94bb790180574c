"""The numbers of a typed order: each goes to the word before it, or says by its unit what it is."""

from dataclasses import dataclass
from typing import Final

from bot.domain.order_drafts import SizeKind
from bot.domain.trade_plans import MOST_TARGETS
from bot.domain.trade_text import DoubtKind
from bot.domain.trade_tokens import NumberToken, Sign, SignToken, Unit, shown
from bot.domain.trade_walk import OF_PRICES, TokenWalk
from bot.domain.trade_words import WordKind

MOST_ENTRIES: Final = 2
_WHOLE: Final = 100  # percent


@dataclass(slots=True, kw_only=True)
class NumberWalk(TokenWalk):
    """Decides for each number of a typed order what it counts: size, price, percent, leverage or share."""

    def number(self, token: NumberToken) -> None:
        unknown, self.unknown = self.unknown, None
        self.begins_line = False
        if token.is_ordinal or self.at <= self.noise_to or self.is_label(token):
            return
        token = self.with_unit_behind(token)
        if not token.readings:
            self.doubt(DoubtKind.UNREADABLE, token)
        elif token.unit is Unit.OTHER:
            self.doubt(DoubtKind.MONEY, token)
        elif unknown is not None:
            self.doubt(DoubtKind.UNKNOWN_WORD, unknown)
            self.unread = [each for each in self.unread if each is not unknown]
        elif token.unit is Unit.TIMES:
            self._leverage(token)
        else:
            self._placed(token)

    def _placed(self, token: NumberToken) -> None:
        kind = None if self.context is None else self.context.kind
        match kind:
            case WordKind.STOP if not self.is_served:
                self._serve()
                self._set_stop(token)
            case WordKind.TARGET:
                self._target(token)
            case WordKind.ENTRY | WordKind.AT:
                self._entry(token, is_soft=kind is WordKind.AT)
            case WordKind.RISK if not self.is_served:
                self._serve()
                self._risk(token)
            case WordKind.LEVERAGE if not self.is_served and token.unit is Unit.NONE:
                self._serve()
                self._leverage(token)
            case WordKind.TRAILING if not self.is_served:
                self._serve()
                self._trailing(token)
            case WordKind.SHARES:
                self._serve()
                self.shares.append(token)
            case _:
                self._size(token)

    def _serve(self) -> None:
        self.is_served = True

    def _set_stop(self, token: NumberToken) -> None:
        if self.stop is not None or self.no_stop:
            self.doubt(DoubtKind.SECOND, token)
        self.stop = self.stop or token

    def _trailing(self, token: NumberToken) -> None:
        """A distance in percent; another number may be a price, and is asked about."""
        if self.trailing is not None:
            self.doubt(DoubtKind.SECOND, token)
        elif token.unit is Unit.PERCENT:
            self.trailing = token
        else:
            choices = [f"{shown(each)}%" for each in token.readings if each < _WHOLE] if token.unit is Unit.NONE else []
            self.doubt(DoubtKind.PERCENT, token, *choices)

    def _target(self, token: NumberToken) -> None:
        shares = self._slash_list(token)
        if self.targets and len(shares) == len(self.targets) and _sum(shares) == _WHOLE:
            self.shares += shares
            self.at += 2 * (len(shares) - 1)
            return
        self._serve()
        first = self.targets[0] if self.targets else token
        if token.unit is Unit.DOLLARS and not (token is first or first.has_dollar_before):
            self._size(token)
        elif token.unit is Unit.PERCENT and first.unit is not Unit.PERCENT:
            self.shares.append(token)
        elif len(self.targets) == MOST_TARGETS:
            self.doubt(DoubtKind.TOO_MANY, token)
        elif token.unit is not first.unit and Unit.PERCENT in {token.unit, first.unit}:
            self.doubt(DoubtKind.PERCENT, token)
        else:
            self.targets.append(token)

    def _slash_list(self, token: NumberToken) -> list[NumberToken]:
        """50/30/20 from the first number on."""
        found, index = [token], self.at
        while index + 1 < len(self.tokens) and len(found) <= MOST_TARGETS:
            sign, number = self.tokens[index], self.tokens[index + 1]
            if not (isinstance(sign, SignToken) and sign.sign is Sign.SLASH and isinstance(number, NumberToken)):
                break
            found.append(number)
            index += 2
        return found

    def _entry(self, token: NumberToken, *, is_soft: bool) -> None:
        is_money = token.unit is Unit.DOLLARS and not token.has_dollar_before
        is_size = {
            Unit.NONE: self.is_before_coin(token) and not self.is_ahead(Unit.DOLLARS, Unit.PERCENT),
            Unit.DOLLARS: bool(self.entries) or (is_money and (is_soft or self.is_ahead(Unit.NONE))),
        }.get(token.unit, True)
        if is_size:
            self._size(token)
        elif len(self.entries) == MOST_ENTRIES:
            self.doubt(DoubtKind.TOO_MANY, token)
        else:
            self._serve()
            self.entries.append(token)

    def _risk(self, token: NumberToken) -> None:
        if token.unit is Unit.PERCENT:
            self._set_size(token, SizeKind.RISK)
        else:
            choices = [f"{shown(each)}%" for each in token.readings] if token.unit is Unit.NONE else []
            self.doubt(DoubtKind.PERCENT, token, *choices)

    def _leverage(self, token: NumberToken) -> None:
        is_stray = self.context is not None and not self.is_served and self.context.kind in OF_PRICES
        if self.leverage is not None or is_stray:
            self.doubt(DoubtKind.SECOND if self.leverage else DoubtKind.LEVERAGE, token)
            return
        if self.context is not None and self.context.kind is WordKind.LEVERAGE:
            self._serve()
        self.leverage = token

    def _size(self, token: NumberToken) -> None:
        if self.context is not None and self.context.kind is WordKind.SIZE:
            self._serve()
        if token.unit is Unit.PERCENT:
            self._set_size(token, SizeKind.EQUITY)
        elif token.unit is Unit.DOLLARS:
            self._set_size(token, SizeKind.VALUE)
        elif self.is_before_coin(token):
            self._set_size(token, SizeKind.QTY)
        else:
            self.bare.append(token)

    def _set_size(self, token: NumberToken, kind: SizeKind) -> None:
        if self.size is not None or self.is_max:
            self.doubt(DoubtKind.SECOND, token)
            return
        self.size, self.size_kind = token, kind


def _sum(numbers: list[NumberToken]) -> object:
    return sum(each.readings[0] for each in numbers if each.readings)
