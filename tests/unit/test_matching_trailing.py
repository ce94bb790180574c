"""Trailing stops of the practice exchange: they follow the best price, go one way, and stand beside the stop loss."""

from decimal import Decimal
from typing import Any

import pytest

from bot.domain.ids import Millis
from bot.domain.market import Category, Kline
from bot.domain.orders import CancelRequest, TradingStop, TriggerBy
from bot.exchange.matching.model import EngineRejected
from bot.exchange.matching.replay import MissedMinute
from bot.exchange.paper.answers import order_of, position_of
from ops.engine_trader import BTC, BUY, SELL, Trader, d, trader

TRAILING = "TrailingStop"


def trail(one: Trader, distance: str, active: str | None = None) -> None:
    request = TradingStop(
        category=Category.LINEAR,
        symbol=BTC,
        position_idx=0,
        stop_loss=d(1),  # not looked at
        sl_trigger_by=TriggerBy.LAST,
        take_profit=d(0),
        tp_trigger_by=TriggerBy.LAST,
        trailing_stop=Decimal(distance),
        active_price=None if active is None else Decimal(active),
    )
    one.heard(one.engine.set_trading_stop(one.account, request, one.markets))


def levels(one: Trader) -> list[Decimal | None]:
    return [each.trigger_price for each in one.account.orders.values() if each.stop_order_type == TRAILING]


def test_it_follows_the_best_price_one_way_and_goes_off_at_its_distance() -> None:
    one = trader()
    one.send(BUY, "0.01", stop_loss=d(63000))
    trail(one, "500")
    assert levels(one) == [d(63500)]
    for price, level in (("64300", 63800), ("63900", 63800), ("65000", 64500)):
        one.at(price)
        assert levels(one) == [d(level)]
    [row] = one.rows(TRAILING)
    shown = order_of(row)
    assert (shown.trigger_price, shown.reduce_only, shown.order_status) == (d(64000), True, "Untriggered")
    assert position_of(one.account, one.held()).trailing_stop == d(500)
    one.at("64490")
    assert not one.held().size
    assert one.fills[-1].create_type == "CreateByTrailingStop"
    assert (one.held().trailing_stop, list(one.account.orders)) == (None, []), "the stop loss goes with the leg"


def test_it_waits_for_its_activation_price_and_follows_the_size() -> None:
    one = trader()
    one.send(SELL, "0.01")
    trail(one, "300", active="63500")
    assert (levels(one), one.held().trailing_stop) == ([], d(300))
    one.at("63600")
    assert levels(one) == []
    one.at("63450")
    assert levels(one) == [d(63750)]
    one.send(SELL, "0.02")
    assert [each.qty for each in one.rows(TRAILING)] == [d("0.03")]
    one.at("63760")
    assert not one.held().size


def test_a_change_begins_anew_and_0_takes_it_away() -> None:
    one = trader()
    one.send(BUY, "0.01", stop_loss=d(63000))
    trail(one, "500")
    with pytest.raises(EngineRejected, match="not modified"):
        trail(one, "500")
    trail(one, "200")
    assert levels(one) == [d(63800)]
    trail(one, "0")
    assert (levels(one), one.held().trailing_stop, one.held().stop_loss) == ([], None, d(63000))
    trail(one, "200")
    [row] = one.rows(TRAILING)
    canceled = CancelRequest(category=Category.LINEAR, symbol=BTC, order_id=row.order_id)
    one.heard(one.engine.cancel(one.account, canceled, one.markets))
    assert one.held().trailing_stop is None


@pytest.mark.parametrize(
    ("distance", "active"), [("-1", None), ("64000", None), ("0.05", None), ("500", "63900"), ("500", "64000.05")]
)
def test_what_bybit_refuses_is_refused(distance: str, active: str | None) -> None:
    one = trader()
    one.send(BUY, "0.01")
    with pytest.raises(EngineRejected, match="invalid"):
        trail(one, distance, active)
    assert (one.held().trailing_stop, levels(one)) == (None, [])


def test_a_missed_minute_takes_the_worse_way_and_then_its_best_price() -> None:
    for candle, ends in (("64000 64900 63400 64800", d(63500)), ("64000 64900 63600 64100", d(64100))):
        one = trader()
        one.send(BUY, "0.01")
        trail(one, "500")
        pass_by(one, candle)
        assert (one.fills[-1].price, one.held().size) == (ends, 0), candle
    one = trader()
    one.send(BUY, "0.01")
    trail(one, "500")
    pass_by(one, "64000 64900 63600 64800")
    assert levels(one) == [d(64400)]


def pass_by(one: Trader, candle: str) -> None:
    prices: list[Any] = [Decimal(each) for each in candle.split()]
    named = dict(zip(("open", "high", "low", "close"), prices, strict=True))
    kline = Kline(start_ts=Millis(60_000_000), volume=d(1), **named)
    one.heard(one.engine.replay(one.account, MissedMinute(symbol=BTC, last=kline, mark=kline), one.markets))
