"""The way to Bybit and back, against a server that misbehaves in every way it can."""

import asyncio
import gzip
import logging
import socket
from contextlib import suppress
from typing import Any

import orjson
import pytest
from aiohttp import web
from harness.exchange import (
    API_KEY,
    API_SECRET,
    WALLET,
    Keys,
    account,
    connected,
    drop,
    ok,
    raw,
    refusal,
    rsa_pair,
    scripted_bybit,
    server_time,
)
from harness.waiting import LIMIT

from bot.domain.accounts import AccountType, KeyType
from bot.domain.errors import (
    ClockTrouble,
    ExchangeDown,
    ExchangeError,
    ExchangeRejected,
    KeyTrouble,
    OutcomeUnknown,
    RetryLater,
)
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.exchange.bybit.decode import MAX_BODY
from bot.exchange.bybit.transport import Request, Timeouts

BTC = Symbol("BTCUSDT")
SOON = 2.0  # seconds; what comes before the silence takes a part of it on a busy machine


async def wait_for_ever(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


# --- what is sent ---------------------------------------------------------------------------------------------


async def test_a_private_read_is_signed_as_bybit_documents_it() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        balance = await bybit.gateway.balance(account())
    (got,) = server.asked
    assert got.raw_path == "/v5/account/wallet-balance?accountType=UNIFIED"
    assert got.has_hmac_of(API_SECRET)
    assert not got.has_hmac_of("another secret")
    assert got.headers["X-BAPI-API-KEY"] == API_KEY
    assert got.headers["X-BAPI-RECV-WINDOW"] == "5000"
    assert got.headers["User-Agent"] == "perpdesk"
    assert str(balance.total_equity) == "10250.5"


async def test_a_key_pair_signs_as_bybit_documents_it() -> None:
    pem, public_key = await asyncio.to_thread(rsa_pair)
    keys = Keys()
    keys.put(1, key_type=KeyType.RSA, api_key=API_KEY, api_secret=pem)
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url, keys=keys) as bybit:
        await bybit.gateway.balance(account())
    server.asked[0].check_rsa(public_key)


async def test_demo_is_asked_under_its_prefix() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account(account_type=AccountType.DEMO))
    assert server.asked[0].path == "/demo/v5/account/wallet-balance"
    assert server.asked[0].has_hmac_of(API_SECRET)


@pytest.mark.parametrize(
    ("symbol", "sent"),
    [
        ("BTC USDT", "symbol=BTC%20USDT"),
        ("BTC&limit=1", "symbol=BTC%26limit%3D1"),
        ("BTC#x", "symbol=BTC%23x"),
        ("BTC+x", "symbol=BTC%2Bx"),
        ("БТЦ", "symbol=%D0%91%D0%A2%D0%A6"),
        ("page_args%3Dfd43%26symbol%3D6%26", "symbol=page_args%3Dfd43%26symbol%3D6%26"),  # as Bybit gives cursors
        ("a:2,b/c'd(e)", "symbol=a:2,b/c'd(e)"),
        ("x\r\nX-Evil: 1", "symbol=x%0D%0AX-Evil:%201"),
    ],
)
async def test_what_is_signed_is_what_is_sent(symbol: str, sent: str) -> None:
    async with scripted_bybit() as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeDown):  # the answer holds no such symbol
            await bybit.gateway.fee_rate(account(), Symbol(symbol))
    (got,) = server.asked
    assert got.query == f"category=linear&{sent}"
    assert got.has_hmac_of(API_SECRET)
    assert "X-Evil" not in got.headers


async def test_a_write_sends_the_body_that_it_signed() -> None:
    async with scripted_bybit(always=ok({"orderId": "1"})) as server, connected(server.url) as bybit:
        client = await bybit.pool.borrow(account())
        result = await client.place_order(category="linear", symbol="BTCUSDT", side="Buy", qty="0.001", note="ü €")
    (got,) = server.asked
    assert (got.method, got.raw_path, result["orderId"]) == ("POST", "/v5/order/create", "1")
    assert orjson.loads(got.body) == {
        "category": "linear", "symbol": "BTCUSDT", "side": "Buy", "qty": "0.001", "note": "ü €",
    }  # fmt: skip
    assert got.has_hmac_of(API_SECRET)
    assert got.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("target", "headers"),
    [("/v5 /x", {}), ("v5", {}), ("/v5\r\nHost: evil", {}), ("/v5", {"X": "1\r\nY: 2"}), ("/v5", {"X": "я"})],
)
async def test_no_request_is_sent_that_could_be_read_as_another(target: str, headers: dict[str, str]) -> None:
    async with scripted_bybit() as server, connected(server.url) as bybit:
        with pytest.raises(ValueError, match="may not stand in a header"):
            await bybit.pipeline.transport.send(Request("GET", server.url, target, headers, b""))
        assert server.got == []


# --- what comes back ------------------------------------------------------------------------------------------

HTML = b"<html><head><title>502 Bad Gateway</title></head></html>"
GOOD = orjson.dumps({"retCode": 0, "retMsg": "OK", "result": WALLET, "time": 1})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (raw(HTML, status=502, content_type="text/html"), "HTTP 502"),
        (raw(HTML, content_type="text/html"), "JSONDecodeError"),
        (raw(b"", status=500), "HTTP 500"),
        (raw(b"", status=204), "HTTP 204"),
        (raw(b"", status=302), "HTTP 302"),
        (raw(GOOD, status=503), "HTTP 503"),
        (raw(GOOD[:-9]), "JSONDecodeError"),
        (raw(b'{"retCode":0,"result":NaN}'), "not a number"),
        (raw(b'{"retCode":0,"retCode":0,"result":{}}'), "a key twice"),
        (raw(b'{"retCode":"0","result":{}}'), "no retCode"),
        (raw(b'{"retCode":true,"result":{}}'), "no retCode"),
        (raw(b'{"retCode":100000000000,"result":{}}'), "no retCode"),
        (raw(b'{"result":{}}'), "no retCode"),
        (raw(b'{"retCode":0,"result":[]}'), "no result"),
        (raw(b'{"retCode":0}'), "no result"),
        (raw(b"[]"), "not an object"),
        (raw(b'{"retCode":0,"result":{"list":{}}}'), "list is not a list"),
        (raw(b'{"retCode":0,"result":{"list":[]}}'), "list is not a wallet"),
        (refusal(10000), "Bybit 10000"),
        (refusal(10016), "Bybit 10016"),
        (drop, "no answer"),
    ],
)
async def test_an_answer_that_is_none_is_down(answer: Any, reason: str) -> None:
    async with scripted_bybit(always=answer) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeDown, match=reason):
            await bybit.gateway.balance(account())


async def test_a_body_over_the_limit_is_refused_with_and_without_a_length() -> None:
    async def chunked(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        with suppress(ConnectionError):
            while True:
                await response.write(b" " * 2**16)
        return response

    for answer in (raw(b" " * (MAX_BODY + 1)), chunked):
        async with scripted_bybit(always=answer) as server, connected(server.url) as bybit:
            with pytest.raises(ExchangeDown, match="BodyTooLarge"):
                await bybit.gateway.balance(account())


async def test_a_body_that_is_told_to_be_too_long_is_not_waited_for() -> None:
    async def announced(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(MAX_BODY + 1)})
        await response.prepare(request)
        await response.write(b"{")
        await asyncio.Event().wait()
        return response

    async with scripted_bybit(always=announced) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeDown, match="BodyTooLarge"):
            await bybit.gateway.balance(account())


async def test_early_hints_are_not_the_answer() -> None:
    body = orjson.dumps({"retCode": 0, "result": WALLET})

    async def hinting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(hinting, "127.0.0.1", 0)
    async with server, connected(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as bybit:
        assert (await bybit.gateway.balance(account())).total_equity > 0


async def test_a_packed_bomb_is_refused() -> None:
    bomb = gzip.compress(b" " * (5 * MAX_BODY))

    def packed(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    async with scripted_bybit(always=packed) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeDown, match="no answer"):
            await bybit.gateway.balance(account())


async def test_a_large_answer_in_pieces_and_packed_is_read() -> None:
    body = gzip.compress(orjson.dumps({"retCode": 0, "result": {**WALLET, "pad": "x" * 300_000}, "time": 1}))

    async def pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
        await response.prepare(request)
        for start in range(0, len(body), 100):
            await response.write(body[start : start + 100])
        return response

    async with scripted_bybit(always=pieces) as server, connected(server.url) as bybit:
        assert (await bybit.gateway.balance(account())).total_equity > 0


async def test_a_length_that_lies_ends_with_the_time_out() -> None:
    async def lying(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5000"})
        await response.prepare(request)
        await response.write(GOOD)
        await asyncio.Event().wait()
        return response

    async with (
        scripted_bybit(always=lying) as server,
        connected(server.url, timeouts=Timeouts(answer=SOON)) as bybit,
    ):
        with pytest.raises(ExchangeDown, match="TimeoutError"):
            await bybit.gateway.balance(account())


async def test_a_truncated_body_is_down() -> None:
    async def truncated(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "5000"})
        await response.prepare(request)
        await response.write(GOOD)
        assert request.transport is not None
        request.transport.abort()
        return response

    async with scripted_bybit(always=truncated) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeDown, match="no answer"):
            await bybit.gateway.balance(account())


async def test_a_server_that_is_slow_is_down_after_the_time_out() -> None:
    async with (
        scripted_bybit(always=wait_for_ever) as server,
        connected(server.url, timeouts=Timeouts(answer=SOON)) as bybit,
    ):
        with pytest.raises(ExchangeDown, match="TimeoutError"):
            await bybit.gateway.balance(account())
        assert bybit.stats().requests["wallet_balance", "down"] == 1


async def test_a_port_where_nobody_listens_is_down_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with connected(url) as bybit:
        with pytest.raises(ExchangeDown, match="ClientConnectorError"):
            await bybit.gateway.balance(account())
        assert bybit.stats().requests["wallet_balance", "down"] == 1, "what was never sent is not a dropped call"


async def test_no_answer_of_http_is_down() -> None:
    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(garbage, "127.0.0.1", 0)
    async with server, connected(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}") as bybit:
        with pytest.raises(ExchangeDown, match="no answer"):
            await bybit.market.ticker(Category.LINEAR, BTC)


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (refusal(10003, status=401), KeyTrouble, 10003),
        (raw(b"", status=401), KeyTrouble, None),
        (refusal(33004), KeyTrouble, 33004),
        (refusal(10001, "params error"), ExchangeRejected, 10001),
        (raw(HTML, status=404), ExchangeRejected, None),
        (raw(b"", status=400), ExchangeRejected, None),
        (refusal(429), RetryLater, 429),
        (raw(b"", status=429), RetryLater, None),
    ],
)
async def test_a_refusal_says_what_to_do(answer: Any, error: type[ExchangeError], code: int | None) -> None:
    async with scripted_bybit(always=answer) as server, connected(server.url) as bybit:
        with pytest.raises(error) as caught:
            await bybit.gateway.balance(account())
        assert type(caught.value) is error
        assert caught.value.code == code


async def test_an_error_does_not_quote_the_key_or_odd_letters() -> None:
    words = f"error sign! origin_string[1{API_KEY}5000accountType=UNIFIED]\x1b[31m\r\n" + "x" * 500
    async with scripted_bybit(always=refusal(10004, words)) as server, connected(server.url) as bybit:
        with pytest.raises(KeyTrouble) as caught:
            await bybit.gateway.balance(account())
    text = str(caught.value)
    assert "10004 error sign! origin_string[1***5000" in text
    assert API_KEY not in text
    assert text.isprintable()
    assert len(text) < 220


async def test_nothing_is_logged_that_is_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [raw(HTML), refusal(10004, f"origin {API_KEY} {API_SECRET}"), drop, drop, raw(b"", status=403)]
    async with scripted_bybit(then=answers) as server, connected(server.url) as bybit:
        for _ in range(4):
            with pytest.raises(ExchangeError):
                await bybit.gateway.balance(account())
    everything = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert "not an answer of Bybit's" in everything, "there is a log to search"
    assert API_SECRET not in everything
    assert API_KEY not in everything
    assert "accountType" not in everything


# --- once more, or never --------------------------------------------------------------------------------------


async def test_a_read_whose_connection_was_dropped_is_asked_once_more() -> None:
    async with scripted_bybit(then=[drop], always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        assert len(server.asked) == 2
        assert bybit.stats().requests == {("time", "ok"): 3, ("wallet_balance", "down"): 1, ("wallet_balance", "ok"): 1}


async def test_a_read_is_asked_no_third_time() -> None:
    async with scripted_bybit(always=drop) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeDown):
            await bybit.gateway.balance(account())
        assert len(server.asked) == 2


async def test_a_connection_that_went_stale_is_noticed_by_nobody() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        server.then = [drop]  # the server closes the kept connection just as the next request comes
        await bybit.gateway.balance(account())
    assert len(server.asked) == 3


@pytest.mark.parametrize("answer", [drop, raw(HTML, status=502), raw(GOOD[:-3]), refusal(10000), refusal(987_654)])
async def test_a_write_is_sent_once_and_its_outcome_is_unknown(answer: Any) -> None:
    async with scripted_bybit(always=answer) as server, connected(server.url) as bybit:
        client = await bybit.pool.borrow(account())
        with pytest.raises(OutcomeUnknown):
            await client.place_order(category="linear", symbol="BTCUSDT", orderLinkId="a")
        assert len(server.asked) == 1
        server.then = [ok(WALLET)]
        await client.get_wallet_balance(accountType="UNIFIED")
        server.then = [answer]
        with pytest.raises(OutcomeUnknown):  # on a kept connection too, where aiohttp would repeat a GET
            await client.place_order(category="linear", symbol="BTCUSDT", orderLinkId="a")
        assert [got.method for got in server.asked] == ["POST", "GET", "POST"]


async def test_a_write_that_times_out_is_unknown_and_one_that_never_left_is_down() -> None:
    async with (
        scripted_bybit(always=wait_for_ever) as server,
        connected(server.url, timeouts=Timeouts(answer=SOON)) as bybit,
    ):
        client = await bybit.pool.borrow(account())
        with pytest.raises(OutcomeUnknown):
            await client.cancel_order(category="linear", symbol="BTCUSDT", orderId="1")
        assert len(server.asked) == 1
    async with connected("http://127.0.0.1:1") as bybit:
        client = await bybit.pool.borrow(account())
        with pytest.raises(ExchangeDown):
            await client.cancel_order(category="linear", symbol="BTCUSDT", orderId="1")


async def test_a_write_that_asks_for_what_stands_is_fine() -> None:
    async with scripted_bybit(always=refusal(110043)) as server, connected(server.url) as bybit:
        client = await bybit.pool.borrow(account())
        assert await client.set_leverage(category="linear", symbol="BTCUSDT", buyLeverage="3", sellLeverage="3") == {}


# --- the clock ------------------------------------------------------------------------------------------------


async def test_a_clock_that_is_off_is_measured_before_the_first_signature() -> None:
    async with scripted_bybit(always=ok(WALLET), skew=-3_600_000) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        skew = bybit.stats().clock_skew
        now = server.clock.now()
    assert skew == pytest.approx(-3_600_000, abs=200)
    assert int(server.asked[0].headers["X-BAPI-TIMESTAMP"]) == pytest.approx(now - 3_600_000, abs=1000)
    assert len(server.got) - len(server.asked) == 3, "the median of three"


async def test_a_missed_window_is_measured_anew_and_signed_anew_once() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        server.skew = 90_000
        server.then = [refusal(10002)]
        await bybit.gateway.balance(account())
    first, second = server.asked[-2:]
    moved = int(second.headers["X-BAPI-TIMESTAMP"]) - int(first.headers["X-BAPI-TIMESTAMP"])
    assert moved == pytest.approx(90_000, abs=1000)
    assert second.has_hmac_of(API_SECRET)
    assert second.headers["X-BAPI-SIGN"] != first.headers["X-BAPI-SIGN"]


async def test_a_window_that_is_missed_twice_is_clock_trouble() -> None:
    async with scripted_bybit(always=refusal(10002)) as server, connected(server.url) as bybit:
        with pytest.raises(ClockTrouble) as caught:
            await bybit.gateway.balance(account())
        assert caught.value.code == 10002
        assert len(server.asked) == 2


async def test_many_missed_windows_are_one_measurement() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        server.then = [refusal(10002)] * 20
        before = len(server.got) - len(server.asked)
        await asyncio.gather(*(bybit.gateway.balance(account(number)) for number in range(20)))
        assert len(server.got) - len(server.asked) == before + 3


async def test_a_write_that_missed_its_window_is_not_sent_again() -> None:
    async with scripted_bybit(always=refusal(10002)) as server, connected(server.url) as bybit:
        client = await bybit.pool.borrow(account())
        with pytest.raises(ClockTrouble):
            await client.place_order(category="linear", symbol="BTCUSDT")
        assert len(server.asked) == 1
        assert bybit.pipeline.server_time.measurements == 2, "the next one is right"


async def test_without_bybits_clock_our_own_serves() -> None:
    async with scripted_bybit(always=ok(WALLET), times=[raw(HTML)] * 3) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        assert bybit.stats().clock_skew is None


async def test_a_missed_window_while_the_clock_cannot_be_read_is_clock_trouble() -> None:
    async with (
        scripted_bybit(always=refusal(10002), times=[raw(HTML)] * 6) as server,
        connected(server.url) as bybit,
    ):
        with pytest.raises(ClockTrouble):
            await bybit.gateway.balance(account())
        assert len(server.asked) == 1


async def test_a_slow_clock_holds_up_the_first_read_half_a_second_at_most() -> None:
    go_on = asyncio.Event()

    async def late(request: web.Request) -> web.StreamResponse:
        await go_on.wait()
        response = server_time(server.clock.now())(request)
        assert isinstance(response, web.StreamResponse)
        return response

    patient = Timeouts(answer=2 * LIMIT)
    async with (
        scripted_bybit(always=ok(WALLET), times=[late] * 3) as server,
        connected(server.url, timeouts=patient) as bybit,
    ):
        async with asyncio.timeout(LIMIT):
            await bybit.gateway.balance(account())
        go_on.set()


# --- limits and bans ------------------------------------------------------------------------------------------


async def test_a_refused_uid_is_left_alone_until_its_reset() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        reset = str(server.clock.now() + 8000)
        server.then = [refusal(10006, **{"X-Bapi-Limit-Reset-Timestamp": reset})]
        with pytest.raises(RetryLater) as caught:
            await bybit.gateway.balance(account(1))
        assert caught.value.code == 10006
        assert caught.value.retry_after == pytest.approx(8, abs=1)
        with pytest.raises(RetryLater) as again:
            await bybit.gateway.balance(account(1))
        assert again.value.code is None, "our own budget says it now"
        await bybit.gateway.balance(account(2))
        assert len(server.asked) == 2


async def test_a_ban_of_our_address_stops_every_call_and_every_connection() -> None:
    ban = raw(b"access too frequent, please try again later", status=403, content_type="text/plain")
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        server.then = [ban]
        with pytest.raises(RetryLater) as caught:
            await bybit.gateway.balance(account(1))
        assert caught.value.retry_after == 600
        for read in (bybit.gateway.balance(account(2)), bybit.market.ticker(Category.LINEAR, BTC)):
            with pytest.raises(RetryLater):
                await read
        with pytest.raises(RetryLater):
            await bybit.gateway.balance(account(3, account_type=AccountType.DEMO))
        assert len(server.asked) == 2
        assert bybit.stats().budget.banned_for > 590
        assert bybit.stats().reconnects == 1


# --- connections ----------------------------------------------------------------------------------------------


async def test_connections_are_kept_and_shared_by_accounts() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        for number in range(20):
            await bybit.gateway.balance(account(number))
    assert len({got.connection for got in server.asked}) <= 3, "those of the three questions for the time"


async def test_broken_connections_are_replaced() -> None:
    async with scripted_bybit(always=raw(GOOD[:-1])) as server, connected(server.url) as bybit:
        for _ in range(3):
            with pytest.raises(ExchangeDown):
                await bybit.gateway.balance(account())
        assert bybit.stats().reconnects == 0, "an answer that can't be read is an answer"
        server.always, server.times = drop, [drop] * 9
        for _ in range(2):
            with pytest.raises(ExchangeDown):
                await bybit.gateway.balance(account())
        assert bybit.stats().reconnects == 1
        server.always, server.times = ok(WALLET), []
        await bybit.gateway.balance(account())


async def test_calls_under_way_end_on_the_connections_that_are_replaced() -> None:
    release = asyncio.Event()

    async def held(request: web.Request) -> web.StreamResponse:
        await release.wait()
        response = ok(WALLET)(request)
        assert isinstance(response, web.StreamResponse)
        return response

    async with scripted_bybit(then=[held], always=ok(WALLET)) as server, connected(server.url) as bybit:
        reading = asyncio.ensure_future(bybit.gateway.balance(account()))
        await server.first.wait()
        bybit.pipeline.transport.reconnect(None)
        await bybit.gateway.balance(account(2))
        release.set()
        assert (await reading).total_equity > 0


async def test_a_reader_that_gives_up_leaves_nothing_behind() -> None:
    async with scripted_bybit(always=wait_for_ever) as server, connected(server.url) as bybit:
        reading = asyncio.ensure_future(bybit.gateway.balance(account()))
        await server.first.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        server.always = ok(WALLET)
        await bybit.gateway.balance(account())
        assert bybit.stats().requests["wallet_balance", "aborted"] == 1
        assert len({got.connection for got in server.asked}) == 2, "the other half of a call is read by nobody"


async def test_an_answer_that_nobody_waits_for_is_not_taken_for_the_next_one() -> None:
    release = asyncio.Event()
    other = {"list": [{**WALLET["list"][0], "totalEquity": "666"}]}

    async def late(request: web.Request) -> web.StreamResponse:
        await release.wait()
        response = ok(other)(request)
        assert isinstance(response, web.StreamResponse)
        return response

    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        server.always = late
        server.first.clear()
        reading = asyncio.ensure_future(bybit.gateway.balance(account()))
        await server.first.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        server.always = ok(WALLET)
        release.set()
        for _ in range(8):
            assert str((await bybit.gateway.balance(account())).total_equity) == "10250.5"


async def test_two_hundred_reads_at_once_are_answered() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        balances = await asyncio.gather(*(bybit.gateway.balance(account(number)) for number in range(200)))
        assert [balance.account_id for balance in balances] == list(range(200))
        latency = bybit.stats().latency
    assert latency.count == 203
    assert latency.total > 0
    assert bybit.stats().pool.builds == 200
