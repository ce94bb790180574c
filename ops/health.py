"""Asks the sidecar of the bot that runs here."""

from http import HTTPStatus

import aiohttp

from bot.settings import Settings


async def is_healthy(settings: Settings) -> bool:
    """Whether /healthz answers 200 within three seconds."""
    headers = {}
    if settings.stats_token is not None:
        headers["Authorization"] = f"Bearer {settings.stats_token.get_secret_value()}"
    host = "127.0.0.1" if settings.stats_host in {"0.0.0.0", "::"} else settings.stats_host  # noqa: S104  compared, not bound
    timeout = aiohttp.ClientTimeout(total=3)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(f"http://{host}:{settings.stats_port}/healthz", headers=headers) as answer,
        ):
            return answer.status == HTTPStatus.OK
    except (aiohttp.ClientError, TimeoutError):
        return False
