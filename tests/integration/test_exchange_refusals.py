"""What Bybit's refusals stop and whom they leave alone, and what becomes of answers that can't be read."""

import asyncio
import logging
from typing import Any

import pytest
from aiohttp import web
from harness.exchange import WALLET, TurnedTime, account, connected, ok, raw, refusal, scripted_bybit
from harness.waiting import until

from bot.domain.accounts import AccountType
from bot.domain.errors import (
    ExchangeDown,
    ExchangeRejected,
    ExchangeRestricted,
    ExchangeUnreadable,
    KeyTrouble,
    Restriction,
    RetryLater,
)
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.priorities import RequestPriority, at_priority
from bot.exchange.bybit.endpoints import ENDPOINTS
from bot.exchange.bybit.transport import Request, _bytes
from bot.exchange.bybit.unreadable_log import QUIET, UnreadableLog

BTC = Symbol("BTCUSDT")
HTML = b"<html><head><title>403 Forbidden</title></head></html>"


async def cancel(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_host_that_forbids_us_does_not_stop_the_others() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        blocked = raw(b"The distribution is configured to block access from your country", status=403)
        for number in (2, 3, 4):
            server.then = [blocked]
            with pytest.raises(ExchangeRestricted) as caught:
                await bybit.gateway.balance(account(number, account_type=AccountType.DEMO))
            assert caught.value.restriction is Restriction.SERVER
        with pytest.raises(RetryLater) as held:
            await bybit.gateway.balance(account(5, account_type=AccountType.DEMO))
        assert held.value.retry_after == pytest.approx(5, abs=0.5)
        await bybit.gateway.balance(account())
        stats = bybit.stats()
        assert (stats.budget.held_hosts, stats.budget.banned_for) == (1, 0)
        assert stats.requests["wallet_balance", "restricted"] == 3
        assert [problem for problem in bybit.problems() if f"{server.url}/demo refuses our calls" in problem]


async def test_a_refusal_of_one_persons_call_stops_nobody() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        for _ in range(20):
            server.then = [raw(HTML, status=403)]
            with pytest.raises(ExchangeRestricted):
                await bybit.gateway.balance(account(1))
        await bybit.gateway.balance(account(1))
        await bybit.gateway.balance(account(2))
        assert bybit.problems() == ()


async def test_public_calls_are_held_after_a_refusal_for_too_many() -> None:
    async with scripted_bybit(always=refusal(10006)) as server, connected(server.url) as bybit:
        with pytest.raises(RetryLater):
            await bybit.market.ticker(Category.LINEAR, BTC)
        others = [asyncio.ensure_future(bybit.market.ticker(Category.LINEAR, BTC)) for _ in range(10)]
        await until(lambda: bybit.stats().budget.waiting == 10, what="ten calls that wait")
        assert len(server.asked) == 1
        await cancel(*others)


@pytest.mark.parametrize("answer", [refusal(10018), refusal(10429), raw(b"slow down", status=429)])
async def test_an_overload_holds_all_views_of_everybody(answer: Any) -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account(1))
        server.then = [answer]
        with pytest.raises(RetryLater):
            await bybit.gateway.balance(account(1))
        other = asyncio.ensure_future(bybit.gateway.balance(account(2)))
        await until(lambda: bybit.stats().budget.waiting == 1, what="a call that waits")
        with at_priority(RequestPriority.CLOSE):
            await bybit.gateway.balance(account(3))
        assert len(server.asked) == 3, "a close goes on"
        await cancel(other)


@pytest.mark.parametrize(
    ("code", "restriction"),
    [
        (10009, Restriction.REGION),
        (110132, Restriction.REGION),
        (10024, Restriction.COMPLIANCE),
        (10027, Restriction.COMPLIANCE),
        (110124, Restriction.COMPLIANCE),
        (10028, Restriction.ACCOUNT_TYPE),
        (100028, Restriction.ACCOUNT_TYPE),
        (110067, Restriction.ACCOUNT_TYPE),
    ],
)
async def test_a_refusal_of_the_region_or_the_account_is_not_about_the_key(code: int, restriction: Restriction) -> None:
    async with scripted_bybit(always=refusal(code)) as server, connected(server.url) as bybit:
        for read in (bybit.gateway.balance(account()), bybit.market.ticker(Category.LINEAR, BTC)):
            with pytest.raises(ExchangeRestricted) as caught:
                await read
            assert (caught.value.restriction, caught.value.code) == (restriction, code)
        assert bybit.stats().pool.evictions == 0


@pytest.mark.parametrize("code", [10003, 10005, 33004])
async def test_a_public_call_has_no_key_to_be_wrong(code: int) -> None:
    async with scripted_bybit(always=refusal(code)) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeRejected):
            await bybit.market.ticker(Category.LINEAR, BTC)
        with pytest.raises(KeyTrouble):
            await bybit.gateway.balance(account())


# --- what can't be read ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [ok({}), ok({"list": []}), ok({"list": 5}), ok([]), raw(b"{}"), raw(b"<html>"), raw(b'{"retCode": 0')]
)
async def test_an_answer_that_cannot_be_read_counts_as_that(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    async with scripted_bybit(always=answer) as server, connected(server.url) as bybit:
        for _ in range(5):
            with pytest.raises(ExchangeUnreadable):
                await bybit.gateway.balance(account())
        counted = {key: count for key, count in bybit.stats().requests.items() if key[0] == "wallet_balance"}
    assert counted == {("wallet_balance", "unreadable"): 5}
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert (line.__dict__["endpoint"], line.__dict__["times"]) == ("wallet_balance", 1), "and no line for each"


async def test_rows_are_counted_for_every_endpoint_from_the_start() -> None:
    async with scripted_bybit() as server, connected(server.url) as bybit:
        assert set(bybit.stats().unreadable_rows.items()) == {(each.name, 0) for each in ENDPOINTS} | {("other", 0)}
        coins = [{"coin": None}, {"coin": "BTC", "equity": "x", "usdValue": "y"}, {"coin": "USDT", "equity": "1"}]
        server.always = ok({"list": [{"totalEquity": "1", "coin": coins}]})
        balance = await bybit.gateway.balance(account())
        assert (len(balance.coins), balance.unreadable) == (2, ("?",))
        assert bybit.stats().unreadable_rows["wallet_balance"] == 2
        assert bybit.stats().requests["wallet_balance", "ok"] == 1


async def test_one_field_makes_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    time = TurnedTime()
    log = UnreadableLog(clock=time)
    for _ in range(100):
        log.note_rows("positions", ("markPrice", "liqPrice", "markPrice"))
    await time.advance(QUIET)
    log.note_rows("positions", ("markPrice",))
    said = [(record.__dict__["field"], record.__dict__["times"]) for record in caplog.records]
    assert said == [("markPrice", 2), ("liqPrice", 1), ("markPrice", 199)]
    assert log.rows["positions"] == 301


# --- the wire -------------------------------------------------------------------------------------------------


def test_a_read_has_no_body_and_no_word_about_one() -> None:
    for endpoint in ENDPOINTS:
        sent = _bytes(Request("GET", "https://host", f"{endpoint.path}?a=1", {"X": "1"}, b""), "Host: host")
        assert sent.endswith(b"\r\n\r\n")
        assert b"content-" not in sent.lower()
        with pytest.raises(ValueError, match="a GET with a body"):
            _bytes(Request("GET", "https://host", endpoint.path, {}, b"{}"), "Host: host")


async def test_every_read_of_the_adapter_arrives_without_a_body() -> None:
    async with scripted_bybit(always=refusal(10001)) as server, connected(server.url) as bybit:
        gateway, market, mine = bybit.gateway, bybit.market, account()
        reads = (
            *(read(mine) for read in (gateway.balance, gateway.positions, gateway.orders, gateway.executions)),
            gateway.fee_rate(mine, BTC),
            gateway.inspect_stored(mine),
            market.ticker(Category.LINEAR, BTC),
            market.order_book(Category.LINEAR, BTC),
            market.klines(Category.LINEAR, BTC, "60"),
            market.board(Category.SPOT),
        )
        for read in reads:
            with pytest.raises(ExchangeRejected):
                await read
    assert len(server.asked) >= len(reads)
    for got in server.got:
        assert (got.method, got.body) == ("GET", b"")
        assert not {name.lower() for name in got.headers} & {"content-length", "content-type", "transfer-encoding"}


async def test_a_read_whose_body_breaks_off_is_asked_once_more() -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(b'{"retCode": 0, "result": {"li')
        assert request.transport is not None
        request.transport.close()
        return answer

    async with scripted_bybit(then=[half], always=ok(WALLET)) as server, connected(server.url) as bybit:
        assert str((await bybit.gateway.balance(account())).total_equity) == "10250.5"
        assert len(server.asked) == 2
        server.then = [half, half]
        with pytest.raises(ExchangeDown):
            await bybit.gateway.balance(account())
        assert len(server.asked) == 4, "once, not for ever"
