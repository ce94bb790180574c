"""Promo codes in chat: made in three taps or one line, redeemed by one tap after a card, called back by the rules."""

import re
from math import inf

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness, said
from harness.bot_api import Bubble

from bot.domain.users import Language
from handlers.promo.pinned import PinnedCards

DAY = 86_400


@pytest.fixture
async def harness(harness: Harness) -> Harness:
    """The owner entered the PIN just now, and it stays so."""
    harness.services.pin._open_until[OWNER] = inf
    return harness


async def new_code(harness: Harness, line: str = "premium 30d max=100 code=SPRING26") -> Bubble:
    owner = harness.person(OWNER)
    await said(owner, f"/promo new {line}")
    return await owner.press("Create")


async def actions(harness: Harness) -> list[str]:
    return [action for (action,) in await harness.database.fetch("SELECT action FROM audit ORDER BY id")]


async def test_three_taps_make_a_code(harness: Harness) -> None:
    owner = harness.person(OWNER)
    await said(owner, "/promo")
    await owner.press("Premium")
    await owner.press("30 d")
    preview = await owner.press("100")
    assert owner.taps == 3
    assert "Premium 30 days, 100 uses, until 7 Jan 2026 23:59 UTC" in preview.text
    created = await owner.press("Create")
    code = re.search(r"Code: ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})\n", created.text)
    assert code is not None
    assert f"Link: https://t.me/perpdesk_bot?start=p_{code[1].replace('-', '')}" in created.text
    assert created.button("Copy link")["copy_text"]["text"].endswith(code[1].replace("-", ""))
    assert await actions(harness) == ["promo.create"]
    assert len(owner.bubbles) == 1, "one card through the whole way"


async def test_the_preview_can_be_changed_as_a_line(harness: Harness) -> None:
    owner = harness.person(OWNER)
    line = "/promo new basic 7d max=3 from=2025-10-10 until=2025-12-31 code=AUTUMN note=for friends"
    preview = await said(owner, line)
    assert "Basic 7 days, 3 uses, from 10 Oct 00:00 UTC, until 31 Dec 23:59 UTC" in preview.text
    assert line in preview.text
    assert "Note: for friends" in preview.text


@pytest.mark.parametrize("line", ["premium 401d", "premium 30d max=10001"])
async def test_a_lot_is_asked_about_twice(harness: Harness, line: str) -> None:
    assert "That is a lot" in (await new_code(harness, line)).text
    assert await actions(harness) == []
    assert "Campaign #1 is open" in (await harness.person(OWNER).press("Yes, create it")).text


async def test_what_does_not_fit_is_said(harness: Harness) -> None:
    owner = harness.person(OWNER)
    assert "whole number from 1 to 3650" in (await said(owner, "/promo new premium 0d")).text
    assert "I know trial, basic and premium" in (await said(owner, "/promo new gold 30d")).text
    assert "Like this:" in (await said(owner, "/promo new")).text
    assert "no campaign #7" in (await said(owner, "/promo card 7")).text
    assert "campaign's number" in (await said(owner, "/promo pause")).text
    await new_code(harness, "premium 30d code=SPRING26")
    assert "reads the same" in (await new_code(harness, "premium 30d code=SPRlNG26")).text


async def test_the_link_shows_a_card_and_one_tap_redeems(harness: Harness) -> None:
    await new_code(harness)
    anna = harness.person()
    card = await said(anna, "/start p_SPRING26")
    assert "This code adds 30 days of Premium." in card.text
    assert "They start now and last until 8 Nov 08:53 UTC." in card.text
    assert await harness.rows("promo_usage") == []
    done = await anna.press("Redeem")
    assert anna.taps == 1
    assert "✓ Added: 30 days of Premium, until 8 Nov 08:53 UTC." in done.text
    assert "Premium until" in (await anna.press("License")).text, "the next message knows it already"
    harness.clock.advance(3 * DAY)
    used = await said(anna, "/redeem spring-26")
    assert used.text == "You used it on 9 Oct: 30 days of Premium, until 8 Nov."
    assert await actions(harness) == ["promo.create", "promo.redeem"]
    assert await harness.database.fetch("SELECT start_payload FROM users WHERE user_id = ?", (ANNA,)) == [(None,)]


@pytest.mark.parametrize("payload", ["SPRING26", "spring26"])
async def test_a_start_with_a_bare_code_is_understood(harness: Harness, payload: str) -> None:
    await new_code(harness)
    anna = harness.person()
    await said(anna, "/start")
    assert "This code adds 30 days of Premium." in (await said(anna, f"/start {payload}")).text
    assert "Added" in (await anna.press("Redeem")).text
    assert "Hi Anna" in (await said(anna, "/start newsletter")).text, "other payloads greet"


async def test_a_second_tap_gets_the_same_answer(harness: Harness) -> None:
    await new_code(harness)
    anna = harness.person()
    card = await said(anna, "/redeem SPRING26")
    data = card.button("Redeem")["callback_data"]
    first = (await anna.tap(data, bubble=card)).text
    harness.clock.advance(60)
    card.html = "something else"
    assert (await anna.tap(data, bubble=card)).text == first
    assert len(await harness.rows("promo_usage")) == 1
    boris = harness.person(BORIS)
    assert "used or too old" in (await boris.tap(data, bubble=await said(boris, "/menu"))).text


async def test_time_on_top_of_a_license_begins_after_it(harness: Harness) -> None:
    await new_code(harness, "premium 10d code=FIRST")
    await new_code(harness, "basic 5d code=SECOND")
    anna = harness.person()
    await said(anna, "/redeem FIRST")
    await anna.press("Redeem")
    card = await said(anna, "/redeem SECOND")
    assert "They start after 19 Oct 08:53 UTC and last until 24 Oct 08:53 UTC." in card.text


async def test_redeem_alone_asks_and_a_wrong_code_may_be_mended(harness: Harness) -> None:
    await new_code(harness)
    anna = harness.person()
    assert "Send me your promo code" in (await said(anna, "/redeem")).text
    assert "not valid" in (await said(anna, "WRONG")).text
    assert "This code adds" in (await said(anna, "spring 26")).text
    await anna.press("Redeem")
    asked = await said(anna, "/redeem")
    assert "You have redeemed:\n9 Oct: 30 days of Premium, until 8 Nov" in asked.text


@pytest.mark.parametrize("own", ["code=SPRING26", ""])
async def test_whoever_is_too_late_for_a_card_hears_why(harness: Harness, own: str) -> None:
    created = await new_code(harness, f"premium 30d max=1 until=2025-10-20 {own}")
    code = re.search(r"Code: (\S+)", created.text)
    assert code is not None
    anna, boris = harness.person(), harness.person(BORIS)
    cards = [await said(person, f"/redeem {code[1]}") for person in (anna, boris)]
    await anna.press("Redeem", bubble=cards[0])
    assert "used up" in (await boris.press("Redeem", bubble=cards[1])).text
    assert "each letter" not in boris.last.text
    looked = (await said(harness.person(4000), f"/redeem {code[1]}")).text
    assert ("used up" in looked) is bool(own), "a random code tells nothing to whoever tries codes"
    harness.clock.advance(20 * DAY)
    ended = (await said(harness.person(4000), f"/redeem {code[1]}")).text
    assert ended.startswith("This code could be redeemed until 20 Oct 23:59 UTC.") is bool(own)
    assert looked == ended or own
    assert looked == (await said(harness.person(4001), "/redeem NEVERMADE")).text or own


async def test_one_code_of_a_campaign_a_person_and_the_answer_says_so(harness: Harness) -> None:
    owner, anna = harness.person(OWNER), harness.person()
    preview = await said(owner, "/promo new trial 7d count=2")
    assert "one a person" in preview.text
    await owner.press("Create")
    lines = harness.api.made("sendDocument")[0].params["document"][1].decode().splitlines()
    assert lines[0] == "code,link,type,days,uses,used"
    first, second = (line.split(",")[0] for line in lines[1:])
    await said(anna, f"/redeem {first}")
    await anna.press("Redeem")
    assert "each person may redeem one" in (await said(anna, f"/redeem {second}")).text
    await said(owner, "/promo codes 1")
    used = harness.api.made("sendDocument")[1].params["document"][1].decode().splitlines()
    assert [line.rsplit(",", 1)[1] for line in used[1:]] == ["1", "0"]


async def test_cyrillic_letters_are_asked_about(harness: Harness) -> None:
    await new_code(harness)
    anna = harness.person()
    assert "Did you mean SPRING26?" in (await said(anna, "/redeem ЅРRING26")).text
    assert "This code adds" in (await anna.press("Use it")).text


async def test_too_many_tries(harness: Harness) -> None:
    await new_code(harness)
    anna = harness.person()
    answers = {(await said(anna, f"/redeem WRONG{number}")).text for number in range(5)}
    assert len(answers) == 1
    for typed in ("WRONG", "SPRING26"):
        assert (await said(anna, f"/redeem {typed}")).text == "Too many tries. Next at 09:08:20 UTC."
        commands = harness.app.bot_data.router.commands(harness.services.roles.role(await harness.config()))
        assert ("Ask support" in anna.last.labels) == ("paysupport" in commands)
    harness.clock.advance(15 * 60)
    assert "This code adds" in (await said(anna, "/redeem SPRING26")).text


async def test_a_code_in_a_group_is_deleted_without_a_hint(harness: Harness) -> None:
    await new_code(harness)
    right = harness.person().in_group()
    wrong = harness.person(BORIS).in_group()
    answers = [await said(right, "/redeem SPRING26"), await said(wrong, "/redeem WRONG")]
    assert answers[0].text == answers[1].text
    assert answers[0].labels == answers[1].labels == ["Open private chat"]
    assert len(harness.api.deleted) == 2
    assert await harness.rows("promo_opens") == await harness.rows("promo_attempts") == []
    forwarded = await harness.person().forward("/redeem SPRING26")
    assert forwarded is not None
    assert "adds" not in forwarded.text


async def test_only_admins_find_promo(harness: Harness) -> None:
    anna = harness.person()
    assert (await said(anna, "/promo new premium 30d")).text == (
        await said(anna, "/promx new premium 30d")
    ).text.replace("/promx", "/promo")
    assert await harness.rows("promo_campaigns") == []


async def test_an_admin_redeems_for_a_user_who_is_told(harness: Harness) -> None:
    await new_code(harness)
    await said(harness.person(), "/start")
    owner = harness.person(OWNER)
    card = await said(owner, f"/promo redeem spring 26 {ANNA}")
    assert f"For user {ANNA}: 30 days of Premium." in card.text
    assert f"User {ANNA} has 30 days of Premium more" in (await owner.press("Redeem")).text
    promised = await harness.database.fetch("SELECT user_id FROM outbox WHERE kind = 'promo-given'")
    assert promised == [(ANNA,)]
    assert f"User {ANNA} used it on 9 Oct" in (await said(owner, f"/promo redeem SPRING26 {ANNA}")).text
    assert "I know no user 77" in (await said(owner, "/promo redeem SPRING26 77")).text
    assert "numeric ID" in (await said(owner, "/promo redeem SPRING26 anna")).text


async def test_the_campaigns_card_shows_its_funnel_and_its_code_and_each_view_is_audited(harness: Harness) -> None:
    await new_code(harness, "premium 30d max=100 code=SPRING26 note=spring sale")
    anna, owner = harness.person(), harness.person(OWNER)
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    await said(harness.person(BORIS), "/start p_SPRING26")
    await said(owner, "/promo list")
    card = await owner.press("#1")
    assert "SPRING26" not in card.text
    assert re.search(r"Opened +2\nRedeemed +1 / 100\nConnected keys +0\nTraded +0\nPaid +0", card.text)
    assert "Code: SPRING26" in (await owner.press("Show code")).text
    await owner.press("Card")
    await owner.press("QR picture")
    photo = harness.api.made("sendPhoto")
    assert len(photo) == 1
    assert "Link: https://t.me/perpdesk_bot?start=p_SPRING26" in photo[0].params["caption"]
    card = await said(owner, "/promo 1")
    await owner.press("Text: Русский", bubble=card)
    assert "Премиум на 30 дней в Perpdesk" in owner.last.text
    assert "/redeem SPRING26" in owner.last.text
    assert (await actions(harness)).count("promo.view") == 3


async def test_many_codes_come_as_a_file(harness: Harness) -> None:
    owner = harness.person(OWNER)
    await said(owner, "/promo new trial 7d count=500")
    await owner.press("Create")
    (call,) = harness.api.made("sendDocument")
    assert "Campaign #1: its codes and links" in call.params["caption"]
    edits = [each.params["text"] for each in harness.api.made("editMessageText")]
    assert [text for text in edits if "Making 500 codes" in text][-1].endswith("500 done")
    await said(owner, "/promo codes 1")
    assert len(harness.api.made("sendDocument")) == 2
    assert await actions(harness) == ["promo.create", "promo.view"]


async def test_pausing_and_opening_again(harness: Harness) -> None:
    await new_code(harness)
    anna, owner = harness.person(), harness.person(OWNER)
    card = await said(anna, "/redeem SPRING26")
    await said(owner, "/promo 1")
    assert "It is paused" in (await owner.press("Pause code")).text
    refused = await anna.press("Redeem", bubble=card)
    assert refused.text == "This code is paused for the moment. Please try again later."
    assert "It is open" in (await owner.press("Open again")).text
    assert "This code adds" in (await said(anna, "/redeem SPRING26")).text


async def test_calling_back_shows_who_loses_what_first(harness: Harness) -> None:
    await new_code(harness)
    anna, owner = harness.person(), harness.person(OWNER)
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    preview = await said(owner, "/promo undo 1")
    assert "1 person loses 30 d 0 h in all that is not used yet." in preview.text
    assert re.search(rf"{ANNA} +30 d 0 h", preview.text)
    assert "Campaign #1 is called back" in (await owner.press("Call back now")).text
    assert "no license" in (await said(anna, "/license")).text
    (told,) = await harness.database.fetch("SELECT user_id FROM outbox WHERE kind = 'promo-taken'")
    assert told == (ANNA,)
    assert "It was called back" in (await said(owner, "/promo 1")).text


async def test_later_alone_it_takes_a_day(harness: Harness) -> None:
    await new_code(harness)
    owner = harness.person(OWNER)
    harness.clock.advance(16 * 60)
    assert "a second admin has to agree" in (await said(owner, "/promo undo 1")).text
    assert "Noted" in (await owner.press("Ask for it")).text
    waiting = await said(owner, "/promo undo 1")
    assert "it can be done from 10 Oct 09:09 UTC on" in waiting.text
    assert "Call back now" not in waiting.labels
    harness.clock.advance(DAY)
    await said(owner, "/promo undo 1")
    assert "is called back" in (await owner.press("Call back now")).text


async def test_the_pinned_card_is_brought_up_to_date(harness: Harness) -> None:
    await new_code(harness)
    anna, owner = harness.person(), harness.person(OWNER)
    await said(owner, "/promo 1")
    assert "Pinned. I bring it up to date every hour." in (await owner.press("Pin this card")).text
    (call,) = harness.api.made("pinChatMessage")
    pinned = harness.api.bubbles[OWNER, int(call.params["message_id"])]
    assert re.search(r"Redeemed +0 / 100", pinned.text)
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    await harness.job(PinnedCards).refresh()
    assert re.search(r"Redeemed +1 / 100", pinned.text)
    del harness.api.bubbles[OWNER, pinned.message_id]
    await harness.job(PinnedCards).refresh()
    assert await harness.services.promo.pins() == (), "a card that is gone is forgotten"


@pytest.mark.parametrize("language", list(Language))
async def test_the_whole_way_in_every_language(harness: Harness, language: Language) -> None:
    owner, trader = harness.person(OWNER, language=language.value), harness.person(4000, language=language.value)
    for line in ("/promo", "/promo new premium 30d max=2 code=SPRING26"):
        await said(owner, line)
    await owner.tap(owner.last.keyboard[0][0]["callback_data"], bubble=owner.last)
    card = await said(trader, "/redeem SPRING26")
    done = await trader.tap(card.keyboard[0][0]["callback_data"], bubble=card)
    assert "✓" in done.text
    for line in ("/promo list", "/promo 1", "/promo undo 1", "/promo codes 1"):
        await said(owner, line)
    for line in ("/redeem", "/redeem WRONG", "/redeem SPRING26"):
        await said(trader, line)


NAUGHTY = ["'; DROP TABLE users; --", "\u202eabc", "💎" * 50, "\x00\x01", "a" * 4000, "<b>x</b>", "{{7*7}}", "%s%n",
           "٣٣٣", "NaN", "½", "ﬀﬁ", "\ud83d\ude00", "Z̸̢a̶l̷g̵o̶", "../../etc/passwd", "-1", "0", "null", "ΩΩΩΩ",
           "ＡＢＣ"]  # fmt: skip


async def test_whatever_is_typed_gets_the_same_plain_answer(harness: Harness) -> None:
    owner = harness.person(OWNER)
    for number, text in enumerate(NAUGHTY):
        assert "not valid" in (await said(harness.person(ANNA + number), f"/redeem {text}")).text, text
        for line in (
            f"/promo new premium 30d code={text}",
            f"/promo new {text}",
            f"/promo {text}",
            f"/promo redeem {text} 1",
        ):
            assert (await said(owner, line)).text, line
