"""Questions: each takes its answer alone, each has [Cancel], each ends when the person goes elsewhere."""

from pathlib import Path

import pytest
from harness.app import ANNA, OWNER, Harness, Person, said
from harness.app import harness as open_harness
from harness.stored import a_dialogue, an_answer

from bot.domain.payloads import decode
from handlers.core.specs import DialogueSpec
from handlers.registry import TABLE

DIALOGUES = [each for each in TABLE.specs if isinstance(each, DialogueSpec)]
every_dialogue = pytest.mark.parametrize("spec", DIALOGUES, ids=lambda spec: spec.dialogue)
ANYTHING = {
    "users.find",
    "desk.reason",
    "desk.role-reason",
    "payments.reason-typed",
    "typed.word",
}  # a symbol may be the answer
SENTENCES = {*ANYTHING, "broadcast.text", "support.write"}
CHANGED = ("promo_attempts", "support_threads", "broadcasts", "accounts")
CHATTER = "well I was only thinking aloud about nothing"


@pytest.fixture
async def owner(harness: Harness) -> Person:
    person = harness.person(OWNER)
    await said(person, "/start")
    await harness.terms_accepted(OWNER)
    await harness.person().say("/start")
    return person


async def ask(harness: Harness, spec: DialogueSpec) -> None:
    await harness.services.dialogues.begin(OWNER, decode(spec.payload, a_dialogue(spec.dialogue)))


async def open_question(harness: Harness, user_id: int = OWNER) -> str | None:
    dialogue = await harness.services.dialogues.current(user_id)  # type: ignore[arg-type]  # an id
    return None if dialogue is None else dialogue.dialogue


async def navigation_ends_it_and_its_answer_does_nothing_any_more(
    harness: Harness, owner: Person, spec: DialogueSpec
) -> None:
    await said(owner, "/menu")
    menu = owner.last
    for leave in ("say /balance", "say /nosuchcommand", "say баланс", "press Balance", "tap v1:px:BTCUSDT"):
        await ask(harness, spec)
        how, what = leave.split(maxsplit=1)
        match how:
            case "say":
                await said(owner, what)
            case "press":
                await owner.press(what, bubble=menu)
                await said(owner, "/menu")
                menu = owner.last
            case _:
                await owner.tap(what, bubble=owner.last)
        is_unknown = what == "/nosuchcommand"  # a slip of the finger leads nowhere
        assert await open_question(harness) == (spec.dialogue if is_unknown else None), leave


async def cancel_ends_it(harness: Harness, owner: Person, spec: DialogueSpec) -> None:
    await ask(harness, spec)
    assert "Canceled" in (await said(owner, "/cancel")).text
    assert await open_question(harness) is None
    await ask(harness, spec)
    assert "Canceled" in (await said(owner, "отмена")).text
    assert await open_question(harness) is None


async def a_symbol_that_is_no_answer_is_a_symbol(harness: Harness, owner: Person, spec: DialogueSpec) -> None:
    await ask(harness, spec)
    text = (await said(owner, "btc")).text
    assert ("64,210.50" in text) == (spec.dialogue not in ANYTHING)
    assert spec.dialogue in ANYTHING or await open_question(harness) is None


async def a_sentence_that_is_no_answer_changes_nothing_and_can_be_left(
    harness: Harness, owner: Person, spec: DialogueSpec
) -> None:
    for language, wanted in (("en", "I am still waiting for"), ("ru", "всё ещё жду"), ("uk", "все ще чекаю")):
        await said(owner, f"/lang {language}")
        await ask(harness, spec)
        before = [await harness.rows(name) for name in CHANGED]
        bubble = await said(owner, CHATTER)
        assert await harness.rows("promo_attempts") == before[0], "chatter is no wrong try"
        if spec.dialogue in SENTENCES:
            continue
        assert [await harness.rows(name) for name in CHANGED] == before
        assert await open_question(harness) == spec.dialogue
        assert len(bubble.labels) == 1
        assert bubble.keyboard[0][0]["callback_data"] == "v1:do:cancel"
        assert wanted in bubble.text
        await owner.press(bubble.labels[0], bubble=bubble)
        assert await open_question(harness) is None


async def a_picture_or_a_forward_in_between_can_be_left_too(
    harness: Harness, owner: Person, spec: DialogueSpec
) -> None:
    await ask(harness, spec)
    bubble = await owner.forward("btc")
    assert bubble is not None
    assert bubble.labels == ["Cancel"]
    bubble = await owner.send_thing(dice={"emoji": "🎲", "value": 1})
    assert bubble is not None
    assert bubble.labels == ["Cancel"]
    assert await open_question(harness) == spec.dialogue


async def its_own_answer_is_taken(harness: Harness, owner: Person, spec: DialogueSpec) -> None:
    await ask(harness, spec)
    assert "I am still waiting" not in (await said(owner, an_answer(spec.dialogue))).text


@every_dialogue
async def test_a_question_takes_its_answer_alone_and_can_be_left(
    harness: Harness, owner: Person, spec: DialogueSpec
) -> None:
    await a_picture_or_a_forward_in_between_can_be_left_too(harness, owner, spec)
    await cancel_ends_it(harness, owner, spec)
    await a_symbol_that_is_no_answer_is_a_symbol(harness, owner, spec)
    await navigation_ends_it_and_its_answer_does_nothing_any_more(harness, owner, spec)
    await a_sentence_that_is_no_answer_changes_nothing_and_can_be_left(harness, owner, spec)
    await said(owner, "/lang en")
    await its_own_answer_is_taken(harness, owner, spec)


WRONG = [
    ("settings.value", "999"),
    ("settings.value", "1.5.5"),
    ("redeem.code", "NOSUCHCODE"),
    ("promo.code-for", "NOSUCHCODE"),
    ("keys.key-id", "gKzT9rQf~2mHx"),
    ("keys.key-and-secret", "justone"),
    ("desk.time", "premium 99999d"),
    ("desk.reason", "x" * 600),
    ("users.find", "x" * 100),
    ("support.write", "x" * 4096),
    ("broadcast.text", " "),
]


async def test_an_answer_that_does_not_fit_is_explained_above_cancel(harness: Harness, owner: Person) -> None:
    for dialogue, answer in WRONG:
        (spec,) = [each for each in DIALOGUES if each.dialogue == dialogue]
        await ask(harness, spec)
        bubble = await said(owner, answer)
        assert bubble.labels == ["Cancel"], bubble.text
        assert await open_question(harness) == dialogue, dialogue


ASKED = [
    (ANNA, ("/settings", "Leverage"), "‹ Back"),
    (ANNA, ("/redeem",), "Cancel"),
    (ANNA, ("/paysupport",), "Cancel"),
    (ANNA, ("/keys", "bybit.com", "Bybit Demo"), "Cancel"),
    (ANNA, ("/keys", "bybit.com", "Bybit Demo", "I have a key and a secret"), "Cancel"),
    (OWNER, ("/users", "Find"), "Cancel"),
    (OWNER, ("/broadcast",), "Cancel"),
    (OWNER, (f"/ban {ANNA}",), ""),
    (OWNER, (f"/grant {ANNA} premium 30d",), "Cancel"),
    (OWNER, (f"/users {ANNA}", "Redeem a code for them"), "Cancel"),
]


@pytest.mark.parametrize(("user_id", "way", "out"), ASKED)
async def test_the_card_that_asks_has_a_way_out(
    harness: Harness, owner: Person, user_id: int, way: tuple[str, ...], out: str
) -> None:
    await harness.terms_accepted(ANNA)
    person = harness.person(user_id)
    bubble = await said(person, way[0])
    for label in way[1:]:
        bubble = await person.press(label, bubble=bubble)
    if not out:
        return
    assert await open_question(harness, user_id) is not None
    await person.press(out, bubble=bubble)
    assert await open_question(harness, user_id) is None


async def test_five_words_of_chatter_after_redeem_are_no_tries(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as harness:
        anna, owner = harness.person(), harness.person(OWNER)
        await said(owner, "/promo new premium 30d code=SPRING26 max=1")
        await owner.press("Create")
        await said(anna, "/redeem")
        for word in ("hello", "is anybody there", "btc", "what does it cost", "hm", "ok", "thanks a lot"):
            await said(anna, word)
        await said(anna, "/redeem")
        assert "30 days of Premium" in (await said(anna, "«spring 26».")).text


@pytest.fixture
async def test_what_was_meant_for_the_bot_is_no_support_thread(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    for text in ("btc", "/balance", "balance", "баланс демо", "price eth", "меню"):
        await said(anna, "/paysupport")
        await said(anna, text)
    assert await harness.rows("support_threads") == []
    await said(anna, "/paysupport")
    await said(anna, "hello")
    assert "#1" in (await said(anna, "My payment of yesterday is missing, the balance too")).text


async def test_a_setting_takes_the_typed_value_at_once_and_nothing_after_the_menu(harness: Harness) -> None:
    anna = harness.person()
    card = await said(anna, "/settings risk")
    assert "type a number" in card.text
    assert "✓ Risk per trade: 1.5%" in (await said(anna, "1,5 %")).text
    await said(anna, "/settings risk")
    await said(anna, "/menu")
    await said(anna, "2")
    assert str((await harness.config()).trade_settings.risk_percent) == "1.5"


async def test_each_setting_takes_its_own_words(harness: Harness) -> None:
    for number, (line, typed, saved) in enumerate(
        [
            ("/settings order", "limit", "Order type: Limit"),
            ("/settings leverage", "5x", "Leverage: 5x"),
            ("/settings leverage", "5х", "Leverage: 5x"),
            ("/settings zone", "New York", "Time zone: New York"),
            ("/settings notify", "Silent", "Messages: Silent"),
        ]
    ):
        anna = harness.person(ANNA + number)
        await said(anna, line)
        assert saved in (await said(anna, typed)).text, line
