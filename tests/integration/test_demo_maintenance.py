"""Maintenance that Bybit announces: a reason, a gauge, and one message to whoever it may hurt."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import BORIS, OWNER, said
from harness.demo_trading import DemoTrading, demo_trading
from harness.metrics import metrics_text

from bot.services.trading.maintenance import MaintenanceWatch


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DemoTrading]:
    async with demo_trading(tmp_path) as desk:
        yield desk


async def told(desk: DemoTrading) -> set[int]:
    """Who is told of maintenance."""
    rows = await desk.chat.database.fetch("SELECT user_id FROM outbox WHERE kind = 'exchange-maintenance'", ())
    assert len(rows) == len(set(rows)), "once each"
    return {user_id for (user_id,) in rows}


async def gauge(desk: DemoTrading) -> str:
    lines = (await metrics_text(desk.chat.assembly)).splitlines()
    return next(each for each in lines if each.startswith("perpdesk_bybit_maintenance")).split()[1]


def reasons(desk: DemoTrading) -> list[str]:
    return [each.text for each in desk.chat.assembly.progress.reasons() if "maintenance" in each.text]


async def test_maintenance_is_a_reason_and_told_once_to_those_with_something_open(desk: DemoTrading) -> None:
    await said(desk.chat.person(OWNER), "/start")
    boris = desk.chat.person(BORIS, name="Boris")
    await said(boris, "/start")
    await desk.buy("btc limit 59500 $600 sl 58000")
    desk.chat.assembly.progress.step = None
    watch = desk.chat.job(MaintenanceWatch)
    assert await watch.look() == 0
    assert (await gauge(desk), reasons(desk), await told(desk)) == ("0.0", [], set())

    desk.control.add_fault({"kind": "maintenance", "seconds": 600})
    assert [await watch.look(), await watch.look()] == [1, 1]
    assert await gauge(desk) == "1.0"
    assert reasons(desk) == ["Bybit is under maintenance: Maintenance of the trading service"]
    assert await told(desk) == {OWNER, desk.person.user_id}, "who has nothing open is left in peace"
    (card,) = {each.text_html for each in await desk.messages() if "maintenance" in each.text_html}
    assert "until about" in card
    assert "2026-07-01 12:10 UTC" in card

    desk.chat.clock.advance(601)
    assert await watch.look() == 0
    assert (await gauge(desk), reasons(desk)) == ("0.0", [])


async def test_an_answer_that_does_not_come_ends_no_maintenance_before_its_time(desk: DemoTrading) -> None:
    watch = desk.chat.job(MaintenanceWatch)
    desk.control.add_fault({"kind": "maintenance", "seconds": 600})
    await watch.look()
    desk.chat.clock.advance(300)
    assert await gauge(desk) == "1.0"
    desk.chat.clock.advance(1_200)
    assert await gauge(desk) == "0.0", "nobody says any more that it goes on"
