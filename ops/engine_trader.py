"""One account on the matching engine, driven by a price: what its tests, its campaign and its benchmark share."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.market import Category, Instrument
from bot.domain.orders import CancelRequest, MarginMode, OrderRequest, PositionMode, TradingStop, TriggerBy
from bot.domain.portfolio import OrderType, Side
from bot.domain.risk_tiers import RiskTier
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.margins import Assessment, assess
from bot.exchange.matching.model import (
    ZERO,
    Changes,
    EngineAccount,
    EngineFill,
    EngineOrder,
    EnginePosition,
    Markets,
    MarketView,
    PriceSize,
    SymbolRules,
    WalletLine,
)

BTC: Final = Symbol("BTCUSDT")
BTC_COIN: Final = Symbol("BTCUSD")
BUY, SELL = Side.BUY, Side.SELL
TIERS: Final = (
    RiskTier(limit=Decimal(2_000_000), maintenance=Decimal("0.005"), max_leverage=Decimal(100), deduction=ZERO),
    RiskTier(
        limit=Decimal(10_000_000), maintenance=Decimal("0.01"), max_leverage=Decimal(50), deduction=Decimal(10_000)
    ),
    RiskTier(
        limit=Decimal(20_000_000), maintenance=Decimal("0.02"), max_leverage=Decimal(25), deduction=Decimal(110_000)
    ),
)
COIN_TIERS: Final = (
    RiskTier(limit=Decimal(150), maintenance=Decimal("0.005"), max_leverage=Decimal(100), deduction=ZERO),
    RiskTier(limit=Decimal(300), maintenance=Decimal("0.01"), max_leverage=Decimal(50), deduction=Decimal("0.75")),
)
LINEAR: Final = SymbolRules(
    instrument=Instrument(
        category=Category.LINEAR,
        symbol=BTC,
        status="Trading",
        base_coin="BTC",
        quote_coin="USDT",
        tick_size=Decimal("0.1"),
        qty_step=Decimal("0.001"),
        min_order_qty=Decimal("0.001"),
        max_order_qty=Decimal(1_190),
        max_market_order_qty=Decimal(500),
        min_notional=Decimal(5),
        max_leverage=Decimal(100),
        price_limit_near=Decimal("0.01"),
        price_limit_far=Decimal("0.02"),
    ),
    tiers=TIERS,
)
INVERSE: Final = SymbolRules(
    instrument=replace(
        LINEAR.instrument,
        symbol=BTC_COIN,
        quote_coin="USD",
        tick_size=Decimal("0.5"),
        qty_step=Decimal(1),
        min_order_qty=Decimal(1),
        max_order_qty=Decimal(25_000_000),
        max_market_order_qty=Decimal(5_000_000),
        min_notional=Decimal(1),
    ),
    tiers=COIN_TIERS,
    is_inverse=True,
)


def d(text: str | int) -> Decimal:
    return Decimal(text)


def view(
    rules: SymbolRules,
    price: Decimal,
    ts: Millis,
    *,
    mark: Decimal | None = None,
    depth: Iterable[tuple[int, str]] = ((1, "100"), (2, "100"), (5, "500")),
) -> MarketView:
    """A market at a price; `depth`: levels as (ticks from the price, size), the same on both sides."""
    tick = rules.instrument.tick_size
    levels = [(tick * away, Decimal(size)) for away, size in depth]
    asks: tuple[PriceSize, ...] = tuple((price + away, size) for away, size in levels)
    bids: tuple[PriceSize, ...] = tuple((price - away, size) for away, size in levels)
    return MarketView(rules=rules, last=price, mark=mark or price, index=mark or price, bids=bids, asks=asks, ts=ts)


@dataclass
class Trader:
    """An account and everything that it was told; `at` moves the price and lets the engine act on it."""

    account: EngineAccount
    markets: Markets
    engine: Engine = field(default_factory=Engine)
    fills: list[EngineFill] = field(default_factory=list)
    lines: list[WalletLine] = field(default_factory=list)
    orders: dict[str, EngineOrder] = field(default_factory=dict)
    made: int = 0

    def at(
        self,
        price: str,
        *,
        mark: str | None = None,
        rules: SymbolRules = LINEAR,
        depth: Iterable[tuple[int, str]] = ((1, "100"), (2, "100"), (5, "500")),
    ) -> Changes:
        """A second later the price is that, and acts."""
        self.look(price, mark=mark, rules=rules, depth=depth)
        return self.heard(self.engine.tick(self.account, rules.symbol, self.markets))

    def look(
        self,
        price: str,
        *,
        mark: str | None = None,
        rules: SymbolRules = LINEAR,
        depth: Iterable[tuple[int, str]] = ((1, "100"), (2, "100"), (5, "500")),
        after: int = 1000,
    ) -> None:
        """So many milliseconds later the price is that, and nothing has acted yet."""
        now = Millis(self.markets.now + after)
        seen = view(rules, Decimal(price), now, mark=Decimal(mark) if mark else None, depth=depth)
        dollars = dict(self.markets.dollars)
        if rules.is_inverse:
            dollars["BTC"] = seen.mark
        self.markets = Markets(views={**self.markets.views, rules.symbol: seen}, now=now, dollars=dollars)

    def request(self, side: Side, qty: Decimal, price: Decimal | None = None) -> OrderRequest:
        """A market order, or a limit one at a price, of an id of its own."""
        self.made += 1
        return OrderRequest(
            order_link_id=OrderLinkId(f"own-{self.made}"),
            category=Category.LINEAR,
            symbol=BTC,
            position_idx=0,
            side=side,
            order_type=OrderType.MARKET if price is None else OrderType.LIMIT,
            qty=qty,
            price=price,
        )

    def send(
        self, side: Side, qty: str | Decimal, price: str | Decimal | None = None, **changes: object
    ) -> EngineOrder:
        """An order: market, or limit at a price; `changes` are fields of the request."""
        request = self.request(side, Decimal(qty), None if price is None else Decimal(price))
        order, changed = self.engine.create(self.account, replace(request, **changes), self.markets)  # type: ignore[arg-type]  # fields by name
        self.heard(changed)
        return order

    def cancel(self, order: EngineOrder) -> EngineOrder:
        request = CancelRequest(category=Category.LINEAR, symbol=order.symbol, order_id=order.order_id)
        self.heard(self.engine.cancel(self.account, request, self.markets))
        return self.orders[order.order_id]

    def stop(self, stop: str = "0", target: str = "0", *, leg: int = 0, by: TriggerBy = TriggerBy.LAST) -> Changes:
        """The leg's stop loss and take profit."""
        request = TradingStop(
            category=Category.LINEAR,
            symbol=BTC,
            position_idx=leg,
            stop_loss=Decimal(stop),
            sl_trigger_by=by,
            take_profit=Decimal(target),
            tp_trigger_by=by,
        )
        return self.heard(self.engine.set_trading_stop(self.account, request, self.markets))

    def fund(self, rate: str, symbol: Symbol = BTC) -> Changes:
        return self.heard(self.engine.fund(self.account, symbol, Decimal(rate), self.markets))

    def held(self, leg: int = 0, symbol: Symbol = BTC) -> EnginePosition:
        return self.account.position((symbol, leg))

    def rows(self, kind: str) -> list[EngineOrder]:
        """The open orders of that stopOrderType."""
        return [each for each in self.account.orders.values() if each.stop_order_type == kind]

    def now(self, order: EngineOrder) -> EngineOrder:
        """The order as it last was."""
        return self.orders[order.order_id]

    @property
    def worth(self) -> Assessment:
        return assess(self.account, self.markets)

    def heard(self, changes: Changes) -> Changes:
        self.fills += changes.fills
        self.lines += changes.lines
        self.orders |= changes.orders
        return changes


def trader(
    price: str = "64000",
    *,
    usdt: str = "10000",
    mode: PositionMode = PositionMode.ONE_WAY,
    margin: MarginMode = MarginMode.ISOLATED,
    leverage: str = "10",
    engine: Engine | None = None,
    rules: SymbolRules = LINEAR,
) -> Trader:
    """Someone with money and nothing else, before a market at a price."""
    account = EngineAccount(
        prefix="t-",
        wallet={rules.settle_coin: Decimal(usdt)},
        position_mode=mode,
        margin_mode=margin,
        default_leverage=Decimal(leverage),
    )
    one = Trader(account=account, markets=Markets(views={}, now=Millis(1_000_000)), engine=engine or Engine())
    one.at(price, rules=rules)
    return one
