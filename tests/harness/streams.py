"""Bybit's streams as a working fake within the process: it keeps the rules of login, topics and pings.

`ScriptedStreams.push` sends a message to whoever has subscribed to its topic.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import orjson

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.portfolio import Balance, CoinBalance, Order, Orders, Position, Positions
from bot.exchange.bybit.streams.account_events import position_rows
from bot.exchange.bybit.streams.connection import StreamConnection, StreamEnded
from harness.virtual_time import LoopClock

LONG_AFTER = 1_800_000_000_000
"""Epoch milliseconds, younger than every answer of a test on a virtual clock."""


@dataclass(eq=False)
class ScriptedStream:
    """One connection; what the client receives is a queue."""

    owner: "ScriptedStreams"
    url: str
    frames: "asyncio.Queue[str | None]" = field(default_factory=asyncio.Queue)
    topics: set[str] = field(default_factory=set)
    key: str = ""
    is_open: bool = True
    pings: int = 0

    async def send(self, text: str) -> None:
        if not self.is_open:
            raise StreamEnded("closed")
        frame = orjson.loads(text)
        if frame["op"] == "ping":
            self.pings += 1
            if not self.owner.is_dead:
                self.put({"op": "pong", "args": ["1"], "conn_id": "c"})
        elif frame["op"] == "auth":
            self.key = frame["args"][0]
            is_good = self.key not in self.owner.refused_keys
            self.put({"success": is_good, "ret_msg": "", "op": "auth", "conn_id": "c"})
        elif frame["op"] in ("subscribe", "unsubscribe"):
            is_good = not self.owner.refuse_topics and not self.owner.unknown_topics.intersection(frame["args"])
            self.owner.refuse_topics = max(0, self.owner.refuse_topics - 1)
            if self.owner.is_silent_once:
                self.owner.is_silent_once = False
                return
            if is_good:
                change = self.topics.update if frame["op"] == "subscribe" else self.topics.difference_update
                change(frame["args"])
            self.put({"success": is_good, "ret_msg": "", "req_id": frame["req_id"], "op": frame["op"]})
            self.owner.asked += [(frame["op"], each) for each in frame["args"]]

    async def receive(self) -> str:
        frame = await self.frames.get()
        if frame is None:
            self.frames.put_nowait(None)
            raise StreamEnded("the stream was closed (1006)")
        return frame

    async def close(self) -> None:
        self.end()

    def end(self) -> None:
        """As if the network had gone."""
        self.is_open = False
        self.frames.put_nowait(None)

    def put(self, frame: dict[str, Any]) -> None:
        if self.is_open:
            self.frames.put_nowait(orjson.dumps(frame).decode())


@dataclass
class ScriptedStreams:
    """Implements `StreamConnector`."""

    refused_keys: set[str] = field(default_factory=set)
    is_down: bool = False
    """Nothing connects."""
    is_dead: bool = False
    """Pings are not answered."""
    refuse_topics: int = 0
    """How many subscriptions are refused from now on."""
    unknown_topics: set[str] = field(default_factory=set)
    """One of them refuses a whole request."""
    is_silent_once: bool = False
    """The next subscription is not answered."""
    gate: asyncio.Event | None = None
    """Until it is set, nothing has connected yet."""
    connections: list[ScriptedStream] = field(default_factory=list)
    attempts: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def connect(self, url: str) -> StreamConnection:
        self.attempts += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.is_down:
            raise StreamEnded("no stream from Bybit")
        made = ScriptedStream(self, url)
        self.connections.append(made)
        return made

    @property
    def open(self) -> list[ScriptedStream]:
        return [each for each in self.connections if each.is_open]

    def push(self, topic: str, rows: Any, **fields: Any) -> None:
        """A message of a topic, to every open connection that has it."""
        for each in self.open:
            if topic in each.topics:
                each.put({"topic": topic, "id": "1", "creationTime": LoopClock().now(), "data": rows, **fields})


@dataclass
class ScriptedAccount:
    """What REST answers about every account; `AccountAsker`."""

    clock: LoopClock = field(default_factory=LoopClock)
    positions_now: Positions | None = None
    orders_now: tuple[Order, ...] = ()
    coins: tuple[CoinBalance, ...] = ()
    trouble: list[Exception] = field(default_factory=list)
    found: dict[OrderLinkId, Order] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def _ask(self, what: str) -> Millis:
        self.asked.append(what)
        if self.gate is not None:
            await self.gate.wait()
        if self.trouble:
            raise self.trouble.pop()
        return self.clock.now()

    async def positions(self, account: Account) -> Positions:
        now = await self._ask("positions")
        none = Positions(account_id=account.account_id, items=(), as_of=now)
        return replace(self.positions_now or none, account_id=account.account_id, as_of=now)

    def hold(self, *rows: Any) -> tuple[Position, ...]:
        """Let these rows of the topic `position` stand."""
        held = tuple(each.position for each in position_rows([*rows]).positions if each.position)
        self.positions_now = Positions(account_id=AccountId(1), items=held, as_of=self.clock.now())
        return held

    async def orders(self, account: Account) -> Orders:
        now = await self._ask("orders")
        return Orders(account_id=account.account_id, items=self.orders_now, as_of=now)

    async def balance(self, account: Account) -> Balance:
        now = await self._ask("balance")
        return a_balance(account.account_id, now, self.coins)

    async def find_order(self, _account: Account, _symbol: Symbol, order_link_id: OrderLinkId) -> Order | None:
        await self._ask(f"order {order_link_id}")
        return self.found.get(order_link_id)


def a_balance(account_id: AccountId, now: Millis, coins: Iterable[CoinBalance] = ()) -> Balance:
    total = Decimal(1000)
    return Balance(
        account_id=account_id,
        total_equity=total,
        total_wallet_balance=total,
        total_available=total,
        total_unrealised_pnl=Decimal(0),
        total_initial_margin=Decimal(0),
        coins=tuple(coins),
        as_of=now,
    )


def position_row(symbol: str = "BTCUSDT", size: str = "0.5", *, seq: int = 1, updated: int = 1, **fields: Any) -> Any:
    """A row of the topic `position`; `updated` in milliseconds from LONG_AFTER on."""
    return {
        "category": "linear",
        "symbol": symbol,
        "positionIdx": 0,
        "side": "" if size == "0" else "Buy",
        "size": size,
        "entryPrice": "64000",
        "markPrice": "64000",
        "positionValue": "32000",
        "leverage": "10",
        "liqPrice": "",
        "unrealisedPnl": "0",
        "takeProfit": "0",
        "stopLoss": "0",
        "trailingStop": "0",
        "createdTime": "1",
        "updatedTime": str(LONG_AFTER + updated),
        "seq": seq,
        **fields,
    }


def order_row(order_id: str = "o1", status: str = "New", *, updated: int = 1, link: str = "", **fields: Any) -> Any:
    """A row of the topic `order`; `updated` likewise."""
    return {
        "category": "linear",
        "symbol": "BTCUSDT",
        "orderId": order_id,
        "orderLinkId": link,
        "positionIdx": 0,
        "side": "Buy",
        "orderType": "Limit",
        "orderStatus": status,
        "price": "60000",
        "qty": "0.5",
        "cumExecQty": "0",
        "stopOrderType": "",
        "timeInForce": "GTC",
        "reduceOnly": False,
        "createdTime": "1",
        "updatedTime": str(LONG_AFTER + updated),
        **fields,
    }
