"""The private stream of one account while one connection lasts: from its login to its end.

Subscribe, then ask by REST, then apply only what is newer. From then on what stands is written through to the cache,
and kept there while the stream is heard. A stream that is open and mute still answers pings, so events are watched: an
own event that is three seconds late is asked for by REST, and the connection is made anew only if REST shows a change
that the stream does not bring within five seconds more.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from itertools import chain, repeat
from math import inf
from typing import Final

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account
from bot.domain.errors import ExchangeError, KeyTrouble
from bot.domain.market import Category
from bot.domain.orders import AmendRequest, CancelRequest, OrderRequest, TradingStop
from bot.domain.portfolio import Balance, Orders, Positions
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.trade_plans import AnyRequest
from bot.exchange.bybit.fields import moment
from bot.exchange.bybit.streams.account_book import YOUNG_S, AccountBook
from bot.exchange.bybit.streams.account_events import (
    EventRows,
    FillNews,
    executions_told,
    fill_rows,
    order_rows,
    position_rows,
    wallet_rows,
)
from bot.exchange.bybit.streams.account_told import AccountTold
from bot.exchange.bybit.streams.connection import StreamEnded
from bot.exchange.bybit.streams.due_events import DueEvent, DueEvents
from bot.exchange.bybit.streams.frames import StreamMessage
from bot.exchange.bybit.streams.link import SILENT_AFTER_S, StreamLink, StreamRefused
from bot.exchange.bybit.streams.parts import ConnectResult, StreamLogin, StreamParts
from bot.exchange.bybit.streams.shown import Kind, ShownAccount

TOPICS: Final = ("order", "execution", "position", "wallet")
BRING_S: Final = 5.0
COMPARE_ACTIVE_S: Final = 45.0  # where something went on lately: a lost message may be the last one
_ACTIVE_S: Final = 60.0
_ASK_AGAIN_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_logger = logging.getLogger(__name__)


class AccountStream:
    """One connection. `run` once; `tick` each second meanwhile. `is_repair`: it takes the place of one that ended."""

    def __init__(self, account: Account, url: str, parts: StreamParts, *, is_repair: bool = False) -> None:
        self.account = account
        self._is_repair = is_repair
        self.is_live = False
        self.is_late = False
        self.is_mute = False
        self.book = AccountBook(account.account_id, parts.bybit_now, parts.clock.monotonic)
        self.link: StreamLink | None = None
        self._url = url
        self._parts = parts
        self._shown = ShownAccount(account, self.book, parts.pushes, parts.clock)
        self._tasks = TaskSet()
        self._due = DueEvents()
        self.told = AccountTold(self.book, self._due, parts.clock)
        self._active_until = 0.0
        self._missing_until: float | None = None  # REST showed what the stream has to bring by then
        self._compare_at = inf  # at the latest: where nothing goes on, whoever looks after all of them says when
        self._compared_at = 0.0
        self._fills_at: float | None = None  # when what was executed before is to be asked for
        self._is_comparing = False
        self._lost = 0  # frames of the link that could not be taken
        self._why: str | None = None  # it was ended here
        self._doubted_at: float | None = None  # something was told that could not be taken

    @property
    def is_behind(self) -> bool:
        """Whether an own event is late, REST shows what the stream has not brought, or they contradict each other."""
        return self.is_late or self._missing_until is not None or self.book.is_disputed

    @property
    def _is_sure(self) -> bool:
        """Whether what stands in the book may be shown."""
        return self.is_live and not self.is_behind and self._doubted_at is None and self._why is None

    @property
    def is_healthy(self) -> bool:
        """Whether what it tells is whole: `bot.domain.ports.streams.StreamWatch` says what that takes."""
        link = self.link
        if link is None or not self._is_sure:
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
        """End it, connected or not yet: nothing of it is shown from now on. `run` answers with the reason."""
        self._why = why
        self._shown.end()
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
        if self._lost != self.link.mishaps:
            self._lost = self.link.mishaps
            self._doubt(now)
        self._due.sweep(now)
        self._ask_for_fills(now)
        if self._due.take_lost(now):
            self._compare_at = now
        if not self.is_late and self._due.late_orders(now):
            self.is_late = True
            self._shown.end()
            self._tasks.start(self._ask_for_late(), "orders that a stream is late with")
        if self._missing_until is not None and now >= self._missing_until and not self._parts.is_slow():
            self._missing_until = None
            self.is_mute = True
            self._tasks.start(self.close("the stream is mute"), "end of a mute stream")
        if self.is_healthy:
            self._shown.renew(self._parts.marks, now, is_due=self._due.is_any)

    def _ask_for_fills(self, now: float) -> None:
        """What was executed before the stream is asked for once it is old enough, not when everybody trades."""
        if self._fills_at is not None and now >= self._fills_at:
            self._fills_at = None
            if not self.told.knows_fills:
                self._parts.changed(self.account)

    # --- what others tell it ----------------------------------------------------------------------------------

    def expect(self, request: AnyRequest, sent: float) -> None:
        """The exchange took a write that was sent in that second: its events are due within 3 s."""
        if not self.is_live:
            return
        now = self._parts.clock.monotonic()
        self._active_until = now + _ACTIVE_S
        if isinstance(request, OrderRequest):
            self._due.expect_own(request.symbol, request.order_link_id, sent, now)
        elif isinstance(request, AmendRequest | CancelRequest) and request.target_link_id:
            self._due.expect_own(request.symbol, request.target_link_id, sent, now)
        elif isinstance(request, TradingStop):
            self._due.expect(DueEvent("position", request.symbol), request.symbol, now)

    def take(self, answer: Positions | Orders | Balance, asked: float, categories: Collection[Category]) -> None:
        """An answer by REST that somebody asked for at that monotonic second; of orders, those of `categories`."""
        if isinstance(answer, Positions):
            is_news = self.book.take_positions(answer, asked)
        elif isinstance(answer, Orders):
            is_news = self.book.take_orders(answer, asked, categories)
        else:
            is_news = self.book.take_balance(answer, asked)
        if not self.is_live:
            return  # it counts all the same: the answer that opens the stream may be older
        if is_news:
            self._missing()
        self._look_for_disputes()
        if self._is_sure:
            self._shown.show(type(answer), self._parts.marks(), asked=asked)

    def dropped(self) -> None:
        """A commit dropped what the cache had of the account."""
        self._shown.dropped()

    def wants_compare(self, now: float, idle_s: float) -> bool:
        """Whether it is time to ask by REST what stands; `idle_s`: how often where nothing goes on."""
        is_time = now >= self._compare_at or now - self._compared_at >= idle_s
        return self.is_live and is_time and not self._is_comparing

    def compare(self) -> None:
        """Ask, and ask again when it is time: soon where something goes on."""
        self._plan_compare()
        self._tasks.start(self._compare(), "comparison of a stream")

    # --- one connection ---------------------------------------------------------------------------------------

    async def _connection(self, tell: Callable[[ConnectResult], None]) -> str:
        parts = self._parts
        login = await parts.login(self.account)
        connection = await parts.connector.connect(self._url)
        link = self.link = StreamLink(connection, clock=parts.clock, on_message=self._on_message)
        if self._why is not None:  # meanwhile its key was replaced, or nobody wants it any more
            await link.close(self._why)
        listening = self._tasks.spawn(link.listen(), "a private stream", expected=StreamEnded)
        opening = self._tasks.spawn(self._open(link, login, tell), "opening of a stream", expected=ExchangeError)
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
        self.told.begin()
        if self._is_repair or not self.book.is_empty:
            self._active_until = self._parts.clock.monotonic() + _ACTIVE_S
        self._plan_compare()
        self._fills_at = self._parts.clock.monotonic() + YOUNG_S
        self._look_for_disputes()
        if self._is_sure:
            self._show_all()
        self._parts.changed(self.account)

    def _plan_compare(self) -> None:
        self._compared_at = now = self._parts.clock.monotonic()
        self._compare_at = now + COMPARE_ACTIVE_S if now < self._active_until else inf

    async def _keep_alive(self, link: StreamLink) -> None:
        with suppress(StreamEnded):  # `listen` raises it, too
            await link.keep_alive()

    async def _compare(self) -> None:
        """Ask until everything was answered: what a failing answer says is nothing."""
        self._is_comparing = True
        try:
            for pause in chain(_ASK_AGAIN_S, repeat(_ASK_AGAIN_S[-1])):
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
        news = [
            self.book.take_positions(positions, asked),
            self.book.take_orders(orders, asked),
            self.book.take_balance(balance, asked),
        ]
        if self._doubted_at is not None and asked >= self._doubted_at:
            self._doubted_at = None
        if self.is_live and any(news):
            self._missing()
        self._look_for_disputes()
        if self._is_sure:
            self._show_all()

    async def _ask_for_late(self) -> None:
        """Whether the orders that the stream says nothing of are there."""
        clock = self._parts.clock
        late = self._due.late_orders(clock.monotonic())
        try:
            with at_priority(RequestPriority.RECONCILE):
                for link_id, symbol in late.items():
                    found = await self._parts.find_order(self.account, symbol, link_id)
                    if found is not None and link_id in self._due.late_orders(clock.monotonic()):
                        self.book.hear_order(found, clock.monotonic())
                        self._missing()
                    self._due.give_up(link_id)
            await self._ask_everything()
        except ExchangeError as trouble:
            _logger.warning("what a stream is late with is asked for later: %s", trouble)
            self._due.put_off(clock.monotonic())
        self._look_if_whole()

    def _missing(self) -> None:
        """REST shows a change that the stream has not brought."""
        if self._missing_until is None:
            self._missing_until = self._parts.clock.monotonic() + BRING_S
            self._shown.end()
            self._parts.changed(self.account)

    def _doubt(self, now: float) -> None:
        """Nothing is shown until REST has answered what stands."""
        self._doubted_at = self._compare_at = now
        self._shown.end()

    def _look_for_disputes(self) -> None:
        """What an answer does not have though it was told of just before: nobody vouches for it until asked again."""
        now = self._parts.clock.monotonic()
        if self.is_live and self.book.is_disputed:
            self._shown.end()
            self._compare_at = min(self._compare_at, now + YOUNG_S)
        if self.is_live and self.book.is_doubtful:
            self.book.is_doubtful = False
            self._compare_at = now

    def _look_if_whole(self) -> None:
        """Where nothing is late any more, what is shown is of the stream again."""
        if self.is_late and not self._due.late_orders(self._parts.clock.monotonic()):
            self.is_late = False
            if self._is_sure:
                self._show_all()

    # --- messages ---------------------------------------------------------------------------------------------

    def _on_message(self, message: StreamMessage) -> None:
        now = self._parts.clock.monotonic()
        match message.topic.partition(".")[0]:
            case "position":
                self._hear_positions(position_rows(message.data), now)
            case "order":
                self._hear_orders(order_rows(message.data), now)
            case "execution":
                self.told.hear_fills(*executions_told(message.data))
                self._hear_fills(fill_rows(message.data), now)
            case "wallet":
                told = wallet_rows(message.data, self.account.account_id, self._parts.clock.now())
                self.book.hear_wallet(told, now, moment({"creationTime": message.sent}, "creationTime"))
                self._after(None, now)
                self._show(Balance)

    def _hear_positions(self, rows: EventRows, now: float) -> None:
        for news in rows.positions:
            self.book.hear_position(news, now)
            self.told.hear_position(news)
            self._due.hear(DueEvent("position", news.symbol), now)
        self._after(rows, now)
        self._show(Positions)

    def _hear_orders(self, rows: EventRows, now: float) -> None:
        for order in rows.orders:
            self.book.hear_order(order, now)
            self.told.hear_order(order)
            self._due.hear(DueEvent("order", order.order_id), now)
            self._due.hear(DueEvent("order", order.order_link_id), now)
            if order.category is Category.LINEAR:
                self._due.expect(DueEvent("position", order.symbol), order.symbol, now)
        self._after(rows, now)
        self._show(Orders)
        self._parts.changed(self.account)

    def _hear_fills(self, fills: Sequence[FillNews], now: float) -> None:
        for fill in fills:
            self._due.expect(DueEvent("order", fill.order_id), fill.symbol, now)
        self._after(None, now)
        self._parts.changed(self.account)

    def _after(self, rows: EventRows | None, now: float) -> None:
        self._active_until = now + _ACTIVE_S
        self._compare_at = min(self._compare_at, now + COMPARE_ACTIVE_S)
        if rows is not None and rows.unreadable:
            self._doubt(now)
        self._look_for_disputes()
        if self._missing_until is not None:
            self._missing_until = None
            if self._is_sure:
                self._show_all()
        self._look_if_whole()

    def _show(self, kind: Kind) -> None:
        if self._is_sure:
            self._shown.show(kind, self._parts.marks())

    def _show_all(self) -> None:
        for kind in (Positions, Orders, Balance):
            self._shown.show(kind, self._parts.marks())
