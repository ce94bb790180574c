"""What an operator does about the bot at Telegram: see to its webhook, hand the database over to another bot."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer
from telegram.error import TelegramError

from bot.chat.transport import AiohttpRequest, RawApi
from bot.chat.webhook import set_webhook
from bot.chat.webhook_listener import WebhookAddress
from bot.domain.clock import SystemClock
from bot.domain.errors import PerpdeskError
from bot.domain.secrets import Secret
from bot.settings import Settings
from bot.wiring.chat import webhook_address
from bot.wiring.proxies import to_telegram
from storage.chat.known_bot import SqliteKnownBot
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate

_SECONDS = 15.0


@asynccontextmanager
async def telegram_api(settings: Settings, token: Secret) -> AsyncIterator[RawApi]:
    """The Bot API as the bot reaches it: through the proxy of the settings, where they have one."""
    transport = AiohttpRequest(token, connector=to_telegram(settings, SystemClock()))
    async with transport:
        yield RawApi(transport, settings.telegram_api_url, token)


def remove_webhook(settings: Settings, token: Secret) -> None:
    """Take the webhook down and keep the updates that wait; says which one it was."""
    try:
        url = asyncio.run(_remove_webhook(settings, token))
    except TelegramError as refusal:
        typer.echo(f"perpdesk: Telegram says: {refusal.message}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"the webhook {url} is removed; its updates are kept" if url else "there is no webhook: nothing to do")


async def _remove_webhook(settings: Settings, token: Secret) -> str:
    async with telegram_api(settings, token) as api:
        url = str((await api.call("getWebhookInfo", {}, read_timeout=_SECONDS)).get("url", ""))
        if url:
            await api.call("deleteWebhook", {"drop_pending_updates": False}, read_timeout=_SECONDS)
    return url


def take_webhook(settings: Settings, token: Secret) -> None:
    """Set the webhook of the settings in place of another one; says which that was."""
    address = webhook_address(settings, token)
    assert address is not None  # noqa: S101  the caller has looked
    try:
        before = asyncio.run(_take_webhook(settings, token, address))
    except TelegramError as refusal:
        typer.echo(f"perpdesk: Telegram says: {refusal.message}", err=True)
        raise typer.Exit(1) from None
    was = f"it was {before}" if before not in {"", address.url} else "there was no other"
    typer.echo(f"the webhook is {address.url}; {was}; updates that wait are kept")


async def _take_webhook(settings: Settings, token: Secret, address: WebhookAddress) -> str:
    async with telegram_api(settings, token) as api:
        before = str((await api.call("getWebhookInfo", {}, read_timeout=_SECONDS)).get("url", ""))
        await set_webhook(api, address)
    return before


def adopt_bot(settings: Settings) -> None:
    """Let the database belong to the bot of the next start; refuses while the bot runs."""
    try:
        before = asyncio.run(_forget_bot(settings))
    except PerpdeskError as fault:
        typer.echo(f"perpdesk: {fault}", err=True)
        raise typer.Exit(1) from None
    was = f"it was that of bot {before}" if before is not None else "it was nobody's"
    typer.echo(f"{settings.database}: from the next start on it belongs to the bot of the token that is set; {was}")


async def _forget_bot(settings: Settings) -> int | None:
    async with Database.open(settings.database) as database:
        await migrate(database)
        return await SqliteKnownBot(database).forget()
