"""`perpdesk init`: the settings file, the key file, and the link that makes its bearer the owner."""

import asyncio
import os
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp

from bot import owner_link
from bot.domain.clock import SystemClock
from bot.settings import Settings, SettingsError, load
from storage.sqlite.vault import new_key_file

_TOKEN: Final = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")
_SECONDS: Final = 15


class SetupError(Exception):
    """What is wrong, in one line."""


async def set_up(path: Path, *, ask: Callable[[], str]) -> tuple[str, ...]:
    """Make what is missing and answer the lines to print. Raises SetupError; files that exist are left as they are."""
    token = await asyncio.to_thread(_token_for, path, ask)
    try:
        settings = await asyncio.to_thread(load, config=path if token is None else None, overrides=_token_of(token))
    except SettingsError as error:
        raise SetupError(str(error)) from None
    if settings.telegram_token is None:
        raise SetupError(f"{path} has no telegram_token: add it, or move the file away and run `perpdesk init` again")
    name = await _bot_name(settings)
    return await asyncio.to_thread(_write, path, token, settings, name)


def _token_of(token: str | None) -> dict[str, str]:
    return {} if token is None else {"telegram_token": token}


def _token_for(path: Path, ask: Callable[[], str]) -> str | None:
    """The token to write into a new settings file; None where there is a file already."""
    if path.exists():
        return None
    token = ask()
    if not _TOKEN.fullmatch(token):
        raise SetupError("that is no bot token: @BotFather gives one that looks like 123456789:AAE…")
    return token


async def _bot_name(settings: Settings) -> str | None:
    """The bot's user name, None if Telegram cannot be reached. Raises SetupError if it refuses the token."""
    assert settings.telegram_token is not None  # noqa: S101  the caller has looked
    url = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}/getMe"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session,
            session.get(url) as answer,
        ):
            if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
                raise SetupError("Telegram does not know this token: copy it from @BotFather once more")
            if answer.status != HTTPStatus.OK:
                return None
            return str((await answer.json())["result"]["username"])
    except (aiohttp.ClientError, TimeoutError):
        return None


def _write(path: Path, token: str | None, settings: Settings, name: str | None) -> tuple[str, ...]:
    lines = []
    if token is not None:
        _write_private(path, f'telegram_token = "{token}"\n')
        lines.append(f"{path}: made, readable by you alone; docs/settings.md lists what else it may hold")
    if not settings.key_file.exists():
        settings.key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new_key_file(settings.key_file)
        lines.append(f"{settings.key_file}: made; keep a copy away from the database and its backups")
    payload = owner_link.make(settings.key_file, SystemClock().now())
    lines.append("Start the bot with `perpdesk run`, then become its owner (works once, for ten minutes):")
    lines.append(f"https://t.me/{name}?start={payload}" if name else f"send your bot: /start {payload}")
    return tuple(lines)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
