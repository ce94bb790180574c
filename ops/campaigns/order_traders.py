"""People who trade while the bot dies under them: they tap twice, and ask again when nothing comes."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from ops.campaigns.demo_accounts import connect_demo
from ops.stack import Chat, DriverError, Stack, labels_of

SYMBOLS: Final = MappingProxyType({"btc": ("BTCUSDT", 64_000.0), "eth": ("ETHUSDT", 3_100.0)})
"""What people call it, what the exchange does, and the price around which it moves."""
_TWICE_PANICS: Final = 0.5  # the share of entries by twos that a panic follows
_WAIT: Final = 4.0  # seconds for an answer while the bot is killed; people ask again


@dataclass(slots=True)
class Trader:
    """One person who enters, taps twice, moves the stop, halves, closes, panics, and asks again when nothing comes."""

    stack: Stack
    user_id: int
    draw: random.Random
    tally: Counter[str]
    has_parts: bool = True  # whether some closes are of a part
    panics: float = 0.1  # the share of entries that a panic follows at once
    is_paused: bool = False  # for all that is known: a panic was begun

    @property
    def chat(self) -> Chat:
        return self.stack.chat(self.user_id)

    async def begin(self) -> None:
        """Say hello, and every other one connects the account that is traded in."""
        await self.chat.say("/start")
        if self.user_id % 2:
            await connect_demo(self.stack, self.user_id)

    async def trade_until(self, stop: asyncio.Event) -> None:
        """One deed after the other; what a kill swallows is tried again."""
        deeds = {
            self._enter: 8,
            self._enter_twice: 2,
            self._close: 2,
            self._move_stop: 4,
            self._trail: 2,
            self._edit: 2,
            self._panic: 1,
            self._pause: 1,
        }
        deeds |= {self._part: 7} if self.has_parts else {}
        while not stop.is_set():
            (deed,) = self.draw.choices(list(deeds), list(deeds.values()))
            with suppress(DriverError):
                if self.is_paused:
                    await self._ask("/resume")
                    self.is_paused = False
                await deed()
            await asyncio.sleep(self.draw.random() * 0.3)

    async def _enter(self) -> None:
        coin = self.draw.choice(tuple(SYMBOLS))
        _, middle = SYMBOLS[coin]
        side = self.draw.choice(("long", "long", "long", "short"))  # against what stands it is refused
        words = f"{side} {coin} {self.draw.randint(3, 20) * 100}$ sl 3% tp 1% 2% 3%"
        words += self.draw.choice(("", "", " trail 2%"))
        words += self.draw.choice(("", "", " 5x", " 2x"))  # another leverage is an order of its own before it
        if self.draw.random() < 0.25:  # noqa: PLR2004  a share of the entries
            words += f" limit {middle * (1 + self.draw.uniform(-0.02, 0.02)):.0f}"
        await self._tap(await self._ask(words, "account value"), "✓ ")
        if self.draw.random() < self.panics:  # before the order can be on its way everywhere
            await self._panic()
            return
        if self.has_parts and self.draw.random() < 0.5:  # noqa: PLR2004  before anything else may happen to it
            await self._part(coin)

    async def _enter_twice(self) -> None:
        """Orders that wait for prices: the second one waits for the answer to the first, and a panic overtakes it."""
        coin = self.draw.choice(tuple(SYMBOLS))
        price = SYMBOLS[coin][1] * self.draw.uniform(0.93, 0.95)  # where no price comes
        words = f"long {coin} {self.draw.randint(3, 9) * 100}$ sl 3% limit {price:.0f}"
        cards = [await self._ask(words, "account value") for _ in range(2)]
        for card in cards:
            await self._tap(card, "✓ ")
        if self.draw.random() < max(self.panics, _TWICE_PANICS):
            await self._panic()

    async def _part(self, coin: str = "") -> None:
        coin, percent = coin or self.draw.choice(tuple(SYMBOLS)), self.draw.choice((25, 50))
        await self._tap(await self._ask(f"/close {coin} {percent}%", "after fees"), "Close ", as_="parts")

    async def _close(self) -> None:
        card = await self._ask(f"/close {self.draw.choice(tuple(SYMBOLS))}", "after fees")
        await self._tap(card, "Close ")

    async def _move_stop(self) -> None:
        """Through the card of the position, as thumbs do it."""
        card = await self._ask("/positions", "Mark")
        for words, told in ((self.draw.choice(("Long", "Short")), "closed now"), ("Stop", "Where shall")):
            label = _label(card, words)
            if label is None:
                return
            body = {"message_id": card["message_id"], "button": label}
            seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body))["seq"]
            card = await self.chat.answer(seq, wait=_WAIT, word=told)
        await self._tap(card, self.draw.choice(("1%", "2%", "3%")), as_="stops")

    async def _trail(self) -> None:
        """A trailing stop of another distance, or none any more."""
        words = f"trail {self.draw.choice(tuple(SYMBOLS))} {self.draw.choice(('2%', '3%', 'off'))}"
        await self._tap(await self._ask(words, "railing stop"), self.draw.choice(("Set the", "Take it")), as_="trails")

    async def _edit(self) -> None:
        """Another price or size of an order that waits."""
        coin = self.draw.choice(tuple(SYMBOLS))
        price = SYMBOLS[coin][1] * self.draw.uniform(0.93, 0.95)
        card = await self._ask(f"edit {coin} {self.draw.choice((f'{price:.0f}', '$700'))}", "would become")
        await self._tap(card, "Change the order", as_="edits")

    async def _panic(self) -> None:
        self.is_paused = True
        if self.draw.random() < 0.5:  # noqa: PLR2004  every other one
            await self._ask("/panic now")
        else:
            await self._tap(await self._ask("/panic"), "Close ")
        self.tally["panics"] += 1

    async def _pause(self) -> None:
        self.is_paused = True
        await self._ask("/pause")

    async def _ask(self, words: str, told: str = "") -> dict[str, Any]:
        """The first message after it that says `told`: cards of before are edited meanwhile."""
        seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/messages", {"text": words}))["seq"]
        return await self.chat.answer(seq, wait=_WAIT, word=told)

    async def _tap(self, card: dict[str, Any], words: str, *, as_: str = "") -> None:
        """Press the button with those words, if it is there, and often twice at once; it counts as `as_` or as them."""
        label = _label(card, words)
        if label is None:
            return
        taps = 1 + (self.draw.random() < 0.3)  # noqa: PLR2004  a share of the taps
        body = {"message_id": card["message_id"], "button": label}
        press = [self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body) for _ in range(taps)]
        await asyncio.gather(*press, return_exceptions=True)  # the card may have changed before the second one
        self.tally[as_ or words.strip()] += 1


def _label(card: dict[str, Any], words: str) -> str | None:
    """The first button whose label has these words in it."""
    return next((label for label in labels_of(card) if words in label), None)
