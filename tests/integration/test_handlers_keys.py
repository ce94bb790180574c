"""Connecting Bybit: the pair, the typed secret, every refusal by name, and where a secret must never be found."""

import asyncio
import logging
import shutil
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, KEY_ID, SECRET, Harness, Person, said
from harness.app import harness as open_harness
from harness.bybit import TRADE_RIGHTS
from harness.waiting import LIMIT, until
from telegram import Update

from bot.domain.accounts import AccountType, KeyType
from bot.domain.errors import ExchangeDown, KeyTrouble
from bot.domain.ids import Millis
from bot.domain.sites import SITES
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from bot.domain.users import Language
from bot.services.accounts.key_asks import LOST_AFTER
from storage.chat.outbox import SqliteOutbox

DAY = 86_400_000


async def accounts(harness: Harness, user_id: int = ANNA) -> list[str]:
    return [each.account_type.value for each in (await harness.config(user_id)).accounts]


def traces(harness: Harness, folder: Path, caplog: pytest.LogCaptureFixture) -> str:
    """Everything that could hold a secret: the log, what was sent, the files on disk."""
    files = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())
    calls = "\n".join(str(call.params) for call in harness.api.calls)
    log = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    return calls + log + files.decode("latin-1")


async def test_a_pair_is_made_here_and_no_secret_passes_through_telegram(
    harness: Harness, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    anna = harness.person()
    await said(anna, "/keys")
    await anna.press("bybit.com")
    terms = await anna.press("Bybit Demo")
    assert "One thing first: the terms" in terms.text
    offer = await anna.press("I accept")
    assert (await harness.config()).terms_version == 1
    assert "Connect Bybit Demo · bybit.com" in offer.text
    assert "<pre>-----BEGIN PUBLIC KEY-----" in offer.html
    assert [line[:2] for line in offer.text.splitlines() if line[1:3] == ". "] == ["1.", "2.", "3.", "4."]
    assert offer.button("Copy 192.0.2.1")["copy_text"] == {"text": "192.0.2.1"}
    assert anna.taps == 3
    assert len(anna.bubbles) == 1, "one card through the whole way"

    connected = await said(anna, KEY_ID)
    assert "Bybit Demo is connected" in connected.text
    assert "May trade and nothing else." in connected.text
    assert "Bound to 192.0.2.1." in connected.text
    assert await accounts(harness) == ["paper", "demo"]
    key = await harness.opened_key(AccountType.DEMO)
    assert key.key_type is KeyType.RSA
    private_lines = key.api_secret.reveal().splitlines()[1:-1]
    assert all(line not in traces(harness, tmp_path, caplog) for line in private_lines)
    assert await harness.services.dialogues.current(ANNA) is None


async def test_a_typed_key_is_deleted_checked_and_sealed(
    harness: Harness, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    bubble = await said(anna, f"/keys add demo {KEY_ID} {SECRET}")
    assert "Bybit Demo is connected" in bubble.text
    assert len(harness.api.deleted) == 1, "the message with the key is gone"
    assert SECRET not in traces(harness, tmp_path, caplog)
    assert KEY_ID not in str(harness.api.calls)
    assert harness.bybit.seen_keys[0].is_signed_by(SECRET)


async def test_a_typed_key_waits_for_the_terms_and_need_not_be_sent_twice(harness: Harness) -> None:
    anna = harness.person()
    bubble = await said(anna, f"/keys add demo {KEY_ID} {SECRET}")
    assert "One thing first" in bubble.text
    assert "it waits 15 minutes" in bubble.text
    assert len(harness.api.deleted) == 1
    assert not harness.bybit.seen_keys, "nothing is asked before the terms"
    assert "Bybit Demo is connected" in (await anna.press("I accept")).text


async def test_a_key_that_waited_too_long_is_asked_for_again(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, f"/keys add demo {KEY_ID} {SECRET}")
    harness.app.bot_data.typed_keys.take(ANNA)
    assert "send the line again" in (await anna.press("I accept")).text
    assert "Bybit Demo is connected" in (await said(anna, f"/keys add demo {KEY_ID} {SECRET}")).text


async def test_the_second_way_asks_for_key_and_secret(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    await said(anna, "/keys")
    await anna.press("bybit.com")
    await anna.press("Live")
    assert "in one message" in (await anna.press("key and a secret")).text
    assert "send both again" in (await said(anna, "justone")).text
    assert len(harness.api.deleted) == 1, "even what was no secret is taken out of the chat"
    connected = await said(anna, f"{KEY_ID}\n{SECRET}")
    assert "Live is connected" in connected.text
    assert len(harness.api.deleted) == 2
    assert await accounts(harness) == ["paper", "live"]


@pytest.mark.parametrize(
    ("changes", "reason", "cure"),
    [
        ({"rights": (*TRADE_RIGHTS, "Wallet:Withdraw")}, "It may withdraw money.", "uncheck Withdrawal"),
        ({"rights": (*TRADE_RIGHTS, "Wallet:AccountTransfer")}, "move money between accounts", "uncheck the transfer"),
        ({"rights": (*TRADE_RIGHTS, "Earn:Earn")}, "more than trade: Earn.", "Uncheck that"),
        ({"rights": ("Spot:SpotTrade",)}, "lacks rights", "Check Contract"),
        ({"read_only": True}, "It is read-only.", "Read-Write"),
        ({"expires_at": Millis(1)}, "It has expired.", "Make a new key"),
    ],
)
async def test_a_refused_key_is_told_by_name_with_its_cure(
    harness: Harness, changes: dict[str, object], reason: str, cure: str
) -> None:
    for name, value in changes.items():
        setattr(harness.bybit, name, value)
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    bubble = await said(anna, f"/keys add demo {KEY_ID} {SECRET}")
    assert "Nothing was stored" in bubble.text
    assert reason in bubble.text
    assert cure in bubble.text
    assert await accounts(harness) == ["paper"]
    assert await harness.rows("credentials") == []


REASONS = {
    10003: "There is no such key at Bybit",
    10004: "do not match",
    10010: "another IP address",
    33004: "has expired",
    10005: "(code 10005)",
}


@pytest.mark.parametrize("language", list(Language))
async def test_what_bybit_says_of_a_key(harness: Harness, language: Language) -> None:
    anna = harness.person(language=language.value)
    await said(anna, "/start")
    await harness.terms_accepted()
    for code, reason in REASONS.items():
        harness.bybit.key_trouble = KeyTrouble("no", code=code)
        bubble = await said(anna, f"/keys add live {KEY_ID} {SECRET}")
        assert "⛔" in bubble.text, code
        assert language is not Language.ENGLISH or reason in bubble.text, code
        assert await accounts(harness) == ["paper"], code


async def test_a_missing_ip_is_stored_with_a_warning_and_the_address_to_copy(harness: Harness) -> None:
    harness.bybit.ips = ()
    harness.bybit.expires_at = Millis(harness.clock.now() + 60 * DAY)
    anna = harness.person()
    await harness.demo_account(anna)
    assert "ends it after 60 days" in anna.last.text
    assert anna.last.button("Copy 192.0.2.1")


async def test_a_key_that_expires_soon(harness: Harness) -> None:
    harness.bybit.expires_at = Millis(harness.clock.now() + 3 * DAY + 1)
    anna = harness.person()
    await harness.demo_account(anna)
    assert "It expires in 4 days (2025-10-12)." in anna.last.text


async def test_a_second_user_with_the_same_bybit_account_is_refused(harness: Harness) -> None:
    anna, boris = harness.person(), harness.person(BORIS)
    await harness.demo_account(anna)
    await said(boris, "/start")
    await harness.terms_accepted(BORIS)
    bubble = await said(boris, f"/keys add demo {KEY_ID} {SECRET}")
    assert "connected by another user" in bubble.text
    assert await accounts(harness, BORIS) == ["paper"]


async def test_while_bybit_is_silent_nothing_is_stored_and_it_says_so(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    harness.bybit.trouble = ExchangeDown("timeout")
    assert "does not answer" in (await said(anna, f"/keys add demo {KEY_ID} {SECRET}")).text
    assert await accounts(harness) == ["paper"]


async def test_the_key_id_may_be_sent_again_after_a_mistake(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    await said(anna, "/keys")
    await anna.press("bybit.com")
    await anna.press("Bybit Demo")
    assert "I am still waiting for the API key" in (await said(anna, "what is that")).text
    assert "letters and digits only" in (await said(anna, "ключ-от-bybit")).text
    harness.bybit.read_only = True
    assert "read-only" in (await said(anna, KEY_ID)).text
    harness.bybit.read_only = False
    assert "is connected" in (await said(anna, KEY_ID)).text


async def test_check_by_typing_and_by_button(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    assert "Checked 08:53:20 UTC" in (await said(anna, "/keys check demo")).text
    await said(anna, "/keys")
    harness.bybit.rights = (*TRADE_RIGHTS, "Wallet:Withdraw")
    assert "It may withdraw money." in (await anna.press("Check Bybit Demo")).text
    assert "No live account" in (await said(anna, "/keys check live")).text


async def test_removing_asks_first_and_works_once(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    ask = await said(anna, "/keys remove demo")
    assert await accounts(harness) == ["paper", "demo"]
    data = ask.button("Yes, remove")["callback_data"]
    assert "is removed here" in (await anna.press("Yes, remove")).text
    assert await accounts(harness) == ["paper"]
    assert await harness.rows("credentials") == []
    assert "used or too old" in (await anna.tap(data, bubble=ask)).text
    assert "not connected yet" in (await said(anna, "/keys remove demo")).text


async def test_keeping_it_keeps_it(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    await said(anna, "/keys")
    await anna.press("Remove Bybit Demo")
    assert "Connected" in (await anna.press("Keep it")).text
    assert await accounts(harness) == ["paper", "demo"]


async def test_a_confirmation_expires(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    await said(anna, "/keys remove demo")
    harness.clock.advance(16 * 60)
    assert "used or too old" in (await anna.press("Yes, remove")).text
    assert await accounts(harness) == ["paper", "demo"]


async def test_on_bybit_eu_there_are_no_keys_and_practice_is_offered(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/keys")
    bubble = await anna.press("bybit.eu")
    assert "gives no API keys" in bubble.text
    assert "Balance · Practice" in (await anna.press("Practice account")).text


async def test_every_site_leads_to_its_accounts(harness: Harness) -> None:
    for number, site in enumerate([site for site in SITES if site.api_keys_work]):
        anna = harness.person(ANNA + number)
        await said(anna, "/keys")
        bubble = await anna.press(str(getattr(site, "domain", "")))
        assert ("Bybit Demo" in bubble.labels) == getattr(site, "has_demo", None), site
        assert "Live" in bubble.labels, site


async def test_the_site_of_a_typed_key(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    assert "bybit.kz" in (await said(anna, f"/keys add live {KEY_ID} {SECRET} kz")).text
    assert "has no demo trading" in (await said(anna, f"/keys add demo {KEY_ID} {SECRET} kz")).text
    assert "gives no API keys" in (await said(anna, f"/keys add live {KEY_ID} {SECRET} eu")).text
    assert "don't know that Bybit site" in (await said(anna, f"/keys add live {KEY_ID} {SECRET} xx")).text


async def test_a_wrong_line_says_how_to_type_it(harness: Harness) -> None:
    for number, text in enumerate(
        [
            "/keys add",
            "/keys add demo",
            f"/keys add demo {KEY_ID}",
            f"/keys add paper {KEY_ID} {SECRET}",
            f"/keys add demo {KEY_ID} {SECRET} com extra",
            "/keys check",
            "/keys check paper",
            "/keys remove",
            "/keys remove demo live",
        ]
    ):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        bubble = await said(anna, text)
        assert (
            "/keys add demo" in bubble.text or "/keys check demo" in bubble.text or "/keys remove demo" in bubble.text
        ), text
        assert not harness.bybit.seen_keys, text


async def test_a_replaced_key_of_the_same_account_keeps_its_place(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    first = (await harness.config()).resolve(AccountType.DEMO)
    await said(anna, f"/keys add demo other{KEY_ID} {SECRET}")
    assert (await harness.config()).resolve(AccountType.DEMO) == first


async def slow(harness: Harness) -> Person:
    """Anna, with the terms accepted and Bybit silent from now on."""
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    harness.app.bot_data.tasks.reply_within = 0.05
    harness.bybit.gate.clear()
    return anna


async def test_while_bybit_takes_its_time_over_a_typed_key_the_lane_is_free(harness: Harness) -> None:
    anna = await slow(harness)
    async with asyncio.timeout(LIMIT):
        asking = await said(anna, f"/keys add demo {KEY_ID} {SECRET}")
        assert "Asking Bybit" in asking.text
        assert "Which language" in (await said(anna, "/lang")).text
        assert "still asking" in (await said(anna, f"/keys add demo {KEY_ID} {SECRET}")).text
    harness.bybit.gate.set()
    await harness.settle()
    assert "Bybit Demo is connected" in asking.text
    assert asking.edits == 1
    assert len(harness.bybit.seen_keys) == 1
    assert len(await harness.rows("credentials")) == 1
    assert await accounts(harness) == ["paper", "demo"]


async def test_a_question_to_bybit_that_a_restart_cut_short_is_told_of(tmp_path: Path) -> None:
    one, killed = tmp_path / "one", tmp_path / "killed"
    one.mkdir()
    async with open_harness(one) as harness:
        anna = await slow(harness)
        assert "Asking Bybit" in (await said(anna, f"/keys add demo {KEY_ID} {SECRET}")).text
        await until(harness.queued, what="the note of the question")
        await asyncio.to_thread(shutil.copytree, one, killed)  # what a kill leaves on the disk
    async with open_harness(killed) as harness:
        outbox = SqliteOutbox(harness.database)
        assert await outbox.due(harness.clock.now(), 9) == (), "not while the answer might still come"
        (row,) = await outbox.due(Millis(harness.clock.now() + LOST_AFTER), 9)
        assert row.message.kind == "key-ask-lost"


async def test_an_answer_that_came_leaves_nothing_to_tell(harness: Harness) -> None:
    anna = await slow(harness)
    asking = await said(anna, f"/keys add demo {KEY_ID} {SECRET}")
    harness.bybit.gate.set()
    await harness.settle()
    assert "is connected" in asking.text
    assert await harness.queued() == ()


async def test_an_answer_that_comes_soon_is_one_message_of_the_same_update(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted()
    update_attempt = await harness.feed(anna.message(f"/keys add demo {KEY_ID} {SECRET}"))
    assert update_attempt.applied
    assert "connected" in anna.last.text
    assert anna.last.edits == 0


async def test_a_late_effect_is_not_that_of_the_update(harness: Harness) -> None:
    anna = await slow(harness)
    update_attempt = await harness.feed(anna.message(f"/keys add demo {KEY_ID} {SECRET}"))
    harness.bybit.gate.set()
    await harness.settle()
    assert await accounts(harness) == ["paper", "demo"]
    assert not update_attempt.applied


async def test_the_id_of_a_pairs_key_and_its_dialogue_end_when_bybit_answers(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/keys")
    await anna.press("bybit.com")
    await anna.press("Bybit Demo")
    await anna.press("I accept")
    harness.app.bot_data.tasks.reply_within = 0.05
    harness.bybit.gate.clear()
    asking = await said(anna, KEY_ID)
    assert "Asking Bybit" in asking.text
    assert "still asking" in (await said(anna, KEY_ID)).text
    harness.bybit.gate.set()
    await harness.settle()
    assert "Bybit Demo is connected" in asking.text
    assert len(harness.bybit.seen_keys) == 1
    assert await harness.services.dialogues.current(ANNA) is None


async def test_a_late_answer_leaves_the_next_dialogue_alone(harness: Harness) -> None:
    anna = await slow(harness)
    await said(anna, "/keys")
    await anna.press("bybit.com")
    await anna.press("Live")
    await anna.press("key and a secret")
    await said(anna, f"{KEY_ID} {SECRET}")
    await said(anna, "/settings risk")
    harness.bybit.gate.set()
    await harness.settle()
    dialogue = await harness.services.dialogues.current(ANNA)
    assert dialogue is not None
    assert dialogue.dialogue == "settings.value"
    assert await accounts(harness) == ["paper", "live"]


async def test_a_held_key_goes_on_beside_the_lane(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, f"/keys add demo {KEY_ID} {SECRET}")
    harness.app.bot_data.tasks.reply_within = 0.05
    harness.bybit.gate.clear()
    asking = await anna.press("I accept")
    assert "Asking Bybit" in asking.text
    harness.bybit.gate.set()
    await harness.settle()
    assert "Bybit Demo is connected" in asking.text


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (ExchangeDown("x"), "Bybit"),
        (KeyTrouble("x", code=33004), "It has expired."),
        (RuntimeError("the pipe burst"), "went wrong"),
    ],
)
@pytest.mark.parametrize("way", ["/keys check demo", f"/keys add demo {KEY_ID} {SECRET}"])
async def test_late_trouble_is_told_in_place_of_the_asking(
    harness: Harness, way: str, trouble: Exception, words: str
) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    harness.app.bot_data.tasks.reply_within = 0.05
    harness.bybit.gate.clear()
    harness.bybit.key_trouble = trouble  # type: ignore[assignment]  # raised as it is
    asking = await said(anna, way)
    assert "Asking Bybit" in asking.text
    harness.bybit.gate.set()
    await harness.settle()
    assert words in asking.text
    assert "Asking" not in asking.text
    assert asking.labels, "with a way on"


async def test_a_late_answer_finds_its_way_through_a_failing_telegram(harness: Harness) -> None:
    anna = await slow(harness)
    harness.api.refuse = lambda call: (500, "Internal Server Error") if call.method == "sendMessage" else None
    update_attempt = UpdateAttempt(UpdateId(1_000), attempt=1)
    token = current_attempt.set(update_attempt)
    await harness.app.process_update(Update.de_json(anna.message(f"/keys add demo {KEY_ID} {SECRET}"), harness.app.bot))
    current_attempt.reset(token)
    assert update_attempt.failure is None, "another attempt would ask Bybit twice"
    harness.api.refuse = lambda _: None
    harness.bybit.gate.set()
    await harness.settle()
    assert "Bybit Demo is connected" in anna.last.text


@pytest.mark.parametrize(
    ("code", "reason"), [(10003, "no longer at Bybit"), (10004, "no longer matches"), (33004, "has expired")]
)
async def test_a_stored_key_that_died_is_told_as_one(harness: Harness, code: int, reason: str) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    harness.bybit.key_trouble = KeyTrouble("no", code=code)
    for language in Language:
        await said(anna, f"/lang {language.value}")
        harness.clock.advance(120)
        checked = await said(anna, "/keys check demo")
        listed = await said(anna, "/keys")
        assert "⛔" in checked.text, language
        assert "⛔" in listed.text, language
        if language is Language.ENGLISH:
            assert "Nothing was stored" not in checked.text
            assert "The stored key of Bybit Demo does not work any more." in checked.text
            assert reason in checked.text
            assert reason in listed.text


async def test_what_is_well_is_not_said_and_a_slow_bybit_holds_nothing(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    assert "✓" not in (await said(anna, "/keys")).text
    harness.clock.advance(120)
    harness.app.bot_data.tasks.reply_within = 0.05
    harness.bybit.gate.clear()
    async with asyncio.timeout(LIMIT):
        assert "Bybit Demo" in (await said(anna, "/keys")).text
