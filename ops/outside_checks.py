"""What `perpdesk doctor` looks at beyond the database: addresses, clock, certificate, the webhook at Telegram."""

import asyncio
import shutil
import ssl
import subprocess
import time
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from telegram.error import TelegramError
from yarl import URL

from bot.domain.clock import SystemClock
from bot.domain.ids import DAY_S
from bot.domain.ports.clock import Clock
from bot.settings import Settings, revealed
from bot.wiring.proxies import FAMILIES, to_bybit
from ops.addresses import SERVICES, find_address, talks_to_bybit
from ops.telegram import telegram_api
from storage.checkup import Check

_SECONDS: Final = 5.0
_MOST_SKEW_S: Final = 0.5  # beyond it entries are not sent
_FEW_DAYS: Final = 14  # certbot renews thirty before the end
_RECENT_S: Final = 3_600  # of a delivery that failed
_KEEPERS: Final[Mapping[str, tuple[str, ...]]] = {
    "chronyc": ("-c", "tracking"),
    "timedatectl": ("show", "--property=NTPSynchronized", "--value"),
}


async def check_outside(settings: Settings) -> list[Check]:
    """Every check of this file, side by side."""
    checks = (check_address(settings), check_clock(settings), check_webhook(settings), check_certificate(settings))
    return list(await asyncio.gather(*checks))


async def check_address(settings: Settings, *, services: Mapping[str, str] = SERVICES) -> Check:
    """Whether keys that are bound to our address will be taken, as far as anybody tells where we go out from."""
    ours, used = settings.egress_ip, settings.bybit_family
    addresses = await _addresses(settings, services) if talks_to_bybit(settings) else {}
    found = addresses.pop(used, None)
    beside = "".join(f"; over {family} it is {each}, where Bybit is not called" for family, each in addresses.items())
    if ours is None:
        hint = "" if found is None else f"; this machine goes out from {found}"
        said = f"PERPDESK_EGRESS_IP is not set: keys can't be bound to it{hint}{beside}"
        return Check(name="address", is_ok=True, detail=said)
    if found is None:
        detail = f"{ours}; not compared: nobody tells where we go out from over {used}{beside}"
        return Check(name="address", is_ok=True, detail=detail)
    if found == ours:
        return Check(name="address", is_ok=True, detail=f"{ours}, and this machine goes out from it{beside}")
    fault = (
        f"PERPDESK_EGRESS_IP is {ours}, but this machine goes out from {found}: keys bound to it are refused{beside}"
    )
    return Check(name="address", is_ok=False, detail=fault)


async def _addresses(settings: Settings, services: Mapping[str, str]) -> dict[str, str]:
    """By family; a proxy has one way out, whatever leads to it."""
    families = (settings.bybit_family,) if settings.bybit_proxy is not None else tuple(FAMILIES)
    found = await asyncio.gather(*(find_address(settings, family=each, services=services) for each in families))
    return {family: address for family, address in zip(families, found, strict=True) if address is not None}


async def check_clock(settings: Settings, clock: Clock | None = None) -> Check:
    """How far this machine's clock is from Bybit's, and whether anything keeps it."""
    is_kept, keeper = await asyncio.to_thread(_clock_keeper)
    skew = await _skew_s(settings, clock or SystemClock())
    if skew is None:
        return Check(name="clock", is_ok=is_kept, detail=f"{keeper}; not compared: Bybit does not tell the time")
    is_right = abs(skew) <= _MOST_SKEW_S
    detail = f"{keeper}; {abs(skew):.2f} s {'behind' if skew > 0 else 'ahead of'} Bybit's"
    return Check(name="clock", is_ok=is_kept and is_right, detail=detail if is_right else f"{detail}: no entries")


def _clock_keeper() -> tuple[bool, str]:
    """Whether the clock is kept, and by whom; a container's is its host's."""
    for name, arguments in _KEEPERS.items():
        if (path := shutil.which(name)) is None:
            continue
        try:
            said = subprocess.run(  # noqa: S603  the system's own
                [path, *arguments], capture_output=True, text=True, check=False, timeout=_SECONDS
            ).stdout.strip()
        except (OSError, subprocess.TimeoutExpired):
            continue
        if name == "chronyc":
            is_kept = said.endswith(",Normal")
            return is_kept, "chrony keeps it" if is_kept else "chrony does not keep it: `chronyc tracking`"
        if said in {"yes", "no"}:
            return said == "yes", "it is kept" if said == "yes" else "nothing keeps it: install chrony"
    return True, "nobody here knows whether it is kept"


async def _skew_s(settings: Settings, clock: Clock) -> float | None:
    """Bybit's clock less ours, by the middle of a call; None where it does not answer."""
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with aiohttp.ClientSession(connector=to_bybit(settings, clock)(), timeout=timeout) as session:
            began = clock.now()
            async with session.get(f"{settings.bybit_api_url}/v5/market/time") as answer:
                said: Any = await answer.json()
            return int(said["result"]["timeNano"]) / 1e9 - (began + clock.now()) / 2_000
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError, KeyError, TypeError):
        return None


async def check_certificate(settings: Settings, *, context: ssl.SSLContext | None = None) -> Check:
    """Whether the webhook's certificate is of that name, trusted, and good for two weeks more."""
    url = URL(settings.webhook_url or "")
    if url.scheme != "https" or url.host is None:
        return Check(name="certificate", is_ok=True, detail="not looked at: there is no webhook over https")
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(
                url.host, url.port, ssl=context or ssl.create_default_context(), server_hostname=url.host
            )
    except ssl.SSLError as fault:
        return Check(name="certificate", is_ok=False, detail=f"{url.host}: {_reason_of(fault)}")
    except (OSError, TimeoutError):
        return Check(name="certificate", is_ok=True, detail=f"not looked at: {url.host} can't be reached from here")
    ends = ssl.cert_time_to_seconds(writer.get_extra_info("peercert")["notAfter"])
    writer.close()
    days = int((ends - time.time()) // DAY_S)
    detail = f"{url.host}: good for {days} days more"
    return Check(name="certificate", is_ok=days >= _FEW_DAYS, detail=detail)


def _reason_of(fault: ssl.SSLError) -> str:
    return fault.verify_message if isinstance(fault, ssl.SSLCertVerificationError) else fault.reason or str(fault)


async def check_webhook(settings: Settings) -> Check:
    """Whether Telegram sends updates where the settings say, and what it says of deliveries."""
    token = revealed(settings.telegram_token)
    if token is None:
        return Check(name="webhook", is_ok=True, detail="not looked at: PERPDESK_TELEGRAM_TOKEN is not set")
    try:
        async with telegram_api(settings, token) as api:
            info = await api.call("getWebhookInfo", {}, read_timeout=_SECONDS)
    except TelegramError as refusal:
        return Check(name="webhook", is_ok=True, detail=f"not looked at: {refusal.message}")
    url, wanted = str(info.get("url", "")), settings.webhook_url or ""
    if url != wanted:
        return Check(name="webhook", is_ok=False, detail=f"Telegram has {url or 'none'}, should be {wanted or 'none'}")
    if not url:
        return Check(name="webhook", is_ok=True, detail="none: updates are asked for")
    waiting, failed = int(info.get("pending_update_count", 0)), int(info.get("last_error_date", 0))
    if waiting and time.time() - failed < _RECENT_S:
        said = info.get("last_error_message", "it does not say why")
        return Check(name="webhook", is_ok=False, detail=f"{url}: {waiting} updates wait; the last error was: {said}")
    return Check(name="webhook", is_ok=True, detail=f"{url}; {waiting} updates wait")
