"""The matching engine: orders matched a second, ticks that have nothing to do, and missed minutes replayed."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis
from bot.domain.market import Kline
from bot.exchange.matching.replay import MissedMinute
from ops.bench.report import Row
from ops.bench.timing import Loop, clock, take_turns
from ops.engine_trader import BTC, BUY, SELL, Trader, trader

EACH: Final = 500  # operations a round
RESTING: Final = 20  # orders of the account whose ticks are timed
_LEAST: Final = 1_000.0  # matches a second: of 200 people who tap at once, the last waits a fifth of one


async def run(each: int = EACH, rounds: int = 15) -> AsyncGenerator[list[Row], None]:
    """Each figure is the median round of `each` operations."""
    loops: dict[str, Loop] = {
        "matched": lambda: _matched(each),
        "idle": lambda: _idle(each),
        "replayed": lambda: _replayed(each),
    }
    yield []
    took = await take_turns(loops, rounds)
    matches = 1 / took["matched"]
    yield [
        Row(
            name="market orders matched, each with a stop: opened, closed, its stop made and cleared",
            value=matches,
            unit="/s",
            target=f">= {_LEAST:g} /s",
            ok=matches >= _LEAST,
        ),
        Row(name=f"ticks of an account with {RESTING} resting orders, none due", value=1 / took["idle"], unit="/s"),
        Row(name="missed minutes replayed for the same account", value=1 / took["replayed"], unit="/s"),
    ]


async def _matched(each: int) -> float:
    one = trader(usdt="1000000000")
    began = clock()
    for number in range(each):
        if number % 2:
            one.send(SELL, "0.01", reduce_only=True)
        else:
            one.send(BUY, "0.01", stop_loss=Decimal(60_000))
    return (clock() - began) / each


async def _idle(each: int) -> float:
    one = _with_orders()
    began = clock()
    for _ in range(each):
        one.engine.tick(one.account, BTC, one.markets)
    return (clock() - began) / each


async def _replayed(each: int) -> float:
    one = _with_orders()
    price = Decimal(64_000)
    candle = Kline(start_ts=Millis(0), open=price, high=price + 50, low=price - 50, close=price, volume=Decimal(1))
    minute = MissedMinute(symbol=BTC, last=candle, mark=candle)
    began = clock()
    for _ in range(each):
        one.engine.replay(one.account, minute, one.markets)
    return (clock() - began) / each


def _with_orders() -> Trader:
    one = trader(usdt="1000000")
    one.send(BUY, "0.01", stop_loss=Decimal(60_000), take_profit=Decimal(70_000))
    for number in range(RESTING - 2):  # the stop and the target are two of them
        one.send(BUY, "0.01", str(63_000 - number))
    return one
