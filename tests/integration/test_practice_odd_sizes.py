"""Positions whose size is off the step, as after a change of the symbol's rules: they close, wholly and in part."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import harness
from harness.desk import BTC, Desk

from bot.domain.ids import ChatId
from bot.domain.market import Category
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.portfolio import LegKey, Position, Side
from bot.domain.trade_plans import CardPlace, OrderIntent

PLACE = CardPlace(chat_id=ChatId(1001), message_id=5)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with harness(tmp_path) as bot:
        await bot.person().say("/start")
        desk = Desk(bot, await bot.practice_account())
        now = bot.clock.now()
        odd = Position(
            category=Category.LINEAR,
            symbol=BTC,
            position_idx=0,
            side=Side.BUY,
            size=Decimal("0.0034567"),
            entry_price=Decimal(64000),
            mark_price=None,
            position_value=None,
            leverage=Decimal(3),
            liquidation_price=None,
            unrealised_pnl=None,
            take_profit=None,
            stop_loss=None,
            trailing_stop=None,
            created_ts=now,
            updated_ts=now,
            seq=1,
        )
        await bot.hold(positions=[odd], orders=(), fills=())
        yield desk


def leg(desk: Desk) -> LegKey:
    return LegKey(account_id=desk.account.account_id, category=Category.LINEAR, symbol=BTC, position_idx=0)


async def followed(desk: Desk, intent: OrderIntent) -> None:
    for _ in range(500):
        _, is_going = await desk.bot.services.trading.legs.followed([intent])
        if not is_going:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the close goes on and on")


async def test_all_of_it_is_closed(desk: Desk) -> None:
    legs = desk.bot.services.trading.legs
    intent = await legs.close(await desk.bot.config(), leg(desk), place=PLACE, idempotency_key="all")
    await followed(desk, intent)
    assert (await desk.gateway.positions(desk.account)).is_flat


async def test_practice_begins_again(desk: Desk) -> None:
    resets = desk.bot.assembly.practice.resets
    await resets.reset(desk.account, mode=PositionMode.ONE_WAY, margin=MarginMode.ISOLATED, leverage=3)
    assert (await desk.gateway.positions(desk.account)).is_flat


async def test_half_of_it_is_a_part_on_the_step(desk: Desk) -> None:
    legs = desk.bot.services.trading.legs
    intent = await legs.reduce(await desk.bot.config(), leg(desk), Decimal("0.5"), place=PLACE, idempotency_key="half")
    await followed(desk, intent)
    assert (await desk.position()).size == Decimal("0.0024567")
