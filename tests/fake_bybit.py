"""Bybit for tests of what people see: answers at once, late, with a refusal, or not at all."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal

from fakes import FakeClock

from bot.domain.errors import ExchangeError, ExchangeRejected
from bot.domain.market import Instrument, Kline, Klines, Listing, MarketBoard, OrderBook, Ticker
from bot.domain.model import (
    Account,
    AccountType,
    Balance,
    Category,
    CoinBalance,
    Executions,
    FeeRate,
    KeyCheck,
    Millis,
    Orders,
    Position,
    Positions,
    Symbol,
)
from bot.domain.model import Execution as Fill
from bot.domain.model import Order as OpenOrder
from bot.domain.ports import NewKey

SYMBOLS = {"BTCUSDT": "64210.50", "ETHUSDT": "3120.25", "SOLUSDT": "151.320", "DOGEUSDT": "0.12345"}
TRADE_RIGHTS = ("ContractTrade:Order", "ContractTrade:Position")


@dataclass
class FakeBybit:
    """One exchange for everybody; every account holds the same. `trouble` is raised, `gate` holds answers back."""

    clock: FakeClock
    positions: tuple[Position, ...] = ()
    orders: tuple[OpenOrder, ...] = ()
    fills: tuple[Fill, ...] = ()
    equity: Decimal = Decimal("25000.40")
    coins: tuple[CoinBalance, ...] | None = None
    trouble: ExchangeError | None = None
    key_trouble: ExchangeError | None = None
    uid: str = "900"
    rights: tuple[str, ...] = TRADE_RIGHTS
    read_only: bool = False
    ips: tuple[str, ...] = ("192.0.2.1",)
    expires_at: Millis | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    seen_keys: list[NewKey] = field(default_factory=list)
    symbols: dict[str, str] = field(default_factory=lambda: dict(SYMBOLS))

    def __post_init__(self) -> None:
        self.gate.set()

    async def _answer(self) -> Millis:
        await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        return self.clock.now()

    async def balance(self, account: Account) -> Balance:
        as_of = await self._answer()
        is_paper = account.account_type is AccountType.PAPER
        equity = Decimal(10_000) if is_paper else self.equity
        coins = self.coins or (_coin("USDT", equity), _coin("BTC", Decimal(0)))
        return Balance(
            account_id=account.account_id,
            total_equity=equity,
            total_wallet_balance=equity,
            total_available=equity,
            total_unrealised_pnl=Decimal(0),
            total_initial_margin=Decimal(0),
            coins=coins,
            as_of=as_of,
        )

    async def open_positions(self, account: Account) -> Positions:
        return Positions(account_id=account.account_id, items=self.positions, as_of=await self._answer())

    async def open_orders(self, account: Account) -> Orders:
        return Orders(account_id=account.account_id, items=self.orders, as_of=await self._answer())

    async def executions(self, account: Account) -> Executions:
        return Executions(account_id=account.account_id, items=self.fills, as_of=await self._answer())

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:  # noqa: ARG002  the port's signature
        await self._answer()
        return FeeRate(symbol=symbol, taker=Decimal("0.00055"), maker=Decimal("0.0002"))

    async def ticker(self, symbol: Symbol) -> Ticker:
        as_of = await self._answer()
        price = self._price(symbol)
        return Ticker(
            category=Category.LINEAR,
            symbol=symbol,
            last_price=price,
            mark_price=price,
            index_price=price,
            bid_price=price,
            ask_price=price,
            high_24h=price * 2,
            low_24h=price / 2,
            price_24h_change=Decimal("0.0123"),
            volume_24h=Decimal(1000),
            turnover_24h=Decimal("1234567890.12"),
            funding_rate=Decimal("0.0001"),
            next_funding_ts=Millis(as_of + 11_520_000),
            as_of=as_of,
        )

    async def order_book(self, symbol: Symbol) -> OrderBook:
        as_of = await self._answer()
        price, tick = self._price(symbol), Decimal("0.10")
        return OrderBook(
            category=Category.LINEAR,
            symbol=symbol,
            bids=tuple((price - tick * level, Decimal("1.500") + level) for level in range(50)),
            asks=tuple((price + tick * (level + 1), Decimal("0.250") + level) for level in range(50)),
            as_of=as_of,
        )

    async def klines(self, symbol: Symbol, interval: str) -> Klines:
        as_of = await self._answer()
        price = self._price(symbol)
        items = tuple(
            Kline(start_ts=Millis(hour), open=price, high=price, low=price, close=price + hour % 7, volume=price)
            for hour in range(24)
        )
        return Klines(category=Category.LINEAR, symbol=symbol, interval=interval, items=items, as_of=as_of)

    async def board(self, category: Category) -> MarketBoard:
        as_of = await self._answer()
        items = tuple(
            Listing(
                symbol=Symbol(name),
                last_price=Decimal(price),
                price_24h_change=Decimal("-0.0123"),
                turnover_24h=Decimal(1_000_000),
            )
            for name, price in self.symbols.items()
        )
        return MarketBoard(category=category, items=items, as_of=as_of)

    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None:
        await self._answer()
        if symbol not in self.symbols:
            return None
        return Instrument(
            category=category,
            symbol=symbol,
            status="Trading",
            base_coin=symbol.removesuffix("USDT"),
            quote_coin="USDT",
            tick_size=Decimal("0.10"),
            qty_step=Decimal("0.001"),
            min_order_qty=Decimal("0.001"),
            max_order_qty=Decimal(1000),
            max_market_order_qty=Decimal(100),
            min_notional=Decimal(5),
            max_leverage=Decimal(100),
        )

    async def inspect(self, key: NewKey) -> KeyCheck:
        self.seen_keys.append(key)
        return await self._check()

    async def inspect_stored(self, account: Account) -> KeyCheck:  # noqa: ARG002  the port's signature
        return await self._check()

    async def _check(self) -> KeyCheck:
        now = await self._answer()
        if self.key_trouble is not None:
            raise self.key_trouble
        return KeyCheck(
            bybit_uid=self.uid,
            read_only=self.read_only,
            permissions=self.rights,
            ips=self.ips,
            expires_at=self.expires_at,
            checked_at=now,
        )

    def _price(self, symbol: Symbol) -> Decimal:
        if symbol not in self.symbols:
            raise ExchangeRejected("symbol invalid", code=10001)
        return Decimal(self.symbols[symbol])


def _coin(coin: str, amount: Decimal) -> CoinBalance:
    return CoinBalance(coin=coin, wallet_balance=amount, equity=amount, unrealised_pnl=Decimal(0), usd_value=amount)
