"""One answer of Bybit's while it is read: the odd field and the odd row stand aside, and the others are read.

What a row cannot do without raises ExchangeUnreadable, which makes that row an unreadable one, named beside the others.
Every other field is read by `Row.maybe`: one that can't be read is None, as one that is not there, but is noted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from bot.domain.errors import ExchangeUnreadable
from bot.domain.portfolio import NAMELESS
from bot.exchange.bybit.decode import Json
from bot.exchange.bybit.fields import Fields, array, symbol_of, unreadable

_LONGEST_NAME: Final = 30

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one object, and the names of those that could not be read."""

    fields: Fields
    odd: list[str] = field(default_factory=list)

    def maybe(self, read: Callable[[Fields, str], T], name: str) -> T | None:
        """A field that may be absent: null, "" or missing. One that can't be read is noted and counts as absent."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        try:
            return read(self.fields, name)
        except ExchangeUnreadable:
            self.odd.append(name)
            return None

    def part(self, name: str) -> "Row":
        """An object inside of this one; what is odd in it is odd in the whole. An absent one has no fields."""
        value = self.fields.get(name)
        if value is not None and not isinstance(value, dict):
            self.odd.append(name)
        return Row(value if isinstance(value, dict) else {}, self.odd)


class Answer:
    """The field `result` of an answer, and which of its rows could not be read as a whole."""

    def __init__(self, fields: Json, request_id: str = "") -> None:
        self.fields = fields
        self.request_id = request_id  # Bybit's, of the answer's headers; "": they have none
        self._lost: list[str] = []  # of each row that is left out, why
        self._rows: list[Row] = []

    @property
    def odd(self) -> tuple[str, ...]:
        """The first field that could not be read of every row that has one."""
        return (*self._lost, *(row.odd[0] for row in self._rows if row.odd))

    def row(self, fields: Fields) -> Row:
        """Some object of the answer, to be read field by field."""
        row = Row(fields)
        self._rows.append(row)
        return row

    def objects(self) -> list[Fields]:
        """The objects of its list, without what stands there and is none."""
        found = array(self.fields, "list")
        objects: list[Fields] = [each for each in found if isinstance(each, dict)]
        self._lost += ["list"] * (len(found) - len(objects))
        return objects

    def each(
        self, found: Iterable[object], read: Callable[[Row], T | None], *, named_by: str = "symbol"
    ) -> tuple[list[T], tuple[str, ...]]:
        """What `read` makes of each object, without those that it has no use for; and the names of the unreadable."""
        items: list[T] = []
        nameless: list[str] = []
        for fields in found:
            row = self.row(fields if isinstance(fields, dict) else {})
            try:
                item = read(row)
            except ExchangeUnreadable as error:
                row.odd.insert(0, error.field)
                nameless.append(_name_of(row, named_by))
            else:
                if item is not None:
                    items.append(item)
        return items, tuple(nameless)

    def values(self, found: Iterable[object], read: Callable[[object], T]) -> list[T]:
        """The same for what has no names: levels, candles. Those that can't be read are left out."""
        items: list[T] = []
        for value in found:
            try:
                items.append(read(value))
            except ExchangeUnreadable as error:
                self._lost.append(error.field)
        return items

    def object_of(self, symbol: str) -> Row | None:
        """The object of that symbol, None if there is none. Raises ExchangeUnreadable where an odd one may be it."""
        found = self.objects()
        fields = next((each for each in found if each.get("symbol") == symbol), None)
        if fields is not None:
            return self.row(fields)
        if self._lost:
            raise unreadable("list", "a list of objects")
        for each in found:
            symbol_of(each)
        return None


def _name_of(row: Row, named_by: str) -> str:
    """What an unreadable row is called: its symbol or coin, if that at least is a plain word."""
    name = row.fields.get(named_by)
    is_plain = isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and name.isascii() and name.isprintable()
    return name if is_plain and isinstance(name, str) else NAMELESS
