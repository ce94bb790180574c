"""What every feature is built on."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telegram.ext import ExtBot

from bot.chat.sender import ListenerOf
from bot.domain.accounts import AccountType
from bot.domain.ids import Millis, UserId
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import DemoFunds, ExchangeStatus, KeyInspector
from bot.domain.ports.reads import Reads
from bot.domain.ports.trading import OrderGateway
from bot.exchange.bybit.adapter import Bybit
from bot.exchange.bybit.streams.observed import ObservedOrders
from bot.exchange.bybit.streams.told_orders import ToldOrders
from bot.exchange.paper.adapter import Practice
from bot.exchange.paper.ports import PracticeMarket
from bot.services.screens import ScreenReader
from bot.services.users.access import RoleResolver
from bot.settings import Settings
from bot.wiring.chat import listener_of
from bot.wiring.outside import Outside, Tuning
from bot.wiring.storage import Storage
from bot.wiring.streams import Streams
from handlers.texts.catalog import Texts
from storage.sqlite.database import Database
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """The parts below the use cases. `reads`: the cached ones."""

    clock: Clock
    settings: Settings
    tuning: Tuning
    storage: Storage
    reads: Reads
    inspector: KeyInspector
    practice: Practice
    bybit_orders: OrderGateway
    bybit_now: Callable[[], Millis]  # its clock
    demo_funds: DemoFunds
    exchange_status: ExchangeStatus
    egress_refused_since: Callable[[], Millis | None]
    start_is_over: Callable[[], None]  # for the budget of requests: all accounts were compared
    streams: Streams
    market: PracticeMarket  # public data, past the cache
    telegram_bot: ExtBot[Any]
    texts: Texts
    listener_of: ListenerOf
    screen_reader: ScreenReader
    roles: RoleResolver

    @property
    def order_gateways(self) -> Mapping[AccountType, OrderGateway]:
        """The gateways of those account types whose orders can be placed here: live ones behind a setting."""
        traded = {AccountType.PAPER: self.practice.orders, AccountType.DEMO: self.bybit_orders}
        return traded | ({AccountType.LIVE: self.bybit_orders} if self.settings.trade_live else {})

    @property
    def told_gateways(self) -> Mapping[AccountType, OrderGateway]:
        """The same, read from the accounts' streams where those tell."""
        told = ToldOrders(exchange=self.bybit_orders, told=self.streams.accounts.told)
        return {each: gateway if each is AccountType.PAPER else told for each, gateway in self.order_gateways.items()}

    @property
    def store(self) -> Store:
        return self.storage.store

    @property
    def database(self) -> Database:
        return self.storage.database


async def make_foundation(
    settings: Settings,
    outside: Outside,
    tuning: Tuning,
    storage: Storage,
    reads: Reads,
    bybit: Bybit,
    practice: Practice,
    streams: Streams,
    telegram_bot: ExtBot[Any],
) -> Foundation:
    """The foundation of one process. Whoever asks for it closes its `screen_reader`."""
    return Foundation(
        clock=outside.clock,
        settings=settings,
        tuning=tuning,
        storage=storage,
        reads=reads,
        inspector=bybit.gateway,
        practice=practice,
        bybit_orders=ObservedOrders(exchange=bybit.orders, observer=streams.accounts, clock=outside.clock),
        bybit_now=bybit.pipeline.server_time.now,
        demo_funds=bybit.demo_funds,
        exchange_status=bybit.status,
        egress_refused_since=lambda: bybit.pipeline.egress.refused_since,
        start_is_over=bybit.pipeline.budget.start_is_over,
        streams=streams,
        market=streams.market(bybit.market),
        telegram_bot=telegram_bot,
        texts=await asyncio.to_thread(Texts.load),
        listener_of=listener_of(reads, outside.clock),
        screen_reader=ScreenReader(patience=tuning.screen_patience),
        roles=RoleResolver(owner_ids=frozenset(map(UserId, settings.owner_ids))),
    )
