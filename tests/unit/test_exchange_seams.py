"""What is used of pybit's and aiohttp's insides. A test that fails here says that a new version changed one of them."""

import inspect
import logging
import pickle
import sys
from pathlib import Path

import aiohttp
import pybit
import pytest
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection, TCPConnector
from harness.exchange import API_KEY, API_SECRET, rsa_pair
from pybit._http_manager import _V5HTTPManager, generate_signature

from bot.domain.accounts import KeyType
from bot.domain.clock import SystemClock
from bot.domain.errors import KeyTrouble
from bot.domain.secrets import Secret
from bot.exchange.bybit.adapter import open_bybit
from bot.exchange.bybit.client import BybitClient, SigningKey
from bot.exchange.bybit.transport import Transport

ROOT = Path(__file__).parents[2]
CHANGED = "pybit changed a seam that bot/exchange/bybit/client.py stands on: see docs/dependencies.md"
AIOHTTP_CHANGED = "aiohttp changed what bot/exchange/bybit/transport.py stands on: see docs/dependencies.md"
PRIVATE = "PRIVATE KEY"  # apart from its BEGIN, so that this file is no find of detect-private-key


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)  # type: ignore[arg-type]  # callables only


class Recording(BybitClient):
    """Writes down what pybit's endpoint methods hand over."""

    def __init__(self) -> None:
        self.endpoint = "http://host/demo"
        self.calls: list[dict[str, object]] = []

    def _submit_request(self, **call: object) -> None:  # type: ignore[override]  # a spy's signature
        self.calls.append(call)


def test_the_version_is_the_one_that_was_read() -> None:
    assert pybit.VERSION == "5.17.0", CHANGED


@pytest.mark.parametrize(
    ("method", "path", "is_signed"),
    [
        ("get_wallet_balance", "/v5/account/wallet-balance", True),
        ("get_positions", "/v5/position/list", True),
        ("get_open_orders", "/v5/order/realtime", True),
        ("get_order_history", "/v5/order/history", True),
        ("get_account_info", "/v5/account/info", True),
        ("get_executions", "/v5/execution/list", True),
        ("get_fee_rates", "/v5/account/fee-rate", True),
        ("get_api_key_information", "/v5/user/query-api", True),
        ("get_instruments_info", "/v5/market/instruments-info", False),
        ("get_tickers", "/v5/market/tickers", False),
        ("get_orderbook", "/v5/market/orderbook", False),
        ("get_kline", "/v5/market/kline", False),
    ],
)
def test_an_endpoint_method_hands_everything_to_one_method(method: str, path: str, is_signed: bool) -> None:
    client = Recording()
    getattr(client, method)(category="linear", symbol=None)
    wanted = {"method": "GET", "path": f"http://host/demo{path}", "query": {"category": "linear", "symbol": None}}
    assert client.calls == [wanted | ({"auth": True} if is_signed else {})], CHANGED


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("place_order", "/v5/order/create"),
        ("amend_order", "/v5/order/amend"),
        ("cancel_order", "/v5/order/cancel"),
        ("set_trading_stop", "/v5/position/trading-stop"),
        ("set_leverage", "/v5/position/set-leverage"),
    ],
)
def test_a_write_hands_its_body_over_as_it_is(method: str, path: str) -> None:
    client = Recording()
    getattr(client, method)(category="linear", qty="0.10", reduceOnly=True)
    body = {"category": "linear", "qty": "0.10", "reduceOnly": True}
    assert client.calls == [{"method": "POST", "path": f"http://host/demo{path}", "query": body, "auth": True}], CHANGED


def test_the_clock_is_asked_without_a_query() -> None:
    client = Recording()
    client.get_server_time()
    assert client.calls == [{"method": "GET", "path": "http://host/demo/v5/market/time"}], CHANGED


def test_the_methods_that_are_called_take_what_they_are_given() -> None:
    assert parameters(_V5HTTPManager._clean_query) == ["self", "query"], CHANGED
    assert parameters(_V5HTTPManager.prepare_payload) == ["method", "parameters"], CHANGED
    assert parameters(_V5HTTPManager._auth) == ["self", "payload", "recv_window", "timestamp"], CHANGED
    assert parameters(_V5HTTPManager._submit_request) == ["self", "method", "path", "query", "auth"], CHANGED
    assert parameters(BybitClient._submit_request) == ["self", "method", "path", "query", "auth"], CHANGED


def test_a_payload_is_sorted_and_without_none() -> None:
    query = BybitClient._clean_query(Recording(), {"b": "2", "a": 1, "none": None})
    assert BybitClient.prepare_payload("GET", query) == "a=1&b=2", CHANGED
    assert BybitClient.prepare_payload("POST", {"qty": 1}) == '{"qty": "1"}', CHANGED


def test_everything_that_speaks_to_the_network_is_ours() -> None:
    """Pybit has one way out for JSON; a second one would go round our budget and our transport."""
    ours = {name for base in BybitClient.__mro__ for name in vars(base) if name.startswith("_submit")}
    assert ours == {"_submit_request", "_submit_file_request"}, CHANGED
    used = inspect.getsource(sys.modules["pybit._v5_trade"]) + inspect.getsource(sys.modules["pybit._v5_user"])
    assert "_submit_file_request" not in used, CHANGED
    assert "self.client" not in used, CHANGED


async def test_a_client_makes_no_session_no_log_handler_and_no_thread() -> None:
    before = [len(logging.getLogger(name).handlers) for name in ("pybit", "pybit._http_manager", "")]

    async def no_key(_: int) -> None:
        return None

    clock = SystemClock()
    async with open_bybit(
        transport=Transport(clock=clock),
        hosts=lambda *_: "http://x",
        credentials=no_key,
        vault=None,  # type: ignore[arg-type]  # never asked
        clock=clock,
    ) as bybit:
        clients = [BybitClient(host="http://x", pipeline=bybit.pipeline) for _ in range(3)]
    assert [len(logging.getLogger(name).handlers) for name in ("pybit", "pybit._http_manager", "")] == before
    assert not hasattr(clients[0], "client"), "requests.Session is made by pybit's __init__, which is never run"
    assert not hasattr(clients[0], "logger")


def test_pybits_signature_with_a_key_as_the_bot_makes_it_is_ours() -> None:
    """PKCS#8 with 2,048 bits: pybit signs with pycryptodome, the client with a parsed key of cryptography."""
    pem, public_key = rsa_pair()
    key = SigningKey(key_type=KeyType.RSA, api_key=Secret(API_KEY), api_secret=Secret(pem))
    client = BybitClient(host="http://x", pipeline=None, key=key)  # type: ignore[arg-type]  # nothing is sent
    ours = client._auth("category=linear", 5000, 1_760_000_000_000)
    theirs = generate_signature(True, pem, f"1760000000000{API_KEY}5000category=linear")
    assert ours == theirs
    assert public_key.key_size == 2048


def test_a_client_never_shows_its_key() -> None:
    key = SigningKey(key_type=KeyType.HMAC, api_key=Secret(API_KEY), api_secret=Secret(API_SECRET))
    client = BybitClient(host="http://x", pipeline=None, owner=7, key=key)  # type: ignore[arg-type]  # nothing is sent
    shown = f"{client!r} {client} {vars(client)} {key!r} {[client]} {client.__dict__}"
    assert API_SECRET not in shown
    assert API_KEY not in shown
    assert "owner=7" in repr(client)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(client)
    assert client != BybitClient(host="http://x", pipeline=None, owner=7, key=key)  # type: ignore[arg-type]  # never called
    assert len({client, client}) == 1


@pytest.mark.parametrize("api_key", ["", "with space", "line\r\nX-Evil: 1", "я", "a" * 129, "tab\t"])
def test_what_cannot_stand_in_a_header_is_no_key(api_key: str) -> None:
    with pytest.raises(KeyTrouble, match="that is no API key"):
        SigningKey(key_type=KeyType.HMAC, api_key=Secret(api_key), api_secret=Secret("s"))


@pytest.mark.parametrize("pem", ["", "not a key", f"-----BEGIN {PRIVATE}-----\nAAAA\n-----END {PRIVATE}-----"])
def test_a_private_key_that_cannot_be_read_is_key_trouble(pem: str) -> None:
    with pytest.raises(KeyTrouble, match="can't be read") as caught:
        SigningKey(key_type=KeyType.RSA, api_key=Secret(API_KEY), api_secret=Secret(pem))
    assert caught.value.__cause__ is None


def test_a_private_call_without_a_key_is_a_fault_of_ours() -> None:
    client = BybitClient(host="http://x", pipeline=None)  # type: ignore[arg-type]  # nothing is sent
    with pytest.raises(TypeError, match="a private one a key"):
        client.get_wallet_balance(accountType="UNIFIED")


def test_aiohttp_gives_connections_and_answers_as_we_take_them() -> None:
    assert parameters(TCPConnector.connect) == ["self", "req", "traces", "timeout"], AIOHTTP_CHANGED
    assert parameters(ClientRequest.__init__)[:3] == ["self", "method", "url"], AIOHTTP_CHANGED
    assert {"loop", "ssl"} <= set(parameters(ClientRequest.__init__)), AIOHTTP_CHANGED
    for name in ("set_response_params", "read"):
        assert callable(getattr(ResponseHandler, name)), AIOHTTP_CHANGED
    assert "read_until_eof" in parameters(ResponseHandler.set_response_params), AIOHTTP_CHANGED
    for name in ("release", "close", "protocol", "transport"):
        assert hasattr(Connection, name), AIOHTTP_CHANGED
    assert issubclass(aiohttp.ClientConnectorError, aiohttp.ClientOSError), AIOHTTP_CHANGED


def test_one_module_of_the_application_imports_pybit() -> None:
    packages = ("bot", "handlers", "storage", "cache", "stats_api")
    importers = {
        str(path.relative_to(ROOT))
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if any(line.startswith(("from pybit", "import pybit")) for line in path.read_text().splitlines())
    }
    assert importers == {"bot/exchange/bybit/client.py"}


def test_nothing_of_pybit_is_loaded_but_its_endpoints() -> None:
    """Its unified client would bring a WebSocket library and its threads, and 0.2 s more of start."""
    source = (ROOT / "bot/exchange/bybit/client.py").read_text()
    imported = [line.split()[1] for line in source.splitlines() if line.startswith("from pybit")]
    assert imported == [f"pybit._v5_{name}" for name in ("account", "market", "misc", "position", "trade", "user")]
