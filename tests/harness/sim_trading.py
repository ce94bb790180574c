"""An account on the Bybit stand-in without a server: writes are carried out at once, prices act when told to."""

from typing import Any
from urllib.parse import urlencode

from harness.sim_bybit import TurnedClock
from ops.sim.bybit.account_news import AccountNews
from ops.sim.bybit.accounts import Account
from ops.sim.bybit.calling import Outcome, endpoint_of, read, write
from ops.sim.bybit.control import Control
from ops.sim.bybit.world import World


class SimTrader:
    """One account, its client and its driver."""

    def __init__(self, **fields: Any) -> None:
        """`fields` as POST /sim/accounts takes them; BTC stands at 60,000 and ETH at 3,000."""
        self.clock = TurnedClock()
        self.world = World(seed=1, clock=self.clock, limits=False)
        self.control = Control(self.world)
        self.uid = int(self.control.make_account({"environment": "live", "balance": 10_000, **fields})["uid"])
        self.news: list[AccountNews] = []
        self.world.follow(self.news.append)
        self.price("BTCUSDT", 60_000)
        self.price("ETHUSDT", 3_000)

    @property
    def account(self) -> Account:
        """As it stands now; a PATCH puts another in its place."""
        return self.world.accounts[self.uid]

    def price(self, symbol: str, price: float) -> None:
        """Set a price and let it act."""
        self.control.set_price({"symbol": symbol, "price": price})
        self.world.trading.sweep()

    def post(self, path: str, /, **body: Any) -> Outcome:
        """A write; `category` linear and `symbol` BTCUSDT unless given, None for none."""
        endpoint = endpoint_of("POST", path)
        assert endpoint is not None, path
        body = {"category": "linear", "symbol": "BTCUSDT"} | body
        return write(self.world, endpoint, self.account, body, self.world.now())

    def order(self, side: str, qty: str, /, **more: Any) -> str:
        """An order that is taken on: a limit order with a price, else a market order; its id."""
        order_type = "Limit" if "price" in more else "Market"
        answer = self.post("/v5/order/create", side=side, qty=qty, orderType=order_type, **more)
        assert answer.ret_code == 0, answer
        return str(answer.result["orderId"])

    def code(self, side: str, qty: str, /, **more: Any) -> int:
        """The code that an order is answered with."""
        order_type = "Limit" if "price" in more else "Market"
        return self.post("/v5/order/create", side=side, qty=qty, orderType=order_type, **more).ret_code

    def get(self, path: str, /, **query: Any) -> list[dict[str, Any]]:
        """The rows of a read; `category` linear unless given, None for none."""
        endpoint = endpoint_of("GET", path)
        assert endpoint is not None, path
        asked = {"category": "linear"} | query
        text = urlencode({name: value for name, value in asked.items() if value is not None})
        answer = read(self.world, endpoint, self.account, text, self.world.now())
        assert answer.ret_code == 0, answer
        rows: list[dict[str, Any]] = answer.result["list"]
        return rows

    def row(self, order_id: str) -> dict[str, Any]:
        """The order as order/realtime has it."""
        (row,) = self.get("/v5/order/realtime", orderId=order_id)
        return row

    def leg(self, symbol: str = "BTCUSDT", index: int = 0) -> dict[str, Any]:
        """The leg as position/list has it."""
        category = "linear" if symbol.endswith(("USDT", "PERP")) else "inverse"
        rows = self.get("/v5/position/list", category=category, symbol=symbol)
        return next(row for row in rows if row["positionIdx"] == index)

    def told(self) -> list[tuple[str, str]]:
        """What streams said since the last time: topic, and the status, size or price of each row."""
        found = [
            (news.topic, str(row.get("orderStatus") or row.get("execQty") or row.get("size") or "wallet"))
            for news in self.news
            for row in news.rows
        ]
        self.news.clear()
        return found
