"""Bybit for tests of what people see: answers at once, late, with a refusal, or not at all."""

import asyncio
import hmac
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Self
from urllib.parse import parse_qsl

import orjson

from bot.domain.accounts import Account, AccountType, Exchange, KeyCheck, TradeSettings
from bot.domain.errors import ExchangeError, ExchangeRejected
from bot.domain.ids import DAY, MINUTE, AccountId, Millis, Symbol, UserId
from bot.domain.market import Category, Instrument, Instruments, Kline, Klines, Listing, MarketBoard, OrderBook, Ticker
from bot.domain.portfolio import Balance, CoinBalance, Executions, FeeRate, Orders, Position, Positions
from bot.domain.portfolio import Execution as Fill
from bot.domain.portfolio import Order as OpenOrder
from bot.domain.trades import ClosedPnl
from bot.exchange.bybit.market import CANDLES
from bot.exchange.bybit.transport import Request, Timeouts
from bot.http_exchange import Reply
from harness.fakes import FakeClock

SYMBOLS = {"BTCUSDT": "64210.50", "ETHUSDT": "3120.25", "SOLUSDT": "151.320", "DOGEUSDT": "0.12345"}
SPOT = {"BTCUSDT": "64200.10", "ETHUSDT": "3119.90", "DOGEUSDT": "0.12344", "ETHBTC": "0.04859"}
Json = dict[str, Any]
Asked = dict[str, str]
TRADE_RIGHTS = ("ContractTrade:Order", "ContractTrade:Position")


@dataclass(repr=False)
class FakeBybit:
    """One exchange for everybody; every account holds the same. `trouble` is raised, `gate` holds answers back."""

    clock: FakeClock
    positions: tuple[Position, ...] = ()
    orders: tuple[OpenOrder, ...] = ()
    fills: tuple[Fill, ...] = ()
    closed: tuple[ClosedPnl, ...] = ()
    equity: Decimal = Decimal("25000.40")
    coins: tuple[CoinBalance, ...] | None = None
    trouble: ExchangeError | None = None
    key_trouble: ExchangeError | None = None
    uid: str = "900"
    rights: tuple[str, ...] = TRADE_RIGHTS
    read_only: bool = False
    ips: tuple[str, ...] = ("192.0.2.1",)
    expires_at: Millis | None = None
    of_key: Json = field(default_factory=dict)  # more fields of user/query-api
    odd: dict[str, Json] = field(default_factory=dict)  # fields of the rows of a symbol or coin that are otherwise
    codes: dict[tuple[str, str], int] = field(default_factory=dict)  # refusals by (path, category)
    statuses: dict[str, int] = field(default_factory=dict)  # HTTP statuses by path, with a page of HTML
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    seen_keys: "list[KeyCall]" = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)  # how often each path was
    hosts: set[str] = field(default_factory=set)  # that were called
    asked_with: list[str] = field(default_factory=list)  # the API key of each signed call
    symbols: dict[str, str] = field(default_factory=lambda: dict(SYMBOLS))
    spot: dict[str, str] = field(default_factory=lambda: dict(SPOT))

    half_spread: Decimal = Decimal(0)  # of tickers
    candles: tuple[Kline, ...] | None = None  # of charts; None: some that fit the price
    minutes: tuple[Kline, ...] = ()  # candles of one minute, of the last and of the mark price
    fundings: tuple[tuple[Millis, str], ...] = ()  # moment and rate
    next_funding: Millis | None = None
    silent_paths: set[str] = field(default_factory=set)  # that never answer
    refused_paths: dict[str, int] = field(default_factory=dict)  # with that code

    def __post_init__(self) -> None:
        self.gate.set()

    async def answer(self) -> Millis:
        """The moment of an answer, once the gate is open; raises the trouble that was set."""
        await self.gate.wait()
        if self.trouble is not None:
            raise self.trouble
        return self.clock.now()

    async def balance(self, account: Account) -> Balance:
        as_of = await self.answer()
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
        return Positions(account_id=account.account_id, items=self.positions, as_of=await self.answer())

    async def open_orders(self, account: Account) -> Orders:
        return Orders(account_id=account.account_id, items=self.orders, as_of=await self.answer())

    async def executions(self, account: Account) -> Executions:
        return Executions(account_id=account.account_id, items=self.fills, as_of=await self.answer())

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:  # noqa: ARG002  the port's signature
        await self.answer()
        return FeeRate(symbol=symbol, taker=Decimal("0.00055"), maker=Decimal("0.0002"))

    async def ticker(self, symbol: Symbol, category: Category = Category.LINEAR) -> Ticker:
        as_of = await self.answer()
        price, is_linear = self._price(symbol, category), category is Category.LINEAR
        return Ticker(
            category=category,
            symbol=symbol,
            last_price=price,
            mark_price=price if is_linear else None,
            index_price=price if is_linear else None,
            bid_price=price - self.half_spread,
            ask_price=price + self.half_spread,
            high_24h=price * 2,
            low_24h=price / 2,
            price_24h_change=Decimal("0.0123"),
            volume_24h=Decimal(1000),
            turnover_24h=Decimal("1234567890.12"),
            funding_rate=Decimal("0.0001") if is_linear else None,
            next_funding_ts=(self.next_funding or Millis(as_of + 11_520_000)) if is_linear else None,
            as_of=as_of,
        )

    async def order_book(self, symbol: Symbol, category: Category = Category.LINEAR) -> OrderBook:
        as_of = await self.answer()
        price = self._price(symbol, category)
        tick = Decimal("0.10") if price >= 10 else Decimal(1).scaleb(int(price.as_tuple().exponent))
        return OrderBook(
            category=category,
            symbol=symbol,
            bids=tuple((price - tick * level, Decimal("1.500") + level) for level in range(50)),
            asks=tuple((price + tick * (level + 1), Decimal("0.250") + level) for level in range(50)),
            as_of=as_of,
        )

    async def klines(self, symbol: Symbol, interval: str, category: Category = Category.LINEAR) -> Klines:
        as_of = await self.answer()
        price = self._price(symbol, category)
        items = (
            self.minutes
            if interval == "1"
            else tuple(
                Kline(start_ts=Millis(hour), open=price, high=price, low=price, close=price + hour % 7, volume=price)
                for hour in range(24)
            )
        )
        return Klines(category=category, symbol=symbol, interval=interval, items=items, as_of=as_of)

    async def chart(self, symbol: Symbol, interval: str, category: Category = Category.LINEAR) -> Klines:
        """The newest candles of a chart, the last one at the price of now."""
        as_of, price = await self.answer(), self._price(symbol, category)
        length = DAY if interval == "D" else int(interval) * MINUTE
        last = as_of // length * length
        steps = [Decimal(number * 7 % 11 - 5) / 1000 for number in range(CANDLES - 1, -1, -1)]
        opens = [price * (1 + step) for step in steps]
        made = tuple(
            Kline(
                start_ts=Millis(last - (CANDLES - 1 - number) * length),
                open=opens[number],
                high=max(opens[number], close),
                low=min(opens[number], close),
                close=close,
                volume=Decimal(1),
            )
            for number, close in enumerate([*opens[1:], price])
        )
        items = made if self.candles is None else self.candles
        return Klines(category=category, symbol=symbol, interval=interval, items=items, as_of=as_of)

    async def board(self, category: Category) -> MarketBoard:
        as_of = await self.answer()
        items = tuple(
            Listing(
                symbol=Symbol(name),
                last_price=Decimal(price),
                price_24h_change=Decimal("-0.0123"),
                turnover_24h=Decimal(1_000_000),
            )
            for name, price in self._listed(category).items()
        )
        return MarketBoard(category=category, items=items, as_of=as_of)

    async def instruments(self, category: Category) -> Instruments:
        rules = [await self.instrument(category, Symbol(name)) for name in sorted(self._listed(category))]
        return Instruments(category=category, items=tuple(each for each in rules if each), as_of=self.clock.now())

    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None:
        await self.answer()
        if symbol not in self._listed(category):
            return None
        return Instrument(
            category=category,
            symbol=symbol,
            status="Trading",
            base_coin=symbol.removesuffix("USDT"),
            quote_coin="USDT",
            tick_size=Decimal(1).scaleb(int(self._price(symbol, category).as_tuple().exponent)),
            qty_step=Decimal("0.001") if self._price(symbol, category) >= 1 else Decimal(1),
            min_order_qty=Decimal("0.001"),
            max_order_qty=Decimal(1000),
            max_market_order_qty=Decimal(100),
            min_notional=Decimal(5),
            max_leverage=Decimal(100),
        )

    async def check(self) -> KeyCheck:
        now = await self.answer()
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

    def _listed(self, category: Category) -> dict[str, str]:
        return self.spot if category is Category.SPOT else self.symbols

    def _price(self, symbol: Symbol, category: Category) -> Decimal:
        if symbol not in self._listed(category):
            raise ExchangeRejected("symbol invalid", code=10001)
        return Decimal(self._listed(category)[symbol])


def _coin(coin: str, amount: Decimal) -> CoinBalance:
    return CoinBalance(coin=coin, wallet_balance=amount, equity=amount, unrealised_pnl=Decimal(0), usd_value=amount)


# --- on the wire --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeyCall:
    """A question about a key itself, as it was signed."""

    api_key: str
    signed: bytes
    signature: str

    def is_signed_by(self, secret: str) -> bool:
        """Bybit v5 documentation, "Authentication": HMAC-SHA256 over timestamp, key, window and query."""
        return hmac.digest(secret.encode(), self.signed, "sha256").hex() == self.signature


class FakeBybitTransport:
    """`bot.exchange.bybit.transport.HttpTransport` that ends in a `FakeBybit`: rows in Bybit's wire form."""

    timeouts = Timeouts()
    reconnects = 0

    def __init__(self, bybit: FakeBybit) -> None:
        self._bybit = bybit
        self._answers: dict[str, Callable[[Asked, Request], Awaitable[Json]]] = {
            "/v5/market/time": self._time,
            "/v5/system/status": self._no_maintenance,
            "/v5/account/wallet-balance": self._balance,
            "/v5/position/list": self._positions,
            "/v5/order/realtime": self._orders,
            "/v5/execution/list": self._executions,
            "/v5/position/closed-pnl": self._closed_pnl,
            "/v5/account/fee-rate": self._fee_rate,
            "/v5/account/info": self._account_info,
            "/v5/account/demo-apply-money": self._nothing,
            "/v5/user/query-api": self._key,
            "/v5/market/tickers": self._tickers,
            "/v5/market/orderbook": self._order_book,
            "/v5/market/kline": self._klines,
            "/v5/market/mark-price-kline": self._klines,
            "/v5/market/funding/history": self._fundings,
            "/v5/market/risk-limit": self._risk_tiers,
            "/v5/market/instruments-info": self._instruments,
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    def is_doubtful(self, _host: str, _silence: float) -> bool:
        return False

    def reconnect(self, _host: str | None) -> None:
        pass

    async def send(self, request: Request) -> Reply:
        path, _, query = request.target.partition("?")
        self._bybit.asked[path] += 1
        self._bybit.hosts.add(request.host)
        asked = path.removeprefix("/demo")
        if asked in self._bybit.refused_paths:
            return _reply({"retCode": self._bybit.refused_paths[asked], "retMsg": "no", "result": {}})
        if asked in self._bybit.silent_paths:
            await asyncio.Event().wait()
        answer = self._answers.get(asked)
        assert answer is not None, f"the bot asks {path}, which this fake does not know"
        if "X-BAPI-API-KEY" in request.headers:
            self._bybit.asked_with.append(request.headers["X-BAPI-API-KEY"])
        path, asked = path.removeprefix("/demo"), dict(parse_qsl(query))
        if path in self._bybit.statuses:
            return Reply(self._bybit.statuses[path], {}, b"<html>no</html>")
        if (path, asked.get("category", "")) in self._bybit.codes:
            return _reply({"retCode": self._bybit.codes[path, asked.get("category", "")], "retMsg": "no", "result": {}})
        try:
            result = _spoiled(await answer(asked, request), self._bybit.odd)
        except ExchangeRejected as no:
            return _reply({"retCode": no.code, "retMsg": "no", "result": {}})
        return _reply({"retCode": 0, "retMsg": "OK", "result": result})

    async def _no_maintenance(self, _asked: Asked, _request: Request) -> Json:
        return {"list": []}

    async def _time(self, *_: object) -> Json:
        now = self._bybit.clock.now()
        return {"timeSecond": str(now // 1000), "timeNano": f"{now}000000"}

    async def _balance(self, *_: object) -> Json:
        return _wallet(await self._bybit.balance(ANY))

    async def _positions(self, *_: object) -> Json:
        return _list(map(_position, (await self._bybit.open_positions(ANY)).items))

    async def _orders(self, asked: Asked, _: Request) -> Json:
        found = (await self._bybit.open_orders(ANY)).items
        return _list(_order(each) for each in found if each.category == asked["category"])

    async def _closed_pnl(self, *_: object) -> Json:
        await self._bybit.executions(ANY)
        return _list(
            {"symbol": each.symbol, "orderId": each.order_id, "closedPnl": _text(each.pnl)}
            for each in self._bybit.closed
        )

    async def _executions(self, asked: Asked, _: Request) -> Json:
        found = (await self._bybit.executions(ANY)).items
        return _list(_execution(each) for each in found if each.category == asked["category"])

    async def _nothing(self, _asked: Asked, _request: Request) -> Json:
        return {}

    async def _account_info(self, *_: object) -> Json:
        return {"unifiedMarginStatus": 6, "marginMode": "REGULAR_MARGIN"}

    async def _fee_rate(self, asked: Asked, _: Request) -> Json:
        rate = await self._bybit.fee_rate(ANY, Symbol(asked["symbol"]))
        return _list([{"symbol": rate.symbol, "takerFeeRate": str(rate.taker), "makerFeeRate": str(rate.maker)}])

    async def _tickers(self, asked: Asked, _: Request) -> Json:
        if "symbol" in asked:
            return _list([_ticker(await self._bybit.ticker(Symbol(asked["symbol"]), Category(asked["category"])))])
        return _list(map(_listing, (await self._bybit.board(Category(asked["category"]))).items))

    async def _order_book(self, asked: Asked, _: Request) -> Json:
        book = await self._bybit.order_book(Symbol(asked["symbol"]), Category(asked["category"]))
        return {"s": book.symbol, "b": _levels(book.bids), "a": _levels(book.asks)}

    async def _klines(self, asked: Asked, _: Request) -> Json:
        ask = self._bybit.chart if asked.get("limit") == str(CANDLES) else self._bybit.klines
        klines = await ask(Symbol(asked["symbol"]), asked["interval"], Category(asked["category"]))
        return _list(map(_kline, reversed(klines.items)))

    async def _fundings(self, asked: Asked, _: Request) -> Json:
        now = await self._bybit.answer()
        return _list(
            {"symbol": asked["symbol"], "fundingRate": rate, "fundingRateTimestamp": str(ts)}
            for ts, rate in reversed(self._bybit.fundings)
            if int(asked["startTime"]) <= ts <= now
        )

    async def _risk_tiers(self, asked: Asked, _: Request) -> Json:
        """The first two steps of BTCUSDT, for every symbol."""
        await self._bybit.answer()
        steps = (("2000000", "0.005", "100", ""), ("2600000", "0.0056", "90", "1200"))
        return _list(
            {
                "symbol": asked["symbol"],
                "riskLimitValue": limit,
                "maintenanceMargin": rate,
                "maxLeverage": leverage,
                "mmDeduction": deduction,
            }
            for limit, rate, leverage, deduction in steps
        )

    async def _instruments(self, asked: Asked, _: Request) -> Json:
        category = Category(asked["category"])
        if "symbol" not in asked:
            return _list(map(_instrument, (await self._bybit.instruments(category)).items))
        found = await self._bybit.instrument(category, Symbol(asked["symbol"]))
        return _list([] if found is None else [_instrument(found)])

    async def _key(self, _: Asked, request: Request) -> Json:
        headers = request.headers
        key = headers["X-BAPI-API-KEY"]
        signed = f"{headers['X-BAPI-TIMESTAMP']}{key}{headers['X-BAPI-RECV-WINDOW']}".encode()
        self._bybit.seen_keys.append(KeyCall(key, signed, headers["X-BAPI-SIGN"]))
        check = await self._bybit.check()
        groups: dict[str, list[str]] = {}
        for right in check.permissions:
            group, _, name = right.partition(":")
            groups.setdefault(group, []).append(name)
        expires = None if check.expires_at is None else datetime.fromtimestamp(check.expires_at / 1000, UTC)
        return {
            "userID": int(check.bybit_uid),
            "readOnly": int(check.read_only),
            "permissions": groups,
            "ips": list(check.ips),
            "expiredAt": "1970-01-01T00:00:00Z" if expires is None else expires.isoformat().replace("+00:00", "Z"),
            "uta": 1,
            "isMaster": True,
            "type": 1,
            **self._bybit.of_key,
        }


ANY = Account(
    account_id=AccountId(1),
    user_id=UserId(1),
    exchange=Exchange.BYBIT,
    account_type=AccountType.DEMO,
    host="com",
    label="",
    bybit_uid=None,
    settings=TradeSettings(),
)


def _spoiled(result: Json, odd: dict[str, Json]) -> Json:
    """The answer with the odd fields in the rows of those symbols and coins; a value of `...` takes the field out."""
    rows = [row for row in result.get("list", ()) if isinstance(row, dict)]
    coins = [coin for row in rows if isinstance(row.get("coin"), list) for coin in row["coin"]]
    for row in (*rows, *coins):
        name = row.get("symbol", row.get("coin"))
        row.update(odd.get(name, {}) if isinstance(name, str) else {})
        for field_name in [each for each, value in row.items() if value is ...]:
            del row[field_name]
    return result


def _reply(answer: dict[str, Any]) -> Reply:
    return Reply(200, {}, orjson.dumps(answer))


def _list(rows: Iterable[Any]) -> dict[str, Any]:
    return {"list": list(rows), "nextPageCursor": ""}


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _wallet(balance: Balance) -> dict[str, Any]:
    coins = [
        {
            "coin": coin.coin,
            "walletBalance": _text(coin.wallet_balance),
            "equity": _text(coin.equity),
            "unrealisedPnl": _text(coin.unrealised_pnl),
            "usdValue": _text(coin.usd_value),
        }
        for coin in balance.coins
    ]
    return _list(
        [
            {
                "totalEquity": _text(balance.total_equity),
                "totalWalletBalance": _text(balance.total_wallet_balance),
                "totalAvailableBalance": _text(balance.total_available),
                "totalPerpUPL": _text(balance.total_unrealised_pnl),
                "totalInitialMargin": _text(balance.total_initial_margin),
                "coin": coins,
            }
        ]
    )


def _position(position: Position) -> dict[str, Any]:
    return {
        "symbol": position.symbol,
        "positionIdx": position.position_idx,
        "side": position.side.value,
        "size": _text(position.size),
        "avgPrice": _text(position.entry_price),
        "markPrice": _text(position.mark_price),
        "positionValue": _text(position.position_value),
        "leverage": _text(position.leverage),
        "liqPrice": _text(position.liquidation_price),
        "unrealisedPnl": _text(position.unrealised_pnl),
        "takeProfit": _text(position.take_profit),
        "stopLoss": _text(position.stop_loss),
        "trailingStop": _text(position.trailing_stop),
        "createdTime": str(position.created_ts),
        "updatedTime": str(position.updated_ts),
    }


def _order(order: OpenOrder) -> dict[str, Any]:
    return {
        "symbol": order.symbol,
        "orderId": order.order_id,
        "orderLinkId": order.order_link_id,
        "positionIdx": order.position_idx,
        "side": order.side.value,
        "orderType": order.order_type.value,
        "orderStatus": order.order_status,
        "price": _text(order.price),
        "qty": _text(order.qty),
        "cumExecQty": _text(order.cum_exec_qty),
        "triggerPrice": _text(order.trigger_price),
        "stopOrderType": order.stop_order_type,
        "timeInForce": order.time_in_force,
        "reduceOnly": order.reduce_only,
        "takeProfit": _text(order.take_profit),
        "stopLoss": _text(order.stop_loss),
        "createdTime": str(order.created_ts),
        "updatedTime": str(order.updated_ts),
    }


def _execution(fill: Fill) -> dict[str, Any]:
    return {
        "symbol": fill.symbol,
        "execId": fill.exec_id,
        "orderId": fill.order_id,
        "orderLinkId": fill.order_link_id,
        "side": fill.side.value,
        "execType": fill.exec_type,
        "execPrice": _text(fill.exec_price),
        "execQty": _text(fill.exec_qty),
        "execValue": _text(fill.exec_value),
        "execFee": _text(fill.exec_fee),
        "feeCurrency": fill.fee_currency,
        "isMaker": fill.is_maker,
        "closedSize": _text(fill.closed_size),
        "execTime": str(fill.exec_ts),
    }


def _ticker(ticker: Ticker) -> dict[str, Any]:
    return {
        "symbol": ticker.symbol,
        "lastPrice": _text(ticker.last_price),
        "markPrice": _text(ticker.mark_price),
        "indexPrice": _text(ticker.index_price),
        "bid1Price": _text(ticker.bid_price),
        "ask1Price": _text(ticker.ask_price),
        "highPrice24h": _text(ticker.high_24h),
        "lowPrice24h": _text(ticker.low_24h),
        "price24hPcnt": _text(ticker.price_24h_change),
        "volume24h": _text(ticker.volume_24h),
        "turnover24h": _text(ticker.turnover_24h),
        "fundingRate": _text(ticker.funding_rate),
        "nextFundingTime": str(ticker.next_funding_ts or ""),
    }


def _listing(listing: Listing) -> dict[str, Any]:
    return {
        "symbol": listing.symbol,
        "lastPrice": _text(listing.last_price),
        "price24hPcnt": _text(listing.price_24h_change),
        "turnover24h": _text(listing.turnover_24h),
    }


def _levels(levels: Iterable[tuple[Decimal, Decimal]]) -> list[list[str]]:
    return [[_text(price), _text(size)] for price, size in levels]


def _kline(candle: Kline) -> list[str]:
    numbers = (candle.open, candle.high, candle.low, candle.close, candle.volume)
    return [str(candle.start_ts), *map(_text, numbers), "0"]


def _instrument(instrument: Instrument) -> dict[str, Any]:
    is_spot = instrument.category is Category.SPOT
    return {
        "symbol": instrument.symbol,
        "status": instrument.status,
        "baseCoin": instrument.base_coin,
        "quoteCoin": instrument.quote_coin,
        "priceFilter": {"tickSize": _text(instrument.tick_size)},
        "lotSizeFilter": {
            "basePrecision" if is_spot else "qtyStep": _text(instrument.qty_step),
            "minOrderQty": _text(instrument.min_order_qty),
            "maxOrderQty": _text(instrument.max_order_qty),
            "maxMktOrderQty": _text(instrument.max_market_order_qty),
            "minNotionalValue": _text(instrument.min_notional),
        },
        "leverageFilter": {} if is_spot else {"maxLeverage": _text(instrument.max_leverage)},
    }
