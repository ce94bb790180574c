"""What a trader's tasks cost: taps, lines typed, new messages of the bot and words read, through the front door.

Every task takes three taps at most, or one line. A number that grows fails: lower it where a task becomes shorter.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.app import Person, harness
from harness.demo_trading import DemoTrading, demo_trading
from harness.waiting import until

MOST_TAPS = 3
HELD = ("buy 0.01 btc sl 3%", "[✓ Buy")
SIGNAL = "BTC LONG\nEntry: market\nTP1: 66000\nTP2: 68000\nSL: 62000"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A step is a button by its first letters in […, a price as !BTCUSDT 66000, or a line that is typed.

    On Bybit Demo also what happens in Bybit's own app, as @open or @remove_stop.
    """

    name: str
    steps: tuple[str, ...]
    ends: str  # what the last screen says when it is done
    messages: int  # new ones of the bot
    words: int  # of the screen that the task ends with
    before: tuple[str, ...] = ()  # not counted
    language: str = "en"

    @property
    def taps(self) -> int:
        return sum(step.startswith("[") for step in self.steps)


TASKS = (
    Task(name="first fill", steps=("/start", "[Buy BTC $100", "[✓ Buy"), ends="Filled", messages=1, words=31),
    Task(name="first short", steps=("/start", "[Sell BTC $100", "[✓ Sell"), ends="Filled", messages=1, words=31),
    Task(name="buy by a line", steps=("long btc 100$ sl 3% tp 66k 68k", "[✓ Buy"), ends="Filled", messages=1, words=31),
    Task(
        name="buy by a line, ru",
        steps=("лонг биток 100$ стоп 3%", "[✓ Купить"),
        ends="Исполнено",
        messages=1,
        words=30,
        language="ru",
    ),
    Task(
        name="buy by a line, uk",
        steps=("лонг біток 100$ стоп 3%", "[✓ Купити"),
        ends="Виконано",
        messages=1,
        words=30,
        language="uk",
    ),
    Task(name="buy by a command", steps=("/buy btc 100$", "[✓ Buy"), ends="Filled", messages=1, words=31),
    Task(name="buy by a ticket", steps=("/buy eth", "[$250", "[Check", "[✓ Buy"), ends="Filled", messages=1, words=31),
    Task(name="a pasted signal", steps=(SIGNAL, "[Go on", "[✓ Buy"), ends="Filled", messages=1, words=34),
    Task(name="a limit order", steps=("buy eth $500 limit 3000", "[✓ Buy"), ends="Resting", messages=1, words=17),
    Task(name="an ambiguous number", steps=("/buy btc 3,120$", "[3120$"), ends="At market", messages=1, words=124),
    Task(
        name="close",
        steps=("/positions", "[BTC", "[Close", "[Close"),
        ends="all fees",
        messages=1,
        words=27,
        before=HELD,
    ),
    Task(name="close by a line", steps=("/close btc", "[Close"), ends="all fees", messages=1, words=27, before=HELD),
    Task(name="half", steps=("/positions", "[BTC", "[½", "[Close"), ends="all fees", messages=1, words=27, before=HELD),
    Task(
        name="half by a line", steps=("/close btc half", "[Close"), ends="all fees", messages=1, words=27, before=HELD
    ),
    Task(name="stop", steps=("/positions", "[BTC", "[Stop", "[−2"), ends="✅ Stop", messages=1, words=11, before=HELD),
    Task(
        name="targets",
        steps=("/positions", "[BTC", "[Targets", "[+5"),
        ends="Targets are",
        messages=1,
        words=16,
        before=HELD,
    ),
    Task(
        name="breakeven",
        steps=("/positions", "[BTC", "[Breakeven", "[Move"),
        ends="stands at breakeven",
        messages=1,
        words=10,
        before=(*HELD, "!BTCUSDT 66000"),
    ),
    Task(
        name="cancel",
        steps=("/orders", "[Cancel orders", "[✕ 1"),
        ends="canceled",
        messages=1,
        words=4,
        before=("buy eth $500 limit 3000", "[✓ Buy"),
    ),
    Task(
        name="cancel all",
        steps=("/orders", "[Cancel orders", "[Cancel all"),
        ends="canceled",
        messages=1,
        words=4,
        before=("buy eth $500 limit 3000", "[✓ Buy"),
    ),
    Task(name="panic", steps=("/panic", "[Close 1"), ends="Flat", messages=1, words=32, before=HELD),
    Task(name="panic now", steps=("/panic now",), ends="Flat", messages=1, words=32, before=HELD),
    Task(name="pause", steps=("/pause",), ends="Paused", messages=1, words=14),
    Task(name="resume", steps=("/resume",), ends="open again", messages=1, words=5, before=("/pause",)),
    Task(name="a limit", steps=("/limits", "[Positions", "[5"), ends="from now on", messages=1, words=67),
    Task(name="a limit by a line", steps=("/limits positions 5",), ends="from now on", messages=1, words=67),
    Task(
        name="a limit taken back",
        steps=("[Take back",),
        ends="Taken back",
        messages=0,
        words=55,
        before=("/limits positions 5",),
    ),
    Task(
        name="a looser limit",
        steps=("/limits", "[Positions", "[no limit"),
        ends="looser waits a day",
        messages=1,
        words=78,
    ),
    Task(name="practice again", steps=("/practice reset", "[Begin"), ends="begins again", messages=1, words=12),
    Task(name="hedge", steps=("/practice reset", "[Hedge", "[Begin"), ends="Hedge", messages=1, words=11),
    Task(name="language", steps=("/lang", "[Русский"), ends="Язык", messages=1, words=3),
    Task(
        name="buy from a price", steps=("/price eth", "[Buy", "[Check", "[✓ Buy"), ends="Filled", messages=1, words=31
    ),
)

FOREIGN = ("@open",)
MOVED = ("buy 0.01 btc sl 3%", "[✓ Buy", "@remove_stop")
ON_DEMO = (
    Task(
        name="manage",
        steps=("/positions", "[⚠️ BTC", "[Manage", "[Manage"),
        ends="I manage it from now on",
        messages=1,
        words=11,
        before=FOREIGN,
    ),
    Task(
        name="stop managing",
        steps=("/close btc", "[Leave it open"),
        ends="only watch",
        messages=1,
        words=30,
        before=("buy 0.01 btc sl 3%", "[✓ Buy"),
    ),
    Task(
        name="restore a stop",
        steps=("/positions", "[⚠️ BTC", "[⚠️ Bybit and I", "[Restore"),
        ends="set again as it was promised",
        messages=1,
        words=24,
        before=MOVED,
    ),
    Task(name="refill", steps=("/balance", "[Refill", "[10"), ends="more in Bybit Demo", messages=1, words=11),
)


async def take(person: Person, step: str) -> None:
    """One step, and whatever goes on by itself after it."""
    if step.startswith("!"):
        symbol, price = step[1:].split()
        await person.harness.move(symbol, price, seconds=30)
    elif step.startswith("["):
        label = next(each for each in person.last.labels if each.startswith(step[1:]))
        await person.press(label)
    else:
        await person.say(step)
    await person.harness.settle()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
async def test_a_task_takes_no_more_than_it_did(task: Task, tmp_path: Path) -> None:
    async with harness(tmp_path) as app:
        person = app.person(language=task.language)
        app.app.bot_data.live_messages.trade_s = 2  # what is still open then is followed no longer
        await person.say("/start")
        for step in task.before:
            await take(person, step)
        before = len(person.bubbles)
        for step in task.steps:
            await take(person, step)
        check(task, person, before)


@pytest.mark.parametrize("task", ON_DEMO, ids=lambda task: task.name)
async def test_a_task_on_bybit_demo_takes_no_more_than_it_did(task: Task, tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as desk:
        person = desk.person
        desk.chat.app.bot_data.live_messages.trade_s = 0.1
        for step in task.before:
            await (act(desk, step[1:]) if step.startswith("@") else take(person, step))
        before = len(person.bubbles)
        for step in task.steps:
            await take(person, step)
        check(task, person, before)


async def act(desk: DemoTrading, what: str) -> None:
    """In Bybit's own app; of what was promised here it is found out then."""
    trading, config = desk.chat.services.trading, await desk.chat.config()
    account_id = config.default_account.account_id

    async def is_protected() -> bool:
        await desk.settle()
        return all(each.stop_verified_ts for each in await trading.watch.queries.plans_open(account_id))

    async def is_found() -> bool:
        desk.chat.clock.advance(1)
        await desk.settle()
        return bool(await trading.disagreements.of_account(config, account_id))

    await until(is_protected, what="that the stop was seen")
    opens = {"side": "Buy", "qty": "0.02"} if what == "open" else {}
    desk.control.act_in_app(str(desk.uid), {"act": what, "symbol": "BTCUSDT", **opens})
    if what != "open":
        await until(is_found, what="that Bybit shows something else")


def check(task: Task, person: Person, before: int) -> None:
    assert task.ends in person.last.text
    words = len(re.findall(r"\w+", person.last.text))
    assert task.taps <= MOST_TAPS
    assert (len(person.bubbles) - before, words) == (task.messages, task.words), "a task has become longer, or shorter"
