"""The public key that was shown waits for its key's id, whatever is looked at meanwhile."""

from harness.app import ANNA, KEY_ID, Bubble, Harness, Person, said

from bot.domain.accounts import AccountType
from bot.domain.errors import KeyTrouble


async def offered(anna: Person) -> Bubble:
    """The card with the public key; the terms are accepted on the way there if they are not yet."""
    await said(anna, "/keys")
    await anna.press("bybit.com")
    card = await anna.press("Bybit Demo")
    return await anna.press("I accept") if "I accept" in card.labels else card


def public_key(card: Bubble) -> str:
    return card.text.partition("-----BEGIN PUBLIC KEY-----")[2].partition("-----END")[0]


async def test_the_key_id_is_taken_after_a_look_at_prices(harness: Harness) -> None:
    anna = harness.person()
    await offered(anna)
    await said(anna, "btc")  # the question is over
    assert "Bybit Demo is connected" in (await said(anna, KEY_ID)).text
    accounts = (await harness.config(ANNA)).accounts
    assert AccountType.DEMO in [each.account_type for each in accounts]


async def test_a_refused_key_of_a_waiting_pair_is_asked_for_again(harness: Harness) -> None:
    anna = harness.person()
    await offered(anna)
    await said(anna, "/menu")
    harness.bybit.key_trouble = KeyTrouble("no", code=10003)
    assert "Nothing was stored" in (await said(anna, KEY_ID)).text
    harness.bybit.key_trouble = None
    assert "Bybit Demo is connected" in (await said(anna, KEY_ID)).text


async def test_the_same_public_key_is_shown_again_until_it_is_taken_up(harness: Harness) -> None:
    anna = harness.person()
    shown = public_key(await offered(anna))
    assert shown
    await said(anna, "/menu")
    assert public_key(await offered(anna)) == shown
    assert "Bybit Demo is connected" in (await said(anna, KEY_ID)).text
    assert public_key(await offered(anna)) != shown


async def test_without_a_waiting_pair_a_key_id_is_a_word_like_any_other(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "I don't know what to do with that" in (await said(anna, KEY_ID)).text
