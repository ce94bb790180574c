"""The Telegram side: the bot before the use cases, application and runtime after them."""

import asyncio
import hmac
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from telegram.ext import ExtBot
from yarl import URL

from bot.chat.application import build_application, make_bot
from bot.chat.held_calls import HeldCalls
from bot.chat.held_sender import HeldCallSender
from bot.chat.identity import BotIdentity
from bot.chat.outbox_gauge import OutboxGauge
from bot.chat.rate_limiter import TelegramRateLimiter
from bot.chat.runtime import IntakeSetup, TelegramRuntime
from bot.chat.sender import Listener, ListenerOf
from bot.chat.transport import AiohttpRequest, RawApi, TelegramRequest
from bot.chat.webhook_listener import WebhookAddress
from bot.domain.ids import UserId
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.secrets import Secret
from bot.domain.time_zones import zone_of
from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.services.trading.brakes import Halts
from bot.settings import Settings, revealed
from bot.wiring.outside import Outside, Tuning
from bot.wiring.proxies import to_telegram
from bot.wiring.storage import Storage
from handlers.core.context import App
from handlers.outbox_messages import OutboxTexts
from handlers.texts.catalog import Texts
from storage.chat.inbox import SqliteInbox
from storage.chat.known_bot import SqliteKnownBot
from storage.chat.outbox import SqliteOutbox
from storage.chat.sealed_inbox import SealedInbox
from storage.sqlite.secrets import open_secret

_WEBHOOK: Final = b"perpdesk webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """What talks to Telegram, before anybody knows what to say. `outbox_due` is set when a message was enqueued."""

    bot: ExtBot[Any]
    token: Secret = field(repr=False)
    api: RawApi
    transport: TelegramRequest
    rate_limiter: TelegramRateLimiter
    held: HeldCalls
    outbox_store: SqliteOutbox
    outbox_due: asyncio.Event


def bot_token(settings: Settings) -> Secret:
    """The token of the settings. Raises Fatal where they have none."""
    if settings.telegram_token is None:
        raise Fatal("PERPDESK_TELEGRAM_TOKEN is not set", EXIT_CONFIG)
    return Secret(settings.telegram_token.get_secret_value())


def make_telegram(
    settings: Settings, token: Secret, storage: Storage, outside: Outside, tuning: Tuning, outbox_due: asyncio.Event
) -> Telegram:
    """The bot and its transport; nothing is sent yet. `outbox_due` is set by whoever has put a row into the outbox."""
    clock = outside.clock
    transport = _over_the_network(settings, token, clock) if outside.telegram is None else outside.telegram(token)
    outbox_store = SqliteOutbox(storage.database)
    held = HeldCalls(outbox_store, clock, outbox_due)
    rate_limiter = TelegramRateLimiter(clock, limits=tuning.telegram_rates, held=held)
    return Telegram(
        bot=make_bot(token=token, api_url=settings.telegram_api_url, transport=transport, rate_limiter=rate_limiter),
        token=token,
        api=RawApi(transport, settings.telegram_api_url, token),
        transport=transport,
        rate_limiter=rate_limiter,
        held=held,
        outbox_store=outbox_store,
        outbox_due=outbox_due,
    )


def _over_the_network(settings: Settings, token: Secret, clock: Clock) -> TelegramRequest:
    return AiohttpRequest(token, connector=to_telegram(settings, clock))


def webhook_address(settings: Settings, token: Secret) -> WebhookAddress | None:
    """Where updates are sent to; None: they are asked for. Without a secret of its own one is made of the token."""
    if settings.webhook_url is None:
        return None
    secret = revealed(settings.webhook_secret)
    return WebhookAddress(
        url=settings.webhook_url,
        secret=secret or Secret(hmac.digest(token.reveal().encode(), _WEBHOOK, "sha256").hex()),
        path=URL(settings.webhook_url).path,
        host=settings.webhook_host,
        port=settings.webhook_port,
    )


async def open_chat(
    stack: AsyncExitStack,
    settings: Settings,
    telegram: Telegram,
    storage: Storage,
    texts: Texts,
    listener_of: ListenerOf,
    halts: Halts,
    outside: Outside,
    tuning: Tuning,
) -> tuple[App, TelegramRuntime]:
    """An application without handlers and the runtime around it. Raises WrongKeyFile, StorageTrouble."""
    application = await build_application(telegram.bot)
    secret = await open_secret(storage.database, storage.vault, "inbox")
    await stack.enter_async_context(telegram.transport)
    runtime = TelegramRuntime(
        api=telegram.api,
        application=application,
        rate_limiter=telegram.rate_limiter,
        held_sender=HeldCallSender(telegram.held, telegram.rate_limiter, telegram.api),
        identity=BotIdentity(SqliteKnownBot(storage.database), telegram.token),
        inbox_store=SealedInbox(SqliteInbox(storage.database), secret),
        outbox_store=telegram.outbox_store,
        outbox_gauge=OutboxGauge(telegram.outbox_store, outside.clock),
        transactions=storage.store,
        message_texts=OutboxTexts(texts),
        listener_of=listener_of,
        clock=outside.clock,
        randomness=outside.randomness,
        lane_limits=tuning.lane_limits,
        intake=_intake(settings, telegram.token, halts, tuning),
        outbox_times=tuning.outbox_times,
        outbox_due=telegram.outbox_due,
    )
    stack.push_async_callback(runtime.close)
    return application, runtime


def _intake(settings: Settings, token: Secret, halts: Halts, tuning: Tuning) -> IntakeSetup:
    """Who asks and is refused conflicts with somebody; a webhook of ours that is gone may only have been removed."""
    webhook = webhook_address(settings, token)
    return IntakeSetup(
        poll_times=tuning.poll_times,
        webhook=webhook,
        webhook_times=tuning.webhook_times,
        taken_over=partial(halts.updates_taken_over, is_conflict=webhook is None),
    )


def listener_of(reads: Reads, clock: Clock) -> ListenerOf:
    """Language and rings by the cached config; a stranger's are the usual ones."""

    async def find(user_id: UserId) -> Listener:
        config = await reads.user_config(user_id)
        if config is None:
            return Listener()
        settings = config.settings
        if settings.quiet_hours is not None:
            await asyncio.to_thread(zone_of, settings.time_zone)  # a file, once a zone
        now = clock.now()
        return Listener(language=config.language, ring_of=lambda kind: settings.ring(kind, now))

    return find
