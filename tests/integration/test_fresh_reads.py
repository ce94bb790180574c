"""What was written shows in the very next question: no write leaves an older answer in memory."""

import asyncio
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, KEY_ID, OWNER, SECRET, Harness
from harness.app import harness as open_harness
from harness.fakes import START_MS
from harness.storage import new_user

from bot import owner_link
from bot.domain.accounts import AccountType, SealedCredentials
from bot.domain.ids import Millis
from bot.domain.users import Language, Notifications, Role
from bot.services.users.preferences import SettingField
from bot.services.users.privacy import ERASE_AFTER, Privacy


@pytest.fixture
async def known(harness: Harness) -> Harness:
    """The owner and Boris, whose config and license stand in memory."""
    for user_id in (OWNER, BORIS):
        await harness.person(user_id, name=f"Person {user_id}").say("/start")
    await harness.config(BORIS)
    await harness.services.reads.license(BORIS)
    return harness


async def credentials(harness: Harness) -> SealedCredentials | None:
    """Of Anna's demo account, from memory if they are there."""
    (account,) = [each for each in (await harness.config()).accounts if each.account_type is AccountType.DEMO]
    return await harness.assembly.reads.credentials(account.account_id)


async def test_who_just_became_known(harness: Harness) -> None:
    assert await harness.services.people.config(ANNA) is None
    await harness.services.people.welcome(new_user(ANNA))
    assert await harness.services.people.config(ANNA) is not None


async def test_a_ban_and_its_end(known: Harness) -> None:
    owner = known.person(OWNER)
    await owner.say(f"/ban {BORIS} spam")
    assert (await known.config(BORIS)).is_banned
    await owner.say(f"/unban {BORIS} sorry")
    assert not (await known.config(BORIS)).is_banned


async def test_a_role(known: Harness) -> None:
    owner = known.person(OWNER)
    known.services.pin._open(OWNER)
    await owner.say(f"/role {BORIS} support on duty")
    await owner.press("Yes, change the role")
    assert (await known.config(BORIS)).role is Role.SUPPORT


async def test_a_name_a_language_the_terms_and_a_setting(known: Harness) -> None:
    await known.person(BORIS, name="Bo").say("/balance")
    assert (await known.config(BORIS)).first_name == "Bo"
    await known.services.people.set_language(BORIS, Language.RUSSIAN)
    assert (await known.config(BORIS)).language is Language.RUSSIAN
    assert not (await known.config(BORIS)).terms_version
    await known.terms_accepted(BORIS)
    assert (await known.config(BORIS)).terms_version
    await known.person(BORIS, name="Bo").say("/settings risk 2")
    assert (await known.config(BORIS)).default_account.settings.risk_percent == 2
    await known.person(BORIS, name="Bo").say("/settings notifications off")
    assert (await known.config(BORIS)).settings.notifications is Notifications.OFF


async def test_a_default_account(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    for account_type in (AccountType.PAPER, AccountType.DEMO, AccountType.PAPER):
        await harness.services.preferences.set(ANNA, SettingField.DEFAULT_ACCOUNT, account_type.value)
        assert (await harness.config()).default_account.account_type is account_type


async def test_an_owner_by_the_link(tmp_path: Path) -> None:
    payload = await asyncio.to_thread(owner_link.make, tmp_path / "perpdesk.key", Millis(START_MS))
    async with open_harness(tmp_path, owner_ids=frozenset()) as harness:
        await harness.services.people.welcome(new_user(ANNA))
        assert (await harness.config()).role is Role.USER
        await harness.services.people.claim_owner(ANNA, payload.removeprefix("own_"))
        assert (await harness.config()).role is Role.OWNER


async def test_a_license(known: Harness) -> None:
    await known.services.licenses.start_trial(BORIS)
    assert (await known.services.reads.license(BORIS)).segments


async def test_a_key_checked_replaced_and_removed(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    first = await credentials(harness)
    harness.clock.advance(60)
    await anna.say("/keys check demo")
    checked = await credentials(harness)
    assert first is not None
    assert checked is not None
    assert checked.check != first.check
    await anna.say(f"/keys add demo other{KEY_ID} {SECRET}")
    await anna.press("Replace Bybit Demo")
    assert await credentials(harness) not in (None, first, checked)
    account = checked.account_id
    await anna.say("/keys remove demo")
    await anna.press("Yes, remove")
    assert [each.account_type for each in (await harness.config()).accounts] == [AccountType.PAPER]
    assert await harness.assembly.reads.credentials(account) is None


async def test_nothing_of_who_was_erased(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    sealed = await credentials(harness)
    assert sealed is not None
    await harness.services.licenses.start_trial(ANNA)
    assert (await harness.services.reads.license(ANNA)).segments
    await harness.services.privacy.forget(await harness.config())
    harness.clock.advance(ERASE_AFTER / 1000 + 1)
    assert await harness.job(Privacy).erase_due() == 1
    assert await harness.services.people.config(ANNA) is None
    assert not (await harness.services.reads.license(ANNA)).segments
    assert await harness.assembly.reads.credentials(sealed.account_id) is None


async def test_the_key_of_an_account_that_another_one_replaced(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    former = await credentials(harness)
    assert former is not None
    harness.bybit.uid = "901"
    await anna.say(f"/keys add demo other{KEY_ID} {SECRET}")
    await anna.press("Replace Bybit Demo")
    after = await credentials(harness)
    assert after is not None
    assert after.account_id != former.account_id
    assert await harness.assembly.reads.credentials(former.account_id) is None
