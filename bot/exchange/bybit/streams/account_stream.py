"""The private stream of one account while one connection lasts: from its login to its end.

Subscribe, then ask by REST, then apply only what is newer. From then on what stands is written through to the cache,
and kept there while the stream is heard. A stream that is open and mute still answers pings, so events are watched: an
own event that is three seconds late is asked for by REST, and the connection is made anew only if REST shows a change
that the stream does not bring within five seconds more.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account
from bot.domain.errors import ExchangeError, KeyTrouble
from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.portfolio import Balance, Order, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.streams import Pushes
from bot.domain.priorities import RequestPriority, at_priority
from bot.exchange.bybit.streams.account_book import AccountBook, Marked
from bot.exchange.bybit.streams.account_events import execution_links, order_rows, position_rows, wallet_rows
from bot.exchange.bybit.streams.connection import StreamConnector, StreamEnded
from bot.exchange.bybit.streams.frames import StreamMessage
from bot.exchange.bybit.streams.link import SILENT_AFTER_S, StreamLink, StreamRefused
from bot.exchange.bybit.streams.shown import ShownAccount

TOPICS: Final = ("order", "execution", "position", "wallet")
LATE_S: Final = 3.0
BRING_S: Final = 5.0
COMPARE_EVERY_S: Final = 600.0
_HEARD_FOR_S: Final = 10.0  # that the event of an order may come before the answer to its request
_ASK_AGAIN_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_logger = logging.getLogger(__name__)


class ConnectResult(StrEnum):
    """What became of a connection that was wanted."""

    OK = "ok"
    FAILED = "failed"
    REFUSED = "refused"
    NO_KEY = "no_key"


class AccountAsker(Protocol):
    """What a stream is compared with. Raises ExchangeErrors."""

    async def positions(self, account: Account) -> Positions: ...
    async def orders(self, account: Account) -> Orders: ...
    async def balance(self, account: Account) -> Balance: ...


FindOrder = Callable[[Account, Symbol, OrderLinkId], Awaitable[Order | None]]


@dataclass(frozen=True, slots=True)
class StreamLogin:
    """What opens a private stream. `expires`: epoch milliseconds."""

    api_key: str = field(repr=False)
    expires: int
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamParts:
    """What all private streams share. `changed` is called with an account after an event that concerns orders."""

    clock: Clock
    connector: StreamConnector
    login: Callable[[Account], Awaitable[StreamLogin]]
    asker: AccountAsker
    find_order: FindOrder
    pushes: Pushes
    marks: Callable[[], Marked]
    changed: Callable[[Account], None]
    is_slow: Callable[[], bool]
    """Whether so many streams are late at once that it is Bybit, not a stream."""


@dataclass(slots=True)
class _Expected:
    symbol: Symbol
    due: float
    is_asked: bool = False


class AccountStream:
    """One connection. `run` once; `tick` each second meanwhile."""

    def __init__(self, account: Account, url: str, parts: StreamParts) -> None:
        self.account = account
        self.is_live = False
        self.is_late = False
        self.is_mute = False
        self.book = AccountBook(account.account_id)
        self.link: StreamLink | None = None
        self._url = url
        self._parts = parts
        self._shown = ShownAccount(account, self.book, parts.pushes, parts.clock)
        self._tasks = TaskSet()
        self._expected: dict[OrderLinkId, _Expected] = {}
        self._heard: dict[OrderLinkId, float] = {}
        self._missing_until: float | None = None  # REST showed what the stream has to bring by then
        self._compare_at = 0.0
        self._is_comparing = False

    @property
    def is_healthy(self) -> bool:
        """See `StreamWatch.is_healthy`."""
        link = self.link
        if link is None or not self.is_live or self.is_late or self._missing_until is not None:
            return False
        return self._parts.clock.monotonic() - link.heard_at < SILENT_AFTER_S

    async def run(self, connected: Callable[[ConnectResult], None]) -> str:
        """Until the connection ends; answers why. `connected` is told once what became of it."""
        told = False

        def tell(result: ConnectResult) -> None:
            nonlocal told
            if not told:
                told = True
                connected(result)

        try:
            return await self._connection(tell)
        except StreamRefused as no:
            tell(ConnectResult.REFUSED)
            return str(no)
        except KeyTrouble as no:
            tell(ConnectResult.NO_KEY)
            return str(no)
        except ExchangeError as end:
            tell(ConnectResult.FAILED)
            return str(end)
        finally:
            self.is_live = False
            self._shown.end()
            await self._tasks.close()

    async def close(self, why: str) -> None:
        """End it; `run` answers with the reason."""
        if self.link is not None:
            await self.link.close(why)

    def tick(self, now: float) -> None:
        """What time brings: pings, renewals, what is late. `now` is monotonic seconds."""
        if self.link is None:
            return
        if self.link.is_due(now):
            self._tasks.start(self._keep_alive(self.link), "ping of a stream")
        if not self.is_live:
            return
        for link_id in [each for each, at in self._heard.items() if now - at > _HEARD_FOR_S]:
            del self._heard[link_id]
        if not self.is_late and any(each.due <= now for each in self._expected.values()):
            self.is_late = True
            self._shown.end()
            self._tasks.start(self._ask_for_late(), "orders that a stream is late with")
        if self._missing_until is not None and now >= self._missing_until and not self._parts.is_slow():
            self._missing_until = None
            self.is_mute = True
            self._tasks.start(self.close("the stream is mute"), "end of a mute stream")
        if now >= self._compare_at:
            self.compare_soon()
        if self.is_healthy:
            self._shown.renew(self._parts.marks(), now)

    # --- what others tell it ----------------------------------------------------------------------------------

    def expect(self, symbol: Symbol, order_link_id: OrderLinkId) -> None:
        """See `StreamWatch.expect`."""
        if self.is_live and order_link_id not in self._heard:
            due = self._parts.clock.monotonic() + LATE_S
            self._expected.setdefault(order_link_id, _Expected(symbol, due))

    def take(self, answer: Positions | Orders | Balance, asked: float) -> None:
        """An answer by REST that somebody asked for at that monotonic second."""
        if not self.is_live:
            return
        if isinstance(answer, Positions):
            is_news = self.book.take_positions(answer, asked)
        elif isinstance(answer, Orders):
            is_news = self.book.take_orders(answer, asked)
        else:
            is_news = False
            self.book.take_balance(answer, asked)
        if is_news:
            self._missing()
        if not self.is_late:
            self._shown.show(type(answer), self._parts.marks(), asked=asked)

    def dropped(self) -> None:
        """A commit dropped what the cache had of the account."""
        self._shown.dropped()

    def compare_soon(self) -> None:
        """Ask by REST what stands."""
        self._compare_at = self._parts.clock.monotonic() + COMPARE_EVERY_S
        if not self._is_comparing:
            self._tasks.start(self._compare(), "comparison of a stream")

    # --- one connection ---------------------------------------------------------------------------------------

    async def _connection(self, tell: Callable[[ConnectResult], None]) -> str:
        parts = self._parts
        login = await parts.login(self.account)
        connection = await parts.connector.connect(self._url)
        link = self.link = StreamLink(connection, clock=parts.clock, on_message=self._on_message)
        listening = self._tasks.spawn(link.listen(), "a private stream", expected=StreamEnded)
        opening = self._tasks.spawn(
            self._open(link, login, tell), "opening of a private stream", expected=ExchangeError
        )
        try:
            await asyncio.wait((listening, opening), return_when=asyncio.FIRST_COMPLETED)
            if opening.done() and not opening.cancelled():
                opening.result()
            await listening
        except StreamEnded as end:
            return str(end)
        finally:
            await link.close()
        return "the stream has ended"

    async def _open(self, link: StreamLink, login: StreamLogin, tell: Callable[[ConnectResult], None]) -> None:
        await link.login(login.api_key, login.expires, login.signature)
        await link.subscribe(TOPICS)
        tell(ConnectResult.OK)
        await self._compare()
        self.is_live = True
        self._compare_at = self._parts.clock.monotonic() + COMPARE_EVERY_S
        self._show_all()
        self._parts.changed(self.account)

    async def _keep_alive(self, link: StreamLink) -> None:
        with suppress(StreamEnded):  # `listen` raises it, too
            await link.keep_alive()

    async def _compare(self) -> None:
        """Ask until everything was answered: what a failing answer says is nothing."""
        self._is_comparing = True
        try:
            for pause in (*_ASK_AGAIN_S, *_ASK_AGAIN_S[-1:] * 1000):
                try:
                    await self._ask_everything()
                except KeyTrouble:
                    raise
                except ExchangeError as trouble:
                    _logger.warning("a stream of account %d is compared later: %s", self.account.account_id, trouble)
                    await asyncio.sleep(pause)
                else:
                    return
        finally:
            self._is_comparing = False

    async def _ask_everything(self) -> None:
        asker, account, asked = self._parts.asker, self.account, self._parts.clock.monotonic()
        with at_priority(RequestPriority.RECONCILE):
            positions, orders, balance = await asyncio.gather(
                asker.positions(account), asker.orders(account), asker.balance(account)
            )
        news = [self.book.take_positions(positions, asked), self.book.take_orders(orders, asked)]
        self.book.take_balance(balance, asked)
        if self.is_live and any(news):
            self._missing()
        if self.is_live and not self.is_late:
            self._show_all()

    async def _ask_for_late(self) -> None:
        """Whether the orders that the stream says nothing of are there."""
        now = self._parts.clock.monotonic()
        late = {link_id: each for link_id, each in self._expected.items() if each.due <= now}
        try:
            with at_priority(RequestPriority.RECONCILE):
                for link_id, each in late.items():
                    found = await self._parts.find_order(self.account, each.symbol, link_id)
                    if found is None:
                        self._expected.pop(link_id, None)
                    elif link_id in self._expected:
                        self.book.hear_order(found, self._parts.clock.monotonic())
                        self._missing()
            await self._ask_everything()
        except ExchangeError as trouble:
            _logger.warning("what a stream is late with is asked for later: %s", trouble)
            for each in late.values():
                each.due = self._parts.clock.monotonic() + LATE_S
        self._look_if_whole()

    def _missing(self) -> None:
        """REST shows a change that the stream has not brought."""
        if self._missing_until is None:
            self._missing_until = self._parts.clock.monotonic() + BRING_S
            self._parts.changed(self.account)

    def _look_if_whole(self) -> None:
        """Nothing is late any more: what is shown is of the stream again."""
        now = self._parts.clock.monotonic()
        if self.is_late and not any(each.due <= now for each in self._expected.values()):
            self.is_late = False
            self._show_all()

    # --- messages ---------------------------------------------------------------------------------------------

    def _on_message(self, message: StreamMessage) -> None:
        topic = message.topic.partition(".")[0]
        now = self._parts.clock.monotonic()
        match topic:
            case "position":
                rows = position_rows(message.data)
                for news in rows.positions:
                    self.book.hear_position(news, now)
                self._after(rows.unreadable, Positions)
            case "order":
                rows = order_rows(message.data)
                for order in rows.orders:
                    self.book.hear_order(order, now)
                    self._note_heard(order.order_link_id, now)
                self._after(rows.unreadable, Orders)
                self._parts.changed(self.account)
            case "execution":
                for link_id in execution_links(message.data):
                    self._note_heard(OrderLinkId(link_id), now)
                self._missing_until = None
                self._parts.changed(self.account)
            case "wallet":
                self.book.hear_wallet(wallet_rows(message.data, self.account.account_id, self._parts.clock.now()), now)
                self._after([], Balance)

    def _after(self, unreadable: list[str], kind: type[Positions | Orders | Balance]) -> None:
        if kind is not Balance:
            self._missing_until = None
        if unreadable:
            self.compare_soon()
        self._look_if_whole()
        if self.is_live and not self.is_late:
            self._shown.show(kind, self._parts.marks())

    def _note_heard(self, link_id: OrderLinkId, now: float) -> None:
        if link_id:
            self._heard[link_id] = now
            self._expected.pop(link_id, None)

    def _show_all(self) -> None:
        for kind in (Positions, Orders, Balance):
            self._shown.show(kind, self._parts.marks())
