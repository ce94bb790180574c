"""Public connections: subscribing and unsubscribing in the words of each category. Source: page ws/connect."""

from typing import Any, Final, Protocol

from ops.sim.bybit.streams.frames import ClientFrame, write
from ops.sim.bybit.streams.line import Outlet
from ops.sim.bybit.streams.sessions import Session
from ops.sim.bybit.streams.stream_facts import LIMITS
from ops.sim.bybit.world import World

_COMMANDS: Final = frozenset({"subscribe", "unsubscribe"})


class TopicBoard(Protocol):
    """Where public topics are followed."""

    def is_topic(self, category: str, topic: str) -> bool: ...

    def join(self, session: "PublicSession", topic: str) -> None:
        """Let it follow the topic, beginning with what one is told first."""
        ...

    def leave(self, session: "PublicSession", topic: str) -> None: ...


class PublicSession(Session):
    """A connection of one category, or of the system's status."""

    def __init__(
        self,
        world: World,
        path: str,
        outlet: Outlet,
        board: TopicBoard,
        *,
        category: str,
        number: int,
        active_for: int,
        peer: str,
    ) -> None:
        super().__init__(world, path, outlet, number=number, active_for=active_for, peer=peer)
        self.category = category
        self.topics: dict[str, None] = {}
        self._board = board
        self._name = self.uuid()

    def work(self, frame: ClientFrame) -> None:
        if frame.op == "ping":
            self._pong(frame)
        elif frame.op not in _COMMANDS:
            self._answer(frame, success=False, ret_msg="error:invalid op")
        elif self.category == "option":
            self._command_option(frame)
        else:
            self._command(frame)

    def unreadable(self) -> None:
        self.say(write({"success": False, "ret_msg": "Params Error", "conn_id": self._name, "op": ""}))

    def end(self) -> None:
        super().end()
        for topic in tuple(self.topics):
            self._leave(topic)

    def _command(self, frame: ClientFrame) -> None:
        """All of it or nothing: one topic that is not there refuses the whole request."""
        trouble = self._trouble(frame)
        if trouble:
            self._answer(frame, success=False, ret_msg=trouble)
            return
        self._answer(frame, success=True, ret_msg=frame.op)
        for topic in dict.fromkeys(frame.args):
            if frame.op == "subscribe":
                self._join(topic)
            else:
                self._leave(topic)

    def _trouble(self, frame: ClientFrame) -> str:
        """Why a request is refused; empty if it is not."""
        if not frame.args:
            return "error:args is empty"
        if self.category == "spot" and len(frame.args) > LIMITS["spot_args"]:
            return f"args size >{LIMITS['spot_args']}"
        if self._is_too_long(frame):
            return f"error:args length exceeds {LIMITS['args_characters']} characters"
        for topic in frame.args:
            if not isinstance(topic, str) or not self._board.is_topic(self.category, topic):
                return f"error:handler not found,topic:{topic}"
            if frame.op == "subscribe" and topic in self.topics:
                return f"error:already subscribed,topic:{topic}"
        return ""

    def _is_too_long(self, frame: ClientFrame) -> bool:
        """Whether all topics of the connection would have more characters than allowed."""
        added = frame.args if frame.op == "subscribe" else ()
        return sum(len(str(topic)) for topic in (*self.topics, *added)) > LIMITS["args_characters"]

    def _command_option(self, frame: ClientFrame) -> None:
        """Topic by topic."""
        done: list[str] = []
        failed: list[Any] = []
        room = LIMITS["option_args"] - len(self.topics)
        for topic in frame.args:
            good = isinstance(topic, str) and self._board.is_topic(self.category, topic)
            if good and frame.op == "subscribe" and (len(done) >= room or self._is_too_long(frame)):
                good = False
            (done if good else failed).append(topic)
        answer = {
            "success": bool(done),
            "conn_id": self._name,
            **frame.ids,
            "data": {"failTopics": failed, "successTopics": done},
            "type": "COMMAND_RESP",
        }
        self.say(write(answer))
        for topic in done:
            if frame.op == "unsubscribe":
                self._leave(topic)
            elif topic not in self.topics:
                self._join(topic)

    def _join(self, topic: str) -> None:
        self.topics[topic] = None
        self._board.join(self, topic)

    def _leave(self, topic: str) -> None:
        if topic in self.topics:
            del self.topics[topic]
            self._board.leave(self, topic)

    def _pong(self, frame: ClientFrame) -> None:
        if self.category == "option":
            self.say(write({**frame.ids, "args": [str(self.world.now())], "op": "pong"}))
        else:
            self._answer(frame, success=True, ret_msg="pong")

    def _answer(self, frame: ClientFrame, *, success: bool, ret_msg: str) -> None:
        """Contracts give an empty req_id back where there was none."""
        ids = frame.ids or ({"req_id": ""} if self.category in {"linear", "inverse"} else {})
        body = {"success": success, "ret_msg": ret_msg, "conn_id": self._name, **ids, "op": frame.op}
        self.say(write(body))
