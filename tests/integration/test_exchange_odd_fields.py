"""One field of every row of every read emptied, nulled, taken out or filled with a word nobody knows, in turn.

Whatever it is, the other rows stand; the odd one stands without that field or is named; the operator's count rises for
what can't be read.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from harness.stand_in import StandIn, standing_in

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeUnreadable
from bot.domain.ids import DAY, HOUR, Millis, Symbol
from bot.domain.market import Category
from bot.exchange.bybit.adapter import Bybit

BTC: Final = Symbol("BTCUSDT")
ODD: Final[Mapping[str, dict[str, Any]]] = {
    "empty": {"value": ""},
    "null": {"value": None},
    "missing": {},
    "a word": {"value": "zzz"},
    "a number": {"value": 7.5},
    "a list": {"value": [{}]},
}


def an_hour_ago(bybit: Bybit) -> Millis:
    return Millis(bybit.market.clock.now() - HOUR)


POSITIONS: Final = [{"symbol": "BTCUSDT", "size": "0.05"}, {"symbol": "ETHUSDT", "side": "Sell", "size": "1"}]
ORDERS: Final = [
    {"symbol": "BTCUSDT", "side": "Buy", "qty": "0.01"},
    {"symbol": "ETHUSDT", "side": "Sell", "qty": "1", "triggerPrice": "9000"},
]
FILLS: Final = [{"symbol": "BTCUSDT", "execQty": "0.01"}, {"symbol": "ETHUSDT", "execQty": "1"}]


@dataclass(frozen=True)
class Read:
    """A read of several rows: where the odd one is, what it is named by, and the fields it can't do without."""

    endpoint: str
    path: str
    row: str
    raw: Callable[[Any], Awaitable[Mapping[str, Any]]]  # by the bare client
    shown: Callable[[Bybit, Account], Awaitable[Any]]
    names: Callable[[Any], list[str]]  # of the rows that stand
    essential: frozenset[str]
    figures: frozenset[str]  # what else is read and is no text
    inner: str = ""  # the rows stand in this field of the first one

    def rows(self, result: Mapping[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = result["list"]
        return found[0][self.inner] if self.inner else found


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def symbols(value: Any) -> list[str]:
    return [item.symbol for item in value.items]


READS: Final = (
    Read(
        endpoint="positions",
        path="/v5/position/list",
        row="ETHUSDT",
        raw=lambda client: client.get_positions(category="linear", settleCoin="USDT"),
        shown=lambda bybit, mine: bybit.gateway.positions(mine),
        names=symbols,
        essential=words("symbol size side positionIdx"),
        figures=words("avgPrice markPrice positionValue leverage liqPrice unrealisedPnl takeProfit stopLoss")
        | words("trailingStop createdTime updatedTime"),
    ),
    Read(
        endpoint="open_orders",
        path="/v5/order/realtime",
        row="ETHUSDT",
        raw=lambda client: client.get_open_orders(category="linear", settleCoin="USDT"),
        shown=lambda bybit, mine: bybit.gateway.orders(mine),
        names=symbols,
        essential=words("symbol orderId side qty positionIdx"),
        figures=words("orderType price cumExecQty triggerPrice reduceOnly takeProfit stopLoss createdTime updatedTime"),
    ),
    Read(
        endpoint="executions",
        path="/v5/execution/list",
        row="ETHUSDT",
        raw=lambda client: client.get_executions(category="linear"),
        shown=lambda bybit, mine: bybit.gateway.executions(mine),
        names=symbols,
        essential=words("symbol execId side execQty"),
        figures=words("execPrice execValue execFee isMaker closedSize execTime"),
    ),
    Read(
        endpoint="wallet_balance",
        path="/v5/account/wallet-balance",
        row="BTC",
        raw=lambda client: client.get_wallet_balance(accountType="UNIFIED"),
        shown=lambda bybit, mine: bybit.gateway.balance(mine),
        names=lambda value: [coin.coin for coin in value.coins],
        essential=words("coin"),
        figures=words("walletBalance equity unrealisedPnl usdValue"),
        inner="coin",
    ),
    Read(
        endpoint="tickers",
        path="/v5/market/tickers",
        row="ETHUSDT",
        raw=lambda client: client.get_tickers(category="linear"),
        shown=lambda bybit, _: bybit.market.board(Category.LINEAR),
        names=symbols,
        essential=words("symbol lastPrice"),
        figures=words("price24hPcnt turnover24h"),
    ),
)


@pytest.fixture
async def there() -> AsyncIterator[StandIn]:
    async with standing_in() as stand_in:
        yield stand_in


async def traded(there: StandIn) -> Account:
    balance = {"USDT": "10000", "BTC": "0.25"}
    return await there.account(balance=balance, positions=POSITIONS, orders=ORDERS, executions=FILLS)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("read", READS, ids=lambda read: read.endpoint)
async def test_one_odd_field_hides_no_row(there: StandIn, read: Read, kind: str) -> None:
    mine = await traded(there)
    client = await there.bybit.pool.borrow(mine)
    before = read.names(await read.shown(there.bybit, mine))
    whole = read.rows(await read.raw(client))
    fields = next(row for row in whole if read.row in row.values())
    assert fields.keys() >= read.essential | read.figures
    read_here = read.essential | read.figures
    others = sorted(fields.keys() - read_here)[list(ODD).index(kind) :: len(ODD)]
    for field in (*sorted(read_here), *others):  # a field that is not read is odd in one way
        counted = there.bybit.stats().unreadable_rows[read.endpoint]
        await there.fault("odd_field", path=read.path, field=field, row=read.row, **ODD[kind])
        shown = await read.shown(there.bybit, mine)
        await there.sim("DELETE", "/sim/faults")
        names, more = read.names(shown), there.bybit.stats().unreadable_rows[read.endpoint] - counted
        assert set(names) >= set(before) - {read.row}, f"{field} hides another row"
        is_garbage = kind in {"a word", "a number", "a list"}
        if read.row not in names:
            assert field in read.essential, f"{field} hides its own row"
            is_named = shown.unreadable in {(read.row,), ("?",), ("zzz",)}
            assert is_named or (field, is_garbage) == ("lastPrice", False), "what has no price yet is not traded"
            assert more == len(shown.unreadable)
        elif field in read.figures:
            assert (shown.unreadable, more) == ((), int(is_garbage))


@pytest.mark.parametrize("kind", ODD)
async def test_a_wallet_stands_without_any_of_its_totals(there: StandIn, kind: str) -> None:
    mine = await traded(there)
    client = await there.bybit.pool.borrow(mine)
    (wallet,) = (await client.get_wallet_balance(accountType="UNIFIED"))["list"]
    for field in wallet.keys() - {"coin"}:
        await there.fault("odd_field", path="/v5/account/wallet-balance", field=field, **ODD[kind])
        balance = await there.bybit.gateway.balance(mine)
        assert {coin.coin for coin in balance.coins} >= {"USDT", "BTC"}
    await there.fault("odd_field", path="/v5/account/wallet-balance", field="coin", row=0, **ODD[kind])
    balance = await there.bybit.gateway.balance(mine)
    assert balance.total_equity is not None
    if kind != "null":
        assert balance.unreadable, "that there are no coins is not said"


SINGLE: Final[Mapping[str, tuple[str, Callable[[Bybit, Account], Awaitable[Any]]]]] = {
    "tickers": ("/v5/market/tickers", lambda bybit, _: bybit.market.ticker(Category.LINEAR, BTC)),
    "instruments": ("/v5/market/instruments-info", lambda bybit, _: bybit.market.instrument(Category.LINEAR, BTC)),
    "fee_rate": ("/v5/account/fee-rate", lambda bybit, mine: bybit.gateway.fee_rate(mine, BTC)),
    "key_information": ("/v5/user/query-api", lambda bybit, mine: bybit.gateway.inspect_stored(mine)),
    "orderbook": ("/v5/market/orderbook", lambda bybit, _: bybit.market.order_book(Category.LINEAR, BTC)),
    "kline": ("/v5/market/kline", lambda bybit, _: bybit.market.klines(Category.LINEAR, BTC, "60")),
    "mark_kline": ("/v5/market/mark-price-kline", lambda bybit, _: bybit.market.mark_minutes(BTC, an_hour_ago(bybit))),
    "risk_limit": ("/v5/market/risk-limit", lambda bybit, _: bybit.market.risk_tiers(BTC)),
    "funding_history": (
        "/v5/market/funding/history",
        lambda bybit, _: bybit.market.fundings(BTC, Millis(an_hour_ago(bybit) - DAY)),
    ),
}
ESSENTIAL: Final = words("tickSize qtyStep list symbol fundingRate")
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "tickers": ("list", "symbol", "lastPrice", "markPrice", "bid1Price", "highPrice24h", "price24hPcnt", "fundingRate",
                "nextFundingTime"),
    "instruments": ("list", "symbol", "status", "priceFilter", "lotSizeFilter", "leverageFilter",
                    "priceFilter.tickSize", "lotSizeFilter.qtyStep", "lotSizeFilter.minOrderQty"),
    "fee_rate": ("list", "symbol", "takerFeeRate", "makerFeeRate"),
    "key_information": ("permissions", "ips", "readOnly", "userID", "expiredAt", "deadlineDay", "uta", "type",
                        "isMaster"),
    "orderbook": ("s", "b", "a", "0", "1"),
    "kline": ("list", *map(str, range(7))),
    "mark_kline": ("list", *map(str, range(5))),
    "risk_limit": ("list", "symbol", "riskLimitValue", "maintenanceMargin", "maxLeverage", "mmDeduction"),
    "funding_history": ("list", "symbol", "fundingRate", "fundingRateTimestamp"),
}  # fmt: skip


@pytest.mark.parametrize("endpoint", SINGLE)
async def test_a_read_of_one_thing_answers_or_says_that_it_cannot(there: StandIn, endpoint: str) -> None:
    """Nothing else is ever raised, and what is raised is counted."""
    for kind in ODD:
        mine = await traded(there)
        path, read = SINGLE[endpoint]
        for field in FIELDS[endpoint]:
            await there.fault("odd_field", path=path, field=field, **ODD[kind])
            counted = there.bybit.stats().requests.get((endpoint, "unreadable"), 0)
            (value,) = await asyncio.gather(read(there.bybit, mine), return_exceptions=True)
            if isinstance(value, ExchangeUnreadable):
                assert value.field in {field.rpartition(".")[2], *ESSENTIAL}, field
                counted += 1
            else:
                assert not isinstance(value, BaseException), field
                assert value is not None or (field, kind) == ("list", "null"), field
            await there.sim("DELETE", "/sim/faults")
            assert there.bybit.stats().requests.get((endpoint, "unreadable"), 0) == counted, kind


@pytest.mark.parametrize("field", ["0", "1"])
async def test_an_odd_level_and_an_odd_candle_are_left_out_and_counted(there: StandIn, field: str) -> None:
    await there.fault("odd_field", path="/v5/market/orderbook", field=field, value="zzz")
    book = await there.bybit.market.order_book(Category.LINEAR, BTC)
    assert (len(book.bids) + len(book.asks), book.unreadable) == (49, 1)
    await there.fault("odd_field", path="/v5/market/kline", field=field, value="zzz")
    assert len((await there.bybit.market.klines(Category.LINEAR, BTC, "60")).items) == 23
    rows = there.bybit.stats().unreadable_rows
    assert (rows["orderbook"], rows["kline"]) == (1, 1)


@pytest.mark.parametrize("field", ["list", "nextPageCursor"])
@pytest.mark.parametrize("kind", ODD)
async def test_a_list_that_is_none_is_empty_or_cannot_be_read(there: StandIn, field: str, kind: str) -> None:
    """Whatever stands in the place of a list of positions is never "nothing is open"."""
    mine = await traded(there)
    await there.fault("odd_field", path="/v5/position/list", field=field, **ODD[kind])
    if field == "list":
        if kind == "a list":
            assert (await there.bybit.gateway.positions(mine)).unreadable == ("?",)
            return
        with pytest.raises(ExchangeUnreadable):
            await there.bybit.gateway.positions(mine)
    else:
        found = await there.bybit.gateway.positions(mine)
        assert len(found.items) == 2, "a short page is the last one for a view"


async def test_tiers_past_minutes_and_fundings_of_the_stand_in_are_whole(there: StandIn) -> None:
    market = there.bybit.market
    tiers = (await market.risk_tiers(BTC)).items
    assert len(tiers) > 1
    assert [each.limit for each in tiers] == sorted(each.limit for each in tiers)
    start = an_hour_ago(there.bybit)
    for minutes in (await market.minutes(BTC, start), await market.mark_minutes(BTC, start)):
        assert len(minutes.items) >= 60
        assert start <= minutes.items[0].start_ts < start + 60_000
    fundings = await market.fundings(BTC, Millis(start - DAY))
    assert len(fundings) >= 3
    assert [each.ts for each in fundings] == sorted(each.ts for each in fundings)
