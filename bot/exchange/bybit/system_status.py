"""Maintenance as Bybit announces it (v5 documentation, "Get System Status", July 2026)."""

from dataclasses import dataclass, field
from typing import Final

from bot.domain.ids import MINUTE, Millis
from bot.domain.maintenance import Maintenance
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.answer import Answer, Row
from bot.exchange.bybit.client import BybitClient
from bot.exchange.bybit.fields import Fields, array, identifier, listed, moment, text, whole

_ONGOING: Final = "ongoing"
_SCHEDULED: Final = "scheduled"
_FUTURES: Final = 1  # of `product`
_LONGEST_TITLE: Final = 200  # characters
_STALE_AFTER: Final = 10 * MINUTE  # that Bybit has not answered, after the end that it named last


@dataclass(slots=True, kw_only=True)
class BybitStatus:
    """Implements `ExchangeStatus`, of futures; remembers the last answer."""

    client: BybitClient
    clock: Clock
    _known: tuple[tuple[str, Maintenance], ...] = field(default=(), init=False)
    _answered: Millis = field(default=Millis(0), init=False)

    async def maintenance(self) -> tuple[Maintenance, ...]:
        """What goes on by a new answer of Bybit's, in one call. Raises ExchangeErrors."""
        self._known = await self.client.get_system_status().read(_rows)
        self._answered = self.clock.now()
        return self.ongoing()

    def ongoing(self) -> tuple[Maintenance, ...]:
        """By the last answer: what Bybit calls ongoing, and what was to begin and not to end before now."""
        now = self.clock.now()
        return tuple(each for state, each in self._known if self._goes_on(state, each, now))

    def problems(self) -> tuple[str, ...]:
        """For /readyz: each that goes on."""
        return tuple(f"Bybit is under maintenance: {each.title}" for each in self.ongoing())

    def _goes_on(self, state: str, each: Maintenance, now: Millis) -> bool:
        is_before_its_end = each.end is None or now < each.end
        if state == _ONGOING:
            return is_before_its_end or now < self._answered + _STALE_AFTER
        return state == _SCHEDULED and each.begin <= now and is_before_its_end


def _rows(answer: Answer) -> tuple[tuple[str, Maintenance], ...]:
    """Those of futures, or of everything; what can't be read is left out."""
    items, _ = answer.each(listed(answer.fields, "list"), _row, named_by="id")
    return tuple(items)


def _row(row: Row) -> tuple[str, Maintenance] | None:
    products = {_number(each, "product") for each in array(row.fields, "product")} if "product" in row.fields else set()
    if products and _FUTURES not in products:
        return None
    ends = array(row.fields, "uidSuffix") if "uidSuffix" in row.fields else []
    return text(row.fields, "state"), Maintenance(
        notice_id=identifier(row.fields, "id"),
        title=(row.maybe(_title, "title") or "").strip(),
        begin=moment(row.fields, "begin"),
        end=row.maybe(moment, "end") or None,
        uid_ends=frozenset(str(_number(each, "uidSuffix")) for each in ends),
    )


def _title(fields: Fields, name: str) -> str:
    return text(fields, name, _LONGEST_TITLE)


def _number(value: object, name: str) -> int:
    return whole({name: value}, name)
