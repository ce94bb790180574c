"""What clients send over a WebSocket, read; and what goes back, as compact JSON."""

from dataclasses import dataclass
from typing import Any

import orjson


class UnreadableFrameError(ValueError):
    """Text that is no JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFrame:
    """One request; fields that nobody knows are ignored."""

    op: str
    """Empty where it is missing or no text."""
    args: list[Any]
    ids: dict[str, Any]
    """req_id or reqId as it was given, to be given back; empty where there was none."""
    header: dict[str, Any]
    """Of order entry."""


def read(text: str) -> ClientFrame:
    """Raises UnreadableFrameError."""
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UnreadableFrameError("no JSON") from error
    if not isinstance(body, dict):
        raise UnreadableFrameError("no object")
    op, args, header = body.get("op"), body.get("args"), body.get("header")
    return ClientFrame(
        op=op if isinstance(op, str) else "",
        args=args if isinstance(args, list) else [],
        ids={name: body[name] for name in ("req_id", "reqId") if body.get(name) is not None},
        header=header if isinstance(header, dict) else {},
    )


def write(body: Any) -> str:
    """Compact: clients look for `"op":"pong"` in the text."""
    return orjson.dumps(body).decode()
