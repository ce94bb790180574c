"""Rows that an earlier version wrote: today's code still reads each of them, through the front.

tests/data/stored/database.sql is a whole database; the JSON files hold rows that were written over it. Keys and codes
in there are sealed with the key of tests/harness/app.py. `before` is what people do first, `shows` what the answer
must contain: numbers and words that come out of the row's values.
"""

import asyncio
import json
import logging
import re
import secrets
import shutil
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

import pytest
from harness.app import TEXTS, Harness, Person
from harness.app import harness as open_harness
from harness.metrics import metrics_text
from harness.stored import STORED, stored

from bot.domain.ids import Millis
from bot.domain.payloads import decode, encode
from bot.domain.users import Language
from handlers.admin.audit_views import action_name
from handlers.core.specs import ActionSpec, DialogueSpec
from handlers.outbox_messages import OUTBOX_MESSAGES, OutboxTexts
from handlers.registry import TABLE
from handlers.texts.catalog import Texts, Translator
from storage.chat.outbox import SqliteOutbox
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate

# The only places where a name of the code stands.
RENDER: Final = OutboxTexts(TEXTS).render
OUTBOX_KINDS: Final = frozenset(OUTBOX_MESSAGES)
CODE_OF_TAG: Final = {code.TAG: code for code in TABLE.codes}
ACTIONS: Final = frozenset(each.action for each in TABLE.specs if hasattr(each, "action"))
DIALOGUES: Final = frozenset(each.dialogue for each in TABLE.specs if hasattr(each, "dialogue"))


# --- the stored rows, and people who use them -----------------------------------------------------------------------

SOURCES: Final = Path(__file__).parents[2] / "bot"
NAMES: Final = {1000: "Olga", 1001: "Anna", 1002: "Boris", 1003: "Clara", 1004: "Dora", 1005: "Erik", 1006: "Fedir"}
PIN: Final = "271828"  # Olga's and Dora's; whoever has none chooses it
UNKNOWN: Final = "t:" + "-" * 22
AGE: Final = 600.0  # seconds between the harness's first moment and the last one of database.sql
HOUR: Final = 3_600_000
Stored = Mapping[str, Any]


@asynccontextmanager
async def stored_house(folder: Path) -> AsyncIterator[Harness]:
    """The harness over the stored database as it is after every migration, a moment after its last row."""
    await asyncio.to_thread(shutil.copy, await asyncio.to_thread(brought_up), folder / "perpdesk.sqlite3")
    async with open_harness(folder) as harness:
        harness.clock.advance(AGE)
        yield harness


@cache
def brought_up() -> Path:
    """The stored database, migrated once for all tests. Blocks; not for the loop's thread."""
    path = Path(mkdtemp(prefix="perpdesk-tests-")) / "perpdesk.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.executescript((STORED / "database.sql").read_text())
    path.chmod(0o600)

    async def bring_up() -> None:
        async with Database.open(path) as database:
            await migrate(database)

    asyncio.run(bring_up())
    return path


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    async with stored_house(tmp_path) as built:
        yield built


class Bots:
    """A bot for many rows. Another one where a row wants people to have done something, or finds what others have done.

    What is wrong with a bot of its own is wrong.
    """

    def __init__(self, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
        self._folder = folder
        self._caplog = caplog
        self._number = 0
        self._stack = AsyncExitStack()

    async def judge(self, rows: Sequence[Stored], judged: Callable[[Harness, Stored], Awaitable[None]]) -> None:
        """`judged` raises AssertionError for a row that is not understood."""
        async with self._stack:
            harness = await self._another()
            for row in rows:
                if "before" in row:
                    harness = await self._another()
                try:
                    await judged(harness, row)
                except AssertionError as error:
                    error.add_note(f"among others: {row}")
                    harness = await self._another()
                    await judged(harness, row)

    async def _another(self) -> Harness:
        await self._stack.aclose()
        self._caplog.clear()
        self._number += 1
        place = self._folder / str(self._number)
        await asyncio.to_thread(place.mkdir)
        return await self._stack.enter_async_context(stored_house(place))


@pytest.fixture
def bots(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Bots:
    return Bots(tmp_path, caplog)


def write(folder: Path, sql: str, *values: object) -> None:
    """Plain SQL beside the code under test."""
    with closing(sqlite3.connect(folder / "perpdesk.sqlite3")) as database, database:
        database.execute(sql, values)


def read(folder: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "perpdesk.sqlite3")) as database:
        return database.execute(sql, values).fetchall()


def person(harness: Harness, user_id: int) -> Person:
    return harness.person(user_id, language="uk" if user_id == 1002 else "en", name=NAMES[user_id])


async def answer(harness: Harness, who: Person, raw: dict[str, Any]) -> str:
    """Everything that a person sees after an update: new and changed messages, names of files, invoices."""
    edits = {key: each.edits for key, each in harness.api.bubbles.items()}
    invoices = len(harness.api.invoices)
    await harness.feed(raw)
    await harness.settle()
    said = [
        each
        for key, each in sorted(harness.api.bubbles.items())
        if each.chat_id == who.chat_id and edits.get(key) != each.edits
    ]
    texts = [each.text + (f"\n{each.document[0]}" if each.document is not None else "") for each in said]
    return "\n".join([*texts, *(str(each["prices"]) for each in harness.api.invoices[invoices:])])


async def tap(harness: Harness, who: Person, data: str) -> str:
    """A press of a button with that data; where a PIN is asked for, it is tapped."""
    text = await answer(harness, who, who.callback(data, who.bubbles[-1] if who.bubbles else None))
    for _ in range(3):
        if not who.bubbles or "⌫" not in who.last.labels:
            break
        for digit in PIN:
            text = await answer(harness, who, who.callback(who.last.button(digit)["callback_data"], who.last))
    return text


async def do(harness: Harness, user_id: int, what: str) -> str:
    """`say …`, `tap data`, or `press label` of the last message."""
    who = person(harness, user_id)
    verb, _, rest = what.partition(" ")
    if verb == "say":
        return await answer(harness, who, who.message(rest))
    return await tap(harness, who, rest if verb == "tap" else who.last.button(rest)["callback_data"])


async def use_button(harness: Harness, row: Stored) -> tuple[str, str]:
    """What a person sees who taps the stored button; and what they see of one that nobody knows."""
    for user_id, what in row.get("before", ()):
        await do(harness, user_id, what)
    who, now, token = person(harness, row["user"]), harness.clock.now(), secrets.token_urlsafe(16)
    unknown = await tap(harness, who, UNKNOWN)
    await harness.write(
        "INSERT INTO buttons (token, user_id, chat_id, action, values_json, created_ts, expires_ts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(token, row["user"], row["user"], row["action"], json.dumps(row["values"]), now, now + HOUR),
    )
    return await tap(harness, who, f"t:{token}"), unknown


async def go_on(harness: Harness, row: Stored) -> tuple[str, str]:
    """What a person sees who goes on with the stored dialogue; and what the same words come to without one."""
    for user_id, what in row.get("before", ()):
        await do(harness, user_id, what)
    who, now = person(harness, row["user"]), harness.clock.now()
    await harness.write("DELETE FROM dialogues")
    harness.config_changed(row["user"])
    nothing = await answer(harness, who, who.message(row["next"]))
    await harness.write(
        "INSERT INTO dialogues (user_id, dialogue, version, state, values_json, updated_ts, expires_ts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(row["user"], row["dialogue"], row["version"], row["state"], json.dumps(row["values"]), now, now + HOUR),
    )
    harness.config_changed(row["user"])
    return await answer(harness, who, who.message(row["next"])), nothing


async def tap_code(harness: Harness, row: Stored) -> tuple[str, str]:
    """What a person sees who taps the stored code; and what they see of one that nobody knows."""
    for user_id, what in row.get("before", ()):
        await do(harness, user_id, what)
    who = person(harness, row["user"])
    if "@" in row["data"]:
        who = who.in_group()
        await answer(harness, who, who.message("/price btcusdt"))  # a message of the bot's that can be tapped
    unknown = await tap(harness, who, UNKNOWN)
    return await tap(harness, who, row["data"]), unknown


async def rendered(database: Database, row: Stored) -> dict[str, str]:
    """The stored message of the outbox by language, with the data of its buttons."""
    async with database.transaction() as transaction:
        await transaction.fetch("DELETE FROM outbox")
        await transaction.fetch(
            "INSERT INTO outbox (user_id, chat_id, kind, values_json, cause, next_try_ts, created_ts)"
            " VALUES (1001, 1001, ?, ?, 'test:1', 1, 1)",
            (row["kind"], json.dumps(row["values"])),
        )
    (due,) = await SqliteOutbox(database).due(Millis(2**60), 1_000)
    kind, values = due.message.kind, due.message.values
    return {language.value: "\n".join(map(message_text, RENDER(kind, values, language))) for language in Language}


def message_text(message: Any) -> str:
    keyboard = () if message.reply_markup is None else message.reply_markup.inline_keyboard
    return "\n".join([message.text_html, *(str(each.callback_data) for line in keyboard for each in line)])


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log calls an error, and whatever a text could not be made of."""
    return [
        each.getMessage()
        for each in caplog.records
        if each.levelno >= logging.ERROR or each.name.startswith("handlers.texts")
    ]


def first_line(text: str) -> str:
    return text.partition("\n")[0]


def demand_shown(text: str, row: Stored) -> None:
    assert text, row
    assert [each for each in row["shows"] if each not in text] == [], f"{row}: {text}"


# --- row by row -------------------------------------------------------------------------------------------------


async def test_stored_buttons_are_understood(bots: Bots, caplog: pytest.LogCaptureFixture) -> None:
    async def understood(harness: Harness, row: Stored) -> None:
        text, unknown = await use_button(harness, row)
        assert not failures(caplog), row
        assert first_line(unknown), row
        assert first_line(unknown) not in text, row
        demand_shown(text, row)

    await bots.judge(stored("buttons"), understood)


async def test_stored_dialogues_take_their_next_message(bots: Bots, caplog: pytest.LogCaptureFixture) -> None:
    async def understood(harness: Harness, row: Stored) -> None:
        text, nothing = await go_on(harness, row)
        assert not failures(caplog), row
        # a key that is shown waits for its API key without the question, too
        assert first_line(text) != first_line(nothing) or row["dialogue"] == "keys.key-id", row
        demand_shown(text, row)

    await bots.judge(stored("dialogues"), understood)


async def test_stored_messages_are_rendered_in_every_language(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    await asyncio.to_thread(shutil.copy, await asyncio.to_thread(brought_up), tmp_path / "perpdesk.sqlite3")
    async with Database.open(tmp_path / "perpdesk.sqlite3") as database:
        for row in stored("outbox"):
            texts = await rendered(database, row)
            assert set(texts) == {"en", "ru", "uk"}
            assert not failures(caplog), row
            assert not [text for text in texts.values() if "{" in text or not text], row
            demand_shown(texts["en"], row)


async def test_stored_codes_are_decoded_and_answered(bots: Bots, caplog: pytest.LogCaptureFixture) -> None:
    async def understood(harness: Harness, row: Stored) -> None:
        data, _, owner = row["data"].partition("@")
        code = CODE_OF_TAG[data.split(":")[1]].decode(row["data"])
        assert code.encode() == data
        assert code.encode(int(owner) if owner else None) == row["data"]  # type: ignore[arg-type]  an id as JSON has it
        text, unknown = await tap_code(harness, row)
        assert not failures(caplog), row
        if row["is_understood"] and unknown:  # in groups nothing is said of a button that nobody knows
            assert first_line(unknown) not in text, row
        demand_shown(text, row)

    await bots.judge(stored("callbacks"), understood)


async def test_stored_audit_rows_are_shown(harness: Harness, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    names = dict(read(tmp_path, "SELECT user_id, pseudonym FROM users"))
    english = Translator(Texts.load(), Language.ENGLISH)
    for row in stored("audit"):
        ((last, previous),) = read(tmp_path, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")
        write(
            tmp_path,
            "INSERT INTO audit (id, ts, actor, action, subject, details, previous_hash, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(last + 1, harness.clock.now(), names.get(row["actor"]), row["action"], names.get(row["subject"])),
            *(row["details"], previous, secrets.token_bytes(32)),
        )
        page = await do(harness, 1000, f"say /audit {row['action'].partition('.')[0]}")
        assert not failures(caplog), row
        (line,) = [each for each in re.split(r"\n(?=#)", page) if each.startswith(f"#{last + 1} ")]
        assert f" {action_name(english, row['action'])} " in line
        assert row["details"] in line
        people = {row["actor"], row["subject"]} - {None}
        assert [each for each in people if f"{NAMES[each]} ({each})" not in line] == []
        harness.clock.advance(60)  # nobody writes as quickly as a test


def test_what_is_stored_is_written_anew_as_it_was() -> None:
    buttons = {each.action: each.payload for each in TABLE.specs if isinstance(each, ActionSpec)}
    dialogues = {each.dialogue: each.payload for each in TABLE.specs if isinstance(each, DialogueSpec)}
    payloads = (
        *((row, buttons[row["action"]]) for row in stored("buttons")),
        *((row, dialogues[row["dialogue"]]) for row in stored("dialogues")),
        *((row, OUTBOX_MESSAGES[row["kind"]].payload) for row in stored("outbox")),
    )
    for row, payload in payloads:
        assert json.dumps(encode(decode(payload, row["values"]))) == json.dumps(row["values"]), row


async def test_a_button_whose_values_nobody_can_read_is_an_old_one(
    harness: Harness, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for values in ({}, {"field": "leverage"}, {"field": "mood", "value": "1"}):
        row = {"user": 1001, "action": "settings.set", "values": values}
        text, unknown = await use_button(harness, row)
        assert text == unknown
        write(tmp_path, "DELETE FROM buttons")
    assert not failures(caplog)


async def test_a_dialogue_whose_values_nobody_can_read_is_over(
    harness: Harness, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for values in ({}, {"field": "mood"}):
        row = {"user": 1001, "dialogue": "settings.value", "version": 1, "state": "asked", "values": values}
        text, nothing = await go_on(harness, row | {"next": "5"})
        assert text == nothing
        assert read(tmp_path, "SELECT * FROM dialogues") == []
    assert not failures(caplog)


# --- the words themselves -----------------------------------------------------------------------------------------


def series(text: str) -> list[str]:
    """Our metrics with their labels, without what was counted."""
    found = {line.rpartition(" ")[0] for line in text.splitlines() if line.startswith("perpdesk_")}
    return sorted({re.sub(r"(?<=_info)\{.*\}", "", each) for each in found})


def columns(folder: Path) -> list[str]:
    tables = [name for (name,) in read(folder, "SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return sorted(
        f"{table}.{column}"
        for table in tables
        if not table.startswith("sqlite_")
        for (column,) in read(folder, "SELECT name FROM pragma_table_info(?)", table)
    )


def test_declared_words_are_the_stored_ones() -> None:
    words = stored("words")
    assert set(words["actions"]) == ACTIONS
    assert set(words["dialogues"]) == DIALOGUES
    assert set(words["outbox_kinds"]) == OUTBOX_KINDS
    assert set(words["callback_tags"]) == set(CODE_OF_TAG)


def test_every_declared_word_has_its_rows_but_those_that_nothing_writes() -> None:
    words = stored("words")
    assert {each["action"] for each in stored("buttons")} == ACTIONS - set(words["actions_never_stored"])
    assert {each["dialogue"] for each in stored("dialogues")} == DIALOGUES
    assert {each["kind"] for each in stored("outbox")} == OUTBOX_KINDS - set(words["outbox_kinds_never_stored"])
    assert {each["data"].split(":")[1].partition("@")[0] for each in stored("callbacks")} == set(CODE_OF_TAG)
    assert {each["action"] for each in stored("audit")} == set(words["audit"])


def test_the_code_still_writes_every_audit_word() -> None:
    source = "\n".join(path.read_text() for path in sorted(SOURCES.rglob("*.py")))
    assert [word for word in stored("words")["audit"] if f'"{word}"' not in source] == []


async def test_metrics_may_be_added_but_none_goes(harness: Harness) -> None:
    now = set(series(await metrics_text(harness.assembly)))
    assert [each for each in stored("words")["metrics"] if each not in now] == []


async def test_columns_may_be_added_but_none_goes(harness: Harness, tmp_path: Path) -> None:
    now = set(columns(tmp_path))
    assert [each for each in stored("words")["columns"] if each not in now] == []
