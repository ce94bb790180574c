"""Asks the sidecar of the bot that runs here."""

import asyncio
import ipaddress
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from yarl import URL

from bot.settings import Settings

_CALL_S: Final = 3.0
_BETWEEN_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Said:
    """What the sidecar answered, or why it did not."""

    is_well: bool
    words: str


async def ask(settings: Settings, path: str, *, wait: float) -> Said:
    """Its answer to /healthz or /readyz; asked again for `wait` seconds until all is well."""
    headers = {}
    if settings.stats_token is not None:
        headers["Authorization"] = f"Bearer {settings.stats_token.get_secret_value()}"
    url = URL.build(scheme="http", host=reached_at(settings.stats_host), port=settings.stats_port, path=path)
    until = time.monotonic() + wait
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_CALL_S), headers=headers) as session:
        while True:
            said = await _ask(session, url)
            if said.is_well or time.monotonic() >= until:
                return said
            await asyncio.sleep(_BETWEEN_S)


async def _ask(session: aiohttp.ClientSession, url: URL) -> Said:
    try:
        async with session.get(url) as answer:
            words = _words(await answer.json(content_type=None), is_well=answer.status == HTTPStatus.OK)
            return Said(is_well=answer.status == HTTPStatus.OK, words=words)
    except aiohttp.ClientConnectorError:
        return Said(is_well=False, words=f"the sidecar does not answer at {url}: nobody listens there")
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return Said(is_well=False, words=f"the sidecar does not answer at {url}: {type(error).__name__}")
    except (AttributeError, KeyError, TypeError):
        return Said(is_well=False, words=f"the sidecar does not answer at {url}: another program does")


def _words(said: Any, *, is_well: bool) -> str:
    """Of an answer of /healthz or /readyz. Raises AttributeError, KeyError and TypeError for one that is neither's."""
    if is_well:
        if said.get("ready") is not True and said.get("status") != "ok":
            raise KeyError("ready")
        return str(said.get("status", "ready"))
    reasons = said.get("reasons") or [{"text": text} for text in said.get("stuck", ())]
    return "; ".join(str(each["text"]) for each in reasons) or str(said["error"])


def reached_at(host: str) -> str:
    """The address of this machine at which a listener on `host` answers."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified:
        return "::1" if address.version == 6 else "127.0.0.1"  # noqa: PLR2004  IPv6
    return host
