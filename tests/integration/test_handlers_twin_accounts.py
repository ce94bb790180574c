"""Two accounts of one type: each is read, chosen, checked and removed by itself, through the front."""

from decimal import Decimal

import pytest
from harness.app import BORIS, KEY_ID, SECRET, Harness, Person, said
from harness.storage import key_check

from bot.domain.accounts import Account, AccountType, Exchange, KeyType, TradeSettings
from bot.domain.portfolio import OrderType
from bot.domain.secrets import Secret

SECOND_KEY = f"second{KEY_ID}"
FIRST, SECOND = "Bybit Demo", "Bybit Demo 2"


async def twins(harness: Harness) -> tuple[Person, Account, Account]:
    """Anna, her connected demo account, which is the default one, and a second one that holds something."""
    anna = harness.person()
    await harness.demo_account(anna)
    first = (await harness.config()).resolve(AccountType.DEMO)
    async with harness.store.begin() as unit:
        added = await unit.accounts.add(
            user_id=first.user_id,
            exchange=Exchange.BYBIT,
            account_type=AccountType.DEMO,
            host="com",
            label="Bybit Demo 2",
            now=harness.clock.now(),
        )
        second = await unit.accounts.activate(added.account_id, "901")
        sealed = harness.assembly.storage.vault.seal(
            user_id=second.user_id,
            account_id=second.account_id,
            account_type=second.account_type,
            host=second.host,
            key_type=KeyType.HMAC,
            api_key=Secret(SECOND_KEY),
            api_secret=Secret(SECRET),
            check=key_check(bybit_uid="901"),
        )
        await unit.accounts.put_credentials(sealed)
    return anna, first, second


@pytest.mark.parametrize("screen", ["balance", "positions", "orders", "fills", "trades"])
async def test_each_of_two_has_its_screens(harness: Harness, screen: str) -> None:
    anna, _, _ = await twins(harness)
    harness.bybit.asked_with.clear()
    bubble = await said(anna, f"/{screen}")
    assert FIRST in bubble.text, "the default account"
    assert bubble.labels[:3] == ["Practice", f"• {FIRST}", SECOND]
    assert SECOND in (await anna.press(SECOND)).text
    asked = [] if screen == "trades" else [KEY_ID, SECOND_KEY]  # what was closed stands in our own rows
    assert list(dict.fromkeys(harness.bybit.asked_with)) == asked, "each is read with its own key"
    assert FIRST in (await anna.press(FIRST)).text
    assert FIRST in (await said(anna, f"/{screen} demo")).text
    await said(anna, f"/settings account {SECOND}")
    for text in (f"/{screen}", f"/{screen} demo"):
        assert SECOND in (await said(anna, text)).text, "the default one, which is of that type"
    await said(anna, "/settings account paper")
    assert FIRST in (await said(anna, f"/{screen} demo")).text, "the first, where none is the default one"


async def test_the_default_account_is_chosen_among_two(harness: Harness) -> None:
    anna, first, second = await twins(harness)
    card = await said(anna, "/settings account")
    assert card.labels[:3] == ["Practice", FIRST, SECOND]
    assert f"Account: {SECOND}" in (await anna.press(SECOND)).text
    assert (await harness.config()).default_account == second
    await said(anna, "/settings account")
    await anna.press("Practice")
    assert f"Account: {FIRST}" in (await said(anna, "/settings account demo")).text
    assert (await harness.config()).default_account == first


async def test_a_setting_is_of_every_account_and_of_the_next_one(harness: Harness) -> None:
    anna, _, _ = await twins(harness)
    for text in ("risk 1.5", "sl 2", "tp 5", "leverage 7", "order limit", "zone kyiv"):
        await said(anna, f"/settings {text}")
    harness.bybit.uid = "903"
    await said(anna, f"/keys add live {KEY_ID} {SECRET}")
    settings = {each.settings for each in (await harness.config()).accounts}
    assert settings == {
        TradeSettings(
            risk_percent=Decimal("1.5"),
            stop_loss_percent=Decimal(2),
            take_profit_percent=Decimal(5),
            leverage=7,
            order_type=OrderType.LIMIT,
        )
    }
    assert len((await harness.config()).accounts) == 4


async def test_an_account_of_somebody_else_is_no_choice(harness: Harness) -> None:
    anna, _, _ = await twins(harness)
    boris = harness.person(BORIS, name="Boris")
    await said(boris, "/start")
    other = (await harness.config(BORIS)).default_account
    before = (await harness.config()).default_account
    assert "old" in (await said(anna, f"/settings account paper:{other.account_id}")).text
    assert (await harness.config()).default_account == before


async def test_keys_of_two_stand_side_by_side_and_each_is_checked_by_itself(harness: Harness) -> None:
    anna, _, _ = await twins(harness)
    card = await said(anna, "/keys")
    assert f"{FIRST} · bybit.com" in card.text
    assert f"{SECOND} · bybit.com" in card.text
    for name, key in ((FIRST, KEY_ID), (SECOND, SECOND_KEY)):
        await said(anna, "/keys")
        assert name in (await anna.press(f"Check {name}")).text
        assert harness.bybit.seen_keys[-1].api_key == key
    assert FIRST in (await said(anna, "/keys check demo")).text
    assert harness.bybit.seen_keys[-1].api_key == KEY_ID


async def test_one_of_two_keys_is_removed_and_named(harness: Harness) -> None:
    anna, first, second = await twins(harness)
    await said(anna, "/keys")
    assert f"Remove the key of {SECOND}" in (await anna.press(f"Remove {SECOND}")).text
    assert f"The key of {SECOND} is removed here." in (await anna.press("Yes, remove")).text
    config = await harness.config()
    assert config.account(second.account_id) is None
    assert config.default_account == first


async def test_what_was_asked_of_one_account_is_not_done_to_another(harness: Harness) -> None:
    anna, first, second = await twins(harness)
    await said(anna, "/keys")
    question = await anna.press(f"Remove {SECOND}")
    async with harness.store.begin() as unit:
        await unit.accounts.remove(second.account_id)
    assert "too old" in (await anna.press("Yes, remove", bubble=question)).text
    assert (await harness.config()).account(first.account_id) == first


@pytest.mark.parametrize("data", ["v1:key:demo", "v1:unkey:demo"])
async def test_a_button_that_knows_the_type_alone_means_the_default_account(harness: Harness, data: str) -> None:
    anna, _, _ = await twins(harness)
    await said(anna, f"/settings account {SECOND}")
    assert SECOND in (await anna.tap(data)).text


async def test_a_new_key_takes_the_place_of_exactly_one(harness: Harness) -> None:
    anna, first, second = await twins(harness)
    harness.bybit.uid = "902"
    question = await said(anna, f"/keys add demo third{KEY_ID} {SECRET}")
    assert question.labels[:2] == [f"Replace {FIRST}", f"Replace {SECOND}"]
    await anna.tap(question.keyboard[0][0]["callback_data"], bubble=question)
    config = await harness.config()
    assert config.account(first.account_id) is None, "the chosen one gave way"
    assert config.account(second.account_id) == second
    assert config.default_account.bybit_uid == "902", "and its place in front is taken, too"
    harness.bybit.uid = "901"
    await said(anna, f"/keys add demo fourth{KEY_ID} {SECRET}")
    await anna.press(f"Replace {SECOND}")
    assert await harness.config() == config, "a new key of the second account stands where the old one stood"
