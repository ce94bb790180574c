"""Text frames of Bybit's streams. Facts: Bybit v5 documentation, "WebSocket Connect"."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from bot.exchange.bybit.decode import Json, decode

PING: Final = '{"op":"ping"}'
_PONGS: Final = frozenset({"ping", "pong"})  # public and private streams answer differently


@dataclass(frozen=True, slots=True)
class StreamMessage:
    """What a topic brings. `kind`: snapshot or delta of public topics, empty for private ones."""

    topic: str
    kind: str
    data: object
    sent: object
    """Epoch milliseconds by Bybit's clock, as it stands there."""


@dataclass(frozen=True, slots=True)
class StreamReply:
    """The answer to something that was asked."""

    op: str
    req_id: str
    is_ok: bool
    text: str = field(repr=False)

    @property
    def is_pong(self) -> bool:
        """Some are told as `ping` with the text pong, others as `pong`."""
        return self.op in _PONGS


def login_frame(api_key: str, expires: int, signature: str) -> str:
    """`expires`: epoch milliseconds to come."""
    return _text({"op": "auth", "args": [api_key, expires, signature]})


def topics_frame(op: str, req_id: str, topics: Sequence[str]) -> str:
    """`op`: subscribe or unsubscribe."""
    return _text({"op": op, "req_id": req_id, "args": list(topics)})


def read_frame(text: str) -> StreamMessage | StreamReply:
    """Raises decode.Unreadable for what is no frame of Bybit's."""
    fields = decode(text.encode(errors="surrogatepass"))
    topic = fields.get("topic")
    if isinstance(topic, str) and "data" in fields:
        sent = fields.get("ts", fields.get("creationTime"))
        return StreamMessage(topic, _word(fields, "type"), fields["data"], sent)
    is_ok = fields.get("success") is True or fields.get("retCode") == 0
    return StreamReply(_word(fields, "op"), _word(fields, "req_id"), is_ok, _word(fields, "ret_msg"))


def _word(fields: Json, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _text(frame: dict[str, Any]) -> str:
    return orjson.dumps(frame).decode()
