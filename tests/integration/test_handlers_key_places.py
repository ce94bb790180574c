"""Connecting a key changes no choice and replaces nothing unasked; accounts stand side by side, each with a name."""

import pytest
from harness.app import KEY_ID, OWNER, SECRET, Harness, Person, said
from harness.bybit import TRADE_RIGHTS

from bot.domain.accounts import AccountType
from bot.domain.errors import KeyTrouble
from bot.domain.users import Language

OTHER = "wQ7nB2kLsV9dRtZx5c"


async def connected(harness: Harness, kind: str = "live", key: str = KEY_ID, uid: str = "900") -> Person:
    """Anna, with a key of that kind sent."""
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    harness.bybit.uid = uid
    await said(anna, f"/keys add {kind} {key} {SECRET}")
    return anna


async def licensed(harness: Harness, kind: str) -> None:
    """The owner gives Anna a license of that kind."""
    olga = harness.person(OWNER, name="Olga")
    await said(olga, "/start")
    await harness.person().say("/start")
    await said(olga, f"/grant 1001 {kind} 30d for the test")
    await olga.press("Yes")


async def uids(harness: Harness) -> list[str | None]:
    return [each.bybit_uid for each in (await harness.config()).accounts]


@pytest.mark.parametrize("choice", [None, "paper"])
async def test_a_new_key_leaves_the_account_that_is_shown_first(harness: Harness, choice: str | None) -> None:
    anna = harness.person()
    await said(anna, "/start")
    if choice is not None:
        await said(anna, f"/settings account {choice}")
    await connected(harness)
    assert "Live is connected" in anna.last.text
    assert "Screens and orders still start with Practice." in anna.last.text
    assert "Balance · Practice" in (await said(anna, "/balance")).text
    await said(anna, "/keys check live")
    assert "Screens and orders start with Live now." in (await anna.press("Show Live first")).text
    assert "Balance · Live" in (await said(anna, "/balance")).text
    assert "Show Live first" not in (await said(anna, "/keys check live")).labels


async def test_another_key_of_the_same_account_is_asked_about(harness: Harness) -> None:
    anna = await connected(harness)
    before = (await harness.config()).accounts
    question = await said(anna, f"/keys add live {OTHER} {SECRET}")
    assert "This Bybit account is connected already." in question.text
    data = question.button("Replace Live")["callback_data"]
    assert f"UID 900 · key …{KEY_ID[-4:]}" in question.text
    assert f"…{OTHER[-4:]}" in question.text
    assert (await harness.opened_key(AccountType.LIVE)).api_key.reveal() == KEY_ID, "nothing is replaced unasked"
    assert "is connected" in (await anna.press("Replace Live")).text
    assert (await harness.opened_key(AccountType.LIVE)).api_key.reveal() == OTHER
    assert (await harness.config()).accounts == before
    assert "used or too old" in (await anna.tap(data, bubble=question)).text


async def test_without_a_license_a_second_account_of_a_kind_has_no_room(harness: Harness) -> None:
    anna = await connected(harness)
    harness.bybit.uid = "333"
    question = await said(anna, f"/keys add live {OTHER} {SECRET}")
    assert "no room for one more Live account" in question.text
    assert "room for 1 of a kind" in question.text
    assert f"key …{OTHER[-4:]} (UID 333)" in question.text
    assert await uids(harness) == [None, "900"]
    assert question.labels == ["Replace Live", "Keep what is there", "License"]
    assert "Everything is as it was" in (await anna.press("Keep what is there")).text
    assert await uids(harness) == [None, "900"]
    assert len(await harness.rows("credentials")) == 1, "the new key is gone"
    await said(anna, f"/keys add demo {OTHER} {SECRET}")
    assert await uids(harness) == [None, "333", "900"], "one of each kind"


async def test_a_replaced_account_gives_its_name_and_its_place_in_front(harness: Harness) -> None:
    anna = await connected(harness)
    await said(anna, "/settings account live")
    harness.bybit.uid = "333"
    await said(anna, f"/keys add live {OTHER} {SECRET}")
    assert "✅ Live is connected" in (await anna.press("Replace Live")).text
    assert await uids(harness) == [None, "333"]
    assert (await harness.config()).default_account.bybit_uid == "333"


@pytest.mark.parametrize(("kind", "most"), [("trial", 1), ("basic", 2), ("premium", 5)])
async def test_as_many_accounts_of_a_kind_as_the_license_says(harness: Harness, kind: str, most: int) -> None:
    await licensed(harness, kind)
    anna = await connected(harness)
    for number in range(2, most + 1):
        harness.bybit.uid = str(900 + number)
        card = await said(anna, f"/keys add live {number}{KEY_ID} {SECRET}")
        assert f"Live {number} is connected" in card.text
    harness.bybit.uid = "999"
    assert "no room" in (await said(anna, f"/keys add live {OTHER} {SECRET}")).text
    assert len(await uids(harness)) == 1 + most


async def test_keys_lists_every_account_by_name_uid_and_end_of_key(harness: Harness) -> None:
    await licensed(harness, "basic")
    anna = await connected(harness)
    harness.bybit.uid = "901"
    await said(anna, f"/keys add live {OTHER} {SECRET}")
    card = await said(anna, "/keys")
    assert f"• Live · bybit.com\nUID 900 · key …{KEY_ID[-4:]}" in card.text
    assert f"• Live 2 · bybit.com\nUID 901 · key …{OTHER[-4:]}" in card.text
    for command in ("/balance live 2", "/settings account live 2", "/keys remove live 2", "/keys check live 2"):
        assert "Live 2" in (await said(anna, command)).text, command
    assert (await harness.config()).default_account.bybit_uid == "901"
    assert "You have no account Live 3." in (await said(anna, "/balance live 3")).text
    await said(anna, "/keys remove live 1")
    await anna.press("Yes, remove")
    assert "• Live 2 ·" in (await said(anna, "/keys")).text, "a name stays"
    harness.bybit.uid = "902"
    assert "✅ Live is connected" in (await said(anna, f"/keys add live {KEY_ID} {SECRET}")).text


async def test_a_key_bound_to_another_address_shows_ours_with_a_button_to_copy_it(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    harness.bybit.key_trouble = KeyTrouble("no", code=10010)
    card = await said(anna, f"/keys add live {KEY_ID} {SECRET}")
    assert "Add my address to the key on Bybit: 192.0.2.1" in card.text
    assert card.button("Copy 192.0.2.1")["copy_text"] == {"text": "192.0.2.1"}
    harness.bybit.key_trouble = None
    await said(anna, f"/keys add live {KEY_ID} {SECRET}")
    harness.bybit.key_trouble = KeyTrouble("no", code=10010)
    harness.clock.advance(120)
    listed = await said(anna, "/keys")
    assert listed.button("Copy 192.0.2.1")["copy_text"] == {"text": "192.0.2.1"}


@pytest.mark.parametrize("language", list(Language))
async def test_rights_are_named_as_bybits_page_names_them(harness: Harness, language: Language) -> None:
    anna = harness.person(language=language.value)
    await said(anna, "/start")
    await harness.terms_accepted()
    harness.bybit.rights = ("Spot:SpotTrade",)
    assert "Contract – Orders, Contract – Positions" in (await said(anna, f"/keys add live {KEY_ID} {SECRET}")).text
    harness.bybit.rights = (*TRADE_RIGHTS, "CopyTrading:CopyTrading", "FiatP2P:FiatP2POrder")
    assert ": Copy Trading, P2P – Orders." in (await said(anna, f"/keys add live {KEY_ID} {SECRET}")).text
    harness.bybit.rights = (*TRADE_RIGHTS, "Exchange:ExchangeHistory", "Affiliate:Affiliate")
    assert "✅" in (await said(anna, f"/keys add live {KEY_ID} {SECRET}")).text, "rights to read are no fault"
