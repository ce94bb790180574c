"""Secrets that nobody asked for: a pasted key waits for its owner's word, a doubtful one is asked about."""

import pytest
from harness.app import ANNA, KEY_ID, OWNER, SECRET, Harness, Person, said

from bot.domain.errors import ExchangeDown, KeyTrouble

PAIR = f"API Key: {KEY_ID}\nAPI Secret: {SECRET}"
DOUBTFUL = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
HASH = "5d41402abc4b2a76b9719d911017c592ae1f0b3c5d7e9f1a2b3c4d5e6f708192"
TRON = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
UUID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
CHARGE = "stxKjfE8tGeFhLqmEbKQw4rOQvZP8j1D0wYvD3q6ZbJkV2fYt7hG1nLmBv0u8sR5"


@pytest.fixture
async def anna(harness: Harness) -> Person:
    person = harness.person()
    await said(person, "/start")
    return person


async def types(harness: Harness) -> list[str]:
    return [each.account_type.value for each in (await harness.config()).accounts]


async def stored_text(harness: Harness) -> str:
    tables = ("buttons", "dialogues", "inbox", "outbox", "audit", "users", "support_messages", "user_errors")
    return str([await harness.rows(name) for name in tables])


@pytest.mark.parametrize(("label", "found"), [("Connect as Bybit Demo", "demo"), ("Connect as Live", "live")])
async def test_a_pasted_key_connects_as_its_owner_says(harness: Harness, anna: Person, label: str, found: str) -> None:
    bubble = await said(anna, PAIR)
    assert len(harness.api.deleted) == 1
    assert bubble.labels == ["Connect as Bybit Demo", "Connect as Live", "Throw it away"]
    assert not harness.bybit.seen_keys, "nothing is guessed"
    assert SECRET not in await stored_text(harness)
    assert KEY_ID not in await stored_text(harness)
    await anna.press(label)
    assert "is connected" in (await anna.press("I accept")).text
    assert await types(harness) == ["paper", found]
    assert harness.app.bot_data.pasted_keys.find(ANNA) is None  # type: ignore[arg-type]  # an id


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
async def test_throwing_it_away_forgets_it(harness: Harness, language: str) -> None:
    anna = harness.person(language=language)
    await said(anna, "/start")
    bubble = await said(anna, PAIR)
    await anna.press(bubble.labels[2], bubble=bubble)
    assert await types(harness) == ["paper"]
    assert harness.app.bot_data.pasted_keys.find(ANNA) is None  # type: ignore[arg-type]  # an id


async def test_it_is_kept_for_a_quarter_of_an_hour(harness: Harness, anna: Person) -> None:
    await harness.terms_accepted()
    bubble = await said(anna, PAIR)
    harness.clock.advance(15 * 60 + 1)
    await anna.press("Connect as Live", bubble=bubble)
    assert "used or too old" in anna.last.text or "do not have that key any more" in anna.last.text
    assert await types(harness) == ["paper"]


async def test_the_wrong_account_and_an_outage_do_not_lose_it(harness: Harness, anna: Person) -> None:
    await harness.terms_accepted()
    bubble = await said(anna, PAIR)
    harness.bybit.key_trouble = KeyTrouble("wrong environment", code=10003)
    assert "can't take this key" in (await anna.press("Connect as Bybit Demo", bubble=bubble)).text
    harness.bybit.key_trouble, harness.bybit.trouble = None, ExchangeDown("down")
    text = (await anna.press("Connect as Live", bubble=bubble)).text
    assert "does not answer" in text
    assert "Refresh" not in text
    harness.bybit.trouble = None
    harness.clock.advance(60)
    assert "is connected" in (await anna.press("Connect as Live", bubble=bubble)).text


async def test_where_it_cannot_be_deleted_the_card_says_so(harness: Harness, anna: Person) -> None:
    harness.api.refuse = lambda call: (400, "message can't be deleted") if call.method == "deleteMessage" else None
    assert "Please delete it yourself" in (await said(anna, PAIR)).text


async def test_a_pasted_key_in_a_question_for_words_reaches_nobody(harness: Harness, anna: Person) -> None:
    await said(anna, "/paysupport")
    assert "Connect as Live" in (await said(anna, PAIR)).labels
    assert await harness.rows("support_threads") == []
    assert SECRET not in await stored_text(harness)


@pytest.mark.parametrize("way", ["forward", "edit", "command", "reply"])
async def test_a_pair_that_is_not_plainly_ones_own_is_not_kept(harness: Harness, anna: Person, way: str) -> None:
    reply = {"message_id": 1, "date": 1, "chat": {"id": ANNA, "type": "private"}, "text": "💬 #1 Support answers"}
    match way:
        case "forward":
            bubble = await anna.forward(PAIR)
        case "edit":
            bubble = await anna.edit(PAIR)
        case "command":
            bubble = await anna.say(f"/paysupport {PAIR}")
        case _:
            bubble = await anna.say(PAIR, reply_to_message=reply)
    assert bubble is not None
    assert "I deleted a message of yours" in bubble.text
    assert harness.app.bot_data.pasted_keys.find(ANNA) is None  # type: ignore[arg-type]  # an id


@pytest.mark.parametrize("number", [HASH, TRON, UUID, CHARGE])
@pytest.mark.parametrize("asked", [True, False])
async def test_what_is_public_reaches_support(harness: Harness, anna: Person, number: str, *, asked: bool) -> None:
    words = f"I paid and have nothing. The number is {number}"
    if asked:
        await said(anna, "/paysupport")
        bubble = await said(anna, words)
    else:
        bubble = await said(anna, f"/paysupport {words}")
    assert "#1" in bubble.text
    assert not harness.api.deleted
    assert number in str(await harness.rows("support_messages"))


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
@pytest.mark.parametrize("choice", [0, 1])
async def test_of_a_doubtful_message_to_support_its_writer_decides(
    harness: Harness, language: str, choice: int
) -> None:
    anna = harness.person(language=language)
    await said(anna, "/start")
    await said(anna, "/paysupport")
    bubble = await said(anna, f"Look at {DOUBTFUL} please")
    assert len(bubble.labels) == 2
    assert await harness.rows("support_threads") == []
    assert DOUBTFUL not in await stored_text(harness)
    await anna.press(bubble.labels[choice], bubble=bubble)
    assert (DOUBTFUL in str(await harness.rows("support_messages"))) == bool(choice)
    assert len(harness.api.deleted) == 1 - choice


async def test_a_doubtful_text_for_nobody_can_be_deleted(harness: Harness, anna: Person) -> None:
    bubble = await said(anna, DOUBTFUL)
    assert "may be a secret" in bubble.text
    assert "Deleted" in (await anna.press("Delete it")).text
    assert len(harness.api.deleted) == 1


@pytest.mark.parametrize("text", [f"{SECRET[:18]} {SECRET[18:]}", f"{SECRET[:12]} {SECRET[12:24]}\n{SECRET[24:]}"])
async def test_a_secret_broken_by_blanks_is_taken_out(harness: Harness, anna: Person, text: str) -> None:
    assert "I deleted a message of yours" in (await said(anna, text)).text


async def test_the_check_of_a_key_in_an_outage_can_be_refreshed(harness: Harness, anna: Person) -> None:
    await harness.demo_account(anna)
    harness.bybit.trouble = ExchangeDown("down")
    harness.clock.advance(3600)
    bubble = await said(anna, "/keys check demo")
    assert "Try Refresh" in bubble.text
    assert bubble.labels == ["↻ Refresh", "‹ Back", "Menu"]
    harness.bybit.trouble = None
    harness.clock.advance(60)
    assert "Checked" in (await anna.press("Refresh", bubble=bubble)).text


ERRORS = [
    ("/settings risk 99", "v1:do:settings"),
    ("/settings colour red", "v1:do:settings"),
    ("/settings zone Atlantis", "v1:do:settings"),
    ("/keys add demo a", "v1:do:keys"),
    ("/keys check paper", "v1:do:keys"),
    ("/keys check moon", "v1:do:keys"),
    ("/balance moon", "v1:do:balance"),
    ("/price nosuch", "v1:do:price"),
    ("/price ???", "v1:do:price"),
    ("/book nosuch", "v1:do:book"),
    ("/symbols moon", "v1:do:symbols"),
    ("/lang klingon", "v1:do:lang"),
]


@pytest.mark.parametrize(("language", "label"), [("en", "‹ Back"), ("ru", "‹ Назад"), ("uk", "‹ Назад")])
async def test_an_error_leads_back_to_where_one_was(harness: Harness, language: str, label: str) -> None:
    for number, (line, back) in enumerate(ERRORS):
        anna = harness.person(ANNA + number, language=language)
        await said(anna, "/start")
        bubble = await said(anna, line)
        datas = [each["callback_data"] for row in bubble.keyboard for each in row]
        assert datas[-2:] == [back, "v1:do:menu"], line
        assert (await anna.press(label, bubble=bubble)).text, line


ADMIN_ERRORS = [
    ("/users " + "x" * 100, "v1:do:users"),
    ("/ban x", "v1:do:users"),
    ("/grant 1001 gold 3d", "v1:do:users"),
    ("/payments x y z", "v1:do:payments"),
    ("/promo new gold 3d", "v1:do:promo"),
    ("/promo 999", "v1:do:promo"),
]


async def test_an_admins_error_leads_back_too(harness: Harness) -> None:
    for line, back in ADMIN_ERRORS:
        owner = harness.person(OWNER)
        await said(owner, "/start")
        bubble = await said(owner, line)
        datas = [each["callback_data"] for row in bubble.keyboard for each in row]
        assert datas[-2:] == [back, "v1:do:menu"], line
