"""Orders with practice money: the bot as a process, two hundred people who buy, and what the intent's commit costs.

Each of them says /start, taps [Buy BTC $100], looks at the card, confirms it and reads what was filled, about twenty
times a second all together. A tap counts until the card, a confirmation until the fill stands in the chat.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ops.bench import intents
from ops.bench.report import Row
from ops.stack import Chat, DriverError, Stack, labels_of, running_stack

PEOPLE: Final = 200
SECONDS: Final = 20.0
CONFIRMS: Final = 20.0  # a second, of all of them
_PATIENCE: Final = 60.0  # seconds for a card or a fill
_FIRST_USER: Final = 51_000_001
_OFFER: Final = "Buy BTC $100"
_CONFIRM: Final = "✓ "
_FILLED: Final = "Filled"


@dataclass(slots=True)
class _Times:
    """Seconds from a tap to what it is for."""

    cards: list[float] = field(default_factory=list)
    fills: list[float] = field(default_factory=list)
    without: int = 0  # taps whose card or fill did not come


async def run(people: int = PEOPLE, seconds: float = SECONDS) -> AsyncGenerator[list[Row], None]:
    """Tap to card, confirm to fill; the intent's commit."""
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as name:
        async with running_stack(Path(name), log_level="WARNING", is_forked=False) as stack:
            chats = [stack.chat(_FIRST_USER + place) for place in range(people)]
            await asyncio.gather(*(chat.say("/start", wait=_PATIENCE) for chat in chats))
            yield []
            yield _rows(await _traded(stack, chats, seconds), people)
    yield await intents.rows()


async def _traded(stack: Stack, chats: Sequence[Chat], seconds: float) -> _Times:
    times, draw = _Times(), random.Random(7)  # noqa: S311  a load, not a secret
    await stack.bybit("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": "64000", "hold": True})
    pause = len(chats) / CONFIRMS
    await asyncio.gather(*(_trade(chat, draw, times, time.monotonic() + seconds, pause) for chat in chats))
    return times


async def _trade(chat: Chat, draw: random.Random, times: _Times, end: float, pause: float) -> None:
    """Buy again and again; `pause` seconds between two purchases on average."""
    await asyncio.sleep(draw.random() * pause)
    while time.monotonic() < end:
        try:
            offer = await _sent(chat, "/start")
            took, card = await _tap(chat, offer, _OFFER, lambda message: bool(_label(message, _CONFIRM)))
            times.cards.append(took)
            took, _ = await _tap(chat, card, _label(card, _CONFIRM), lambda message: _FILLED in message["text"])
            times.fills.append(took)
        except DriverError:
            times.without += 1
        await asyncio.sleep(draw.expovariate(1 / pause))


async def _sent(chat: Chat, text: str) -> dict[str, Any]:
    """The message that answers a text; an edit of an older one is no answer. Raises DriverError."""
    seq = (await chat.stack.telegram("POST", f"/sim/users/{chat.user_id}/messages", {"text": text}))["seq"]
    end = time.monotonic() + _PATIENCE
    while (left := end - time.monotonic()) > 0:
        for event in await chat.events(seq, wait=left):
            seq = event["seq"]
            if event["kind"] == "sent" and event["message"]["from"]["is_bot"]:
                return dict(event["message"])
    raise DriverError(f"no answer within {_PATIENCE:g} s")


async def _tap(
    chat: Chat, message: Mapping[str, Any], label: str, wanted: Callable[[Mapping[str, Any]], bool]
) -> tuple[float, dict[str, Any]]:
    """Seconds from the press until the message is what was wanted, and that message. Raises DriverError."""
    number, began = message["message_id"], time.time()
    press = await chat.stack.telegram(
        "POST", f"/sim/users/{chat.user_id}/press", {"message_id": number, "button": label}
    )
    seq, end = press["seq"], time.monotonic() + _PATIENCE
    while (left := end - time.monotonic()) > 0:
        for event in await chat.events(seq, wait=left):
            seq, found = event["seq"], event.get("message", {})
            if event["kind"] == "edited" and found["message_id"] == number and wanted(found):
                return max(0.0, event["at"] / 1000 - began), dict(found)
    raise DriverError(f"{label!r} came to nothing within {_PATIENCE:g} s")


def _label(message: Mapping[str, Any], begins: str) -> str:
    """The first button whose label begins so; "" for none."""
    return next((each for each in labels_of(message) if each.startswith(begins)), "")


def _rows(times: _Times, people: int) -> list[Row]:
    if len(times.fills) < 2:  # noqa: PLR2004  what quantiles need
        raise DriverError(f"{len(times.cards)} cards, {len(times.fills)} fills: nothing to measure")
    rows = []
    for name, found, most in (("tap to card", times.cards, 150), ("confirm to fill shown", times.fills, 250)):
        late = statistics.quantiles(found, n=100)[98] * 1000
        rows.append(Row(name=f"{name}, {people} people, p50", value=statistics.median(found) * 1000, unit="ms"))
        rows.append(Row.at_most(f"{name}, {people} people, p99", late, "ms", most))
    return [*rows, Row(name="taps that came to nothing", value=times.without, unit="")]
