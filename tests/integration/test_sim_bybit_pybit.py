"""pybit's own client, unchanged but for its address, against the Bybit stand-in."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pybit.exceptions import FailedRequestError, InvalidRequestError
from pybit.unified_trading import HTTP

from ops.sim.bybit.clock import system_clock as now
from ops.sim.bybit.server import Serving, serve

NEVER = {-999_999}
"""pybit takes an empty set of codes to retry for its own list."""


@pytest.fixture
async def serving() -> AsyncIterator[Serving]:
    async with serve(port=0, limits=False) as one:
        yield one


async def make(serving: Serving, **fields: Any) -> dict[str, Any]:
    from ops.sim.bybit.control import Control

    return Control(serving.world).make_account(fields)


def session(url: str, **options: Any) -> HTTP:
    """Pybit speaks https to Bybit's hosts only, so its address is set afterwards."""
    logging.getLogger("pybit").setLevel(logging.CRITICAL)
    client = HTTP(max_retries=1, retry_codes=NEVER, timeout=5, **options)
    client.endpoint = url
    return client


async def call(method: Callable[..., Any], **params: Any) -> Any:
    """In a thread: pybit is synchronous."""
    return await asyncio.to_thread(method, **params)


@pytest.mark.parametrize("environment", ["live", "demo"])
async def test_every_read_method_works_in_both_environments(serving: Serving, environment: str) -> None:
    made = await make(
        serving,
        environment=environment,
        positions=[{"symbol": "BTCUSDT", "size": "0.05"}, {"symbol": "ETHUSDT", "side": "Sell", "size": 1}],
        orders=[{"symbol": "SOLUSDT", "qty": 3, "orderLinkId": "mine"}],
        executions=10,
    )
    url = serving.url if environment == "live" else serving.demo_url
    client = session(url, api_key=made["api_key"], api_secret=made["api_secret"])
    for method, params, field in asked_of(client):
        if environment == "demo" and method.__name__ in NOT_ON_DEMO:
            with pytest.raises(InvalidRequestError) as caught:
                await call(method, **params)
            assert caught.value.status_code == 10032
            continue
        answer = await call(method, **params)
        assert answer["retCode"] == 0
        assert answer["result"][field] or field in EMPTY, method


NOT_ON_DEMO = {
    "get_fee_rates",
    "get_coin_info",
    "get_transferable_amount",
    "get_smp_group",
    "query_dcp_info",
    "get_coins_balance",
    "get_uid_wallet_type",
    "get_system_status",
}
EMPTY = {"dcpInfos", "smpGroup"}
"""Fields that are there and say nothing."""


def asked_of(client: HTTP) -> list[tuple[Callable[..., Any], dict[str, Any], str]]:
    """Every read that pybit has and the stand-in answers, with a field of its result."""
    perpetual = {"category": "linear", "symbol": "BTCUSDT"}
    return [
        (client.get_server_time, {}, "timeNano"),
        (client.get_instruments_info, perpetual, "list"),
        (client.get_tickers, {"category": "spot", "symbol": "BTCUSDT"}, "list"),
        (client.get_orderbook, {**perpetual, "limit": 50}, "b"),
        (client.get_kline, {**perpetual, "interval": 60, "limit": 5}, "list"),
        (client.get_mark_price_kline, {**perpetual, "interval": 60, "limit": 5}, "list"),
        (client.get_index_price_kline, {**perpetual, "interval": 60, "limit": 5}, "list"),
        (client.get_premium_index_price_kline, {**perpetual, "interval": 60, "limit": 5}, "list"),
        (client.get_public_trade_history, {**perpetual, "limit": 5}, "list"),
        (client.get_funding_rate_history, {**perpetual, "limit": 5}, "list"),
        (client.get_risk_limit, perpetual, "list"),
        (client.get_price_limit, perpetual, "buyLmt"),
        (client.get_open_interest, {**perpetual, "intervalTime": "5min", "limit": 5}, "list"),
        (client.get_long_short_ratio, {**perpetual, "period": "1h", "limit": 5}, "list"),
        (client.get_insurance, {"coin": "USDT"}, "list"),
        (client.get_adl_alert, {"symbol": "BTCUSDT"}, "list"),
        (client.get_option_delivery_price, {"category": "linear", "settleCoin": "USDT"}, "list"),
        (client.get_system_status, {}, "list"),
        (client.get_wallet_balance, {"accountType": "UNIFIED", "coin": "USDT"}, "list"),
        (client.get_account_info, {}, "marginMode"),
        (client.get_fee_rates, perpetual, "list"),
        (client.get_transaction_log, {"accountType": "UNIFIED", "limit": 5}, "list"),
        (client.get_collateral_info, {"currency": "BTC"}, "list"),
        (client.get_coin_greeks, {"baseCoin": "BTC"}, "list"),
        (client.get_transferable_amount, {"coinName": "USDT,BTC"}, "availableWithdrawal"),
        (client.get_smp_group, {}, "smpGroup"),
        (client.query_dcp_info, {}, "dcpInfos"),
        (client.get_coins_balance, {"accountType": "UNIFIED", "coin": "USDT"}, "balance"),
        (client.get_uid_wallet_type, {}, "accounts"),
        (client.get_positions, {"category": "linear", "settleCoin": "USDT"}, "list"),
        (client.get_closed_pnl, {"category": "linear", "limit": 5}, "list"),
        (client.get_open_orders, {"category": "linear", "orderLinkId": "mine"}, "list"),
        (client.get_order_history, {"category": "linear", "limit": 5}, "list"),
        (client.get_executions, {"category": "linear", "limit": 5}, "list"),
        (client.get_api_key_information, {}, "permissions"),
        (client.get_coin_info, {"coin": "USDT"}, "rows"),
    ]


async def test_pybit_reads_volatility_which_is_a_bare_list(serving: Serving) -> None:
    answer = await call(session(serving.url).get_historical_volatility, category="option", baseCoin="ETH", period=30)
    assert [row["period"] for row in answer["result"]] == [30]


async def test_pybit_follows_cursors(serving: Serving) -> None:
    made = await make(serving, environment="live", executions=23)
    client = session(serving.url, api_key=made["api_key"], api_secret=made["api_secret"])
    seen: list[str] = []
    cursor = None
    while True:
        result = (await call(client.get_executions, category="linear", limit=5, cursor=cursor))["result"]
        seen += [row["execId"] for row in result["list"]]
        cursor = result["nextPageCursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 23


async def test_pybit_signs_with_rsa(serving: Serving) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    made = await make(serving, environment="live", public_key=pem)
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    client = session(serving.url, api_key=made["api_key"], api_secret=secret, rsa_authentication=True)
    answer = await call(client.get_api_key_information)
    assert answer["result"]["apiKey"] == made["api_key"]


@pytest.mark.parametrize(
    ("changes", "options", "code"),
    [
        ({}, {"api_secret": "s" * 36}, 10004),
        ({}, {"api_key": "k" * 18}, 10003),
        ({"environment": "demo"}, {}, 10003),
        ({"ips": ["10.0.0.1"]}, {}, 10010),
        ({"expires_at": now() - 1}, {}, 33004),
        ({"permissions": ["Withdraw"]}, {}, 10005),
    ],
)
async def test_pybit_raises_bybits_codes(
    serving: Serving, changes: dict[str, Any], options: dict[str, Any], code: int
) -> None:
    made = await make(serving, **{"environment": "live", **changes})
    keys = {"api_key": made["api_key"], "api_secret": made["api_secret"], **options}
    with pytest.raises(InvalidRequestError) as caught:
        await call(session(serving.url, **keys).get_positions, category="linear", settleCoin="USDT")
    assert caught.value.status_code == code


async def test_pybit_widens_its_window_and_comes_through(serving: Serving) -> None:
    made = await make(serving, environment="live")
    client = session(serving.url, api_key=made["api_key"], api_secret=made["api_secret"])
    client.max_retries, client.retry_codes, client.retry_delay = 3, {10002}, 0
    serving.world.faults.add({"kind": "code_10002", "times": 2}, now())
    assert (await call(client.get_account_info))["retCode"] == 0
    assert [one["ret_code"] for one in serving.world.calls.after(0)] == [10002, 10002, 0]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("http_500", 500),
        ("html_502", 502),
        ("html_504", 504),
        ("html_403", 403),
        ("http_429", 429),
        ("ip_ban", 403),
        ("halted", 503),
        ("html", 409),
        ("truncated", 409),
    ],
)
async def test_pybit_fails_on_what_is_no_answer(serving: Serving, kind: str, error: int) -> None:
    serving.world.faults.add({"kind": kind}, now())
    client = session(serving.url)
    client.force_retry = False
    with pytest.raises(FailedRequestError) as caught:
        await call(client.get_server_time)
    assert caught.value.status_code == error
