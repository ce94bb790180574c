"""`OrderGateway` of Bybit's accounts, demo and live.

A write is sent once, inside of an admission: its client and its place in the budget are there before it begins, so that
what goes wrong until then is NotSent.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import (
    ExchangeDown,
    ExchangeError,
    ExchangeRejected,
    ExchangeUnreadable,
    NotSent,
    OutcomeUnknown,
)
from bot.domain.ids import DAY, Millis, OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LegSettings,
    LeverageRequest,
    OrderAck,
    OrderRequest,
    TradingStop,
)
from bot.domain.portfolio import Execution, Order, Orders, OrderType, Positions
from bot.domain.priorities import RequestPriority, at_priority, priority_now
from bot.domain.trade_plans import AnyRequest
from bot.exchange.bybit.account_answers import executions
from bot.exchange.bybit.account_calls import SETTLE_COIN, Ask, AskPage
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.client import Call
from bot.exchange.bybit.endpoints import AMEND, CANCEL, CREATE, LEVERAGE, TRADING_STOP, Endpoint
from bot.exchange.bybit.gateway import BybitGateway
from bot.exchange.bybit.order_answers import (
    acknowledgment,
    executions_of_id,
    leg_rows,
    leg_settings,
    margin_mode,
    margin_mode_word,
    order_of_id,
)
from bot.exchange.bybit.order_bodies import amend_body, cancel_body, create_body, leverage_body, trading_stop_body
from bot.exchange.bybit.pipeline import RequestPipeline
from bot.exchange.places import held_for, holding
from bot.exchange.request_keys import RequestKey
from bot.exchange.retcodes import LINK_ID_TAKEN

_ENDPOINTS: Final[dict[type[AnyRequest], Endpoint]] = {
    OrderRequest: CREATE,
    AmendRequest: AMEND,
    CancelRequest: CANCEL,
    TradingStop: TRADING_STOP,
    LeverageRequest: LEVERAGE,
}
_NOT_TRADED: Final = 10001
_ASK_AGAIN_S: Final = 1.0  # what did not leave this process for want of a connection may be tried then
_EXECUTIONS_A_PAGE: Final = 100  # Bybit's largest
_WINDOW: Final = 7 * DAY  # what a start without an end asks for (documentation, "Get Trade History")
_KEPT: Final = {AccountType.DEMO: 7 * DAY, AccountType.LIVE: 730 * DAY}  # for so long Bybit answers about fills
_AHEAD: Final = 5_000  # the last window ends so many ms from now: the clock that is measured may be behind Bybit's

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BybitOrders:
    """Implements `bot.domain.ports.trading.OrderGateway` for perpetuals priced in USDT."""

    gateway: BybitGateway
    pipeline: RequestPipeline

    def has_room(self, account: Account, request: AnyRequest) -> bool:
        """Whether its client is at hand, Bybit's clock is known, and the budget would let the write through at once."""
        client, server_time = self.gateway.calls.pool.at_hand(account), self.pipeline.server_time
        if client is None or not (server_time.is_certain or (server_time.measurements and not _opens(request))):
            return False
        with at_priority(_priority_of(request)):
            return self.pipeline.budget.has_room(client.request_key(_ENDPOINTS[type(request)]))

    @asynccontextmanager
    async def admission(self, account: Account, request: AnyRequest) -> AsyncIterator[None]:
        """A place in the budget, and everything else that a write waits for. Raises NotSent, KeyTrouble."""
        with at_priority(_priority_of(request)):
            key = await self._ready(account, request)
            place = await self.pipeline.budget.reserve(key)
        try:
            with holding(place):
                yield
        finally:
            self.pipeline.budget.give_back(place)

    async def create(self, account: Account, request: OrderRequest) -> OrderAck:
        """One POST. See OrderGateway; ExchangeRejected without a call for anything but perpetuals."""
        if request.category is not Category.LINEAR:
            raise ExchangeRejected("only perpetuals are traded here", code=_NOT_TRADED)
        body = create_body(request)
        try:
            return await self._write(
                account,
                request,
                lambda client: client.place_order(**body),
                lambda answer: acknowledgment(answer, request.order_link_id),
            )
        except OutcomeUnknown as unknown:
            if unknown.code != LINK_ID_TAKEN:
                raise
            taken = ExchangeRejected(str(unknown), code=LINK_ID_TAKEN)
            taken.request_id = unknown.request_id
            raise taken from None

    async def amend(self, account: Account, request: AmendRequest) -> None:
        """One POST with the new values alone."""
        body = amend_body(request)
        await self._write(account, request, lambda client: client.amend_order(**body), _nothing)

    async def cancel(self, account: Account, request: CancelRequest) -> None:
        """One POST; 110001 also for an order that is filled."""
        body = cancel_body(request)
        await self._write(account, request, lambda client: client.cancel_order(**body), _nothing)

    async def set_trading_stop(self, account: Account, request: TradingStop) -> None:
        """One POST. ExchangeRejected with code 34040: both stand so already, which is to be read back."""
        body = trading_stop_body(request)
        await self._write(account, request, lambda client: client.set_trading_stop(**body), _nothing)

    async def set_leverage(self, account: Account, request: LeverageRequest) -> None:
        """One POST; what stands so already is no refusal."""
        body = leverage_body(request)
        await self._write(account, request, lambda client: client.set_leverage(**body), _nothing)

    async def find_order(self, account: Account, symbol: Symbol, order_link_id: OrderLinkId) -> Order | None:
        """By the live list, the history, and the fills, one after the other.

        None only if each of the three said that there is nothing; raises ExchangeDown where there are fills without
        their order, which will be there in a moment.
        """
        query = {"category": Category.LINEAR.value, "symbol": symbol, "orderLinkId": order_link_id}
        lists: tuple[Ask, ...] = (
            lambda client: client.get_open_orders(**query),
            lambda client: client.get_order_history(**query),
        )
        for ask in lists:
            found = await self.gateway.calls.read(account, ask, lambda answer: order_of_id(answer, order_link_id))
            if found is not None:
                return found
        fills = await self.gateway.calls.read(
            account,
            lambda client: client.get_executions(**query),
            lambda answer: executions_of_id(answer, order_link_id),
        )
        if fills:
            raise ExchangeDown("there are fills of an order that is in no list yet")
        return None

    async def positions(self, account: Account) -> Positions:
        """Every position in USDT: pages are followed to the end of their cursors."""
        return await self.gateway.positions(account, is_complete=True)

    async def orders(self, account: Account) -> Orders:
        """Every open order of perpetuals in USDT, conditional ones too. Not of spot, which nothing here trades."""
        return await self.gateway.orders(account, (Category.LINEAR,), is_complete=True)

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        """Every execution of perpetuals in USDT from that moment on, funding too, oldest first, each once.

        As far back as Bybit answers at all: 7 days of demo, 2 years of live; a week a call, and what fills more pages.
        """
        now = self.pipeline.server_time.now() + _AHEAD
        start = max(since, now - _KEPT[account.account_type] + 1)
        found: dict[str, Execution] = {}
        while start <= now:
            for fill in await self._executions(account, start):
                found[fill.exec_id] = fill
            start += _WINDOW
        return tuple(sorted(found.values(), key=lambda fill: fill.exec_ts or 0))

    async def margin_mode(self, account: Account) -> str:
        """Bybit's word for the account's margin mode. Raises ExchangeErrors."""
        return await self.gateway.calls.read(account, lambda client: client.get_account_info(), margin_mode_word)

    async def leg_settings(self, account: Account, symbol: Symbol) -> LegSettings:
        """Modes and leverages as Bybit has them now, of legs that are empty, too."""
        query = {"category": Category.LINEAR.value, "symbol": symbol}
        mode, rows = await asyncio.gather(
            self.gateway.calls.read(account, lambda client: client.get_account_info(), margin_mode),
            self.gateway.calls.read(
                account, lambda client: client.get_positions(**query), lambda answer: leg_rows(answer, symbol)
            ),
        )
        return leg_settings(symbol, mode, rows)

    async def _executions(self, account: Account, start: int) -> list[Execution]:
        """Of the week that begins then, oldest first; Bybit gives the newest first."""
        ask: AskPage = lambda client, query: client.get_executions(**query)  # noqa: E731  typed by its name
        query = {"settleCoin": SETTLE_COIN, "startTime": start, "limit": _EXECUTIONS_A_PAGE}
        rows = await self.gateway.calls.pages(account, ask, executions, query, Category.LINEAR, is_complete=True)
        return rows.items[::-1]

    async def _ready(self, account: Account, request: AnyRequest) -> RequestKey:
        """Whatever may take time but the budget: the key is opened, its host answers, Bybit's clock is read."""
        try:
            client = await self.gateway.calls.pool.borrow(account)
            await self.pipeline.know_the_time()
        except ExchangeDown as down:
            raise NotSent(str(down), retry_after=_ASK_AGAIN_S) from down
        if _opens(request):
            await self._be_certain()
        return client.request_key(_ENDPOINTS[type(request)])

    async def _be_certain(self) -> None:
        """What opens or grows a position is signed only where Bybit's clock is known to half a second.

        When an order of unknown outcome can't come any more is reckoned by that clock. Raises NotSent.
        """
        server_time = self.pipeline.server_time
        if not server_time.is_certain:
            with suppress(ExchangeError):
                await server_time.measure_again(server_time.measurements)
        if not server_time.is_certain:
            raise NotSent("Bybit's clock is not known closely enough", retry_after=_ASK_AGAIN_S)

    async def _write(
        self, account: Account, request: AnyRequest, ask: Callable[[Any], Call], read: Callable[[Answer], T]
    ) -> T:
        """Sent once, in the admission that is there already or in its own."""
        async with self._admitted(account, request):
            try:
                return await self.gateway.calls.read(account, ask, read)
            except ExchangeUnreadable as odd:
                unknown = OutcomeUnknown(str(odd))  # it was taken, and how is not said
                unknown.request_id = odd.request_id
                raise unknown from odd
            except ExchangeDown as down:  # of a write: no connection came to be
                raise NotSent(str(down), retry_after=_ASK_AGAIN_S) from down

    def _admitted(self, account: Account, request: AnyRequest) -> AbstractAsyncContextManager[None]:
        client = self.gateway.calls.pool.at_hand(account)
        is_held = client is not None and held_for(client.request_key(_ENDPOINTS[type(request)])) is not None
        return nullcontext() if is_held else self.admission(account, request)


def _opens(request: AnyRequest) -> bool:
    """Whether it may open or grow a position."""
    return isinstance(request, OrderRequest) and not request.reduce_only


def _priority_of(request: AnyRequest) -> RequestPriority:
    """What its caller said, but no later than what a write of that kind is worth at least."""
    match request:
        case OrderRequest(reduce_only=True, order_type=OrderType.MARKET):
            least = RequestPriority.CLOSE
        case CancelRequest() | AmendRequest() | TradingStop():
            least = RequestPriority.CANCEL
        case _:
            least = RequestPriority.CREATE
    return min(priority_now(), least)


def _nothing(_: Answer) -> None:
    """The answer says nothing beyond having been accepted."""
