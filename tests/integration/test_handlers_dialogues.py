"""A question begins or ends in the commit of what goes with it: a kill leaves both done, or neither."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from harness.app import ANNA, KEY_ID, SECRET, Harness, Person, said
from harness.app import harness as open_harness
from harness.power import LastCommit

from bot.domain.errors import StorageTrouble


@pytest.fixture
def last_commit() -> LastCommit:
    return LastCommit()


@pytest.fixture
async def harness(tmp_path: Path, last_commit: LastCommit) -> AsyncIterator[Harness]:
    async with open_harness(tmp_path, sqlite=last_commit.sqlite()) as harness:
        yield harness


@asynccontextmanager
async def killed(last_commit: LastCommit) -> AsyncIterator[None]:
    """An update whose effect was committed meanwhile has no further commit."""
    last_commit.is_last = True
    with suppress(StorageTrouble):
        yield
    assert last_commit.power.is_cut
    last_commit.come_back()


async def of_a_setting(harness: Harness, person: Person) -> tuple[str, Callable[[], Awaitable[Any]]]:
    await said(person, "/settings risk")

    async def effect() -> bool:
        return [str(each.settings.risk_percent) for each in (await harness.config()).accounts] == ["2.5"]

    return "2.5", effect


async def of_a_broadcast(harness: Harness, person: Person) -> tuple[str, Callable[[], Awaitable[Any]]]:
    await harness.write("UPDATE users SET role = 'admin' WHERE user_id = ?", ANNA)
    harness.assembly.reads.invalidate_user_caches(ANNA)
    await said(person, "/broadcast")
    return "Hello there", lambda: harness.rows("broadcasts")


async def of_a_pair(harness: Harness, person: Person) -> tuple[str, Callable[[], Awaitable[Any]]]:
    await said(person, "/keys")
    await person.press("bybit.com")
    await person.press("Bybit Demo")
    return KEY_ID, lambda: connected(harness)


async def of_a_typed_key(harness: Harness, person: Person) -> tuple[str, Callable[[], Awaitable[Any]]]:
    await of_a_pair(harness, person)
    await person.press("key and a secret")
    return f"{KEY_ID} {SECRET}", lambda: connected(harness)


async def connected(harness: Harness) -> bool:
    return len((await harness.config()).accounts) == 2


@pytest.fixture
async def anna(harness: Harness) -> Person:
    person = harness.person()
    await person.say("/start")
    await harness.terms_accepted()
    return person


@pytest.mark.parametrize("asked", [of_a_setting, of_a_broadcast, of_a_pair, of_a_typed_key])
async def test_a_question_ends_with_what_its_answer_does(
    harness: Harness,
    anna: Person,
    last_commit: LastCommit,
    asked: Callable[[Harness, Person], Awaitable[tuple[str, Callable[[], Awaitable[Any]]]]],
) -> None:
    answer, effect = await asked(harness, anna)
    assert await harness.services.dialogues.current(ANNA) is not None
    assert not await effect()
    async with killed(last_commit):
        await anna.say(answer)
    assert await effect()
    assert await harness.services.dialogues.current(ANNA) is None


async def test_a_pair_is_offered_and_its_id_asked_for_at_once(
    harness: Harness, anna: Person, last_commit: LastCommit
) -> None:
    await said(anna, "/keys")
    await anna.press("bybit.com")
    async with killed(last_commit):
        await anna.press("Bybit Demo")
    dialogue = await harness.services.dialogues.current(ANNA)
    assert dialogue is not None
    assert dialogue.dialogue == "keys.key-id"
    await said(anna, KEY_ID)
    assert await connected(harness)


async def test_a_value_that_does_not_fit_leaves_the_question(harness: Harness, anna: Person) -> None:
    await of_a_setting(harness, anna)
    await said(anna, "99")
    assert await harness.services.dialogues.current(ANNA) is not None
    assert "2.5" in (await said(anna, "2.5")).text


async def test_a_value_of_a_button_ends_a_question_that_is_open(harness: Harness, anna: Person) -> None:
    card = await said(anna, "/settings leverage")
    await of_a_setting(harness, anna)
    await anna.press("5x", bubble=card)
    assert await harness.services.dialogues.current(ANNA) is None
