"""A trailing stop beside the stop: promised, set once, read back; changed elsewhere it is a disagreement."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import Harness, said
from harness.demo_trading import demo_trading
from harness.managing import Managing, open_managing
from harness.order_core import PLACE
from harness.positions_chat import entered, holding, leg_card, shown, words
from harness.waiting import until

from bot.domain.disagreements import DisagreementEnd
from bot.domain.errors import BadInput, ExchangeRejected
from bot.domain.ids import Symbol
from bot.domain.orders import TradingStop
from bot.domain.portfolio import Position
from bot.domain.trade_plans import IntentState, OrderIntent, TradePlan

D = Decimal


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncIterator[Managing]:
    async with open_managing(tmp_path) as opened:
        yield opened


def held(managing: Managing) -> Position:
    return managing.gateway.legs["BTCUSDT", 0]  # type: ignore[index]  a symbol


def asked(managing: Managing) -> list[tuple[Decimal | None, Decimal | None]]:
    calls = [each for each in managing.gateway.sent(TradingStop) if isinstance(each, TradingStop)]
    return [(each.trailing_stop, each.active_price) for each in calls if each.trailing_stop is not None]


async def trail(
    managing: Managing, distance: str | None, active: str | None = None, key: str = "press:trail"
) -> OrderIntent:
    prices = [None if each is None else D(each) for each in (distance, active)]
    intent = await managing.legs.trail(
        managing.core.config, managing.leg(), prices[0], active=prices[1], idempotency_key=key
    )
    await managing.core.quiet()
    (answered,) = await managing.core.queries.intents([intent.intent_id])
    return answered


async def plan_of(managing: Managing) -> TradePlan:
    managing.core.storage.clock.advance(1)
    await managing.core.settle()
    (plan,) = await managing.core.queries.plans_open(managing.core.account.account_id)
    return plan


async def disagreements(managing: Managing) -> list[tuple[Decimal | None, Decimal | None]]:
    managing.core.storage.clock.advance(1)
    await managing.core.settle()
    rows = await managing.disagreements.of_account(managing.core.config, managing.core.account.account_id)
    return [(each.promised.trailing, each.shown.trailing) for each in rows]


async def test_it_is_set_alone_once_and_read_back(managing: Managing) -> None:
    await managing.hold()
    stop = held(managing).stop_loss
    first = await trail(managing, "2.5", "101")
    assert (first.state, asked(managing)) == (IntentState.DONE, [(D("2.5"), D(101))])
    assert (await trail(managing, "2.5", "101")).intent_id == first.intent_id, "a second tap is the same one"
    plan = await plan_of(managing)
    assert (plan.trailing, plan.trailing_active, plan.trailing_verified_ts is not None) == (D("2.5"), D(101), True)
    assert (held(managing).trailing_stop, held(managing).stop_loss) == (D("2.5"), stop), "the stop stays"
    await managing.legs.move_stop(managing.core.config, managing.leg(), D(92), idempotency_key="press:stop")
    await managing.core.quiet()
    assert (held(managing).trailing_stop, held(managing).stop_loss) == (D("2.5"), D(92)), "and so does it"
    await trail(managing, None, key="press:off")
    assert (held(managing).trailing_stop, (await plan_of(managing)).trailing) == (None, None)
    assert (await disagreements(managing), len(asked(managing))) == ([], 2)


@pytest.mark.parametrize("fault", ["lost", "down"])
async def test_an_answer_that_is_lost_is_read_back_and_what_was_not_done_is_done(
    managing: Managing, fault: str
) -> None:
    await managing.hold()
    managing.gateway.faults.append(fault)
    await trail(managing, "2.5")
    managing.core.storage.clock.advance(30)
    plan = await plan_of(managing)
    await managing.core.quiet()
    plan = await plan_of(managing)
    assert (held(managing).trailing_stop, plan.trailing_verified_ts is not None) == (D("2.5"), True)
    assert (len(asked(managing)), await disagreements(managing)) == (1 if fault == "lost" else 2, [])


async def test_a_refusal_is_a_disagreement_and_the_stop_stands(managing: Managing) -> None:
    await managing.hold()
    managing.gateway.faults.append(ExchangeRejected("no", code=10001))
    assert (await trail(managing, "2.5")).state is IntentState.REFUSED
    assert await disagreements(managing) == [(D("2.5"), None)]
    assert len(asked(managing)) == 1, "a definite no is not asked for again"
    assert held(managing).stop_loss == D(90)


@pytest.mark.parametrize("seen", ["1", None])
async def test_changed_elsewhere_it_is_told_and_put_back_or_kept_as_its_owner_says(
    managing: Managing, seen: str | None
) -> None:
    await managing.hold()
    await trail(managing, "2.5")
    await plan_of(managing)
    managing.gateway.elsewhere("BTCUSDT", trailing_stop=None if seen is None else D(seen))
    assert await disagreements(managing) == [], "right after ours, a list may still show what was before"
    managing.core.storage.clock.advance(5)
    assert await disagreements(managing) == [(D("2.5"), None if seen is None else D(seen))]
    assert len(asked(managing)) == 1, "nothing is put back unasked"
    rows = await managing.core.storage.database.fetch("SELECT 1 FROM outbox WHERE kind = 'trade-stop-changed'")
    assert len(rows) == 1
    (row,) = await managing.disagreements.of_account(managing.core.config, managing.core.account.account_id)
    if seen is None:
        await managing.disagreements.restore(managing.core.config, row.disagreement_id, idempotency_key="press:restore")
        await managing.core.quiet()
        assert (await disagreements(managing), held(managing).trailing_stop) == ([], D("2.5"))
        calls = [each for each in managing.gateway.sent(TradingStop) if isinstance(each, TradingStop)]
        assert all(each.trailing_stop is not None for each in calls), "the stop was as promised: it is left alone"
    else:
        await managing.disagreements.accept(managing.core.config, row.disagreement_id)
        plan = await plan_of(managing)
        assert (await disagreements(managing), plan.trailing, len(asked(managing))) == ([], D(1), 1)
    ended = await managing.disagreements.get(managing.core.config, row.disagreement_id)
    assert ended.end is (DisagreementEnd.AGREED if seen is None else DisagreementEnd.ACCEPTED)


async def test_a_position_that_is_taken_over_keeps_its_trailing_stop(managing: Managing) -> None:
    await managing.hold()
    eth = Symbol("ETHUSDT")
    managing.gateway.legs[eth, 0] = replace(held(managing), symbol=eth, trailing_stop=D(3))
    plan = await managing.disagreements.manage(managing.core.config, managing.leg("ETHUSDT"), place=PLACE)
    await managing.core.quiet()
    assert (plan.trailing, await disagreements(managing), asked(managing)) == (D(3), [], [])


@pytest.mark.parametrize(("distance", "active"), [("0.01", None), ("100", None), ("2", "99"), ("2", "100")])
async def test_what_can_be_no_trailing_stop_is_explained_before(
    managing: Managing, distance: str, active: str | None
) -> None:
    await managing.hold()
    with pytest.raises(BadInput):
        await trail(managing, distance, active)
    assert asked(managing) == []


class TestInChat:
    async def test_typed_it_is_shown_first_then_set_by_one_tap_and_kept_on_the_card(self, harness: Harness) -> None:
        anna = await holding(harness, "buy 0.01 btc sl 3%")
        card = await said(anna, "trail btc 2%")
        assert "1,284.21 (2%) behind the best price" in shown(card)
        assert "Now it would stand at 62,926.29 (−2.0%)" in shown(card)
        assert "The stop at 62,284.19 stays" in shown(card)
        account = await harness.practice_account()
        (before,) = (await harness.services.reads.positions(account)).items
        assert before.trailing_stop is None, "nothing is sent before the tap"
        card = await said(anna, "трейлинг btc 2%")
        await anna.press("Set the trailing stop", bubble=card)
        await words(anna, "The trailing stop stands: 1,284.21")
        await until(lambda: not len(harness.services.trading.runner.tasks), what="the read back")
        card = await leg_card(anna)
        assert "The exchange holds a trailing stop: 1,284.21 (2%) behind the best price" in shown(card)
        assert "Seen" in shown(card).split("trailing stop:")[1]

    async def test_by_button_with_a_start_and_taken_away_again(self, harness: Harness) -> None:
        anna = await holding(harness, "buy 0.01 btc sl 3%")
        await leg_card(anna)
        await anna.press("Trail")
        card = await said(anna, "500 from 66k")
        assert "starts once the price reaches 66,000.00 (+2.8%) and stands at 65,500.00 then" in shown(card)
        await anna.press("Set the trailing stop", bubble=card)
        await words(anna, "from 66,000.00 on")
        await leg_card(anna)
        await anna.press("Trail")
        await anna.press("No trailing stop")
        assert "The stop at 62,284.19 stays" in shown(anna.last)
        await anna.press("Take it away")
        await words(anna, "The trailing stop is gone")

    async def test_a_distance_that_is_none_is_explained_and_may_be_sent_again(self, harness: Harness) -> None:
        anna = await holding(harness, "buy 0.01 btc sl 3%")
        assert "A distance, please" in shown(await said(anna, "trail btc 62k"))
        assert "Of which position?" in shown(await said(anna, "/trail"))
        assert "starts above it, or at once" in shown(await said(anna, "trail btc 2% from 63k"))
        assert "321.05 (0.5%) behind" in shown(await said(anna, "trail btc .5%"))
        await leg_card(anna)
        await anna.press("Trail")
        assert "A distance, please" in shown(await said(anna, "62900"))
        assert "1,284.21 (2%) behind" in shown(await said(anna, "2%"))

    async def test_in_the_line_of_an_order_it_is_set_after_the_fill(self, harness: Harness) -> None:
        anna = harness.person()
        await said(anna, "/start")
        await entered(anna, "buy btc $640 sl 3% trail 2%")
        account = await harness.practice_account()

        async def stands() -> bool:
            await harness.services.trading.settlement.settle(account.account_id)
            return "holds a trailing stop" in shown(await leg_card(anna))

        await until(stands, what="the trailing stop")


async def test_at_bybit_it_follows_there_and_its_end_is_told(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as desk:
        await desk.buy("btc $1600 sl 58000 trail 1%")

        def trailing() -> str:
            return next(row["trailingStop"] for row in desk.truth["positions"] if row["symbol"] == "BTCUSDT")

        await desk.comes(lambda: trailing() == "600.00", what="the trailing stop at Bybit")
        desk.price("BTCUSDT", "61000")
        await desk.settle()
        desk.price("BTCUSDT", "60300")
        closed = await desk.told("Trailing stop hit")
        assert "BTC" in closed.text_html
