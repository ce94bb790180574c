"""How many messages a trade is, and which of them ring: with the outbox at work."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import ANNA, Harness, Person, harness, said
from harness.bot_api import Bubble
from harness.waiting import until

from bot.domain.chat import outbox_message
from bot.domain.ids import AccountId, Symbol
from bot.domain.notices import NoticeKind
from bot.domain.portfolio import Side
from bot.domain.trade_messages import ClosedMessage
from bot.domain.trade_plans import ExitReason


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Harness]:
    async with harness(tmp_path) as built, built.assembly.runtime.outbox.open():
        yield built


async def entered(anna: Person, order: str) -> Bubble:
    """The card of a trade, filled and with its stop seen."""
    card = await said(anna, order)
    confirm = [each for each in card.labels if each.startswith("✓")]
    assert confirm, card.text
    await anna.press(confirm[0], bubble=card)
    await until(lambda: "seen at the exchange" in anna.last.text, what="the fill and its stop")
    await anna.harness.cards_told()
    return anna.last


async def told(anna: Person, word: str) -> Bubble:
    await until(lambda: word in anna.last.text, what=word)
    return anna.last


async def test_a_manual_trade_is_its_card_and_the_exit_that_replies_to_it_and_rings(app: Harness) -> None:
    anna = app.person()
    await anna.say("/start")
    before = len(anna.bubbles)
    card = await entered(anna, "buy 0.01 btc sl 3%")
    await app.move("BTCUSDT", "62000")
    last = await told(anna, "Stop hit")
    assert len(anna.bubbles) - before == 2
    assert (last.reply_to, last.is_silent) == (card.message_id, False)


async def test_a_target_and_the_stop_that_follows_it_are_one_message(app: Harness) -> None:
    anna = app.person()
    await anna.say("/start")
    card = await entered(anna, "buy 0.03 btc sl 3% tp 66k 68k 70k BE")
    before = len(anna.bubbles)
    await app.move("BTCUSDT", "66100")
    last = await told(anna, "breaks even")
    assert "Target 1 reached" in last.text, "by its number, where there are several"
    assert last.text.count("BTCUSDT · Practice") == 1
    assert len(anna.bubbles) - before == 1
    assert (last.reply_to, last.is_silent, last.edits) == (card.message_id, False, 1)
    app.clock.advance(60)
    await app.move("BTCUSDT", "68100")
    await until(lambda: "Target 2 reached" in anna.last.text, what="the second target")
    assert len(anna.bubbles) - before == 2
    app.clock.advance(60)
    await app.move("BTCUSDT", "63000")
    await until(lambda: len(anna.bubbles) - before == 3, what="the stop")
    assert not any(each.is_silent for each in anna.bubbles[before:]), "exits ring"


async def test_what_a_person_mutes_comes_silently_and_what_they_switch_off_not_at_all(app: Harness) -> None:
    anna = app.person()
    await anna.say("/start")
    await entered(anna, "buy 0.03 btc sl 3% tp 66k 68k")
    await anna.say("/mute 8h")
    await anna.say("/notify closes silent")
    before = len(anna.bubbles)
    await app.move("BTCUSDT", "66100")
    last = await told(anna, "Target 1 reached")
    assert not last.is_silent, "targets ring while the rest is muted"
    await anna.say("/notify closes off")
    before = len(anna.bubbles)
    await app.move("BTCUSDT", "62000")
    sent = app.assembly.runtime.outbox.stats
    await until(lambda: sent().sent == 2, what="that the stop counts as told")
    assert len(anna.bubbles) == before
    assert await app.queued() == ()


def closed(account_id: AccountId, remaining: str, reason: ExitReason = ExitReason.MANUAL) -> ClosedMessage:
    """What is told of one order that closes, while so much is left."""
    return ClosedMessage(
        account_id=account_id,
        symbol=Symbol("BTCUSDT"),
        side=Side.BUY,
        qty=Decimal("0.02"),
        avg_entry_price=Decimal(64_000),
        avg_exit_price=Decimal(65_000),
        pnl=Decimal(20),
        fees=Decimal(1),
        exit_reason=reason,
        remaining=Decimal(remaining),
        order_id="order-1",
    )


async def test_an_exit_that_rings_is_not_added_to_what_came_silently(app: Harness) -> None:
    anna = app.person()
    await anna.say("/start")
    await anna.say("/notify targets silent")
    account_id, before = (await app.practice_account()).account_id, len(anna.bubbles)
    for number, remaining in enumerate(("0.01", "0"), 1):  # fills of one order: the second is the end of the position
        message = outbox_message(closed(account_id, remaining), user_id=ANNA, idempotency_key=f"close:{number}")
        async with app.assembly.storage.store.begin_aside() as unit:
            await unit.enqueue(message, app.clock.now())
        app.assembly.runtime.outbox.wake()
        await until(lambda told=number: app.assembly.runtime.outbox.stats().sent == told, what="that it was told")
    assert [each.is_silent for each in anna.bubbles[before:]] == [True, False]


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (ExitReason.MANUAL, NoticeKind.TARGETS),
        (ExitReason.STOP, NoticeKind.EXITS),
        (ExitReason.TRAILING, NoticeKind.EXITS),
        (ExitReason.LIQUIDATION, NoticeKind.ALARMS),
    ],
)
def test_a_stop_that_leaves_a_part_open_is_no_step_of_a_plan(reason: ExitReason, kind: NoticeKind) -> None:
    assert closed(AccountId(1), "0.01", reason).notice() is kind
