"""A seeded monkey in the chat: it presses whatever button is visible, types whatever people type, and moves the market.

After each of its steps nothing may have failed, and the bot's memory is what the practice exchange holds.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any, Final

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeDown
from bot.domain.ids import Millis
from bot.domain.portfolio import Position, Side
from bot.domain.trade_plans import PlanState
from harness.app import ANNA, BORIS, OWNER, Harness, Person
from harness.bot_api import Bubble
from harness.storage import write_protected
from harness.waiting import until

LINES: Final = (
    "long btc 100$ sl 3%",
    "sell eth $500 limit 3,120",
    "buy btc 0.01 sl 3% tp 64k 66k 68k",
    "short btc 2% sl 3% tp 62k",
    "лонг биток 100$ стоп 3%",
    "buy 1 sol limit 150 sl 5%",
    "buy sol 300$ sl 2% tp 3% 5% 8% be",
    "sell btc 0.002 sl 2%",
    "buy doge 50$ sl 4%",
    "buy eth 0.5 limit 3000-3100 sl 2900",
    "шорт ефір 100$ стоп 3%",
    "buy btc risk 1% sl 2%",
    "buy eth 1 x10 sl 3%",
    "buy btc 1000000$",
    "sell eth 200$",
    "buy btc",
    "64000",
    "3%",
    "62k 66k 68k 50/30/20",
    "0",
    "-1",
    "1e999",
    "NaN",
    "½",
    "٣٪",
    "100" * 200,
    "<b>&amp;",
    "\u202e\u0000x",
)
ORDERS: Final = (
    "buy 0.01 btc sl 3%",
    "buy 0.01 btc sl 3%",
    "buy 0.02 btc sl 3% tp 1% 2% 3%",
    "sell 0.02 btc sl 2% tp 1% 2%",
    "buy 0.3 eth sl 3% tp 0.5% 1% 2% breakeven",
    "sell 0.3 eth sl 3%",
    "sell 2 sol sl 3% tp 1% 4%",
    "buy 3 sol limit 150 sl 140",
    "buy 3 sol limit 149 148 sl 140 tp 160 170",
    "sell 0.2 eth limit 3200 sl 3300",
    "buy 100$ btc",
    "sell 100$ btc",
    "buy 1000 doge sl 4% tp 3%",
    "buy btc 5000$ x10 sl 5%",
    "buy eth 3000$ x50 no stop",
)
COMMANDS: Final = (
    "/start",
    "/positions",
    "/orders",
    "/balance",
    "/trades",
    "/fills",
    "/stats",
    "/stats week sides",
    "/truth",
    "/export",
    "/buy",
    "/sell",
    "/buy btc",
    "/buy btc 100$ sl 3%",
    "/sell eth 50$",
    "/close",
    "/close btc",
    "/close eth half",
    "/close all",
    "/close losers",
    "/close long 25%",
    "/panic",
    "/panic now",
    "/pause",
    "/resume",
    "/resume",
    "/limits",
    "/practice reset",
    "/cancel",
    "/cancel all",
    "/price btc",
    "/halt maintenance",
    "/unhalt",
)
SYMBOLS: Final = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT")
_APOLOGIES: Final = ("Sorry, something went wrong", "Sorry, I could not do that")


class Misfortune(AssertionError):  # noqa: N818  named by what is wrong
    """What the monkey found, and how it came to it."""


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


class Monkey:
    """One seeded monkey with two people's phones and the owner's."""

    def __init__(self, bot: Harness, seed: int) -> None:
        self.bot = bot
        self.draw = random.Random(seed)  # noqa: S311  a test's own chance
        self.people: list[Person] = []
        self.diary: list[str] = []
        self.did: Counter[str] = Counter()
        self.errors = _Errors()
        self.is_settled = True  # before it judges, as the minute's job does
        self.base = {name: Decimal(price) for name, price in bot.bybit.symbols.items()}

    async def run(self, steps: int) -> None:
        """So many steps. Raises Misfortune with the diary's last lines."""
        logging.getLogger().addHandler(self.errors)
        try:
            for user, language, name in ((ANNA, "en", "Anna"), (BORIS, "ru", "Boris"), (OWNER, "en", "Olga")):
                person = self.bot.person(user, language=language, name=name)
                self.people.append(person)
                await person.say("/start")
            for number in range(steps):
                await self._step(number)
        finally:
            logging.getLogger().removeHandler(self.errors)

    async def _step(self, number: int) -> None:
        acts: tuple[tuple[int, Callable[[], Awaitable[None]]], ...] = (
            (24, self._press),
            (8, self._line),
            (18, self._enter),
            (20, self._manage),
            (12, self._command),
            (12, self._move),
            (3, self._double),
            (2, self._crowd),
            (2, self._late),
            (3, self._in_trouble),
            (2, self._forged),
        )
        (act,) = self.draw.choices([each for _, each in acts], [each for each, _ in acts])
        try:
            await act()
            await self._quiet()
            self.did[act.__name__] += 1
            await self._judge()
        except Exception as broken:
            lines = "\n".join(self.diary[-25:])
            raise Misfortune(f"step {number}: {broken!r}\n{lines}") from broken

    # --- what it does ---------------------------------------------------------------------------------------------

    def _someone(self) -> Person:
        return self.draw.choices(self.people, (6, 3, 1))[0]

    def _button(self, person: Person) -> tuple[Bubble, dict[str, Any]] | None:
        bubbles = [
            each for each in person.bubbles[-6:] if any("callback_data" in b for row in each.keyboard for b in row)
        ]
        if not bubbles:
            return None
        bubble = bubbles[-1] if self.draw.random() < 0.7 else self.draw.choice(bubbles)
        buttons = [each for row in bubble.keyboard for each in row if "callback_data" in each]
        firsts = [each for each in buttons if each["text"][:1] in {"✓", "✅"} or each["text"].startswith("Close ")]
        return bubble, self.draw.choice(firsts if firsts and self.draw.random() < 0.4 else buttons)

    async def _press(self) -> None:
        person = self._someone()
        found = self._button(person)
        if found is None:
            return
        bubble, button = found
        self._note(person, f"[{button['text']}] {button['callback_data']} on {bubble.message_id}")
        self._heard(await person.tap(button["callback_data"], bubble=bubble))

    async def _enter(self) -> None:
        """A line that is understood, and its card's [Buy …]."""
        person = self._someone()
        line = self.draw.choice(ORDERS)
        self._note(person, f"orders {line}")
        if self.draw.random() < 0.3:
            await person.say("/resume")
        card = await person.say(line)
        if card is None:
            return
        self._heard(card)
        for _ in range(3):
            labels = [each for each in card.labels if each[:1] in {"✓", "⇒"} or each in {"Go on", "Дальше"}]
            if not labels:
                return
            if self.draw.random() < 0.2:
                await self._move()
            card = await self._tap(person, card, labels[0])
            if self.draw.random() < 0.5:
                return

    async def _manage(self) -> None:
        """A position's card, one of its buttons, and one of what comes then."""
        person = self._someone()
        account = await self.bot.practice_account(person.user_id)
        held = (await self.bot.assembly.practice.orders.positions(account)).items
        if not held:
            return
        leg = self.draw.choice(held)
        self._note(person, f"looks at {leg.symbol} {leg.position_idx}")
        card = await person.tap(f"v1:leg:{account.account_id}:{leg.symbol}:{leg.position_idx}", bubble=person.last)
        for _ in range(self.draw.choice((1, 2, 2, 2, 3))):
            labels = [each for each in card.labels if each not in {"Menu", "Меню"} and "↻" not in each]
            if not labels:
                return
            card = await self._tap(person, card, self.draw.choice(labels))
            if self.draw.random() < 0.2:
                line = self.draw.choice(("3%", "1%", "64k", "62k 66k", "3000", "150 155 160 30/30/40", "none", "0.12"))
                self._note(person, f"says {line}")
                card = await person.say(line) or card
                self._heard(card)

    async def _tap(self, person: Person, card: Bubble, label: str) -> Bubble:
        self._note(person, f"[{label}]")
        data = card.button(label).get("callback_data")
        if data is None:
            return card
        taps = [person.tap(data, bubble=card) for _ in range(self.draw.choice((1, 1, 1, 1, 2)))]
        answered = (await asyncio.gather(*taps))[0]
        self._heard(answered)
        return answered

    async def _double(self) -> None:
        """The same button twice, by two devices at once or a moment later."""
        person = self._someone()
        found = self._button(person)
        if found is None:
            return
        bubble, button = found
        self._note(person, f"[{button['text']}] twice")
        taps = [person.tap(button["callback_data"], bubble=bubble) for _ in range(2)]
        await asyncio.gather(*taps)

    async def _crowd(self) -> None:
        """Several people, or several of one's buttons, at once."""
        taps = []
        for _ in range(3):
            person = self._someone()
            found = self._button(person)
            if found is not None:
                bubble, button = found
                self._note(person, f"[{button['text']}] at once")
                taps.append(person.tap(button["callback_data"], bubble=bubble))
        await asyncio.gather(*taps)

    async def _forged(self) -> None:
        """Somebody else's button, or a changed one."""
        one, other = self.draw.sample(self.people, 2)
        found = self._button(one)
        if found is None:
            return
        data = found[1]["callback_data"]
        if self.draw.random() < 0.5:
            place = self.draw.randrange(len(data))
            data = data[:place] + self.draw.choice("0aZ:-٣ ") + data[place + 1 :]
        self._note(other, f"forged {data}")
        await other.tap(data[:64], bubble=other.last if other.bubbles else None)

    async def _line(self) -> None:
        person = self._someone()
        line = self.draw.choice(LINES)
        self._note(person, f"says {line[:60]!r}")
        bubble = await person.say(line)
        if bubble is not None:
            self._heard(bubble)

    async def _command(self) -> None:
        person = self._someone()
        line = self.draw.choice(COMMANDS)
        self._note(person, f"says {line}")
        bubble = await person.say(line)
        if bubble is not None:
            self._heard(bubble)

    async def _move(self) -> None:
        symbol = self.draw.choice(SYMBOLS)
        old = Decimal(self.bot.bybit.symbols[symbol])
        share = Decimal(str(round(self.draw.choice((0.001, 0.01, 0.04)) * self.draw.uniform(-1, 1), 5)))
        price = min(max(old * (1 + share), self.base[symbol] * Decimal("0.7")), self.base[symbol] * Decimal("1.4"))
        new = price.quantize(self.base[symbol])
        self.diary.append(f"{symbol} {old} → {new}")
        await self.bot.move(symbol, str(new), seconds=self.draw.choice((1, 2, 5)))

    async def _late(self) -> None:
        seconds = self.draw.choice((20, 31, 61, 300, 3_700))
        self.diary.append(f"{seconds} s later")
        self.bot.clock.advance(seconds)
        for symbol in SYMBOLS:
            await self.bot.move(symbol, self.bot.bybit.symbols[symbol], seconds=0)

    async def _in_trouble(self) -> None:
        """A press or a line while Bybit is silent or the disk refuses."""
        kind = self.draw.choice(("silent", "disk"))
        self.diary.append(f"trouble: {kind}")
        async with AsyncExitStack() as stack:
            if kind == "disk":
                await stack.enter_async_context(write_protected(self.bot.database))
            else:
                self.bot.bybit.trouble = ExchangeDown("silent")
                stack.callback(setattr, self.bot.bybit, "trouble", None)
            await self.draw.choice((self._press, self._press, self._line))()
            await asyncio.sleep(0.05)
        self.errors.lines.clear()  # a disk that refuses is an error that is rightly in the log
        self.bot.clock.advance(1)

    # --- what must hold -------------------------------------------------------------------------------------------

    async def _quiet(self) -> None:
        runner = self.bot.services.trading.runner
        data = self.bot.app.bot_data
        await until(lambda: not len(runner.tasks) and not len(data.tasks), what="quiet")

    async def _judge(self) -> None:
        if self.errors.lines:
            raise AssertionError("in the log: " + self.errors.lines[0][-3000:])
        for person in self.people:
            account = await self.bot.practice_account(person.user_id)
            if self.is_settled:
                await self._settled(account)
            await self._compare(account)

    async def _settled(self, account: Account) -> None:
        """The jobs' rounds: what waits for its time is due."""
        for _ in range(3):
            await self.bot.services.trading.settlement.settle(account.account_id)
            await self._quiet()

    async def _compare(self, account: Account) -> None:
        gateway = self.bot.assembly.practice.orders
        held = (await gateway.positions(account)).items
        orders = (await gateway.orders(account)).items
        known = await self.bot.assembly.storage.account_queries.positions(account.account_id)
        remembered = () if known is None else known.items
        there, here = _legs(held), _legs(remembered)
        assert there == here, f"the exchange holds {there}, the bot knows {here}"
        queries = self.bot.services.trading.settlement.queries
        plans = await queries.plans_open(account.account_id)
        by_leg = {each.leg: each for each in plans}
        assert len(by_leg) == len(plans), "two plans of one leg"
        for position in held:
            plan = by_leg.get(position.leg_key(account.account_id))
            assert plan is not None, f"a position without a plan: {position.symbol} {position.side} {position.size}"
            assert plan.side is position.side, f"{position.symbol}: plan {plan.side}, position {position.side}"
            assert (position.stop_loss or None) == (plan.stop or None), (
                f"{position.symbol} {position.side} {position.size} at {position.avg_price}:"
                f" stop {position.stop_loss}, promised {plan.stop}"
            )
        live = {each.order_link_id for each in await queries.intents_live(account.account_id)}
        for order in orders:
            if order.stop_order_type:
                continue
            assert order.order_link_id in live, f"an order nobody knows: {order}"
        resting = {each.order_link_id for each in orders}
        for intent in await queries.intents_live(account.account_id):
            assert intent.state not in {"sending", "unknown"}, f"left {intent}"
            if intent.is_order:
                assert intent.order_link_id in resting, f"{intent.kind} {intent.state} rests nowhere"
            if intent.plan_id is not None:
                trade = await queries.trade(intent.plan_id)
                assert trade is not None
                assert trade.plan.state is not PlanState.ENDED, f"{intent.kind} of an ended plan rests"
        executions = await gateway.executions_since(account, Millis(0))
        assert len({each.exec_id for each in executions}) == len(executions)

    def _heard(self, bubble: Bubble) -> None:
        self.diary.append(f"    « {bubble.text[:220]!r} {bubble.labels}")
        if any(each in bubble.text for each in _APOLOGIES):
            raise AssertionError(f"an apology: {bubble.text}")

    def _note(self, person: Person, what: str) -> None:
        self.diary.append(f"{person.name}: {what}")


def _legs(positions: tuple[Position, ...]) -> dict[tuple[str, int], tuple[Side, Decimal]]:
    return {(each.symbol, each.position_idx): (each.side, each.size) for each in positions if each.size}
