"""A resting entry changed in place: once, by its numbers, with every doubt about it, and never a second order."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.app import Harness, said
from harness.demo_trading import demo_trading
from harness.managing import Managing, open_managing
from harness.order_core import PLACE, Holding
from harness.positions_chat import NBSP, shown, words
from harness.waiting import until

from bot.domain.edit_words import read_edit
from bot.domain.errors import BadInput, ExchangeRejected
from bot.domain.leg_rules import asked_at_most
from bot.domain.order_card import CardOutdated, EntryRefused
from bot.domain.order_edits import OrderChange
from bot.domain.orders import AmendRequest, OrderRequest, TriggerBy
from bot.domain.periods import EVERYTHING
from bot.domain.portfolio import Order, Side
from bot.domain.trade_plans import IntentKind, IntentState, OrderIntent
from handlers.trading.editing import ApplyEdit
from storage.statistics.queries import SqliteStatisticsQueries
from storage.trading.receipts import SqliteReceiptQueries

D = Decimal


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncIterator[Managing]:
    async with open_managing(tmp_path) as opened:
        yield opened


async def rest(managing: Managing, **changes: Any) -> None:
    """A buy of 0.1 that waits at 95, with its stop at 90 and its target at 120."""
    card = managing.core.card(prices=(D(95),), is_market=False, **changes)
    await managing.core.entries.confirm(managing.core.config, card, place=PLACE, idempotency_key="press:rest")
    await managing.core.quiet()
    await managing.core.settle()


def resting(managing: Managing) -> Order:
    (order,) = [each for each in managing.gateway.book.values() if each.order_status in {"New", "PartiallyFilled"}]
    return order


def amends(managing: Managing) -> list[tuple[Decimal | None, Decimal | None, Decimal | None]]:
    found = [each for each in managing.gateway.sent(AmendRequest) if isinstance(each, AmendRequest)]
    return [(each.price, each.qty, each.stop_loss) for each in found]


async def edit(managing: Managing, key: str = "press:edit", **change: str) -> OrderIntent:
    core = managing.core
    wish = OrderChange(**{name: D(value) for name, value in change.items()})
    shown = await managing.edits.outlook(core.config, core.account.account_id, resting(managing).order_id, wish)
    intent = await managing.edits.apply(core.config, shown.agreed(core.account.account_id), idempotency_key=key)
    await core.quiet()
    (answered,) = await core.queries.intents([intent.intent_id])
    return answered


async def entry(managing: Managing) -> OrderIntent:
    (found,) = [each for each in await managing.core.queries.intents_of_plan(1) if each.kind is IntentKind.ENTRY]
    return found


class TestTheOrder:
    async def test_price_and_size_change_in_place_and_the_entry_is_what_it_became(self, managing: Managing) -> None:
        await rest(managing)
        assert (await edit(managing, price="94", qty="0.25")).state is IntentState.DONE
        order, known = resting(managing), await entry(managing)
        assert (order.price, order.qty, amends(managing)) == (D(94), D("0.25"), [(D(94), D("0.25"), None)])
        assert isinstance(known.request, OrderRequest)
        assert (known.request.price, known.request.qty, known.card_price) == (D(94), D("0.25"), D(95))
        assert len(managing.gateway.sent(OrderRequest)) == 1, "there is never a second order"
        managing.gateway.fill(order.order_link_id, "0.25")
        trade = await managing.core.settle()
        assert (trade.intents[0].state, trade.intents[0].fills_qty) == (IntentState.FILLED, D("0.25"))

    async def test_a_second_tap_is_the_same_change(self, managing: Managing) -> None:
        await rest(managing)
        core, wish = managing.core, OrderChange(price=D(94))
        shown = await managing.edits.outlook(core.config, core.account.account_id, resting(managing).order_id, wish)
        agreed = shown.agreed(core.account.account_id)
        first = await managing.edits.apply(core.config, agreed, idempotency_key="press:1")
        await core.quiet()
        again = await managing.edits.apply(core.config, agreed, idempotency_key="press:1")
        assert (again.intent_id, len(amends(managing))) == (first.intent_id, 1)
        with pytest.raises(BadInput, match="edit-same"):
            await managing.edits.apply(core.config, agreed, idempotency_key="press:2")
        managing.gateway.book[resting(managing).order_id] = replace(resting(managing), price=D(93))
        with pytest.raises(CardOutdated, match="edit-changed-since"):
            await managing.edits.apply(core.config, agreed, idempotency_key="press:3")

    @pytest.mark.parametrize("levels", [{"stop": "92"}, {"target": "130"}])
    async def test_an_old_card_does_not_put_back_a_stop_that_was_changed_since(
        self, managing: Managing, levels: dict[str, str]
    ) -> None:
        await rest(managing)
        core, order_id = managing.core, resting(managing).order_id
        shown = await managing.edits.outlook(core.config, core.account.account_id, order_id, OrderChange(price=D(94)))
        assert (await edit(managing, **levels)).state is IntentState.DONE
        pressed = ApplyEdit.of(shown.agreed(core.account.account_id)).agreed
        with pytest.raises(CardOutdated, match="edit-changed-since"):
            await managing.edits.apply(core.config, pressed, idempotency_key="press:old")
        assert len(amends(managing)) == 1

    async def test_what_was_filled_meanwhile_stays_filled(self, managing: Managing) -> None:
        await rest(managing)
        managing.gateway.fill(resting(managing).order_link_id, "0.06")
        await managing.core.settle()
        with pytest.raises(BadInput, match="edit-below-filled"):
            await edit(managing, qty="0.06")
        with pytest.raises(BadInput, match="edit-leg-levels"):
            await edit(managing, stop="91")
        assert (await edit(managing, qty="0.07", price="96")).state is IntentState.DONE
        assert (resting(managing).qty, resting(managing).cum_exec_qty) == (D("0.07"), D("0.06"))

    async def test_a_fill_is_held_against_the_price_that_stood_when_it_came(self, managing: Managing) -> None:
        await rest(managing)
        core, link_id = managing.core, resting(managing).order_link_id
        managing.gateway.fill(link_id, "0.06")
        await core.settle()
        core.storage.clock.advance(1)
        assert (await edit(managing, price="94")).state is IntentState.DONE
        core.storage.clock.advance(1)
        managing.gateway.fill(link_id, "0.04")
        await core.settle()
        queries = SqliteStatisticsQueries(core.storage.database)
        fills = (await queries.entry_fills(core.account.account_id, EVERYTHING, None, 10)).items
        assert [(each.price, each.worst) for each in fills] == [(D(95), D(95)), (D(94), D(94))]
        known = await entry(managing)
        receipt = await SqliteReceiptQueries(core.storage.database).of_intent(known.user_id, known.intent_id)
        assert receipt is not None
        assert receipt.slippage is not None
        assert (receipt.slippage.money, receipt.slippage.price) == (D(0), D("94.6"))

    async def test_stop_and_target_are_the_plans_and_ride_along(self, managing: Managing) -> None:
        await rest(managing)
        assert (await edit(managing, stop="91", target="0")).state is IntentState.DONE
        order = resting(managing)
        assert (order.stop_loss, order.take_profit, amends(managing)) == (D(91), None, [(None, None, D(91))])
        (plan,) = await managing.core.queries.plans_open(managing.core.account.account_id)
        assert (plan.stop, plan.targets) == (D(91), ())
        managing.gateway.fill(order.order_link_id, "0.1")
        await managing.core.settle()
        assert (await managing.core.settle()).plan.stop_verified_ts is not None
        assert len(amends(managing)) == 1

    @pytest.mark.parametrize("change", [{"price": "94"}, {"stop": "92"}])
    async def test_an_amend_that_was_refused_does_not_keep_later_stops_from_the_entry(
        self, managing: Managing, change: dict[str, str]
    ) -> None:
        await rest(managing)
        managing.gateway.faults.append(ExchangeRejected("no", code=10001))
        assert (await edit(managing, **change)).state is IntentState.REFUSED
        async with managing.core.storage.store.begin() as unit:
            await unit.plans.set_stop(1, D(91), TriggerBy.LAST)
        managing.core.storage.clock.advance(2)
        await managing.core.settle()
        assert resting(managing).stop_loss == D(91)

    @pytest.mark.parametrize("fault", ["lost", "down"])
    async def test_an_unknown_outcome_is_read_back_and_never_sent_again(self, managing: Managing, fault: str) -> None:
        await rest(managing)
        managing.gateway.faults.append(fault)
        assert (await edit(managing, qty="0.3")).state in {IntentState.UNKNOWN, IntentState.DONE}
        live = await managing.core.queries.intents_of_plan(1)
        assert asked_at_most(await entry(managing), live) >= (D("0.3") if fault == "lost" else D("0.1"))
        with pytest.raises(BadInput, match="edit-under-way") if fault == "down" else pytest.raises(BadInput):
            await edit(managing, key="press:2", qty="0.3" if fault == "lost" else "0.2")
        managing.core.storage.clock.advance(30)
        await managing.core.settle()
        await managing.core.settle()
        known = await entry(managing)
        assert isinstance(known.request, OrderRequest)
        assert known.request.qty == resting(managing).qty == (D("0.3") if fault == "lost" else D("0.1"))
        assert len(amends(managing)) == 1

    @pytest.mark.parametrize("change", [{"qty": "0.2"}, {"qty": "0.05", "price": "101", "stop": "93"}])
    async def test_what_raises_it_or_fills_it_now_is_held_against_the_rules_of_entries(
        self, managing: Managing, change: dict[str, str]
    ) -> None:
        await rest(managing)
        account_id = managing.core.account.account_id
        async with managing.core.storage.store.begin() as unit:
            await unit.fences.pause(account_id, managing.core.storage.clock.now())
        with pytest.raises(EntryRefused, match="entry-paused"):
            await edit(managing, **change)
        assert (await edit(managing, qty="0.06")).state is IntentState.DONE, "smaller it may be"

    @pytest.mark.parametrize(("qty", "state"), [("0.2", IntentState.ABANDONED), ("0.06", IntentState.DONE)])
    async def test_one_that_waited_to_be_sent_is_held_against_a_panic_since(
        self, managing: Managing, qty: str, state: IntentState
    ) -> None:
        await rest(managing)
        core, later = managing.core, list[Any]()
        account_id, order_id = core.account.account_id, resting(managing).order_id
        object.__setattr__(managing.edits, "runner", Holding(core.runner, later))
        shown = await managing.edits.outlook(core.config, account_id, order_id, OrderChange(qty=D(qty)))
        waits = await managing.edits.apply(core.config, shown.agreed(account_id), idempotency_key="press:1")
        async with core.storage.store.begin() as unit:
            await unit.fences.raise_fence(account_id)
        core.runner.launch(later)
        await core.quiet()
        (answered,) = await core.queries.intents([waits.intent_id])
        assert (answered.state, resting(managing).qty) == (
            state,
            D("0.1") if state is IntentState.ABANDONED else D(qty),
        )

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"price": "95"}, "edit-same"),
            ({"qty": "0.001"}, "edit-too-small"),
            ({"qty": "0.0001"}, "edit-too-small"),
            ({"price": "89"}, "edit-stop-above"),
            ({"stop": "96"}, "edit-stop-above"),
            ({"target": "94"}, "edit-target-below"),
        ],
    )
    async def test_what_can_not_be_is_explained_and_not_sent(
        self, managing: Managing, change: dict[str, str], why: str
    ) -> None:
        await rest(managing)
        with pytest.raises(BadInput, match=why):
            await edit(managing, **change)
        assert amends(managing) == []

    @pytest.mark.parametrize(("number", "change"), [(0, {"stop": "94"}), (1, {"target": "94"}), (0, {"price": "96"})])
    async def test_stop_and_targets_suit_every_entry_of_the_leg(
        self, managing: Managing, number: int, change: dict[str, str]
    ) -> None:
        early = {"target_prices": (D("95.5"), D(120)), "target_shares": (D("0.5"), D("0.5"))}
        card = managing.core.card(
            prices=(D(95), D(93)), qtys=(D("0.1"), D("0.1")), is_market=False, **(early if "price" in change else {})
        )
        core, wish = managing.core, OrderChange(**{name: D(value) for name, value in change.items()})
        await core.entries.confirm(core.config, card, place=PLACE, idempotency_key="press:rest")
        await core.quiet()
        await core.settle()
        order_id = sorted(managing.gateway.book)[number]
        with pytest.raises(BadInput, match="entry-waiting-beyond"):
            await managing.edits.outlook(core.config, core.account.account_id, order_id, wish)

    async def test_in_its_stead_comes_nothing_before_its_end_is_certain(self, managing: Managing) -> None:
        await rest(managing)
        order, core = resting(managing), managing.core
        ended = await managing.edits.take_back(core.config, core.account.account_id, order.order_link_id)
        assert (ended.state, len(managing.gateway.sent(OrderRequest))) == (IntentState.CANCELED, 1)


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("62k", OrderChange(price=D(62000))),
        ("62k $200", OrderChange(price=D(62000), value=D(200))),
        ("0.02 btc", OrderChange(qty=D("0.02"))),
        ("цена 61500 размер 0.02", OrderChange(price=D(61500), qty=D("0.02"))),
        ("sl 60k tp 70k", OrderChange(stop=D(60000), target=D(70000))),
        ("62k стоп 3%", OrderChange(price=D(62000), stop=D(60140))),
        ("тейк нет", OrderChange(target=D(0))),
        ("ціль 70k", OrderChange(target=D(70000))),
    ],
)
def test_a_change_is_read_in_three_languages(words: str, change: OrderChange) -> None:
    assert read_edit(words, near=D(63000), side=Side.BUY, coin="BTC") == change


@pytest.mark.parametrize("words", ["", "sl", "62k 63k", "price price 62k", "2%", "size 2%", "hello"])
def test_what_is_no_change_is_asked_for_again(words: str) -> None:
    with pytest.raises(BadInput):
        read_edit(words, near=D(63000), side=Side.BUY, coin="BTC")


async def confirmed(harness: Harness, order: str) -> Any:
    anna = harness.person()
    await said(anna, "/start")
    card = await said(anna, order)
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    runner = harness.services.trading.runner
    await until(lambda: not len(runner.tasks), what="the end of what is under way")
    account = await harness.practice_account()
    await harness.services.trading.settlement.settle(account.account_id)
    return anna


async def test_typed_it_is_shown_first_and_done_by_one_tap(harness: Harness) -> None:
    anna = await confirmed(harness, "buy 0.01 btc limit 62000 sl 60000 tp 70000")
    card = await said(anna, "изменить btc 61500")
    assert "Price: 62,000.00 → 61,500.00" in shown(card)
    assert "At the stop about −15" in shown(card)
    account = await harness.practice_account()
    (before,) = (await harness.services.reads.orders(account)).items
    assert before.price == D(62000), "nothing is sent before the tap"
    await anna.press("Change the order", bubble=card)
    assert "0.01 BTC at 61,500.00" in await words(anna, "The order is changed")
    orders = await said(anna, "/orders")
    order = await anna.press("BTC Buy 61,500.00", bubble=orders)
    assert "Stop: 60,000.00 · Target: 70,000.00" in shown(order)
    await anna.press("Edit", bubble=order)
    card = await anna.press(f"×2 · 0.02{NBSP}BTC")
    assert "Size: 0.01 BTC → 0.02 BTC" in shown(card)
    await anna.press("Change the order", bubble=card)
    await words(anna, "0.02 BTC at 61,500.00")
    assert "can't read that" in shown(await said(anna, "edit btc hello 1"))
    assert "No order from here waits in ETH" in shown(await said(anna, "edit eth 3000"))


async def test_at_bybit_a_part_is_filled_the_order_edited_and_its_targets_follow(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as desk:
        await said(desk.person, "buy btc $1800 limit 59000 sl 57000 tp 61000 62000 63000 20/30/50 бу")
        await until(lambda: any(each.startswith("✓") for each in desk.person.last.labels), what="the card")
        await desk.person.press(next(each for each in desk.person.last.labels if each.startswith("✓")))

        def rests() -> list[str]:
            return [row["price"] for row in desk.truth["orders"] if row["orderLinkId"] and not row["reduceOnly"]]

        await desk.comes(lambda: rests() == ["59000.00"], what="the entry at Bybit")
        created = desk.created
        card = await said(desk.person, "edit btc 59300")
        await desk.person.press("Change the order", bubble=card)
        await desk.comes(lambda: rests() == ["59300.00"], what="the new price at Bybit")
        assert desk.created == created, "it was changed in place"
        desk.control.add_fault({"kind": "code", "path": "/v5/order/amend", "code": 10001, "times": 1})
        card = await said(desk.person, "edit btc 59500")
        await desk.person.press("Change the order", bubble=card)
        await desk.comes(lambda: "Cancel it, then place it anew" in desk.person.last.labels, what="the refusal")
        await desk.person.press("Cancel it, then place it anew")
        while "Look again" in desk.person.last.labels:  # its end is not certain yet
            await desk.comes(lambda: not rests(), what="the end of the old one")
            await desk.person.press("Look again")
        await desk.comes(lambda: any(each.startswith("✓") for each in desk.person.last.labels), what="its new card")
        await desk.person.press(next(each for each in desk.person.last.labels if each.startswith("✓")))
        await desk.comes(lambda: rests() == ["59500.00"], what="the one in its stead")
        desk.price("BTCUSDT", "59400")
        await desk.comes(lambda: not rests(), what="the fill")

        def targets() -> list[str]:
            rows = [row for row in desk.truth["orders"] if row["orderLinkId"] and row["reduceOnly"]]
            return sorted(row["price"] for row in rows)

        await desk.comes(lambda: targets() == ["61000.00", "62000.00"], what="the earlier targets")
        sizes = [D(row["qty"]) for row in desk.truth["orders"] if row["orderLinkId"] and row["reduceOnly"]]
        assert sorted(sizes) == [D("0.006"), D("0.009")], "20 and 30 % of it, as was promised"
        card = await said(desk.person, "trail btc 1%")
        await desk.person.press("Set the trailing stop", bubble=card)
        desk.price("BTCUSDT", "61100")
        await desk.comes(lambda: targets() == ["62000.00"], what="the first target")

        def held() -> dict[str, Any]:
            return next(row for row in desk.truth["positions"] if row["symbol"] == "BTCUSDT")

        await desk.comes(lambda: D(held()["stopLoss"]) > 57000, what="the stop at break-even")
        assert held()["trailingStop"] == "594.00"
        desk.price("BTCUSDT", "60400")
        await desk.comes(lambda: not desk.truth["positions"], what="the end by the trailing stop")
        assert "Trailing stop hit" in (await desk.told("Trailing stop hit")).text_html
