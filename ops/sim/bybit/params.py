"""A request's parameters, checked against the endpoint's table before anything is worked out."""

import re
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

from ops.sim.bybit.clock import WEEK
from ops.sim.bybit.errors import BybitError, wrong_parameter
from ops.sim.bybit.facts import Endpoint, Parameter
from ops.sim.bybit.fields import is_whole

_MAX_DIGITS: Final = 18
_LONGEST_NUMBER: Final = 40
_NUMBER: Final = re.compile(r"-?\d+(\.\d*)?([eE][-+]?\d{1,2})?", re.ASCII)
_FLAGS: Final = ("true", "false")
_NESTED: Final = ("array", "object")
_MISSING: Final = "Missing some parameters that must be filled in, {}"
_TEXTS: Final = {
    "category": "params error: Category is invalid",
    "symbol": "params error: symbol invalid",
    "interval": "Invalid period!",
    "side": "Side invalid",
    "orderType": "OrderType invalid",
    "qty": "Qty invalid",
    "price": "price invalid",
}
"""How Bybit words a missing or wrong value, where it does not say `params error: <name> invalid`."""


def _wrong(endpoint: Endpoint, parameter: Parameter, text: str = "params error: {} invalid") -> BybitError:
    texts = _TEXTS | endpoint.texts
    return wrong_parameter(texts.get(parameter.name, text.format(parameter.name)))


def asked(query_string: str) -> dict[str, str]:
    """The parameters of a GET; an empty one counts as absent."""
    return dict(parse_qsl(query_string))


def told(endpoint: Endpoint, body: object) -> dict[str, str]:
    """The fields of a POST as text; null and "" count as absent, numbers may be text and texts numbers.

    Nested objects and lists are left out where they belong: `Query.raw` has them. Raises BybitError 10001.
    """
    if not isinstance(body, dict):
        raise wrong_parameter("Request parameter error.")
    found: dict[str, str] = {}
    kinds = {parameter.name: parameter for parameter in endpoint.request}
    for name, value in body.items():
        if value is None or value == "":
            continue
        parameter = kinds.get(name)
        if isinstance(value, dict | list):
            if parameter is not None and parameter.type not in _NESTED:
                raise _wrong(endpoint, parameter)
            continue
        is_flag = parameter is not None and parameter.type == "boolean"
        if parameter is not None and isinstance(value, bool) != is_flag and not (is_flag and value in _FLAGS):
            raise _wrong(endpoint, parameter)
        found[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


class Query:
    """The parameters of one request; an unknown one is ignored."""

    __slots__ = ("_given", "_limit", "_raw")

    def __init__(self, endpoint: Endpoint, query_string: str, body: object = None) -> None:
        """Raises BybitError 10001 for a missing required parameter and for any value out of its range."""
        self._given = given = asked(query_string) if body is None else told(endpoint, body)
        self._raw: dict[str, Any] = body if isinstance(body, dict) else {}
        self._limit = 0
        for parameter in endpoint.request:
            value = given.get(parameter.name)
            if value is None:
                if parameter.required and self._raw.get(parameter.name) in (None, ""):
                    raise _wrong(endpoint, parameter, _MISSING)
                if parameter.name == "limit":
                    self._limit = parameter.default or 0
                continue
            if parameter.values and value not in parameter.values:
                raise _wrong(endpoint, parameter)
            if parameter.type == "integer":
                number = _integer(endpoint, parameter, value)
                if parameter.name == "limit":
                    self._limit = number

    @classmethod
    def of_body(cls, endpoint: Endpoint, body: object) -> "Query":
        """From the JSON of a POST, or of one item of a batch. Raises BybitError 10001."""
        return cls(endpoint, "", {} if body is None else body)

    def raw(self, name: str) -> Any:
        """What a POST has there as it came: for lists and objects; None where absent."""
        return self._raw.get(name)

    def flag(self, name: str) -> bool:
        """A boolean parameter; false where absent."""
        return self._given.get(name) == "true"

    def decimal(self, name: str) -> Decimal | None:
        """A number in a text; None where absent. Raises BybitError 10001."""
        value = self._given.get(name)
        if value is None:
            return None
        number = Decimal(value) if len(value) <= _LONGEST_NUMBER and _NUMBER.fullmatch(value) else None
        if number is None or number.adjusted() >= _MAX_DIGITS:
            raise wrong_parameter(_TEXTS.get(name, f"params error: {name} invalid"))
        return number

    def text(self, name: str, default: str = "") -> str:
        """The value, or `default` where it is absent."""
        return self._given.get(name, default)

    def number(self, name: str) -> int | None:
        """The value of an integer parameter."""
        value = self._given.get(name)
        return None if value is None else int(value)

    @property
    def category(self) -> str:
        """`linear` where the endpoint lets it be left out, as Bybit does."""
        return self._given.get("category", "linear")

    @property
    def limit(self) -> int:
        """The limit asked for, the endpoint's default, or 0 where that depends on the category."""
        return self._limit

    @property
    def cursor(self) -> str:
        """The cursor, whether the client sent it as it got it or encoded it once more."""
        return unquote(self.text("cursor"))

    def window(self, span: int, now: int, *, words: str = "7 days") -> tuple[int, int]:
        """First and last epoch millisecond asked for.

        `span` is how much is given by default; both ends together may be so far apart, but at least seven days:
        `words` says that in the refusal.
        Raises BybitError 10001.
        """
        start, end = self.number("startTime"), self.number("endTime")
        if start is None and end is None:
            return now - span, now
        if end is None and start is not None:
            return start, start + span
        if start is None and end is not None:
            return end - span, end
        first, last = start or 0, end or 0
        if first > last:
            raise wrong_parameter("Parameter startTime needs to be smaller than endTime")
        if last - first > max(span, WEEK):
            raise wrong_parameter(f"The time range between startTime and endTime cannot exceed {words}")
        return first, last


def _integer(endpoint: Endpoint, parameter: Parameter, value: str) -> int:
    digits = value.removeprefix("-")
    if not is_whole(digits):
        raise _wrong(endpoint, parameter)
    number = int(value)
    low = 0 if parameter.minimum is None else parameter.minimum
    if number < low or (parameter.maximum is not None and number > parameter.maximum):
        raise _wrong(endpoint, parameter)
    return number
