"""One function a feature: the use cases that handlers are given, and the jobs that run beside the chat."""

import asyncio
from functools import partial
from typing import Any

from bot import owner_link
from bot.aio.periodic import Periodic
from bot.chat.broadcaster import Broadcaster
from bot.exchange.bybit.key_pairs import RsaKeyPairMaker
from bot.services.accounts.demo_money import DemoMoney
from bot.services.accounts.egress_alarm import EgressAlarm
from bot.services.accounts.key_asks import KeyAsks
from bot.services.accounts.key_watch import KeyWatch
from bot.services.accounts.keys import Keys
from bot.services.accounts.screens import AccountScreens
from bot.services.admin.broadcasts import BroadcastJob, BroadcastService
from bot.services.admin.disk_watch import DiskWatch
from bot.services.admin.reports import Reports
from bot.services.admin.user_actions import UserAdmin
from bot.services.chat.buttons import ButtonService
from bot.services.chat.dialogues import DialogueService
from bot.services.instruments import InstrumentReader
from bot.services.licensing.licenses import Licenses
from bot.services.licensing.reminders import Reminders
from bot.services.market.alerts import AlertService
from bot.services.market.price_watch import PriceWatch
from bot.services.market.screens import MarketScreens
from bot.services.services import Services
from bot.services.statistics.daily_reports import DailyReportService
from bot.services.statistics.exports import Exports
from bot.services.statistics.results import Results
from bot.services.statistics.shares import Shares
from bot.services.statistics.statistics import Statistics
from bot.services.statistics.truth import CardTruth
from bot.services.support.support import Support
from bot.services.trading.trading import Trading
from bot.services.users.notices import NoticeService
from bot.services.users.people import People
from bot.services.users.pin import PinService
from bot.services.users.preferences import Preferences
from bot.services.users.privacy import Privacy
from bot.wiring import jobs
from bot.wiring.foundation import Foundation
from bot.wiring.sales import make_sales
from bot.wiring.trading import make_trading
from handlers.admin.broadcast import draw_progress
from storage.admin.queries import SqliteAdminQueries
from storage.market.alerts import SqlitePriceAlertQueries
from storage.payments.payments import SqlitePaymentQueries
from storage.promo.queries import SqlitePromoQueries
from storage.statistics.queries import SqliteStatisticsQueries
from storage.support.support import SqliteSupportQueries
from storage.trading.brakes import SqliteClosingQueries
from storage.trading.queries import SqliteTradingQueries
from storage.users.privacy import SqlitePrivacyQueries


async def build_features(base: Foundation) -> tuple[Services, tuple[Periodic[Any], ...]]:
    """Every use case and every job. Raises WrongKeyFile, StorageTrouble."""
    people, preferences, notices, pin = await make_users(base)
    keys, account_jobs = make_accounts(base)
    licenses, licensing_jobs = make_licensing(base)
    promo, redemptions, payments, refunds, subscriptions, sale_jobs = await make_sales(base, licenses, people, pin)
    user_admin, broadcasts, reports, admin_jobs = make_admin(base, licenses, pin, people)
    accounts, market, price_alerts, market_jobs = make_screens(base)
    trading, results, privacy, trade_jobs = await make_trades(base, pin)
    services = Services(
        reads=base.reads,
        clock=base.clock,
        roles=base.roles,
        people=people,
        preferences=preferences,
        notices=notices,
        keys=keys,
        key_asks=KeyAsks(transactions=base.store, clock=base.clock),
        demo_money=DemoMoney(funds=base.demo_funds, transactions=base.store, drops=base.reads),
        licenses=licenses,
        account_screens=accounts,
        market_screens=market,
        price_alerts=price_alerts,
        buttons=ButtonService(queries=base.storage.chat_queries, transactions=base.store, clock=base.clock),
        dialogues=make_dialogues(base),
        pin=pin,
        promo=promo,
        redemptions=redemptions,
        payments=payments,
        refunds=refunds,
        subscriptions=subscriptions,
        support=make_support(base),
        privacy=privacy,
        user_admin=user_admin,
        broadcasts=broadcasts,
        reports=reports,
        trading=trading,
        results=results,
    )
    return services, (*account_jobs, *licensing_jobs, *sale_jobs, *market_jobs, *admin_jobs, *trade_jobs)


def make_dialogues(base: Foundation) -> DialogueService:
    queries = base.storage.chat_queries
    return DialogueService(queries=queries, reads=base.reads, transactions=base.store, clock=base.clock)


def make_screens(
    base: Foundation,
) -> tuple[AccountScreens, MarketScreens, AlertService, tuple[Periodic[Any], ...]]:
    """What shows accounts and the market, and what watches its prices."""
    instruments = InstrumentReader(reads=base.reads, patience=base.tuning.resolve_patience)
    accounts = AccountScreens(reads=base.reads, reader=base.screen_reader, instruments=instruments)
    market = MarketScreens(
        reads=base.reads,
        reader=base.screen_reader,
        instruments=instruments,
        resolve_patience=base.tuning.resolve_patience,
    )
    price_alerts, market_jobs = make_price_alerts(base, instruments)
    return accounts, market, price_alerts, market_jobs


async def make_trades(base: Foundation, pin: PinService) -> tuple[Trading, Results, Privacy, tuple[Periodic[Any], ...]]:
    """What places orders, what counts what came of them, and what leaves with whoever is forgotten."""
    trading, order_jobs = await make_trading(base, pin)
    results, result_jobs = make_results(base)
    privacy, user_jobs = make_privacy(base, trading)
    return trading, results, privacy, (*user_jobs, *order_jobs, *result_jobs)


def make_results(base: Foundation) -> tuple[Results, tuple[Periodic[Any], ...]]:
    queries = SqliteStatisticsQueries(base.database)
    statistics = Statistics(queries=queries, reader=base.screen_reader, clock=base.clock)
    reports = DailyReportService(
        statistics=statistics, queries=queries, transactions=base.store, reads=base.reads, clock=base.clock
    )
    results = Results(
        statistics=statistics,
        truth=CardTruth(statistics=statistics, queries=queries, clock=base.clock),
        exports=Exports(queries=queries),
        reports=reports,
        shares=Shares(queries=queries, plans=SqliteTradingQueries(base.database), gateways=base.order_gateways),
    )
    return results, (jobs.daily_reports(reports, base.clock),)


def make_price_alerts(
    base: Foundation, instruments: InstrumentReader
) -> tuple[AlertService, tuple[Periodic[Any], ...]]:
    """Told by the public streams, whose tickers of symbols with alerts are wanted."""
    queries, due = SqlitePriceAlertQueries(base.database), asyncio.Event()
    watch = PriceWatch(
        queries=queries,
        transactions=base.store,
        market=base.market,
        history=base.market,
        told=base.streams.public.ticker,
        wake=due.set,
        clock=base.clock,
    )
    base.streams.prices.wanted.append(lambda: watch.symbols)
    base.streams.prices.told.append(watch.hear)
    service = AlertService(
        queries=queries,
        transactions=base.store,
        watch=watch,
        market=base.market,
        instruments=instruments,
        clock=base.clock,
    )
    return service, (jobs.alert_messages(watch, base.clock, due), jobs.alert_prices(watch, base.clock))


async def make_users(base: Foundation) -> tuple[People, Preferences, NoticeService, PinService]:
    database = base.settings.database
    people = People(
        reads=base.reads,
        transactions=base.store,
        clock=base.clock,
        owner_link=await asyncio.to_thread(owner_link.read, database),
        burn_owner_link=partial(asyncio.to_thread, owner_link.burn, database),
    )
    pin = PinService(
        reads=base.reads,
        queries=base.storage.user_queries,
        transactions=base.store,
        clock=base.clock,
        roles=base.roles,
        cost=base.tuning.pin_cost,
    )
    preferences = Preferences(reads=base.reads, transactions=base.store)
    return people, preferences, NoticeService(transactions=base.store), pin


def make_privacy(base: Foundation, trading: Trading) -> tuple[Privacy, tuple[Periodic[Any], ...]]:
    privacy = Privacy(
        queries=SqlitePrivacyQueries(base.database),
        transactions=base.store,
        drops=base.reads,
        clock=base.clock,
        roles=base.roles,
        marks=base.storage.marks,
        leave=partial(trading.leaving.leave_all, idempotency_key="erasure"),
    )
    return privacy, (jobs.erasures(privacy, base.clock),)


def make_accounts(base: Foundation) -> tuple[Keys, tuple[Periodic[Any], ...]]:
    keys = Keys(
        reads=base.reads,
        queries=base.storage.account_queries,
        transactions=base.store,
        inspector=base.inspector,
        vault=base.storage.vault,
        key_pairs=RsaKeyPairMaker(),
        clock=base.clock,
        egress_ip=base.settings.egress_ip,
        require_bound_ip=base.settings.require_bound_ip,
    )
    watch = KeyWatch(
        queries=base.storage.account_queries,
        transactions=base.store,
        drops=base.reads,
        inspector=base.inspector,
        clock=base.clock,
        egress_ip=base.settings.egress_ip,
        require_bound_ip=base.settings.require_bound_ip,
    )
    alarm = EgressAlarm(
        refused_since=base.egress_refused_since,
        reads=base.reads,
        roles=base.roles,
        transactions=base.store,
        clock=base.clock,
    )
    return keys, (jobs.key_watch(watch, base.clock), jobs.egress_alarm(alarm, base.clock))


def make_licensing(base: Foundation) -> tuple[Licenses, tuple[Periodic[Any], ...]]:
    queries = base.storage.license_queries
    licenses = Licenses(
        reads=base.reads, transactions=base.store, queries=queries, clock=base.clock, marks=base.storage.marks
    )
    reminders = Reminders(
        queries=queries,
        transactions=base.store,
        clock=base.clock,
        prices=base.settings.price_list,
        resting=SqliteClosingQueries(base.database),
    )
    return licenses, (jobs.reminders(reminders, base.clock),)


def make_support(base: Foundation) -> Support:
    return Support(
        reads=base.reads,
        queries=SqliteSupportQueries(base.database),
        transactions=base.store,
        clock=base.clock,
        roles=base.roles,
        payments=SqlitePaymentQueries(base.database),
    )


def make_admin(
    base: Foundation, licenses: Licenses, pin: PinService, people: People
) -> tuple[UserAdmin, BroadcastService, Reports, tuple[Periodic[Any], ...]]:
    queries = SqliteAdminQueries(base.database)
    user_admin = UserAdmin(
        reads=base.reads,
        queries=queries,
        transactions=base.store,
        licenses=licenses,
        roles=base.roles,
        pin=pin,
        clock=base.clock,
    )
    disk = DiskWatch(
        space=base.storage.space,
        reads=base.reads,
        roles=base.roles,
        transactions=base.store,
        checkpoint=base.database.checkpoint,
        clock=base.clock,
    )
    due = asyncio.Event()
    broadcasts = BroadcastService(queries=queries, transactions=base.store, pin=pin, clock=base.clock, wake=due.set)
    job = BroadcastJob(
        queries=queries,
        transactions=base.store,
        clock=base.clock,
        deliver=Broadcaster(base.telegram_bot, base.listener_of).deliver,
        draw=partial(
            draw_progress, base.telegram_bot, base.texts, people=people, broadcasts=broadcasts, clock=base.clock
        ),
    )
    reports = Reports(queries=queries, promo=SqlitePromoQueries(base.database), clock=base.clock)
    made = (jobs.broadcasts(job, base.clock, due), jobs.disk_watch(disk, base.clock, base.storage.space.due))
    return user_admin, broadcasts, reports, made
