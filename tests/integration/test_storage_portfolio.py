"""Positions, orders, fills and signals on a real file."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.storage import ANNA, BORIS, NOW, Ground, account_value, execution, ground, order, position

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Order, Orders, Position, Positions, Side
from storage.signals.signals import Signal

LATER = Millis(NOW + 1000)


async def put(it: Ground, account: Account, *items: Position, as_of: Millis = NOW) -> None:
    async with it.store.begin() as unit:
        await unit.portfolio.replace_positions(
            account, Positions(account_id=account.account_id, items=items, as_of=as_of)
        )


async def put_orders(it: Ground, account: Account, *items: Order, as_of: Millis = NOW) -> None:
    async with it.store.begin() as unit:
        await unit.portfolio.replace_orders(account, Orders(account_id=account.account_id, items=items, as_of=as_of))


async def changes(it: Ground) -> int:
    async with it.database.alone() as connection:
        return connection.total_changes


async def test_nothing_stands_there_is_not_never_asked(tmp_path: Path) -> None:
    async with ground(tmp_path) as it:
        account = await it.account()
        assert await it.queries.positions(account.account_id) is None
        assert await it.queries.orders(account.account_id) is None
        assert await it.queries.positions(AccountId(99)) is None
        await put(it, account)
        await put_orders(it, account)
        assert await it.queries.positions(account.account_id) == Positions(
            account_id=account.account_id, items=(), as_of=NOW
        )
        assert await it.queries.orders(account.account_id) == Orders(account_id=account.account_id, items=(), as_of=NOW)


async def test_positions_come_back_as_they_went(tmp_path: Path) -> None:
    legs = (
        position("BTCUSDT", position_idx=1),
        position("BTCUSDT", position_idx=2, side=Side.SELL, stop_loss=Decimal("0.000001"), take_profit=None),
        position("ETHUSDT", leverage=None, liquidation_price=Decimal(1), trailing_stop=Decimal("12.50")),
        position("ETHUSDT", category=Category.SPOT, unrealised_pnl=Decimal("1E-8")),
    )
    async with ground(tmp_path) as it:
        account = await it.account()
        await put(it, account, *reversed(legs))
        assert await it.queries.positions(account.account_id) == Positions(
            account_id=account.account_id, items=legs, as_of=NOW
        )


async def test_only_what_changed_is_written(tmp_path: Path) -> None:
    kept, moved, closed, opened = (position(name) for name in ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"))
    async with ground(tmp_path, is_watched=False) as it:
        account = await it.account()
        await put(it, account, kept, moved, closed)
        before = await changes(it)
        await put(it, account, kept, moved, closed, as_of=LATER)
        assert await changes(it) - before == 1  # the account's as_of
        moved = replace(moved, mark_price=Decimal("64300.01"))
        await put(it, account, opened, moved, kept, as_of=LATER)
        assert await changes(it) - before == 5
        found = await it.queries.positions(account.account_id)
        assert found is not None
        assert (found.items, found.as_of) == ((kept, moved, opened), LATER)


async def test_the_same_amount_written_otherwise_is_no_change(tmp_path: Path) -> None:
    async with ground(tmp_path, is_watched=False) as it:
        account = await it.account()
        await put(it, account, position(size=Decimal("0.50")))
        before = await changes(it)
        await put(it, account, position(size=Decimal("5E-1")))
        assert await changes(it) - before == 1


async def test_an_older_answer_does_not_overwrite_a_newer_one(tmp_path: Path) -> None:
    async with ground(tmp_path) as it:
        account = await it.account()
        await put(it, account, position(), as_of=LATER)
        await put(it, account, as_of=NOW)
        await put_orders(it, account, order(), as_of=LATER)
        await put_orders(it, account, as_of=NOW)
        positions, orders = await it.queries.positions(account.account_id), await it.queries.orders(account.account_id)
        assert positions is not None
        assert orders is not None
        assert (len(positions.items), positions.as_of, len(orders.items), orders.as_of) == (1, LATER, 1, LATER)


async def test_an_answer_for_a_removed_or_foreign_account_is_dropped(tmp_path: Path) -> None:
    async with ground(tmp_path) as it:
        account = await it.account()
        await put(it, replace(account, user_id=BORIS), position())
        await put(it, account_value(99), position())
        async with it.store.begin() as unit:
            await unit.accounts.remove(account.account_id)
        await put(it, account, position())
        await put_orders(it, account, order())
        assert await it.database.fetch("SELECT count(*) FROM active_positions") == [(0,)]
        assert await it.database.fetch("SELECT count(*) FROM pending_limit_orders") == [(0,)]


async def test_removing_an_account_takes_its_books_along(tmp_path: Path) -> None:
    async with ground(tmp_path) as it:
        account, other = await it.account(), await it.account(BORIS, uid="901")
        for each in (account, other):
            await put(it, each, position())
            await put_orders(it, each, order())
        async with it.store.begin() as unit:
            await unit.accounts.remove(account.account_id)
        assert await it.queries.positions(account.account_id) is None
        assert await it.queries.orders(account.account_id) is None
        assert [user_id for (user_id,) in await it.database.fetch("SELECT user_id FROM active_positions")] == [BORIS]


async def test_orders_come_back_as_they_went_newest_first(tmp_path: Path) -> None:
    orders = (
        order("b", created_ts=LATER, price=None, trigger_price=Decimal("61000.5"), stop_order_type="StopLoss"),
        order("a", reduce_only=True, take_profit=Decimal(70000), stop_loss=Decimal(50000), order_link_id="x" * 36),
        order("c", side=Side.SELL, cum_exec_qty=Decimal("0.001"), order_status="PartiallyFilled"),
    )
    async with ground(tmp_path, is_watched=False) as it:
        account = await it.account()
        await put_orders(it, account, *orders)
        assert await it.queries.orders(account.account_id) == Orders(
            account_id=account.account_id, items=orders, as_of=NOW
        )
        before = await changes(it)
        await put_orders(it, account, *orders[:2], as_of=LATER)
        assert await changes(it) - before == 2
        found = await it.queries.orders(account.account_id)
        assert found is not None
        assert found.items == orders[:2]


async def test_what_a_user_has_in_all_accounts(tmp_path: Path) -> None:
    async with ground(tmp_path) as it:
        one, two = await it.account(ANNA, uid="1"), await it.account(ANNA, uid="2")
        other = await it.account(BORIS, uid="3")
        for account in (one, two, other):
            await put(it, account, position("BTCUSDT"), position("ETHUSDT"))
            await put_orders(it, account, order("o-1"), order("o-2", symbol=Symbol("ETHUSDT")))
        legs = await it.queries.positions_of_user(ANNA)
        assert {(account_id, leg.symbol) for account_id, leg in legs} == {
            (account.account_id, symbol) for account in (one, two) for symbol in ("BTCUSDT", "ETHUSDT")
        }
        assert await it.queries.pending_orders(ANNA, Symbol("BTCUSDT")) == (order("o-1"), order("o-1"))
        assert await it.queries.pending_orders(ANNA, Symbol("SOLUSDT")) == ()


@pytest.mark.parametrize(
    "field", ["size", "entry_price", "unrealised_pnl", "leverage", "liquidation_price", "take_profit"]
)
async def test_no_amount_is_stored_that_is_none(tmp_path: Path, field: str) -> None:
    for value in (Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+50"), Decimal("1E-50")):
        broken: dict[str, Any] = {field: value}
        async with ground(tmp_path) as it:
            account = await it.account()
            with pytest.raises(ValueError, match="no amount that can be stored"):
                await put(it, account, position(**broken))


@pytest.mark.parametrize("text", ["1.50", "01", "1e3", "+1", ".5", "5.", "", "1.2.3", "NaN", "1,5", "-1", "٣", "1 "])
async def test_the_table_takes_canonical_amounts_alone(tmp_path: Path, text: str) -> None:
    async with ground(tmp_path) as it:
        account = await it.account()
        await put(it, account, position())
        with pytest.raises(Exception, match="CHECK constraint failed"):
            await it.write("UPDATE active_positions SET entry_price = ?", text)


@pytest.mark.parametrize("text", ["-0", "--1", "-", "-.5", "-01", "-1.50", "1-1", "1e-3"])
async def test_the_table_takes_canonical_signed_amounts_alone(tmp_path: Path, text: str) -> None:
    async with ground(tmp_path) as it:
        account = await it.account()
        await put(it, account, position())
        for good in ("-1.5", "0", "12", "-0.01"):
            await it.write("UPDATE active_positions SET unrealised_pnl = ?", good)
        with pytest.raises(Exception, match="CHECK constraint failed"):
            await it.write("UPDATE active_positions SET unrealised_pnl = ?", text)


async def test_a_fill_is_logged_once(tmp_path: Path) -> None:
    fills = (execution("e-2", exec_ts=LATER, closed_size=Decimal("0.01")), execution("e-1"), execution("e-0"))
    async with ground(tmp_path) as it:
        account, other = await it.account(), await it.account(BORIS, uid="901")
        async with it.store.begin() as unit:
            assert [await unit.trades.add(account, fill) for fill in reversed(fills)] == [True] * 3
            assert [await unit.trades.add(account, fill) for fill in fills] == [False] * 3
            assert await unit.trades.add(other, fills[0])
        it.clock.millis = NOW + 5
        found = await it.queries.executions(account, 10)
        assert (found.items, found.as_of) == (fills, NOW + 5)
        assert (await it.queries.executions(account, 1)).items == fills[:1]


async def test_the_fills_of_a_day_are_in_every_account_of_the_user_newest_first(tmp_path: Path) -> None:
    async with ground(tmp_path) as it:
        one, two = await it.account(uid="1"), await it.account(uid="2")
        other = await it.account(BORIS, uid="3")
        async with it.store.begin() as unit:
            for account, exec_id, age in ((one, "a", 0), (two, "b", 5), (one, "c", 10), (other, "d", 0)):
                await unit.trades.add(account, execution(exec_id, exec_ts=NOW - age))
        logs = await it.queries.trade_logs_since(ANNA, Millis(NOW - 5))
        assert [(log.account_id, log.ts) for log in logs] == [(one.account_id, NOW), (two.account_id, NOW - 5)]
        assert (logs[0].price, logs[0].size, logs[0].fee) == (Decimal("64000.5"), Decimal("0.01"), Decimal("-0.0352"))


async def test_a_fill_can_not_be_put_on_another_users_account(tmp_path: Path) -> None:
    async with ground(tmp_path) as it:
        account = await it.account(ANNA)
        await it.user(BORIS)
        with pytest.raises(Exception, match="FOREIGN KEY constraint failed"):
            async with it.store.begin() as unit:
                await unit.trades.add(replace(account, user_id=BORIS), execution())


def signal(source_id: str, **changes: Any) -> Signal:
    values: dict[str, Any] = {
        "source": "channel:-1001234",
        "source_id": source_id,
        "ts": NOW,
        "timeframe": "1h",
        "side": Side.BUY,
        "symbol": Symbol("BTCUSDT"),
        "price": Decimal("95432.50"),
    }
    return Signal(**(values | changes))


async def test_a_signal_is_stored_once_and_the_ten_newest_are_read(tmp_path: Path) -> None:
    async with ground(tmp_path) as it:
        async with it.store.begin() as unit:
            for number in range(12):
                assert await unit.signals.add(signal(str(number), ts=NOW + number), "SCALPER LONG BTCUSDT \ud800")
            assert not await unit.signals.add(signal("3"), "again")
            assert await unit.signals.add(signal("3", source="webhook:7", symbol=Symbol("ETHUSDT"), price=None), "x")
        found = await it.queries.recent_signals(Symbol("BTCUSDT"))
        assert found == tuple(signal(str(number), ts=NOW + number) for number in range(11, 1, -1))
        assert [each.source for each in await it.queries.recent_signals(Symbol("ETHUSDT"))] == ["webhook:7"]
