"""What a trader's tasks cost: taps, lines typed, new messages of the bot and words read, through the front door.

Every task takes three taps at most, or one line. A number that grows fails: lower it where a task becomes shorter.
"""

import re
from dataclasses import dataclass
from math import inf
from pathlib import Path

import pytest
from harness.app import KEY_ID, OWNER, SECRET, Harness, Person, harness, said
from harness.demo_trading import DemoTrading, demo_trading
from harness.waiting import until

MOST_TAPS = 3
CONNECT = f"/keys add demo {KEY_ID} {SECRET}"
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

IN_TURN = (  # by one person, one after the other: most of them only look
    Task(name="notify", steps=("/notify", "[🔔 Entries"), ends="🔕 Entries", messages=1, words=65),
    Task(name="notify by a line", steps=("/notify entries off",), ends="✖ Entries", messages=1, words=69),
    Task(name="quiet hours", steps=("/notify", "[Quiet hours", "[23:00"), ends="23:00–08:00", messages=1, words=69),
    Task(name="quiet hours by a line", steps=("/notify quiet off",), ends="Quiet hours: none", messages=1, words=65),
    Task(name="mute", steps=("/notify", "[Mute 8"), ends="Muted until", messages=1, words=77),
    Task(name="end of a mute", steps=("[End mute",), ends="not muted", messages=0, words=65),
    Task(name="mute by a line", steps=("/mute 8h",), ends="Muted until", messages=1, words=77),
    Task(name="balance", steps=("/balance",), ends="10,000.00", messages=1, words=29),
    Task(name="price", steps=("eth",), ends="3,120.25", messages=1, words=60),
    Task(name="book", steps=("/book btc",), ends="order book", messages=1, words=133),
    Task(name="chart", steps=("/chart btc",), ends="High 64,531.55", messages=1, words=27),
    Task(name="favorite", steps=("/price btc", "[☆"), ends="64,210.50", messages=1, words=60),
    Task(name="alert", steps=("/price btc", "[🔔", "[+5%"), ends="rises to 67,421.02", messages=1, words=19),
    Task(name="alert by a line", steps=("alert eth 4k",), ends="rises to 4,000.00", messages=1, words=19),
    Task(name="alerts", steps=("/alerts",), ends="2 of 50", messages=1, words=35),
    Task(name="statistics", steps=("/stats",), ends="Month", messages=1, words=24),
    Task(name="statistics of a week", steps=("/stats week",), ends="Week", messages=1, words=24),
    Task(name="card truth", steps=("/truth",), ends="Card truth", messages=1, words=38),
    Task(name="export", steps=("/export", "[This month"), ends="CSV files", messages=1, words=21),
    Task(name="daily report", steps=("/stats", "[Daily", "[08:00"), ends="08:00", messages=1, words=47),
    Task(name="license", steps=("/license",), ends="You have no license", messages=1, words=119),
    Task(name="trial", steps=("/license", "[Start the 7"), ends="trial has started", messages=1, words=128),
    Task(name="redeem", steps=("/redeem SPRING26", "[Redeem"), ends="Premium", messages=1, words=11),
    Task(name="subscribe", steps=("/subscribe", "[Basic 1"), ends="30 days", messages=2, words=3),
    Task(name="keys by a line", steps=(CONNECT,), ends="Bybit Demo is connected", messages=1, words=28),
    Task(name="a position", steps=("buy 0.01 btc sl 3%", "[✓ Buy"), ends="Filled", messages=1, words=31),
    Task(name="positions", steps=("/positions",), ends="1 open", messages=1, words=65),
    Task(name="receipt", steps=("/receipt",), ends="tap", messages=1, words=82),
    Task(name="if I vanish", steps=("/vanish",), ends="If I vanish now", messages=1, words=110),
    Task(name="fills", steps=("/fills",), ends="Fills", messages=1, words=34),
    Task(name="trail by a line", steps=("trail btc 2%", "[Set the"), ends="trailing stop stands", messages=1, words=16),
    Task(name="a resting order", steps=("buy eth $500 limit 3000", "[✓ Buy"), ends="Resting", messages=1, words=17),
    Task(
        name="edit by a line",
        steps=("/edit eth 2950", "[Change the"),
        ends="The order is changed",
        messages=1,
        words=13,
    ),
    Task(name="orders", steps=("/orders",), ends="Orders", messages=1, words=107),
    Task(name="close losers", steps=("/close losers", "[Close 1"), ends="all fees", messages=1, words=27),
    Task(name="trades", steps=("/trades",), ends="Closed trades", messages=1, words=24),
    Task(name="drill", steps=("/drill", "[Start"), ends="I do not look", messages=1, words=37),
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
        steps=("/positions", "[⚠️ BTC", "[⚠️ We disagree", "[Restore"),
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


async def test_tasks_in_turn_take_no_more_than_they_did(tmp_path: Path) -> None:
    async with harness(tmp_path) as app:
        await make_code(app)
        person = app.person()
        app.app.bot_data.live_messages.trade_s = 2
        await person.say("/start")
        await app.terms_accepted()
        grown: dict[str, tuple[int, int]] = {}
        for task in IN_TURN:
            before = len(person.bubbles)
            for step in task.steps:
                await take(person, step)
            assert task.ends in person.last.text, task.name
            assert task.taps <= MOST_TAPS
            grown |= counted(task, person, before)
        assert not grown, f"longer, or shorter: {grown}"


async def make_code(app: Harness) -> None:
    """A promo code of the owner's, who entered the PIN just now."""
    owner = app.person(OWNER, name="Olga")
    await owner.say("/start")
    app.services.pin._open_until[OWNER] = inf
    await said(owner, "/promo new premium 30d max=100 code=SPRING26")
    await owner.press("Create")


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
    assert task.taps <= MOST_TAPS
    assert counted(task, person, before) == {}, "a task has become longer, or shorter"


def counted(task: Task, person: Person, before: int) -> dict[str, tuple[int, int]]:
    """New messages and words of a task that are not those of its row."""
    text = re.sub(r"\S{30,}", "id", person.last.text)  # ids of orders are drawn: a dash in one would be a word more
    found = len(person.bubbles) - before, len(re.findall(r"\w+", text))
    return {} if found == (task.messages, task.words) else {task.name: found}
