"""A trial, then premium, then basic over two months: each message at its time, none false, by the jobs as they run."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from harness.app import ANNA, TEXTS, Harness, Person
from harness.bot_api import visible
from harness.payments import check_out, customer, paid_update

from bot.domain.accounts import AccountType
from bot.domain.ids import UserId
from bot.domain.licensing import Feature
from bot.domain.users import Language
from bot.services.licensing.reminders import Reminders
from handlers.outbox_messages import OutboxTexts
from storage.chat.outbox import SqliteOutbox

HOURS_S = 3_600
NAMES = {AccountType.PAPER: "Practice", AccountType.DEMO: "Bybit Demo", AccountType.LIVE: "Live"}


async def pays(person: Person, label: str, charge_id: str) -> None:
    await person.say("/subscribe")
    await person.press(label)
    invoice = person.harness.api.invoices[-1]
    payload, stars = invoice["payload"], invoice["prices"][0]["amount"]
    assert await check_out(person, payload, stars) is None
    await person.harness.feed(paid_update(person, payload, stars, charge_id))


async def read_new(harness: Harness) -> list[str]:
    """What the outbox sends now, as Anna sees it, buttons behind the text."""
    outbox, now = SqliteOutbox(harness.database), harness.clock.now()
    found = []
    for each in await outbox.due(now, 100):
        (card,) = OutboxTexts(TEXTS).render(each.message.kind, each.message.values, Language.ENGLISH)
        rows = () if card.reply_markup is None else card.reply_markup.inline_keyboard
        found.append("\n".join([visible(card.text_html), *(f"[{press.text}]" for row in rows for press in row)]))
        await outbox.sent(each.outbox_id, now)
    return found


async def live(harness: Harness, days: float) -> list[tuple[str, str]]:
    """The reminders' job every hour; each message with its moment in UTC."""
    found = []
    for _ in range(int(days * 24)):
        await harness.job(Reminders).remind()
        moment = f"{datetime.fromtimestamp(harness.clock.now() / 1000, UTC):%m-%d %H:%M}"
        found += [(moment, text) for text in await read_new(harness)]
        await refuse_what_is_false(harness, [text for at, text in found if at == moment])
        harness.clock.advance(HOURS_S)
    return found


async def refuse_what_is_false(harness: Harness, texts: Sequence[str]) -> None:
    """What has stopped is refused, and what ends is what runs."""
    licenses = harness.services.licenses
    for text in texts:
        if "has ended" in text:
            _, _, closed = text.partition("no new entries: ")
            for account_type in (each for each in AccountType if NAMES[each] in closed.partition("\n")[0]):
                assert not await licenses.may(UserId(ANNA), Feature.ENTRY, account_type), text
        else:
            kind = await licenses.held(UserId(ANNA))
            assert kind is not None
            assert f"Your {kind.value.capitalize()} license ends" in text


async def test_a_trial_then_premium_then_basic_over_sixty_days(harness: Harness) -> None:
    harness.clock.millis = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()) * 1000
    anna = await customer(harness)
    await anna.say("/license")
    await anna.press("Start the 7-day trial")
    assert await live(harness, 1) == []
    await pays(anna, "Premium 1 mo", "stx-1")
    (receipt,) = await read_new(harness)
    assert "begin" not in receipt
    prices = await anna.say("/subscribe")
    assert prices is not None
    assert "Basic\nBegins 2026-04-01 12:00 UTC, after what you have." in prices.text
    await anna.press("Basic 1 mo", bubble=prices)
    assert "Begins 2026-04-01" in harness.api.invoices[-1]["description"]
    await pays(anna, "Basic 1 mo", "stx-2")
    assert "These days begin 2026-04-01, after what you have." in (await read_new(harness))[0]
    shown = (await anna.say("/license")).text  # type: ignore[union-attr]  # answered
    assert "From 2026-04-01 12:00 UTC on:\n– at most: Strategies 4, Providers 3, Accounts 2" in shown
    assert "From 2026-05-01 12:00 UTC on:\n– no new entries: Live" in shown
    assert "From 2026-05-07 12:00 UTC on:\n– no new entries: Bybit Demo" in shown

    told = await live(harness, 68)
    assert [(at, text.split("\n")[0]) for at, text in told] == [
        ("03-25 09:00", "Your Premium license ends in 7 days, on 2026-04-01."),
        ("03-29 09:00", "Your Premium license ends in 3 days, on 2026-04-01."),
        ("03-31 09:00", "Your Premium license ends in 1 day, on 2026-04-01."),
        ("04-01 12:00", "Your Premium license has ended, on 2026-04-01."),
        ("04-24 09:00", "Your Basic license ends in 7 days, on 2026-05-01."),
        ("04-28 09:00", "Your Basic license ends in 3 days, on 2026-05-01."),
        ("04-30 09:00", "Your Basic license ends in 1 day, on 2026-05-01."),
        ("05-01 12:00", "Your Basic license has ended, on 2026-05-01."),
        ("05-04 09:00", "Your Trial license ends in 3 days, on 2026-05-07."),
        ("05-06 09:00", "Your Trial license ends in 1 day, on 2026-05-07."),
        ("05-07 12:00", "Your Trial license has ended, on 2026-05-07."),
    ]
    texts = [text for _, text in told]
    assert "Then Basic runs, until 2026-05-01, and with it:\n– at most: Strategies 4" in texts[0]
    assert "[Renew Premium · 5,000 ⭐]" in texts[0]
    assert "Trial runs now, until 2026-05-07.\n– no new entries: Live\n" in texts[7]
    assert "– no new entries: Bybit Demo\n" in texts[10]
    assert "[Buy Basic · 2,500 ⭐]" in texts[10]
    assert "You have no license" not in texts[10]


async def test_renew_is_one_tap_to_the_invoice(harness: Harness) -> None:
    anna = await customer(harness)
    await anna.tap("v1:buy:premium:1")
    (invoice,) = harness.api.invoices
    assert invoice["title"] == "Premium, 30 days"
    assert [price["amount"] for price in invoice["prices"]] == [5_000]
    refused = await anna.tap("v1:buy:premium:5")
    assert "no longer on the list" in refused.text


@pytest.mark.parametrize("language", ["ru", "uk"])
async def test_the_card_says_what_stops_in_every_language(harness: Harness, language: str) -> None:
    anna = harness.person(language=language)
    await anna.say("/start")
    await harness.services.licenses.start_trial(UserId(ANNA))
    card = await anna.say("/license")
    assert card is not None
    assert "Bybit Демо" in card.text.split("2025-10-16")[2]
