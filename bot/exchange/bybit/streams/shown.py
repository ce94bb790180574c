"""What the cache shows of an account with a stream: written through with each event, renewed while it is heard."""

from collections.abc import Callable
from typing import Final

from bot.domain.accounts import Account
from bot.domain.portfolio import Balance, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.streams import Pushes
from bot.exchange.bybit.streams.account_book import AccountBook
from bot.exchange.bybit.streams.marking import Marked, all_marked, wallet_at, with_marks

GOOD_FOR_S: Final = 45.0  # without a renewal: about as long as a stream may be silent
UNMARKED_S: Final = 10.0  # positions whose mark prices nobody pushes, as if REST had answered
MOVING_S: Final = 15.0  # a wallet whose value moves otherwise than with those, likewise
_RENEW_EVERY_S: Final = 5.0
_SETTLED_S: Final = 1.0
_NEIGHBORS_S: Final = 2.0
_KINDS: Final = (Positions, Orders, Balance)

Kind = type[Positions | Orders | Balance]


class ShownAccount:
    """Writes what the book holds; monotonic seconds."""

    __slots__ = ("_account", "_book", "_clock", "_dropped_at", "_pushes", "_renewed_at", "_shown", "_wallet")

    def __init__(self, account: Account, book: AccountBook, pushes: Pushes, clock: Clock) -> None:
        self._account = account
        self._book = book
        self._pushes = pushes
        self._clock = clock
        self._shown: dict[Kind, Positions | Orders | Balance] = {}
        self._dropped_at = -1.0
        self._renewed_at = 0.0
        self._wallet: tuple[Balance | None, Marked] = (None, {})  # as it was told, and the marks of that moment

    def show(self, kind: Kind, marks: Marked, *, asked: float | None = None) -> None:
        """Write it through. `asked`: it is an answer of that moment; one from before a drop shows nothing."""
        if asked is not None and asked < self._dropped_at:
            return
        value, good_for = self._value(kind, marks)
        if value is None:
            self._end(kind)
        else:
            self._pushes.push(self._account, value, good_for=good_for)
            self._shown[kind] = value

    def renew(self, marks_of_now: Callable[[], Marked], now: float, *, is_due: bool) -> None:
        """Now and then: the same as of now, as far as it cannot have changed without an event. `is_due`: one is."""
        wait_s = _RENEW_EVERY_S if len(self._shown) == len(_KINDS) else _SETTLED_S
        if now - self._renewed_at < wait_s:
            return
        self._renewed_at, marks = now, marks_of_now()
        self._show_again(marks, now, is_due=is_due)
        for kind, before in tuple(self._shown.items()):
            value, good_for = self._value(kind, marks)
            if value is None or good_for < GOOD_FOR_S:
                continue
            if self._pushes.renew(self._account, value, before, good_for=GOOD_FOR_S):
                self._shown[kind] = value
            else:
                del self._shown[kind]

    def _show_again(self, marks: Marked, now: float, *, is_due: bool) -> None:
        """What a commit dropped, where the stream told something about then: both are of the same change.

        So it is where no event is due: the commit wrote down what is known here already.
        """
        if now - self._dropped_at >= _SETTLED_S:
            for kind in _KINDS:
                is_told = not is_due or self._book.heard(kind) >= self._dropped_at - _NEIGHBORS_S
                if kind not in self._shown and is_told:
                    self.show(kind, marks)

    def dropped(self) -> None:
        """A commit dropped it: it may know more than the book does, for a second at least."""
        self._dropped_at = self._clock.monotonic()
        self._shown.clear()

    def end(self) -> None:
        """Nobody vouches for it any more."""
        for kind in tuple(self._shown):
            self._end(kind)

    def _end(self, kind: Kind) -> None:
        value = self._shown.pop(kind, None)
        if value is not None:
            self._pushes.end(self._account, value)

    def _value(self, kind: Kind, marks: Marked) -> tuple[Positions | Orders | Balance | None, float]:
        """As of now, and for how many seconds that is good without a renewal; None where nobody vouches for it."""
        now = self._clock.now()
        if kind is Orders:
            return self._book.orders(now), GOOD_FOR_S
        positions = self._book.positions(now)
        if kind is Positions:
            good_for = GOOD_FOR_S if all_marked(positions, marks) else UNMARKED_S
            return with_marks(positions, marks, now), good_for
        told = self._book.balance
        if told is None:
            return None, 0.0
        if told is not self._wallet[0]:
            self._wallet = told, {each.symbol: marks[each.symbol] for each in positions.items if each.symbol in marks}
        moved = wallet_at(told, positions, self._wallet[1], marks, now)
        return (told, MOVING_S) if moved is None else (moved, GOOD_FOR_S)
