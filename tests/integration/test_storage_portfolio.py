"""Positions, orders and fills on a real file."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.storage import ANNA, BORIS, NOW, StorageHarness, account_value, execution, open_storage, order, position

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Order, Orders, Position, Positions, Side

LATER = Millis(NOW + 1000)


async def put(storage: StorageHarness, account: Account, *items: Position, as_of: Millis = NOW) -> None:
    async with storage.store.begin() as unit:
        await unit.portfolio.replace_positions(
            account, Positions(account_id=account.account_id, items=items, as_of=as_of)
        )


async def put_orders(storage: StorageHarness, account: Account, *items: Order, as_of: Millis = NOW) -> None:
    async with storage.store.begin() as unit:
        await unit.portfolio.replace_orders(account, Orders(account_id=account.account_id, items=items, as_of=as_of))


async def changes(storage: StorageHarness) -> int:
    async with storage.database.alone() as connection:
        return connection.total_changes


async def test_nothing_stands_there_is_not_never_asked(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        assert await storage.queries.positions(account.account_id) is None
        assert await storage.queries.orders(account.account_id) is None
        assert await storage.queries.positions(AccountId(99)) is None
        await put(storage, account)
        await put_orders(storage, account)
        assert await storage.queries.positions(account.account_id) == Positions(
            account_id=account.account_id, items=(), as_of=NOW
        )
        assert await storage.queries.orders(account.account_id) == Orders(
            account_id=account.account_id, items=(), as_of=NOW
        )


async def test_positions_come_back_as_they_went(tmp_path: Path) -> None:
    legs = (
        position("BTCUSDT", position_idx=1),
        position("BTCUSDT", position_idx=2, side=Side.SELL, stop_loss=Decimal("0.000001"), take_profit=None),
        position("ETHUSDT", leverage=None, liquidation_price=Decimal(1), trailing_stop=Decimal("12.50")),
        position("ETHUSDT", category=Category.SPOT, unrealised_pnl=Decimal("1E-8")),
    )
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        await put(storage, account, *reversed(legs))
        assert await storage.queries.positions(account.account_id) == Positions(
            account_id=account.account_id, items=legs, as_of=NOW
        )


async def test_only_what_changed_is_written(tmp_path: Path) -> None:
    kept, moved, closed, opened = (position(name) for name in ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"))
    async with open_storage(tmp_path, is_watched=False) as storage:
        account = await storage.account()
        await put(storage, account, kept, moved, closed)
        before = await changes(storage)
        await put(storage, account, kept, moved, closed, as_of=LATER)
        assert await changes(storage) - before == 1  # the account's as_of
        moved = replace(moved, mark_price=Decimal("64300.01"))
        await put(storage, account, opened, moved, kept, as_of=LATER)
        assert await changes(storage) - before == 5
        found = await storage.queries.positions(account.account_id)
        assert found is not None
        assert (found.items, found.as_of) == ((kept, moved, opened), LATER)


async def test_amounts_stand_in_the_digits_that_the_exchange_wrote(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        await put(storage, account, position(mark_price=Decimal("64300.00"), unrealised_pnl=Decimal("-0.00")))
        await put_orders(storage, account, order(price=Decimal("0.0124500")))
        positions = await storage.queries.positions(account.account_id)
        orders = await storage.queries.orders(account.account_id)
        assert positions is not None
        assert orders is not None
        written = (positions.items[0].mark_price, positions.items[0].unrealised_pnl, orders.items[0].price)
        assert list(map(str, written)) == ["64300.00", "0.00", "0.0124500"]


async def test_an_older_answer_does_not_overwrite_a_newer_one(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        await put(storage, account, position(), as_of=LATER)
        await put(storage, account, as_of=NOW)
        await put_orders(storage, account, order(), as_of=LATER)
        await put_orders(storage, account, as_of=NOW)
        positions, orders = (
            await storage.queries.positions(account.account_id),
            await storage.queries.orders(account.account_id),
        )
        assert positions is not None
        assert orders is not None
        assert (len(positions.items), positions.as_of, len(orders.items), orders.as_of) == (1, LATER, 1, LATER)


async def test_an_answer_for_a_removed_or_foreign_account_is_dropped(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        await put(storage, replace(account, user_id=BORIS), position())
        await put(storage, account_value(99), position())
        async with storage.store.begin() as unit:
            await unit.accounts.remove(account.account_id)
        await put(storage, account, position())
        await put_orders(storage, account, order())
        assert await storage.database.fetch("SELECT count(*) FROM active_positions") == [(0,)]
        assert await storage.database.fetch("SELECT count(*) FROM pending_limit_orders") == [(0,)]


async def test_removing_an_account_takes_its_books_along(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account, other = await storage.account(), await storage.account(BORIS, uid="901")
        for each in (account, other):
            await put(storage, each, position())
            await put_orders(storage, each, order())
        async with storage.store.begin() as unit:
            await unit.accounts.remove(account.account_id)
        assert await storage.queries.positions(account.account_id) is None
        assert await storage.queries.orders(account.account_id) is None
        assert [user_id for (user_id,) in await storage.database.fetch("SELECT user_id FROM active_positions")] == [
            BORIS
        ]


async def test_orders_come_back_as_they_went_newest_first(tmp_path: Path) -> None:
    orders = (
        order("b", created_ts=LATER, price=None, trigger_price=Decimal("61000.5"), stop_order_type="StopLoss"),
        order("a", reduce_only=True, take_profit=Decimal(70000), stop_loss=Decimal(50000), order_link_id="x" * 36),
        order("c", side=Side.SELL, cum_exec_qty=Decimal("0.001"), order_status="PartiallyFilled"),
    )
    async with open_storage(tmp_path, is_watched=False) as storage:
        account = await storage.account()
        await put_orders(storage, account, *orders)
        assert await storage.queries.orders(account.account_id) == Orders(
            account_id=account.account_id, items=orders, as_of=NOW
        )
        before = await changes(storage)
        await put_orders(storage, account, *orders[:2], as_of=LATER)
        assert await changes(storage) - before == 2
        found = await storage.queries.orders(account.account_id)
        assert found is not None
        assert found.items == orders[:2]


async def test_what_a_user_has_in_all_accounts(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        one, two = await storage.account(ANNA, uid="1"), await storage.account(ANNA, uid="2")
        other = await storage.account(BORIS, uid="3")
        for account in (one, two, other):
            await put(storage, account, position("BTCUSDT"), position("ETHUSDT"))
            await put_orders(storage, account, order("o-1"), order("o-2", symbol=Symbol("ETHUSDT")))
        legs = await storage.queries.positions_of_user(ANNA)
        assert {(account_id, leg.symbol) for account_id, leg in legs} == {
            (account.account_id, symbol) for account in (one, two) for symbol in ("BTCUSDT", "ETHUSDT")
        }
        assert await storage.queries.pending_orders(ANNA, Symbol("BTCUSDT")) == (order("o-1"), order("o-1"))
        assert await storage.queries.pending_orders(ANNA, Symbol("SOLUSDT")) == ()


@pytest.mark.parametrize(
    "field", ["size", "entry_price", "unrealised_pnl", "leverage", "liquidation_price", "take_profit"]
)
async def test_no_amount_is_stored_that_is_none(tmp_path: Path, field: str) -> None:
    for value in (Decimal("NaN"), Decimal("-Infinity"), Decimal("1E+50"), Decimal("1E-50")):
        broken: dict[str, Any] = {field: value}
        async with open_storage(tmp_path) as storage:
            account = await storage.account()
            with pytest.raises(ValueError, match="no amount that can be stored"):
                await put(storage, account, position(**broken))


@pytest.mark.parametrize("text", ["01", "1e3", "+1", ".5", "5.", "", "1.2.3", "NaN", "1,5", "-1", "٣", "1 "])
async def test_the_table_takes_plain_amounts_alone(tmp_path: Path, text: str) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        await put(storage, account, position())
        with pytest.raises(Exception, match="CHECK constraint failed"):
            await storage.write("UPDATE active_positions SET entry_price = ?", text)


@pytest.mark.parametrize("text", ["-0", "--1", "-", "-.5", "-01", "1-1", "1e-3"])
async def test_the_table_takes_plain_signed_amounts_alone(tmp_path: Path, text: str) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account()
        await put(storage, account, position())
        for good in ("-1.5", "0", "12", "-0.01"):
            await storage.write("UPDATE active_positions SET unrealised_pnl = ?", good)
        with pytest.raises(Exception, match="CHECK constraint failed"):
            await storage.write("UPDATE active_positions SET unrealised_pnl = ?", text)


async def test_a_fill_is_logged_once(tmp_path: Path) -> None:
    fills = (execution("e-2", exec_ts=LATER, closed_size=Decimal("0.01")), execution("e-1"), execution("e-0"))
    async with open_storage(tmp_path) as storage:
        account, other = await storage.account(), await storage.account(BORIS, uid="901")
        async with storage.store.begin() as unit:
            assert [await unit.legs.add_fill(account, fill) for fill in reversed(fills)] == [True] * 3
            assert [await unit.legs.add_fill(account, fill) for fill in fills] == [False] * 3
            assert await unit.legs.add_fill(other, fills[0])
        storage.clock.millis = NOW + 5
        found = await storage.queries.executions(account, 10)
        assert (found.items, found.as_of) == (fills, NOW + 5)
        assert (await storage.queries.executions(account, 1)).items == fills[:1]


async def test_the_fills_of_a_day_are_in_every_account_of_the_user_newest_first(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        one, two = await storage.account(uid="1"), await storage.account(uid="2")
        other = await storage.account(BORIS, uid="3")
        async with storage.store.begin() as unit:
            for account, exec_id, age in ((one, "a", 0), (two, "b", 5), (one, "c", 10), (other, "d", 0)):
                await unit.legs.add_fill(account, execution(exec_id, exec_ts=NOW - age))
        logs = await storage.queries.trade_logs_since(ANNA, Millis(NOW - 5))
        assert [(log.account_id, log.ts) for log in logs] == [(one.account_id, NOW), (two.account_id, NOW - 5)]
        assert (logs[0].price, logs[0].size, logs[0].fee) == (Decimal("64000.5"), Decimal("0.01"), Decimal("-0.0352"))


async def test_a_fill_can_not_be_put_on_another_users_account(tmp_path: Path) -> None:
    async with open_storage(tmp_path) as storage:
        account = await storage.account(ANNA)
        await storage.user(BORIS)
        with pytest.raises(Exception, match="FOREIGN KEY constraint failed"):
            async with storage.store.begin() as unit:
                await unit.legs.add_fill(replace(account, user_id=BORIS), execution())
