"""Promo codes in chat: made in three taps or one line, redeemed by one tap after a card, called back by the rules."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_bot_api import Bubble
from handlers_house import ANNA, BORIS, OWNER, TEXTS, HandlersHouse, Person, handlers_house

from bot.domain.model import Language
from handlers.promo_pins import refresh_pins

DAY = 86_400


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HandlersHouse]:
    async with handlers_house(tmp_path) as built:
        yield built


async def said(person: Person, text: str) -> Bubble:
    bubble = await person.say(text)
    assert bubble is not None
    return bubble


async def new_code(house: HandlersHouse, line: str = "premium 30d max=100 code=SPRING26") -> Bubble:
    owner = house.person(OWNER)
    await said(owner, f"/promo new {line}")
    return await owner.press("Create")


async def actions(house: HandlersHouse) -> list[str]:
    return [action for (action,) in await house.database.fetch("SELECT action FROM audit ORDER BY id")]


async def test_three_taps_make_a_code(house: HandlersHouse) -> None:
    owner = house.person(OWNER)
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
    assert await actions(house) == ["promo.create"]
    assert len(owner.bubbles) == 1, "one card through the whole way"


async def test_the_preview_can_be_changed_as_a_line(house: HandlersHouse) -> None:
    owner = house.person(OWNER)
    line = "/promo new basic 7d max=3 from=2025-10-10 until=2025-12-31 code=AUTUMN note=for friends"
    preview = await said(owner, line)
    assert "Basic 7 days, 3 uses, from 10 Oct 00:00 UTC, until 31 Dec 23:59 UTC" in preview.text
    assert line in preview.text
    assert "Note: for friends" in preview.text


@pytest.mark.parametrize("line", ["premium 401d", "premium 30d max=10001"])
async def test_a_lot_is_asked_about_twice(house: HandlersHouse, line: str) -> None:
    assert "That is a lot" in (await new_code(house, line)).text
    assert await actions(house) == []
    assert "Campaign #1 is open" in (await house.person(OWNER).press("Yes, create it")).text


async def test_what_does_not_fit_is_said(house: HandlersHouse) -> None:
    owner = house.person(OWNER)
    assert "whole number from 1 to 3650" in (await said(owner, "/promo new premium 0d")).text
    assert "I know trial, basic and premium" in (await said(owner, "/promo new gold 30d")).text
    assert "Like this:" in (await said(owner, "/promo new")).text
    assert "no campaign #7" in (await said(owner, "/promo card 7")).text
    assert "campaign's number" in (await said(owner, "/promo pause")).text
    await new_code(house, "premium 30d code=SPRING26")
    assert "reads the same" in (await new_code(house, "premium 30d code=SPRlNG26")).text


async def test_the_link_shows_a_card_and_one_tap_redeems(house: HandlersHouse) -> None:
    await new_code(house)
    anna = house.person()
    card = await said(anna, "/start p_SPRING26")
    assert "This code adds 30 days of Premium." in card.text
    assert "They start now and last until 8 Nov 08:53 UTC." in card.text
    assert await house.rows("promo_usage") == []
    done = await anna.press("Redeem")
    assert anna.taps == 1
    assert "✓ Added: 30 days of Premium, until 8 Nov 08:53 UTC." in done.text
    assert "Premium until" in (await anna.press("License")).text, "the next message knows it already"
    house.clock.advance(3 * DAY)
    used = await said(anna, "/redeem spring-26")
    assert used.text == "You used it on 9 Oct: 30 days of Premium, until 8 Nov."
    assert await actions(house) == ["promo.create", "promo.redeem"]
    assert await house.database.fetch("SELECT start_payload FROM users WHERE user_id = ?", (ANNA,)) == [(None,)]


async def test_a_second_tap_gets_the_same_answer(house: HandlersHouse) -> None:
    await new_code(house)
    anna = house.person()
    card = await said(anna, "/redeem SPRING26")
    data = card.button("Redeem")["callback_data"]
    first = (await anna.tap(data, bubble=card)).text
    house.clock.advance(60)
    card.html = "something else"
    assert (await anna.tap(data, bubble=card)).text == first
    assert len(await house.rows("promo_usage")) == 1
    boris = house.person(BORIS)
    assert "used or too old" in (await boris.tap(data, bubble=await said(boris, "/menu"))).text


async def test_time_on_top_of_a_license_begins_after_it(house: HandlersHouse) -> None:
    await new_code(house, "premium 10d code=FIRST")
    await new_code(house, "basic 5d code=SECOND")
    anna = house.person()
    await said(anna, "/redeem FIRST")
    await anna.press("Redeem")
    card = await said(anna, "/redeem SECOND")
    assert "They start after 19 Oct 08:53 UTC and last until 24 Oct 08:53 UTC." in card.text


async def test_redeem_alone_asks_and_a_wrong_code_may_be_mended(house: HandlersHouse) -> None:
    await new_code(house)
    anna = house.person()
    assert "Send me your promo code" in (await said(anna, "/redeem")).text
    assert "not valid" in (await said(anna, "WRONG")).text
    assert "This code adds" in (await said(anna, "spring 26")).text
    await anna.press("Redeem")
    asked = await said(anna, "/redeem")
    assert "You have redeemed:\n9 Oct: 30 days of Premium, until 8 Nov" in asked.text


async def test_cyrillic_letters_are_asked_about(house: HandlersHouse) -> None:
    await new_code(house)
    anna = house.person()
    assert "Did you mean SPRING26?" in (await said(anna, "/redeem ЅРRING26")).text
    assert "This code adds" in (await anna.press("Use it")).text


async def test_too_many_tries(house: HandlersHouse) -> None:
    await new_code(house)
    anna = house.person()
    answers = {(await said(anna, f"/redeem WRONG{number}")).text for number in range(5)}
    assert len(answers) == 1
    for typed in ("WRONG", "SPRING26"):
        assert (await said(anna, f"/redeem {typed}")).text == "Too many tries. Next at 09:08:20 UTC."
        commands = house.app.bot_data.router.commands(house.services.access.role(await house.config()))
        assert ("Ask support" in anna.last.labels) == ("paysupport" in commands)
    house.clock.advance(15 * 60)
    assert "This code adds" in (await said(anna, "/redeem SPRING26")).text


async def test_a_code_in_a_group_is_deleted_without_a_hint(house: HandlersHouse) -> None:
    await new_code(house)
    right = house.person().in_group()
    wrong = house.person(BORIS).in_group()
    answers = [await said(right, "/redeem SPRING26"), await said(wrong, "/redeem WRONG")]
    assert answers[0].text == answers[1].text
    assert answers[0].labels == answers[1].labels == ["Open private chat"]
    assert len(house.api.deleted) == 2
    assert await house.rows("promo_opens") == await house.rows("promo_attempts") == []
    forwarded = await house.person().forward("/redeem SPRING26")
    assert forwarded is not None
    assert "adds" not in forwarded.text


async def test_only_admins_find_promo(house: HandlersHouse) -> None:
    anna = house.person()
    assert (await said(anna, "/promo new premium 30d")).text == (
        await said(anna, "/promx new premium 30d")
    ).text.replace("/promx", "/promo")
    assert await house.rows("promo_campaigns") == []


async def test_an_admin_redeems_for_a_user_who_is_told(house: HandlersHouse) -> None:
    await new_code(house)
    await said(house.person(), "/start")
    owner = house.person(OWNER)
    card = await said(owner, f"/promo redeem spring 26 {ANNA}")
    assert f"For user {ANNA}: 30 days of Premium." in card.text
    assert f"User {ANNA} has 30 days of Premium more" in (await owner.press("Redeem")).text
    promised = await house.database.fetch("SELECT user_id FROM outbox WHERE kind = 'promo-given'")
    assert promised == [(ANNA,)]
    assert f"User {ANNA} used it on 9 Oct" in (await said(owner, f"/promo redeem SPRING26 {ANNA}")).text
    assert "I know no user 77" in (await said(owner, "/promo redeem SPRING26 77")).text
    assert "numeric id" in (await said(owner, "/promo redeem SPRING26 anna")).text


async def test_the_campaigns_card_shows_its_funnel_and_its_code_and_each_view_is_audited(house: HandlersHouse) -> None:
    await new_code(house, "premium 30d max=100 code=SPRING26 note=spring sale")
    anna, owner = house.person(), house.person(OWNER)
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    await said(house.person(BORIS), "/start p_SPRING26")
    await said(owner, "/promo list")
    card = await owner.press("#1")
    assert "SPRING26" not in card.text
    assert re.search(r"Opened +2\nRedeemed +1 / 100\nConnected keys +0\nTraded +0\nPaid +0", card.text)
    assert "Code: SPRING26" in (await owner.press("Show code")).text
    await owner.press("Card")
    await owner.press("QR picture")
    photo = house.api.made("sendPhoto")
    assert len(photo) == 1
    assert "Link: https://t.me/perpdesk_bot?start=p_SPRING26" in photo[0].params["caption"]
    card = await said(owner, "/promo 1")
    await owner.press("Text: Русский", bubble=card)
    assert "Премиум на 30 дней в Perpdesk" in owner.last.text
    assert "/redeem SPRING26" in owner.last.text
    assert (await actions(house)).count("promo.view") == 3


async def test_many_codes_come_as_a_file(house: HandlersHouse) -> None:
    owner = house.person(OWNER)
    await said(owner, "/promo new trial 7d count=500")
    await owner.press("Create")
    (call,) = house.api.made("sendDocument")
    assert "Campaign #1: its codes and links" in call.params["caption"]
    edits = [each.params["text"] for each in house.api.made("editMessageText")]
    assert [text for text in edits if "Making 500 codes" in text][-1].endswith("500 done")
    await said(owner, "/promo codes 1")
    assert len(house.api.made("sendDocument")) == 2
    assert await actions(house) == ["promo.create", "promo.view"]


async def test_pausing_and_opening_again(house: HandlersHouse) -> None:
    await new_code(house)
    anna, owner = house.person(), house.person(OWNER)
    card = await said(anna, "/redeem SPRING26")
    await said(owner, "/promo 1")
    assert "It is paused" in (await owner.press("Pause code")).text
    assert "not valid" in (await anna.press("Redeem", bubble=card)).text
    assert "It is open" in (await owner.press("Open again")).text
    assert "This code adds" in (await said(anna, "/redeem SPRING26")).text


async def test_calling_back_shows_who_loses_what_first(house: HandlersHouse) -> None:
    await new_code(house)
    anna, owner = house.person(), house.person(OWNER)
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    preview = await said(owner, "/promo undo 1")
    assert "1 person loses 30 d 0 h in all that is not used yet." in preview.text
    assert re.search(rf"{ANNA} +30 d 0 h", preview.text)
    assert "Campaign #1 is called back" in (await owner.press("Call back now")).text
    assert "no license" in (await said(anna, "/license")).text
    (told,) = await house.database.fetch("SELECT user_id FROM outbox WHERE kind = 'promo-taken'")
    assert told == (ANNA,)
    assert "It was called back" in (await said(owner, "/promo 1")).text


async def test_later_alone_it_takes_a_day(house: HandlersHouse) -> None:
    await new_code(house)
    owner = house.person(OWNER)
    house.clock.advance(16 * 60)
    assert "a second admin has to agree" in (await said(owner, "/promo undo 1")).text
    assert "Noted" in (await owner.press("Ask for it")).text
    waiting = await said(owner, "/promo undo 1")
    assert "it can be done from 10 Oct 09:09 UTC on" in waiting.text
    assert "Call back now" not in waiting.labels
    house.clock.advance(DAY)
    await said(owner, "/promo undo 1")
    assert "is called back" in (await owner.press("Call back now")).text


async def test_the_pinned_card_is_brought_up_to_date(house: HandlersHouse) -> None:
    await new_code(house)
    anna, owner = house.person(), house.person(OWNER)
    await said(owner, "/promo 1")
    assert "Pinned. I bring it up to date every hour." in (await owner.press("Pin this card")).text
    (call,) = house.api.made("pinChatMessage")
    pinned = house.api.bubbles[OWNER, int(call.params["message_id"])]
    assert re.search(r"Redeemed +0 / 100", pinned.text)
    await said(anna, "/redeem SPRING26")
    await anna.press("Redeem")
    await refresh_pins(house.app.bot, TEXTS, house.services)
    assert re.search(r"Redeemed +1 / 100", pinned.text)
    del house.api.bubbles[OWNER, pinned.message_id]
    await refresh_pins(house.app.bot, TEXTS, house.services)
    assert await house.services.promo.pins() == (), "a card that is gone is forgotten"


@pytest.mark.parametrize("language", list(Language))
async def test_the_whole_way_in_every_language(house: HandlersHouse, language: Language) -> None:
    owner, trader = house.person(OWNER, language=language.value), house.person(4000, language=language.value)
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


@pytest.mark.parametrize("text", NAUGHTY)
async def test_whatever_is_typed_gets_the_same_plain_answer(house: HandlersHouse, text: str) -> None:
    anna = house.person()
    assert "not valid" in (await said(anna, f"/redeem {text}")).text
    owner = house.person(OWNER)
    for line in (
        f"/promo new premium 30d code={text}",
        f"/promo new {text}",
        f"/promo {text}",
        f"/promo redeem {text} 1",
    ):
        assert (await said(owner, line)).text
