"""WebSockets of the Bybit stand-in without sockets, on a clock that a test turns."""

import hmac
from dataclasses import dataclass, field
from typing import Any

import orjson

from harness.sim_bybit import TurnedClock
from ops.sim.bybit.account_news import AccountNews
from ops.sim.bybit.control import Control
from ops.sim.bybit.streams.hub import StreamHub
from ops.sim.bybit.streams.sessions import Session
from ops.sim.bybit.world import World


@dataclass
class KeptOutlet:
    """Keeps what the client would have got."""

    texts: list[str] = field(default_factory=list)
    closed: int | None = None
    is_cut: bool = False

    def send(self, text: str) -> None:
        self.texts.append(text)

    def close(self, code: int) -> None:
        self.closed = code

    def cut(self) -> None:
        self.is_cut = True


@dataclass
class Client:
    """One connection."""

    hub: StreamHub
    session: Session
    outlet: KeptOutlet

    def say(self, **frame: Any) -> Any:
        """Send a request; gives the first answer to it."""
        before = len(self.outlet.texts)
        self.session.receive(orjson.dumps(frame).decode())
        return orjson.loads(self.outlet.texts[before])

    def follow(self, *topics: str) -> None:
        assert self.say(op="subscribe", args=list(topics))["success"]

    def heard(self, topic: str = "") -> list[Any]:
        """What came since the last look, of that topic or in all."""
        texts, self.outlet.texts = self.outlet.texts, []
        frames = [orjson.loads(text) for text in texts]
        return [frame for frame in frames if topic in {"", frame.get("topic")}]


class StreamDesk:
    """A world, its hub and its clock."""

    def __init__(self, *, limits: bool = False) -> None:
        self.clock = TurnedClock()
        self.world = World(seed=1, clock=self.clock, limits=limits)
        self.hub = StreamHub(self.world)
        self.control = Control(self.world)

    def open(self, path: str, query: str = "") -> Client:
        outlet = KeptOutlet()
        return Client(self.hub, self.hub.open(path, query, "127.0.0.1", outlet), outlet)

    def wait(self, milliseconds: int) -> None:
        """Let that time pass in one step."""
        self.clock.at += milliseconds
        self.hub.tick()

    def account(self, **fields: Any) -> dict[str, Any]:
        return self.control.make_account(fields)

    def auth(self, made: dict[str, Any], *, ahead: int = 1_000, as_text: bool = False) -> list[Any]:
        """What signs in with that account's key, for so many milliseconds."""
        expires = self.clock() + ahead
        text = f"GET/realtime{expires}".encode()
        sign = hmac.digest(made["api_secret"].encode(), text, "sha256").hex()
        return [made["api_key"], str(expires) if as_text else expires, sign]

    def private(self, made: dict[str, Any], *topics: str, path: str = "/demo/v5/private") -> Client:
        """A connection that has signed in and follows these topics."""
        client = self.open(path)
        assert client.say(op="auth", args=self.auth(made))["success"]
        client.follow(*topics)
        client.heard()
        return client

    def publish(self, made: dict[str, Any], topic: str, *rows: dict[str, Any], category: str = "linear") -> None:
        """As the exchange does when an account changes."""
        self.world.publish(AccountNews(uid=made["uid"], topic=topic, category=category, rows=rows, at=self.clock()))
