"""Bad input to every text entry: a clear answer, no exception, nothing stored."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, KEY_ID, OWNER, Harness, Person
from harness.app import harness as open_harness
from harness.bot_api import Bubble

from bot.domain.accounts import TradeSettings

NUMBERS = (
    "NaN", "nan", "sNaN", "inf", "-inf", "Infinity", "1e309", "-0", "0.1.2", "1_000", "１２", "٣", "²", "1E+999999",
    "0x10", "0b1", "9" * 300, "-1", "--1", "+-1", "1e1", "½", "Ⅷ", "1,2,3", "1.2.3,4", ",", ".", "%", "1%%", "$1",
    "1 2", "0", "101", "1000", "true", "None",
)  # fmt: skip
STRINGS = (
    "<b>bold</b>", "<script>alert(1)</script>", "</pre></b>", "&lt;&amp;&quot;", "&#60;b&#62;", "{ $name }",
    "{0} %s %n", "'; DROP TABLE users; --", '" OR 1=1', "../../etc/passwd", "\u202eevil\u2066", "Z" + "\u0300" * 200,
    "\u0001\u0007\u001b[31m", "a\x00b", "\ud800", "\udfff lone", "x" * 4096, "😀" * 2048, "\u200b\u200b", "\ufeff",
    "ﷺ" * 100, "Ω≈ç√∫˜µ≤≥÷", "田中さん", "שלום", "مرحبا", "👩‍👩‍👧‍👦", "\t\t", "*_`[]()~>#+-=|{}.!", "null", "undefined",
)  # fmt: skip
FIELDS = ("risk", "sl", "tp", "leverage", "order", "account", "notify", "zone", "pictures")
PREFIXES = (
    "", "/", "/start ", "/balance ", "/positions ", "/price ", "/book ", "/symbols ", "/lang ", "/settings ", "/keys ",
    "/keys add ", "/keys add demo ", "/keys check ", "/keys remove ", "/menu ", "/help ", "/license ", "/whoami ",
    *(f"/settings {field} " for field in FIELDS),
)  # fmt: skip


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    async with open_harness(tmp_path) as built:
        await built.person().say("/start")
        yield built


async def answered(person: Person, text: str) -> Bubble:
    before = len(person.harness.api.made("sendMessage"))
    bubble = await person.say(text)
    assert bubble is not None, f"silence after {text[:60]!r}"
    assert len(person.harness.api.made("sendMessage")) == before + 1, f"not one answer to {text[:60]!r}"
    assert "went wrong" not in bubble.text, f"an apology for {text[:60]!r}"
    assert len(bubble.text) < 1500, f"a wall of text for {text[:60]!r}"
    return bubble


def no_errors(caplog: pytest.LogCaptureFixture) -> None:
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_any_text_after_any_command(harness: Harness, caplog: pytest.LogCaptureFixture, prefix: str) -> None:
    anna = harness.person()
    before = await harness.config()
    for text in (*STRINGS, *NUMBERS):
        await answered(anna, (prefix + text)[:4096])
    after = await harness.config()
    settable = prefix.startswith(("/settings", "/lang"))
    assert settable or after == before
    no_errors(caplog)


@pytest.mark.parametrize("field", ["risk", "sl", "tp", "leverage"])
async def test_a_number_that_is_none_is_not_stored(
    harness: Harness, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    anna = harness.person()
    for text in (*NUMBERS, *STRINGS):
        if field == "tp" and text == "101":
            continue  # a take profit of 101 % is one
        await answered(anna, f"/settings {field} {text}"[:4096])
        assert (await harness.config()).trade_settings == TradeSettings(), text[:60]
    no_errors(caplog)


async def test_a_number_in_any_honest_spelling_is_read(harness: Harness) -> None:
    for number, (text, risk) in enumerate(
        [
            ("1.5", "1.5"),
            ("1,5", "1.5"),
            ("0,5", "0.5"),
            (".5", "0.5"),
            ("2%", "2"),
            ("+3", "3"),
            ("1.50", "1.5"),
        ],
        ANNA,
    ):
        await answered(harness.person(number), f"/settings risk {text}")
        assert str((await harness.config(number)).trade_settings.risk_percent) == risk, text


async def test_the_dialogue_for_a_value(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    anna = harness.person()
    await anna.say("/settings")
    await anna.press("Leverage")
    for text in (*NUMBERS, *(each for each in STRINGS if each.strip())):
        await answered(anna, text)
        assert (await harness.config()).trade_settings == TradeSettings(), text[:60]
    assert "7x" in (await answered(anna, "7")).text, "it is still open for a good value"
    await answered(anna, "8")
    assert (await harness.config()).trade_settings.leverage == 7, "and over after it"
    no_errors(caplog)


async def test_the_dialogue_for_a_key_id_and_for_a_secret(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    anna = harness.person()
    await harness.terms_accepted()
    for label in ("Bybit Demo", "key and a secret"):
        await anna.say("/keys")
        await anna.press("bybit.com")
        await anna.press("Bybit Demo")
        if label != "Bybit Demo":
            await anna.press(label)
        for text in STRINGS:
            await answered(anna, text)
            await answered(anna, f"{text} {text}"[:4096])
    assert not harness.bybit.seen_keys or all(key.api_key.isascii() for key in harness.bybit.seen_keys)
    no_errors(caplog)


async def test_ids_for_a_ban(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    owner = harness.person(OWNER, name="Olga")
    await owner.say("/start")
    for text in (*NUMBERS, *STRINGS, "", "@anna", str(2**60), "-100500", "01001"):
        if text in {"101", "1000"}:
            continue  # well-formed ids
        bubble = await answered(owner, f"/ban {text}"[:4096])
        assert "/ban 1002 why" in bubble.text or "know no user" in bubble.text, text[:60]
    assert "know no user 999" in (await answered(owner, "/ban 999 why")).text
    assert "do that to yourself" in (await answered(owner, f"/ban {OWNER} why")).text
    assert not (await harness.config()).is_banned
    no_errors(caplog)


async def test_any_name_of_a_person(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    for number, name in enumerate([each for each in STRINGS if "\ud800" not in each and "\udfff" not in each], BORIS):
        boris = harness.person(number, name=name[:64])
        for text in ("/start", "/whoami", "/menu"):
            bubble = await answered(boris, text)
            assert "<script" not in bubble.html, name
        assert len((await harness.config(number)).first_name) <= 64, name
        no_errors(caplog)


async def test_what_was_typed_is_echoed_short_and_as_text(harness: Harness) -> None:
    anna = harness.person()
    bubble = await answered(anna, "/settings <i>" + "x" * 4000)
    assert "&lt;i&gt;" in bubble.html
    assert len(bubble.text) < 450


@pytest.mark.parametrize(
    "text", ["/keys add demo KEY <b>", f"/keys add live {KEY_ID} short", "/keys add demo ключ секрет"]
)
async def test_a_malformed_key_is_deleted_and_not_asked_about(harness: Harness, text: str) -> None:
    await harness.terms_accepted()
    assert "does not look like a Bybit key" in (await answered(harness.person(), text)).text
    assert harness.api.deleted
    assert not harness.bybit.seen_keys


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], "caption": "/balance"},
        {"sticker": {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1,
                     "is_animated": False, "is_video": False}},
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}},
        {"document": {"file_id": "a", "file_unique_id": "b"}},
        {"location": {"latitude": 1.0, "longitude": 1.0}},
        {"contact": {"phone_number": "1", "first_name": "A"}},
        {"dice": {"emoji": "🎲", "value": 1}},
    ],
)  # fmt: skip
async def test_what_is_no_text_is_answered_once(harness: Harness, content: dict[str, object]) -> None:
    anna = harness.person()
    bubble = await anna.send_thing(**content)
    assert bubble is not None
    assert "text and buttons only" in bubble.text
    assert len(harness.api.made("sendMessage")) == 2


async def test_service_messages_need_no_answer(harness: Harness) -> None:
    assert await harness.person().send_thing(write_access_allowed={"from_request": True}) is None


async def test_nothing_of_all_this_reached_another_user(harness: Harness) -> None:
    anna = harness.person()
    for text in STRINGS:
        await answered(anna, text)
    assert {int(call.params["chat_id"]) for call in harness.api.made("sendMessage")} == {ANNA}
