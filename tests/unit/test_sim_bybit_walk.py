"""Seeded walks of a trader on the Bybit stand-in: after each step streams, reads and sums say the same."""

from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest
from harness.sim_trading import SimTrader

STEPS: Final = 40
_ZERO: Final = Decimal(0)
_QTY: Final = {"BTCUSDT": Decimal("0.001"), "ETHUSDT": Decimal("0.01"), "BTCUSD": Decimal(1)}


class _Walk:
    """One trader, and what its streams have said so far."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  a test's own chance
        self.hedge = self.random.random() < 0.4
        self.trader = SimTrader(
            hedge=self.hedge,
            margin_mode=self.random.choice(["isolated", "regular"]),
            balance={"USDT": self.random.choice([500, 5_000, 50_000]), "BTC": 1},
        )
        self.start = dict(self.trader.account.wallet)
        self.prices = {"BTCUSDT": 60_000.0, "ETHUSDT": 3_000.0}
        self.orders: dict[str, dict[str, Any]] = {}
        self.legs: dict[tuple[str, int], dict[str, Any]] = {}

    def step(self) -> None:
        """An order, a change of one, or a new price."""
        chance, account = self.random.random(), self.trader.account
        if chance < 0.5:
            self.trader.post("/v5/order/create", **self._order())
        elif chance < 0.7 and account.orders:
            order = self.random.choice(list(account.orders.values()))
            named = {"category": order.category, "symbol": order.symbol, "orderId": order.order_id}
            change = {"path": "/v5/order/amend", "qty": str(order.qty * 2)} if chance < 0.6 else {}
            self.trader.post(change.pop("path", "/v5/order/cancel"), **named, **change)
        elif chance < 0.75:
            self.trader.clock.at += self.random.choice([1_000, 10_800_000])
            self.trader.world.trading.sweep()
        else:
            symbol = self.random.choice(list(self.prices))
            self.prices[symbol] = round(self.prices[symbol] * (1 + self.random.gauss(0, 0.015)), 1)
            self.trader.price(symbol, self.prices[symbol])

    def _order(self) -> dict[str, Any]:
        symbol = self.random.choice(list(_QTY))
        is_inverse, is_market, buys = symbol == "BTCUSD", self.random.random() < 0.5, self.random.random() < 0.5
        body: dict[str, Any] = {"category": "inverse" if is_inverse else "linear", "symbol": symbol}
        body |= {"side": "Buy" if buys else "Sell", "orderType": "Market" if is_market else "Limit"}
        body["qty"] = str(_QTY[symbol] * self.random.choice([1, 5, 20, 100, 3_000]))
        if self.hedge and not is_inverse:
            body["positionIdx"] = self.random.choice([1, 2])
        if not is_market:
            force = self.random.choice(["GTC", "IOC", "FOK", "PostOnly"])
            body |= {"price": self._near(symbol, self.random.uniform(-0.02, 0.02)), "timeInForce": force}
        if self.random.random() < 0.25:
            away = self.random.uniform(-0.02, 0.02)
            body |= {"triggerPrice": self._near(symbol, away), "triggerDirection": 1 if away > 0 else 2}
        if self.random.random() < 0.25:
            body["reduceOnly"] = True
        elif self.random.random() < 0.5:
            losing = -0.02 if buys else 0.02
            body |= {"stopLoss": self._near(symbol, losing), "takeProfit": self._near(symbol, -losing)}
            body["tpslMode"] = self.random.choice(["Full", "Partial"])
        return body

    def _near(self, symbol: str, share: float) -> str:
        price = self.prices["ETHUSDT" if symbol == "ETHUSDT" else "BTCUSDT"] * (1 + share)
        return f"{price:.0f}" if symbol == "BTCUSD" else f"{price:.1f}"

    def listen(self) -> None:
        """Keep the newest row of each order and leg that the streams told."""
        for news in self.trader.news:
            for row in news.rows:
                if news.topic == "order":
                    self.orders[row["orderId"]] = row
                elif news.topic == "position":
                    self.legs[row["symbol"], row["positionIdx"]] = row
        self.trader.news.clear()

    def check(self) -> None:
        """Positions are the sums of their fills, money of all changes, and streams end where reads are."""
        account = self.trader.account
        trades = [fill for fill in account.executions if fill.exec_type != "Funding"]
        for symbol in _QTY:
            bought = sum((f.qty if f.side == "Buy" else -f.qty for f in trades if f.symbol == symbol), _ZERO)
            assert bought == sum((leg.size * leg.direction for leg in account.held() if leg.symbol == symbol), _ZERO)
        for coin in ("USDT", "BTC"):
            earned = sum((fill.pnl - fill.fee for fill in account.executions if fill.fee_currency == coin), _ZERO)
            assert account.wallet[coin] == self.start[coin] + earned
            assert [line for line in account.log if line.currency == coin][-1].balance == account.wallet[coin]
        closed = sum((done.pnl for done in account.closed_pnl), _ZERO)
        funding = sum((fill.fee for fill in account.executions if fill.exec_type == "Funding"), _ZERO)
        legs = account.positions.values()
        assert closed - funding - sum((leg.open_fee for leg in legs), _ZERO) == sum(
            (leg.cum_realised for leg in legs), _ZERO
        )
        for order in (*account.history, *account.orders.values()):
            assert self.orders[order.order_id]["orderStatus"] == order.status
            assert order.filled == sum((fill.qty for fill in trades if fill.order_id == order.order_id), _ZERO)
        for leg in account.held():
            told = self.legs[leg.symbol, leg.index]
            assert (Decimal(told["size"]), told["side"], told["seq"]) == (leg.size, leg.side, leg.seq)


@pytest.mark.parametrize("seed", range(5))
def test_streams_reads_and_sums_agree_on_a_walk(seed: int) -> None:
    walk = _Walk(seed)
    for _ in range(STEPS):
        walk.step()
        walk.listen()
        walk.check()
