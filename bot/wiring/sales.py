"""Promo codes, payments and refunds: the use cases of both ways to license time, and their jobs."""

import asyncio
from functools import partial
from typing import Any

from bot import restore_word
from bot.aio.periodic import Periodic
from bot.chat.stars import Stars
from bot.domain.invoice_payloads import InvoicePayloads
from bot.domain.ports.payments import StarsApi
from bot.services.licensing.licenses import Licenses
from bot.services.payments.payments import PaymentService
from bot.services.payments.reconciliation import StarWatch
from bot.services.payments.refunds import RefundJob, Refunds
from bot.services.payments.restore_gate import RestoreGate
from bot.services.payments.subscriptions import Subscriptions
from bot.services.promo.alerts import PromoAlarms
from bot.services.promo.campaigns import CampaignService
from bot.services.promo.redemption import Redemptions
from bot.services.users.people import People
from bot.services.users.pin import PinService
from bot.wiring import jobs
from bot.wiring.foundation import Foundation
from handlers.promo.pinned import PinnedCards
from storage.payments.payments import SqlitePaymentQueries
from storage.payments.restores import SqliteRestoreQueries
from storage.promo.cipher import AesPromoCodeCipher
from storage.promo.queries import SqlitePromoQueries
from storage.sqlite.secrets import open_secret


async def make_sales(
    base: Foundation, licenses: Licenses, people: People, pin: PinService
) -> tuple[CampaignService, Redemptions, PaymentService, Refunds, Subscriptions, tuple[Periodic[Any], ...]]:
    """Both ways to license time: by code, and for Stars."""
    promo, redemptions, promo_jobs = await make_promo(base, licenses, people, pin)
    payments, refunds, subscriptions, payment_jobs = await make_payments(base, licenses, people, pin)
    return promo, redemptions, payments, refunds, subscriptions, (*promo_jobs, *payment_jobs)


async def make_promo(
    base: Foundation, licenses: Licenses, people: People, pin: PinService
) -> tuple[CampaignService, Redemptions, tuple[Periodic[Any], ...]]:
    queries = SqlitePromoQueries(base.database)
    cipher = await AesPromoCodeCipher.open(base.database, base.storage.vault)
    alarms = PromoAlarms(owner_ids=base.roles.owner_ids)
    promo = CampaignService(
        reads=base.reads,
        queries=queries,
        transactions=base.store,
        licenses=licenses,
        cipher=cipher,
        alarms=alarms,
        pin=pin,
        clock=base.clock,
    )
    redemptions = Redemptions(
        reads=base.reads,
        queries=queries,
        transactions=base.store,
        licenses=licenses,
        cipher=cipher,
        alarms=alarms,
        pin=pin,
        roles=base.roles,
        clock=base.clock,
    )
    pinned = PinnedCards(bot=base.telegram_bot, texts=base.texts, promo=promo, people=people, clock=base.clock)
    return promo, redemptions, (jobs.promo_undos(promo, base.clock), jobs.pinned_cards(pinned, base.clock))


async def make_payments(
    base: Foundation, licenses: Licenses, people: People, pin: PinService
) -> tuple[PaymentService, Refunds, Subscriptions, tuple[Periodic[Any], ...]]:
    queries = SqlitePaymentQueries(base.database)
    stars: StarsApi = Stars(base.telegram_bot)
    payments = PaymentService(
        reads=base.reads,
        transactions=base.store,
        queries=queries,
        licenses=licenses,
        people=people,
        roles=base.roles,
        clock=base.clock,
        prices=base.settings.price_list,
        payloads=InvoicePayloads(secret=await open_secret(base.database, base.storage.vault, "invoices")),
        born=base.storage.born,
    )
    refunds = Refunds(transactions=base.store, licenses=licenses, payments=payments, pin=pin, clock=base.clock)
    gate = make_restore_gate(base)
    due = RefundJob(queries=queries, transactions=base.store, stars=stars, refunds=refunds, clock=base.clock, gate=gate)
    watch = StarWatch(
        queries=queries,
        transactions=base.store,
        stars=stars,
        payments=payments,
        refunds=refunds,
        clock=base.clock,
        gate=gate,
    )
    subscriptions = Subscriptions(queries=queries, transactions=base.store, stars=stars, clock=base.clock)
    return payments, refunds, subscriptions, (jobs.refunds(due, base.clock), jobs.reconciliation(watch, base.clock))


def make_restore_gate(base: Foundation) -> RestoreGate:
    return RestoreGate(
        queries=SqliteRestoreQueries(base.database),
        transactions=base.store,
        clock=base.clock,
        is_asked=partial(asyncio.to_thread, restore_word.is_said, base.settings.database),
        burn=partial(asyncio.to_thread, restore_word.burn, base.settings.database),
    )
