"""Banned people who paid reach support, their license and their data, and nothing else; the others reach nothing."""

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness, Person, said
from harness.payments import buys, check_out, customer, paid_update

CANNOT = "can't use this bot"


@pytest.fixture
async def anna(harness: Harness) -> Person:
    """Paid for a month, and was banned."""
    anna = await customer(harness)
    payload, stars = await buys(anna, "Premium 1 mo")
    assert await check_out(anna, payload, stars) is None
    await harness.feed(paid_update(anna, payload, stars, "stx-1"))
    await harness.ban(ANNA)
    return anna


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/license", "Premium until"),
        ("/paysupport", "What is it about?"),
        ("/terms", "Terms"),
        ("/privacy", "What is stored"),
        ("/forget", "Erase everything?"),
    ],
)
async def test_bug_banned_people_with_paid_time_could_not_reach_payment_support(
    anna: Person, command: str, words: str
) -> None:
    answer = await said(anna, command)
    assert words in answer.text
    assert CANNOT not in answer.text


async def test_they_write_to_support_and_are_answered(harness: Harness, anna: Person) -> None:
    await said(anna, "/paysupport")
    assert CANNOT not in (await said(anna, "I paid and cannot use it")).text
    messages = await harness.database.fetch("SELECT text FROM support_messages")
    assert [text for (text,) in messages] == ["I paid and cannot use it"]
    owner = harness.person(OWNER, name="Olga")
    await owner.say("/start")
    assert "I paid and cannot use it" in (await said(owner, "/threads 1")).text or owner.last.labels


@pytest.mark.parametrize("typed", ["/start", "/balance", "/subscribe", "/redeem SPRING26", "btc", "/keys"])
async def test_everything_else_is_refused_and_says_what_answers(anna: Person, typed: str) -> None:
    answer = await said(anna, typed)
    assert CANNOT in answer.text
    assert "/paysupport" in answer.text


async def test_buttons_of_other_things_do_nothing(harness: Harness, anna: Person) -> None:
    card = await said(anna, "/privacy")
    for data in ("v1:do:balance", "v1:do:menu", "v1:buy:premium:1", "v1:px:BTCUSDT"):
        await anna.tap(data, bubble=card)
        assert CANNOT in str(anna.alert()), data
    assert len(harness.api.invoices) == 1
    assert "Premium until" in (await anna.tap("v1:do:license", bubble=card)).text


async def test_a_token_from_before_the_ban_does_nothing(harness: Harness) -> None:
    anna = await customer(harness)
    payload, stars = await buys(anna, "Premium 1 mo")
    prices = anna.bubbles[-2]
    assert await check_out(anna, payload, stars) is None
    await harness.feed(paid_update(anna, payload, stars, "stx-1"))
    await harness.ban(ANNA)
    await anna.press("Basic 1 mo", bubble=prices)
    assert len(harness.api.invoices) == 1


async def test_who_never_paid_reaches_nothing(harness: Harness) -> None:
    boris = await customer(harness, BORIS)
    await harness.ban(BORIS)
    answer = await said(boris, "/paysupport")
    assert CANNOT in answer.text
    assert "/paysupport" not in answer.text


async def test_a_banned_persons_erasure_says_that_it_waits(anna: Person) -> None:
    await said(anna, "/forget")
    await anna.press("Go on")
    await anna.press("Yes, erase everything")
    assert "only once you are unbanned" in anna.last.text


async def test_in_groups_they_are_refused(anna: Person) -> None:
    answer = await anna.in_group().say("/license@perpdesk_bot")
    assert answer is None or "Premium" not in answer.text
