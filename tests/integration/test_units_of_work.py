"""An update is applied by the unit of work that wrote its effect: by none that only read, and by nothing beside it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from harness.app import ANNA, KEY_ID, Harness, Person
from harness.app import harness as open_harness
from harness.waiting import until

from bot.domain.users import Language
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, command
from handlers.registry import TABLE
from handlers.table import HandlerTable

BUSY = 600.0  # seconds: longer than any test, so that no answer of Bybit's is left to a task beside the update


@asynccontextmanager
async def lanes_of(harness: Harness) -> AsyncIterator[Harness]:
    """Updates go the way of those that are polled. On leaving, what is under way is canceled, as by a kill."""
    runtime = harness.assembly.runtime
    harness.app.bot_data.tasks.reply_within = BUSY
    async with runtime.marker.open(), runtime.lanes.open():
        yield harness


async def state_of(harness: Harness, update: dict[str, Any]) -> tuple[str, int]:
    """State and failed attempts, of which a handled one keeps none."""
    statement = "SELECT state, attempts FROM inbox WHERE update_id = ?"
    ((state, attempts),) = await harness.database.fetch(statement, (update["update_id"],))
    return state, attempts


async def has_state(harness: Harness, update: dict[str, Any], state: str, attempts: int = 0) -> None:
    async def stands() -> bool:
        return await state_of(harness, update) == (state, attempts)

    await until(stands, what=f"update {update['update_id']} is {state} after {attempts} failed attempts")


async def offered(harness: Harness) -> Person:
    """Somebody who was shown a public key and is asked for the id that Bybit gave it."""
    anna = harness.person()
    await anna.say("/start")
    await harness.terms_accepted()
    await anna.say("/keys")
    await anna.press("bybit.com")
    await anna.press("Bybit Demo")
    return anna


async def test_a_typed_key_id_is_tried_again_when_bybit_fails(harness: Harness) -> None:
    anna = await offered(harness)
    harness.bybit.key_trouble = ZeroDivisionError("a fault of ours")  # type: ignore[assignment]  # raised as it is
    async with lanes_of(harness):
        update = anna.message(KEY_ID)
        await harness.assembly.runtime.inbox.accept([update])
        await has_state(harness, update, "new", attempts=1)
        harness.bybit.key_trouble = None
        await has_state(harness, update, "done")
    assert "Bybit Demo is connected" in anna.last.text


async def test_a_typed_key_id_is_handled_again_after_a_kill(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    async with open_harness(tmp_path / "first") as first, lanes_of(first):
        anna = await offered(first)
        first.bybit.gate.clear()
        asked = len(first.bybit.seen_keys)
        update = anna.message(KEY_ID)
        await first.assembly.runtime.inbox.accept([update])
        await until(lambda: len(first.bybit.seen_keys) > asked, what="Bybit is asked about the key")
        assert await state_of(first, update) == ("new", 0)
        shutil.copytree(tmp_path / "first", tmp_path / "second")  # what a kill leaves behind
    async with open_harness(tmp_path / "second") as second, lanes_of(second):
        assert await second.assembly.runtime.inbox.replay() == 1
        await has_state(second, update, "done")
        assert "Bybit Demo is connected" in second.person().last.text


@dataclass
class Reader:
    """`/look`: a unit of work that reads, then work that takes its time. `/beside`: a task that writes."""

    seen: list[str] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def look(self, ctx: UpdateContext) -> None:
        async with ctx.services.people.transactions.begin() as unit:
            self.seen.append(str(await unit.privacy.state(ctx.user_id)))
        await self.go_on.wait()

    async def beside(self, ctx: UpdateContext) -> None:
        ctx.data.tasks.start(ctx.services.people.set_language(ctx.user_id, Language.RUSSIAN), "a task beside")
        await self.go_on.wait()

    @property
    def table(self) -> HandlerTable:
        own = [command("look", self.look, access=EVERYONE), command("beside", self.beside, access=EVERYONE)]
        return HandlerTable([*own, *TABLE.specs])


async def test_an_update_whose_unit_only_read_is_handled_again_after_a_kill(tmp_path: Path) -> None:
    reader = Reader()
    (tmp_path / "first").mkdir()
    async with open_harness(tmp_path / "first", table=reader.table) as first, lanes_of(first):
        await first.person().say("/start")
        update = first.person().message("/look")
        await first.assembly.runtime.inbox.accept([update])
        await until(lambda: reader.seen, what="the handler read")
        shutil.copytree(tmp_path / "first", tmp_path / "second")
        reader.go_on.set()
    async with open_harness(tmp_path / "second", table=reader.table) as second, lanes_of(second):
        assert await second.assembly.runtime.inbox.replay() == 1
        await has_state(second, update, "done")
    assert len(reader.seen) == 2


async def test_what_a_task_beside_a_handler_commits_is_not_the_updates_effect(tmp_path: Path) -> None:
    reader = Reader()
    async with open_harness(tmp_path, table=reader.table) as harness, lanes_of(harness):
        await harness.person().say("/start")
        update = harness.person().message("/beside")
        await harness.assembly.runtime.inbox.accept([update])

        async def is_russian() -> bool:
            return (await harness.config()).language is Language.RUSSIAN

        await until(is_russian, what="the task wrote")
        assert await state_of(harness, update) == ("new", 0)
        reader.go_on.set()
        await has_state(harness, update, "done")


@pytest.mark.parametrize("is_slow", [False, True])
async def test_what_a_question_to_bybit_commits_is_the_updates_effect_while_it_waits(
    tmp_path: Path, is_slow: bool
) -> None:
    async with open_harness(tmp_path) as harness, lanes_of(harness):
        anna = await offered(harness)
        harness.app.bot_data.tasks.reply_within = 0.0 if is_slow else BUSY
        harness.bybit.gate.clear()
        update_attempt = asyncio.create_task(harness.feed(anna.message(KEY_ID)))
        if is_slow:
            assert not (await update_attempt).applied
        harness.bybit.gate.set()
        assert (await update_attempt).applied is not is_slow
        await until(lambda: "Bybit Demo is connected" in anna.last.text, what="the answer is shown")
        assert [each.account_type.value for each in (await harness.config(ANNA)).accounts] == ["paper", "demo"]
