"""What the stand-in has said of single orders: "there is none" must have been heard before anybody may conclude it."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from bot.exchange.bybit.transport import Request
from bot.http_exchange import Reply
from ops.sim.bybit.exchange import DEMO
from ops.sim.bybit.in_process import InProcessTransport

ASKED: Final = ("/v5/order/realtime", "/v5/order/history", "/v5/execution/list")
"""Each of them is to say that it has nothing of an order."""


@dataclass(slots=True, kw_only=True)
class WitnessTransport(InProcessTransport):
    """Counts the answers that arrived and had no row of the order that was asked for, by path and orderLinkId."""

    denials: Counter[tuple[str, str]] = field(default_factory=Counter, init=False)

    async def send(self, request: Request) -> Reply:
        """One call. Raises what its base does."""
        reply = await InProcessTransport.send(self, request)
        target, _, query = request.target.partition("?")
        path = target.removeprefix(DEMO)
        if path in ASKED and "orderLinkId=" in query and _is_empty(reply):
            self.denials[path, parse_qs(query)["orderLinkId"][0]] += 1
        return reply


def _is_empty(reply: Reply) -> bool:
    """Whether it is Bybit's answer with a list of no rows."""
    try:
        answer = json.loads(reply.body)
        return bool(answer["retCode"] == 0 and answer["result"]["list"] == [])
    except (ValueError, LookupError, TypeError):
        return False
