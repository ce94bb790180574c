"""Every example of Bybit's documentation, served by a scripted Bybit and read through the ports."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from harness.exchange import Got, account, connected, ok, raw, scripted_bybit

from bot.domain.accounts import AccountType, KeyType, NewKey
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category
from bot.domain.secrets import Secret
from bot.exchange.bybit.adapter import Bybit
from bot.exchange.bybit.endpoints import AMEND, CANCEL, CREATE, ENDPOINTS, LEVERAGE, TRADING_STOP

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "bybit" / "endpoints.json"
DOCUMENTED = json.loads(REFERENCE.read_text()) if REFERENCE.exists() else {}
needs_reference = pytest.mark.skipif(not DOCUMENTED, reason="needs ../shared/reference")
BY_PATH = {entry["path"]: entry for entry in DOCUMENTED.values() if "path" in entry}

IN_BOTH = {"/v5/order/realtime", "/v5/execution/list"}
Read = Callable[[Bybit, dict[str, Any]], Awaitable[Any]]
KEY = NewKey(
    account_type=AccountType.LIVE,
    host="com",
    key_type=KeyType.HMAC,
    api_key=Secret("CanaryKeyId0000001"),
    api_secret=Secret("CanarySecret00000000000000000000000A"),
)


def first(example: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = example["result"]["list"][0]
    return row


def symbol_of(example: dict[str, Any]) -> Symbol:
    return Symbol(first(example)["symbol"])


def category_of(example: dict[str, Any]) -> Category:
    """The category to ask for: inverse and option examples have the shape of linear ones."""
    return Category.SPOT if example["result"].get("category") == "spot" else Category.LINEAR


READS: dict[str, Read] = {
    "/v5/account/wallet-balance": lambda bybit, _: bybit.gateway.balance(account()),
    "/v5/position/list": lambda bybit, _: bybit.gateway.positions(account()),
    "/v5/order/realtime": lambda bybit, _: bybit.gateway.orders(account()),
    "/v5/execution/list": lambda bybit, _: bybit.gateway.executions(account()),
    "/v5/position/closed-pnl": lambda bybit, _: bybit.gateway.closed_pnl(account()),
    "/v5/account/fee-rate": lambda bybit, example: bybit.gateway.fee_rate(account(), symbol_of(example)),
    "/v5/user/query-api": lambda bybit, _: bybit.gateway.inspect(KEY),
    "/v5/market/instruments-info": lambda bybit, example: bybit.market.instrument(
        category_of(example), symbol_of(example)
    ),
    "/v5/market/tickers": lambda bybit, example: bybit.market.ticker(category_of(example), symbol_of(example)),
    "/v5/market/orderbook": lambda bybit, example: bybit.market.order_book(
        Category.LINEAR, Symbol(example["result"]["s"])
    ),
    "/v5/market/kline": lambda bybit, example: bybit.market.klines(
        Category.LINEAR, Symbol(example["result"]["symbol"]), "60"
    ),
    "/v5/market/mark-price-kline": lambda bybit, example: bybit.market.mark_minutes(
        Symbol(example["result"]["symbol"]), Millis(1)
    ),
    "/v5/market/risk-limit": lambda bybit, example: bybit.market.risk_tiers(symbol_of(example)),
    "/v5/market/funding/history": lambda bybit, example: bybit.market.fundings(symbol_of(example), Millis(1)),
    "/v5/market/time": lambda bybit, _: bybit.pipeline.server_time.ask(),
}


def examples() -> list[Any]:
    return [
        pytest.param(path, index, id=f"{BY_PATH[path]['name']} {index}")
        for path in READS
        if path in BY_PATH
        for index in range(len(BY_PATH[path]["examples"]))
    ] or [pytest.param("", 0, id="none")]


async def read(path: str, example: dict[str, Any]) -> tuple[Any, list[Got]]:
    """What the port makes of an example, and the calls it took."""
    documented, empty = raw(json.dumps(example).encode()), ok({"list": [], "nextPageCursor": ""})
    has_spot = example["result"].get("category") == "spot" if isinstance(example["result"], dict) else False

    def answer(request: web.Request) -> Any:
        """Reads of both categories meet the example in its own."""
        is_other = path in IN_BOTH and (request.query.get("category") == "spot") is not has_spot
        return (empty if is_other else documented)(request)

    async with scripted_bybit(always=answer) as server:
        server.times = [server.always] * 9 if path.endswith("/time") else []
        async with connected(server.url) as bybit:
            value = await READS[path](bybit, example)
        return value, [got for got in server.got if got.path == path]


@needs_reference
def test_every_endpoint_that_is_called_is_read_here() -> None:
    of_orders = {each.path for each in (CREATE, AMEND, CANCEL, TRADING_STOP, LEVERAGE)}  # test_exchange_orders.py
    of_orders |= {"/v5/account/info", "/v5/order/history", "/v5/account/demo-apply-money"}
    assert {endpoint.path for endpoint in ENDPOINTS} - of_orders == set(READS)
    assert set(READS) - {"/v5/market/mark-price-kline"} <= set(BY_PATH)  # the reference does not have its page


@needs_reference
@pytest.mark.parametrize(("path", "index"), examples())
async def test_every_example_is_read(path: str, index: int) -> None:
    example = BY_PATH[path]["examples"][index]
    if path == "/v5/market/tickers" and example["result"]["category"] == "option":
        return  # never asked for: it has no day
    value, calls = await read(path, example)
    assert value is not None
    if not path.endswith("/time"):
        categories = [parse_qs(call.query).get("category") for call in calls]
        assert len(categories) == len({*map(str, categories)}), "one call a category"
    documented = {parameter["name"] for parameter in BY_PATH[path]["request"]}
    assert {name for call in calls for name in parse_qs(call.query)} <= documented
    CHECKS[path](value, example)


def check_balance(value: Any, example: Any) -> None:
    wallet = first(example)
    assert value.total_equity == Decimal(wallet["totalEquity"])
    assert value.total_available == Decimal(wallet["totalAvailableBalance"])
    assert [coin.coin for coin in value.coins] == [coin["coin"] for coin in wallet["coin"]]


def check_positions(value: Any, example: Any) -> None:
    (leg,), row = value.items, first(example)
    assert (leg.symbol, leg.side.value, str(leg.size)) == (row["symbol"], row["side"], row["size"])
    assert leg.unrealised_pnl == Decimal(row["unrealisedPnl"])
    assert (leg.liquidation_price, leg.take_profit, leg.trailing_stop) == (None, None, None), "empty and zero are none"
    assert leg.updated_ts == int(row["updatedTime"])


def check_orders(value: Any, example: Any) -> None:
    (order,), row = value.items, first(example)
    assert (order.order_id, order.order_link_id, order.position_idx) == (row["orderId"], row["orderLinkId"], 1)
    assert (order.price, order.qty) == (Decimal(row["price"]), Decimal(row["qty"]))
    assert (order.trigger_price, order.stop_order_type) == (None, "")
    assert (order.take_profit, order.stop_loss) == (Decimal(row["takeProfit"]), Decimal(row["stopLoss"]))


def check_executions(value: Any, example: Any) -> None:
    (fill,), row = value.items, first(example)
    assert (fill.exec_id, fill.exec_price) == (row["execId"], Decimal(row["execPrice"]))
    assert (fill.fee_currency, fill.closed_size) == ("USDC", None), "without USDT in its name it settles in USDC"


def check_closed_pnl(value: Any, example: Any) -> None:
    (closed,), row = value.items, first(example)
    assert (closed.symbol, closed.order_id, closed.pnl) == (row["symbol"], row["orderId"], Decimal(row["closedPnl"]))


def check_fee_rate(value: Any, example: Any) -> None:
    row = first(example)
    assert (value.taker, value.maker) == (Decimal(row["takerFeeRate"]), Decimal(row["makerFeeRate"]))


def check_key(value: Any, example: Any) -> None:
    result = example["result"]
    assert value.bybit_uid == str(result["userID"])
    assert value.read_only
    assert "Wallet:AccountTransfer" in value.permissions
    assert len(value.permissions) == sum(map(len, result["permissions"].values()))
    assert list(value.permissions) == sorted(value.permissions)
    assert value.ips == tuple(result["ips"])
    assert value.expires_at is None, "1970 and -2 days mean that it does not expire"


def check_instrument(value: Any, example: Any) -> None:
    row = first(example)
    lot = row["lotSizeFilter"]
    assert value.tick_size == Decimal(row["priceFilter"]["tickSize"])
    assert value.qty_step == Decimal(lot.get("qtyStep") or lot["basePrecision"])
    assert value.min_notional == (Decimal(lot["minOrderAmt"]) if "minOrderAmt" in lot else None)
    assert value.max_market_order_qty == Decimal(lot.get("maxMarketOrderQty", lot["maxOrderQty"]))
    assert value.max_leverage is None


def check_ticker(value: Any, example: Any) -> None:
    row = first(example)
    assert value.last_price == Decimal(row["lastPrice"])
    assert value.price_24h_change == Decimal(row["price24hPcnt"])
    assert value.mark_price == (Decimal(row["markPrice"]) if "markPrice" in row else None)
    assert value.next_funding_ts == (int(row["nextFundingTime"]) if "nextFundingTime" in row else None)


def check_book(value: Any, example: Any) -> None:
    result = example["result"]
    assert value.bids == tuple((Decimal(price), Decimal(size)) for price, size in result["b"])
    assert value.asks == tuple((Decimal(price), Decimal(size)) for price, size in result["a"])


def check_klines(value: Any, example: Any) -> None:
    oldest = example["result"]["list"][-1]
    assert [candle.start_ts for candle in value.items] == sorted(int(row[0]) for row in example["result"]["list"])
    assert (value.items[0].open, value.items[0].close) == (Decimal(oldest[1]), Decimal(oldest[4]))


def check_risk_tiers(value: Any, example: Any) -> None:
    rows = {row["riskLimitValue"]: row for row in example["result"]["list"]}
    assert [str(each.limit) for each in value.items] == sorted(rows, key=int)
    for each in value.items:
        row = rows[str(each.limit)]
        assert (each.maintenance, each.max_leverage) == (Decimal(row["maintenanceMargin"]), Decimal(row["maxLeverage"]))
        assert each.deduction == Decimal(row.get("mmDeduction") or 0)


def check_fundings(value: Any, example: Any) -> None:
    assert [(each.rate, each.ts) for each in value] == [
        (Decimal(row["fundingRate"]), int(row["fundingRateTimestamp"])) for row in reversed(example["result"]["list"])
    ]


def check_time(value: Any, example: Any) -> None:
    assert value == example["time"]


CHECKS: dict[str, Callable[[Any, Any], None]] = {
    "/v5/account/wallet-balance": check_balance,
    "/v5/position/list": check_positions,
    "/v5/order/realtime": check_orders,
    "/v5/execution/list": check_executions,
    "/v5/position/closed-pnl": check_closed_pnl,
    "/v5/account/fee-rate": check_fee_rate,
    "/v5/user/query-api": check_key,
    "/v5/market/instruments-info": check_instrument,
    "/v5/market/tickers": check_ticker,
    "/v5/market/orderbook": check_book,
    "/v5/market/kline": check_klines,
    "/v5/market/risk-limit": check_risk_tiers,
    "/v5/market/funding/history": check_fundings,
    "/v5/market/time": check_time,
}
