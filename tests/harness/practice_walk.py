"""A seeded walk over practice: random commands, prices, refusing disks and restarts; and what must hold after each."""

import random
from collections import defaultdict
from contextlib import nullcontext, suppress
from decimal import Decimal

from bot.domain.errors import ExchangeError, StorageTrouble
from bot.domain.ids import MINUTE, Millis, OrderLinkId
from bot.domain.market import Category, Kline
from bot.domain.orders import AmendRequest, CancelRequest, TimeInForce, TradingStop, TriggerBy
from bot.domain.portfolio import OrderType, Side
from bot.exchange.matching.model import EngineFill
from bot.exchange.paper.records import from_body, run_of
from harness.desk import BTC, Desk, bought
from harness.storage import write_protected


class Walk:
    """One seeded walk."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.draw = random.Random(seed)  # noqa: S311  a test's own chance
        self.price = Decimal("64210.50")
        self.made: list[str] = []
        self.acknowledged: list[str] = []
        self.is_rough = True  # disks refuse at times

    async def step(self) -> None:
        """Whatever comes: a command, a price, an outage; a disk that refuses or a kill around it."""
        act = self.draw.choice((self.enter, self.enter, self.close, self.amend, self.cancel, self.stop, self.tick))
        is_refusing = self.draw.random() < 0.15 and self.is_rough
        async with write_protected(self.desk.bot.database) if is_refusing else nullcontext():
            with suppress(ExchangeError, StorageTrouble):  # refused, or not stored: everything is as it was
                await act()
        if self.draw.random() < 0.15:
            self.desk.restart()

    async def enter(self) -> None:
        side = self.draw.choice((Side.BUY, Side.SELL))
        kind = self.draw.choice((TimeInForce.IOC, TimeInForce.GTC, TimeInForce.POST_ONLY))
        price = self.level(Decimal("0.98"), Decimal("1.02"))
        way = 1 if side is Side.BUY else -1
        stop = self.draw.choice((None, (price * (1 - way * Decimal("0.03"))).quantize(Decimal("0.1"))))
        link = f"w{len(self.made)}"
        self.made.append(link)
        qty = self.draw.choice(("0.01", "0.05", "0.3"))
        request = bought(link, qty=qty, side=side, price=price, time_in_force=kind, stop_loss=stop)
        await self.desk.gateway.create(self.desk.account, request)
        self.acknowledged.append(link)

    async def close(self) -> None:
        for leg in (await self.desk.gateway.positions(self.desk.account)).items:
            link = f"w{len(self.made)}"
            self.made.append(link)
            side = Side.SELL if leg.side is Side.BUY else Side.BUY
            request = bought(
                link,
                qty="0",
                side=side,
                order_type=OrderType.MARKET,
                price=None,
                stop_loss=None,
                reduce_only=True,
                close_on_trigger=True,
            )
            await self.desk.gateway.create(self.desk.account, request)
            self.acknowledged.append(link)

    async def amend(self) -> None:
        if self.made:
            request = AmendRequest(
                target_link_id=OrderLinkId(self.draw.choice(self.made)),
                category=Category.LINEAR,
                symbol=BTC,
                price=self.level(Decimal("0.98"), Decimal("1.02")),
            )
            await self.desk.gateway.amend(self.desk.account, request)

    async def cancel(self) -> None:
        if self.made:
            link = OrderLinkId(self.draw.choice(self.made))
            request = CancelRequest(category=Category.LINEAR, symbol=BTC, target_link_id=link)
            await self.desk.gateway.cancel(self.desk.account, request)

    async def stop(self) -> None:
        request = TradingStop(
            category=Category.LINEAR,
            symbol=BTC,
            position_idx=0,
            stop_loss=self.level(Decimal("0.95"), Decimal("1.05")),
            sl_trigger_by=TriggerBy.LAST,
            take_profit=Decimal(0),
            tp_trigger_by=TriggerBy.LAST,
        )
        await self.desk.gateway.set_trading_stop(self.desk.account, request)

    async def tick(self) -> None:
        """The price walks on; now and then after minutes of silence, with a funding among them."""
        bot = self.desk.bot
        seconds = self.draw.choice((2, 2, 2, 40, 600))
        start = bot.clock.now() // MINUTE * MINUTE + MINUTE
        before = self.price
        self.price = self.level(Decimal("0.97"), Decimal("1.03"))
        bot.bybit.minutes = tuple(
            Kline(
                start_ts=Millis(start + number * MINUTE),
                open=before,
                high=max(before, self.price) * Decimal("1.01"),
                low=min(before, self.price) * Decimal("0.99"),
                close=self.price,
                volume=Decimal(1),
            )
            for number in range(seconds // 60)
        )
        if seconds > 60:
            bot.bybit.fundings = (*bot.bybit.fundings, (Millis(start + MINUTE), "0.0001"))
        await bot.move("BTCUSDT", f"{self.price:.2f}", seconds=seconds)

    def level(self, least: Decimal, most: Decimal) -> Decimal:
        share = Decimal(str(round(self.draw.uniform(float(least), float(most)), 4)))
        return (self.price * share).quantize(Decimal("0.1"))

    async def check(self) -> None:
        """The disk says what the memory says, and its fills explain its money and its position."""
        desk, practice = self.desk, self.desk.bot.assembly.practice
        account_id = desk.account.account_id
        async with practice.exchange.opened(account_id) as (_, run):
            stored = run_of(account_id, await practice.exchange.queries.state(account_id)).account
            held = run.account
            assert (stored.wallet, stored.orders, stored.positions, stored.leverages) == (
                held.wallet,
                held.orders,
                held.positions,
                held.leverages,
            )
        bodies = await practice.exchange.queries.fills_since(account_id, Millis(0))
        fills = [from_body(EngineFill, body) for body in bodies]
        assert len({each.exec_id for each in fills}) == len(fills)
        assert held.wallet["USDT"] == 10_000 + sum(each.gain - each.fee for each in fills)
        size = sum(each.qty if each.side is Side.BUY else -each.qty for each in fills if each.exec_type != "Funding")
        assert size == sum(each.size * each.direction for each in held.held())
        by_order: defaultdict[str, Decimal] = defaultdict(Decimal)
        for each in fills:
            by_order[each.order_id] += each.qty
        for link in self.made:
            order = await desk.gateway.find_order(desk.account, BTC, OrderLinkId(link))
            assert order is not None or link not in self.acknowledged, link
            if order is not None:
                assert by_order[order.order_id] == order.cum_exec_qty, link
