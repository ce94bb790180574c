"""One of the driver processes of T2: `python -m ops.campaigns.promo_driver TELEGRAM_URL CODE FIRST_USER COUNT`.

Each user sends /redeem CODE to the stand-in's chat and taps [Redeem] if it is offered. Prints how many were given
time, how many were refused, and every answer that is neither.
"""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import aiohttp

from ops.stack import Chat, Stack

_AT_ONCE: Final = 12


async def drive(url: str, code: str, first: int, count: int) -> Counter[str]:
    """So many users from `first` on, some at a time; how they were answered."""
    found: Counter[str] = Counter()
    turns = asyncio.Semaphore(_AT_ONCE)
    async with aiohttp.ClientSession() as session:
        stack = Stack(Path(), session, telegram_url=url)

        async def one(user_id: int) -> None:
            async with turns:
                found[await _attempt(stack.chat(user_id), code)] += 1

        await asyncio.gather(*(one(first + number) for number in range(count)))
    return found


async def _attempt(chat: Chat, code: str) -> str:
    card = await chat.ask({"text": f"/redeem {code}"})
    if "This code adds" in card["text"]:
        card = await chat.press(card, "Redeem")
    text = str(card["text"])
    if text.startswith("✓ Added"):
        return "given"
    return "refused" if "used up" in text else text


def main() -> None:
    """Prints the counts as JSON."""
    url, code, first, count = sys.argv[1:]
    print(json.dumps(asyncio.run(drive(url, code, int(first), int(count)))))


if __name__ == "__main__":
    main()
