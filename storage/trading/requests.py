"""The requests of intents as JSON."""

from functools import lru_cache
from typing import Final

from bot.domain.errors import UnreadableRow
from bot.domain.orders import AmendRequest, CancelRequest, LeverageRequest, OrderRequest, TradingStop
from bot.domain.payloads import decode, encode
from bot.domain.trade_plans import AnyRequest
from storage.sqlite.codecs import json_text, json_values

_REQUESTS: Final[dict[str, type[AnyRequest]]] = {
    "create": OrderRequest,
    "amend": AmendRequest,
    "cancel": CancelRequest,
    "trading-stop": TradingStop,
    "leverage": LeverageRequest,
}
_WORDS: Final = {kind: word for word, kind in _REQUESTS.items()}


def request_text(request: AnyRequest) -> str:
    """A request as JSON: its kind and every value that is not the default."""
    return json_text({"request": _WORDS[type(request)], **encode(request)})


@lru_cache(maxsize=1_024)  # what is live is read in every round
def request_of(text: str) -> AnyRequest:
    """What `request_text` wrote. Raises UnreadableRow, PayloadError."""
    values = json_values(text)
    kind = _REQUESTS.get(values.pop("request", ""))
    if kind is None:
        raise UnreadableRow("a request of a kind that is not known")
    return decode(kind, values)
