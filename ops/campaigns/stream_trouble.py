"""What people, Bybit and the network do while a case of streams is played: trades, events behind one's back, faults."""

from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.domain.errors import ExchangeError
from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import AmendRequest, CancelRequest, OrderRequest, TradingStop, TriggerBy
from bot.domain.portfolio import OrderType, Side
from ops.campaigns.stream_stand import PRICES, StreamStand
from ops.sim.bybit.errors import ControlError

CHANCE: Final = 0.3
_PATHS: Final = ("/v5/private", "/v5/public")
_OF_MESSAGES: Final = ("stream_drop", "lost_message", "stream_duplicate", "stream_reorder")
_OF_TIME: Final = ("stream_stall", "mute_stream")
_OF_REST: Final = ("html_502", "http_429", "code_10016", "lost_answer", "late_answer", "truncated")
_OF_ORDERS: Final = (
    "partial_then_cancel",
    "fill_then_reject",
    "filled_without_new",
    "price_adjusted",
    "late_execution",
)
_EVENTS: Final = ("funding", "adl", "settle", "move_position", "mode_switched")
_QUANTITIES: Final = {"BTCUSDT": "0.01", "ETHUSDT": "0.2"}
_CRASH: Final = Decimal("0.6")


@dataclass
class StreamTrouble:
    """Draws it. What the exchange refuses is let be."""

    stand: StreamStand
    _made: int = 0

    def begin(self) -> None:
        """What stands as long as faults last: three of ten messages, sign-ins and perhaps answers are spoiled."""
        draw, control = self.stand.draw, self.stand.control
        for path in _PATHS:
            for kind in draw.sample(_OF_MESSAGES, 2):
                self._spoil(kind, path)
        if draw.random() < CHANCE:
            control.add_fault({"kind": "stream_auth", "probability": CHANCE, "seed": draw.randrange(100)})
        if draw.random() < CHANCE:
            kind = draw.choice(_OF_REST)
            control.add_fault({"kind": kind, "probability": CHANCE, "seed": draw.randrange(100), "seconds": 3})

    def _spoil(self, kind: str, path: str) -> None:
        fault = {"kind": kind, "path": path, "probability": CHANCE, "seed": self.stand.draw.randrange(100)}
        if kind == "lost_message":
            fault |= {"kind": "stream_drop", "cause": "message"}
        self.stand.control.add_fault(fault)

    async def second(self) -> None:
        """What happens in one second of it."""
        draw = self.stand.draw
        if draw.random() < CHANCE:
            await self.trade()
        if draw.random() < CHANCE / 4:
            self._strike()

    def end(self) -> None:
        """No fault stands any more. A connection that is mute stays so, and something happens that it should tell.

        Not one that is only being opened: what REST answers then has that change already.
        """
        if self.stand.streams.accounts.connected < len(self.stand.accounts):
            self.stand.sockets.speak()
        self.stand.control.clear_faults()
        self.stand.sockets.inner.is_reachable = self.stand.transport.is_reachable = True
        for uid in self.stand.uids:
            self.touch(uid)

    def touch(self, uid: str) -> None:
        """Something changes in that account, whatever state it is in."""
        draw, symbol = self.stand.draw, self.stand.draw.choice(tuple(PRICES))
        act = {"act": "open", "symbol": symbol, "side": draw.choice(("Buy", "Sell")), "qty": _QUANTITIES[symbol]}
        self.stand.control.change_account(uid, {"balance": str(100_000 + draw.randrange(1_000))})
        with suppress(ControlError):
            self.stand.control.act_in_app(uid, act)

    def move_price(self, symbol: str) -> None:
        """By up to one in a hundred; one time in fifty it falls so far that somebody is liquidated."""
        draw, price = self.stand.draw, Decimal(PRICES[symbol])
        moved = price * (1 + Decimal(draw.randint(-100, 100)) / 10_000)
        moved *= _CRASH if draw.randrange(50) == 0 else 1
        self.stand.control.set_price({"symbol": symbol, "price": str(moved)})

    # --- faults -----------------------------------------------------------------------------------------------

    def _strike(self) -> None:
        """Something that lasts for a while, or happens at once."""
        stand, draw = self.stand, self.stand.draw
        match draw.choice((*_OF_TIME, "mute", "mute", "rest", "down", "order", "event")):
            case "mute":
                stand.sockets.go_mute(draw.choice(("private", "linear")))
            case "down":
                stand.sockets.inner.is_reachable = draw.random() < CHANCE
                stand.transport.is_reachable = draw.random() < 1 - CHANCE
            case "rest":
                stand.control.add_fault({"kind": draw.choice(_OF_REST), "probability": CHANCE, "times": 5})
            case "order":
                stand.control.add_fault({"kind": draw.choice(_OF_ORDERS), "times": 1, "seconds": 5})
            case "event":
                with suppress(ControlError):
                    stand.control.add_fault({"kind": draw.choice(_EVENTS), "uid": int(draw.choice(stand.uids))})
            case kind:
                stand.control.add_fault({"kind": kind, "seconds": draw.randint(3, 20)})

    # --- trades -----------------------------------------------------------------------------------------------

    async def trade(self) -> None:
        """A price moves, and somebody does something by hand or through the bot."""
        draw, symbol = self.stand.draw, self.stand.draw.choice(tuple(PRICES))
        self.move_price(symbol)
        number = draw.randrange(len(self.stand.uids))
        if draw.random() < 1 / 2:
            self._by_hand(self.stand.uids[number], symbol)
        else:
            with suppress(ExchangeError):
                await self._by_bot(number, symbol)

    def _by_hand(self, uid: str, symbol: str) -> None:
        draw, qty, price = self.stand.draw, _QUANTITIES[symbol], Decimal(PRICES[symbol])
        side = draw.choice(("Buy", "Sell"))
        acts: tuple[dict[str, Any], ...] = (
            {"act": "open", "side": side, "qty": qty, "stop_loss": str(price * Decimal("0.97"))},
            {"act": "open", "side": "Buy", "qty": qty, "price": str(price * Decimal("0.995"))},
            {"act": "open", "side": side, "qty": qty, "trigger_price": str(price * Decimal("1.005"))},
            {"act": "close", "side": side, "qty": qty},
            {"act": "close"},
            {"act": "set_stop", "price": str(price * Decimal("0.98"))},
            {"act": "remove_stop"},
            {"act": "set_leverage", "leverage": str(draw.choice((3, 10, 50)))},
            {"act": "cancel"},
        )
        with suppress(ControlError):
            self.stand.control.act_in_app(uid, {"symbol": symbol, **draw.choice(acts)})

    async def _by_bot(self, number: int, symbol: str) -> None:
        """Raises ExchangeErrors."""
        draw, stand, account = self.stand.draw, self.stand, self.stand.accounts[number]
        price = Decimal(PRICES[symbol])
        held = list(stand.world.accounts[int(stand.uids[number])].orders.values())
        what = draw.choice(("enter", "enter", "amend", "cancel", "stop"))
        if what == "stop":
            await stand.orders.set_trading_stop(account, _stop(symbol, price * Decimal(draw.randint(960, 985)) / 1000))
        elif what == "enter" or not held:
            await stand.orders.create(account, self._entry(symbol, price))
        else:
            named = draw.choice(held)
            category, at = Category.LINEAR, Symbol(named.symbol)
            if what == "cancel":
                request = CancelRequest(category=category, symbol=at, order_id=named.order_id)
                await stand.orders.cancel(account, request)
            else:
                changed = AmendRequest(category=category, symbol=at, order_id=named.order_id, qty=named.qty * 2)
                await stand.orders.amend(account, changed)

    def _entry(self, symbol: str, price: Decimal) -> OrderRequest:
        draw = self.stand.draw
        self._made += 1
        return OrderRequest(
            order_link_id=OrderLinkId(f"p{self._made}-{draw.randrange(10**9)}"),
            category=Category.LINEAR,
            symbol=Symbol(symbol),
            position_idx=0,
            side=Side.BUY,
            order_type=OrderType.LIMIT,
            qty=Decimal(_QUANTITIES[symbol]),
            price=price * draw.choice((Decimal("0.995"), Decimal("1.01"))),
            stop_loss=draw.choice((None, price * Decimal("0.97"))),
        )


def _stop(symbol: str, price: Decimal) -> TradingStop:
    return TradingStop(
        category=Category.LINEAR,
        symbol=Symbol(symbol),
        position_idx=0,
        stop_loss=price,
        sl_trigger_by=TriggerBy.LAST,
        take_profit=Decimal(0),
        tp_trigger_by=TriggerBy.LAST,
    )
