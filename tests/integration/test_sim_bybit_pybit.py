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
    asked: list[tuple[Callable[..., Any], dict[str, Any], str]] = [
        (client.get_server_time, {}, "timeNano"),
        (client.get_instruments_info, {"category": "linear", "symbol": "BTCUSDT"}, "list"),
        (client.get_tickers, {"category": "spot", "symbol": "BTCUSDT"}, "list"),
        (client.get_orderbook, {"category": "linear", "symbol": "BTCUSDT", "limit": 50}, "b"),
        (client.get_kline, {"category": "linear", "symbol": "BTCUSDT", "interval": 60, "limit": 5}, "list"),
        (client.get_public_trade_history, {"category": "linear", "symbol": "BTCUSDT", "limit": 5}, "list"),
        (client.get_funding_rate_history, {"category": "linear", "symbol": "BTCUSDT", "limit": 5}, "list"),
        (client.get_risk_limit, {"category": "linear", "symbol": "BTCUSDT"}, "list"),
        (client.get_price_limit, {"category": "linear", "symbol": "BTCUSDT"}, "buyLmt"),
        (client.get_wallet_balance, {"accountType": "UNIFIED", "coin": "USDT"}, "list"),
        (client.get_account_info, {}, "marginMode"),
        (client.get_fee_rates, {"category": "linear", "symbol": "BTCUSDT"}, "list"),
        (client.get_transaction_log, {"accountType": "UNIFIED", "limit": 5}, "list"),
        (client.get_positions, {"category": "linear", "settleCoin": "USDT"}, "list"),
        (client.get_closed_pnl, {"category": "linear", "limit": 5}, "list"),
        (client.get_open_orders, {"category": "linear", "orderLinkId": "mine"}, "list"),
        (client.get_order_history, {"category": "linear", "limit": 5}, "list"),
        (client.get_executions, {"category": "linear", "limit": 5}, "list"),
        (client.get_api_key_information, {}, "permissions"),
        (client.get_coin_info, {"coin": "USDT"}, "rows"),
    ]
    for method, params, field in asked:
        answer = await call(method, **params)
        assert answer["retCode"] == 0
        assert answer["result"][field], method


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
    [("http_500", 500), ("ip_ban", 403), ("halted", 503), ("html", 409), ("truncated", 409)],
)
async def test_pybit_fails_on_what_is_no_answer(serving: Serving, kind: str, error: int) -> None:
    serving.world.faults.add({"kind": kind}, now())
    client = session(serving.url)
    client.force_retry = False
    with pytest.raises(FailedRequestError) as caught:
        await call(client.get_server_time)
    assert caught.value.status_code == error
