"""First meeting, ownership, buttons: what must happen once happens once."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, Harness
from harness.app import harness as open_harness
from harness.fakes import START_MS
from harness.storage import new_user

from bot import owner_link
from bot.domain.accounts import AccountType
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import ChatId, Millis
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from bot.domain.users import Language, Role
from bot.services.chat.buttons import ButtonAction
from bot.services.users.preferences import SettingField
from storage.paper.queries import SqlitePaperQueries

CHAT = ChatId(ANNA)


async def test_start_is_idempotent_and_gives_practice_money_once(harness: Harness) -> None:
    people = harness.services.people
    welcomes = [await people.welcome(new_user(start_payload="p_SPRING")) for _ in range(3)]
    assert [welcome.is_new for welcome in welcomes] == [True, False, False]
    (account,) = welcomes[-1].config.accounts
    assert account.account_type is AccountType.PAPER
    assert welcomes[-1].config.default_account == account
    assert (await SqlitePaperQueries(harness.database).state(account.account_id)).wallet == {"USDT": Decimal(10000)}
    assert await harness.database.fetch("SELECT start_payload FROM users") == [("p_SPRING",)]


async def test_an_owner_link_works_once_in_its_time_for_its_bearer(tmp_path: Path) -> None:
    key_file = tmp_path / "perpdesk.key"
    token = (await asyncio.to_thread(owner_link.make, key_file, Millis(START_MS))).removeprefix("own_")
    async with open_harness(tmp_path, owner_ids=frozenset()) as harness:
        people = harness.services.people
        for user_id in (ANNA, BORIS):
            await people.welcome(new_user(user_id))
        assert not await people.claim_owner(ANNA, "wrong")
        assert await people.claim_owner(ANNA, token)
        assert not await people.claim_owner(BORIS, token)
        assert [(await harness.config(user_id)).role for user_id in (ANNA, BORIS)] == [Role.OWNER, Role.USER]
    token = (await asyncio.to_thread(owner_link.make, key_file, Millis(START_MS))).removeprefix("own_")
    async with open_harness(tmp_path, owner_ids=frozenset()) as harness:
        harness.clock.advance(601)
        assert not await harness.services.people.claim_owner(BORIS, token)
        assert (await harness.config(BORIS)).role is Role.USER


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift(ButtonAction):
    """An action of nobody's."""

    ACTION = "lift"
    a: str


async def test_a_button_is_used_up_by_the_commit_of_its_effect(harness: Harness) -> None:
    await harness.services.people.welcome(new_user())
    buttons = harness.services.buttons
    (token,) = await buttons.issue(ANNA, CHAT, [Lift(a="1")])
    for update_id, is_killed in ((1, True), (2, False)):
        reset = current_attempt.set(UpdateAttempt(UpdateId(update_id)))
        try:
            action = await buttons.take(token, ANNA, CHAT)
            assert (action.action, action.values) == ("lift", {"a": "1"})
            if not is_killed:  # the first press died before its effect: the button stays good
                async with harness.store.begin() as unit:
                    await unit.users.set_language(ANNA, Language.RUSSIAN)
        finally:
            current_attempt.reset(reset)
    with pytest.raises(ButtonExpired):
        await buttons.take(token, ANNA, CHAT)


@pytest.mark.parametrize("how", ["foreign user", "foreign chat", "invented", "late"])
async def test_every_bad_press_gets_the_same_answer(harness: Harness, how: str) -> None:
    for user_id in (ANNA, BORIS):
        await harness.services.people.welcome(new_user(user_id))
    buttons = harness.services.buttons
    (token,) = await buttons.issue(ANNA, CHAT, [Lift(a="2")])
    if how == "late":
        harness.clock.advance(15 * 60 + 1)
    with pytest.raises(ButtonExpired):
        await buttons.take(
            "invented" if how == "invented" else token,
            BORIS if how == "foreign user" else ANNA,
            ChatId(5) if how == "foreign chat" else CHAT,
        )


async def test_a_zone_is_what_people_mean(harness: Harness) -> None:
    for typed, zone in [
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("kyiv", "Europe/Kyiv"),
        ("new york", "America/New_York"),
        ("GMT+3", "UTC+3"),
        ("utc+03:00", "UTC+3"),
        ("+3", "UTC+3"),
        ("GMT+5:30", "UTC+5:30"),
        ("UTC-5", "UTC-5"),
        ("UTC", "UTC"),
    ]:
        await harness.services.people.welcome(new_user())
        changed = await harness.services.preferences.set(ANNA, SettingField.TIME_ZONE, typed)
        assert changed.settings.time_zone == zone, typed


async def test_what_is_no_zone_is_refused(harness: Harness) -> None:
    for typed in ["UTC+15", "UTC-13", "GMT+5:20", "Mars", "", "+", "Etc"]:
        await harness.services.people.welcome(new_user())
        with pytest.raises(BadInput):
            await harness.services.preferences.set(ANNA, SettingField.TIME_ZONE, typed)
