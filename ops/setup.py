"""`perpdesk init`: the settings file, the key file, and the link that makes its bearer the owner."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp

from bot import owner_link
from bot.domain.clock import SystemClock
from bot.settings import Settings, SettingsError, load
from bot.wiring.proxies import to_telegram
from ops.addresses import checked, talks_to_bybit
from storage.sqlite.recipients import new_pair
from storage.sqlite.vault import new_key_file

_TOKEN: Final = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")
_SECONDS: Final = 15


class SetupError(Exception):
    """What is wrong, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Whoever is asked. `ask` takes a question and whether the answer is a secret, and answers "" when nobody does."""

    ask: Callable[[str, bool], str]
    tell: Callable[[str], None]


async def set_up(path: Path, *, terminal: Terminal, find: Callable[[Settings], Awaitable[str | None]]) -> None:
    """Make what is missing, and tell of each step; files that exist are left as they are.

    `find` tells the address that this machine goes out from. Raises SetupError.
    """
    if await asyncio.to_thread(path.exists):
        settings = await asyncio.to_thread(_load, path, {})
        if settings.telegram_token is None:
            raise SetupError(
                f"{path} has no telegram_token: add it, or move the file away and run `perpdesk init` again"
            )
        name = await _bot_name(settings)
    else:
        token, settings, name = await _ask_token(terminal)
        values = {"telegram_token": token}
        if settings.egress_ip is None and (address := await _ask_address(terminal, settings, find)) is not None:
            values["egress_ip"] = address
        text = "".join(f'{key} = "{value}"\n' for key, value in values.items())
        await asyncio.to_thread(_write_private, path, text)
        terminal.tell(f"{path}: made, readable by you alone; docs/settings.md lists what else it may hold")
    for line in await asyncio.to_thread(_write, settings, name):
        terminal.tell(line)


def _load(path: Path | None, values: Mapping[str, str]) -> Settings:
    try:
        return load(config=path, overrides=values, is_new=path is None)
    except SettingsError as error:
        raise SetupError(str(error)) from None


async def _ask_token(terminal: Terminal) -> tuple[str, Settings, str | None]:
    """A token that Telegram does not refuse, the settings with it, and the bot's user name."""
    wrong = "no token was given: @BotFather gives one that looks like 123456789:AAE…"
    while token := await asyncio.to_thread(terminal.ask, "The bot's token from @BotFather", True):
        if _TOKEN.fullmatch(token):
            settings = await asyncio.to_thread(_load, None, {"telegram_token": token})
            try:
                return token, settings, await _bot_name(settings)
            except SetupError as refusal:
                wrong = str(refusal)
        else:
            wrong = "that is no bot token: @BotFather gives one that looks like 123456789:AAE…"
        terminal.tell(f"{wrong[0].upper()}{wrong[1:]}.")
    raise SetupError(wrong)


async def _ask_address(
    terminal: Terminal, settings: Settings, find: Callable[[Settings], Awaitable[str | None]]
) -> str | None:
    """The address that users bind their keys to; None if nobody knows it."""
    found = await find(settings) if talks_to_bybit(settings) else None
    terminal.tell("Bybit keys are bound to the address that Bybit sees this machine from.")
    while True:
        known = f"Enter takes {found}" if found is not None else "Enter leaves it out"
        typed = await asyncio.to_thread(terminal.ask, f"That address ({known})", False)
        if not typed:
            return found
        address = checked(typed)
        if address is not None:
            return address
        terminal.tell(f"{typed} is no address: it looks like 203.0.113.7.")


async def _bot_name(settings: Settings) -> str | None:
    """The bot's user name, None if Telegram cannot be reached. Raises SetupError if it refuses the token."""
    assert settings.telegram_token is not None  # noqa: S101  the caller has looked
    url = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}/getMe"
    connector = to_telegram(settings, SystemClock())()
    try:
        async with (
            aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=_SECONDS)) as session,
            session.get(url) as answer,
        ):
            if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
                raise SetupError("Telegram does not know this token: copy it from @BotFather once more")
            if answer.status != HTTPStatus.OK:
                return None
            return str((await answer.json())["result"]["username"])
    except (aiohttp.ClientError, OSError):  # TimeoutError is an OSError
        return None


def _write(settings: Settings, name: str | None) -> tuple[str, ...]:
    lines = []
    if not settings.key_file.exists():
        settings.key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new_key_file(settings.key_file)
        lines.append(f"{settings.key_file}: made; keep a copy away from the database and its backups")
    if not settings.recipient_file.exists():
        private = settings.recipient_file.with_suffix(".offline-key")
        new_pair(settings.recipient_file, private)
        opens = "it opens every backup if the key file is lost, and what of the journal is begun from now on"
        lines.append(f"{private}: made; {opens}. Take it OFF this machine now")
    settings.database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    payload = owner_link.make(settings.database, SystemClock().now())
    starts = "`make run`; an installed one: `systemctl enable --now perpdesk`, `docker compose up -d`"
    lines.append(f"Start the bot ({starts}), then become its owner (works once, for ten minutes):")
    lines.append(f"https://t.me/{name}?start={payload}" if name else f"send your bot: /start {payload}")
    return tuple(lines)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
