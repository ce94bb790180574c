"""How often an update reads: SQLite's own word for each statement of the reader, the regions' counters for the rest."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest_asyncio
from harness.app import ANNA, Harness, Person, harness

from bot.domain.users import Role

DIALOGUE = "dialogues"
CONFIGS = 2  # asked for by the guard, and by what a question would be looked up for


class ReadCounter:
    """Tables that the statements of an update read, and how often it asked the facade for its sender's config."""

    def __init__(self, harness: Harness) -> None:
        self.harness = harness
        self.statements: list[str] = []

    async def during(self, act: Callable[[], Awaitable[object]]) -> tuple[list[str], int]:
        self.statements.clear()
        before = self._config_reads()
        await act()
        return [_table_of(each) for each in self.statements], self._config_reads() - before

    def _config_reads(self) -> int:
        return next(each.reads for each in self.harness.assembly.reads.stats() if each.name == "user_config")


def _table_of(statement: str) -> str:
    words = statement.split()
    return words[words.index("FROM") + 1].strip("()")


@pytest_asyncio.fixture
async def reads(tmp_path: Path) -> AsyncIterator[ReadCounter]:
    """Of a person who is known, whose config and license are cached, and who has no question open."""
    async with harness(tmp_path) as made:
        counter = ReadCounter(made)
        await made.database._reader.set_trace_callback(counter.statements.append)
        for text in ("/start", "/license", "/balance", "/positions", "/orders", "btc"):
            await made.person().say(text)
        yield counter


def _anna(reads: ReadCounter) -> Person:
    return reads.harness.person(ANNA)


async def test_a_command_of_somebody_without_a_question_reads_nothing(reads: ReadCounter) -> None:
    anna = _anna(reads)
    for text in ("/whoami", "/balance", "/positions", "/orders", "/settings", "/menu", "/license"):
        assert await reads.during(lambda said=text: anna.say(said)) == ([], CONFIGS), text


async def test_plain_words_read_nothing_either(reads: ReadCounter) -> None:
    anna = _anna(reads)
    for text in ("btc", "balance", "what is this"):
        assert await reads.during(lambda said=text: anna.say(said)) == ([], CONFIGS), text


async def test_an_answer_reads_the_question_once(reads: ReadCounter) -> None:
    anna = _anna(reads)
    await anna.say("/settings")
    await anna.press("Leverage")
    assert await reads.during(lambda: anna.say("hm, what is it")) == (["users", DIALOGUE], CONFIGS), "it stays open"
    tables, configs = await reads.during(lambda: anna.say("5"))
    assert tables.count(DIALOGUE) == 1
    assert tables.count("users") == 1, "the config that the answer changed, read again for the card"
    assert configs <= 4


async def test_a_press_that_shows_reads_nothing(reads: ReadCounter) -> None:
    anna = _anna(reads)
    await anna.say("/balance")
    assert await reads.during(lambda: anna.press("Positions")) == ([], CONFIGS)


async def test_a_press_that_acts_reads_its_button_and_the_question(reads: ReadCounter) -> None:
    anna = _anna(reads)
    await anna.say("/settings")
    await anna.press("Leverage")
    tables, _ = await reads.during(lambda: anna.press("5x"))
    assert sorted(set(tables)) == ["buttons", DIALOGUE, "users"]
    assert (tables.count("buttons"), tables.count("users")) == (1, 3), "a question that begins or ends changes it"


async def test_a_message_that_ends_a_question_finds_it_closed_afterwards(reads: ReadCounter) -> None:
    anna = _anna(reads)
    await anna.say("/redeem")
    await anna.say("/balance")
    found = await reads.harness.services.dialogues.current(ANNA)
    assert found is None, "what was read before a commit is not believed after it"


async def test_who_runs_the_bot_is_read_once_and_anew_after_a_change(reads: ReadCounter) -> None:
    anna, facade = _anna(reads), reads.harness.assembly.reads
    await facade.staff()
    assert await reads.during(facade.staff) == ([], 1)
    async with reads.harness.store.begin() as unit:
        await unit.users.set_role(anna.user_id, Role.ADMIN)
    assert dict((await facade.staff()).roles) == {anna.user_id: Role.ADMIN}


async def test_that_a_trial_was_had_stands_in_the_license(reads: ReadCounter) -> None:
    licenses = reads.harness.services.licenses
    assert await licenses.may_try(ANNA)
    assert (await reads.during(lambda: licenses.may_try(ANNA)))[0] == []
    await licenses.start_trial(ANNA)
    assert not await licenses.may_try(ANNA)
    assert (await reads.harness.assembly.reads.license(ANNA)).had_trial
