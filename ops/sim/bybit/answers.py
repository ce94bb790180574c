"""Answers of the exchange: in Bybit's envelope, or the pages that gateways put in its place."""

from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from ops.sim.bybit.errors import BybitError
from ops.sim.bybit.limits import Allowance

_JSON: Final = "application/json; charset=utf-8"
_TEXT: Final = "text/plain; charset=utf-8"
TOO_FREQUENT: Final = "access too frequent"


@dataclass(slots=True, kw_only=True)
class Answer:
    """What is to be sent."""

    body: bytes = b""
    status: int = 200
    content_type: str = _JSON
    ret_code: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


def envelope(ret_code: int, ret_msg: str, result: Any, at: int, beside: dict[str, Any] | None = None) -> Answer:
    """Bybit's envelope around a result; `beside` stands next to it."""
    body = {"retCode": ret_code, "retMsg": ret_msg, "result": result, "retExtInfo": {}, "time": at, **(beside or {})}
    return Answer(body=orjson.dumps(body), ret_code=ret_code)


def refusal(error: BybitError, at: int) -> Answer:
    """A code and its text."""
    text = error.ret_msg.encode("utf-8", "replace").decode()
    return envelope(error.ret_code, text, error.result, at)


def plain(status: int, text: str) -> Answer:
    """A line of text."""
    return Answer(body=text.encode(), status=status, content_type=_TEXT)


def page(status: int, title: str, *lines: str) -> Answer:
    """An HTML page of a gateway."""
    inner = "".join(f"<p>{line}</p>\r\n" for line in lines)
    text = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        f"{inner}<hr>\r\n</body>\r\n</html>\r\n"
    )
    return Answer(body=text.encode(), status=status, content_type="text/html")


def limit_headers(allowance: Allowance) -> dict[str, str]:
    """What Bybit says of a private endpoint's rate."""
    return {
        "X-Bapi-Limit": str(allowance.limit),
        "X-Bapi-Limit-Status": str(allowance.left),
        "X-Bapi-Limit-Reset-Timestamp": str(allowance.reset_at),
    }
