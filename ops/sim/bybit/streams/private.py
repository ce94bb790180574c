"""Private connections: what happens to an account, as Bybit's private topics tell it. Source: pages of ws/private."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from ops.sim.bybit.account_news import AccountNews
from ops.sim.bybit.errors import PARAMETER, BybitError
from ops.sim.bybit.noise import Noise
from ops.sim.bybit.streams.frames import ClientFrame, write
from ops.sim.bybit.streams.line import Outlet
from ops.sim.bybit.streams.sessions import Session
from ops.sim.bybit.streams.stream_facts import FAST, PRIVATE
from ops.sim.bybit.world import World

_FAST: Final = "execution.fast"
_TRADE: Final = "Trade"
TOPICS: Final = {
    **{topic: (topic, "") for topic in PRIVATE},
    **{f"{topic}.{category}": (topic, category) for topic, categories in PRIVATE.items() for category in categories},
}
"""What may be followed: its topic, and its category where it is only of one."""


class PrivateSession(Session):
    """A connection of one account, once it has signed in."""

    def __init__(
        self,
        world: World,
        path: str,
        outlet: Outlet,
        signed_in: Callable[["PrivateSession", int], None],
        *,
        environment: str,
        number: int,
        active_for: int,
        peer: str,
    ) -> None:
        """`signed_in` is told whose session it is from then on."""
        super().__init__(world, path, outlet, number=number, active_for=active_for, peer=peer)
        self._signed_in = signed_in
        self._environment = environment
        self._topics: dict[str, None] = {}
        self._name = self.short_id()
        self._told = 0
        self._noise = Noise(world.seed, f"messages {self._name}")

    def work(self, frame: ClientFrame) -> None:
        match frame.op:
            case "ping":
                now = str(self.world.now())
                self.say(write({**frame.ids, "op": "pong", "args": [now], "conn_id": self._name}))
            case "auth":
                self._sign_in(frame)
            case "subscribe" | "unsubscribe":
                self._command(frame)
            case _:
                self._answer(frame, success=False, ret_msg="error:invalid op")

    def unreadable(self) -> None:
        self.say(write({"success": False, "ret_msg": "Params Error", "op": "", "conn_id": self._name}))

    def tell(self, news: AccountNews) -> None:
        """Pass on what happened, in every topic that was asked for."""
        if news.uid != self.uid:
            return
        for asked in tuple(self._topics):
            topic, category = TOPICS[asked]
            if topic.split(".")[0] == news.topic and category in {"", news.category}:
                text = self._fast(asked, news) if topic == _FAST else self._message(asked, news)
                if text:
                    self.line.push(text, self.uid)

    def _sign_in(self, frame: ClientFrame) -> None:
        """A refused client is shut out."""
        try:
            account = self.admit(frame, self._environment)
        except BybitError as error:
            self._refuse(frame, error.ret_code, error.ret_msg)
            return
        if self.uid not in {None, account.uid}:
            self._refuse(frame, PARAMETER, "Params Error")
            return
        self.uid = account.uid
        self._signed_in(self, account.uid)
        self.log("auth", 0)
        self._answer(frame, success=True, ret_msg="")

    def _refuse(self, frame: ClientFrame, ret_code: int, text: str) -> None:
        self.log("auth", ret_code)
        self._answer(frame, success=False, ret_msg=text)
        self.line.close()

    def _command(self, frame: ClientFrame) -> None:
        trouble = self._trouble(frame.args)
        if trouble:
            self._answer(frame, success=False, ret_msg=trouble)
            return
        self._answer(frame, success=True, ret_msg="")
        for topic in frame.args:
            if frame.op == "subscribe":
                self._topics[topic] = None
            else:
                self._topics.pop(topic, None)

    def _trouble(self, topics: list[Any]) -> str:
        """Why a request is refused; empty if it is not."""
        if self.uid is None:
            return "Request not authorized"
        if not topics:
            return "error:args is empty"
        for topic in topics:
            if not isinstance(topic, str) or topic not in TOPICS:
                return f"error:handler not found,topic:{topic}"
        kinds = {bool(TOPICS[topic][1]) for topic in topics if PRIVATE[TOPICS[topic][0]]}
        return "error:all-in-one and categorised topics in the same request" if len(kinds) > 1 else ""

    def _answer(self, frame: ClientFrame, *, success: bool, ret_msg: str) -> None:
        body = {"success": success, "ret_msg": ret_msg, **frame.ids, "op": frame.op, "conn_id": self._name}
        self.say(write(body))

    def _message(self, topic: str, news: AccountNews) -> str:
        if news.topic == "execution":
            row = news.rows[0]
            name = f"{news.uid}_{row.get('symbol', '')}_{row.get('seq', '')}"
            return write({"topic": topic, "id": name, "creationTime": news.at, "data": news.rows})
        return write({"id": self._message_id(), "topic": topic, "creationTime": news.at, "data": news.rows})

    def _fast(self, topic: str, news: AccountNews) -> str:
        """Only trades, with fewer fields; what rested in the book comes without its orderLinkId."""
        rows = [
            {**{name: row[name] for name in FAST}, "orderLinkId": "" if row["isMaker"] else row["orderLinkId"]}
            for row in news.rows
            if row["execType"] == _TRADE
        ]
        return write({"topic": topic, "creationTime": news.at, "data": rows}) if rows else ""

    def _message_id(self) -> str:
        self._told += 1
        low, high, third, fourth, *_ = self._noise.words(0, self._told)
        return f"{self.uid}{UUID(int=low | high << 32 | third << 64 | fourth << 96, version=4)}"
