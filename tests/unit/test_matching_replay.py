"""Minutes that passed unseen: what their candles would have done to orders, stops and positions."""

from decimal import Decimal

import pytest

from bot.domain.ids import Millis
from bot.domain.market import Kline
from bot.domain.orders import TriggerBy, TriggerDirection
from bot.exchange.matching.replay import MissedMinute
from ops.engine_trader import BTC, BUY, SELL, Trader, d, trader

START = Millis(60_000_000)


def candle(*prices: str) -> Kline:
    open_, high, low, close = (Decimal(each) for each in prices)
    return Kline(start_ts=START, open=open_, high=high, low=low, close=close, volume=d(1))


def pass_by(one: Trader, last: str, mark: str | None = None) -> None:
    minute = MissedMinute(symbol=BTC, last=candle(*last.split()), mark=candle(*(mark or last).split()))
    one.heard(one.engine.replay(one.account, minute, one.markets))


def told(one: Trader) -> list[tuple[str, Decimal]]:
    return [(fill.create_type.removeprefix("CreateBy"), fill.price) for fill in one.fills]


def test_an_entry_is_filled_at_its_price_and_its_stop_in_the_same_minute() -> None:
    one = trader()
    one.send(BUY, "0.01", "63500", stop_loss=d(63300), take_profit=d(64500))
    pass_by(one, "64000 64600 63200 64550")
    assert told(one) == [("User", d(63500)), ("StopLoss", d(63300))]
    assert one.fills[0].is_maker
    assert START <= one.fills[0].ts < START + 60_000


def test_a_stop_that_was_jumped_over_is_filled_at_the_open() -> None:
    one = trader()
    one.send(BUY, "0.01", stop_loss=d(63300))
    pass_by(one, "63000 63400 62900 63100")
    assert told(one)[1:] == [("StopLoss", d(63000))]


def test_a_target_alone_is_filled_at_its_price() -> None:
    one = trader()
    one.send(BUY, "0.01", take_profit=d(64500))
    one.send(SELL, "0.004", "64300", reduce_only=True)
    pass_by(one, "64000 64600 63900 64100")
    assert told(one)[1:] == [("User", d(64300)), ("TakeProfit", d(64500))]
    assert not one.held().size


def test_a_liquidation_comes_before_the_stop_of_the_same_minute_and_by_the_mark_alone() -> None:
    for mark, ends in (("64000 64000 57000 62000", "TakeOver_PassThrough"), ("64000 64000 60000 62000", "StopLoss")):
        one = trader()
        one.send(BUY, "0.01", stop_loss=d(60000))
        pass_by(one, "64000 64100 57000 62000", mark)
        assert [name for name, _ in told(one)[1:]] == [ends]


def test_a_stop_by_the_mark_price_trades_at_a_price_that_was_traded() -> None:
    one = trader()
    one.send(BUY, "0.01", stop_loss=d(63000), sl_trigger_by=TriggerBy.MARK)
    pass_by(one, "64000 64000 63200 63500", "64000 64000 62900 63500")
    assert told(one)[1:] == [("StopLoss", d(63200))]


def test_a_breakout_entry_goes_off_at_its_trigger() -> None:
    one = trader()
    one.send(BUY, "0.01", trigger_price=d(64500), trigger_direction=TriggerDirection.RISES)
    pass_by(one, "64000 64600 63900 64100")
    assert told(one) == [("StopOrder", d(64500))]


@pytest.mark.parametrize("price", ["63499.9", "60000"])
def test_what_the_minute_did_not_reach_still_stands(price: str) -> None:
    one = trader()
    order = one.send(BUY, "0.01", price)
    pass_by(one, "64000 64600 63500 64100")
    assert one.account.orders == {order.order_id: order}
