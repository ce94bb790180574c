"""What happens in the chats, numbered: the page follows it, drivers wait for answers with it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ops.sim.telegram.model import Chat

PUBLIC_KINDS: Final = frozenset({"sent", "edited", "deleted", "answered", "checked"})
"""The kinds drivers see, and only of what bots do (`by_bot`)."""
_OPTIONAL: Final = (
    "message", "callback_query_id", "text", "show_alert", "pre_checkout_query_id", "ok", "error_message",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One happening.

    Kinds beyond PUBLIC_KINDS are for the page: acting, drafted, pinned, unpinned, pressed, reacted, members, paying,
    settled.
    """

    seq: int
    """Grows over all chats; an action of a person takes one too, so its answer is the first event after."""
    at: int
    """Epoch milliseconds."""
    kind: str
    by_bot: bool
    bot_id: int
    chat_id: int
    user_id: int = 0
    """Who acted, or was answered; 0 where nobody in particular."""
    message: dict[str, Any] | None = None
    """The Message object as it stood then."""
    callback_query_id: str | None = None
    text: str | None = None
    show_alert: bool | None = None
    pre_checkout_query_id: str | None = None
    ok: bool | None = None
    """Whether the bot agreed to be paid."""
    error_message: str | None = None

    @property
    def is_public(self) -> bool:
        return self.by_bot and self.kind in PUBLIC_KINDS

    def body(self) -> dict[str, Any]:
        """The JSON of the control call: absent fields left out."""
        body: dict[str, Any] = {"seq": self.seq, "at": self.at, "kind": self.kind}
        for name in _OPTIONAL:
            value = getattr(self, name)
            if value is not None:
                body[name] = value
        return body


class EventLog:
    """Numbers events, keeps the last ones of each chat, wakes those who wait."""

    def __init__(self, now: Callable[[], float], *, last_seq: int = 0) -> None:
        self.last_seq = last_seq
        self._now = now
        self._subscribers: list[Callable[[Event], None]] = []

    def record(self, chat: "Chat", kind: str, *, by_bot: bool, bot_id: int, **details: Any) -> int:
        """Note an event of that chat and return its seq."""
        self.last_seq += 1
        event = Event(
            seq=self.last_seq,
            at=int(self._now() * 1000),
            kind=kind,
            by_bot=by_bot,
            bot_id=bot_id,
            chat_id=chat.id,
            **details,
        )
        chat.events.append(event)
        for waiter in chat.waiters:
            if not waiter.done():
                waiter.set_result(None)
        for tell in self._subscribers:
            tell(event)
        return event.seq

    def subscribe(self, tell: Callable[[Event], None]) -> Callable[[], None]:
        """Call `tell` with every event from now on, within the step that made it; returns how to stop."""
        self._subscribers.append(tell)
        return lambda: self._subscribers.remove(tell)

    @staticmethod
    def after(chats: Iterable["Chat"], seq: int) -> list[Event]:
        """The public events of these chats with a higher number, in order."""
        found: list[Event] = []
        for chat in chats:
            for event in reversed(chat.events):
                if event.seq <= seq:
                    break
                if event.is_public:
                    found.append(event)
        found.sort(key=lambda event: event.seq)
        return found

    async def wait_after(self, chat: "Chat", seq: int, seconds: float) -> list[Event]:
        """Public events with a higher number; if there are none yet, wait for one up to that long."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not (found := self.after((chat,), seq)) and (left := deadline - loop.time()) > 0:
            waiter: asyncio.Future[None] = loop.create_future()
            chat.waiters.add(waiter)
            try:
                async with asyncio.timeout(left):
                    await waiter
            except TimeoutError:
                break
            finally:
                chat.waiters.discard(waiter)
        return found
