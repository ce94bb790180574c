"""Executions that a stream told, and since when none of them is missing."""

from collections import OrderedDict
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis
from bot.domain.portfolio import Execution, Order

KEPT: Final = 200
_NOTHING: Final = Decimal(0)


class ToldFills:
    """Of perpetuals of one account. Nothing is whole before an answer by REST said what was before the stream."""

    __slots__ = ("_fills", "_qtys", "_since")

    def __init__(self) -> None:
        self._fills: OrderedDict[str, Execution] = OrderedDict()
        self._qtys: dict[str, Decimal] = {}  # by order id
        self._since: Millis | None = None

    @property
    def is_begun(self) -> bool:
        """Whether there is a moment since which no fill is missing."""
        return self._since is not None

    def hear(self, fills: Iterable[Execution]) -> None:
        """What the stream tells, each once; one that lacked a figure gives way to one that has it."""
        for each in fills:
            known = self._fills.get(each.exec_id)
            if known is None or (each.is_bookable and not known.is_bookable):
                self._forget(known)
                self._fills[each.exec_id] = each
                self._qtys[each.order_id] = self._qtys.get(each.order_id, _NOTHING) + each.exec_qty
        while len(self._fills) > KEPT:
            _, oldest = self._fills.popitem(last=False)
            self._forget(oldest)
            if self._since is not None:
                self._since = max(self._since, Millis((oldest.exec_ts or 0) + 1))

    def _forget(self, fill: Execution | None) -> None:
        if fill is None:
            return
        left = self._qtys.get(fill.order_id, _NOTHING) - fill.exec_qty
        if left > 0:
            self._qtys[fill.order_id] = left
        else:
            self._qtys.pop(fill.order_id, None)

    def take(self, answer: Iterable[Execution], since: Millis) -> None:
        """Everything from that moment on, asked for while the stream was up."""
        self._since = since if self._since is None else min(since, self._since)
        self.hear(answer)

    def lose(self) -> None:
        """Something was told that can't be read: nothing is whole before the next answer."""
        self._since = None

    def since(self, moment: Millis, orders: Iterable[Order]) -> tuple[Execution, ...] | None:
        """Everything from that moment on, oldest first; None: that is not known, or something of it can't be booked.

        `orders`: what else the stream told; where their fills do not add up, one of them is missing.
        """
        begin = self._since
        if begin is None or moment < begin:
            return None
        for each in orders:
            is_recent = (each.updated_ts or 0) >= begin
            if is_recent and self._qtys.get(each.order_id, _NOTHING) < (each.cum_exec_qty or _NOTHING):
                return None
        found = [each for each in self._fills.values() if (each.exec_ts or moment) >= moment]
        if not all(each.is_bookable for each in found):
            return None
        return tuple(sorted(found, key=lambda each: each.exec_ts or 0))
